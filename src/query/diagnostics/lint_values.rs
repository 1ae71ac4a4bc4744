//! Warnings about values that are probably not spelled as intended.

use std::ops::Range;

use super::super::fields::{self, FieldType, QueryField};
use super::super::syntax::print;
use super::super::syntax::quote;
use super::super::syntax::scan::{ESCAPABLE, field_name, operator_len, scan_word};
use super::collector::Diagnostics;
use super::problem::{Cause, Fix};
use crate::text;

/// The maximum number of bytes to scan for one term: enough for any path typed by hand.
const MAX_SCAN: usize = 512;

/// Warns of a wildcard at the beginning of a value.
pub(in crate::query) fn warn_leading_wildcard(
    diagnostics: &mut Diagnostics<'_>,
    field: Option<&QueryField>,
    word: &str,
    span: &Range<usize>,
) {
    let is_any = word.bytes().all(|byte| byte == b'*');
    if !is_any && word.starts_with(['*', '?']) {
        let fix = strip_wildcard_fix(diagnostics, field, span);
        diagnostics
            .add_problem(
                Cause::LeadingWildcard,
                span.start..span.start + 1,
                "Leading wildcard: some servers refuse it",
                "start with the known part: paths match from any directory, command lines from any word",
            )
            .add_fix(fix);
    }
}

/// Returns a fix that drops the leading wildcard. This does not change the meaning for a path, which matches from any
/// directory.
fn strip_wildcard_fix(diagnostics: &Diagnostics<'_>, field: Option<&QueryField>, span: &Range<usize>) -> Option<Fix> {
    let raw = &diagnostics.text[span.clone()];
    let is_path = field.is_some_and(|field| field.kind == FieldType::Path);
    let (value, message) = if is_path {
        let value = raw.trim_start_matches(['*', '?', '\\', '/']);
        (value, "remove it: paths match from any directory")
    } else {
        let value = raw.trim_start_matches(['*', '?']);
        (value, "remove it: matches only what begins with the rest")
    };
    // The rest must still be read as a word.
    let is_word = !value.is_empty()
        && !value.starts_with(ESCAPABLE)
        && !value.starts_with(['[', '-', '*', '?'])
        && operator_len(value) == 0
        && field_name(value).is_none();
    let end = span.end - value.len();
    is_word.then(|| diagnostics.replacement_fix(span.start..end, message, "")).flatten()
}

/// Warns of a defanged value, as reports write addresses.
pub(in crate::query) fn warn_defanged(diagnostics: &mut Diagnostics<'_>, word: &str, span: &Range<usize>) {
    let plain = text::refang(word);
    if plain == word {
        return;
    }
    let spelled = quote::escape_value(&plain);
    let fix = diagnostics.replacement_fix(span.clone(), format!("write {spelled}"), spelled.as_str());
    diagnostics
        .add_problem(
            Cause::Misread,
            span.clone(),
            "This is defanged and searched as written",
            format!("write {spelled}"),
        )
        .add_fix(fix);
}

/// Warns of curly quotes, which a query pasted from a word processor may have.
pub(in crate::query) fn warn_curly_quotes(diagnostics: &mut Diagnostics<'_>, word: &str, span: &Range<usize>) {
    if word.starts_with(['\u{201c}', '\u{201d}', '\u{201e}']) {
        let fix = straight_quotes_fix(diagnostics, span);
        diagnostics
            .add_problem(
                Cause::Misread,
                span.clone(),
                "Curly quotes are plain characters here",
                "type straight quotes around the value",
            )
            .add_fix(fix);
    }
}

/// Returns a fix that makes the quotes straight; `None` if the curly quotes are not closed.
fn straight_quotes_fix(diagnostics: &Diagnostics<'_>, span: &Range<usize>) -> Option<Fix> {
    let mut chars = diagnostics.text[span.start..].char_indices().skip(1).take(MAX_SCAN);
    let (at, quote) = chars.find(|(_, char)| matches!(char, '\u{201c}' | '\u{201d}' | '"'))?;
    let open = diagnostics.text[span.start..].chars().next()?;
    let inner = &diagnostics.text[span.start + open.len_utf8()..span.start + at];
    let is_plain = quote != '"' && !inner.is_empty() && !inner.ends_with('\\');
    is_plain
        .then(|| {
            let end = span.start + at + quote.len_utf8();
            let straight = format!("\"{inner}\"");
            diagnostics.replacement_fix(span.start..end, "write straight quotes", straight)
        })
        .flatten()
}

/// Warns of a star in quotes, where it is literal.
pub(in crate::query) fn warn_quoted_wildcard(
    diagnostics: &mut Diagnostics<'_>,
    name: Option<&str>,
    value: &str,
    span: &Range<usize>,
) {
    if value.contains('*') && diagnostics.accepts_warnings() {
        let spelled = quote::escape_value(value);
        let begins = |chars: &[char]| value.starts_with(chars);
        // Outside quotes a word cannot begin with these characters or contain whitespace other than spaces.
        let is_word = !begins(&['*', '?', '[', '-'])
            && !value.contains(|char: char| char.is_whitespace() && char != ' ')
            && (name.is_some() || field_name(value).is_none());
        let fix = is_word
            .then(|| diagnostics.replacement_fix(span.clone(), "make it a wildcard", spelled.as_str()))
            .flatten();
        diagnostics
            .add_problem(
                Cause::Misread,
                span.clone(),
                "In quotes, * is a plain character",
                format!("write {spelled} for a wildcard"),
            )
            .add_fix(fix);
    }
}

/// Warns of escapes from other products: here a backslash escapes only a space, a quote and a parenthesis.
pub(in crate::query) fn warn_foreign_escapes(
    diagnostics: &mut Diagnostics<'_>,
    field: Option<&QueryField>,
    value: &str,
    span: &Range<usize>,
) {
    let Some(plain) = strip_foreign_escapes(field, value) else {
        return;
    };
    if !diagnostics.accepts_warnings() || diagnostics.text.get(span.clone()).is_none_or(|raw| raw.len() > MAX_SCAN) {
        return;
    }
    let is_phrase = diagnostics.text[span.clone()].starts_with('"');
    let spelled = if is_phrase { print::quote_phrase(&plain) } else { quote::escape_value(&plain) };
    let is_spelled = !plain.is_empty()
        && !plain.ends_with('\\')
        && (is_phrase || !plain.contains(['*', '?']) || !plain.starts_with('-'));
    let fix = is_spelled
        .then(|| diagnostics.replacement_fix(span.clone(), format!("write {spelled}"), spelled.as_str()))
        .flatten();
    diagnostics
        .add_problem(
            Cause::Misread,
            span.clone(),
            "A backslash escapes only spaces, quotes and parentheses: here it is part of the text",
            format!("write {spelled}"),
        )
        .add_fix(fix);
}

/// Returns the value without the escapes of other products; `None` if it has none, or if its backslashes separate
/// directories.
fn strip_foreign_escapes(field: Option<&QueryField>, value: &str) -> Option<String> {
    let kind = field.map(|field| field.kind);
    if !value.contains('\\') || matches!(kind, Some(FieldType::Time)) {
        return None;
    }
    let has_drive = value.get(1..3) == Some(":\\");
    // If all backslashes are doubled, the value is from a JSON or C string; a network share only begins with two.
    let may_have_backslashes = matches!(kind, None | Some(FieldType::Path | FieldType::Username | FieldType::Keyword));
    if may_have_backslashes && value.trim_start_matches('\\').contains("\\\\") {
        let doubled = value.matches("\\\\").count();
        if value.matches('\\').count() == 2 * doubled {
            return Some(value.replace("\\\\", "\\"));
        }
    }
    let escaped: &[char] = match kind {
        // Directory names may begin with a dot or other punctuation.
        Some(FieldType::Path) => &['-', ':', '/', '|'],
        _ => &['-', ':', '/', '|', '.', '+', '!', '&', '=', ',', ';', '~', '^', '@', '#', '[', ']', '{', '}'],
    };
    if has_drive || value.starts_with("\\\\") {
        return None;
    }
    let is_escape = |(at, _): (usize, &str)| value[at + 1..].starts_with(escaped);
    value.match_indices('\\').all(is_escape).then(|| value.replace('\\', ""))
}

/// Warns of a backslash that makes the space between two terms part of a value.
pub(in crate::query) fn warn_escaped_space(
    diagnostics: &mut Diagnostics<'_>,
    field: Option<&QueryField>,
    span: &Range<usize>,
) {
    let raw = &diagnostics.text[span.clone()];
    let is_swallowed = |after: &str| {
        after.is_empty()
            || after.starts_with(' ')
            || field_name(after).is_some_and(|name| fields::find_in_any_index(name).is_some())
    };
    let swallowed = raw.match_indices("\\ ").find(|(at, _)| is_swallowed(&raw[at + 2..]));
    if let Some((at, _)) = swallowed {
        let at = span.start + at;
        let fix = match field {
            Some(field) if field.kind == FieldType::Path => {
                diagnostics.replacement_fix(at..at + 1, "search below this directory", "\\*")
            }
            _ => diagnostics.replacement_fix(at..at + 1, "end the value here", ""),
        };
        diagnostics
            .add_problem(
                Cause::SpaceInValue,
                at..at + 2,
                "This backslash makes the space part of the value",
                "remove the backslash if the value ends here",
            )
            .add_fix(fix);
    }
}

/// Warns of a quote or a parenthesis directly after a word, where a new term begins.
pub(in crate::query) fn warn_glued_quote(diagnostics: &mut Diagnostics<'_>, span: &Range<usize>) {
    let (char, hint) = match diagnostics.text.as_bytes().get(span.end) {
        Some(b'"') => ('"', r#"write \" for the character itself, or add a space before it"#),
        Some(b'(') => ('(', r"write \( for the character itself, or add a space before it"),
        _ => return,
    };
    let fix = diagnostics.replacement_fix(span.end..span.end, "add a space before it", " ");
    diagnostics
        .add_problem(
            Cause::Misread,
            span.end..span.end + 1,
            format!("The value ends before this {char} and a new term begins"),
            hint,
        )
        .add_fix(fix);
}

/// Warns of a path that is split at its spaces.
pub(in crate::query) fn warn_path_spaces(
    diagnostics: &mut Diagnostics<'_>,
    field: Option<&QueryField>,
    word: &str,
    clause: usize,
    span: &Range<usize>,
) {
    let is_path = match field {
        Some(field) => field.kind == FieldType::Path,
        None => word.get(1..3) == Some(":\\") || word.starts_with("\\\\"),
    };
    if !is_path || !diagnostics.accepts_warnings() {
        return;
    }
    let mut at = span.end;
    let mut end = span.end;
    let mut path = word.to_owned();
    let mut tail = String::new();
    while at < diagnostics.text.len() && at - span.end < MAX_SCAN {
        let rest = &diagnostics.text[at..];
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
            path.push_str(&tail);
            tail.clear();
            end = at;
        }
    }
    if end > span.end {
        let name = &diagnostics.text[clause..span.start];
        let spelled = quote::escape_value(&path);
        let hint = format!("write {name}{spelled}");
        let fix = diagnostics.replacement_fix(span.start..end, "make it one path", spelled);
        diagnostics
            .add_problem(
                Cause::SpaceInValue,
                span.end..end,
                "A space ends the path: this is searched as separate text",
                hint,
            )
            .add_fix(fix);
    }
}
