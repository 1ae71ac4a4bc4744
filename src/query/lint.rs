//! Warnings: queries a server takes, though perhaps not as they are meant.

use std::ops::Range;

use super::compose;
use super::dates::Date;
use super::expr::{Bound, Operand};
use super::fields::{self, Field, Index, Kind};
use super::misfit::misfit;
use super::nearest::nearest;
use super::parser::Parser;
use super::problem::Cause;
use super::scan::{field_name, operator_len, scan_word};

/// Warns of a field that the index searched does not have.
pub(super) fn foreign(parser: &mut Parser<'_>, name: &str, span: Range<usize>) {
    let Some(index) = parser.index() else { return };
    if fields::field(index, name).is_some() {
        return;
    }
    let homes: Vec<_> = Index::ALL
        .into_iter()
        .filter(|home| fields::field(*home, name).is_some())
        .map(Index::noun)
        .collect();
    parser.problem(
        Cause::ForeignField,
        span,
        format!(
            "{} have no field {name}, so this finds nothing",
            index.noun()
        ),
        format!("search {} for it", homes.join(" or ")),
    );
}

/// Warns of a name before a colon that is no field.
pub(super) fn unknown(parser: &mut Parser<'_>, name: &str, span: Range<usize>) {
    let hint = parser
        .has_room()
        .then(|| nearest(parser.index(), name))
        .flatten();
    let hint = match hint {
        Some(near) => format!("write {near}: if that is meant"),
        None => "put the value in quotes if the colon belongs to it".to_owned(),
    };
    parser.problem(
        Cause::UnknownField,
        span,
        format!("{name} is no field known here; it is sent as typed"),
        hint,
    );
}

/// Warns of a value that was probably forgotten: what follows the space after the colon is something of its own.
pub(super) fn spaced(parser: &mut Parser<'_>, name: &str, colon: usize, value: usize) {
    if colon == value {
        return;
    }
    let rest = &parser.text[value..];
    let len = match field_name(rest) {
        Some(next) if fields::known(next).is_some() => next.len() + 1,
        _ => operator_len(rest),
    };
    if len > 0 {
        parser.problem(
            Cause::Reading,
            value..value + len,
            format!("{} is taken for the value of {name}", &rest[..len]),
            format!("type the value of {name} before it, or put it in quotes if it is the value"),
        );
    }
}

/// Warns of `or` beside `and` without parentheses.
pub(super) fn mixed(parser: &mut Parser<'_>, or: Range<usize>) {
    parser.problem(
        Cause::Reading,
        or,
        "what stands together binds closer than this word",
        "put parentheses around what belongs together: a (b or c), or (a b) or c",
    );
}

/// Warns of whatever is odd about one value. `clause` is where its clause begins, `span` the bytes of the value.
pub(super) fn operand(
    parser: &mut Parser<'_>,
    name: Option<&str>,
    operand: &Operand,
    clause: usize,
    span: Range<usize>,
) {
    let field = name.and_then(|name| {
        let own = parser.index().and_then(|index| fields::field(index, name));
        own.or_else(|| fields::known(name))
    });
    match operand {
        Operand::Word(word) => {
            leading_wildcard(parser, word, &span);
            curly_quotes(parser, word, &span);
            escaped_space(parser, &span);
            glued(parser, &span);
            bare_space(parser, field, word, clause, &span);
        }
        Operand::Phrase(value) => quoted_wildcard(parser, value, &span),
        Operand::Range(..) => {}
    }
    let (Some(name), Some(field)) = (name, field) else {
        return;
    };
    match operand {
        Operand::Word(word) => {
            let has_wildcard = word.contains(['*', '?']);
            value(parser, name, field, word, has_wildcard, &span);
        }
        Operand::Phrase(text) => value(parser, name, field, text, false, &span),
        Operand::Range(lower, upper) => range(parser, name, field, [lower, upper], &span),
    }
}

fn value(
    parser: &mut Parser<'_>,
    name: &str,
    field: &Field,
    text: &str,
    has_wildcard: bool,
    span: &Range<usize>,
) {
    if has_wildcard && text.bytes().all(|byte| byte == b'*') {
        return;
    }
    misfit(parser, name, field, text, has_wildcard, span);
    if field.kind == Kind::Path && text.starts_with(['\\', '/']) {
        let trimmed = text.trim_start_matches(['\\', '/']);
        parser.problem(
            Cause::Reading,
            span.clone(),
            "paths are stored without the slash they begin with, so this finds nothing",
            format!("write {name}:{}", compose::spell(trimmed)),
        );
    }
    match (field.kind, Date::read(text)) {
        (Kind::Time, Some(Date::Moment(_))) => parser.problem(
            Cause::Reading,
            span.clone(),
            "a time on its own means the 24 hours after it",
            format!("write {name}:[{text} TO *] for all that came later"),
        ),
        (Kind::Time, Some(Date::AgoInDays(_))) => {
            let days: u64 = text[1..text.len() - 1].parse().unwrap_or(0);
            parser.problem(
                Cause::Reading,
                span.clone(),
                "not every server knows days",
                format!("write {name}:-{}h", days.saturating_mul(24)),
            );
        }
        _ => {}
    }
}

fn range(
    parser: &mut Parser<'_>,
    name: &str,
    field: &Field,
    bounds: [&Bound; 2],
    span: &Range<usize>,
) {
    if !field.kind.is_ordered() {
        parser.problem(
            Cause::Unordered,
            span.clone(),
            format!(
                "{name} holds {}, which have no order to take a range of",
                field.kind.noun()
            ),
            format!("write {name}:{}, or use * as a wildcard", field.sample),
        );
        return;
    }
    for bound in bounds {
        if let Bound::At(text) = bound {
            misfit(parser, name, field, text, false, span);
        }
    }
}

fn leading_wildcard(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    let is_any = word.bytes().all(|byte| byte == b'*');
    if !is_any && word.starts_with(['*', '?']) {
        parser.problem(
            Cause::LeadingWildcard,
            span.start..span.start + 1,
            "servers since 6.2.3 refuse a value that begins with a wildcard",
            "begin it with what is known; paths match from any directory, command lines from any word",
        );
    }
}

/// Warns of the quotes that word processors make, which come with a pasted query.
fn curly_quotes(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    if word.starts_with(['\u{201c}', '\u{201d}', '\u{201e}']) {
        parser.problem(
            Cause::Reading,
            span.clone(),
            "curly quotes are ordinary characters here",
            "type straight quotes around the value",
        );
    }
}

fn quoted_wildcard(parser: &mut Parser<'_>, value: &str, span: &Range<usize>) {
    if value.contains('*') && parser.has_room() {
        parser.problem(
            Cause::Reading,
            span.clone(),
            "in quotes * is an ordinary character",
            format!(
                "write {} if it is meant as a wildcard",
                compose::spell(value)
            ),
        );
    }
}

/// Warns of a backslash that swallowed the space between two terms.
fn escaped_space(parser: &mut Parser<'_>, span: &Range<usize>) {
    let raw = &parser.text[span.clone()];
    let is_swallowed = |after: &str| {
        after.is_empty()
            || after.starts_with(' ')
            || field_name(after).is_some_and(|name| fields::known(name).is_some())
    };
    let swallowed = raw
        .match_indices("\\ ")
        .find(|(at, _)| is_swallowed(&raw[at + 2..]));
    if let Some((at, _)) = swallowed {
        let at = span.start + at;
        parser.problem(
            Cause::Space,
            at..at + 2,
            "this backslash makes the space a part of the value",
            "delete the backslash if the value ends here",
        );
    }
}

/// Warns of a quote or a parenthesis inside a word, where a new term begins.
fn glued(parser: &mut Parser<'_>, span: &Range<usize>) {
    let (char, hint) = match parser.rest().as_bytes().first() {
        Some(b'"') => (
            '"',
            r#"write \" for the character itself, or a space before it"#,
        ),
        Some(b'(') => (
            '(',
            r"write \( for the character itself, or a space before it",
        ),
        _ => return,
    };
    parser.problem(
        Cause::Reading,
        span.end..span.end + 1,
        format!("the value ends before this {char} and a new term begins"),
        hint,
    );
}

/// Warns of a path cut at its spaces.
fn bare_space(
    parser: &mut Parser<'_>,
    field: Option<&Field>,
    word: &str,
    clause: usize,
    span: &Range<usize>,
) {
    // Enough for any path one would type by hand, and short enough to look at for every term.
    const REACH: usize = 512;
    let is_path = match field {
        Some(field) => field.kind == Kind::Path,
        None => word.get(1..3) == Some(":\\") || word.starts_with("\\\\"),
    };
    if !is_path || !parser.has_room() {
        return;
    }
    let mut at = span.end;
    let mut end = span.end;
    let mut whole = word.to_owned();
    let mut tail = String::new();
    while at < parser.text.len() && at - span.end < REACH {
        let rest = &parser.text[at..];
        let next = rest.trim_start();
        let gap = rest.len() - next.len();
        at += gap;
        if gap > 0 {
            tail.push(' ');
        }
        if next.starts_with(['(', ')']) {
            tail.push_str(&next[..1]);
            at += 1;
            continue;
        }
        let is_own_term = next.starts_with(['-', '"', '['])
            || operator_len(next) > 0
            || field_name(next).is_some_and(|name| name.len() > 1 || next[2..].starts_with('\\'));
        if is_own_term || next.is_empty() {
            break;
        }
        let (piece, len) = scan_word(next, &[]);
        at += len;
        tail.push_str(&piece);
        if piece.contains(['\\', '/']) {
            whole.push_str(&tail);
            tail.clear();
            end = at;
        }
    }
    if end > span.end {
        let name = &parser.text[clause..span.start];
        let hint = format!("write {name}{}", compose::spell(&whole));
        parser.problem(
            Cause::Space,
            span.end..end,
            "a space ends the path, so this is searched apart from it",
            hint,
        );
    }
}
