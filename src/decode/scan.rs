//! Pieces of text that the decoders have in common.

/// Returns the first `max` bytes of `text`, or fewer, so that no character is cut.
pub(super) fn prefix(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// Returns the last `max` bytes of `text`, or fewer, so that no character is cut.
pub(super) fn suffix(text: &str, max: usize) -> &str {
    let start = text.len().saturating_sub(max);
    let start = (start..=text.len()).find(|start| text.is_char_boundary(*start)).unwrap_or(text.len());
    &text[start..]
}

/// Returns the rest of `text` after `beginning`, ignoring ASCII case.
pub(super) fn strip_prefix<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(beginning.len())?;
    head.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// Returns whether `text` contains `part`, which is in lower case, ignoring ASCII case.
pub(super) fn contains(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Returns a number at the start of `text`, decimal or hexadecimal with `0x` or `&H`, and the rest.
pub(super) fn number(text: &str) -> Option<(u32, &str)> {
    let hexadecimal = strip_prefix(text, "0x").or_else(|| strip_prefix(text, "&h"));
    let (digits, radix) = hexadecimal.map_or((text, 10), |rest| (rest, 16));
    let end = digits.find(|char: char| !char.is_digit(radix)).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    Some((u32::from_str_radix(digits, radix).ok()?, rest))
}

/// Returns the text of a string literal at the start of `text`, between single or double quotes, and the rest.
pub(super) fn literal(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|char| ['"', '\''].contains(char))?;
    text[1..].split_once(quote)
}

/// Returns the character with this code, if it is one that a script has: no control character but tab and line ends.
pub(super) fn script_character(code: u32) -> Option<char> {
    char::from_u32(code).filter(|char| is_script_character(*char))
}

/// Returns whether a character is one that a script has.
pub(super) fn is_script_character(char: char) -> bool {
    !char.is_control() || ['\t', '\n', '\r'].contains(&char)
}
