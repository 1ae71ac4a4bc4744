//! The help popup: key bindings of the focused pane.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    ActionResult, AfterInput, Pane, PaneHeader, RenderCx, ScrollView, TextInput, cursor,
    editor::PasteForm,
    legend,
    picker::{
        no_match,
        search::{self, SearchText},
        synonyms::synonyms,
    },
    prompt::line::LineInput,
};
use crate::keys::{Action, Keymap, Lookup, Scope};
use crate::session::{Cx, Session};
use crate::text;
use crate::widgets::to_cells;

/// The popup with the key bindings of one scope, followed by the global ones.
#[derive(Debug)]
pub struct HelpPane {
    scope: Scope,
    /// Titles of scopes, and key bindings with their descriptions.
    rows: Vec<HelpRow>,
    /// The rows that match the typed text, with the titles above them.
    shown: Vec<usize>,
    /// The text by which rows are found.
    find: Option<LineInput>,
    scroll: ScrollView,
}

#[derive(Debug)]
enum HelpRow {
    Title(&'static str),
    Key {
        keys: String,
        help: &'static str,
        /// The action that the keys are bound to; `None` for a sign.
        action: Option<Action>,
    },
}

impl HelpPane {
    /// Creates the help for `scope`: only bindings that take effect there.
    pub fn new(scope: Scope, keymap: &Keymap) -> Self {
        let mut rows = Vec::new();
        for key_scope in scope.lookup_chain() {
            let mut keys: Vec<(Action, Vec<String>)> = Vec::new();
            for entry in keymap.entries().filter(|entry| entry.scope == *key_scope) {
                // Skip a key that a more specific scope has bound to something else.
                if keymap.lookup(scope.lookup_chain(), entry.binding.chords()) != Lookup::Action(entry.action) {
                    continue;
                }
                let binding = entry.binding.short_label();
                match keys.iter_mut().find(|(action, _)| *action == entry.action) {
                    Some((_, bindings)) => bindings.push(binding),
                    None => keys.push((entry.action, vec![binding])),
                }
            }
            if !keys.is_empty() {
                rows.push(HelpRow::Title(key_scope.title()));
                rows.extend(keys.into_iter().map(|(action, keys)| HelpRow::Key {
                    keys: keys.join(", "),
                    help: action.help(),
                    action: Some(action),
                }));
            }
        }
        let signs = legend::signs(scope);
        if !signs.is_empty() {
            rows.push(HelpRow::Title("Signs"));
            let signs = signs.iter();
            rows.extend(signs.map(|(sign, _, help)| HelpRow::Key { keys: (*sign).into(), help, action: None }));
        }
        Self { scope, rows, shown: Vec::new(), find: None, scroll: ScrollView::default() }
    }
}

impl HelpPane {
    /// Returns the indices of the rows that match the typed text, with the titles above them.
    fn matching_rows(&self) -> Vec<usize> {
        let typed = self.find.as_ref().map(LineInput::text).unwrap_or_default();
        let texts: Vec<_> = self.rows.iter().map(HelpRow::search_text).collect();
        let found = search::find(&typed, &texts);
        let mut shown = Vec::new();
        let mut title = None;
        for (at, row) in self.rows.iter().enumerate() {
            match row {
                HelpRow::Title(_) => title = Some(at),
                HelpRow::Key { .. } if found.contains(&at) => shown.extend(title.take().into_iter().chain([at])),
                HelpRow::Key { .. } => {}
            }
        }
        shown
    }
}

impl HelpRow {
    fn search_text(&self) -> SearchText {
        match self {
            Self::Title(_) => SearchText::default(),
            Self::Key { keys, help, action } => {
                let synonyms = action.iter().flat_map(|action| synonyms(*action)).map(str::to_owned);
                let names = std::iter::once(keys.clone()).chain(synonyms).collect();
                SearchText { names, description: (*help).into(), recency: None }
            }
        }
    }
}

impl Pane for HelpPane {
    fn scope(&self) -> Scope {
        if self.find.is_some() { Scope::Entry } else { Scope::Overlay }
    }

    fn header(&self, _: &Session) -> PaneHeader {
        format!("Keys: {}", self.scope.title()).into()
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::Filter => {
                self.find = Some(LineInput::with_limit(search::MAX_FIND_CHARS));
                ActionResult::Done
            }
            Action::Accept => ActionResult::Back,
            other => self.scroll.handle_action(other),
        }
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(movement) = cursor::typed_movement(input) {
            return self.scroll.handle_action(movement);
        }
        if let Some(find) = &mut self.find
            && find.enter_text(input, PasteForm::Prose, cx)
        {
            self.scroll.reset();
        }
        ActionResult::Done
    }

    fn dismiss_layer(&mut self) -> Option<&'static str> {
        self.find.take().map(|_| "search")
    }

    fn after_input(&mut self, _: &mut Cx<'_>) -> AfterInput {
        self.shown = self.matching_rows();
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        let n_find_lines = u16::from(self.find.is_some());
        let [line, list] = Layout::vertical([Constraint::Length(n_find_lines), Constraint::Fill(1)]).areas(area);
        let key_width = |row: &HelpRow| match row {
            HelpRow::Key { keys, .. } => text::width(keys),
            HelpRow::Title(_) => 0,
        };
        let width = self.rows.iter().map(key_width).max().unwrap_or(0);
        let mut lines: Vec<_> = self
            .shown
            .iter()
            .map(|at| match &self.rows[*at] {
                HelpRow::Title(title) => Line::styled(*title, cx.theme.title),
                HelpRow::Key { keys, help, .. } => Line::from(vec![
                    Span::styled(format!("  {keys:width$}  "), cx.theme.key),
                    Span::styled(*help, cx.theme.text),
                ]),
            })
            .collect();
        if let Some(find) = &self.find {
            if lines.is_empty() {
                lines.push(Line::styled(no_match(&find.text()), cx.theme.muted));
            }
            find.render("find  ", frame, line, cx);
        }
        let first = self.scroll.resize(lines.len(), list.height);
        frame.render_widget(Paragraph::new(lines).scroll((to_cells(first), 0)), list);
        self.scroll.render_rest(frame, list, cx.theme);
    }
}
