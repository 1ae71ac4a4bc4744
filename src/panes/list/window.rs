//! The rows of a list that are shown: all of them, or those that pass the filter.

use std::{ops::Range, sync::Arc};

use super::{
    ListPane, ListView,
    columns::{self, Cells},
    to_index,
};
use crate::columns::CellValue;
use crate::fetch::JoinKey;
use crate::session::{ColumnChoice, Cx, ListRow, RowState, Session};

impl<K: ListView> ListPane<K> {
    /// Returns the range of visible rows.
    pub(super) fn visible_rows(&self) -> Range<u64> {
        self.state.offset..self.state.offset + self.height
    }

    /// Returns the number of rows of the list: all of them, or those that pass the filter.
    pub(super) fn n_shown(&self, session: &Session) -> u64 {
        match &self.filtered {
            Some(filtered) => u64::try_from(filtered.positions.len()).unwrap_or(u64::MAX),
            None => session.lists.pages::<K::Row>().total().unwrap_or(0),
        }
    }

    /// Returns the position of the row shown at `index`.
    pub(super) fn position_at(&self, index: u64, session: &Session) -> u64 {
        match &self.filtered {
            Some(filtered) => filtered.positions.get(to_index(index)).copied().unwrap_or(u64::MAX),
            None => index.min(session.lists.pages::<K::Row>().total().unwrap_or(index)),
        }
    }

    /// Returns the index at which the selected row is shown.
    pub(super) fn cursor_index(&self, session: &Session) -> u64 {
        let last = self.n_shown(session).saturating_sub(1);
        match &self.filtered {
            Some(filtered) => {
                let index = filtered.positions.binary_search(&self.state.cursor).unwrap_or_else(|next| next);
                u64::try_from(index).unwrap_or(u64::MAX).min(last)
            }
            None => self.state.cursor.min(last),
        }
    }

    /// Returns the row under the cursor, if it is loaded.
    pub(super) fn selected_row<'a>(&self, session: &'a Session) -> Option<&'a Arc<K::Row>> {
        let at = self.position_at(self.cursor_index(session), session);
        match session.lists.pages::<K::Row>().row(at) {
            RowState::Loaded(row) => Some(row),
            _ => None,
        }
    }

    /// Keeps the cursor on the selected row when other rows were inserted before it.
    pub(super) fn keep_row_selected(&mut self, session: &Session) {
        let pages = session.lists.pages::<K::Row>();
        let cursor = self.state.cursor;
        if let Some(id) = &self.state.selected_id
            && !matches!(pages.row(cursor), RowState::Loaded(row) if row.id() == *id)
            && let Some(at) = pages.nearest_position(id, cursor)
        {
            // The visible rows move along; with a filter, `keep_cursor_visible` does that.
            if self.filtered.is_none() {
                self.state.offset = (self.state.offset + at).saturating_sub(cursor);
            }
            self.state.cursor = at;
        }
    }

    /// Selects the row `id` once the rows are loaded, and clears the filter.
    pub fn select_when_loaded(&mut self, id: <K::Row as ListRow>::Id) {
        self.set_filter("");
        self.sought_id = Some(id);
    }

    /// Selects the row requested by [`Self::select_when_loaded`] if the rows are loaded.
    pub(super) fn select_sought(&mut self, cx: &mut Cx<'_>) {
        let pages = cx.session().lists.pages::<K::Row>();
        let Some(id) = self.sought_id.take_if(|_| pages.total().is_some()) else {
            return;
        };
        match pages.nearest_position(&id, self.state.cursor) {
            Some(at) => {
                self.state.cursor = at;
                self.has_moved = true;
            }
            None => cx.notify("Not in this list"),
        }
    }

    /// Scrolls so that the selected row is visible.
    pub(super) fn keep_cursor_visible(&mut self, session: &Session) {
        let index = self.cursor_index(session);
        let first = (index + 1).saturating_sub(self.height);
        self.state.offset = self.state.offset.clamp(first, index);
    }

    /// Returns the visible rows, and one more page in the direction of travel.
    pub(super) fn prefetch_range(&self) -> Range<u64> {
        let Range { start, end } = self.visible_rows();
        if self.moves_down { start..end + self.height } else { start.saturating_sub(self.height)..end }
    }

    /// Whether the row at position `at` passes the filter.
    pub(super) fn is_shown(&self, at: u64) -> bool {
        let filtered = self.filtered.as_ref();
        filtered.is_none_or(|filtered| filtered.positions.binary_search(&at).is_ok())
    }

    /// Fetches the joined objects that the columns need.
    pub(super) fn fetch_joins(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.rows_to_join(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        if !needs.is_empty() {
            cx.lists().fetch_joins(&rows, &needs);
        }
    }

    /// Fetches the joined objects again.
    pub(super) fn refresh_joins(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.rows_to_join(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        cx.lists().refresh_joins(&rows, &needs);
    }

    /// Returns the rows to join and the objects they need: for the visible rows, or for all loaded rows if there is a
    /// filter.
    fn rows_to_join(&self, session: &Session) -> (Vec<Arc<K::Row>>, Vec<JoinKey>) {
        let needs = columns::required_joins(&columns::shown_columns::<K>(session));
        if needs.is_empty() {
            return (Vec::new(), needs);
        }
        let window = self.visible_rows();
        let is_needed = |at: u64| self.filtered.is_some() || window.contains(&at);
        let rows = session.lists.pages::<K::Row>().loaded_rows().filter(|(at, _)| is_needed(*at));
        (rows.map(|(_, row)| row.clone()).collect(), needs)
    }

    /// Applies the filter, unless rows, joined objects and columns are unchanged since it was last applied.
    pub(super) fn apply_filter(&mut self, session: &Session) {
        let pages = session.lists.pages::<K::Row>();
        if self.state.filter.is_empty() {
            self.filtered = None;
            return;
        }
        let revisions = (pages.revision(), session.lists.joins.revision());
        let chosen = session.chosen_columns(K::NAME);
        let is_current =
            |filtered: &FilteredRows| filtered.revisions == revisions && filtered.chosen_columns.as_deref() == chosen;
        if self.filtered.as_ref().is_some_and(is_current) {
            return;
        }
        let columns = columns::shown_columns::<K>(session);
        let text = |value: CellValue| value.text().raw().to_lowercase();
        let passes = |row: &Arc<K::Row>| {
            let cells = Cells::<K>::new(row, session);
            let texts: Vec<_> = columns.iter().map(|column| text(cells.column_value(column))).collect();
            let column_contains = |name: &str, word: &str| match columns::find_field::<K>(name) {
                Some(field) => Some(text(cells.field_value(field)).contains(word)),
                None => match cells.member_value(name) {
                    CellValue::None => None,
                    value => Some(text(value).contains(word)),
                },
            };
            let any_contains = |word: &str| texts.iter().any(|text| text.contains(word));
            self.state.filter.matches_row(column_contains, any_contains)
        };
        let passing = pages.loaded_rows().filter(|(_, row)| passes(row));
        self.filtered = Some(FilteredRows {
            positions: passing.map(|(at, _)| at).collect(),
            revisions,
            chosen_columns: chosen.map(<[ColumnChoice]>::to_vec),
        });
    }
}

/// The rows that pass a filter, and the inputs for which that was determined.
#[derive(Debug)]
pub(super) struct FilteredRows {
    pub(super) positions: Vec<u64>,
    /// Revisions of the rows and of the joined objects.
    revisions: (u64, u64),
    /// The columns chosen by the user, if any.
    chosen_columns: Option<Vec<ColumnChoice>>,
}
