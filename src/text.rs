//! Text written by others (possibly by an attacker), and the functions that make it safe to show.

mod ascii;
mod csv;
mod defang;
mod hexdump;
mod invisible;
mod line;
mod number;
mod size;

use std::{borrow::Borrow, borrow::Cow, cmp::Ordering, fmt, sync::Arc};

pub use ascii::{Ascii, Charset, to_ascii, to_ascii_cells};
pub use csv::{csv_cell, escape_formula};
pub use defang::{defang, defang_cell, is_domain, is_file_name, refang};
pub use hexdump::dump;
use invisible::is_hidden;
pub use line::{line, lines, normalize_newlines};
pub use number::group_thousands;
use serde::{Deserialize, Serialize};
pub use size::format_size;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A string from the wire. It has no `Display`: [`make_visible`], [`fit`], [`defang()`] and [`csv_cell`] show it.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Untrusted(Arc<str>);

impl Untrusted {
    /// Returns the original text, for comparisons and requests; never for display.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text equals `other`, ignoring letter case.
    pub fn eq_ignore_case(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other) || self.0.to_lowercase() == other.to_lowercase()
    }

    /// Returns the text; `None` if it is empty.
    pub fn non_empty(&self) -> Option<&Self> {
        (!self.is_empty()).then_some(self)
    }

    /// Compares alphabetically, ignoring letter case; texts that differ only in case are ordered by their bytes.
    pub fn cmp_folded(&self, other: &Self) -> Ordering {
        let fold = |text: &str| text.to_lowercase();
        fold(&self.0).cmp(&fold(&other.0)).then_with(|| self.0.cmp(&other.0))
    }
}

/// Splits `text` at white space; double quotes, anywhere in a word, join parts that contain white space.
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for char in text.chars() {
        match char {
            '"' => is_quoted = !is_quoted,
            char if char.is_whitespace() && !is_quoted => words.push(std::mem::take(&mut word)),
            char => word.push(char),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Formats a count with its noun: `one` for 1, `many` otherwise.
pub fn pluralize<N: Copy + fmt::Display + PartialEq + From<u8>>(n: N, one: &str, many: &str) -> String {
    let noun = if n == N::from(1) { one } else { many };
    format!("{n} {noun}")
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Borrow<str> for Untrusted {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Untrusted {
    /// Writes the text escaped and limited to 512 characters, so that a megabyte does not end up in a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LIMIT: usize = 512;
        match self.0.char_indices().nth(LIMIT) {
            None => write!(f, "{:?}", make_visible(self)),
            Some((cut, _)) => {
                write!(f, "{:?}… {} bytes", make_visible(&self.0[..cut].into()), self.0.len())
            }
        }
    }
}

/// Makes everything invisible visible: control characters, escapes, bidi overrides, zero-width and private characters,
/// line breaks. The result is one line and moves no cursor.
pub fn make_visible(text: &Untrusted) -> String {
    let mut out = String::with_capacity(text.raw().len());
    let mut escapes = EscapeState::default();
    for char in text.raw().chars() {
        out.push_str(&escapes.next(char));
    }
    out
}

/// Returns as much of the text as the largest screen shows, made visible, with `…` if there is more. For text that is
/// wrapped or cut afterwards: the cost depends on what is shown, not on the length of the text.
pub fn excerpt(text: &Untrusted) -> String {
    /// In cells. Longer command lines are not read on a screen; the record view has all of it.
    const MAX_CELLS: usize = 4096;
    let shown = prefix_for_cells(text.raw(), MAX_CELLS);
    let mut out = make_visible(&shown.into());
    if shown.len() < text.raw().len() {
        out.push('…');
    }
    out
}

/// Makes the text visible and cuts it to `width` cells, with `…` where something is left out. The cost depends on
/// `width`, not on the length of the text.
pub fn fit(text: &Untrusted, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    // Where to cut if the text turns out not to fit: the last place that leaves a cell for the ellipsis.
    let mut cut = 0;
    let mut escapes = EscapeState::default();
    for char in text.raw().chars() {
        let piece = escapes.next(char);
        let cells = self::width(&piece);
        if used + cells > width {
            out.truncate(cut);
            if width > 0 {
                out.push('…');
            }
            return out;
        }
        out.push_str(&piece);
        used += cells;
        if used < width {
            cut = out.len();
        }
    }
    out
}

/// Makes the text visible and cuts it to `width` cells, without an ellipsis.
pub fn clip(text: &Untrusted, width: usize) -> String {
    let mut out = String::new();
    let mut escapes = EscapeState::default();
    let mut used = 0;
    for char in text.raw().chars() {
        let piece = escapes.next(char);
        for char in piece.chars() {
            used += char.width().unwrap_or(0);
            if used > width {
                return out;
            }
            out.push(char);
        }
    }
    out
}

/// Like [`fit`], but keeps the end of the text, such as the file name of a path or the last argument of a command.
pub fn fit_end(text: &Untrusted, width: usize) -> String {
    let mut pieces = Vec::new();
    let mut used = 0;
    for char in text.raw().chars().rev() {
        let piece = EscapeState::default().next(char).into_owned();
        let cells = self::width(&piece);
        if used + cells > width {
            while used + 1 > width {
                match pieces.pop() {
                    Some(piece) => used -= self::width::<String>(&piece),
                    None => return String::new(),
                }
            }
            pieces.push("…".into());
            break;
        }
        used += cells;
        pieces.push(piece);
    }
    pieces.into_iter().rev().collect()
}

/// Returns the first `cells + 1` characters of `text`: enough to fill `cells` cells and to detect that there is more.
pub fn prefix_for_cells(text: &str, cells: usize) -> &str {
    text.char_indices().nth(cells + 1).map_or(text, |(at, _)| &text[..at])
}

/// Returns `text` without the characters that take its first `cells` cells once they are made visible.
pub fn without_cells(text: &str, cells: usize) -> &str {
    let mut used = 0;
    let mut escapes = EscapeState::default();
    let next = text.char_indices().find(|(_, char)| {
        let n_cells = width(&escapes.next(*char));
        let is_left = used >= cells && n_cells > 0;
        used += n_cells;
        is_left
    });
    next.map_or("", |(at, _)| &text[at..])
}

/// Returns the width of `text` in terminal cells.
pub fn width<T: AsRef<str> + ?Sized>(text: &T) -> usize {
    text.as_ref().width()
}

/// The state of making a text visible, character by character: how many combining marks the current letter has.
#[derive(Default)]
struct EscapeState {
    marks: usize,
}

impl EscapeState {
    /// Returns the text shown for the next character.
    fn next(&mut self, char: char) -> Cow<'static, str> {
        // More than a few marks on one letter would overwrite the lines around it.
        const MAX_MARKS: usize = 3;
        if !char.is_ascii() && is_mark(char) {
            self.marks += 1;
            return if self.marks <= MAX_MARKS { char.to_string().into() } else { escape_char(char) };
        }
        self.marks = if char.is_alphanumeric() { 0 } else { MAX_MARKS };
        match char {
            ' '..='~' => char.to_string().into(),
            // Unicode has a one-cell symbol for each control character; an escape such as \n could be read as part of a
            // path, c:\new.
            '\0'..='\x1f' => {
                char::from_u32(0x2400 + u32::from(char)).map_or_else(|| escape_char(char), |c| c.to_string().into())
            }
            '\x7f' => "␡".into(),
            _ if is_hidden(char) => escape_char(char),
            _ => char.to_string().into(),
        }
    }
}

/// Whether `char` is a combining mark: it takes no cell and belongs to the letter before it.
fn is_mark(char: char) -> bool {
    char.width() == Some(0) && !is_hidden(char)
}

fn escape_char(char: char) -> Cow<'static, str> {
    format!("<U+{:04X}>", u32::from(char)).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_scrolled_out_is_counted_in_cells() {
        assert_eq!(without_cells("net use", 4), "use");
        assert_eq!(without_cells("日本語", 4), "語");
        // A mark goes with its letter, and an escape takes as many cells as it has.
        assert_eq!(without_cells("e\u{301}x", 1), "x");
        assert_eq!(without_cells("\u{202e}x", "<U+202E>".len()), "x");
        assert_eq!(without_cells("net", 9), "");
    }

    #[track_caller]
    fn check(raw: &str, shown: &str) {
        assert_eq!(make_visible(&raw.into()), shown);
    }

    #[test]
    fn control_characters_are_pictures() {
        check("a\x1b[2Jb\r\n\tc\0\x7f", "a␛[2Jb␍␊␉c␀␡");
    }

    #[test]
    fn deceptive_characters_are_spelled_out() {
        check("invoice\u{202e}fdp.exe", "invoice<U+202E>fdp.exe");
        check("svchost\u{200b}.exe", "svchost<U+200B>.exe");
        check("\u{9b}31m", "<U+009B>31m");
        check("a\u{2028}b\u{3164}", "a<U+2028>b<U+3164>");
        check("\u{240a}", "<U+240A>");
        check("a\u{1bca0}b\u{13430}c", "a<U+1BCA0>b<U+13430>c");
        check("a\u{16fe4}b\u{1d159}c", "a<U+16FE4>b<U+1D159>c");
    }

    #[test]
    fn an_excerpt_costs_what_is_shown() {
        let long: Untrusted = "\u{202e}x".repeat(1_000_000).into();
        let shown = excerpt(&long);
        assert!(shown.len() < 64 * 1024 && shown.ends_with('…'));
        assert_eq!(excerpt(&"short".into()), "short");
    }

    #[test]
    fn no_code_point_is_hidden_by_any_output_function() {
        for char in ('\0'..=char::MAX).filter(|char| *char != ' ') {
            let text = Untrusted::from(format!("a{char}b"));
            let outputs = [
                make_visible(&text),
                excerpt(&text),
                fit(&text, 40),
                fit_end(&text, 40),
                clip(&text, 40),
                defang(&text),
                defang_cell(&text),
                csv_cell(&text),
                line(text.raw()),
                format!("{text:?}"),
            ];
            for shown in outputs {
                let is_shown = shown.chars().all(|c| c == ' ' || !is_hidden(c) || is_picture(c));
                assert!(is_shown, "U+{:04X} is hidden in {shown:?}", u32::from(char));
            }
            // The ASCII form, written where the locale knows no Unicode.
            assert!(to_ascii(&make_visible(&text)).is_ascii());
        }
    }

    /// Whether `c` is a symbol that stands for a control character.
    fn is_picture(c: char) -> bool {
        matches!(c, '\u{2400}'..='\u{2421}')
    }

    #[test]
    fn ordinary_text_of_any_language_stays() {
        check("Grüße, Ἑλλάς, 世界, c:\\new", "Grüße, Ἑλλάς, 世界, c:\\new");
        check("e\u{301}", "e\u{301}");
    }

    #[test]
    fn piled_up_marks_are_cut() {
        check("a\u{301}\u{301}\u{301}\u{301}", "a\u{301}\u{301}\u{301}<U+0301>");
    }

    #[test]
    fn a_text_is_cut_to_cells_not_to_characters() {
        assert_eq!(fit(&"abcdef".into(), 6), "abcdef");
        assert_eq!(fit(&"abcdef".into(), 5), "abcd…");
        assert_eq!(fit(&"世界地図".into(), 5), "世界…");
        assert_eq!(fit(&"世界地図".into(), 4), "世…");
        assert_eq!(fit(&"ab".into(), 1), "…");
        assert_eq!(fit(&"ab".into(), 0), "");
        assert_eq!(fit_end(&r"c:\windows\a.exe".into(), 7), r"…\a.exe");
        assert_eq!(fit_end(&"ab".into(), 2), "ab");
        assert_eq!(fit_end(&"ab".into(), 0), "");
    }

    #[test]
    fn a_megabyte_costs_what_is_shown_of_it() {
        let long: Untrusted = "\x1b".repeat(1_000_000).into();
        let started = std::time::Instant::now();
        for _ in 0..1_000 {
            assert_eq!(width(&fit(&long, 80)), 80);
        }
        // A full pass over the text takes several milliseconds; a thousand passes would take seconds.
        assert!(started.elapsed().as_secs() < 2);
        assert!(format!("{long:?}").len() < 4096);
    }

    #[test]
    fn indicators_are_defanged_and_back() {
        let text: Untrusted = "HTTPS://cdn.example.net/a?b=c@d".into();
        assert_eq!(defang(&text), "hxxps://cdn[.]example[.]net/a?b=c[@]d");
        assert_eq!(refang("hxxps://cdn[.]example(.)net"), "https://cdn.example.net");
    }

    proptest! {
        #[test]
        fn nothing_shown_moves_the_cursor(raw in any::<String>(), width in 0_usize..40) {
            let text = Untrusted::from(raw);
            let cut = [fit(&text, width), fit_end(&text, width), clip(&text, width)];
            for shown in cut.into_iter().chain([make_visible(&text), defang(&text), csv_cell(&text), format!("{text:?}")]) {
                prop_assert!(shown.chars().all(|c| !c.is_control()), "{shown:?}");
            }
            prop_assert!(super::width(&fit(&text, width)) <= width);
            prop_assert!(super::width(&fit_end(&text, width)) <= width);
            prop_assert!(super::width(&clip(&text, width)) <= width);
        }
    }
}
