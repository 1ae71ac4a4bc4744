//! The command palette: actions by name.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{
    no_match,
    search::{self, SearchText},
    synonyms,
};
use crate::keys::{Action, Keymap, Scope};
use crate::panes::{
    ActionResult, AfterInput, Pane, PaneHeader, RenderCx, TextInput, cursor, editor::PasteForm, links,
    prompt::line::LineInput,
};
use crate::session::{Cx, Session};
use crate::text;

/// The popup to pick an action by its name.
#[derive(Debug)]
pub struct PalettePane {
    entry: LineInput,
    /// Key scope of the focused pane.
    scope: Scope,
    keymap: Keymap,
    /// Actions that were picked before, the last one first.
    recent: Vec<Action>,
    /// The actions that match the typed words, the best first, with their keys.
    shown: Vec<(Action, String)>,
    cursor: usize,
    height: usize,
}

impl PalettePane {
    /// Creates the palette with the actions of `scope`. Actions picked before, `recent`, come first among equals.
    pub fn new(scope: Scope, keymap: &Keymap, recent: &[Action]) -> Self {
        Self {
            entry: LineInput::default(),
            scope,
            keymap: keymap.clone(),
            recent: recent.to_vec(),
            shown: Vec::new(),
            cursor: 0,
            height: 1,
        }
    }

    /// Returns the actions that match the typed words, the best first, with their keys.
    fn matching_actions(&self) -> Vec<(Action, String)> {
        let chain = self.scope.lookup_chain();
        let actions = Action::all().filter(|action| *action != Action::Commands);
        let actions: Vec<_> = actions.filter_map(|action| Some((action, self.keymap.hint(chain, action)?))).collect();
        let texts: Vec<_> = actions.iter().map(|(action, _)| self.search_text(*action)).collect();
        search::find(&self.entry.text(), &texts).into_iter().map(|at| actions[at].clone()).collect()
    }

    fn search_text(&self, action: Action) -> SearchText {
        let names = [short_name(action), action.label()].into_iter().chain(synonyms::synonyms(action));
        SearchText {
            names: names.map(str::to_owned).collect(),
            description: action.help().into(),
            recency: self.recent.iter().position(|recent| *recent == action),
        }
    }

    fn no_match_text(&self) -> String {
        let typed = self.entry.text();
        synonyms::elsewhere(&typed).map_or_else(|| format!("{}. ? lists the keys", no_match(&typed)), str::to_owned)
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
        match self.shown.get(self.cursor) {
            Some((action, _)) => ActionResult::Run(*action),
            None => ActionResult::notify(self.no_match_text(), cx),
        }
    }
}

impl Pane for PalettePane {
    fn scope(&self) -> Scope {
        Scope::Commands
    }

    fn header(&self, _: &Session) -> PaneHeader {
        "Commands".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action == Action::Accept {
            return self.run_selected(cx);
        }
        let last = self.shown.len().saturating_sub(1);
        cursor::move_cursor(&mut self.cursor, action, self.height, last)
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if self.entry.enter_text(input, PasteForm::Line, cx) {
            self.cursor = 0;
        }
        ActionResult::Done
    }

    fn after_input(&mut self, _: &mut Cx<'_>) -> AfterInput {
        self.shown = self.matching_actions();
        self.cursor = self.cursor.min(self.shown.len().saturating_sub(1));
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let [line, _, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        self.height = usize::from(list.height).max(1);
        let destination = links::parse_destination(&self.entry.text(), session);
        let is_link = destination.is_some();
        match destination {
            Some(Ok((_, note))) => {
                let line = format!("{note}: Enter opens it");
                frame.render_widget(Line::styled(line, theme.text), list);
            }
            Some(Err(reason)) => frame.render_widget(Line::styled(reason, theme.caution), list),
            None => {}
        }
        if self.shown.is_empty() && !is_link {
            frame.render_widget(Line::styled(self.no_match_text(), theme.muted), list);
        }
        let first = (self.cursor + 1).saturating_sub(self.height);
        // Width of the columns before the help.
        let room = usize::from(list.width).saturating_sub(28);
        let rows = self.shown.iter().enumerate().skip(first).zip(list.rows());
        for ((index, (action, key)), row) in rows {
            let name = short_name(*action);
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

/// Returns the name of an action as the palette shows it.
fn short_name(action: Action) -> &'static str {
    action.name().strip_prefix("view-").unwrap_or(action.name())
}
