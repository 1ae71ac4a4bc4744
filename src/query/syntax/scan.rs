//! Scanning of tokens at the beginning of a text: names, words, quoted values and ranges.

use std::ops::Range;

use super::expr::Bound;

/// The characters that a backslash escapes; before any other character a backslash is literal.
pub(in crate::query) const ESCAPABLE: [char; 4] = [' ', '"', '(', ')'];

/// Returns the length in bytes of the operator word at the beginning of `text`; 0 if there is none.
pub(in crate::query) fn operator_len(text: &str) -> usize {
    let is_end = |at: usize| {
        let next = text[at..].chars().next();
        next.is_none_or(|char| char.is_whitespace() || matches!(char, '(' | ')' | '"'))
    };
    ["and", "or", "not"]
        .into_iter()
        .find(|word| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)) && is_end(word.len()))
        .map_or(0, str::len)
}

/// Returns the name before the colon if `text` begins with a possible field name.
pub(in crate::query) fn field_name(text: &str) -> Option<&str> {
    // Longer than any field name, even with the name of a feed; bounds the search for the colon.
    const MAX_LEN: usize = 128;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let len = text.bytes().take(MAX_LEN).take_while(is_part).count();
    (len > 0 && text.as_bytes().get(len) == Some(&b':')).then(|| &text[..len])
}

/// Returns the word at the beginning of `text` without its escapes, and its length in bytes. It ends at whitespace, a
/// parenthesis, a quote or one of `stops`.
pub(in crate::query) fn scan_word(text: &str, stops: &[char]) -> (String, usize) {
    let mut word = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char == '\\'
            && let Some((_, next)) = chars.next_if(|(_, next)| ESCAPABLE.contains(next))
        {
            word.push(next);
        } else if char.is_whitespace() || matches!(char, '(' | ')' | '"') || stops.contains(&char) {
            return (word, at);
        } else {
            word.push(char);
        }
    }
    (word, text.len())
}

/// Returns the quoted value at the beginning of `text` without its escapes, and its length in bytes with the quotes. If
/// the closing quote is missing, the error is the value.
pub(in crate::query) fn scan_phrase(text: &str) -> Result<(String, usize), String> {
    let mut phrase = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        if char == '\\'
            && let Some((_, next)) = chars.next_if(|(_, next)| ESCAPABLE.contains(next))
        {
            phrase.push(next);
        } else if char == '"' {
            return Ok((phrase, at + 1));
        } else {
            phrase.push(char);
        }
    }
    Err(phrase)
}

/// A range and the byte ranges of its parts.
pub(in crate::query) struct ScannedRange {
    pub(in crate::query) lower: (Bound, Range<usize>),
    /// The word `TO`.
    pub(in crate::query) to: Range<usize>,
    pub(in crate::query) upper: (Bound, Range<usize>),
    /// The byte after the closing bracket.
    pub(in crate::query) end: usize,
}

/// Scans the range that begins with the bracket at `start`. The error is the byte at which scanning failed, and what is
/// missing there.
pub(in crate::query) fn scan_range(text: &str, start: usize) -> Result<ScannedRange, (usize, &'static str)> {
    let skip = |at: usize| text.len() - text[at..].trim_start().len();
    let lower = scan_bound(text, skip(start + 1)).ok_or((start + 1, "lower end"))?;
    let to = skip(lower.1.end);
    let is_to = text[to..].get(..2).is_some_and(|word| word.eq_ignore_ascii_case("to"));
    if !is_to || to == lower.1.end || !text[to + 2..].starts_with(char::is_whitespace) {
        return Err((lower.1.end, "TO after its lower end"));
    }
    let upper = scan_bound(text, skip(to + 2)).ok_or((to + 2, "upper end"))?;
    let close = skip(upper.1.end);
    if !text[close..].starts_with(']') {
        return Err((upper.1.end, "] after its upper end"));
    }
    Ok(ScannedRange { lower, to: to..to + 2, upper, end: close + 1 })
}

fn scan_bound(text: &str, at: usize) -> Option<(Bound, Range<usize>)> {
    let rest = &text[at..];
    if rest.starts_with('"') {
        let (value, len) = scan_phrase(rest).ok()?;
        return Some((Bound::At(value), at..at + len));
    }
    let (value, len) = scan_word(rest, &[']']);
    let bound = match value.as_str() {
        "" => return None,
        "*" => Bound::Open,
        _ => Bound::At(value),
    };
    Some((bound, at..at + len))
}
