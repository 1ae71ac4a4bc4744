//! Problems of quotes: unclosed quotes, closing quotes after a backslash, and quotes within a value.

use std::ops::Range;

use super::super::fields::{FieldType, QueryField};
use super::super::syntax::print;
use super::super::syntax::quote;
use super::super::syntax::scan::{scan_phrase, scan_word};
use super::collector::Diagnostics;
use super::problem::{Cause, Fix};

/// Returns the span and the fix of a closing quote that a backslash makes part of the value.
///
/// Escaped quotes within a value come in pairs: `"\"a b\" c"`. An unpaired one before a space was intended to close the
/// value.
pub(in crate::query) fn find_swallowed_quote(
    diagnostics: &Diagnostics<'_>,
    phrase: Range<usize>,
    field: Option<&QueryField>,
) -> Option<(Range<usize>, Option<Fix>)> {
    let raw = &diagnostics.text[phrase.clone()];
    let mut is_open = false;
    let mut last = '"';
    let mut chars = raw.char_indices().skip(1).peekable();
    let at = loop {
        let (at, char) = chars.next()?;
        let next = chars.peek().map(|(_, char)| *char);
        if char == '\\' && next == Some('"') {
            chars.next();
            let after = chars.peek().map(|(_, char)| *char);
            let is_gap = after.is_none_or(|char| char.is_whitespace() || char == ')');
            if !is_open && is_gap && last != '"' && !last.is_whitespace() {
                break at;
            }
            is_open = !is_open;
            last = '"';
            continue;
        }
        last = char;
    };
    let inner = raw[1..at].trim_end_matches('\\');
    let end = phrase.start + at + 2;
    let directory = field.is_some_and(|field| field.kind == FieldType::Path).then(|| {
        let (inner, _) = scan_phrase(&format!("\"{inner}\"")).ok()?;
        let is_plain = !inner.is_empty() && !inner.contains(['*', '?']);
        is_plain.then(|| quote::escape_value(&format!("{inner}\\*")))
    });
    let fix = if let Some(below) = directory.flatten() {
        diagnostics.replacement_fix(phrase.start..end, "search below this directory", below)
    } else {
        let from = phrase.start + 1 + inner.len();
        diagnostics.replacement_fix(from..end - 1, "close the value at this quote", "")
    };
    Some((end - 2..end, fix))
}

/// Warns of a value that goes on after its intended closing quote, because a backslash made that part of the value.
pub(in crate::query) fn warn_swallowed_quote(diagnostics: &mut Diagnostics<'_>) {
    if let Some((span, fix)) = diagnostics.swallowed_quote.take() {
        diagnostics
            .add_problem(
                Cause::Misread,
                span,
                "This backslash makes the quote part of the value: the value does not end here",
                "remove the backslash if the value ends here",
            )
            .add_fix(fix);
    }
}

/// Reports that the quote at `start` is never closed, or which earlier quote a backslash kept from closing.
pub(in crate::query) fn report_unclosed_quote(diagnostics: &mut Diagnostics<'_>, start: usize) {
    if let Some((span, fix)) = diagnostics.swallowed_quote.take() {
        diagnostics
            .add_problem(
                Cause::Quote,
                span,
                "Unclosed quote: this backslash makes the quote part of the value",
                r#"remove the backslash before the quote, or type another ""#,
            )
            .add_fix(fix);
        return;
    }
    let closing = diagnostics.closing_fix("\"");
    diagnostics
        .add_problem(
            Cause::Quote,
            start..start + 1,
            "Unclosed quote",
            r#"type " where the value ends, or \" for the character itself"#,
        )
        .add_fix(closing);
}

/// Warns of a quote within a value, which ends the value: `"a "b" c"`. `value` is the span of the
/// value as parsed.
pub(in crate::query) fn warn_glued_quote(diagnostics: &mut Diagnostics<'_>, value: Range<usize>) {
    /// The maximum number of bytes to scan: enough for any command line typed by hand.
    const MAX_SCAN: usize = 4096;
    let is_glued =
        |rest: &str| rest.chars().next().is_some_and(|char| !char.is_whitespace() && !matches!(char, '(' | ')'));
    if !is_glued(&diagnostics.text[value.end..]) || !diagnostics.accepts_warnings() {
        return;
    }
    let Range { start, end } = value;
    let mut at = end;
    while at - end < MAX_SCAN && is_glued(&diagnostics.text[at..]) {
        let rest = &diagnostics.text[at..];
        at += if rest.starts_with('"') {
            match scan_phrase(rest) {
                Ok((_, len)) => len,
                Err(_) => break,
            }
        } else {
            scan_word(rest, &[]).1
        };
    }
    let raw = &diagnostics.text[start..at];
    let is_quoted = raw.ends_with('"') && !raw.ends_with("\\\"") && at > end;
    let fix = if is_quoted {
        // Quotes that are already escaped are not escaped twice.
        let inner = raw[1..raw.len() - 1].replace("\\\"", "\"");
        diagnostics.replacement_fix(start..at, "make the quotes part of the value", print::quote_phrase(&inner))
    } else {
        diagnostics.replacement_fix(end..end, "add a space after it", " ")
    };
    diagnostics
        .add_problem(
            Cause::Misread,
            end - 1..end,
            "The value ends at this quote and a new term begins",
            r#"write \" for a quote inside the value, or add a space after it"#,
        )
        .add_fix(fix);
}
