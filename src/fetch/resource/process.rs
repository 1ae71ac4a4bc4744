//! Processes: rows of a search, a process with its relatives, its parent chain, its events, and counts of field values.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{HeapSize, Lifetime, Resource};
use crate::api::{Client, Error};
use crate::model::{
    EventBatch, FacetValue, Facets, Fetched, Lineage, Page, Process, ProcessId, Search, Segment, SegmentInfo, Span,
    Summary,
};

/// A page of processes; cache and screen share the rows.
pub type Rows = Page<Arc<Process>>;

/// Rows of a process search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProcessesFetch {
    pub search: Arc<Search>,
    pub span: Span,
}

impl Resource for ProcessesFetch {
    type Value = Rows;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Rows, Error> {
        Ok(client.processes(&self.search, self.span).await?.map(Arc::new))
    }
}

/// A process with its relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SummaryFetch {
    pub id: ProcessId,
    /// Maximum number of children.
    pub children: u32,
}

impl SummaryFetch {
    /// Returns the question as walks along parents use it: its answer includes the parent, so one request yields two
    /// ancestors.
    pub fn new(id: ProcessId) -> Self {
        /// The server's default; a fixed number makes all summaries one cache entry.
        const CHILDREN: u32 = 15;
        Self { id, children: CHILDREN }
    }
}

impl Resource for SummaryFetch {
    type Value = Summary;

    const LIFETIME: Lifetime = Lifetime::Running;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Summary, Error> {
        client.summary(self.id, self.children).await
    }

    fn lifetime(&self, answer: &Fetched<Summary>) -> Lifetime {
        if has_ended(&answer.value.process) { Lifetime::Unlimited } else { Self::LIFETIME }
    }

    fn covers_same_subject(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// A process with its ancestors. Answered as soon as more than `n_known_ancestors` are known or the chain has ended;
/// repeated by the requester until it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineageFetch {
    pub id: ProcessId,
    /// Number of ancestors that the requester already has.
    pub n_known_ancestors: usize,
}

impl LineageFetch {
    /// Returns the question for the beginning of a chain.
    pub fn new(id: ProcessId) -> Self {
        Self { id, n_known_ancestors: 0 }
    }
}

impl Resource for LineageFetch {
    type Value = Lineage;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    /// A walk requests summaries; the fetcher never sends this one.
    async fn request(&self, _client: &Client) -> Result<Lineage, Error> {
        Err(Error::Internal)
    }

    fn covers_same_subject(&self, other: &Self) -> bool {
        self.id == other.id
    }

    fn refresh_question(&self) -> Self {
        Self::new(self.id)
    }
}

/// How often each value of some fields occurs in a process search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FacetsFetch {
    pub search: Arc<Search>,
    /// The fields; empty for those that the server counts by default.
    pub fields: Arc<[String]>,
}

impl FacetsFetch {
    /// Returns the question for the facets of a search. Order and grouping are dropped, since segments are counted
    /// either way, so that one answer serves all of them.
    pub fn new(search: &Search, fields: impl Into<Arc<[String]>>) -> Self {
        let search = Search { sort: None, group_by: None, ..search.clone() };
        Self { search: Arc::new(search), fields: fields.into() }
    }
}

impl Resource for FacetsFetch {
    type Value = Facets;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Facets, Error> {
        client.facets(&self.search, &self.fields).await
    }
}

/// The segments in which the events of a process are stored, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentsFetch(pub ProcessId);

impl Resource for SegmentsFetch {
    type Value = Vec<SegmentInfo>;

    const LIFETIME: Lifetime = Lifetime::Running;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        client.segments(self.0).await
    }
}

/// The events of one segment of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventsFetch {
    pub id: ProcessId,
    pub segment: Segment,
}

impl Resource for EventsFetch {
    type Value = EventBatch;

    const LIFETIME: Lifetime = Lifetime::Running;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<EventBatch, Error> {
        client.events(self.id, self.segment).await
    }

    fn lifetime(&self, answer: &Fetched<EventBatch>) -> Lifetime {
        if may_grow(self.segment, &answer.value, answer.as_of) { Self::LIFETIME } else { Lifetime::Unlimited }
    }
}

/// Returns whether a segment may get more events. Those of an ended process may not, nor those whose arrival time is
/// long enough before the answer.
fn may_grow(segment: Segment, events: &EventBatch, as_of: Timestamp) -> bool {
    /// Batches are written at once; this allows for servers that lag and clocks that differ.
    const MAX_WRITE_TIME: SignedDuration = SignedDuration::from_mins(15);
    if events.process.as_ref().is_some_and(has_ended) {
        return false;
    }
    let age = segment.arrival_time().map(|arrival| as_of.duration_since(arrival));
    age.is_none_or(|age| age < MAX_WRITE_TIME)
}

fn has_ended(process: &Process) -> bool {
    process.terminated == Some(true)
}

impl HeapSize for Process {
    /// The struct, its record, and its parsed strings.
    fn heap_size(&self) -> usize {
        size_of::<Self>() + self.document.len() + self.cmdline.raw().len() + self.path.raw().len() + 256
    }
}

impl HeapSize for Summary {
    fn heap_size(&self) -> usize {
        let relatives = self.parent.iter().chain(&self.children).chain(&self.siblings);
        self.process.heap_size() + relatives.map(Process::heap_size).sum::<usize>()
    }
}

impl HeapSize for Lineage {
    /// A chain is never cached; its documents are.
    fn heap_size(&self) -> usize {
        0
    }
}

impl HeapSize for Facets {
    fn heap_size(&self) -> usize {
        let value_size = |value: &FacetValue| size_of_val(value) + value.document.len() + value.name.raw().len();
        256 + self.facets.iter().flat_map(|facet| &facet.values).map(value_size).sum::<usize>()
    }
}

impl HeapSize for Vec<SegmentInfo> {
    fn heap_size(&self) -> usize {
        128 + size_of::<SegmentInfo>() * self.len()
    }
}

impl HeapSize for EventBatch {
    fn heap_size(&self) -> usize {
        Self::heap_size(self)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_completed_batch_never_expires() {
        let arrived: Timestamp = "2021-03-04T10:15:45.678Z".parse().unwrap();
        let segment = Segment(1_614_852_945_678);
        let may_grow_after = |seconds| {
            let as_of = arrived.checked_add(Duration::from_secs(seconds)).unwrap();
            may_grow(segment, &EventBatch::default(), as_of)
        };
        assert_eq!([may_grow_after(0), may_grow_after(15 * 60 - 1), may_grow_after(15 * 60)], [true, true, false]);
    }
}
