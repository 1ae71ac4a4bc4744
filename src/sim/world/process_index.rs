//! Which processes of the stories started from a process, or reached into it, found by its number.

use std::collections::HashMap;

use super::scenario::{Parent, ScriptedProcess};

/// What the stories have to do with a process.
#[derive(Debug, Default)]
pub(super) struct Index {
    children: HashMap<u32, Vec<u32>>,
    crossings: HashMap<u32, u64>,
}

impl Index {
    /// The index of the told processes, of which the first has the number `first`.
    pub(super) fn new(told: &[ScriptedProcess], first: u32) -> Self {
        let mut index = Self::default();
        for (process, number) in told.iter().zip(first..) {
            if let Parent::Number(parent) = process.parent {
                index.children.entry(parent).or_default().push(number);
            }
            for crossing in &process.crossings {
                *index.crossings.entry(crossing.target).or_default() += 1;
            }
        }
        index
    }

    /// The told processes that a process started, in the order of their numbers.
    pub(super) fn children(&self, parent: u32) -> &[u32] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// How often told processes reached into a process.
    pub(super) fn crossings(&self, target: u32) -> u64 {
        self.crossings.get(&target).copied().unwrap_or(0)
    }
}
