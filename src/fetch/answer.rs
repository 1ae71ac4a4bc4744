//! What is answered.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{
    Alert, AlertDigest, Ban, Binary, Document, EventBatch, FacetValue, Facets, Feed, Fetched, FileHead, Group,
    HostCount, IsolatedSensor, License, Lineage, Page, Partition, Prevalence, Process, Report, SegmentInfo, Sensor,
    ServerInfo, Site, Summary, Team, User, WatchAction, Watchlist,
};

/// A page of processes as it is kept and shown: rows are shared, not copied.
pub type Rows = Page<Arc<Process>>;

/// A page of alerts, kept and shown in the same way.
pub type AlertRows = Page<Arc<Alert>>;

/// What came back. Cheap to clone: the cache keeps one, the screen another.
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

/// Does the same with what is known, whatever it is.
macro_rules! whatever {
    ($answer:expr, $known:ident => $what:expr) => {
        match $answer {
            Answer::ServerInfo($known) => $what,
            Answer::Processes($known) => $what,
            Answer::Summary($known) => $what,
            Answer::Lineage($known) => $what,
            Answer::Sensor($known) => $what,
            Answer::SensorGroup($known) => $what,
            Answer::SensorGroups($known) => $what,
            Answer::Binary($known) => $what,
            Answer::Facets($known) => $what,
            Answer::Prevalence($known) => $what,
            Answer::Alerts($known) => $what,
            Answer::AlertDigest($known) => $what,
            Answer::Segments($known) => $what,
            Answer::Events($known) => $what,
            Answer::Binaries($known) => $what,
            Answer::Bans($known) => $what,
            Answer::IsolatedSensors($known) => $what,
            Answer::FileHead($known) => $what,
            Answer::Sensors($known) => $what,
            Answer::Watchlists($known) => $what,
            Answer::WatchActions($known) => $what,
            Answer::Feeds($known) => $what,
            Answer::Reports($known) => $what,
            Answer::Report($known) => $what,
            Answer::Users($known) => $what,
            Answer::Teams($known) => $what,
            Answer::Sites($known) => $what,
            Answer::License($known) => $what,
            Answer::Partitions($known) => $what,
            Answer::Count($known) => $what,
        }
    };
}

impl Answer {
    /// When the server said so.
    pub fn as_of(&self) -> Timestamp {
        whatever!(self, known => known.as_of)
    }

    /// The same answer, marked as one that cost no request.
    pub(super) fn without_request(mut self) -> Self {
        *whatever!(&mut self, known => &mut known.from_cache) = true;
        self
    }

    /// Whether it may be another by now, by what people do or hosts report: it is not given again when it is old.
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

    /// What it weighs in memory, in bytes, by estimate.
    pub(super) fn heap_size(&self) -> usize {
        match self {
            Self::ServerInfo(known) => 512 + known.value.document.len(),
            Self::Processes(known) => rows(&known.value, |row| process_heap_size(row)),
            Self::Summary(known) => {
                let summary = &known.value;
                let relatives = summary.parent.iter().chain(&summary.children).chain(&summary.siblings);
                process_heap_size(&summary.process) + relatives.map(process_heap_size).sum::<usize>()
            }
            Self::Lineage(_) => 0,
            Self::AlertDigest(known) => known.value.heap_size(),
            Self::Sensor(known) => sensor_heap_size(&known.value),
            Self::Sensors(known) => rows(&known.value, |row| sensor_heap_size(row)),
            Self::IsolatedSensors(known) => rows(&known.value, |row| sensor_heap_size(&row.0)),
            Self::SensorGroup(known) => 512 + known.value.document.len(),
            Self::SensorGroups(known) => rows(&known.value, |row| 512 + row.document.len()),
            Self::Facets(known) => {
                let values = known.value.facets.iter().flat_map(|facet| &facet.values);
                256 + values.map(value_heap_size).sum::<usize>()
            }
            // The names are there twice: in the record and out of it.
            Self::Prevalence(known) => {
                let hosts = known.value.hostnames.len() * size_of::<HostCount>();
                512 + hosts + 2 * known.value.document.len()
            }
            // What follows has nearly all of its texts twice: as they came, and taken out.
            Self::Alerts(known) => rows(&known.value, |row| double_weight::<Alert>(&row.document)),
            Self::Binary(known) => double_weight::<Binary>(&known.value.document),
            Self::Binaries(known) => rows(&known.value, |row| double_weight::<Binary>(&row.document)),
            Self::Bans(known) => rows(&known.value, |row| double_weight::<Ban>(&row.document)),
            Self::Watchlists(known) => rows(&known.value, |row| double_weight::<Watchlist>(&row.document)),
            Self::WatchActions(known) => rows(&known.value, |row| double_weight::<WatchAction>(&row.document)),
            // A feed has its pictures besides.
            Self::Feeds(known) => {
                rows(&known.value, |row| double_weight::<Feed>(&row.document) + row.full_record.reveal().len())
            }
            Self::Reports(known) => rows(&known.value, |row| double_weight::<Report>(&row.document)),
            Self::Report(known) => double_weight::<Report>(&known.value.document),
            Self::Users(known) => rows(&known.value, |row| double_weight::<User>(&row.document)),
            Self::Teams(known) => rows(&known.value, |row| double_weight::<Team>(&row.document)),
            Self::Sites(known) => rows(&known.value, |row| double_weight::<Site>(&row.document)),
            Self::License(known) => double_weight::<License>(&known.value.document),
            Self::Partitions(known) => 256 * (1 + known.value.len()),
            Self::Segments(known) => 128 + size_of::<SegmentInfo>() * known.value.len(),
            Self::Events(known) => known.value.heap_size(),
            Self::FileHead(known) => 128 + known.value.bytes.len(),
            Self::Count(_) => 128,
        }
    }
}

impl From<Fetched<Lineage>> for Answer {
    fn from(known: Fetched<Lineage>) -> Self {
        Self::Lineage(known)
    }
}

/// The rows of a page.
fn rows<T>(page: &Page<T>, weight: impl Fn(&T) -> usize) -> usize {
    128 + page.rows.iter().map(weight).sum::<usize>()
}

/// What was read, its record, and the texts that are in both.
fn double_weight<T>(document: &Document) -> usize {
    size_of::<T>() + 2 * document.len()
}

fn value_heap_size(value: &FacetValue) -> usize {
    size_of::<FacetValue>() + value.document.len() + value.name.raw().len()
}

/// The struct, the record, and the strings taken out of it.
pub(super) fn process_heap_size(process: &Process) -> usize {
    size_of::<Process>() + process.document.len() + process.cmdline.raw().len() + process.path.raw().len() + 256
}

fn sensor_heap_size(sensor: &Sensor) -> usize {
    1024 + sensor.document.len()
}
