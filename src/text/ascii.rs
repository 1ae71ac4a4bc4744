//! Text for terminals and files that know ASCII alone: no locale, or `C`.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use unicode_width::UnicodeWidthChar;

/// Which characters may be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All of them, as UTF-8.
    #[default]
    Unicode,
    /// No byte above 0x7F.
    Ascii,
}

/// The text in ASCII: what we draw with by its look-alike, every other letter by its number.
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

/// The text in ASCII in as many cells: a letter that has no look-alike is a question mark in each of its cells.
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

/// The ASCII character that looks most like one that we draw with.
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

/// Writes text in ASCII. Nothing else can leave it, in whatever pieces the text comes.
#[derive(Debug)]
pub struct Ascii<W> {
    inner: W,
    /// The beginning of a character whose end has not come.
    partial_char: Vec<u8>,
    charset: Charset,
}

impl<W: Write> Ascii<W> {
    /// Writes to `inner` in a character set.
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
        let mut n_taken = 0;
        for chunk in self.partial_char.utf8_chunks() {
            text.push_str(chunk.valid());
            n_taken += chunk.valid().len();
            let invalid = chunk.invalid();
            // The last character may be on its way.
            let is_begun = n_taken + invalid.len() == self.partial_char.len() && invalid.len() < 4;
            if !invalid.is_empty() && !is_begun {
                text.push('?');
                n_taken += invalid.len();
            }
        }
        self.partial_char.drain(..n_taken);
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
    fn what_we_draw_with_looks_alike_and_letters_are_named() {
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
