//! The text being edited, in bytes and in cells.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use crate::text::{self, Untrusted};

/// The most characters a query may have: whatever is pasted, a key is on screen within a frame.
const LIMIT: usize = 64 * 1024;

/// A text area, spoken to in the terms of a query.
#[derive(Debug, Default)]
pub(super) struct Editor(TextArea<'static>);

impl Editor {
    pub(super) fn lines(&self) -> &[String] {
        self.0.lines()
    }

    pub(super) fn text(&self) -> String {
        self.0.lines().join("\n")
    }

    /// The line of the cursor, and how many characters of it are before the cursor.
    pub(super) fn cursor(&self) -> (usize, usize) {
        let cursor = self.0.cursor();
        (cursor.0, cursor.1)
    }

    /// The position of the cursor in [`Editor::text`].
    pub(super) fn cursor_byte(&self) -> usize {
        let (row, column) = self.cursor();
        let before: usize = self
            .0
            .lines()
            .iter()
            .take(row)
            .map(|line| line.len() + 1)
            .sum();
        let line = self.0.lines().get(row).map_or("", String::as_str);
        before
            + line
                .char_indices()
                .nth(column)
                .map_or(line.len(), |(at, _)| at)
    }

    /// Replaces everything; the cursor goes to the end.
    pub(super) fn set(&mut self, text: &str) {
        self.0 = TextArea::new(clean(text).lines().map(str::to_owned).collect());
        self.0.move_cursor(CursorMove::Bottom);
        self.0.move_cursor(CursorMove::End);
    }

    /// Replaces a range of [`Editor::text`]; the cursor goes behind the new text.
    pub(super) fn replace(&mut self, span: Range<usize>, with: &str) {
        let mut text = self.text();
        let rest = text.split_off(span.end);
        text.truncate(span.start);
        self.set(&format!("{text}{with}"));
        let end = self.0.cursor();
        let lines: Vec<_> = format!("{text}{with}{rest}")
            .lines()
            .map(str::to_owned)
            .collect();
        self.0 = TextArea::new(lines);
        let place = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.0
            .move_cursor(CursorMove::Jump(place(end.0), place(end.1)));
    }

    pub(super) fn newline(&mut self) {
        self.0.insert_newline();
    }

    /// Takes a key; true when the text has changed by it.
    pub(super) fn type_key(&mut self, key: KeyEvent) -> bool {
        // The shell's meaning, which every hand knows, not the widget's, which is undo.
        if key.code == KeyCode::Char('u') && key.modifiers == KeyModifiers::CONTROL {
            return self.0.delete_line_by_head();
        }
        // Tabs and line breaks have meanings of their own here.
        let is_text = !matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab);
        let is_full = matches!(key.code, KeyCode::Char(_))
            && (key.modifiers - KeyModifiers::SHIFT).is_empty()
            && self.0.lines().iter().map(String::len).sum::<usize>() >= LIMIT;
        is_text && !is_full && self.0.input(key)
    }

    /// Inserts what was pasted; true when it had to be changed.
    pub(super) fn paste(&mut self, pasted: &str) -> bool {
        let room = LIMIT.saturating_sub(self.text().len());
        let cut: String = pasted.chars().take(room).collect();
        let cleaned = clean(&text::refang(&cut));
        self.0.insert_str(&cleaned);
        cleaned != pasted
    }

    /// Moves a line down; false on the last one.
    pub(super) fn go_down(&mut self) -> bool {
        let is_last = self.cursor().0 + 1 >= self.0.lines().len();
        self.0.move_cursor(CursorMove::Down);
        !is_last
    }

    /// Moves a line up; false on the first one.
    pub(super) fn go_up(&mut self) -> bool {
        let is_first = self.cursor().0 == 0;
        self.0.move_cursor(CursorMove::Up);
        !is_first
    }
}

/// The text without what cannot be seen: it would search for something else than it shows.
fn clean(text: &str) -> String {
    let is_plain = |char: char| text::visible(&Untrusted::from(char.to_string())).starts_with(char);
    text.trim_end_matches(['\r', '\n'])
        .chars()
        .map(|char| if char == '\t' { ' ' } else { char })
        .filter(|&char| char == '\n' || is_plain(char))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_counted_in_bytes_over_all_lines() {
        let mut editor = Editor::default();
        editor.set("grüße\nwelt");
        assert_eq!(editor.cursor_byte(), "grüße\nwelt".len());
        assert!(editor.go_up());
        assert!(!editor.go_up());
        assert_eq!(editor.cursor().0, 0);
    }

    #[test]
    fn a_replaced_part_leaves_the_rest_and_the_cursor_behind_it() {
        let mut editor = Editor::default();
        editor.set("cmd foo");
        editor.replace(0..3, "cmdline:");
        assert_eq!(
            (editor.text().as_str(), editor.cursor()),
            ("cmdline: foo", (0, 8))
        );
    }

    #[test]
    fn the_keys_of_the_shell_delete_as_they_do_there() {
        let mut editor = Editor::default();
        editor.set("process_name:net.exe cmdline:blah");
        let control = |char| KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL);
        assert!(editor.type_key(control('w')));
        assert!(editor.text().starts_with("process_name:net.exe"));
        assert!(editor.type_key(control('u')));
        assert_eq!(editor.text(), "");
    }

    #[test]
    fn what_is_pasted_is_seen_and_fanged() {
        let mut editor = Editor::default();
        assert!(editor.paste("domain:evil[.]example\u{202e}\x1b[2J\r\n"));
        assert_eq!(editor.text(), "domain:evil.example[2J");
        assert!(!editor.paste(" plain"));
    }
}
