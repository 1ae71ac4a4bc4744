//! The parent chain of a process.

use std::sync::Arc;

use super::{Process, ProcessId};

/// A process and its ancestors as far as the server knows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// The process itself.
    pub subject: Arc<Process>,
    /// Its ancestors, the parent first, the oldest last.
    pub ancestors: Vec<Arc<Process>>,
    /// Why the chain ends where it ends.
    pub top: Top,
}

/// Why a parent chain goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Top {
    /// More ancestors are on their way.
    Walking,
    /// The oldest process has no parent.
    Root,
    /// The oldest process has a parent that its sensor did not see.
    Unknown,
    /// The server does not have the document of this parent.
    NotRecorded(ProcessId),
    /// This parent was hidden by the sensor's filtering level.
    Suppressed(ProcessId),
    /// This parent is already in the chain.
    Loop(ProcessId),
    /// The limit of ancestors was reached.
    TooDeep(usize),
}

impl Lineage {
    /// Whether more ancestors are on their way.
    pub fn is_walking(&self) -> bool {
        self.top == Top::Walking
    }

    /// Whether this is the same chain as `other`, and longer.
    pub fn extends(&self, other: &Self) -> bool {
        let ids = |lineage: &Self| -> Vec<_> {
            let processes = [&lineage.subject].into_iter().chain(&lineage.ancestors);
            processes.map(|process| process.id).collect()
        };
        self.ancestors.len() > other.ancestors.len() && ids(self).starts_with(&ids(other))
    }

    /// The same chain with at most `depth` ancestors.
    #[must_use]
    pub fn truncate_ancestors(mut self, depth: usize) -> Self {
        // One that would go on is cut as well: nobody asks for the rest.
        if self.ancestors.len() > depth || self.ancestors.len() == depth && self.is_walking() {
            self.ancestors.truncate(depth);
            self.top = Top::TooDeep(depth);
        }
        self
    }
}
