//! How the server will read a query, in lines for people.

use jiff::Timestamp;

use super::super::diagnostics::problem::{Level, Problem};
use super::super::diagnostics::type_check::fits;
use super::super::eval;
use super::super::eval::tokens::{Cmdline, Words, is_slash};
use super::super::fields::{self, Field, Index, Join, Kind};
use super::super::syntax::dates::{Date, Stretch};
use super::super::syntax::expr::{Bound, Clause, Expr, Operand};
use super::super::syntax::parser::parse_for;

/// How the server will read a query: pairs of what is looked at and what must be there, groups indented by two spaces.
///
/// The first line is the whole with the parentheses that the server adds; relative times are counted from `now`. A text
/// with mistakes is explained by these.
pub fn explain(index: Index, text: &str, now: Timestamp) -> Vec<(String, String)> {
    let parsed = parse_for(index, text);
    let Some(query) = parsed.query else {
        let errors = parsed.problems.into_iter();
        return errors
            .filter(|problem| problem.level == Level::Error)
            .map(|problem| ("error".to_owned(), problem.message))
            .collect();
    };
    if query.is_empty() {
        return vec![("finds".to_owned(), format!("all {}", index.noun()))];
    }
    let mut lines = vec![("reads".to_owned(), query.to_string())];
    let explained = Explanation { index, now };
    explained.expr(query.expr(), None, 0, &mut lines);
    lines
}

/// Says in full what is wrong with a query: how grave each problem is, what it is, and how it can be fixed.
pub fn problem_lines(problems: &[Problem]) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for problem in problems {
        let level = match problem.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let hint = problem.hint.as_ref();
        let hint = hint.map_or(String::new(), |hint| format!(": {hint}"));
        lines.push((level.to_owned(), format!("{}{hint}", problem.message)));
        if let Some(fix) = &problem.fix {
            lines.push(("fix".to_owned(), fix.message.clone()));
        }
    }
    lines
}

struct Explanation {
    index: Index,
    now: Timestamp,
}

type Lines = Vec<(String, String)>;

impl Explanation {
    fn expr(&self, expr: &Expr, within: Option<&str>, depth: usize, lines: &mut Lines) {
        match expr {
            Expr::All => lines.push((label(depth, "anything"), "whatever it is".into())),
            Expr::And(members) => self.group("all of", members, within, depth, lines),
            Expr::Or(members) => self.group("any of", members, within, depth, lines),
            Expr::Within(field, inner) => self.expr(inner, Some(field), depth, lines),
            Expr::Clause(clause) => self.clause("", clause, within, depth, lines),
            Expr::Not(inner) => match &**inner {
                Expr::And(members) => self.group("not all of", members, within, depth, lines),
                Expr::Or(members) => self.group("none of", members, within, depth, lines),
                Expr::Clause(clause) => self.clause("not ", clause, within, depth, lines),
                other => {
                    lines.push((label(depth, "not"), "what follows".into()));
                    self.expr(other, within, depth + 1, lines);
                }
            },
        }
    }

    fn group(&self, how: &str, members: &[Expr], within: Option<&str>, depth: usize, lines: &mut Lines) {
        lines.push((label(depth, how), format!("these {}", members.len())));
        for member in members {
            self.expr(member, within, depth + 1, lines);
        }
    }

    fn clause(&self, not: &str, clause: &Clause, within: Option<&str>, depth: usize, lines: &mut Lines) {
        let Clause { field, operand } = clause;
        let Some(name) = field.as_deref().or(within) else {
            return self.bare(not, operand, depth, lines);
        };
        match (fields::field(self.index, name), operand) {
            (Some(field), _) => {
                let found = self.found(field, operand);
                let whose = whose(self.index, name);
                lines.push((label(depth, &format!("{not}{name}")), format!("{found}{whose}")));
            }
            // No field is named so: the server takes the name for a part of the text.
            (None, Operand::Word(word)) => {
                let whole = Operand::Word(format!("{name}:{word}"));
                self.bare(not, &whole, depth, lines);
            }
            (None, Operand::Phrase(_) | Operand::Range(..)) => {
                lines.push((label(depth, &format!("{not}{name}")), "nothing, for there is no such field".into()))
            }
        }
    }

    /// A term without a field: where it is looked for, by what it must be there.
    fn bare(&self, not: &str, operand: &Operand, depth: usize, lines: &mut Lines) {
        let fields = eval::default_fields(self.index, operand, self.now);
        let text = match operand {
            Operand::Word(word) | Operand::Phrase(word) => quoted(word),
            Operand::Range(..) => "a range".into(),
        };
        let head = label(depth, &format!("{not}any field"));
        if fields.is_empty() {
            return lines.push((head, format!("{text} can be in none of them")));
        }
        lines.push((head, format!("{text} in one of {}", fields.len())));
        let mut ways: Vec<(String, Vec<&str>)> = Vec::new();
        for field in fields {
            let found = self.found(field, operand);
            match ways.iter_mut().find(|(way, _)| *way == found) {
                Some((_, names)) => names.push(field.name),
                None => ways.push((found, vec![field.name])),
            }
        }
        for (found, names) in ways {
            lines.push((label(depth + 1, "or"), format!("{found}: {}", names.join(", "))));
        }
    }

    /// What a field must be.
    fn found(&self, field: &Field, operand: &Operand) -> String {
        match operand {
            Operand::Word(word) if word.bytes().all(|byte| byte == b'*') => "has any value".into(),
            Operand::Range(Bound::Open, Bound::Open) => "has any value".into(),
            Operand::Word(word) => self.value(field, word, word.contains(['*', '?'])),
            Operand::Phrase(value) => self.value(field, value, false),
            Operand::Range(lower, upper) => self.range(field, lower, upper),
        }
    }

    fn value(&self, field: &Field, text: &str, is_pattern: bool) -> String {
        if !fits(field, text, is_pattern) || text.is_empty() {
            return format!("nothing, for {} is not {}", quoted(text), field.kind.noun());
        }
        let shown = quoted(text);
        match field.kind {
            Kind::Text => in_a_row("words", Words::of_query(text, is_pattern)),
            Kind::Cmdline => command_line(text),
            Kind::Path if text.starts_with(is_slash) => {
                "nothing, for paths are stored without the slash they begin with".into()
            }
            Kind::Path if is_pattern => format!("is like {shown} from any directory to its end"),
            Kind::Path => format!("ends in {shown}, from any directory on"),
            Kind::Domain => domain(text, is_pattern),
            Kind::Time => Date::read(text).map_or_else(String::new, |date| {
                let stretch = date.stretch(self.now);
                let note = match date {
                    Date::Moment(_) => ", the 24 hours after it",
                    Date::Day(_) | Date::Ago(_) | Date::AgoInDays(_) => "",
                };
                format!("{}{note}", period(stretch))
            }),
            Kind::Ip | Kind::Ipv6 if text.contains('/') => format!("is in the network {text}"),
            _ if is_pattern => format!("is like {shown} as a whole"),
            Kind::Username => format!(r"is {shown}, or ends in it after a backslash"),
            _ => format!("is {shown} as a whole"),
        }
    }

    fn range(&self, field: &Field, lower: &Bound, upper: &Bound) -> String {
        let ends = [lower, upper].map(|bound| match bound {
            Bound::Open => None,
            Bound::At(text) => Some(text.as_str()),
        });
        let mut values = ends.into_iter().flatten();
        let misfit = values.find(|text| !fits(field, text, false));
        // What has no order of its own is ordered by its letters.
        let is_checked = field.kind.is_ordered() || field.kind == Kind::Bool;
        if let Some(text) = misfit.filter(|_| is_checked) {
            return format!("nothing, for {} is not {}", quoted(text), field.kind.noun());
        }
        if field.kind == Kind::Time {
            let at = |text: Option<&str>| text.and_then(Date::read);
            let [from, to] = ends.map(at);
            return period(Stretch {
                from: from.map_or(Stretch::ALWAYS.from, |date| date.lower(self.now)),
                to: to.map_or(Stretch::ALWAYS.to, |date| date.upper(self.now)),
            });
        }
        match ends {
            [Some(lower), Some(upper)] => format!("is from {lower} to {upper}, both included"),
            [Some(lower), None] => format!("is {lower} or more"),
            [None, Some(upper)] => format!("is {upper} or less"),
            [None, None] => "has any value".into(),
        }
    }
}

fn label(depth: usize, text: &str) -> String {
    format!("{}{text}", "  ".repeat(depth))
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

/// Whose property it is, where a process search reaches it through a hash.
fn whose(index: Index, name: &str) -> &'static str {
    let join = fields::join(name).filter(|_| index == Index::Process);
    match join.map(|(_, join)| join) {
        None => "",
        Some(Join::Own) => ", of its executable",
        Some(Join::Filewrite) => ", of a file it wrote",
        Some(Join::Parent) => ", of its parent's executable",
        Some(Join::Child) => ", of a child's executable",
        Some(Join::Modload) => ", of a module it loaded",
    }
}

fn in_a_row<'a>(what: &str, tokens: impl Iterator<Item = &'a str>) -> String {
    let tokens: Vec<String> = tokens.map(|token| quoted(&token.to_lowercase())).collect();
    match &tokens[..] {
        [] => format!("nothing, for it has no {what}"),
        [token] => format!("has {token} among its {what}"),
        many => format!("has these {what} in a row: {}", many.join(" ")),
    }
}

/// A slash at the beginning is that of a path or of a switch, and the server tries both.
fn command_line(text: &str) -> String {
    let first = in_a_row("tokens", Cmdline::new(text));
    let later = in_a_row("tokens", Cmdline::of_later(text));
    if first == later { later } else { format!("{later}; or, at its beginning, {first}") }
}

fn domain(text: &str, is_pattern: bool) -> String {
    let name = quoted(text.trim_matches('.'));
    match (text.starts_with('.'), text.ends_with('.')) {
        (true, true) => format!("has {name} between other labels"),
        (true, false) => format!("ends in {name} after another label"),
        (false, true) => format!("begins with {name} before another label"),
        (false, false) if text.contains('.') && is_pattern => format!("is like {name} as a whole"),
        (false, false) if text.contains('.') => format!("is {name} as a whole"),
        (false, false) => format!("has {name} as one of its labels"),
    }
}

fn period(stretch: Stretch) -> String {
    let at = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let Stretch { from, to } = stretch;
    match (from == Stretch::ALWAYS.from, to == Stretch::ALWAYS.to) {
        (true, true) => "has any value".into(),
        (false, true) => format!("is {} or later", at(from)),
        (true, false) => format!("is {} or earlier", at(to)),
        (false, false) => format!("is from {} to {}", at(from), at(to)),
    }
}
