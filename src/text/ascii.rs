//! Text for terminals and files that support only ASCII (no locale, or `C`).

use std::{
    borrow::Cow,
    io::{self, Write},
};

use unicode_width::UnicodeWidthChar;

/// Which characters the output may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    #[default]
    Unicode,
    /// No byte above 0x7F.
    Ascii,
}

/// Converts `text` to ASCII: characters of our own drawing become a look-alike, all others `<U+…>`.
pub fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match ascii_lookalike(char) {
            Some(alike) => out.push(alike),
            None => out.extend(format!("<U+{:04X}>", u32::from(char)).chars()),
        }
    }
    out.into()
}

/// Converts `text` to ASCII without changing its width in cells: a character that has no look-alike becomes one `?` for
/// each of its cells.
pub fn to_ascii_cells(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let cell = |char: char| {
        let cells = char.width().unwrap_or(0);
        std::iter::repeat_n(ascii_lookalike(char).unwrap_or('?'), cells)
    };
    text.chars().flat_map(cell).collect::<String>().into()
}

/// Returns the ASCII character that looks most like `char`; `None` if none does.
fn ascii_lookalike(char: char) -> Option<char> {
    Some(match char {
        '\0'..='\x7f' => char,
        '…' => '~',
        '·' | '•' => '.',
        '─' | '━' | '╌' | '–' | '—' => '-',
        '│' | '┃' | '▏' | '▕' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' => '+',
        '■' | '█' | '▇' | '▆' | '▅' | '▓' => '#',
        '▄' | '▃' | '▂' | '▁' | '░' | '▒' => '=',
        '▲' | '↑' => '^',
        '▼' | '↓' | '✓' => 'v',
        '▶' | '→' | '›' | '»' => '>',
        '◀' | '←' | '‹' | '«' => '<',
        '×' | '✗' => 'x',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        _ => return None,
    })
}

/// A writer whose output is ASCII only, even if a character is split across several writes.
#[derive(Debug)]
pub struct Ascii<W> {
    inner: W,
    /// The first bytes of a character whose last bytes are not written yet.
    partial_char: Vec<u8>,
    charset: Charset,
}

impl<W: Write> Ascii<W> {
    /// Creates a writer to `inner`; with [`Charset::Unicode`] everything passes through unchanged.
    pub fn new(inner: W, charset: Charset) -> Self {
        Self { inner, partial_char: Vec::new(), charset }
    }
}

impl<W: Write> Write for Ascii<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.charset == Charset::Unicode {
            return self.inner.write(bytes);
        }
        if self.partial_char.is_empty() && bytes.is_ascii() {
            return self.inner.write(bytes);
        }
        self.partial_char.extend_from_slice(bytes);
        let mut text = String::new();
        let mut n_used = 0;
        for chunk in self.partial_char.utf8_chunks() {
            text.push_str(chunk.valid());
            n_used += chunk.valid().len();
            let invalid = chunk.invalid();
            // The last character may be incomplete.
            let is_incomplete = n_used + invalid.len() == self.partial_char.len() && invalid.len() < 4;
            if !invalid.is_empty() && !is_incomplete {
                text.push('?');
                n_used += invalid.len();
            }
        }
        self.partial_char.drain(..n_used);
        self.inner.write_all(to_ascii(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_characters_have_look_alikes_and_letters_are_escaped() {
        assert_eq!(to_ascii("a ─ b…"), "a - b~");
        assert_eq!(to_ascii("Grüße 世"), "Gr<U+00FC><U+00DF>e <U+4E16>");
        assert_eq!(to_ascii_cells("Grüße 世│"), "Gr??e ??|");
        assert_eq!(to_ascii_cells("e\u{301}"), "e");
    }

    #[test]
    fn a_writer_takes_text_in_any_pieces() {
        let text = "Grüße 世 … 😀 end";
        for size in 1..7 {
            let mut out = Vec::new();
            let mut writer = Ascii::new(&mut out, Charset::Ascii);
            for piece in text.as_bytes().chunks(size) {
                writer.write_all(piece).unwrap();
            }
            assert_eq!(String::from_utf8(out).unwrap(), to_ascii(text));
        }
        let mut out = Vec::new();
        Ascii::new(&mut out, Charset::Ascii).write_all(b"a\xff\xfe\xc3(b").unwrap();
        assert_eq!(out, b"a???(b");
        let mut out = Vec::new();
        Ascii::new(&mut out, Charset::Unicode).write_all("世".as_bytes()).unwrap();
        assert_eq!(out, "世".as_bytes());
    }
}
