//! Hashes that are typed or pasted, to be banned.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Paragraph, Wrap},
};

use super::super::{Look, Pane, PaneId, SheetPane, editor::Pasted};
use super::line::Entry;
use crate::changes::{self, Deed};
use crate::keys::{Action, Scope};
use crate::model::HashList;
use crate::session::{Cx, Session};

/// The overlay in which hashes are pasted. Whatever is no hash is answered on the sheet that follows.
#[derive(Debug)]
pub(in crate::panes) struct HashesPane {
    entry: Entry,
    /// What stands in the entry, up to date with it.
    found: HashList,
    sheet: Option<SheetPane>,
}

impl Default for HashesPane {
    fn default() -> Self {
        /// Ten thousand hashes as any product lists them, with room for names and dates beside them.
        const LIMIT: usize = 1_000_000;
        Self { entry: Entry::with_limit(LIMIT), found: HashList::default(), sheet: None }
    }
}

impl HashesPane {
    fn deeds(&self) -> Vec<Deed> {
        let ban = |md5| Deed::Ban { md5, note: None };
        self.found.md5s.iter().copied().map(ban).collect()
    }

    /// Reads what stands in the entry. Where it has lines, some of them may be comments.
    fn read(&mut self) {
        let text = self.entry.text();
        self.found = if text.contains('\n') { HashList::read(&text) } else { HashList::of(&text) };
    }
}

/// What is said of everything in a list that is not banned.
fn answers(list: &HashList) -> Vec<String> {
    /// As many are named one by one: the hashes are what the sheet is about.
    const NAMED: usize = 5;
    let others = list.others.iter().take(NAMED);
    let mut answers: Vec<_> = others.map(|word| format!("Skipped {word:?}: not an MD5")).collect();
    if list.others.len() > NAMED {
        let more = list.others.len() - NAMED;
        answers.push(format!("Skipped {more} more entries that are not MD5s"));
    }
    if list.sha256s > 0 {
        answers.push(format!("Skipped {} SHA-256: a ban needs an MD5", list.sha256s));
    }
    if list.twice > 0 {
        answers.push(format!("Removed {}", crate::text::counted(list.twice, "duplicate", "duplicates")));
    }
    answers
}

impl Pane for HashesPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Ban hashes".into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        if let Some(trouble) = self.entry.trouble() {
            cx.warn(format!("{trouble}; paste the list, or read it from a file: lampblack ban add -"));
            return true;
        }
        if self.found.md5s.is_empty() {
            cx.warn("No MD5 found (32 hex digits each)");
            return true;
        }
        let answers = answers(&self.found);
        self.sheet = Some(SheetPane::new(self.deeds(), cx.session()).with_preface(answers));
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if self.entry.type_key(key, cx) {
            self.read();
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.entry.type_text(text, cx) {
            self.read();
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.entry.paste_lines(text, cx) != Pasted::Refused {
            self.read();
        }
    }

    fn is_done(&self) -> bool {
        self.sheet.is_some()
    }

    fn then(&mut self) -> Option<Box<dyn Pane>> {
        let sheet = self.sheet.take()?;
        Some(Box::new(sheet))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let [line, below, more] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        let found = &self.found;
        let said = format!("{} hashes, {} not MD5", found.md5s.len(), found.others.len() + found.sha256s);
        frame.render_widget(Line::styled(said, theme.muted), below);
        let hint = match changes::cost_of_many(&self.deeds()) {
            Some(cost) => format!("Enter shows a preview; {cost}"),
            None => "Paste hashes (any separator). Enter shows a preview".into(),
        };
        let hint = Paragraph::new(hint).style(theme.hint);
        frame.render_widget(hint.wrap(Wrap::default()), more);
        self.entry.render("", frame, line, look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_hashes_once_each_and_every_other_word_is_answered() {
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        let text = format!("md5,name\n{md5},a.exe\n{}\n", md5.to_uppercase());
        let found = HashList::of(&text);
        assert_eq!(found.md5s, [md5.parse().unwrap()]);
        assert_eq!(found.others, ["name", "a.exe"]);
        assert_eq!(
            answers(&found),
            ["Skipped \"name\": not an MD5", "Skipped \"a.exe\": not an MD5", "Removed 1 duplicate"]
        );
    }
}
