//! Marked rows of a list, identified by ID and not by position.

use std::{collections::BTreeMap, sync::Arc};

use crate::session::ListRow;

/// The marked rows, with the positions at which they were marked. The rows themselves are stored, because the pages
/// that they came with may be dropped.
#[derive(Debug)]
pub(super) struct RowMarks<R: ListRow>(BTreeMap<R::Id, (u64, Arc<R>)>);

impl<R: ListRow> Clone for RowMarks<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: ListRow> Default for RowMarks<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: ListRow> RowMarks<R> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_marked(&self, row: &R) -> bool {
        // Most lists have no marks, and an ID may have to be allocated.
        !self.0.is_empty() && self.0.contains_key(&row.id())
    }

    pub(super) fn mark(&mut self, at: u64, row: &Arc<R>) {
        self.0.insert(row.id(), (at, row.clone()));
    }

    pub(super) fn toggle(&mut self, at: u64, row: &Arc<R>) {
        if self.0.remove(&row.id()).is_none() {
            self.mark(at, row);
        }
    }

    /// Replaces a marked row by its present state, because an action applies to what the list shows now.
    pub(super) fn update_row(&mut self, at: u64, row: &Arc<R>) {
        if let Some(marked) = self.0.get_mut(&row.id()) {
            *marked = (at, row.clone());
        }
    }

    pub(super) fn retain_ids(&mut self, is_retained: impl Fn(&R::Id) -> bool) {
        self.0.retain(|id, _| is_retained(id));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the marked rows, ordered by position.
    pub(super) fn rows(&self) -> Vec<Arc<R>> {
        let mut marked: Vec<_> = self.0.values().collect();
        marked.sort_by_key(|(at, _)| *at);
        marked.into_iter().map(|(_, row)| row.clone()).collect()
    }
}
