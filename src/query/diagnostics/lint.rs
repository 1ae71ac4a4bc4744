//! Warnings about queries that a server accepts, but may read differently than intended.

use std::ops::Range;

use jiff::Timestamp;

use super::super::fields::{self, FieldType, Index, QueryField};
use super::super::syntax::dates::Date;
use super::super::syntax::expr::{Bound, Clause, Expr, Operand};
use super::super::syntax::quote;
use super::super::syntax::scan::{field_name, operator_len};
use super::collector::Diagnostics;
use super::lint_operators;
use super::lint_values;
use super::problem::{Cause, Fix};
use super::suggest::suggest;
use super::type_check::{ValueText, check_type};

/// Warns of a field that the searched index does not have.
pub(in crate::query) fn warn_foreign_field(diagnostics: &mut Diagnostics<'_>, name: &str, span: Range<usize>) {
    let Some(index) = diagnostics.index else { return };
    if fields::find_field(index, name).is_some() {
        return;
    }
    let homes: Vec<_> =
        Index::ALL.into_iter().filter(|home| fields::find_field(*home, name).is_some()).map(Index::plural).collect();
    diagnostics.add_problem(
        Cause::ForeignField,
        span,
        format!("{} have no field {name}: this matches nothing", index.plural()),
        format!("search {} instead", homes.join(" or ")),
    );
}

/// Warns of a name before a colon that is no field.
pub(in crate::query) fn warn_unknown_field(diagnostics: &mut Diagnostics<'_>, name: &str, span: Range<usize>) {
    let near = diagnostics.accepts_warnings().then(|| suggest(diagnostics.index, name)).flatten();
    let hint = match near {
        Some(near) => format!("did you mean {near}?"),
        None => "quote it if the colon is part of the text".to_owned(),
    };
    let fix = near.and_then(|near| diagnostics.replacement_fix(span.clone(), format!("write {near}"), near));
    diagnostics.add_problem(Cause::UnknownField, span, format!("Unknown field {name}"), hint).add_fix(fix);
}

/// Warns of a probably missing value: after the colon and a space comes a field or an operator.
pub(in crate::query) fn warn_space_after_colon(
    diagnostics: &mut Diagnostics<'_>,
    name: &str,
    colon: usize,
    value: usize,
) {
    if colon == value {
        return;
    }
    let rest = &diagnostics.text[value..];
    let len = match field_name(rest) {
        Some(next) if fields::find_in_any_index(next).is_some() => next.len() + 1,
        _ => operator_len(rest),
    };
    if len > 0 {
        diagnostics.add_problem(
            Cause::Misread,
            value..value + len,
            format!("{} is read as the value of {name}", &rest[..len]),
            format!("type the value of {name} before it, or quote it if it is the value"),
        );
    }
}

/// Warns of `or` next to `and` without parentheses. `members` are the expressions between the `or`s, and `runs` their
/// spans and whether they have several terms.
pub(in crate::query) fn warn_mixed_operators(
    diagnostics: &mut Diagnostics<'_>,
    or: Range<usize>,
    members: &[Expr],
    runs: &[(Range<usize>, bool)],
) {
    // The fix must not create a group of negations only, which is a problem of its own.
    let groups_negations =
        runs.iter().zip(members).any(|((_, is_joined), member)| *is_joined && lint_operators::is_negation(member));
    let fix = (!groups_negations).then(|| parenthesize(diagnostics, runs)).flatten();
    // A longer reading would hide the rest of the message.
    let reading = fix.as_ref().filter(|fix| fix.replacement.len() <= 40);
    let reading = reading.map_or(String::new(), |fix| format!(": read as {}", fix.replacement));
    diagnostics
        .add_problem(
            Cause::Misread,
            or,
            format!("Spaces (AND) bind tighter than OR{reading}"),
            "group what belongs together: a (b or c), or (a b) or c",
        )
        .add_fix(fix);
}

/// Returns a fix that adds parentheses where the server reads them.
fn parenthesize(diagnostics: &Diagnostics<'_>, runs: &[(Range<usize>, bool)]) -> Option<Fix> {
    if diagnostics.errors > 0 {
        return None;
    }
    let (first, last) = (runs.first()?, runs.last()?);
    let span = first.0.start..last.0.end;
    let mut replacement = String::new();
    let mut at = span.start;
    for (run, is_joined) in runs {
        let text = &diagnostics.text[run.clone()];
        // After a backslash a parenthesis would be part of the term.
        if text.ends_with('\\') || text.is_empty() {
            return None;
        }
        replacement.push_str(&diagnostics.text[at..run.start]);
        if *is_joined {
            replacement.extend(["(", text, ")"]);
        } else {
            replacement.push_str(text);
        }
        at = run.end;
    }
    diagnostics.replacement_fix(span, "add the parentheses", replacement)
}

/// Warns of a negated word after another word that looks like a switch of a command line: `powershell -enc`.
pub(in crate::query) fn warn_command_switch(
    diagnostics: &mut Diagnostics<'_>,
    before: Option<&Expr>,
    negation: &Expr,
    minus: &Range<usize>,
) {
    let bare = |expr: &Expr| match expr {
        Expr::Clause(Clause { field: None, operand: Operand::Word(word) }) => Some(word.clone()),
        _ => None,
    };
    let Expr::Not(inner) = negation else { return };
    let (Some(_), Some(word)) = (before.and_then(bare), bare(inner)) else {
        return;
    };
    let span = minus.start..minus.end + word.len();
    let is_switch = diagnostics.text[minus.clone()] == *"-"
        && diagnostics.text.get(minus.end..span.end) == Some(word.as_str())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_switch {
        return;
    }
    let quoted = format!("\"-{word}\"");
    let fix = diagnostics.replacement_fix(span.clone(), "search for the switch itself", quoted.as_str());
    diagnostics
        .add_problem(
            Cause::Misread,
            span,
            format!("This excludes every match that contains {word}"),
            format!("write {quoted} if it is a command line switch"),
        )
        .add_fix(fix);
}

/// Runs all lints for one value. `clause` is the byte at which its clause begins, `span` the bytes of the value.
pub(in crate::query) fn lint_operand(
    diagnostics: &mut Diagnostics<'_>,
    name: Option<&str>,
    operand: &Operand,
    clause: usize,
    span: Range<usize>,
) {
    let field = name.and_then(|name| {
        let own = diagnostics.index.and_then(|index| fields::find_field(index, name));
        own.or_else(|| fields::find_in_any_index(name))
    });
    match operand {
        Operand::Word(word) => {
            if name.is_none() {
                super::indicators::warn_bare_indicator(diagnostics, word, &span);
                lint_operators::warn_foreign_operator(diagnostics, word, &span);
            } else {
                lint_values::warn_defanged(diagnostics, word, &span);
            }
            lint_operators::warn_pipe(diagnostics, word, &span);
            lint_values::warn_leading_wildcard(diagnostics, field, word, &span);
            lint_values::warn_curly_quotes(diagnostics, word, &span);
            lint_values::warn_foreign_escapes(diagnostics, field, word, &span);
            lint_values::warn_escaped_space(diagnostics, field, &span);
            lint_values::warn_glued_quote(diagnostics, &span);
            lint_values::warn_path_spaces(diagnostics, field, word, clause, &span);
        }
        Operand::Phrase(value) => {
            lint_values::warn_quoted_wildcard(diagnostics, name, value, &span);
            lint_values::warn_foreign_escapes(diagnostics, field, value, &span);
        }
        Operand::Range(..) => {}
    }
    let (Some(name), Some(field)) = (name, field) else {
        return;
    };
    match operand {
        Operand::Word(word) => lint_value(diagnostics, name, field, ValueText::bare(word), &span),
        Operand::Phrase(text) => lint_value(diagnostics, name, field, ValueText::literal(text), &span),
        Operand::Range(lower, upper) => lint_range(diagnostics, name, field, [lower, upper], &span),
    }
}

fn lint_value(
    diagnostics: &mut Diagnostics<'_>,
    name: &str,
    field: &QueryField,
    value: ValueText<'_>,
    span: &Range<usize>,
) {
    let ValueText { text, has_wildcard } = value;
    if has_wildcard && text.bytes().all(|byte| byte == b'*') {
        return;
    }
    check_type(diagnostics, name, field, value, span);
    note_undocumented(diagnostics, name, span);
    if field.kind == FieldType::Path && text.starts_with(['\\', '/']) {
        let spelled = quote::escape_value(text.trim_start_matches(['\\', '/']));
        // A literal star in a quoted value has no spelling outside quotes.
        let is_spelled = has_wildcard || !text.contains(['*', '?']);
        let fix = is_spelled
            .then(|| diagnostics.replacement_fix(span.clone(), "remove the slash", spelled.as_str()))
            .flatten();
        diagnostics
            .add_problem(
                Cause::Misread,
                span.clone(),
                "Paths are stored without a leading slash: this may match nothing",
                format!("write {name}:{spelled}"),
            )
            .add_fix(fix);
    }
    match (field.kind, Date::parse(text)) {
        (FieldType::Time, Some(Date::Moment(_))) => {
            let quote = if text.contains(' ') { "\"" } else { "" };
            let later = format!("[{quote}{text}{quote} TO *]");
            let fix = diagnostics.replacement_fix(span.clone(), "search from then on", later.as_str());
            diagnostics
                .add_problem(
                    Cause::Misread,
                    span.clone(),
                    "A single time means the 24 hours after it",
                    format!("write {name}:{later} for everything after it"),
                )
                .add_fix(fix);
        }
        (FieldType::Time, Some(Date::DaysBefore(_))) => {
            let days: u64 = text[1..text.len() - 1].parse().unwrap_or(0);
            let hours = format!("-{}h", days.saturating_mul(24));
            let fix = diagnostics.replacement_fix(span.clone(), "write it in hours", hours.as_str());
            diagnostics
                .add_problem(
                    Cause::Misread,
                    span.clone(),
                    "Days are not supported by all servers",
                    format!("write {name}:{hours}"),
                )
                .add_fix(fix);
        }
        _ => {}
    }
}

/// Notes a field that is not in the API reference and that not every server may know.
fn note_undocumented(diagnostics: &mut Diagnostics<'_>, name: &str, span: &Range<usize>) {
    if name == "process_pid" {
        diagnostics.add_problem(
            Cause::Undocumented,
            span.clone(),
            format!("{name} is undocumented and not supported by all servers"),
            "if nothing matches, remove it and check the PID column",
        );
    }
}

fn lint_range(
    diagnostics: &mut Diagnostics<'_>,
    name: &str,
    field: &QueryField,
    bounds: [&Bound; 2],
    span: &Range<usize>,
) {
    if !field.kind.is_ordered() {
        let fix = range_fix(diagnostics, bounds, span);
        diagnostics
            .add_problem(
                Cause::Unordered,
                span.clone(),
                format!("{name} contains {}: ranges are not supported", field.kind.describe()),
                format!("write {name}:{}, or use * as a wildcard", field.sample),
            )
            .add_fix(fix);
        return;
    }
    for bound in bounds {
        if let Bound::At(text) = bound {
            check_type(diagnostics, name, field, ValueText::literal(text), span);
        }
    }
    if let [Bound::At(lower), Bound::At(upper)] = bounds
        && is_inverted(field.kind, lower, upper)
    {
        let quoted = |bound: &str| {
            let quote = if bound.contains(' ') { "\"" } else { "" };
            format!("{quote}{bound}{quote}")
        };
        let swapped = format!("[{} TO {}]", quoted(upper), quoted(lower));
        let fix = diagnostics.replacement_fix(span.clone(), "swap the two ends", swapped.as_str());
        diagnostics
            .add_problem(
                Cause::Misread,
                span.clone(),
                "This range ends before it begins: it matches nothing",
                format!("write {name}:{swapped}"),
            )
            .add_fix(fix);
    }
}

/// Returns whether a range ends before it begins; `false` for a date with a relative time, because that depends on when
/// the query is run.
fn is_inverted(kind: FieldType, lower: &str, upper: &str) -> bool {
    let numbers = || Some((lower.parse::<f64>().ok()?, upper.parse::<f64>().ok()?));
    match kind {
        FieldType::Integer | FieldType::Float => numbers().is_some_and(|(lower, upper)| lower > upper),
        FieldType::Time => match (Date::parse(lower), Date::parse(upper)) {
            (Some(lower), Some(upper)) if lower.is_relative() == upper.is_relative() => {
                let now = Timestamp::UNIX_EPOCH;
                lower.range_start(now) > upper.range_end(now)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Returns a fix for a range on a field without order; `None` if the intention is not clear.
fn range_fix(diagnostics: &Diagnostics<'_>, bounds: [&Bound; 2], span: &Range<usize>) -> Option<Fix> {
    let raw = &diagnostics.text[span.clone()];
    match bounds {
        [Bound::Open, Bound::Open] => diagnostics.replacement_fix(span.clone(), "search for any value", "*"),
        [Bound::At(lower), Bound::At(upper)] if lower == upper => {
            diagnostics.replacement_fix(span.clone(), "search for this value", quote::quote(lower).as_str())
        }
        _ if raw.contains(['"', '\\']) => None,
        _ => diagnostics.replacement_fix(span.clone(), "search for the text itself", format!("\"{raw}\"")),
    }
}
