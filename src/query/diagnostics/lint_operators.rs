//! Warnings about operators that do not do what they seem to, and operators of other products.

use std::ops::Range;

use super::super::fields;
use super::super::syntax::expr::Expr;
use super::super::syntax::filter_word::parse_filter;
use super::super::syntax::print::push_space;
use super::super::syntax::quote;
use super::super::syntax::scan::{field_name, operator_len};
use super::collector::Diagnostics;
use super::problem::Cause;

/// Warns of negations joined by `or`: they match every document that lacks one of the terms, which is nearly all.
/// `runs` are the spans between the `or`s.
pub(in crate::query) fn warn_negated_or(
    diagnostics: &mut Diagnostics<'_>,
    or: Range<usize>,
    members: &[Expr],
    runs: &[(Range<usize>, bool)],
) {
    let negations = members.iter().filter(|member| is_negation(member)).count();
    if negations < 2 {
        return;
    }
    let is_all = negations == members.len() && diagnostics.errors == 0;
    let fix = is_all.then(|| drop_or_fix(diagnostics, runs)).flatten();
    diagnostics
        .add_problem(
            Cause::Misread,
            or,
            "Negations with OR match nearly everything: only what has all of them is excluded",
            "write them without OR to exclude each: -a -b",
        )
        .add_fix(fix);
}

/// Returns a fix that removes the `or`s between negations.
fn drop_or_fix(diagnostics: &Diagnostics<'_>, runs: &[(Range<usize>, bool)]) -> Option<super::problem::Fix> {
    let span = runs.first()?.0.start..runs.last()?.0.end;
    let mut negations = String::new();
    for (run, _) in runs {
        if !negations.is_empty() {
            push_space(&mut negations);
        }
        negations.push_str(&diagnostics.text[run.clone()]);
    }
    diagnostics.replacement_fix(span, "exclude each of them", negations)
}

/// Warns of a group that has only negations. `group` includes the parentheses, `within` is the
/// field before it.
pub(in crate::query) fn warn_only_negations(
    diagnostics: &mut Diagnostics<'_>,
    group: Range<usize>,
    within: Option<&str>,
    expr: &Expr,
) {
    let Range { start: open, end } = group;
    let members: Vec<Expr> = match expr {
        Expr::Not(_) => vec![expr.clone()],
        Expr::And(members) if members.iter().all(is_negation) => members.clone(),
        _ => return,
    };
    let before = diagnostics.text[..open].trim_end();
    let inner = diagnostics.text[open + 1..end - 1].trim();
    let is_word = |word: &str, operator: &str| word.eq_ignore_ascii_case(operator);
    let ends_with = |before: &str, operators: &[&str]| {
        let last = before.rsplit(|char: char| char.is_whitespace() || matches!(char, '(' | ')')).next();
        last.is_some_and(|last| operators.iter().any(|operator| is_word(last, operator)))
    };
    let is_negated = |before: &str| ends_with(before, &["-", "not"]);
    let after = diagnostics.text[end..].trim_start();
    let is_before_or = is_word(&after[..operator_len(after)], "or");
    // Next to an `or`, several negations are a group even without parentheses.
    let is_alternative = members.len() > 1 && (is_before_or || ends_with(before, &["or"]));
    let fix = if diagnostics.errors > 0 || inner.ends_with('\\') || is_negated(before) {
        None
    } else if let Some(name) = within.filter(|name| before.ends_with(&format!("{name}:"))) {
        let start = before.len() - name.len() - 1;
        let positive = members.into_iter().map(|member| match member {
            Expr::Not(inner) => *inner,
            other => other,
        });
        let negated = Expr::Not(Box::new(Expr::Within(name.to_owned(), Box::new(Expr::or(positive.collect())))));
        let text = super::super::syntax::expr::Query::new(negated).to_string();
        let is_free = !is_negated(&before[..start]) && !before[..start].ends_with('-');
        is_free.then(|| diagnostics.replacement_fix(start..end, "negate the field instead", text)).flatten()
    } else if is_alternative {
        None
    } else {
        diagnostics.replacement_fix(open..end, "remove the parentheses", inner)
    };
    let hint = if is_alternative {
        "negate one group instead: -(a OR b) for (-a -b)"
    } else {
        "remove the parentheses around the negations"
    };
    diagnostics
        .add_problem(
            Cause::Misread,
            open..end,
            "This group has only negations: some servers match nothing for it",
            hint,
        )
        .add_fix(fix);
}

/// Returns whether the expression only excludes.
pub(in crate::query) fn is_negation(expr: &Expr) -> bool {
    match expr {
        Expr::Not(_) => true,
        Expr::And(members) => members.iter().all(is_negation),
        _ => false,
    }
}

/// Warns of `a|b`, which is an alternative in other products and a single value here.
pub(in crate::query) fn warn_pipe(diagnostics: &mut Diagnostics<'_>, word: &str, span: &Range<usize>) {
    let parts: Vec<&str> = word.split('|').filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 || !diagnostics.accepts_warnings() {
        return;
    }
    // In a group a leading minus negates, and quotes would make the wildcard literal.
    let is_negated_pattern = |part: &str| part.starts_with('-') && part.contains(['*', '?']);
    let is_spelled = |part: &&str| !part.ends_with('\\') && !is_negated_pattern(part);
    let spelled: Vec<String> = parts.iter().map(|part| quote::escape_value(part)).collect();
    let either = format!("({})", spelled.join(" OR "));
    let is_group = parts.iter().all(is_spelled);
    let fix = is_group.then(|| diagnostics.replacement_fix(span.clone(), "write OR", either.as_str())).flatten();
    diagnostics
        .add_problem(
            Cause::Misread,
            span.clone(),
            "| is a plain character here, not OR",
            format!("write {either}, or quote it to search for the character"),
        )
        .add_fix(fix);
}

/// Warns of operators of other products in a bare word: `||`, `&&`, `!term`, `+term`, `field=value`.
pub(in crate::query) fn warn_foreign_operator(diagnostics: &mut Diagnostics<'_>, word: &str, span: &Range<usize>) {
    let operator = match word {
        "|" | "||" => Some("OR"),
        "&" | "&&" => Some("AND"),
        _ => None,
    };
    if let Some(operator) = operator {
        let fix = diagnostics.replacement_fix(span.clone(), format!("write {operator}"), operator);
        let message = format!("{word} is searched as text: the operator is {operator}");
        let hint = format!("write {operator}, or \"{word}\" in quotes to search for it");
        diagnostics.add_problem(Cause::Misread, span.clone(), message, hint).add_fix(fix);
        return;
    }
    if parse_filter(word).is_some() {
        return warn_misplaced_filter(diagnostics, span.clone());
    }
    let raw = &diagnostics.text[span.clone()];
    let begins_term = |rest: &str| rest.starts_with(|char: char| char.is_alphanumeric() || char == '\\');
    if let Some(rest) = raw.strip_prefix('!').filter(|rest| begins_term(rest)) {
        let is_term = operator_len(rest) == 0;
        let at = span.start..span.start + 1;
        let fix = is_term.then(|| diagnostics.replacement_fix(at.clone(), "write -", "-")).flatten();
        diagnostics
            .add_problem(Cause::Misread, at, "! does not negate", "write - directly before a term to exclude it")
            .add_fix(fix);
    } else if raw.strip_prefix('+').is_some_and(is_field_name) {
        let at = span.start..span.start + 1;
        let fix = diagnostics.replacement_fix(at.clone(), "remove it", "");
        diagnostics
            .add_problem(Cause::Misread, at, "+ is part of the text here", "remove it: every term must match anyway")
            .add_fix(fix);
    } else {
        warn_equals_sign(diagnostics, span);
    }
}

/// Warns of a facet filter in a place where the server reads it as a word.
pub(in crate::query) fn warn_misplaced_filter(diagnostics: &mut Diagnostics<'_>, span: Range<usize>) {
    diagnostics.add_problem(
        Cause::Misread,
        span,
        "Facet filters work only at the top level: here it is searched as text",
        "put the OR terms in parentheses and the filter after them: (a OR b) cb.fq.hour_of_day=3",
    );
}

fn is_field_name(text: &str) -> bool {
    field_name(text).is_some_and(|name| fields::find_in_any_index(name).is_some())
}

/// Warns of `field=value`.
fn warn_equals_sign(diagnostics: &mut Diagnostics<'_>, span: &Range<usize>) {
    let raw = &diagnostics.text[span.clone()];
    let Some((name, rest)) = raw.split_once('=') else {
        return;
    };
    let (name, minus) = match name.strip_suffix('!') {
        Some(name) => (name, "-"),
        None => (name, ""),
    };
    if fields::find_in_any_index(name).is_none() {
        return;
    }
    let value = rest.trim_start_matches('=');
    let begins = |chars: &[char]| value.starts_with(chars);
    let has_value = if value.is_empty() { diagnostics.text[span.end..].starts_with('"') } else { !begins(&['[']) };
    let operator = span.start..span.end - value.len();
    let fix = has_value
        .then(|| diagnostics.replacement_fix(operator.clone(), "write a colon", format!("{minus}{name}:")))
        .flatten();
    diagnostics
        .add_problem(
            Cause::Misread,
            operator,
            format!("This is searched as text, not in {name}"),
            format!("write {minus}{name}: before the value"),
        )
        .add_fix(fix);
}
