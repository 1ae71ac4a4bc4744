//! Answers of the server.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{
    Alert, AlertDigest, Ban, Binary, Document, EventBatch, FacetValue, Facets, Feed, Fetched, FileHead, Group,
    HostCount, IsolatedSensor, License, Lineage, Page, Partition, Prevalence, Process, Report, SegmentInfo, Sensor,
    ServerInfo, Site, Summary, Team, User, WatchAction, Watchlist,
};

/// A page of processes; cache and screen share the rows.
pub type Rows = Page<Arc<Process>>;

/// A page of alerts; cache and screen share the rows.
pub type AlertRows = Page<Arc<Alert>>;

/// An answer of the server. Cheap to clone: cache and screen share its value.
#[derive(Clone, Debug)]
pub enum Answer {
    ServerInfo(Fetched<ServerInfo>),
    Processes(Fetched<Rows>),
    Summary(Fetched<Summary>),
    Lineage(Fetched<Lineage>),
    Sensor(Fetched<Sensor>),
    SensorGroup(Fetched<Group>),
    SensorGroups(Fetched<Page<Arc<Group>>>),
    Binary(Fetched<Binary>),
    Facets(Fetched<Facets>),
    Prevalence(Fetched<Prevalence>),
    Alerts(Fetched<AlertRows>),
    AlertDigest(Fetched<AlertDigest>),
    Segments(Fetched<Vec<SegmentInfo>>),
    Events(Fetched<EventBatch>),
    Binaries(Fetched<Page<Arc<Binary>>>),
    Bans(Fetched<Page<Arc<Ban>>>),
    IsolatedSensors(Fetched<Page<Arc<IsolatedSensor>>>),
    FileHead(Fetched<FileHead>),
    Sensors(Fetched<Page<Arc<Sensor>>>),
    Watchlists(Fetched<Page<Arc<Watchlist>>>),
    WatchActions(Fetched<Page<WatchAction>>),
    Feeds(Fetched<Page<Arc<Feed>>>),
    Reports(Fetched<Page<Arc<Report>>>),
    Report(Fetched<Report>),
    Users(Fetched<Page<Arc<User>>>),
    Teams(Fetched<Page<Arc<Team>>>),
    Sites(Fetched<Page<Arc<Site>>>),
    License(Fetched<License>),
    Partitions(Fetched<Vec<Partition>>),
    Count(Fetched<u64>),
}

/// Evaluates an expression for the fetched value of any variant of `Answer`.
macro_rules! with_fetched {
    ($answer:expr, $fetched:ident => $what:expr) => {
        match $answer {
            Answer::ServerInfo($fetched) => $what,
            Answer::Processes($fetched) => $what,
            Answer::Summary($fetched) => $what,
            Answer::Lineage($fetched) => $what,
            Answer::Sensor($fetched) => $what,
            Answer::SensorGroup($fetched) => $what,
            Answer::SensorGroups($fetched) => $what,
            Answer::Binary($fetched) => $what,
            Answer::Facets($fetched) => $what,
            Answer::Prevalence($fetched) => $what,
            Answer::Alerts($fetched) => $what,
            Answer::AlertDigest($fetched) => $what,
            Answer::Segments($fetched) => $what,
            Answer::Events($fetched) => $what,
            Answer::Binaries($fetched) => $what,
            Answer::Bans($fetched) => $what,
            Answer::IsolatedSensors($fetched) => $what,
            Answer::FileHead($fetched) => $what,
            Answer::Sensors($fetched) => $what,
            Answer::Watchlists($fetched) => $what,
            Answer::WatchActions($fetched) => $what,
            Answer::Feeds($fetched) => $what,
            Answer::Reports($fetched) => $what,
            Answer::Report($fetched) => $what,
            Answer::Users($fetched) => $what,
            Answer::Teams($fetched) => $what,
            Answer::Sites($fetched) => $what,
            Answer::License($fetched) => $what,
            Answer::Partitions($fetched) => $what,
            Answer::Count($fetched) => $what,
        }
    };
}

impl Answer {
    /// Returns when the server answered.
    pub fn as_of(&self) -> Timestamp {
        with_fetched!(self, fetched => fetched.as_of)
    }

    /// Returns the answer marked as coming from the cache.
    pub(super) fn without_request(mut self) -> Self {
        *with_fetched!(&mut self, fetched => &mut fetched.from_cache) = true;
        self
    }

    /// Returns whether the server's answer may change at any time, by user actions or sensor check-ins; such answers
    /// expire soon.
    pub(super) fn is_mutable(&self) -> bool {
        matches!(
            self,
            Self::Sensor(_)
                | Self::Sensors(_)
                | Self::IsolatedSensors(_)
                | Self::Bans(_)
                | Self::Watchlists(_)
                | Self::WatchActions(_)
                | Self::Feeds(_)
                | Self::Reports(_)
                | Self::Report(_)
                | Self::Users(_)
                | Self::Teams(_)
                | Self::Sites(_)
                | Self::License(_)
                | Self::Partitions(_)
        )
    }

    /// Estimates the memory it uses, in bytes.
    pub(super) fn heap_size(&self) -> usize {
        match self {
            Self::ServerInfo(fetched) => 512 + fetched.value.document.len(),
            Self::Processes(fetched) => rows(&fetched.value, |row| process_heap_size(row)),
            Self::Summary(fetched) => {
                let summary = &fetched.value;
                let relatives = summary.parent.iter().chain(&summary.children).chain(&summary.siblings);
                process_heap_size(&summary.process) + relatives.map(process_heap_size).sum::<usize>()
            }
            Self::Lineage(_) => 0,
            Self::AlertDigest(fetched) => fetched.value.heap_size(),
            Self::Sensor(fetched) => sensor_heap_size(&fetched.value),
            Self::Sensors(fetched) => rows(&fetched.value, |row| sensor_heap_size(row)),
            Self::IsolatedSensors(fetched) => rows(&fetched.value, |row| sensor_heap_size(&row.0)),
            Self::SensorGroup(fetched) => 512 + fetched.value.document.len(),
            Self::SensorGroups(fetched) => rows(&fetched.value, |row| 512 + row.document.len()),
            Self::Facets(fetched) => {
                let values = fetched.value.facets.iter().flat_map(|facet| &facet.values);
                256 + values.map(value_heap_size).sum::<usize>()
            }
            // The host names are stored twice: in the record and parsed.
            Self::Prevalence(fetched) => {
                let hosts = fetched.value.hostnames.len() * size_of::<HostCount>();
                512 + hosts + 2 * fetched.value.document.len()
            }
            // Nearly all texts of these are stored twice: in the record and parsed.
            Self::Alerts(fetched) => rows(&fetched.value, |row| double_text_size::<Alert>(&row.document)),
            Self::Binary(fetched) => double_text_size::<Binary>(&fetched.value.document),
            Self::Binaries(fetched) => rows(&fetched.value, |row| double_text_size::<Binary>(&row.document)),
            Self::Bans(fetched) => rows(&fetched.value, |row| double_text_size::<Ban>(&row.document)),
            Self::Watchlists(fetched) => rows(&fetched.value, |row| double_text_size::<Watchlist>(&row.document)),
            Self::WatchActions(fetched) => rows(&fetched.value, |row| double_text_size::<WatchAction>(&row.document)),
            // A feed also has images.
            Self::Feeds(fetched) => {
                rows(&fetched.value, |row| double_text_size::<Feed>(&row.document) + row.full_record.reveal().len())
            }
            Self::Reports(fetched) => rows(&fetched.value, |row| double_text_size::<Report>(&row.document)),
            Self::Report(fetched) => double_text_size::<Report>(&fetched.value.document),
            Self::Users(fetched) => rows(&fetched.value, |row| double_text_size::<User>(&row.document)),
            Self::Teams(fetched) => rows(&fetched.value, |row| double_text_size::<Team>(&row.document)),
            Self::Sites(fetched) => rows(&fetched.value, |row| double_text_size::<Site>(&row.document)),
            Self::License(fetched) => double_text_size::<License>(&fetched.value.document),
            Self::Partitions(fetched) => 256 * (1 + fetched.value.len()),
            Self::Segments(fetched) => 128 + size_of::<SegmentInfo>() * fetched.value.len(),
            Self::Events(fetched) => fetched.value.heap_size(),
            Self::FileHead(fetched) => 128 + fetched.value.bytes.len(),
            Self::Count(_) => 128,
        }
    }
}

impl From<Fetched<Lineage>> for Answer {
    fn from(fetched: Fetched<Lineage>) -> Self {
        Self::Lineage(fetched)
    }
}

/// Returns the memory of a page of rows, in bytes.
fn rows<T>(page: &Page<T>, row_size: impl Fn(&T) -> usize) -> usize {
    128 + page.rows.iter().map(row_size).sum::<usize>()
}

/// Returns the memory of a value that has its texts twice: in the record and parsed.
fn double_text_size<T>(document: &Document) -> usize {
    size_of::<T>() + 2 * document.len()
}

fn value_heap_size(value: &FacetValue) -> usize {
    size_of::<FacetValue>() + value.document.len() + value.name.raw().len()
}

/// Returns the memory of a process: the struct, its record, and its parsed strings.
pub(super) fn process_heap_size(process: &Process) -> usize {
    size_of::<Process>() + process.document.len() + process.cmdline.raw().len() + process.path.raw().len() + 256
}

fn sensor_heap_size(sensor: &Sensor) -> usize {
    1024 + sensor.document.len()
}
