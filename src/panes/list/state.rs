//! Where one stands in a list: what going back brings back.

use std::{fmt, sync::Arc};

use super::{ListView, filter::Filter, marks::RowMarks};
use crate::model::Search;
use crate::session::ListRow;

/// Cursor, filter and marks of a list, and whose rows they are about.
pub struct ListState<K: ListView> {
    /// The question that the rows answer.
    pub(super) search: Option<Arc<Search>>,
    /// The position of the row under the cursor, filter or not.
    pub(super) cursor: u64,
    /// What is shown in the first line, counted in what is shown.
    pub(super) offset: u64,
    /// Whether the last row was asked for: the cursor stays on it while the end becomes known.
    pub(super) is_at_end: bool,
    /// The row last seen under the cursor.
    pub(super) selected_id: Option<<K::Row as ListRow>::Id>,
    /// Cells of the last column that are out of sight to the left.
    pub(super) scroll_columns: usize,
    pub(super) filter: Filter,
    pub(super) marks: RowMarks<K::Row>,
    /// Whether the cursor marks what it passes.
    pub(super) is_marking: bool,
}

impl<K: ListView> ListState<K> {
    /// The state in which the answer to another question is looked at. In another order, the same rows stay marked.
    pub(super) fn for_search(&self, search: Option<Arc<Search>>) -> Self {
        let is_same = match (&self.search, &search) {
            (Some(of), Some(search)) => K::Row::is_same_search(of, search),
            (of, search) => of.is_none() && search.is_none(),
        };
        let kept = if is_same { self.clone() } else { Self::default() };
        Self { search, filter: kept.filter, marks: kept.marks, ..Self::default() }
    }

    /// The question that the rows answer.
    pub fn search_shown(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    /// Whether it is about the answer to this question.
    pub(super) fn is_for_search(&self, search: Option<&Arc<Search>>) -> bool {
        match (&self.search, search) {
            (Some(of), Some(search)) => Arc::ptr_eq(of, search),
            (of, search) => of.is_none() && search.is_none(),
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
        f.debug_struct("State")
            .field("cursor", &self.cursor)
            .field("filter", &self.filter)
            .field("marks", &self.marks.len())
            .finish_non_exhaustive()
    }
}
