//! A list that only grows, so that documents can refer to it while entries are added.

use std::{iter, sync::OnceLock};

/// A list that is extended without a lock, the oldest entry first.
#[derive(Debug)]
pub(in crate::sim) struct AppendList<T>(OnceLock<Box<Node<T>>>);

#[derive(Debug)]
struct Node<T> {
    entry: T,
    next: OnceLock<Box<Node<T>>>,
}

impl<T> Default for AppendList<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> AppendList<T> {
    /// Adds an entry at the end.
    pub(in crate::sim) fn push(&self, entry: T) {
        let mut node = Box::new(Node { entry, next: OnceLock::new() });
        let mut cell = &self.0;
        // Moves on to the end of the list, which another thread may extend meanwhile.
        while let Err(rejected) = cell.set(node) {
            node = rejected;
            if let Some(existing) = cell.get() {
                cell = &existing.next;
            }
        }
    }

    /// Returns the entries in their order.
    pub(in crate::sim) fn iter(&self) -> impl Iterator<Item = &T> {
        iter::successors(self.0.get(), |node| node.next.get()).map(|node| &node.entry)
    }
}
