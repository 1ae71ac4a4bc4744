//! The pieces of the language: names, words, quoted values and ranges, read from the beginning of a text.

use std::ops::Range;

use super::expr::Bound;

/// The characters a backslash makes ordinary; before any other it is a backslash.
pub(in crate::query) const ESCAPABLE: [char; 4] = [' ', '"', '(', ')'];

/// The length of the operator word a text begins with; 0 if it begins with none.
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

/// The name before the colon, if a text begins with something that can name a field.
pub(in crate::query) fn field_name(text: &str) -> Option<&str> {
    // Longer than any name with a feed in it; keeps the search for the colon short.
    const LONGEST: usize = 128;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let len = text.bytes().take(LONGEST).take_while(is_part).count();
    (len > 0 && text.as_bytes().get(len) == Some(&b':')).then(|| &text[..len])
}

/// A word, escapes resolved, and how many bytes it takes. It ends at whitespace, a parenthesis, a quote or one of
/// `stops`.
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

/// A quoted value, escapes resolved, and how many bytes it takes with its quotes; only the value if it is not closed.
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

/// A range and where its pieces are.
pub(in crate::query) struct ScannedRange {
    /// The lower end.
    pub(in crate::query) lower: (Bound, Range<usize>),
    /// The word between the ends.
    pub(in crate::query) to: Range<usize>,
    /// The upper end.
    pub(in crate::query) upper: (Bound, Range<usize>),
    /// The byte after the closing bracket.
    pub(in crate::query) end: usize,
}

/// Reads the range that begins with the bracket at `start`. If it is none: where it went wrong, and what is missing.
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
