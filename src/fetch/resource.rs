//! The values that can be fetched, and the requests that fetch them.

use std::{collections::HashSet, pin::pin, sync::Arc};

use futures_util::TryStreamExt;
use jiff::Timestamp;

use super::{Answer, alert_digest, file_head, pages::pages};
use crate::api::{Client, Error};
use crate::model::{
    Corpus, Fetched, GroupId, IsolatedSensor, Isolation, Md5, Page, ProcessId, ReportId, Search, Segment, Sensor,
    SensorFilter, SensorId, Span, WatchlistId,
};

/// A value to fetch. Equal fetches have equal answers, so a fetch is its own cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// Version and settings of the server.
    ServerInfo,
    /// Rows of a process search.
    Processes {
        search: Arc<Search>,
        span: Span,
    },
    /// A process with its relatives.
    Summary {
        id: ProcessId,
        /// Maximum number of children.
        children: u32,
    },
    /// A process with its ancestors. Answered as soon as more than `n_known_ancestors` are known or the chain has
    /// ended; repeated by the requester until it has.
    Lineage {
        /// Which process.
        id: ProcessId,
        /// Number of ancestors that the requester already has.
        n_known_ancestors: usize,
    },
    Sensor(SensorId),
    SensorGroup(GroupId),
    /// All sensor groups visible to the token's user.
    SensorGroups,
    Binary(Md5),
    /// How often each value of some fields occurs in a process search; see [`Fetch::facets`].
    Facets {
        search: Arc<Search>,
        /// The fields; empty for those that the server counts by default.
        fields: Arc<[String]>,
    },
    /// How common a file is.
    Prevalence(Md5),
    /// Rows of an alert search.
    Alerts {
        /// Only query and order are used.
        search: Arc<Search>,
        span: Span,
    },
    /// All alerts of a search, reduced for grouping.
    AlertDigest {
        search: Arc<Search>,
    },
    /// How often each value of some fields occurs in an alert search.
    AlertFacets {
        query: Arc<str>,
        fields: Arc<[String]>,
    },
    /// Rows of a binary search.
    Binaries {
        search: Arc<Search>,
        span: Span,
    },
    /// All bans, including lifted ones.
    Bans,
    /// Sensors that are isolated or about to be, found by scanning all sensors.
    IsolatedSensors,
    /// The segments in which the events of a process are stored.
    Segments(ProcessId),
    /// The events of one segment of a process.
    Events {
        id: ProcessId,
        segment: Segment,
    },
    /// The first bytes of a file.
    FileHead {
        md5: Md5,
        /// Number of bytes.
        bytes: usize,
    },
    /// Rows of the list of sensors.
    Sensors {
        filter: SensorFilter,
        span: Span,
    },
    Watchlists,
    /// The actions of a watchlist.
    WatchActions(WatchlistId),
    Feeds,
    /// Rows of a threat report search.
    Reports {
        /// Only query and order are used.
        search: Arc<Search>,
        span: Span,
    },
    /// A threat report with its indicators.
    Report(ReportId),
    Users,
    Teams,
    Sites,
    License,
    /// The partitions of the event store.
    Partitions,
    /// Number of matches of a query.
    Count {
        corpus: Corpus,
        query: String,
    },
}

impl Fetch {
    /// Returns the request for the facets of a search. Order and grouping are dropped, since segments are counted
    /// either way, so that one answer serves all of them.
    pub fn facets(search: &Search, fields: impl Into<Arc<[String]>>) -> Self {
        let search = Search { sort: None, group_by: None, ..search.clone() };
        Self::Facets { search: Arc::new(search), fields: fields.into() }
    }

    /// Returns the request for a summary as walks along parents use it: its answer includes the parent, so one request
    /// yields two ancestors.
    pub fn summary(id: ProcessId) -> Self {
        /// The server's default; a fixed number makes all summaries one cache entry.
        const CHILDREN: u32 = 15;
        Self::Summary { id, children: CHILDREN }
    }

    /// Returns whether an answer to `other` is about the subject of this request.
    pub fn covers_same_request(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lineage { id, .. }, Self::Lineage { id: other, .. })
            | (Self::Summary { id, .. }, Self::Summary { id: other, .. }) => id == other,
            _ => self == other,
        }
    }

    /// Returns whether a change may affect the answer. Recorded activity and the files in it never change.
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

    /// Sends the request to the server.
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
            // A walk requests summaries; the fetcher never sends this one.
            Self::Lineage { .. } => return Err(Error::Internal),
        })
    }
}

/// Fetches the isolated sensors and those about to be. The server cannot filter by that, so all sensors are scanned.
async fn isolated_sensors(client: &Client) -> Result<Page<Arc<IsolatedSensor>>, Error> {
    let is_isolated = |sensor: &Sensor| !matches!(sensor.isolation(), Isolation::No | Isolation::Unknown);
    let page = scan_sensors(client, &SensorFilter::default(), is_isolated).await?;
    Ok(page.map(|sensor| Arc::new(IsolatedSensor(sensor))))
}

/// Scans all sensors that the server-side part of `filter` finds, and returns those that match, each once.
async fn scan_sensors(
    client: &Client,
    filter: &SensorFilter,
    is_match: impl Fn(&Sensor) -> bool,
) -> Result<Page<Sensor>, Error> {
    let search = Search { query: filter.to_string(), ..Search::default() };
    let mut matches = Vec::new();
    let (mut seen, mut broken) = (HashSet::new(), 0);
    let mut all_pages = pin!(pages::<Sensor>(client, search, None));
    while let Some(page) = all_pages.try_next().await? {
        broken += page.n_unreadable;
        let rows = page.rows.into_iter();
        // Sensors may change their positions during the scan.
        matches.extend(rows.filter(|sensor| seen.insert(sensor.id) && is_match(sensor)));
    }
    let total = u64::try_from(matches.len() + broken).unwrap_or(u64::MAX);
    Ok(Page { n_unreadable: broken, total, ..Page::from(matches) })
}

/// Fetches the number of matches of a query, without rows.
async fn count(client: &Client, corpus: Corpus, query: &str) -> Result<u64, Error> {
    let none = Span { start: 0, rows: 0 };
    // Processes are counted as they are shown, one row each.
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
