//! Warnings: values that are not spelled as they are probably meant.

use std::ops::Range;

use super::super::edit::build;
use super::super::fields::{self, Field, Kind};
use super::super::syntax::parser::Parser;
use super::super::syntax::print;
use super::super::syntax::scan::{ESCAPABLE, field_name, operator_len, scan_word};
use super::problem::{Cause, Fix};
use crate::text;

/// Enough for any path one would type by hand, and short enough to look at for every term.
const REACH: usize = 512;

/// Warns of a wildcard at the beginning of a value.
pub(in crate::query) fn leading_wildcard(
    parser: &mut Parser<'_>,
    field: Option<&Field>,
    word: &str,
    span: &Range<usize>,
) {
    let is_any = word.bytes().all(|byte| byte == b'*');
    if !is_any && word.starts_with(['*', '?']) {
        let fix = without_wildcard(parser, field, span);
        parser
            .problem(
                Cause::LeadingWildcard,
                span.start..span.start + 1,
                "a server may be set to refuse a value that begins with a wildcard",
                "begin it with what is known; paths match from any directory, command lines from any word",
            )
            .fix(fix);
    }
}

/// The value from its first known character on: for a path, from any directory on, that is the same.
fn without_wildcard(parser: &Parser<'_>, field: Option<&Field>, span: &Range<usize>) -> Option<Fix> {
    let raw = &parser.text[span.clone()];
    let is_path = field.is_some_and(|field| field.kind == Kind::Path);
    let (known, message) = if is_path {
        let known = raw.trim_start_matches(['*', '?', '\\', '/']);
        (known, "drop it: a path matches from any directory")
    } else {
        let known = raw.trim_start_matches(['*', '?']);
        (known, "drop it, and find only what begins with the rest")
    };
    // What is left must be read as a word again.
    let is_known = !known.is_empty()
        && !known.starts_with(ESCAPABLE)
        && !known.starts_with(['[', '-', '*', '?'])
        && operator_len(known) == 0
        && field_name(known).is_none();
    let end = span.end - known.len();
    is_known.then(|| parser.change(span.start..end, message, "")).flatten()
}

/// Warns of a value that is defanged, as reports write addresses.
pub(in crate::query) fn defanged(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    let plain = text::refang(word);
    if plain == word {
        return;
    }
    let spelled = build::spell(&plain);
    let fix = parser.change(span.clone(), format!("write {spelled}"), spelled.as_str());
    parser
        .problem(
            Cause::Reading,
            span.clone(),
            "this is defanged, and looked for as it is written",
            format!("write {spelled}"),
        )
        .fix(fix);
}

/// Warns of the quotes that word processors make, which come with a pasted query.
pub(in crate::query) fn curly_quotes(parser: &mut Parser<'_>, word: &str, span: &Range<usize>) {
    if word.starts_with(['\u{201c}', '\u{201d}', '\u{201e}']) {
        let fix = straight(parser, span);
        parser
            .problem(
                Cause::Reading,
                span.clone(),
                "curly quotes are ordinary characters here",
                "type straight quotes around the value",
            )
            .fix(fix);
    }
}

/// The value with straight quotes, if the curly ones close.
fn straight(parser: &Parser<'_>, span: &Range<usize>) -> Option<Fix> {
    let mut chars = parser.text[span.start..].char_indices().skip(1).take(REACH);
    let (at, quote) = chars.find(|(_, char)| matches!(char, '\u{201c}' | '\u{201d}' | '"'))?;
    let open = parser.text[span.start..].chars().next()?;
    let inner = &parser.text[span.start + open.len_utf8()..span.start + at];
    let is_plain = quote != '"' && !inner.is_empty() && !inner.ends_with('\\');
    is_plain
        .then(|| {
            let end = span.start + at + quote.len_utf8();
            let straight = format!("\"{inner}\"");
            parser.change(span.start..end, "make the quotes straight", straight)
        })
        .flatten()
}

/// Warns of a star in quotes, which is a star there.
pub(in crate::query) fn quoted_wildcard(parser: &mut Parser<'_>, name: Option<&str>, value: &str, span: &Range<usize>) {
    if value.contains('*') && parser.has_room() {
        let spelled = build::spell(value);
        let begins = |chars: &[char]| value.starts_with(chars);
        // What a word outside quotes cannot begin with, or cannot hold.
        let is_word = !begins(&['*', '?', '[', '-'])
            && !value.contains(|char: char| char.is_whitespace() && char != ' ')
            && (name.is_some() || field_name(value).is_none());
        let fix = is_word.then(|| parser.change(span.clone(), "make it a wildcard", spelled.as_str())).flatten();
        parser
            .problem(
                Cause::Reading,
                span.clone(),
                "in quotes * is an ordinary character",
                format!("write {spelled} if it is meant as a wildcard"),
            )
            .fix(fix);
    }
}

/// Warns of escapes as other products have them: here a backslash is itself before all but a space, a quote and a
/// parenthesis.
pub(in crate::query) fn escapes(parser: &mut Parser<'_>, field: Option<&Field>, value: &str, span: &Range<usize>) {
    let Some(plain) = unescaped(field, value) else {
        return;
    };
    if !parser.has_room() || parser.text.get(span.clone()).is_none_or(|raw| raw.len() > REACH) {
        return;
    }
    let is_phrase = parser.text[span.clone()].starts_with('"');
    let spelled = if is_phrase { print::phrase(&plain) } else { build::spell(&plain) };
    let is_spelled = !plain.is_empty()
        && !plain.ends_with('\\')
        && (is_phrase || !plain.contains(['*', '?']) || !plain.starts_with('-'));
    let fix = is_spelled.then(|| parser.change(span.clone(), format!("write {spelled}"), spelled.as_str())).flatten();
    parser
        .problem(
            Cause::Reading,
            span.clone(),
            "a backslash escapes nothing here but a space, a quote or a parenthesis, and is looked for itself",
            format!("write {spelled}"),
        )
        .fix(fix);
}

/// The value without the escapes of other products. `None` if it has none, or if its backslashes part directories.
fn unescaped(field: Option<&Field>, value: &str) -> Option<String> {
    let kind = field.map(|field| field.kind);
    if !value.contains('\\') || matches!(kind, Some(Kind::Time)) {
        return None;
    }
    let has_drive = value.get(1..3) == Some(":\\");
    // As in a string of JSON or C: a server share begins with two, nothing else has them.
    let is_parted = matches!(kind, None | Some(Kind::Path | Kind::Username | Kind::Keyword));
    if is_parted && value.trim_start_matches('\\').contains("\\\\") {
        let doubled = value.matches("\\\\").count();
        if value.matches('\\').count() == 2 * doubled {
            return Some(value.replace("\\\\", "\\"));
        }
    }
    let escaped: &[char] = match kind {
        // Names of directories may begin with a dot or a sign.
        Some(Kind::Path) => &['-', ':', '/', '|'],
        _ => &['-', ':', '/', '|', '.', '+', '!', '&', '=', ',', ';', '~', '^', '@', '#', '[', ']', '{', '}'],
    };
    if has_drive || value.starts_with("\\\\") {
        return None;
    }
    let is_escape = |(at, _): (usize, &str)| value[at + 1..].starts_with(escaped);
    value.match_indices('\\').all(is_escape).then(|| value.replace('\\', ""))
}

/// Warns of a backslash that swallowed the space between two terms.
pub(in crate::query) fn escaped_space(parser: &mut Parser<'_>, field: Option<&Field>, span: &Range<usize>) {
    let raw = &parser.text[span.clone()];
    let is_swallowed = |after: &str| {
        after.is_empty()
            || after.starts_with(' ')
            || field_name(after).is_some_and(|name| fields::known(name).is_some())
    };
    let swallowed = raw.match_indices("\\ ").find(|(at, _)| is_swallowed(&raw[at + 2..]));
    if let Some((at, _)) = swallowed {
        let at = span.start + at;
        let fix = match field {
            Some(field) if field.kind == Kind::Path => {
                parser.change(at..at + 1, "look for what is below this directory", "\\*")
            }
            _ => parser.change(at..at + 1, "end the value here", ""),
        };
        parser
            .problem(
                Cause::Space,
                at..at + 2,
                "this backslash makes the space a part of the value",
                "delete the backslash if the value ends here",
            )
            .fix(fix);
    }
}

/// Warns of a quote or a parenthesis inside a word, where a new term begins.
pub(in crate::query) fn glued(parser: &mut Parser<'_>, span: &Range<usize>) {
    let (char, hint) = match parser.rest().as_bytes().first() {
        Some(b'"') => ('"', r#"write \" for the character itself, or a space before it"#),
        Some(b'(') => ('(', r"write \( for the character itself, or a space before it"),
        _ => return,
    };
    let fix = parser.change(span.end..span.end, "put a space before it", " ");
    parser
        .problem(
            Cause::Reading,
            span.end..span.end + 1,
            format!("the value ends before this {char} and a new term begins"),
            hint,
        )
        .fix(fix);
}

/// Warns of a path cut at its spaces.
pub(in crate::query) fn bare_space(
    parser: &mut Parser<'_>,
    field: Option<&Field>,
    word: &str,
    clause: usize,
    span: &Range<usize>,
) {
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
        let spelled = build::spell(&whole);
        let hint = format!("write {name}{spelled}");
        let fix = parser.change(span.start..end, "make it one path", spelled);
        parser
            .problem(Cause::Space, span.end..end, "a space ends the path, so this is searched apart from it", hint)
            .fix(fix);
    }
}
