//! The command palette: actions by name.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::super::{Pane, PaneId, RenderCx, cursor, links, prompt::line::LineInput};
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
    picked_action: Option<Action>,
    is_done: bool,
}

impl PalettePane {
    /// Creates the palette with the actions of `scope`.
    pub fn new(scope: Scope, keymap: &Keymap) -> Self {
        Self {
            entry: LineInput::default(),
            scope,
            keymap: keymap.clone(),
            cursor: 0,
            height: 1,
            picked_action: None,
            is_done: false,
        }
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
}

impl Pane for PalettePane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Commands
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Do".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let matches = self.matching_actions();
        if action == Action::Accept {
            match links::parse_destination(&self.entry.text(), cx.session()) {
                Some(Ok((destination, note))) => {
                    cx.navigate(destination);
                    cx.notify(note);
                    return true;
                }
                Some(Err(reason)) => {
                    cx.warn(reason);
                    return true;
                }
                None => {}
            }
            match matches.get(self.cursor) {
                Some((action, _)) => {
                    self.picked_action = Some(*action);
                    self.is_done = true;
                }
                None => cx.notify("No such command here. ? lists the keys"),
            }
            return true;
        }
        let last = matches.len().saturating_sub(1);
        let moved = cursor::new_cursor(action, self.cursor, self.height, last);
        self.cursor = moved.unwrap_or(self.cursor);
        moved.is_some()
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if self.entry.type_key(key, cx) {
            self.cursor = 0;
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.entry.type_text(text, cx) {
            self.cursor = 0;
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.paste(text, cx);
        self.cursor = 0;
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn picked_action(&self) -> Option<Action> {
        self.picked_action
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
