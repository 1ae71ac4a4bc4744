//! Explains in readable lines how the server will read a query.

use jiff::Timestamp;

use super::super::diagnostics::problem::{Level, Problem};
use super::super::diagnostics::type_check::{ValueText, fits_type};
use super::super::eval;
use super::super::eval::tokens::{Cmdline, WordRuns, is_slash};
use super::super::fields::{self, BinaryJoin, FieldType, Index, QueryField};
use super::super::parser::parse_for;
use super::super::syntax::dates::{Date, DateRange};
use super::super::syntax::expr::{Bound, Clause, Expr, Operand};
use crate::text;

/// Explains how the server will read a query: pairs of a label (a field or the kind of a group) and a condition, with
/// the members of a group indented by two spaces.
///
/// The first line is the query with the parentheses that the server adds. Relative times are counted from `now`. For a
/// text with errors, the lines are the errors.
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
        return vec![("finds".to_owned(), format!("all {}", index.plural()))];
    }
    let mut lines = vec![("reads".to_owned(), query.to_string())];
    let explained = Explanation { index, now };
    explained.explain_expr(query.expr(), None, 0, &mut lines);
    lines
}

/// Returns a line for each problem with its severity, message and hint, and another line for its fix.
pub fn problem_lines(problems: &[Problem]) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for problem in problems {
        let level = match problem.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let hint = problem.hint.as_ref().map_or(String::new(), |hint| format!(": {hint}"));
        lines.push((level.to_owned(), format!("{}{hint}", problem.message)));
        if let Some(fix) = &problem.fix {
            lines.push(("fix".to_owned(), fix.message.clone()));
        }
    }
    lines
}

/// How the explanation of what can never match begins.
const NO_MATCH: &str = "no match";

struct Explanation {
    index: Index,
    now: Timestamp,
}

type Lines = Vec<(String, String)>;

impl Explanation {
    fn explain_expr(&self, expr: &Expr, within: Option<&str>, depth: usize, lines: &mut Lines) {
        match expr {
            Expr::All => lines.push((indent_label(depth, "anything"), "matches everything".into())),
            Expr::And(members) => self.explain_group("all of", members, within, depth, lines),
            Expr::Or(members) => self.explain_group("any of", members, within, depth, lines),
            Expr::Within(field, inner) => self.explain_expr(inner, Some(field), depth, lines),
            Expr::Clause(clause) => self.explain_clause("", clause, within, depth, lines),
            Expr::Not(inner) => match &**inner {
                Expr::And(members) => self.explain_group("not all of", members, within, depth, lines),
                Expr::Or(members) => self.explain_group("none of", members, within, depth, lines),
                Expr::Clause(clause) => self.explain_clause("not ", clause, within, depth, lines),
                other => {
                    lines.push((indent_label(depth, "not"), "the following".into()));
                    self.explain_expr(other, within, depth + 1, lines);
                }
            },
        }
    }

    fn explain_group(&self, label: &str, members: &[Expr], within: Option<&str>, depth: usize, lines: &mut Lines) {
        lines.push((indent_label(depth, label), format!("({})", members.len())));
        for member in members {
            self.explain_expr(member, within, depth + 1, lines);
        }
    }

    fn explain_clause(&self, not: &str, clause: &Clause, within: Option<&str>, depth: usize, lines: &mut Lines) {
        let Clause { field, operand } = clause;
        let Some(name) = field.as_deref().or(within) else {
            return self.explain_bare(not, operand, depth, lines);
        };
        match (fields::find_field(self.index, name), operand) {
            (Some(field), _) => {
                let condition = self.describe_match(field, operand);
                let owner = owner_suffix(self.index, name);
                lines.push((indent_label(depth, &format!("{not}{name}")), format!("{condition}{owner}")));
            }
            // The server reads the name of an unknown field as part of the text.
            (None, Operand::Word(word)) => {
                let bare = Operand::Word(format!("{name}:{word}"));
                self.explain_bare(not, &bare, depth, lines);
            }
            (None, Operand::Phrase(_) | Operand::Range(..)) => {
                lines.push((indent_label(depth, &format!("{not}{name}")), format!("{NO_MATCH}: unknown field")));
            }
        }
    }

    /// Explains a term without a field: the default fields it searches, grouped by the condition on them.
    fn explain_bare(&self, not: &str, operand: &Operand, depth: usize, lines: &mut Lines) {
        let fields = eval::default_fields(self.index, operand, self.now);
        let shown = match operand {
            Operand::Word(word) | Operand::Phrase(word) => quote_text(word),
            Operand::Range(..) => "a range".into(),
        };
        let label = indent_label(depth, &format!("{not}any field"));
        let mut count = 0;
        let mut conditions: Vec<(String, Vec<&str>)> = Vec::new();
        for field in fields {
            let condition = self.describe_match(field, operand);
            if condition.starts_with(NO_MATCH) {
                continue;
            }
            count += 1;
            match conditions.iter_mut().find(|(other, _)| *other == condition) {
                Some((_, names)) => names.push(field.name),
                None => conditions.push((condition, vec![field.name])),
            }
        }
        if conditions.is_empty() {
            return lines.push((label, format!("{shown} fits no field")));
        }
        lines.push((label, format!("{shown} in one of {}", text::pluralize(count, "field", "fields"))));
        for (condition, names) in conditions {
            lines.push((indent_label(depth + 1, "or"), format!("{condition}: {}", names.join(", "))));
        }
    }

    /// Describes the condition on the values of a field.
    fn describe_match(&self, field: &QueryField, operand: &Operand) -> String {
        match operand {
            Operand::Word(word) if word.bytes().all(|byte| byte == b'*') => "any value".into(),
            Operand::Range(Bound::Open, Bound::Open) => "any value".into(),
            Operand::Word(word) => self.describe_value(field, ValueText::bare(word)),
            Operand::Phrase(value) => self.describe_value(field, ValueText::literal(value)),
            Operand::Range(lower, upper) => self.describe_range(field, lower, upper),
        }
    }

    fn describe_value(&self, field: &QueryField, value: ValueText<'_>) -> String {
        let ValueText { text, has_wildcard: is_pattern } = value;
        if !fits_type(field, value) || text.is_empty() {
            return format!("{NO_MATCH}: {} is not {}", quote_text(text), field.kind.describe());
        }
        let shown = quote_text(text);
        match field.kind {
            FieldType::Text if is_pattern => describe_phrase("word", WordRuns::with_wildcards(text)),
            FieldType::Text => describe_phrase("word", WordRuns::new(text)),
            FieldType::Cmdline => describe_command_line(text),
            FieldType::Path if text.starts_with(is_slash) => {
                format!("{NO_MATCH}: paths are stored without a leading slash")
            }
            FieldType::Path if is_pattern => format!("matches {shown}, from any directory to the end"),
            FieldType::Path => format!("ends with {shown}, from any directory"),
            FieldType::Domain => describe_domain(value),
            FieldType::Time => Date::parse(text).map_or_else(String::new, |date| {
                let period = date.time_range(self.now);
                let note = match date {
                    Date::Moment(_) => " (24 hours)",
                    Date::Day(_) | Date::Before(_) | Date::DaysBefore(_) => "",
                };
                format!("{}{note}", describe_period(period))
            }),
            FieldType::Ip | FieldType::Ipv6 if text.contains('/') => format!("in network {text}"),
            _ if is_pattern => format!("matches {shown}"),
            FieldType::Username => format!(r"equals {shown}, with or without a domain"),
            _ => format!("equals {shown}"),
        }
    }

    fn describe_range(&self, field: &QueryField, lower: &Bound, upper: &Bound) -> String {
        let ends = [lower, upper].map(|bound| match bound {
            Bound::Open => None,
            Bound::At(text) => Some(text.as_str()),
        });
        let mut values = ends.into_iter().flatten();
        let invalid = values.find(|text| !fits_type(field, ValueText::literal(text)));
        // Values of types without an order are compared as text, so any text is a valid end.
        let is_checked = field.kind.is_ordered() || field.kind == FieldType::Bool;
        if let Some(text) = invalid.filter(|_| is_checked) {
            return format!("{NO_MATCH}: {} is not {}", quote_text(text), field.kind.describe());
        }
        if field.kind == FieldType::Time {
            let at = |text: Option<&str>| text.and_then(Date::parse);
            let [from, to] = ends.map(at);
            return describe_period(DateRange {
                start: from.map_or(DateRange::ALL_TIME.start, |date| date.range_start(self.now)),
                end: to.map_or(DateRange::ALL_TIME.end, |date| date.range_end(self.now)),
            });
        }
        match ends {
            [Some(lower), Some(upper)] => format!("from {lower} to {upper}"),
            [Some(lower), None] => format!("{lower} or more"),
            [None, Some(upper)] => format!("{upper} or less"),
            [None, None] => "any value".into(),
        }
    }
}

fn indent_label(depth: usize, text: &str) -> String {
    format!("{}{text}", "  ".repeat(depth))
}

fn quote_text(text: &str) -> String {
    format!("`{text}`")
}

/// Names the binary that a joined field of a process search describes; empty for other fields.
fn owner_suffix(index: Index, name: &str) -> &'static str {
    let join = fields::find_joined(name).filter(|_| index == Index::Process);
    match join.map(|(_, join)| join) {
        None => "",
        Some(BinaryJoin::Own) => " (of its executable)",
        Some(BinaryJoin::Filewrite) => " (of a file it wrote)",
        Some(BinaryJoin::Parent) => " (of its parent's executable)",
        Some(BinaryJoin::Child) => " (of a child's executable)",
        Some(BinaryJoin::Modload) => " (of a loaded module)",
    }
}

fn describe_phrase<'a>(what: &str, tokens: impl Iterator<Item = &'a str>) -> String {
    let tokens: Vec<String> = tokens.map(|token| quote_text(&token.to_lowercase())).collect();
    match &tokens[..] {
        [] => format!("{NO_MATCH}: the value has no {what}s"),
        [token] => format!("contains {what} {token}"),
        many => format!("contains {what}s {} in a row", many.join(" ")),
    }
}

/// Describes the tokens of a command line, whose leading slash may begin a path or a switch: the server tries both.
fn describe_command_line(text: &str) -> String {
    let first = describe_phrase("token", Cmdline::new(text));
    let later = describe_phrase("token", Cmdline::for_later_part(text));
    if first == later { later } else { format!("{later}; or, at its start, {first}") }
}

fn describe_domain(value: ValueText<'_>) -> String {
    let ValueText { text, has_wildcard: is_pattern } = value;
    let name = quote_text(text.trim_matches('.'));
    match (text.starts_with('.'), text.ends_with('.')) {
        (true, true) => format!("contains {name} between other labels"),
        (true, false) => format!("ends with {name}, after another label"),
        (false, true) => format!("starts with {name}, before another label"),
        (false, false) if text.contains('.') && is_pattern => format!("matches {name}"),
        (false, false) if text.contains('.') => format!("equals {name}"),
        (false, false) => format!("contains label {name}"),
    }
}

fn describe_period(period: DateRange) -> String {
    let at = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let DateRange { start: from, end: to } = period;
    match (from == DateRange::ALL_TIME.start, to == DateRange::ALL_TIME.end) {
        (true, true) => "any value".into(),
        (false, true) => format!("{} or later", at(from)),
        (true, false) => format!("{} or earlier", at(to)),
        (false, false) => format!("from {} to {}", at(from), at(to)),
    }
}
