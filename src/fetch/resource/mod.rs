//! The values that can be fetched: per resource what is asked, how, and how long the answer may be used.

mod admin;
mod alert;
mod answer;
mod binary;
mod feed;
mod process;
mod sensor;
mod server;
mod watchlist;

use std::{any::Any, fmt::Debug, sync::Arc, time::Duration};

use derive_more::From;
use futures_util::future::BoxFuture;

use crate::api::{Client, Error};
use crate::model::{Document, Fetched, Page, Timings};
pub use admin::*;
pub use alert::*;
pub use answer::Answer;
pub use binary::*;
pub use feed::*;
pub use process::*;
pub use sensor::*;
pub use server::*;
pub use watchlist::*;

/// A question to the server, with the type of its answer. Equal questions have equal answers.
pub trait Resource: Clone + Debug + PartialEq + Into<Fetch> + Send + Sync + 'static {
    type Value: HeapSize;

    /// How long an answer may be used.
    const LIFETIME: Lifetime;

    /// Whether a change may affect the answer. Recorded activity and the files in it never change.
    const IS_AFFECTED_BY_CHANGES: bool;

    /// Sends the request to the server.
    fn request(&self, client: &Client) -> impl Future<Output = Result<Self::Value, Error>> + Send;

    /// Returns how long `answer` may be used, where that depends on it.
    fn lifetime(&self, _answer: &Fetched<Self::Value>) -> Lifetime {
        Self::LIFETIME
    }

    /// Returns whether an answer to `other` is about the subject of this question.
    fn covers_same_subject(&self, other: &Self) -> bool {
        self == other
    }

    /// Returns the question that refreshes the answer.
    #[must_use]
    fn refresh_question(&self) -> Self {
        self.clone()
    }
}

/// How long an answer may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is [`Timings::sensor_age`] old: user actions and sensor check-ins may change it at any time.
    Short,
    /// Until it is [`Timings::running_age`] old: the process may still be running.
    Running,
    /// Until it is [`Timings::count_age`] old: a count over all hosts, or a queue that other analysts work on.
    Count,
    Unlimited,
}

impl Lifetime {
    /// Returns the age up to which an answer is fresh; `None` if it never expires.
    pub(super) fn max_age(self, timings: &Timings) -> Option<Duration> {
        match self {
            Self::Short => Some(timings.sensor_age),
            Self::Running => Some(timings.running_age),
            Self::Count => Some(timings.count_age),
            Self::Unlimited => None,
        }
    }
}

/// A value whose memory the cache counts.
pub trait HeapSize: Any + Debug + Send + Sync {
    /// Estimates the memory it uses, in bytes.
    fn heap_size(&self) -> usize;
}

impl<T: HeapSize> HeapSize for Arc<T> {
    fn heap_size(&self) -> usize {
        T::heap_size(self)
    }
}

impl<T: HeapSize> HeapSize for Page<T> {
    fn heap_size(&self) -> usize {
        128 + self.rows.iter().map(T::heap_size).sum::<usize>()
    }
}

/// Returns the memory of a value that has its texts twice: in the record and parsed.
fn double_text_size<T>(document: &Document) -> usize {
    size_of::<T>() + 2 * document.len()
}

/// A question of any resource. It is its own cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, From)]
pub enum Fetch {
    ServerInfo(ServerInfoFetch),
    Processes(ProcessesFetch),
    Summary(SummaryFetch),
    Lineage(LineageFetch),
    Sensor(SensorFetch),
    SensorGroup(SensorGroupFetch),
    SensorGroups(SensorGroupsFetch),
    Binary(BinaryFetch),
    Facets(FacetsFetch),
    Prevalence(PrevalenceFetch),
    Alerts(AlertsFetch),
    AlertDigest(AlertDigestFetch),
    AlertFacets(AlertFacetsFetch),
    Binaries(BinariesFetch),
    Bans(BansFetch),
    IsolatedSensors(IsolatedSensorsFetch),
    Segments(SegmentsFetch),
    Events(EventsFetch),
    FileHead(FileHeadFetch),
    Sensors(SensorsFetch),
    Watchlists(WatchlistsFetch),
    WatchActions(WatchActionsFetch),
    Feeds(FeedsFetch),
    Reports(ReportsFetch),
    Report(ReportFetch),
    Users(UsersFetch),
    Teams(TeamsFetch),
    Sites(SitesFetch),
    IngressFilters(IngressFiltersFetch),
    License(LicenseFetch),
    Partitions(PartitionsFetch),
    Count(CountFetch),
}

impl Fetch {
    /// Returns the question as a resource of any kind.
    pub(super) fn resource(&self) -> &dyn AnyResource {
        match self {
            Self::ServerInfo(fetch) => fetch,
            Self::Processes(fetch) => fetch,
            Self::Summary(fetch) => fetch,
            Self::Lineage(fetch) => fetch,
            Self::Sensor(fetch) => fetch,
            Self::SensorGroup(fetch) => fetch,
            Self::SensorGroups(fetch) => fetch,
            Self::Binary(fetch) => fetch,
            Self::Facets(fetch) => fetch,
            Self::Prevalence(fetch) => fetch,
            Self::Alerts(fetch) => fetch,
            Self::AlertDigest(fetch) => fetch,
            Self::AlertFacets(fetch) => fetch,
            Self::Binaries(fetch) => fetch,
            Self::Bans(fetch) => fetch,
            Self::IsolatedSensors(fetch) => fetch,
            Self::Segments(fetch) => fetch,
            Self::Events(fetch) => fetch,
            Self::FileHead(fetch) => fetch,
            Self::Sensors(fetch) => fetch,
            Self::Watchlists(fetch) => fetch,
            Self::WatchActions(fetch) => fetch,
            Self::Feeds(fetch) => fetch,
            Self::Reports(fetch) => fetch,
            Self::Report(fetch) => fetch,
            Self::Users(fetch) => fetch,
            Self::Teams(fetch) => fetch,
            Self::Sites(fetch) => fetch,
            Self::IngressFilters(fetch) => fetch,
            Self::License(fetch) => fetch,
            Self::Partitions(fetch) => fetch,
            Self::Count(fetch) => fetch,
        }
    }
}

/// A [`Resource`] of any kind.
pub(super) trait AnyResource {
    /// Sends the request to the server.
    fn send<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Returns whether a change may affect the answer.
    fn is_affected_by_changes(&self) -> bool;

    /// Returns how long `answer` may be used.
    fn lifetime_of(&self, answer: &Answer) -> Lifetime;
}

impl<R: Resource> AnyResource for R {
    fn send<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async {
            let value = Arc::new(self.request(client).await?);
            Ok(Fetched { value, as_of: client.clock().now(), from_cache: false }.into())
        })
    }

    fn is_affected_by_changes(&self) -> bool {
        R::IS_AFFECTED_BY_CHANGES
    }

    fn lifetime_of(&self, answer: &Answer) -> Lifetime {
        answer.get().map_or(R::LIFETIME, |fetched| self.lifetime(&fetched))
    }
}
