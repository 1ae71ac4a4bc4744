//! A walk along the parents of a process, one known-or-fetched document at a time.

use std::sync::Arc;

use super::cache::Cache;
use crate::model::{Fetched, Lineage, ProcessId, Top};

/// No chain is longer: deeper ones are damaged data, and the official client stops here too (reference 4.9).
const MAX_DEPTH: usize = 500;

/// A walk under way.
#[derive(Debug)]
pub(super) struct LineageWalk {
    pub(super) subject: ProcessId,
    n_known_ancestors: usize,
}

/// What a walk comes to.
pub(super) enum WalkStep {
    /// More than was known before, or the end of the chain.
    Done(Fetched<Lineage>),
    /// The document of this process must be here before the walk goes on.
    Need(ProcessId),
}

impl LineageWalk {
    pub(super) fn new(subject: ProcessId, known: usize) -> Self {
        Self { subject, n_known_ancestors: known }
    }

    /// Goes as far as the cache knows.
    pub(super) fn step(&self, cache: &mut Cache) -> WalkStep {
        let Some(subject) = cache.document(self.subject) else {
            return WalkStep::Need(self.subject);
        };
        let mut as_of = subject.as_of;
        let mut ancestors = Vec::new();
        let mut seen = vec![self.subject];
        let mut child = subject.clone();
        let top = loop {
            // Process 0 is where every system begins, whatever stub the server invents for its parent.
            if child.process.pid == Some(0) {
                break Top::Root;
            }
            let parent = match child.process.parent {
                Some(parent) if parent.is_unknown() => break Top::Unknown,
                Some(parent) => parent,
                None if child.is_complete => break Top::Root,
                // A row may lack its parent; the summary knows better. One that is absent has only the row.
                None if cache.is_absent(child.process.id) => break Top::Unknown,
                None if self.has_progress(&ancestors) => break Top::Walking,
                None => return WalkStep::Need(child.process.id),
            };
            if seen.contains(&parent) {
                break Top::Loop(parent);
            }
            if ancestors.len() >= MAX_DEPTH {
                break Top::TooDeep(MAX_DEPTH);
            }
            match cache.document(parent) {
                Some(known) if known.process.is_suppressed => break Top::Suppressed(parent),
                Some(known) if known.process.is_stub() => break Top::Unknown,
                Some(known) => {
                    as_of = as_of.min(known.as_of);
                    seen.push(parent);
                    ancestors.push(known.process.clone());
                    child = known;
                }
                None if cache.is_absent(parent) => break Top::NotRecorded(parent),
                None if self.has_progress(&ancestors) => break Top::Walking,
                None => return WalkStep::Need(parent),
            }
        };
        let lineage = Lineage { subject: subject.process, ancestors, top };
        WalkStep::Done(Fetched { value: Arc::new(lineage), as_of, from_cache: true })
    }

    /// Whether there is news to tell before the next request is made.
    fn has_progress<T>(&self, ancestors: &[T]) -> bool {
        ancestors.len() > self.n_known_ancestors
    }
}
