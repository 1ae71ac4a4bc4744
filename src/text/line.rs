//! Lines composed by us, which may contain untrusted words that have already been made visible.

use super::EscapeState;

/// Makes everything invisible in a line visible, but leaves the symbols for control characters as they are.
///
/// [`super::make_visible`] escapes these symbols, because untrusted text could contain them to deceive. A line composed
/// by us has them only where `make_visible` wrote them.
pub fn line(text: &str) -> String {
    let mut escapes = EscapeState::default();
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{2400}'..='\u{2421}' => out.push(char),
            _ => out.push_str(&escapes.next(char)),
        }
    }
    out
}

/// Returns the lines of `text`, ended by CR, LF, both, or a Unicode line separator.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(is_line_end))
}

/// Replaces each line ending of `text` by a line feed.
pub fn normalize_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(is_line_end, "\n")
}

fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::make_visible;

    #[test]
    fn visible_text_is_not_escaped_again() {
        for raw in ["a\x1b[31mb\r\n\x7f", "\u{202e}x", "\u{240a}", "e\u{301}\u{301}\u{301}\u{301}"] {
            let once = make_visible(&raw.into());
            assert_eq!(line(&once), once);
        }
        assert_eq!(line("a\x1b[2J\u{9b}m"), "a␛[2J<U+009B>m");
    }
}
