//! Where one stands in a list: what going back brings back.

use std::{fmt, sync::Arc};

use super::{Kind, filter::Filter, marks::Marks};
use crate::model::Search;
use crate::session::Listed;

/// Cursor, filter and marks of a list, and whose rows they are about.
pub struct State<K: Kind> {
    /// The question that the rows answer.
    pub(super) of: Option<Arc<Search>>,
    /// The position of the row under the cursor, filter or not.
    pub(super) cursor: u64,
    /// What is shown in the first line, counted in what is shown.
    pub(super) offset: u64,
    /// Whether the last row was asked for: the cursor stays on it while the end becomes known.
    pub(super) is_at_end: bool,
    /// The row last seen under the cursor.
    pub(super) under: Option<<K::Row as Listed>::Id>,
    /// Cells of the last column that are out of sight to the left.
    pub(super) shift: usize,
    pub(super) filter: Filter,
    pub(super) marks: Marks<K::Row>,
    /// Whether the cursor marks what it passes.
    pub(super) is_marking: bool,
}

impl<K: Kind> State<K> {
    /// The state in which the answer to another question is looked at. In another order, the same rows stay marked.
    pub(super) fn moved_to(&self, search: Option<Arc<Search>>) -> Self {
        let is_same = match (&self.of, &search) {
            (Some(of), Some(search)) => K::Row::is_same(of, search),
            (of, search) => of.is_none() && search.is_none(),
        };
        let kept = if is_same { self.clone() } else { Self::default() };
        Self { of: search, filter: kept.filter, marks: kept.marks, ..Self::default() }
    }

    /// The question that the rows answer.
    pub fn of(&self) -> Option<&Arc<Search>> {
        self.of.as_ref()
    }

    /// Whether it is about the answer to this question.
    pub(super) fn is_of(&self, search: Option<&Arc<Search>>) -> bool {
        match (&self.of, search) {
            (Some(of), Some(search)) => Arc::ptr_eq(of, search),
            (of, search) => of.is_none() && search.is_none(),
        }
    }
}

impl<K: Kind> Default for State<K> {
    fn default() -> Self {
        Self {
            of: None,
            cursor: 0,
            offset: 0,
            is_at_end: false,
            under: None,
            shift: 0,
            filter: Filter::default(),
            marks: Marks::default(),
            is_marking: false,
        }
    }
}

impl<K: Kind> Clone for State<K> {
    fn clone(&self) -> Self {
        Self {
            of: self.of.clone(),
            under: self.under.clone(),
            filter: self.filter.clone(),
            marks: self.marks.clone(),
            ..*self
        }
    }
}

impl<K: Kind> fmt::Debug for State<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("cursor", &self.cursor)
            .field("filter", &self.filter)
            .field("marks", &self.marks.len())
            .finish_non_exhaustive()
    }
}
