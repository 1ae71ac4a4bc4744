//! Which rows of a list are shown, and where: all of them, or those that pass the filter.

use std::{ops::Range, sync::Arc};

use super::{
    CellValue, ListPane, ListView,
    columns::{self, Cells},
    to_index,
};
use crate::fetch::JoinKey;
use crate::session::{ColumnChoice, Cx, ListRow, RowState, Session};

impl<K: ListView> ListPane<K> {
    /// The rows in sight.
    pub(super) fn visible_rows(&self) -> Range<u64> {
        self.state.offset..self.state.offset + self.height
    }

    /// How many rows are shown, in sight or not.
    pub(super) fn n_shown(&self, session: &Session) -> u64 {
        match &self.filtered {
            Some(shown) => u64::try_from(shown.positions.len()).unwrap_or(u64::MAX),
            None => K::Row::pages(session).total().unwrap_or(0),
        }
    }

    /// The position of the row that is shown at `index`.
    pub(super) fn position_at(&self, index: u64, session: &Session) -> u64 {
        match &self.filtered {
            Some(shown) => shown.positions.get(to_index(index)).copied().unwrap_or(u64::MAX),
            None => index.min(K::Row::pages(session).total().unwrap_or(index)),
        }
    }

    /// Where the row under the cursor is shown.
    pub(super) fn cursor_index(&self, session: &Session) -> u64 {
        let last = self.n_shown(session).saturating_sub(1);
        match &self.filtered {
            Some(shown) => {
                let found = shown.positions.binary_search(&self.state.cursor);
                let index = found.unwrap_or_else(|next| next);
                u64::try_from(index).unwrap_or(u64::MAX).min(last)
            }
            None => self.state.cursor.min(last),
        }
    }

    /// The row under the cursor.
    pub(super) fn selected_row<'a>(&self, session: &'a Session) -> Option<&'a Arc<K::Row>> {
        let at = self.position_at(self.cursor_index(session), session);
        match K::Row::pages(session).row(at) {
            RowState::Loaded(row) => Some(row),
            _ => None,
        }
    }

    /// Stays with the row under the cursor where others have come before it.
    pub(super) fn keep_row_selected(&mut self, session: &Session) {
        let pages = K::Row::pages(session);
        let cursor = self.state.cursor;
        if let Some(id) = &self.state.selected_id
            && !matches!(pages.row(cursor), RowState::Loaded(row) if row.id() == *id)
            && let Some(at) = pages.nearest_position(id, cursor)
        {
            // What is in sight moves along; with a filter, the cursor brings it along by itself.
            if self.filtered.is_none() {
                self.state.offset = (self.state.offset + at).saturating_sub(cursor);
            }
            self.state.cursor = at;
        }
    }

    /// Goes to a row as soon as it is here, whatever is filtered.
    pub fn select_when_loaded(&mut self, id: <K::Row as ListRow>::Id) {
        self.set_filter("");
        self.sought_id = Some(id);
    }

    /// Goes to the row that is sought, if it is here.
    pub(super) fn select_sought(&mut self, cx: &mut Cx<'_>) {
        let pages = K::Row::pages(cx.session());
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

    /// Keeps the cursor in sight.
    pub(super) fn keep_cursor_visible(&mut self, session: &Session) {
        let index = self.cursor_index(session);
        let least = (index + 1).saturating_sub(self.height);
        self.state.offset = self.state.offset.clamp(least, index);
    }

    /// The rows in sight, and as many again in the direction of travel.
    pub(super) fn prefetch_range(&self) -> Range<u64> {
        let Range { start, end } = self.visible_rows();
        if self.moves_down { start..end + self.height } else { start.saturating_sub(self.height)..end }
    }

    /// Whether the row at a position is shown, if it is here.
    pub(super) fn is_shown(&self, at: u64) -> bool {
        let shown = self.filtered.as_ref();
        shown.is_none_or(|shown| shown.positions.binary_search(&at).is_ok())
    }

    /// Asks for what the columns need besides the rows.
    pub(super) fn fetch_joins(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.rows_to_join(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        if !needs.is_empty() {
            cx.fetch_joins(&rows, &needs);
        }
    }

    /// Asks again for what of it may have changed.
    pub(super) fn refresh_joins(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.rows_to_join(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        cx.refresh_joins(&rows, &needs);
    }

    /// The rows of which more must be known, and what: those in sight, or all when a filter looks at them.
    fn rows_to_join(&self, session: &Session) -> (Vec<Arc<K::Row>>, Vec<JoinKey>) {
        let needs = columns::required_joins(&columns::shown_columns::<K>(session));
        if needs.is_empty() {
            return (Vec::new(), needs);
        }
        let window = self.visible_rows();
        let is_wanted = |at: &u64| self.filtered.is_some() || window.contains(at);
        let here = K::Row::pages(session).loaded_rows();
        let rows = here.filter(|(at, _)| is_wanted(at));
        (rows.map(|(_, row)| row.clone()).collect(), needs)
    }

    /// Finds out which rows pass the filter, if other rows are here, or other columns are shown.
    pub(super) fn apply_filter(&mut self, session: &Session) {
        let pages = K::Row::pages(session);
        if self.state.filter.is_empty() {
            self.filtered = None;
            return;
        }
        let edition = (pages.revision(), session.lists.joins.revision());
        let chosen = session.chosen_columns(K::NAME);
        let is_known = |shown: &FilteredRows| shown.revisions == edition && shown.chosen_columns.as_deref() == chosen;
        if self.filtered.as_ref().is_some_and(is_known) {
            return;
        }
        let columns = columns::shown_columns::<K>(session);
        let text = |value: CellValue| value.text().raw().to_lowercase();
        let passes = |row: &Arc<K::Row>| {
            let cells = Cells::<K>::new(row, session);
            let texts: Vec<_> = columns.iter().map(|column| text(cells.column_value(column))).collect();
            let named = |name: &str, word: &str| match columns::find_field::<K>(name) {
                Some(field) => Some(text(cells.field_value(field)).contains(word)),
                None => match cells.member_value(name) {
                    CellValue::None => None,
                    value => Some(text(value).contains(word)),
                },
            };
            let any = |word: &str| texts.iter().any(|text| text.contains(word));
            self.state.filter.matches_row(named, any)
        };
        let passing = pages.loaded_rows().filter(|(_, row)| passes(row));
        self.filtered = Some(FilteredRows {
            positions: passing.map(|(at, _)| at).collect(),
            revisions: edition,
            chosen_columns: chosen.map(<[ColumnChoice]>::to_vec),
        });
    }
}

/// The rows that pass a filter, and from what that was found out.
#[derive(Debug)]
pub(super) struct FilteredRows {
    /// Their positions.
    pub(super) positions: Vec<u64>,
    /// Which rows were here, and what belongs to rows.
    revisions: (u64, u64),
    /// The columns that were shown, where they were chosen.
    chosen_columns: Option<Vec<ColumnChoice>>,
}
