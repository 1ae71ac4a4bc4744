//! A walk along the parents of a process, one cached or fetched document at a time.

use std::sync::Arc;

use super::{cache::Cache, resource::LineageFetch};
use crate::model::{Fetched, Lineage, ProcessId, Top};

/// Maximum length of a chain: deeper ones are damaged data, and the official client stops here too (API reference 4.9).
const MAX_DEPTH: usize = 500;

/// A walk in progress.
#[derive(Debug)]
pub(super) struct LineageWalk(LineageFetch);

/// The result of advancing a walk.
pub(super) enum WalkStep {
    /// More ancestors than before, or the end of the chain.
    Done(Fetched<Lineage>),
    /// The walk needs the document of a process to continue.
    Need {
        id: ProcessId,
        /// The process that names it as its parent in the row of a search; its summary has not been fetched.
        child: Option<ProcessId>,
    },
}

impl LineageWalk {
    pub(super) fn new(question: LineageFetch) -> Self {
        Self(question)
    }

    /// Returns the process whose ancestors are walked.
    pub(super) fn subject(&self) -> ProcessId {
        self.0.id
    }

    /// Advances as far as the cache allows.
    pub(super) fn step(&self, cache: &mut Cache) -> WalkStep {
        let Some(subject) = cache.document(self.subject()) else {
            return WalkStep::Need { id: self.subject(), child: None };
        };
        let mut as_of = subject.as_of;
        let mut ancestors = Vec::new();
        let mut seen = vec![self.subject()];
        let mut child = subject.clone();
        let top = loop {
            // Process 0 is the root of every system; any parent that the server reports for it is an invented stub.
            if child.process.pid == Some(0) {
                break Top::Root;
            }
            let parent = match child.process.parent {
                Some(parent) if parent.is_unknown() => break Top::Unknown,
                Some(parent) => parent,
                None if child.is_complete => break Top::Root,
                // A row may lack its parent, in which case the summary is needed. If the server has no summary, the
                // parent is unknown.
                None if cache.is_absent(child.process.id) => break Top::Unknown,
                None if self.has_progress(&ancestors) => break Top::Walking,
                None => return WalkStep::Need { id: child.process.id, child: None },
            };
            if seen.contains(&parent) {
                break Top::Loop(parent);
            }
            if ancestors.len() >= MAX_DEPTH {
                break Top::TooDeep(MAX_DEPTH);
            }
            match cache.document(parent) {
                Some(document) if document.process.is_suppressed => break Top::Suppressed(parent),
                Some(document) if document.process.is_stub() => break Top::Unknown,
                Some(document) => {
                    as_of = as_of.min(document.as_of);
                    seen.push(parent);
                    ancestors.push(document.process.clone());
                    child = document;
                }
                None if cache.is_absent(parent) => break Top::NotRecorded(parent),
                None if self.has_progress(&ancestors) => break Top::Walking,
                None => {
                    let child = (!child.is_complete).then_some(child.process.id);
                    return WalkStep::Need { id: parent, child };
                }
            }
        };
        let lineage = Lineage { subject: subject.process, ancestors, top };
        WalkStep::Done(Fetched { value: Arc::new(lineage), as_of, from_cache: true })
    }

    /// Returns whether there are more ancestors than the requester has, so that the walk reports them before the next
    /// request.
    fn has_progress<T>(&self, ancestors: &[T]) -> bool {
        ancestors.len() > self.0.n_known_ancestors
    }
}
