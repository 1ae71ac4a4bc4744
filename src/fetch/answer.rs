//! What is answered.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{
    Alert, Ban, Binary, Document, Events, FacetValue, Facets, Feed, Group, Head, HostCount, Known, License, Lineage,
    Page, Partition, Prevalence, Process, Queue, Report, SegmentInfo, Sensor, ServerInfo, Severed, Site, Summary, Team,
    User, WatchAction, Watchlist,
};

/// A page of processes as it is kept and shown: rows are shared, not copied.
pub type Rows = Page<Arc<Process>>;

/// A page of alerts, kept and shown in the same way.
pub type AlertRows = Page<Arc<Alert>>;

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
    Groups(Known<Page<Arc<Group>>>),
    Binary(Known<Binary>),
    Facets(Known<Facets>),
    Prevalence(Known<Prevalence>),
    Alerts(Known<AlertRows>),
    Queue(Known<Queue>),
    Segments(Known<Vec<SegmentInfo>>),
    Events(Known<Events>),
    Binaries(Known<Page<Arc<Binary>>>),
    Bans(Known<Page<Arc<Ban>>>),
    Isolated(Known<Page<Arc<Severed>>>),
    Head(Known<Head>),
    Sensors(Known<Page<Arc<Sensor>>>),
    Watchlists(Known<Page<Arc<Watchlist>>>),
    WatchActions(Known<Page<WatchAction>>),
    Feeds(Known<Page<Arc<Feed>>>),
    Reports(Known<Page<Arc<Report>>>),
    Report(Known<Report>),
    Users(Known<Page<Arc<User>>>),
    Teams(Known<Page<Arc<Team>>>),
    Sites(Known<Page<Arc<Site>>>),
    License(Known<License>),
    Partitions(Known<Vec<Partition>>),
    Count(Known<u64>),
}

/// Does the same with what is known, whatever it is.
macro_rules! whatever {
    ($answer:expr, $known:ident => $what:expr) => {
        match $answer {
            Answer::Info($known) => $what,
            Answer::Page($known) => $what,
            Answer::Summary($known) => $what,
            Answer::Lineage($known) => $what,
            Answer::Sensor($known) => $what,
            Answer::Group($known) => $what,
            Answer::Groups($known) => $what,
            Answer::Binary($known) => $what,
            Answer::Facets($known) => $what,
            Answer::Prevalence($known) => $what,
            Answer::Alerts($known) => $what,
            Answer::Queue($known) => $what,
            Answer::Segments($known) => $what,
            Answer::Events($known) => $what,
            Answer::Binaries($known) => $what,
            Answer::Bans($known) => $what,
            Answer::Isolated($known) => $what,
            Answer::Head($known) => $what,
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
    pub(super) fn is_of_today(&self) -> bool {
        matches!(
            self,
            Self::Sensor(_)
                | Self::Sensors(_)
                | Self::Isolated(_)
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
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Info(known) => 512 + known.value.document.len(),
            Self::Page(known) => rows(&known.value, |row| process_weight(row)),
            Self::Summary(known) => {
                let summary = &known.value;
                let relatives = summary.parent.iter().chain(&summary.children).chain(&summary.siblings);
                process_weight(&summary.process) + relatives.map(process_weight).sum::<usize>()
            }
            Self::Lineage(_) => 0,
            Self::Queue(known) => known.value.weight(),
            Self::Sensor(known) => sensor_weight(&known.value),
            Self::Sensors(known) => rows(&known.value, |row| sensor_weight(row)),
            Self::Isolated(known) => rows(&known.value, |row| sensor_weight(&row.0)),
            Self::Group(known) => 512 + known.value.document.len(),
            Self::Groups(known) => rows(&known.value, |row| 512 + row.document.len()),
            Self::Facets(known) => {
                let values = known.value.facets.iter().flat_map(|facet| &facet.values);
                256 + values.map(value_weight).sum::<usize>()
            }
            // The names are there twice: in the record and out of it.
            Self::Prevalence(known) => {
                let hosts = known.value.hostnames.len() * size_of::<HostCount>();
                512 + hosts + 2 * known.value.document.len()
            }
            // What follows has nearly all of its texts twice: as they came, and taken out.
            Self::Alerts(known) => rows(&known.value, |row| twice::<Alert>(&row.document)),
            Self::Binary(known) => twice::<Binary>(&known.value.document),
            Self::Binaries(known) => rows(&known.value, |row| twice::<Binary>(&row.document)),
            Self::Bans(known) => rows(&known.value, |row| twice::<Ban>(&row.document)),
            Self::Watchlists(known) => rows(&known.value, |row| twice::<Watchlist>(&row.document)),
            Self::WatchActions(known) => rows(&known.value, |row| twice::<WatchAction>(&row.document)),
            // A feed has its pictures besides.
            Self::Feeds(known) => rows(&known.value, |row| twice::<Feed>(&row.document) + row.whole.open().len()),
            Self::Reports(known) => rows(&known.value, |row| twice::<Report>(&row.document)),
            Self::Report(known) => twice::<Report>(&known.value.document),
            Self::Users(known) => rows(&known.value, |row| twice::<User>(&row.document)),
            Self::Teams(known) => rows(&known.value, |row| twice::<Team>(&row.document)),
            Self::Sites(known) => rows(&known.value, |row| twice::<Site>(&row.document)),
            Self::License(known) => twice::<License>(&known.value.document),
            Self::Partitions(known) => 256 * (1 + known.value.len()),
            Self::Segments(known) => 128 + size_of::<SegmentInfo>() * known.value.len(),
            Self::Events(known) => known.value.weight(),
            Self::Head(known) => 128 + known.value.bytes.len(),
            Self::Count(_) => 128,
        }
    }
}

impl From<Known<Lineage>> for Answer {
    fn from(known: Known<Lineage>) -> Self {
        Self::Lineage(known)
    }
}

/// The rows of a page.
fn rows<T>(page: &Page<T>, weight: impl Fn(&T) -> usize) -> usize {
    128 + page.rows.iter().map(weight).sum::<usize>()
}

/// What was read, its record, and the texts that are in both.
fn twice<T>(document: &Document) -> usize {
    size_of::<T>() + 2 * document.len()
}

fn value_weight(value: &FacetValue) -> usize {
    size_of::<FacetValue>() + value.document.len() + value.name.raw().len()
}

/// The struct, the record, and the strings taken out of it.
pub(super) fn process_weight(process: &Process) -> usize {
    size_of::<Process>() + process.document.len() + process.cmdline.raw().len() + process.path.raw().len() + 256
}

fn sensor_weight(sensor: &Sensor) -> usize {
    1024 + sensor.document.len()
}
