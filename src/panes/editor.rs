//! A text editor with a length limit, and cursor positions in bytes.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use super::TextInput;
use crate::query;
use crate::session::Cx;
use crate::text::{self, Untrusted};

/// Default limit in characters: every key press parses the text again, and the widget's cursor positions are 16-bit
/// numbers.
const MAX_CHARS: usize = 65_000;

/// A text area with a length limit. A paste is inserted in full, or refused.
#[derive(Debug)]
pub(super) struct Editor {
    area: TextArea<'static>,
    /// The limit in characters.
    limit: usize,
    /// Typed characters that were dropped since the text was set.
    n_refused: usize,
}

/// The result of a paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pasted {
    Unchanged,
    /// Inserted without invisible characters, and with defanged addresses restored.
    Cleaned,
    /// Refused because it is too long or not one line; the text is unchanged.
    Refused,
}

/// How pasted text is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasteForm {
    /// With its line breaks.
    Lines,
    /// As one line; a list of indicators is refused.
    Line,
    /// As one line, a list of indicators as well.
    Prose,
}

impl Default for Editor {
    fn default() -> Self {
        Self::with_limit(MAX_CHARS)
    }
}

impl Editor {
    /// Creates an empty editor with a limit in characters.
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { area: TextArea::default(), limit, n_refused: 0 }
    }

    pub(super) fn lines(&self) -> &[String] {
        self.area.lines()
    }

    pub(super) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Returns the line of the cursor, and the number of characters before it in that line.
    pub(super) fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Returns the byte position of the cursor in [`Editor::text`].
    pub(super) fn cursor_byte(&self) -> usize {
        let (row, column) = self.cursor();
        let lines = self.area.lines().iter();
        let before: usize = lines.take(row).map(|line| line.len() + 1).sum();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        before + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// Replaces the text, and moves the cursor to the end.
    pub(super) fn set_text(&mut self, text: &str) {
        self.n_refused = 0;
        self.area = TextArea::new(strip_invisible(text).lines().map(str::to_owned).collect());
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
    }

    /// Replaces a byte range of [`Editor::text`], and moves the cursor behind the new text.
    pub(super) fn replace_range(&mut self, span: Range<usize>, replacement: &str) {
        let mut text = self.text();
        let tail = text.split_off(span.end);
        text.truncate(span.start);
        self.set_text(&format!("{text}{replacement}"));
        let end = self.area.cursor();
        let lines: Vec<_> = format!("{text}{replacement}{tail}").lines().map(str::to_owned).collect();
        self.area = TextArea::new(lines);
        let to_u16 = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(to_u16(end.0), to_u16(end.1)));
    }

    pub(super) fn insert_newline(&mut self, cx: &mut Cx<'_>) {
        self.type_text("\n", cx);
    }

    /// Handles a key that edits the text; returns true if the text has changed. Characters may also go to
    /// [`Editor::type_text`].
    pub(super) fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) -> bool {
        if let KeyCode::Char(char) = key.code
            && (key.modifiers - KeyModifiers::SHIFT).is_empty()
        {
            return self.type_text(char.encode_utf8(&mut [0; 4]), cx);
        }
        // As in a shell: the widget's own meaning of the key is undo.
        if key.code == KeyCode::Char('u') && key.modifiers == KeyModifiers::CONTROL {
            return self.area.delete_line_by_head();
        }
        // Tabs and line breaks are handled by the owner of the editor.
        let is_text = !matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab);
        is_text && self.area.input(key)
    }

    /// Handles typed or pasted text; returns true if the text has changed.
    pub(super) fn enter_text(&mut self, input: TextInput<'_>, form: PasteForm, cx: &mut Cx<'_>) -> bool {
        match (input, form) {
            (TextInput::Key(key), _) => self.type_key(key, cx),
            (TextInput::Typed(text), _) => self.type_text(text, cx),
            (TextInput::Pasted(text), PasteForm::Lines) => self.paste(text, cx) != Pasted::Refused,
            (TextInput::Pasted(text), PasteForm::Line) => self.paste_line(text, cx) != Pasted::Refused,
            (TextInput::Pasted(text), PasteForm::Prose) => self.paste_prose(text, cx) != Pasted::Refused,
        }
    }

    /// Inserts characters that were typed together; returns false if there is no room for them.
    pub(super) fn type_text(&mut self, typed: &str, cx: &mut Cx<'_>) -> bool {
        let n_typed = typed.chars().count();
        if n_typed > self.free_chars(n_typed) {
            self.n_refused += n_typed;
            cx.warn(format!(
                "This field takes at most {} characters; {} typed after that were dropped",
                self.limit, self.n_refused
            ));
            return false;
        }
        self.area.insert_str(typed)
    }

    /// Inserts pasted text in full, or refuses it.
    pub(super) fn paste(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let mut n_pasted = pasted.chars().count();
        let room = self.free_chars(n_pasted);
        // A text that is much too long is not cleaned first.
        if n_pasted <= room.saturating_mul(2) {
            let cleaned = strip_invisible(&text::refang(pasted));
            n_pasted = cleaned.chars().count();
            if n_pasted <= room {
                self.area.insert_str(&cleaned);
                return if cleaned == pasted { Pasted::Unchanged } else { Pasted::Cleaned };
            }
        }
        cx.warn(format!(
            "Not pasted: {n_pasted} characters; this field takes at most {}, and has room for {room} more",
            self.limit
        ));
        Pasted::Refused
    }

    /// Inserts pasted text as one line, or refuses it. A list of indicators is refused: as one query it would find only
    /// what has all of them.
    fn paste_line(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let has_lines = text::lines(pasted.trim()).nth(1).is_some();
        if let Some(list) = has_lines.then(|| query::list_message(pasted)).flatten() {
            cx.warn(format!("Not pasted: {list}"));
            return Pasted::Refused;
        }
        self.paste_prose(pasted, cx)
    }

    /// Inserts any pasted text as one line, or refuses it if it is too long.
    fn paste_prose(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let text = text::normalize_newlines(pasted);
        self.paste(&text.trim_end_matches('\n').replace('\n', " "), cx)
    }

    /// Returns the number of characters that still fit. The result may be too low if it is at least `requested`.
    fn free_chars(&self, requested: usize) -> usize {
        let lines = self.area.lines();
        let n_bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        // A character has at least one byte, so characters are only counted near the limit.
        if n_bytes + requested <= self.limit {
            return self.limit - n_bytes;
        }
        let n_chars: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        (self.limit + 1).saturating_sub(n_chars)
    }

    /// Returns an error if typed characters were dropped.
    pub(super) fn input_error(&self) -> Option<String> {
        let (n, limit) = (self.n_refused, self.limit);
        (n > 0).then(|| format!("{n} typed characters were dropped: this field takes at most {limit}"))
    }

    /// Resets the count of dropped characters once the user was warned.
    pub(super) fn clear_refused(&mut self) {
        self.n_refused = 0;
    }

    /// Moves the cursor a line down; returns false on the last line.
    pub(super) fn move_down(&mut self) -> bool {
        let is_last = self.cursor().0 + 1 >= self.area.lines().len();
        self.area.move_cursor(CursorMove::Down);
        !is_last
    }

    /// Moves the cursor a line up; returns false on the first line.
    pub(super) fn move_up(&mut self) -> bool {
        let is_first = self.cursor().0 == 0;
        self.area.move_cursor(CursorMove::Up);
        !is_first
    }
}

/// Removes invisible characters: with them, the text would search for something else than it shows.
fn strip_invisible(text: &str) -> String {
    let is_plain = |char: char| {
        matches!(char, ' '..='~') || text::make_visible(&Untrusted::from(char.to_string())).starts_with(char)
    };
    text::normalize_newlines(text)
        .trim_end_matches('\n')
        .chars()
        .map(|char| if char == '\t' { ' ' } else { char })
        .filter(|&char| char == '\n' || is_plain(char))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::session::{ConnectionInfo, Session};

    /// Runs `edit` with a context, and returns the warning it left.
    fn notice(edit: impl FnOnce(&mut Cx<'_>)) -> Option<String> {
        let mut session = Session::new(ConnectionInfo::default(), Vec::new());
        edit(&mut Cx::new(&mut session, &mut Vec::new(), Timestamp::UNIX_EPOCH));
        session.outbox.last_warning
    }

    #[test]
    fn the_cursor_is_counted_in_bytes_over_all_lines() {
        let mut editor = Editor::default();
        editor.set_text("grüße\nwelt");
        assert_eq!(editor.cursor_byte(), "grüße\nwelt".len());
        assert!(editor.move_up());
        assert!(!editor.move_up());
        assert_eq!(editor.cursor().0, 0);
    }

    #[test]
    fn a_replaced_part_leaves_the_rest_and_the_cursor_behind_it() {
        let mut editor = Editor::default();
        editor.set_text("cmd foo");
        editor.replace_range(0..3, "cmdline:");
        assert_eq!((editor.text().as_str(), editor.cursor()), ("cmdline: foo", (0, 8)));
    }

    #[test]
    fn the_keys_of_the_shell_delete_as_they_do_there() {
        let mut editor = Editor::default();
        editor.set_text("process_name:net.exe cmdline:blah");
        let control = |char| KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL);
        notice(|cx| assert!(editor.type_key(control('w'), cx)));
        assert!(editor.text().starts_with("process_name:net.exe"));
        notice(|cx| assert!(editor.type_key(control('u'), cx)));
        assert_eq!(editor.text(), "");
    }

    #[test]
    fn what_is_pasted_is_seen_and_fanged() {
        let mut editor = Editor::default();
        let pasted = "domain:evil[.]example\u{202e}\x1b[2J\r\n";
        notice(|cx| assert_eq!(editor.paste(pasted, cx), Pasted::Cleaned));
        assert_eq!(editor.text(), "domain:evil.example[2J");
        notice(|cx| assert_eq!(editor.paste(" plain", cx), Pasted::Unchanged));
    }

    #[test]
    fn what_does_not_fit_leaves_the_text_as_it_was() {
        let mut editor = Editor::with_limit(6);
        notice(|cx| assert_eq!(editor.paste("grüße", cx), Pasted::Unchanged));
        let message = notice(|cx| assert_eq!(editor.paste("ab", cx), Pasted::Refused));
        let expected = "Not pasted: 2 characters; this field takes at most 6, and has room for 1 more";
        assert_eq!(message.as_deref(), Some(expected));
        assert_eq!(editor.text(), "grüße");
        // A text is counted as it is inserted, after cleaning.
        notice(|cx| assert_eq!(editor.paste("\u{200b}!", cx), Pasted::Cleaned));
        assert!(notice(|cx| assert!(!editor.type_text("?", cx))).is_some());
        assert_eq!(editor.text(), "grüße!");
        assert!(editor.input_error().is_some());
        editor.set_text("");
        assert_eq!(editor.input_error(), None);
    }
}
