//! The popup to ban hashes, typed or pasted.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Paragraph, Wrap},
};

use super::super::{ActionResult, ConfirmPane, Pane, PaneHeader, RenderCx, TextInput, editor::PasteForm};
use super::line::LineInput;
use crate::changes::{self, BanChange, Change};
use crate::keys::{Action, Scope};
use crate::model::HashList;
use crate::session::{Cx, Session};

/// The popup in which hashes are pasted. The confirmation that follows lists what was skipped.
pub(in crate::panes) struct HashesPane {
    entry: LineInput,
    /// The hashes in `entry`, updated with it.
    hash_list: HashList,
}

impl Default for HashesPane {
    fn default() -> Self {
        /// Room for ten thousand hashes with names and dates beside them.
        const LIMIT: usize = 1_000_000;
        Self { entry: LineInput::with_limit(LIMIT), hash_list: HashList::default() }
    }
}

impl HashesPane {
    fn ban_changes(&self) -> Vec<Change> {
        let ban = |md5| Change::Ban(BanChange::Ban { md5, note: None });
        self.hash_list.md5s.iter().copied().map(ban).collect()
    }

    /// Parses the text. If it has several lines, some may be comments.
    fn parse_entry(&mut self) {
        let text = self.entry.text();
        self.hash_list = if text.contains('\n') { HashList::parse(&text) } else { HashList::from_text(&text) };
    }
}

/// Returns notes on the words of a list that are not banned.
fn rejected_lines(list: &HashList) -> Vec<String> {
    /// Skipped words listed one by one, so that the confirmation is mostly about hashes.
    const MAX_NAMED: usize = 5;
    let skipped = list.other_words.iter().take(MAX_NAMED);
    let mut notes: Vec<_> = skipped.map(|word| format!("Skipped {word:?}: not an MD5")).collect();
    if list.other_words.len() > MAX_NAMED {
        let more = list.other_words.len() - MAX_NAMED;
        notes.push(format!("Skipped {more} more entries that are not MD5s"));
    }
    if list.sha256s > 0 {
        notes.push(format!("Skipped {} SHA-256: a ban needs an MD5", list.sha256s));
    }
    if list.n_duplicates > 0 {
        notes.push(format!("Removed {}", crate::text::pluralize(list.n_duplicates, "duplicate", "duplicates")));
    }
    notes
}

impl Pane for HashesPane {
    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn header(&self, _: &Session) -> PaneHeader {
        "Ban hashes".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action != Action::Accept {
            return ActionResult::Ignored;
        }
        if let Some(error) = self.entry.input_error() {
            cx.warn(format!("{error}; paste the list, or read it from a file: lampblack ban add -"));
            return ActionResult::Done;
        }
        if self.hash_list.md5s.is_empty() {
            cx.warn("No MD5 found (32 hex digits each)");
            return ActionResult::Done;
        }
        let notes = rejected_lines(&self.hash_list);
        ActionResult::open(ConfirmPane::new(self.ban_changes(), cx.session()).with_preface(notes))
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if self.entry.enter_text(input, PasteForm::Lines, cx) {
            self.parse_entry();
        }
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let [line, below, more] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        let list = &self.hash_list;
        let counts = format!("{} hashes, {} not MD5", list.md5s.len(), list.other_words.len() + list.sha256s);
        frame.render_widget(Line::styled(counts, theme.muted), below);
        let hint = match changes::batch_cost(&self.ban_changes()) {
            Some(cost) => format!("Enter shows a preview; {cost}"),
            None => "Paste hashes (any separator). Enter shows a preview".into(),
        };
        let hint = Paragraph::new(hint).style(theme.hint);
        frame.render_widget(hint.wrap(Wrap::default()), more);
        self.entry.render("", frame, line, cx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_hashes_once_each_and_every_other_word_is_answered() {
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        let text = format!("md5,name\n{md5},a.exe\n{}\n", md5.to_uppercase());
        let list = HashList::from_text(&text);
        assert_eq!(list.md5s, [md5.parse().unwrap()]);
        assert_eq!(list.other_words, ["name", "a.exe"]);
        assert_eq!(
            rejected_lines(&list),
            ["Skipped \"name\": not an MD5", "Skipped \"a.exe\": not an MD5", "Removed 1 duplicate"]
        );
    }
}
