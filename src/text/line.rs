//! Lines of our own making, in which strange words may have been made visible before.

use super::EscapeState;

/// A line with everything invisible in it made visible, and what stands for such a character left as it is.
///
/// [`super::make_visible`] spells these pictures out, because a word from the wire may pretend to be one. In a line
/// that is put together here they are what it has made of such words.
pub fn line(text: &str) -> String {
    let mut shown = EscapeState::default();
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{2400}'..='\u{2421}' => out.push(char),
            _ => out.push_str(&shown.next(char)),
        }
    }
    out
}

/// The lines of a text, whatever ends them: CR, LF, both, or what Unicode has for it.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(is_line_end))
}

/// The text with a line feed for whatever ends its lines.
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
    fn what_was_made_visible_is_not_made_so_again() {
        for raw in ["a\x1b[31mb\r\n\x7f", "\u{202e}x", "\u{240a}", "e\u{301}\u{301}\u{301}\u{301}"] {
            let once = make_visible(&raw.into());
            assert_eq!(line(&once), once);
        }
        assert_eq!(line("a\x1b[2J\u{9b}m"), "a␛[2J<U+009B>m");
    }
}
