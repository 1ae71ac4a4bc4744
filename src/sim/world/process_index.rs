//! Index of the children and cross-process events that scenario processes add to each process.

use std::collections::HashMap;

use super::scenario::{Parent, ScriptedProcess};

/// Scenario children and cross-process events, by the number of the process they belong to.
#[derive(Debug, Default)]
pub(super) struct ProcessIndex {
    children: HashMap<u32, Vec<u32>>,
    crossings: HashMap<u32, u64>,
}

impl ProcessIndex {
    /// Builds the index of `scenario`, whose processes are numbered from `first`.
    pub(super) fn new(scenario: &[ScriptedProcess], first: u32) -> Self {
        let mut index = Self::default();
        for (process, number) in scenario.iter().zip(first..) {
            if let Parent::Number(parent) = process.parent {
                index.children.entry(parent).or_default().push(number);
            }
            for crossing in &process.crossings {
                *index.crossings.entry(crossing.target).or_default() += 1;
            }
        }
        index
    }

    /// Returns the scenario processes started by `parent`, in the order of their numbers.
    pub(super) fn children(&self, parent: u32) -> &[u32] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// Returns how often scenario processes opened the process `target`.
    pub(super) fn crossings(&self, target: u32) -> u64 {
        self.crossings.get(&target).copied().unwrap_or(0)
    }
}
