//! The parent chain of a process.

use std::sync::Arc;

use super::{Process, ProcessId};

/// A process and its ancestors, as far as the server has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    pub subject: Arc<Process>,
    /// From the parent to the oldest.
    pub ancestors: Vec<Arc<Process>>,
    /// Why the chain ends.
    pub top: Top,
}

/// Why a parent chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Top {
    /// Further ancestors are being fetched.
    Walking,
    /// The oldest process has no parent.
    Root,
    /// The parent of the oldest process was not seen by the sensor.
    Unknown,
    /// The server does not have the document of this parent.
    NotRecorded(ProcessId),
    /// This parent was suppressed by the sensor's filter.
    Suppressed(ProcessId),
    /// This parent is already in the chain.
    Loop(ProcessId),
    /// The maximum number of ancestors was reached.
    TooDeep(usize),
}

impl Lineage {
    /// Returns whether further ancestors are being fetched.
    pub fn is_walking(&self) -> bool {
        self.top == Top::Walking
    }

    /// Returns whether `other` is the beginning of this chain.
    pub fn extends(&self, other: &Self) -> bool {
        let ids = |lineage: &Self| -> Vec<_> {
            let processes = [&lineage.subject].into_iter().chain(&lineage.ancestors);
            processes.map(|process| process.id).collect()
        };
        self.ancestors.len() > other.ancestors.len() && ids(self).starts_with(&ids(other))
    }

    /// Truncates the chain to `depth` ancestors.
    #[must_use]
    pub fn truncate_ancestors(mut self, depth: usize) -> Self {
        // A chain that is still being walked ends here as well, since the rest is not fetched.
        if self.ancestors.len() > depth || self.ancestors.len() == depth && self.is_walking() {
            self.ancestors.truncate(depth);
            self.top = Top::TooDeep(depth);
        }
        self
    }
}
