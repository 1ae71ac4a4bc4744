//! The command palette: actions by name.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::super::{
    ActionResult, Pane, PaneHeader, RenderCx, TextInput, cursor, editor::PasteForm, links, prompt::line::LineInput,
};
use crate::keys::{Action, Keymap, Scope};
use crate::session::{Cx, Session};
use crate::text;

/// The popup to pick an action by its name.
#[derive(Debug)]
pub struct PalettePane {
    entry: LineInput,
    /// Key scope of the focused pane.
    scope: Scope,
    keymap: Keymap,
    cursor: usize,
    height: usize,
}

impl PalettePane {
    /// Creates the palette with the actions of `scope`.
    pub fn new(scope: Scope, keymap: &Keymap) -> Self {
        Self { entry: LineInput::default(), scope, keymap: keymap.clone(), cursor: 0, height: 1 }
    }

    /// Returns the actions whose name or help contains all typed words; those whose name starts with the text come
    /// first.
    fn matching_actions(&self) -> Vec<(Action, String)> {
        let typed = self.entry.text().to_lowercase();
        let words: Vec<_> = typed.split_whitespace().collect();
        let chain = self.scope.lookup_chain();
        let mut matches: Vec<_> = Action::all()
            .filter_map(|action| Some((action, self.keymap.hint(chain, action)?)))
            .filter(|(action, _)| *action != Action::Commands)
            .filter(|(action, _)| {
                let help = action.help().to_lowercase();
                let has = |word: &&str| action.name().contains(*word) || help.contains(*word);
                words.iter().all(has)
            })
            .collect();
        let rank = |action: Action| {
            let name = action.name();
            let name = name.strip_prefix("view-").unwrap_or(name);
            (name != typed, !name.starts_with(&typed), !name.contains(&typed))
        };
        matches.sort_by_key(|(action, _)| rank(*action));
        matches
    }

    /// Follows the link that was typed, or runs the selected action.
    fn run_selected(&self, cx: &mut Cx<'_>) -> ActionResult {
        match links::parse_destination(&self.entry.text(), cx.session()) {
            Some(Ok((destination, note))) => {
                cx.notify(note);
                return ActionResult::Navigate(destination);
            }
            Some(Err(reason)) => {
                cx.warn(reason);
                return ActionResult::Done;
            }
            None => {}
        }
        match self.matching_actions().get(self.cursor) {
            Some((action, _)) => ActionResult::Run(*action),
            None => ActionResult::notify("No such command here. ? lists the keys", cx),
        }
    }
}

impl Pane for PalettePane {
    fn scope(&self) -> Scope {
        Scope::Commands
    }

    fn header(&self, _: &Session) -> PaneHeader {
        "Do".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action == Action::Accept {
            return self.run_selected(cx);
        }
        let last = self.matching_actions().len().saturating_sub(1);
        cursor::move_cursor(&mut self.cursor, action, self.height, last)
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if self.entry.enter_text(input, PasteForm::Line, cx) {
            self.cursor = 0;
        }
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let [line, _, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        self.height = usize::from(list.height).max(1);
        match links::parse_destination(&self.entry.text(), session) {
            Some(Ok((_, note))) => {
                let line = format!("{note}: Enter opens it");
                frame.render_widget(Line::styled(line, theme.text), list);
            }
            Some(Err(reason)) => frame.render_widget(Line::styled(reason, theme.caution), list),
            None => {}
        }
        let matches = self.matching_actions();
        self.cursor = self.cursor.min(matches.len().saturating_sub(1));
        let first = (self.cursor + 1).saturating_sub(self.height);
        // Width of the columns before the help.
        let room = usize::from(list.width).saturating_sub(28);
        let rows = matches.iter().enumerate().skip(first).zip(list.rows());
        for ((index, (action, key)), row) in rows {
            let name = action.name();
            let name = name.strip_prefix("view-").unwrap_or(name);
            let line = Line::from(vec![
                Span::styled(format!("{name:<20} "), theme.accent),
                Span::styled(format!("{key:<6} "), theme.key),
                Span::styled(text::fit(&action.help().into(), room), theme.text),
            ]);
            frame.render_widget(line, row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, theme.selection);
            }
        }
        self.entry.render(":", frame, line, cx);
    }
}
