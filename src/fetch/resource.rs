//! What can be asked, and what is answered.

use std::{collections::HashSet, pin::pin, sync::Arc};

use futures::TryStreamExt;
use jiff::Timestamp;

use super::{Answer, alert_digest, file_head, pages::pages};
use crate::api::{Client, Error};
use crate::model::{
    Corpus, Fetched, GroupId, IsolatedSensor, Isolation, Md5, Page, ProcessId, ReportId, Search, Segment, Sensor,
    SensorFilter, SensorId, Span, WatchlistId,
};

/// What to fetch. Equal fetches have equal answers, so a fetch is its own cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// What the server says of itself.
    ServerInfo,
    /// Part of a process search.
    Processes {
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
        n_known_ancestors: usize,
    },
    /// One sensor.
    Sensor(SensorId),
    /// One sensor group.
    SensorGroup(GroupId),
    /// All sensor groups that the token's user may see.
    SensorGroups,
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
    AlertDigest {
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
    IsolatedSensors,
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
    FileHead {
        /// Which file.
        md5: Md5,
        /// How many bytes.
        bytes: usize,
    },
    /// Part of the list of sensors.
    Sensors {
        /// Which of them.
        filter: SensorFilter,
        /// Which rows.
        span: Span,
    },
    /// All watchlists.
    Watchlists,
    /// What a watchlist sets off.
    WatchActions(WatchlistId),
    /// All feeds.
    Feeds,
    /// Part of a search of threat reports.
    Reports {
        /// The question; of a search its query and its order count.
        search: Arc<Search>,
        /// Which rows.
        span: Span,
    },
    /// One threat report, with all that it looks for.
    Report(ReportId),
    /// All users.
    Users,
    /// All teams.
    Teams,
    /// All sites.
    Sites,
    /// What the server is licensed for.
    License,
    /// The parts of the store of events.
    Partitions,
    /// How much a query finds.
    Count {
        /// Of what.
        corpus: Corpus,
        /// The query.
        query: String,
    },
}

impl Fetch {
    /// The facets of a search, whatever its order and its grouping: segments are counted either way, so that one answer
    /// serves them all.
    pub fn facets(search: &Search, fields: impl Into<Arc<[String]>>) -> Self {
        let search = Search { sort: None, group_by: None, ..search.clone() };
        Self::Facets { search: Arc::new(search), fields: fields.into() }
    }

    /// The summary that a walk asks for: the parent comes with it, so one request yields two ancestors.
    pub fn summary(id: ProcessId) -> Self {
        /// The server's own default; asking for the same number makes all summaries one cache entry.
        const CHILDREN: u32 = 15;
        Self::Summary { id, children: CHILDREN }
    }

    /// Whether an answer to `other` is also about what this asks for.
    pub fn covers_same_request(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lineage { id, .. }, Self::Lineage { id: other, .. })
            | (Self::Summary { id, .. }, Self::Summary { id: other, .. }) => id == other,
            _ => self == other,
        }
    }

    /// Whether a deed may change what the server answers. What hosts did, and what they did it with, stays as it is.
    pub(super) fn is_affected_by_changes(&self) -> bool {
        match self {
            Self::ServerInfo
            | Self::Processes { .. }
            | Self::Summary { .. }
            | Self::Lineage { .. }
            | Self::Binary(_)
            | Self::Facets { .. }
            | Self::Prevalence(_)
            | Self::Binaries { .. }
            | Self::Segments(_)
            | Self::Events { .. }
            | Self::FileHead { .. } => false,
            Self::Sensor(_)
            | Self::SensorGroup(_)
            | Self::SensorGroups
            | Self::Alerts { .. }
            | Self::AlertDigest { .. }
            | Self::AlertFacets { .. }
            | Self::Bans
            | Self::IsolatedSensors
            | Self::Sensors { .. }
            | Self::Watchlists
            | Self::WatchActions(_)
            | Self::Feeds
            | Self::Reports { .. }
            | Self::Report(_)
            | Self::Users
            | Self::Teams
            | Self::Sites
            | Self::License
            | Self::Partitions
            | Self::Count { .. } => true,
        }
    }

    /// Asks the server.
    pub(super) async fn request(&self, client: &Client) -> Result<Answer, Error> {
        let at = |client: &Client| client.clock().now();
        Ok(match self {
            Self::ServerInfo => Answer::ServerInfo(with_answer_time(client.info().await?, at(client))),
            Self::Processes { search, span } => {
                let page = client.processes(search, *span).await?;
                Answer::Processes(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Summary { id, children } => {
                Answer::Summary(with_answer_time(client.summary(*id, *children).await?, at(client)))
            }
            Self::Sensor(id) => Answer::Sensor(with_answer_time(client.sensor(*id).await?, at(client))),
            Self::SensorGroup(id) => Answer::SensorGroup(with_answer_time(client.group(*id).await?, at(client))),
            Self::SensorGroups => {
                let page = client.groups().await?;
                Answer::SensorGroups(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Binary(md5) => Answer::Binary(with_answer_time(client.binary(*md5).await?, at(client))),
            Self::Facets { search, fields } => {
                let facets = client.facets(search, fields).await?;
                Answer::Facets(with_answer_time(facets, at(client)))
            }
            Self::Prevalence(md5) => Answer::Prevalence(with_answer_time(client.prevalence(*md5).await?, at(client))),
            Self::Alerts { search, span } => {
                let page = client.alerts(search, *span).await?;
                Answer::Alerts(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::AlertDigest { search } => Answer::AlertDigest(with_answer_time(
                alert_digest::fetch_alert_digest(client, search).await?,
                at(client),
            )),
            Self::AlertFacets { query, fields } => {
                let facets = client.alert_facets(query, fields).await?;
                Answer::Facets(with_answer_time(facets, at(client)))
            }
            Self::Segments(id) => Answer::Segments(with_answer_time(client.segments(*id).await?, at(client))),
            Self::Events { id, segment } => {
                Answer::Events(with_answer_time(client.events(*id, *segment).await?, at(client)))
            }
            Self::Binaries { search, span } => {
                let page = client.binaries(search, *span).await?;
                Answer::Binaries(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Bans => {
                let page = client.bans().await?;
                Answer::Bans(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::IsolatedSensors => {
                Answer::IsolatedSensors(with_answer_time(isolated_sensors(client).await?, at(client)))
            }
            Self::Sensors { filter, .. } if !filter.client_side.is_empty() => {
                let now = client.clock().now();
                let page = scan_sensors(client, filter, |sensor| filter.matches(sensor, now)).await?;
                Answer::Sensors(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::FileHead { md5, bytes } => {
                let head = file_head::head(client, *md5, *bytes).await?;
                Answer::FileHead(with_answer_time(head, at(client)))
            }
            Self::Sensors { filter, span } => {
                let page = client.sensors(filter, *span).await?;
                Answer::Sensors(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Watchlists => {
                let page = client.watchlists().await?;
                Answer::Watchlists(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::WatchActions(id) => {
                Answer::WatchActions(with_answer_time(client.watch_actions(*id).await?, at(client)))
            }
            Self::Feeds => {
                let page = client.feeds().await?;
                Answer::Feeds(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Reports { search, span } => {
                let page = client.reports(search, *span).await?;
                Answer::Reports(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Report(id) => Answer::Report(with_answer_time(client.report(id).await?, at(client))),
            Self::Users => {
                let page = client.users().await?;
                Answer::Users(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Teams => {
                let page = client.teams().await?;
                Answer::Teams(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::Sites => {
                let page = client.sites().await?;
                Answer::Sites(with_answer_time(page.map(Arc::new), at(client)))
            }
            Self::License => Answer::License(with_answer_time(client.license().await?, at(client))),
            Self::Partitions => Answer::Partitions(with_answer_time(client.partitions().await?, at(client))),
            Self::Count { corpus, query } => {
                let total = count(client, *corpus, query).await?;
                Answer::Count(with_answer_time(total, at(client)))
            }
            // Walks are made of summaries; the reader never sends one.
            Self::Lineage { .. } => return Err(Error::Internal),
        })
    }
}

/// The hosts that are cut off or are to be: servers do not filter by that, so that all are looked at.
async fn isolated_sensors(client: &Client) -> Result<Page<Arc<IsolatedSensor>>, Error> {
    let is_severed = |sensor: &Sensor| !matches!(sensor.isolation(), Isolation::No | Isolation::Unknown);
    let page = scan_sensors(client, &SensorFilter::default(), is_severed).await?;
    Ok(page.map(|sensor| Arc::new(IsolatedSensor(sensor))))
}

/// The sensors that a filter finds and that are kept, each once: all are looked at, and those kept are held.
async fn scan_sensors(
    client: &Client,
    filter: &SensorFilter,
    is_kept: impl Fn(&Sensor) -> bool,
) -> Result<Page<Sensor>, Error> {
    let search = Search { query: filter.to_string(), ..Search::default() };
    let mut found = Vec::new();
    let (mut seen, mut broken) = (HashSet::new(), 0);
    let mut all = pin!(pages::<Sensor>(client, search, None));
    while let Some(page) = all.try_next().await? {
        broken += page.n_unreadable;
        let rows = page.rows.into_iter();
        // While they are read, some may change their places.
        found.extend(rows.filter(|sensor| seen.insert(sensor.id) && is_kept(sensor)));
    }
    let total = u64::try_from(found.len() + broken).unwrap_or(u64::MAX);
    Ok(Page { n_unreadable: broken, total, ..Page::from(found) })
}

/// How much a query finds; no row is asked for.
async fn count(client: &Client, corpus: Corpus, query: &str) -> Result<u64, Error> {
    let none = Span { start: 0, rows: 0 };
    // One row for each process, as they are shown.
    let group_by = (corpus == Corpus::Processes).then(|| "id".to_owned());
    let search = Search { query: query.to_owned(), group_by, ..Search::default() };
    Ok(match corpus {
        Corpus::Processes => client.processes(&search, none).await?.total,
        Corpus::Binaries => client.binaries(&search, none).await?.total,
        Corpus::Alerts => client.alerts(&search, none).await?.total,
    })
}

fn with_answer_time<T>(value: T, as_of: Timestamp) -> Fetched<T> {
    Fetched { value: Arc::new(value), as_of, from_cache: false }
}
