//! What can be asked, and what is answered.

use std::sync::Arc;

use jiff::Timestamp;

use crate::api::{Client, Error};
use crate::model::{
    Binary, Events, Group, GroupId, Known, Lineage, Md5, Page, Process, ProcessId, Search, Segment,
    SegmentInfo, Sensor, SensorId, ServerInfo, Span, Summary,
};

/// A page of processes as it is kept and shown: rows are shared, not copied.
pub type Rows = Page<Arc<Process>>;

/// What to fetch. Equal fetches have equal answers, so a fetch is its own cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// What the server says of itself.
    Info,
    /// Part of a process search.
    Page {
        /// The question.
        search: Arc<Search>,
        /// Which rows.
        span: Span,
    },
    /// A process with its relatives.
    Summary {
        /// Which process.
        id: ProcessId,
        /// How many children to list.
        children: u32,
    },
    /// A process with its ancestors. Answered as soon as more than `known` ancestors are known, or when the chain has
    /// ended: who shows a chain asks again until it has.
    Lineage {
        /// Which process.
        id: ProcessId,
        /// How many ancestors the asker has already.
        known: usize,
    },
    /// One sensor.
    Sensor(SensorId),
    /// One sensor group.
    Group(GroupId),
    /// One binary.
    Binary(Md5),
    /// Which segments the events of a process are stored in.
    Segments(ProcessId),
    /// The events of one segment of a process.
    Events {
        /// Which process.
        id: ProcessId,
        /// Which segment.
        segment: Segment,
    },
}

/// What came back. Cheap to clone: the cache keeps one, the screen another.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each answers the fetch of its name")]
pub enum Answer {
    Info(Known<ServerInfo>),
    Page(Known<Rows>),
    Summary(Known<Summary>),
    Lineage(Known<Lineage>),
    Sensor(Known<Sensor>),
    Group(Known<Group>),
    Binary(Known<Binary>),
    Segments(Known<Vec<SegmentInfo>>),
    Events(Known<Events>),
}

impl Fetch {
    /// The summary that a walk asks for: the parent comes with it, so one request yields two ancestors.
    pub fn summary(id: ProcessId) -> Self {
        /// The server's own default; asking for the same number makes all summaries one cache entry.
        const CHILDREN: u32 = 15;
        Self::Summary {
            id,
            children: CHILDREN,
        }
    }

    /// Whether an answer to `other` is also about what this asks for.
    pub fn is_same_question(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lineage { id, .. }, Self::Lineage { id: other, .. }) => id == other,
            _ => self == other,
        }
    }

    /// Asks the server.
    pub(super) async fn answer(&self, client: &Client) -> Result<Answer, Error> {
        let at = |client: &Client| client.clock().now();
        Ok(match self {
            Self::Info => Answer::Info(known(client.info().await?, at(client))),
            Self::Page { search, span } => {
                let page = client.processes(search, *span).await?;
                Answer::Page(known(page.map(Arc::new), at(client)))
            }
            Self::Summary { id, children } => {
                Answer::Summary(known(client.summary(*id, *children).await?, at(client)))
            }
            Self::Sensor(id) => Answer::Sensor(known(client.sensor(*id).await?, at(client))),
            Self::Group(id) => Answer::Group(known(client.group(*id).await?, at(client))),
            Self::Binary(md5) => Answer::Binary(known(client.binary(*md5).await?, at(client))),
            Self::Segments(id) => Answer::Segments(known(client.segments(*id).await?, at(client))),
            Self::Events { id, segment } => {
                Answer::Events(known(client.events(*id, *segment).await?, at(client)))
            }
            // Walks are made of summaries; the reader never sends one.
            Self::Lineage { .. } => return Err(Error::Internal),
        })
    }
}

impl Answer {
    /// When the server said so.
    pub fn as_of(&self) -> Timestamp {
        match self {
            Self::Info(known) => known.as_of,
            Self::Page(known) => known.as_of,
            Self::Summary(known) => known.as_of,
            Self::Lineage(known) => known.as_of,
            Self::Sensor(known) => known.as_of,
            Self::Group(known) => known.as_of,
            Self::Binary(known) => known.as_of,
            Self::Segments(known) => known.as_of,
            Self::Events(known) => known.as_of,
        }
    }

    /// The same answer, marked as one that cost no request.
    pub(super) fn without_request(mut self) -> Self {
        let mark = match &mut self {
            Self::Info(known) => &mut known.from_cache,
            Self::Page(known) => &mut known.from_cache,
            Self::Summary(known) => &mut known.from_cache,
            Self::Lineage(known) => &mut known.from_cache,
            Self::Sensor(known) => &mut known.from_cache,
            Self::Group(known) => &mut known.from_cache,
            Self::Binary(known) => &mut known.from_cache,
            Self::Segments(known) => &mut known.from_cache,
            Self::Events(known) => &mut known.from_cache,
        };
        *mark = true;
        self
    }

    /// What it weighs in memory, in bytes, by estimate.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Info(known) => 512 + known.value.document.len(),
            Self::Page(known) => {
                128 + known
                    .value
                    .rows
                    .iter()
                    .map(|row| process_weight(row))
                    .sum::<usize>()
            }
            Self::Summary(known) => {
                let summary = &known.value;
                let relatives = summary
                    .parent
                    .iter()
                    .chain(&summary.children)
                    .chain(&summary.siblings);
                process_weight(&summary.process) + relatives.map(process_weight).sum::<usize>()
            }
            Self::Lineage(_) => 0,
            Self::Sensor(known) => 1024 + known.value.document.len(),
            Self::Group(known) => 512 + known.value.document.len(),
            Self::Binary(known) => 1024 + known.value.document.len(),
            Self::Segments(known) => 128 + size_of::<SegmentInfo>() * known.value.len(),
            Self::Events(known) => known.value.weight(),
        }
    }
}

impl From<Known<Lineage>> for Answer {
    fn from(known: Known<Lineage>) -> Self {
        Self::Lineage(known)
    }
}

/// The struct, the record, and the strings taken out of it.
pub(super) fn process_weight(process: &Process) -> usize {
    size_of::<Process>()
        + process.document.len()
        + process.cmdline.raw().len()
        + process.path.raw().len()
        + 256
}

fn known<T>(value: T, as_of: Timestamp) -> Known<T> {
    Known {
        value: Arc::new(value),
        as_of,
        from_cache: false,
    }
}
