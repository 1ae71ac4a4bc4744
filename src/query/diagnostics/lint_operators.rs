//! Warnings: operators that say something else than they look, and those of other products.

use std::ops::Range;

use super::super::edit::build;
use super::super::fields;
use super::super::syntax::expr::Expr;
use super::super::syntax::facet_filters;
use super::super::syntax::parser::Parser;
use super::super::syntax::print::space;
use super::super::syntax::scan::{field_name, operator_len};
use super::problem::Cause;

/// Warns of negations joined by `or`: whatever lacks one of them is found, which is nearly everything. `runs` are the
/// places of what stands between the `or`s.
pub(in crate::query) fn either_negation(
    parser: &mut Parser<'_>,
    or: Range<usize>,
    members: &[Expr],
    runs: &[(Range<usize>, bool)],
) {
    let negations = members.iter().filter(|member| is_negation(member)).count();
    if negations < 2 {
        return;
    }
    let is_all = negations == members.len() && parser.errors == 0;
    let fix = is_all.then(|| side_by_side(parser, runs)).flatten();
    parser
        .problem(
            Cause::Reading,
            or,
            "one of these negations is enough, so this leaves out only what has all of it",
            "write the negations without OR to leave out each: -a -b",
        )
        .fix(fix);
}

/// The negations without the `or`s between them.
fn side_by_side(parser: &Parser<'_>, runs: &[(Range<usize>, bool)]) -> Option<super::problem::Fix> {
    let span = runs.first()?.0.start..runs.last()?.0.end;
    let mut all = String::new();
    for (run, _) in runs {
        if !all.is_empty() {
            space(&mut all);
        }
        all.push_str(&parser.text[run.clone()]);
    }
    parser.change(span, "leave out each of them", all)
}

/// Warns of a group that holds nothing but negations. `open` is where it begins; it has just been closed.
pub(in crate::query) fn only_negations(parser: &mut Parser<'_>, open: usize, expr: &Expr) {
    let end = parser.at;
    let members: Vec<Expr> = match expr {
        Expr::Not(_) => vec![expr.clone()],
        Expr::And(members) if members.iter().all(is_negation) => members.clone(),
        _ => return,
    };
    let before = parser.text[..open].trim_end();
    let inner = parser.text[open + 1..end - 1].trim();
    let is_word = |word: &str, operator: &str| word.eq_ignore_ascii_case(operator);
    let ends_with = |before: &str, operators: &[&str]| {
        let last = before.rsplit(|char: char| char.is_whitespace() || matches!(char, '(' | ')')).next();
        last.is_some_and(|last| operators.iter().any(|operator| is_word(last, operator)))
    };
    let is_negated = |before: &str| ends_with(before, &["-", "not"]);
    let after = parser.rest().trim_start();
    let is_before_or = is_word(&after[..operator_len(after)], "or");
    // Beside `or` several negations are a group with and without parentheses.
    let is_alternative = members.len() > 1 && (is_before_or || ends_with(before, &["or"]));
    let fix = if parser.errors > 0 || inner.ends_with('\\') || is_negated(before) {
        None
    } else if let Some(name) = parser.within.filter(|name| before.ends_with(&format!("{name}:"))) {
        let start = before.len() - name.len() - 1;
        let positive = members.into_iter().map(|member| match member {
            Expr::Not(inner) => *inner,
            other => other,
        });
        let all = Expr::Not(Box::new(Expr::Within(name.to_owned(), Box::new(Expr::or(positive.collect())))));
        let text = super::super::syntax::expr::Query::new(all).to_string();
        let is_free = !is_negated(&before[..start]) && !before[..start].ends_with('-');
        is_free.then(|| parser.change(start..end, "negate the field instead", text)).flatten()
    } else if is_alternative {
        None
    } else {
        parser.change(open..end, "drop the parentheses", inner)
    };
    let hint = if is_alternative {
        "negate one group instead: -(a OR b) for (-a -b)"
    } else {
        "write the negations without parentheses around them"
    };
    parser
        .problem(
            Cause::Reading,
            open..end,
            "there are only negations in this group, and some servers find nothing for such a group",
            hint,
        )
        .fix(fix);
}

/// Whether the expression only leaves out.
pub(in crate::query) fn is_negation(expr: &Expr) -> bool {
    match expr {
        Expr::Not(_) => true,
        Expr::And(members) => members.iter().all(is_negation),
        _ => false,
    }
}

/// Warns of `a|b`, which is an alternative elsewhere and one value here.
pub(in crate::query) fn alternatives(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    let parts: Vec<&str> = word.split('|').filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 || !parser.has_room() {
        return;
    }
    // In a group a minus negates, and a wildcard cannot stand in quotes.
    let is_negation = |part: &str| part.starts_with('-') && part.contains(['*', '?']);
    let is_spelled = |part: &&str| !part.ends_with('\\') && !is_negation(part);
    let spelled: Vec<String> = parts.iter().map(|part| build::spell(part)).collect();
    let either = format!("({})", spelled.join(" OR "));
    let is_group = parts.iter().all(is_spelled);
    let fix = is_group.then(|| parser.change(span.clone(), "write OR", either.as_str())).flatten();
    parser
        .problem(
            Cause::Reading,
            span.clone(),
            "| is an ordinary character here, and no OR",
            format!("write {either}, or put it in quotes to look for the character"),
        )
        .fix(fix);
}

/// Warns of operators of other products in a bare word: `||`, `&&`, `!term`, `+term`, `field=value`.
pub(in crate::query) fn foreign(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    let whole = match word {
        "|" | "||" => Some("OR"),
        "&" | "&&" => Some("AND"),
        _ => None,
    };
    if let Some(operator) = whole {
        let fix = parser.change(span.clone(), format!("write {operator}"), operator);
        let message = format!("{word} is looked for as a word; the operator is {operator}");
        let hint = format!("write {operator}, or \"{word}\" in quotes to look for it");
        parser.problem(Cause::Reading, span.clone(), message, hint).fix(fix);
        return;
    }
    if facet_filters::filter(word).is_some() {
        return misplaced_filter(parser, span.clone());
    }
    let raw = &parser.text[span.clone()];
    let begins_term = |rest: &str| rest.starts_with(|char: char| char.is_alphanumeric() || char == '\\');
    if let Some(rest) = raw.strip_prefix('!').filter(|rest| begins_term(rest)) {
        let is_term = operator_len(rest) == 0;
        let at = span.start..span.start + 1;
        let fix = is_term.then(|| parser.change(at.clone(), "write -", "-")).flatten();
        parser
            .problem(Cause::Reading, at, "! negates nothing here", "write - close to the term to leave it out")
            .fix(fix);
    } else if raw.strip_prefix('+').is_some_and(is_field) {
        let at = span.start..span.start + 1;
        let fix = parser.change(at.clone(), "drop it", "");
        parser
            .problem(Cause::Reading, at, "+ is a part of the word here", "drop it: every term must match anyway")
            .fix(fix);
    } else {
        compared(parser, span);
    }
}

/// Warns of a facet filter that is none where it stands.
pub(in crate::query) fn misplaced_filter(parser: &mut Parser<'_>, span: Range<usize>) {
    parser.problem(
        Cause::Reading,
        span,
        "this is a facet filter only beside the other terms, and a word where it stands",
        "put parentheses around the terms with OR, and the filter behind them: (a OR b) cb.fq.hour_of_day=3",
    );
}

fn is_field(text: &str) -> bool {
    field_name(text).is_some_and(|name| fields::known(name).is_some())
}

/// Warns of `field=value`.
fn compared(parser: &mut Parser<'_>, span: &Range<usize>) {
    let raw = &parser.text[span.clone()];
    let Some((name, rest)) = raw.split_once('=') else {
        return;
    };
    let (name, minus) = match name.strip_suffix('!') {
        Some(name) => (name, "-"),
        None => (name, ""),
    };
    if fields::known(name).is_none() {
        return;
    }
    let value = rest.trim_start_matches('=');
    let begins = |chars: &[char]| value.starts_with(chars);
    let has_value = if value.is_empty() { parser.rest().starts_with('"') } else { !begins(&['[']) };
    let operator = span.start..span.end - value.len();
    let fix = has_value.then(|| parser.change(operator.clone(), "write a colon", format!("{minus}{name}:"))).flatten();
    parser
        .problem(
            Cause::Reading,
            operator,
            format!("this is looked for as a word, and not in {name}"),
            format!("write {minus}{name}: before the value"),
        )
        .fix(fix);
}
