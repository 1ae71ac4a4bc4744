//! What is marked: rows by what they are, not by where they stand.

use std::{collections::BTreeMap, sync::Arc};

use crate::session::ListRow;

/// The marked rows, with the positions at which they were marked. They are kept whole, because the pages they came with
/// may be let go.
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
        // Most lists have no marks, and a name may have to be made.
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

    /// Takes the row in its present state, if it is marked: an action is about what the list shows now.
    pub(super) fn update_row(&mut self, at: u64, row: &Arc<R>) {
        if let Some(marked) = self.0.get_mut(&row.id()) {
            *marked = (at, row.clone());
        }
    }

    pub(super) fn retain_ids(&mut self, is_kept: impl Fn(&R::Id) -> bool) {
        self.0.retain(|id, _| is_kept(id));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The rows in the order in which they stood.
    pub(super) fn rows(&self) -> Vec<Arc<R>> {
        let mut marked: Vec<_> = self.0.values().collect();
        marked.sort_by_key(|(at, _)| *at);
        marked.into_iter().map(|(_, row)| row.clone()).collect()
    }
}
