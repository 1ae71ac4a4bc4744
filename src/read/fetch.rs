//! What can be asked, and what is answered.

use std::sync::Arc;

use futures::TryStreamExt;
use jiff::Timestamp;

use super::{head, pages::pages, queue};
use crate::api::{Client, Error};
use crate::model::{
    Alert, Ban, Binary, Events, FacetValue, Facets, Group, GroupId, Head, HostCount, Isolation,
    Known, Lineage, Md5, Page, Prevalence, Process, ProcessId, Queue, Search, Segment, SegmentInfo,
    Sensor, SensorId, ServerInfo, Span, Summary,
};

/// A page of processes as it is kept and shown: rows are shared, not copied.
pub type Rows = Page<Arc<Process>>;

/// A page of alerts, kept and shown in the same way.
pub type AlertRows = Page<Arc<Alert>>;

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
    /// All sensor groups that the token's user may see.
    Groups,
    /// One binary.
    Binary(Md5),
    /// How often each value of some fields occurs in a process search; see [`Fetch::facets`].
    Facets {
        /// The question.
        search: Arc<Search>,
        /// The fields; none for those that the server counts by itself.
        fields: Arc<[String]>,
    },
    /// How common a file is.
    Prevalence(Md5),
    /// Part of an alert search.
    Alerts {
        /// The question; of a search its query and its order count.
        search: Arc<Search>,
        /// Which rows.
        span: Span,
    },
    /// All alerts of a search, reduced to what tells which belong together.
    Queue {
        /// The question.
        search: Arc<Search>,
    },
    /// How often each value of some fields occurs in an alert search.
    AlertFacets {
        /// The query.
        query: Arc<str>,
        /// The fields.
        fields: Arc<[String]>,
    },
    /// Part of a binary search.
    Binaries {
        /// The question.
        search: Arc<Search>,
        /// Which rows.
        span: Span,
    },
    /// All bans, in force and lifted.
    Bans,
    /// The sensors whose hosts are isolated, or are to be; all of them are looked at.
    Isolated,
    /// Which segments the events of a process are stored in.
    Segments(ProcessId),
    /// The events of one segment of a process.
    Events {
        /// Which process.
        id: ProcessId,
        /// Which segment.
        segment: Segment,
    },
    /// The first bytes of a file.
    Head {
        /// Which file.
        md5: Md5,
        /// How many bytes.
        bytes: usize,
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
    Groups(Known<Vec<Group>>),
    Binary(Known<Binary>),
    Facets(Known<Facets>),
    Prevalence(Known<Prevalence>),
    Alerts(Known<AlertRows>),
    Queue(Known<Queue>),
    Segments(Known<Vec<SegmentInfo>>),
    Events(Known<Events>),
    Binaries(Known<Page<Arc<Binary>>>),
    Bans(Known<Page<Arc<Ban>>>),
    Isolated(Known<Page<Arc<Sensor>>>),
    Head(Known<Head>),
}

impl Fetch {
    /// The facets of a search, whatever its order and its grouping: segments are counted either way, so that one answer
    /// serves them all.
    pub fn facets(search: &Search, fields: impl Into<Arc<[String]>>) -> Self {
        let search = Search {
            sort: None,
            group_by: None,
            ..search.clone()
        };
        Self::Facets {
            search: Arc::new(search),
            fields: fields.into(),
        }
    }

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
            (Self::Lineage { id, .. }, Self::Lineage { id: other, .. })
            | (Self::Summary { id, .. }, Self::Summary { id: other, .. }) => id == other,
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
            Self::Groups => Answer::Groups(known(client.groups().await?, at(client))),
            Self::Binary(md5) => Answer::Binary(known(client.binary(*md5).await?, at(client))),
            Self::Facets { search, fields } => {
                let facets = client.facets(search, fields).await?;
                Answer::Facets(known(facets, at(client)))
            }
            Self::Prevalence(md5) => {
                Answer::Prevalence(known(client.prevalence(*md5).await?, at(client)))
            }
            Self::Alerts { search, span } => {
                let page = client.alerts(search, *span).await?;
                Answer::Alerts(known(page.map(Arc::new), at(client)))
            }
            Self::Queue { search } => {
                Answer::Queue(known(queue::whole(client, search).await?, at(client)))
            }
            Self::AlertFacets { query, fields } => {
                let facets = client.alert_facets(query, fields).await?;
                Answer::Facets(known(facets, at(client)))
            }
            Self::Segments(id) => Answer::Segments(known(client.segments(*id).await?, at(client))),
            Self::Events { id, segment } => {
                Answer::Events(known(client.events(*id, *segment).await?, at(client)))
            }
            Self::Binaries { search, span } => {
                let page = client.binaries(search, *span).await?;
                Answer::Binaries(known(page.map(Arc::new), at(client)))
            }
            Self::Bans => {
                let page = client.bans().await?;
                Answer::Bans(known(page.map(Arc::new), at(client)))
            }
            Self::Isolated => {
                let all = pages::<Sensor>(client, Search::default(), None);
                let all: Vec<_> = all.try_collect().await?;
                let rows = all.into_iter().flat_map(|page| page.rows);
                let rows = rows.filter(|sensor| {
                    !matches!(sensor.isolation(), Isolation::No | Isolation::Unknown)
                });
                let rows: Vec<_> = rows.map(Arc::new).collect();
                Answer::Isolated(known(Page::from(rows), at(client)))
            }
            Self::Head { md5, bytes } => {
                let head = head::head(client, *md5, *bytes).await?;
                Answer::Head(known(head, at(client)))
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
            Self::Groups(known) => known.as_of,
            Self::Binary(known) => known.as_of,
            Self::Facets(known) => known.as_of,
            Self::Prevalence(known) => known.as_of,
            Self::Alerts(known) => known.as_of,
            Self::Queue(known) => known.as_of,
            Self::Segments(known) => known.as_of,
            Self::Events(known) => known.as_of,
            Self::Binaries(known) => known.as_of,
            Self::Bans(known) => known.as_of,
            Self::Isolated(known) => known.as_of,
            Self::Head(known) => known.as_of,
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
            Self::Groups(known) => &mut known.from_cache,
            Self::Binary(known) => &mut known.from_cache,
            Self::Facets(known) => &mut known.from_cache,
            Self::Prevalence(known) => &mut known.from_cache,
            Self::Alerts(known) => &mut known.from_cache,
            Self::Queue(known) => &mut known.from_cache,
            Self::Segments(known) => &mut known.from_cache,
            Self::Events(known) => &mut known.from_cache,
            Self::Binaries(known) => &mut known.from_cache,
            Self::Bans(known) => &mut known.from_cache,
            Self::Isolated(known) => &mut known.from_cache,
            Self::Head(known) => &mut known.from_cache,
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
            Self::Sensor(known) => sensor_weight(&known.value),
            Self::Isolated(known) => {
                let rows = known.value.rows.iter();
                128 + rows.map(|row| sensor_weight(row)).sum::<usize>()
            }
            Self::Group(known) => group_weight(&known.value),
            Self::Groups(known) => known.value.iter().map(group_weight).sum(),
            Self::Facets(known) => {
                let values = known.value.facets.iter().flat_map(|facet| &facet.values);
                256 + values.map(value_weight).sum::<usize>()
            }
            // The names are there twice: in the record and out of it.
            Self::Prevalence(known) => {
                let hosts = known.value.hostnames.len() * size_of::<HostCount>();
                512 + hosts + 2 * known.value.document.len()
            }
            Self::Alerts(known) => {
                let rows = known.value.rows.iter();
                // An alert has nearly all of its texts twice: as they came, and taken out.
                128 + rows
                    .map(|row| size_of::<Alert>() + 2 * row.document.len())
                    .sum::<usize>()
            }
            Self::Queue(known) => known.value.weight(),
            Self::Segments(known) => 128 + size_of::<SegmentInfo>() * known.value.len(),
            Self::Events(known) => known.value.weight(),
            Self::Binary(known) => binary_weight(&known.value),
            Self::Binaries(known) => {
                let rows = known.value.rows.iter();
                128 + rows.map(|row| binary_weight(row)).sum::<usize>()
            }
            Self::Bans(known) => {
                let rows = known.value.rows.iter();
                128 + rows
                    .map(|row| size_of::<Ban>() + 2 * row.document.len())
                    .sum::<usize>()
            }
            Self::Head(known) => 128 + known.value.bytes.len(),
        }
    }
}

impl From<Known<Lineage>> for Answer {
    fn from(known: Known<Lineage>) -> Self {
        Self::Lineage(known)
    }
}

fn value_weight(value: &FacetValue) -> usize {
    size_of::<FacetValue>() + value.document.len() + value.name.raw().len()
}

/// The struct, the record, and the strings taken out of it.
pub(super) fn process_weight(process: &Process) -> usize {
    size_of::<Process>()
        + process.document.len()
        + process.cmdline.raw().len()
        + process.path.raw().len()
        + 256
}

fn group_weight(group: &Group) -> usize {
    512 + group.document.len()
}

fn sensor_weight(sensor: &Sensor) -> usize {
    1024 + sensor.document.len()
}

/// The struct, the record, and about as much again for what was taken out of it: paths and hosts may be thousands.
fn binary_weight(binary: &Binary) -> usize {
    size_of::<Binary>() + 2 * binary.document.len()
}

fn known<T>(value: T, as_of: Timestamp) -> Known<T> {
    Known {
        value: Arc::new(value),
        as_of,
        from_cache: false,
    }
}
