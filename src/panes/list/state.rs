//! The state of a list that is saved in the navigation history.

use std::{fmt, sync::Arc};

use super::{ListView, filter::Filter, marks::RowMarks};
use crate::model::Search;
use crate::session::ListRow;

/// Cursor, filter and marks of a list, with the search that its rows are from.
pub struct ListState<K: ListView> {
    pub(super) search: Option<Arc<Search>>,
    /// Position of the selected row, counted without a filter.
    pub(super) cursor: u64,
    /// Index of the first visible row, counted among the shown rows.
    pub(super) offset: u64,
    /// Whether the user went to the last row: the cursor stays there while more rows become known.
    pub(super) is_at_end: bool,
    /// The row last selected.
    pub(super) selected_id: Option<<K::Row as ListRow>::Id>,
    /// Cells of the last column that are scrolled out on the left.
    pub(super) scroll_columns: usize,
    pub(super) filter: Filter,
    pub(super) marks: RowMarks<K::Row>,
    /// Whether moving the cursor marks rows.
    pub(super) is_marking: bool,
}

impl<K: ListView> ListState<K> {
    /// Returns the state for the rows of another search: marks and filter are retained if only the sort order differs.
    pub(super) fn for_search(&self, search: Option<Arc<Search>>) -> Self {
        let is_same = match (&self.search, &search) {
            (Some(own_search), Some(search)) => K::Row::is_same_search(own_search, search),
            (own_search, search) => own_search.is_none() && search.is_none(),
        };
        let retained = if is_same { self.clone() } else { Self::default() };
        Self { search, filter: retained.filter, marks: retained.marks, ..Self::default() }
    }

    /// Returns the search that the rows are from.
    pub fn search_shown(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    /// Whether the state is for the rows of `search`.
    pub(super) fn is_for_search(&self, search: Option<&Arc<Search>>) -> bool {
        match (&self.search, search) {
            (Some(own_search), Some(search)) => Arc::ptr_eq(own_search, search),
            (own_search, search) => own_search.is_none() && search.is_none(),
        }
    }
}

impl<K: ListView> Default for ListState<K> {
    fn default() -> Self {
        Self {
            search: None,
            cursor: 0,
            offset: 0,
            is_at_end: false,
            selected_id: None,
            scroll_columns: 0,
            filter: Filter::default(),
            marks: RowMarks::default(),
            is_marking: false,
        }
    }
}

impl<K: ListView> Clone for ListState<K> {
    fn clone(&self) -> Self {
        Self {
            search: self.search.clone(),
            selected_id: self.selected_id.clone(),
            filter: self.filter.clone(),
            marks: self.marks.clone(),
            ..*self
        }
    }
}

impl<K: ListView> fmt::Debug for ListState<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListState")
            .field("cursor", &self.cursor)
            .field("filter", &self.filter)
            .field("marks", &self.marks.len())
            .finish_non_exhaustive()
    }
}
