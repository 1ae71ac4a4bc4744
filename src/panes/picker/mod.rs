//! Popups in which one of several entries is picked. `/` finds entries by typing.

pub(super) mod columns;
pub(super) mod history;
pub(super) mod palette;
pub(super) mod saved_queries;
pub(super) mod search;
pub(super) mod sensor_groups;
pub(super) mod synonyms;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    ActionResult, AfterInput, Pane, PaneHeader, RenderCx, TargetRows, TextInput, cursor, editor::PasteForm,
    prompt::line::LineInput,
};
use crate::keys::{Action, Scope};
use crate::session::{Cx, Session};
use crate::theme::Theme;
use crate::widgets::scroll_to_cursor;
use search::SearchText;

/// Lines for a name that is being typed.
const NAME_LINES: u16 = 2;

/// What a [`Picker`] offers, and what picking an entry does.
pub trait PickerSource {
    /// Key bindings while nothing is typed.
    const SCOPE: Scope;

    fn header(&self, session: &Session) -> PaneHeader;

    /// Returns the texts by which each entry is found, in the order of the entries.
    fn search_texts(&self, session: &Session) -> Vec<SearchText>;

    /// Returns the line of an entry for a width in cells.
    fn line(&self, at: usize, width: u16, session: &Session, theme: &Theme) -> Line<'static>;

    /// Returns what to show if there are no entries.
    fn placeholder(&self, session: &Session) -> &'static str;

    /// Picks an entry; `None` if there is none.
    fn pick(&mut self, at: Option<usize>, cx: &mut Cx<'_>) -> ActionResult;

    /// Handles an action on the selected entry, besides moving, finding and picking.
    fn handle_action(&mut self, _: Action, _at: Option<usize>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::Ignored
    }

    /// Whether a text about the entries is being typed, such as a name.
    fn is_naming(&self) -> bool {
        false
    }

    /// Handles typed or pasted text while one is being typed.
    fn enter_name(&mut self, _: TextInput<'_>, _: &mut Cx<'_>) {}

    /// Draws the text that is being typed in [`NAME_LINES`] lines.
    fn render_name(&self, _: &mut Frame<'_>, _: Rect, _: &RenderCx<'_>) {}

    /// Sets the rows that the picker applies to.
    fn set_target(&mut self, _rows: &TargetRows) {}

    /// Called after every input.
    fn after_input(&mut self, _: &mut Cx<'_>) {}
}

/// A popup in which an entry is picked.
#[derive(Debug, Default)]
pub struct Picker<S> {
    source: S,
    /// Index of the selected entry among the shown ones.
    cursor: usize,
    top: usize,
    height: usize,
    /// The text by which entries are found.
    find: Option<LineInput>,
    /// Indices of the entries that match the text, the best first, as of the last input.
    shown: Vec<usize>,
}

impl<S: PickerSource> Picker<S> {
    /// Creates a picker with the first entry selected.
    pub(super) fn of(source: S) -> Self {
        Self { source, cursor: 0, top: 0, height: 1, find: None, shown: Vec::new() }
    }

    /// Returns the entry under the cursor.
    fn selected_entry(&self) -> Option<usize> {
        self.shown.get(self.cursor).copied()
    }

    fn move_cursor(&mut self, action: Action) -> ActionResult {
        let last = self.shown.len().saturating_sub(1);
        cursor::move_cursor(&mut self.cursor, action, self.height, last)
    }

    fn pick(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        let selected = self.selected_entry();
        if selected.is_none()
            && let Some(find) = &self.find
        {
            return ActionResult::notify(no_match(&find.text()), cx);
        }
        self.source.pick(selected, cx)
    }
}

impl<S: PickerSource> Pane for Picker<S> {
    fn scope(&self) -> Scope {
        if self.find.is_some() || self.source.is_naming() { Scope::Entry } else { S::SCOPE }
    }

    fn header(&self, session: &Session) -> PaneHeader {
        self.source.header(session)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if let Action::Filter = action {
            self.find = Some(LineInput::with_limit(search::MAX_FIND_CHARS));
            return ActionResult::Done;
        }
        let is_pick = matches!(action, Action::Open | Action::Accept);
        if is_pick && !self.source.is_naming() {
            return self.pick(cx);
        }
        let selected = self.selected_entry();
        self.move_cursor(action).or_else(|| self.source.handle_action(action, selected, cx))
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if self.source.is_naming() {
            self.source.enter_name(input, cx);
            return ActionResult::Done;
        }
        if let Some(movement) = cursor::typed_movement(input) {
            return self.move_cursor(movement);
        }
        if let Some(find) = &mut self.find
            && find.enter_text(input, PasteForm::Prose, cx)
        {
            self.cursor = 0;
        }
        ActionResult::Done
    }

    fn dismiss_layer(&mut self) -> Option<&'static str> {
        self.find.take().map(|_| "search")
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.source.set_target(rows);
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        self.source.after_input(cx);
        let typed = self.find.as_ref().map(LineInput::text).unwrap_or_default();
        self.shown = search::find(&typed, &self.source.search_texts(cx.session()));
        self.cursor = self.cursor.min(self.shown.len().saturating_sub(1));
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let n_find_lines = u16::from(self.find.is_some());
        let n_name_lines = if self.source.is_naming() { NAME_LINES } else { 0 };
        let [line, list, name] =
            Layout::vertical([Constraint::Length(n_find_lines), Constraint::Fill(1), Constraint::Length(n_name_lines)])
                .areas(area);
        self.height = usize::from(list.height).max(1);
        self.top = scroll_to_cursor(self.top, self.cursor, self.height, self.shown.len());
        if self.shown.is_empty() {
            let typed = self.find.as_ref().map(LineInput::text).filter(|typed| !typed.is_empty());
            let text = typed.map_or_else(|| self.source.placeholder(session).into(), |typed| no_match(&typed));
            frame.render_widget(Line::styled(text, cx.theme.muted), list);
        }
        for ((index, at), row) in self.shown.iter().enumerate().skip(self.top).zip(list.rows()) {
            frame.render_widget(self.source.line(*at, list.width, session, cx.theme), row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, cx.theme.selection);
            }
        }
        if let Some(find) = &self.find {
            find.render("find  ", frame, line, cx);
        }
        if self.source.is_naming() {
            self.source.render_name(frame, name, cx);
        }
    }
}

/// Returns what to show if nothing matches a typed text.
pub(super) fn no_match(typed: &str) -> String {
    let typed = crate::text::fit(&typed.into(), 40);
    format!("No match for {typed}. Try fewer letters, or initials")
}
