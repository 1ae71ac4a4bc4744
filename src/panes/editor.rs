//! The text being edited, in bytes and in cells.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use crate::query;
use crate::session::Cx;
use crate::text::{self, Untrusted};

/// The most characters of a text, unless its owner says otherwise: each key reads all of it again, and the cursor is
/// placed by 16-bit numbers.
const MAX_CHARS: usize = 65_000;

/// A text area, spoken to in the terms of a query. It takes what is pasted whole, or not at all.
#[derive(Debug)]
pub(super) struct Editor {
    area: TextArea<'static>,
    /// The most characters it takes.
    limit: usize,
    /// Typed characters that did not fit since the text was set.
    n_refused: usize,
}

/// What became of a paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pasted {
    /// It was inserted as it is.
    Unchanged,
    /// It was inserted without what cannot be seen, and with defanged addresses restored.
    Cleaned,
    /// It is longer than what there is room for: the text is as it was.
    Refused,
}

impl Default for Editor {
    fn default() -> Self {
        Self::with_limit(MAX_CHARS)
    }
}

impl Editor {
    /// An empty text of at most so many characters.
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { area: TextArea::default(), limit, n_refused: 0 }
    }

    pub(super) fn lines(&self) -> &[String] {
        self.area.lines()
    }

    pub(super) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The line of the cursor, and how many characters of it are before the cursor.
    pub(super) fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// The position of the cursor in [`Editor::text`].
    pub(super) fn cursor_byte(&self) -> usize {
        let (row, column) = self.cursor();
        let lines = self.area.lines().iter();
        let before: usize = lines.take(row).map(|line| line.len() + 1).sum();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        before + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// Replaces everything; the cursor goes to the end.
    pub(super) fn set_text(&mut self, text: &str) {
        self.n_refused = 0;
        self.area = TextArea::new(strip_invisible(text).lines().map(str::to_owned).collect());
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
    }

    /// Replaces a range of [`Editor::text`]; the cursor goes behind the new text.
    pub(super) fn replace_range(&mut self, span: Range<usize>, with: &str) {
        let mut text = self.text();
        let rest = text.split_off(span.end);
        text.truncate(span.start);
        self.set_text(&format!("{text}{with}"));
        let end = self.area.cursor();
        let lines: Vec<_> = format!("{text}{with}{rest}").lines().map(str::to_owned).collect();
        self.area = TextArea::new(lines);
        let place = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(place(end.0), place(end.1)));
    }

    pub(super) fn insert_newline(&mut self, cx: &mut Cx<'_>) {
        self.type_text("\n", cx);
    }

    /// Takes a key that edits the text; true when the text has changed by it. Characters are [`Editor::type_text`].
    pub(super) fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) -> bool {
        if let KeyCode::Char(char) = key.code
            && (key.modifiers - KeyModifiers::SHIFT).is_empty()
        {
            return self.type_text(char.encode_utf8(&mut [0; 4]), cx);
        }
        // The shell's meaning, which every hand knows, not the widget's, which is undo.
        if key.code == KeyCode::Char('u') && key.modifiers == KeyModifiers::CONTROL {
            return self.area.delete_line_by_head();
        }
        // Tabs and line breaks have meanings of their own here.
        let is_text = !matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab);
        is_text && self.area.input(key)
    }

    /// Inserts characters that were typed together; false when nothing has changed because there is no room for them.
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

    /// Inserts what was pasted, whole or not at all.
    pub(super) fn paste(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let mut n_pasted = pasted.chars().count();
        let room = self.free_chars(n_pasted);
        // What is much too long is not worth cleaning.
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

    /// Inserts what was pasted as one line, whole or not at all. Of a list of indicators a line would make one query that
    /// finds only what has all of them: it is refused.
    pub(super) fn paste_line(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let has_lines = text::lines(pasted.trim()).nth(1).is_some();
        let list = has_lines.then(|| query::list_message(pasted)).flatten();
        if let Some(list) = list {
            cx.warn(format!("Not pasted: {list}"));
            return Pasted::Refused;
        }
        self.paste_plain(pasted, cx)
    }

    /// Inserts what was pasted as one line, whatever it is, whole or not at all.
    pub(super) fn paste_plain(&mut self, pasted: &str, cx: &mut Cx<'_>) -> Pasted {
        let text = text::normalize_newlines(pasted);
        self.paste(&text.trim_end_matches('\n').replace('\n', " "), cx)
    }

    /// How many more characters fit: at least as many as asked for, or exactly.
    fn free_chars(&self, wanted: usize) -> usize {
        let lines = self.area.lines();
        let n_bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        // No character is less than a byte: only near the limit must they be counted.
        if n_bytes + wanted <= self.limit {
            return self.limit - n_bytes;
        }
        let n_chars: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        (self.limit + 1).saturating_sub(n_chars)
    }

    /// Why the text is not what was typed, if it is not.
    pub(super) fn input_error(&self) -> Option<String> {
        let (n, limit) = (self.n_refused, self.limit);
        (n > 0).then(|| format!("{n} typed characters were dropped: this field takes at most {limit}"))
    }

    /// Forgets that characters were refused: the user knows.
    pub(super) fn clear_refused(&mut self) {
        self.n_refused = 0;
    }

    /// Moves a line down; false on the last one.
    pub(super) fn move_down(&mut self) -> bool {
        let is_last = self.cursor().0 + 1 >= self.area.lines().len();
        self.area.move_cursor(CursorMove::Down);
        !is_last
    }

    /// Moves a line up; false on the first one.
    pub(super) fn move_up(&mut self) -> bool {
        let is_first = self.cursor().0 == 0;
        self.area.move_cursor(CursorMove::Up);
        !is_first
    }
}

/// The text without what cannot be seen: it would search for something else than it shows.
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

    /// Does something with an editor, and gives what was said of it.
    fn notice(act: impl FnOnce(&mut Cx<'_>)) -> Option<String> {
        let mut session = Session::new(ConnectionInfo::default(), Vec::new());
        act(&mut Cx::new(&mut session, &mut Vec::new(), Timestamp::UNIX_EPOCH));
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
        let said = notice(|cx| assert_eq!(editor.paste("ab", cx), Pasted::Refused));
        let wanted = "Not pasted: 2 characters; this field takes at most 6, and has room for 1 more";
        assert_eq!(said.as_deref(), Some(wanted));
        assert_eq!(editor.text(), "grüße");
        // What is cleaned is counted as it is inserted.
        notice(|cx| assert_eq!(editor.paste("\u{200b}!", cx), Pasted::Cleaned));
        assert!(notice(|cx| assert!(!editor.type_text("?", cx))).is_some());
        assert_eq!(editor.text(), "grüße!");
        assert!(editor.input_error().is_some());
        editor.set_text("");
        assert_eq!(editor.input_error(), None);
    }
}
