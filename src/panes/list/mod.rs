//! List panes: rows of one list view with columns, filter, marks and export.

mod activity;
mod admin;
mod alert_groups;
mod alerts;
mod bans;
mod binaries;
mod bulk;
mod columns;
mod draw;
mod feeds;
mod filter;
mod isolated_sensors;
mod joins;
mod list_view;
mod marks;
mod new_alerts;
mod number_format;
mod processes;
mod reports;
mod requests;
mod sensors;
mod state;
mod title;
mod watchlists;
mod window;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

pub use activity::Activity;
pub use admin::*;
pub use alert_groups::AlertGroups;
pub(super) use alert_groups::{group_name, owners_text, statuses_text};
pub use alerts::Alerts;
pub use bans::Bans;
pub use binaries::Binaries;
pub(super) use draw::format_moment;
pub use feeds::Feeds;
pub use isolated_sensors::IsolatedSensors;
pub use list_view::ListView;
use list_view::RowField;
pub use processes::Processes;
pub use reports::Reports;
pub use requests::Requests;
pub use sensors::Sensors;
pub use state::ListState;
pub use watchlists::Watchlists;

use super::{
    ActionResult, ActionTargets, AfterInput, ColumnPicker, ExportPane, Pane, PaneHeader, RenderCx, SavedState,
    TextInput, ViewPane, cursor, legend,
    pivot::{self, Observables},
    prompt::filter::FilterInput,
};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::session::{Cx, ListRow, Session};
pub(super) use draw::render_filter_line;
pub(super) use filter::Filter;
pub(super) use number_format::{group_thousands, to_index};
use window::FilteredRows;

/// Cells by which the last column scrolls per key press.
const SHIFT_CELLS: usize = 16;

/// What the last frame of a list showed.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    /// Whether there was no room for the selected row.
    lacks_cursor: bool,
    /// Whether there was a column of status letters.
    has_signs: bool,
}

/// A pane that shows the rows of a list view.
#[derive(Debug)]
pub struct ListPane<K: ListView> {
    state: ListState<K>,
    /// Number of rows that fit into the pane.
    height: u64,
    /// Input of the filter.
    typing: FilterInput,
    /// The rows that pass the filter; `None` without a filter.
    filtered: Option<FilteredRows>,
    /// The row to select once the rows are loaded.
    sought_id: Option<<K::Row as ListRow>::Id>,
    /// Revision of the rows for which the marks were last updated.
    marks_revision: Option<u64>,
    /// Number of marked rows that the filter hides, and of those that are not loaded.
    n_hidden: (usize, usize),
    last_frame: Drawn,
    /// Whether the user moved the cursor since the last input, or set a filter.
    has_moved: bool,
    /// Whether the cursor last moved down: rows are prefetched in that direction.
    moves_down: bool,
}

impl<K: ListView> Default for ListPane<K> {
    fn default() -> Self {
        // Until the first frame, the height of an ordinary terminal.
        Self {
            state: ListState::default(),
            height: 24,
            typing: FilterInput::default(),
            filtered: None,
            sought_id: None,
            marks_revision: None,
            n_hidden: (0, 0),
            last_frame: Drawn::default(),
            has_moved: true,
            moves_down: true,
        }
    }
}

impl<K: ListView> ListPane<K> {
    /// Returns the state that the navigation history saves.
    pub fn state(&self) -> &ListState<K> {
        &self.state
    }

    /// Restores a saved state.
    pub fn restore_state(&mut self, state: ListState<K>) {
        *self = Self { state, height: self.height, sought_id: self.sought_id.take(), ..Self::default() };
    }

    fn offset(&self) -> u64 {
        self.state.offset
    }

    fn scroll_to(&mut self, to: u64) {
        self.state.offset = to;
    }

    fn shift(&self) -> usize {
        self.state.scroll_columns
    }

    fn has_marks(&self) -> bool {
        !self.state.marks.is_empty()
    }

    fn is_marked(&self, row: &K::Row) -> bool {
        self.state.marks.is_marked(row)
    }

    fn is_typing(&self) -> bool {
        self.typing.is_typing()
    }

    fn filter_text(&self) -> &str {
        self.state.filter.text()
    }

    /// Moves the cursor to the row shown at `index`.
    fn move_to(&mut self, index: u64, session: &Session) {
        if self.n_shown(session) == 0 {
            return;
        }
        let to = self.position_at(index, session);
        self.moves_down = to >= self.state.cursor;
        self.state.cursor = to;
        self.has_moved = true;
    }

    /// Handles an action that every list has.
    fn handle_list_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::Left => self.state.scroll_columns = self.state.scroll_columns.saturating_sub(SHIFT_CELLS),
            Action::Right => self.state.scroll_columns += SHIFT_CELLS,
            Action::Sort => cx.lists().sort_next::<K::Row>(),
            Action::Filter => self.typing.start(self.state.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            Action::Mark | Action::MarkRange | Action::MarkAll => self.update_marks(action, cx),
            Action::Columns => return ActionResult::open(self.column_picker(cx.session())),
            Action::Export => return ActionResult::open_for_targets(self.export_pane(cx.session())),
            Action::Open => return self.open_selected(cx),
            other if !self.has_marks() && self.selected_row(cx.session()).is_none() => {
                cx.notify(format!("{}: no row selected", other.label()));
            }
            // Searches around the selected row, even if others are marked.
            Action::Around => {
                let selected = self.selected_row(cx.session());
                let selected = selected.map(|row| K::observables(row));
                return pivot::search_around(selected, cx);
            }
            other => {
                let pivoted = pivot::pivot(other, cx, |session| self.observables(session));
                return pivoted.or_else(|| self.copy_rows(other, cx));
            }
        }
        ActionResult::Done
    }

    fn column_picker(&self, session: &Session) -> ColumnPicker {
        let columns = columns::shown_columns::<K>(session);
        let chosen = columns.iter().map(columns::ListColumn::choice).collect();
        ColumnPicker::new(K::NAME, chosen, self.column_options(session))
    }

    fn export_pane(&self, session: &Session) -> ExportPane {
        ExportPane::new(self.export_data(session), session.lists.pages::<K::Row>().total().unwrap_or(0))
    }

    fn set_filter(&mut self, text: &str) {
        self.state.filter = Filter::parse(text);
        self.filtered = None;
        self.has_moved = true;
    }
}

impl<K: ListView> ListPane<K> {
    /// Returns the observables that actions apply to.
    fn observables(&self, session: &Session) -> Vec<Observables> {
        let rows = self.target_rows(session);
        rows.iter().map(|row| K::observables(row)).collect()
    }
}

impl<K: ListView> ViewPane for ListPane<K> {
    fn legend(&self) -> String {
        let line = self.last_frame.has_signs.then(|| legend::legend_line(K::SCOPE));
        line.unwrap_or_default()
    }

    fn action_targets(&self, session: &Session) -> ActionTargets {
        ActionTargets { rows: self.observables(session), marked: self.marked_by_visibility(session) }
    }

    fn n_marked(&self) -> usize {
        self.state.marks.len()
    }

    fn has_room_for_selection(&self) -> bool {
        !self.last_frame.lacks_cursor
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let row = self.selected_row(session)?;
        let at = self.cursor_index(session) + 1;
        Some((format!("{}, row {at}", K::NAME), row.document().clone()))
    }

    /// Fetches the visible rows again; with a filter, all loaded rows.
    fn refresh(&self, cx: &mut Cx<'_>) {
        let session = cx.session();
        let positions = || session.lists.pages::<K::Row>().loaded_rows().map(|(at, _)| at);
        let window = match &self.filtered {
            Some(_) => positions().min().unwrap_or(0)..positions().max().unwrap_or(0) + 1,
            None => self.visible_rows(),
        };
        K::refresh(&window, cx);
        self.refresh_joins(cx);
    }

    fn save(&self, _: &Session) -> SavedState {
        SavedState::new(self.state.clone())
    }

    fn restore(&mut self, state: &SavedState, cx: &mut Cx<'_>) {
        if let Some(state) = state.get() {
            self.restore_state(state);
        }
        K::on_restore(cx);
    }

    fn clear_marks(&mut self) {
        self.state.marks.clear();
        self.state.is_marking = false;
    }
}

impl<K: ListView> Pane for ListPane<K> {
    fn scope(&self) -> Scope {
        if self.is_typing() { Scope::Filter } else { K::SCOPE }
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title_line(session)).with_slots(K::SLOTS)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let session = cx.session();
        let last = self.n_shown(session).saturating_sub(1);
        let at = self.cursor_index(session);
        if let Some(to) = cursor::new_cursor(action, to_index(at), to_index(self.height), to_index(last)) {
            let from = self.state.cursor;
            self.move_to(u64::try_from(to).unwrap_or(last), session);
            self.state.is_at_end = action == Action::Bottom && self.filtered.is_none();
            if self.state.is_marking {
                self.mark_passed(from, cx);
            }
            return ActionResult::Done;
        }
        K::handle_action(action, |session| self.chosen_rows(action, session), cx)
            .or_else(|| self.handle_list_action(action, cx))
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(text) = self.typing.enter_text(input, cx) {
            self.set_filter(&text);
        }
        ActionResult::Done
    }

    fn dismiss_layer(&mut self) -> Option<&'static str> {
        if self.typing.finish() || !self.state.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if self.has_marks() || self.state.is_marking {
            self.clear_marks();
            return Some("marks");
        }
        None
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        K::before_fetch(cx);
        let search = cx.session().lists.pages::<K::Row>().search().cloned();
        if !self.state.is_for_search(search.as_ref()) {
            let state = self.state.for_search(search);
            self.restore_state(state);
        }
        self.select_sought(cx);
        self.keep_marks_current(cx);
        self.apply_filter(cx.session());
        self.n_hidden = self.count_hidden(cx.session());
        let has_moved = std::mem::take(&mut self.has_moved);
        if !has_moved && !self.state.is_at_end {
            self.keep_row_selected(cx.session());
        }
        if let Some(total) = cx.session().lists.pages::<K::Row>().total() {
            let last = total.saturating_sub(1);
            let cursor = self.state.cursor.min(last);
            self.state.cursor = if self.state.is_at_end { last } else { cursor };
        }
        if self.filtered.as_ref().is_some_and(|filtered| !filtered.positions.is_empty()) {
            // The cursor stays on a shown row: the one nearest to where it was.
            self.state.cursor = self.position_at(self.cursor_index(cx.session()), cx.session());
        }
        self.keep_cursor_visible(cx.session());
        // A filter applies to loaded rows only, but if none are loaded, the first ones must be fetched.
        let is_unloaded = cx.session().lists.pages::<K::Row>().total().is_none();
        if self.filtered.is_none() {
            cx.lists().fetch_window::<K::Row>(&self.prefetch_range());
        } else if is_unloaded {
            let cursor = self.state.cursor;
            cx.lists().fetch_window::<K::Row>(&(cursor..cursor + self.height));
        }
        self.fetch_joins(cx);
        let selected = self.selected_row(cx.session()).cloned();
        self.state.selected_id = selected.as_ref().map(|row| row.id());
        K::on_select(selected.as_ref(), cx)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let has_filter = self.is_typing() || !self.state.filter.is_empty();
        let footer = K::footer_line(session, cx.theme);
        let [area, below, last] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(u16::from(has_filter)),
            Constraint::Length(u16::from(footer.is_some())),
        ])
        .areas(area);
        // The header takes one line.
        self.height = u64::from(area.height.saturating_sub(1)).max(1);
        self.last_frame = Drawn { lacks_cursor: area.height <= 1, has_signs: false };
        self.keep_cursor_visible(session);
        frame.render_widget(footer.unwrap_or_default(), last);
        let pages = session.lists.pages::<K::Row>();
        let page = K::SLOTS[0];
        let text = match (pages.search(), pages.total()) {
            (None, _) => K::NOT_REQUESTED,
            (Some(_), None) if session.is_pending(page) => "Searching… ^c cancels",
            (Some(_), None) if session.error(page).is_some() => "",
            (Some(_), None) => "Cancelled. r retries",
            (Some(_), Some(0)) => K::EMPTY,
            (Some(_), Some(_)) => {
                draw::render_rows(self, frame, area, session, cx);
                if has_filter {
                    draw::render_filter(self, frame, below, session, cx);
                }
                return;
            }
        };
        frame.render_widget(Line::styled(text, cx.theme.muted), area);
    }
}
