//! What passes between screen and worker: data, and nothing but data.

use std::{fmt, sync::Arc};

use strum::EnumIter;

use crate::api::{Call, Error};
use crate::deeds::{Deed, Fact, Grounds, Journal, Outcome, Plan, Prepared};
use crate::download::{Kept, Order, Progress};
use crate::model::{GroupId, Md5, ProcessId, Segment, SensorId};
use crate::query::Index;
use crate::read::{Answer, Fetch, Tally};

/// Names one request of the screen. Later tickets are larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// An object that belongs to rows of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// The sensor that saw them.
    Sensor(SensorId),
    /// The group of that sensor.
    Group(GroupId),
    /// Their file.
    Binary(Md5),
}

impl Object {
    /// How it is asked for.
    pub fn fetch(self) -> Fetch {
        match self {
            Self::Sensor(id) => Fetch::Sensor(id),
            Self::Group(id) => Fetch::Group(id),
            Self::Binary(md5) => Fetch::Binary(md5),
        }
    }
}

/// A list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// The processes searched for.
    Processes,
    /// The alerts searched for.
    Alerts,
    /// The binaries searched for.
    Binaries,
    /// The banned hashes.
    Bans,
    /// The hosts that are isolated.
    Isolated,
    /// What belongs together of the alerts searched for.
    Bundles,
    /// What was changed.
    Acts,
    /// What was asked of the server.
    Calls,
    /// All sensors.
    Sensors,
    /// The watchlists.
    Watchlists,
    /// The feeds.
    Feeds,
    /// The threat reports searched for.
    Reports,
    /// The sensor groups.
    Groups,
    /// The users.
    Users,
    /// The teams.
    Teams,
    /// The sites.
    Sites,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 16] = [
        Self::Processes,
        Self::Alerts,
        Self::Binaries,
        Self::Bans,
        Self::Isolated,
        Self::Bundles,
        Self::Acts,
        Self::Calls,
        Self::Sensors,
        Self::Watchlists,
        Self::Feeds,
        Self::Reports,
        Self::Groups,
        Self::Users,
        Self::Teams,
        Self::Sites,
    ];

    /// The index that is searched for its rows, if they are found by a query.
    pub fn index(self) -> Option<Index> {
        match self {
            Self::Processes => Some(Index::Process),
            Self::Alerts => Some(Index::Alert),
            Self::Binaries => Some(Index::Binary),
            Self::Reports => Some(Index::Report),
            Self::Bans
            | Self::Isolated
            | Self::Bundles
            | Self::Acts
            | Self::Calls
            | Self::Sensors
            | Self::Watchlists
            | Self::Feeds
            | Self::Groups
            | Self::Users
            | Self::Teams
            | Self::Sites => None,
        }
    }

    /// The list of what is found in an index.
    pub fn of(index: Index) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|list| list.index() == Some(index))
    }
}

/// The place on screen an answer belongs to. A slot awaits at most one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The server's own facts, in the header.
    Info,
    /// The page of a list that begins with this row.
    Page(List, u64),
    /// The parent chain of the process under examination.
    Lineage,
    /// Its sensor.
    Sensor,
    /// The group of that sensor.
    Group,
    /// Its binary.
    Binary,
    /// How common its file is.
    Prevalence,
    /// The alerts that are open on its host.
    HostAlerts,
    /// A process with its relatives.
    Summary(ProcessId),
    /// Which segments the opened process has.
    Segments,
    /// The events of one of them.
    Events(Segment),
    /// The first bytes of a file.
    Head,
    /// A column of rows.
    Related(Object),
    /// What is counted of the process search, or of what it is compared with.
    Facets(Side),
    /// Values of the field that is typed.
    Values,
    /// What the watchlist under the cursor sets off.
    WatchActions,
    /// How much it finds now.
    WatchCount,
    /// The threat report under the cursor, with all that it looks for.
    Report,
    /// How many alerts it has raised.
    ReportAlerts,
    /// What the server is licensed for.
    License,
    /// Its store of events.
    Partitions,
    /// All alerts of the search, to be grouped.
    Queue,
    /// A look whether new alerts have come.
    Live,
    /// What is to be known besides of the alert under the cursor.
    Aside(Aside),
}

/// What sets an alert in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter)]
pub enum Aside {
    /// The newest alert of the group under the cursor.
    Newest,
    /// The parent chain of its process.
    Chain,
    /// The sensor of its host.
    Sensor,
    /// Its file.
    Binary,
    /// How many alerts are open on its host.
    OfHost,
    /// How many are open of its file.
    OfHash,
    /// How the last alerts of its report or watchlist ended.
    Ended,
    /// Which of them was resolved last.
    Last,
}

/// One of two results that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The result of the search itself.
    A,
    /// What it is compared with.
    B,
}

/// How eagerly a question is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// At once; the cache may answer.
    Now,
    /// When the cursor has come to rest; the cache may answer, and then at once.
    Settled,
    /// At once, past the cache.
    Fresh,
    /// After a while, past the cache: whoever wants to be told looks again and again.
    Later,
}

/// What the screen wants of the worker.
#[derive(Clone, Debug)]
pub enum Request {
    /// An answer for a slot; supersedes what the slot awaited.
    Fetch {
        /// The name of the request.
        ticket: Ticket,
        /// Where the answer belongs.
        slot: Slot,
        /// The question.
        fetch: Fetch,
        /// How eagerly.
        urgency: Urgency,
    },
    /// Nothing more for this slot.
    Cancel(Slot),
    /// A file onto the disk.
    Download {
        /// The name of the request.
        ticket: Ticket,
        /// Which file, and where to.
        order: Box<Order>,
    },
    /// What deeds would do.
    Preview {
        /// The name of the request.
        ticket: Ticket,
        /// Which deeds.
        deeds: Vec<Deed>,
    },
    /// What was planned is to be done.
    Do {
        /// The name of the request.
        ticket: Ticket,
        /// What was planned.
        plans: Vec<Plan>,
        /// Why; who it is, the worker knows.
        grounds: Grounds,
    },
    /// What the action log says.
    Journal,
    /// Nothing more of this download or preview.
    GiveUp(Ticket),
}

/// How far a deed has got.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It is on its way.
    Sending,
    /// Nothing was sent, for this reason.
    NotSent(String),
    /// It was sent, and this is known of it.
    Known(Outcome),
}

/// What the worker tells the screen.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The one answer to a request.
    Answer {
        /// Which request.
        ticket: Ticket,
        /// Where it belongs.
        slot: Slot,
        /// What came of it.
        result: Result<Answer, Error>,
        /// How often the cache had an answer until now.
        tally: Tally,
    },
    /// A download has got farther.
    Progress {
        /// Which download.
        ticket: Ticket,
        /// How far.
        progress: Progress,
    },
    /// A download has ended.
    Kept {
        /// Which download.
        ticket: Ticket,
        /// What was kept, or why nothing was.
        result: Result<Kept, String>,
    },
    /// What one of several deeds would do.
    Prepared {
        /// Which preview.
        ticket: Ticket,
        /// Which of its deeds.
        at: usize,
        /// What it would do.
        result: Result<Prepared, Error>,
    },
    /// A line of the blast radius of one of several deeds.
    Fact {
        /// Which preview.
        ticket: Ticket,
        /// Which of its deeds.
        at: usize,
        /// What is so.
        fact: Fact,
    },
    /// One of several deeds has got farther.
    Step {
        /// Which request.
        ticket: Ticket,
        /// Which of its plans.
        at: usize,
        /// How far.
        step: Step,
    },
    /// What the action log says now, or why it cannot be read.
    Journal(Result<Arc<Journal>, String>),
    /// Something became known of what an earlier run had left open.
    Resumed(String),
    /// A call was made to the server.
    Call(Call),
}

impl Fetch {
    /// The place its answer belongs to; `None` for what the screen never asks.
    pub fn slot(&self) -> Option<Slot> {
        Some(match self {
            Self::Info => Slot::Info,
            Self::Page { span, .. } => Slot::Page(List::Processes, span.start),
            Self::Lineage { .. } => Slot::Lineage,
            Self::Sensor(_) => Slot::Sensor,
            Self::Group(_) => Slot::Group,
            Self::Groups => Slot::Page(List::Groups, 0),
            Self::Binary(_) => Slot::Binary,
            Self::Prevalence(_) => Slot::Prevalence,
            Self::Alerts { span, .. } => Slot::Page(List::Alerts, span.start),
            Self::Binaries { span, .. } => Slot::Page(List::Binaries, span.start),
            Self::Bans => Slot::Page(List::Bans, 0),
            Self::Isolated => Slot::Page(List::Isolated, 0),
            Self::Summary { id, .. } => Slot::Summary(*id),
            Self::Segments(_) => Slot::Segments,
            Self::Events { segment, .. } => Slot::Events(*segment),
            Self::Head { .. } => Slot::Head,
            Self::Queue { .. } => Slot::Queue,
            Self::Sensors { span, .. } => Slot::Page(List::Sensors, span.start),
            Self::Watchlists => Slot::Page(List::Watchlists, 0),
            Self::WatchActions(_) => Slot::WatchActions,
            Self::Feeds => Slot::Page(List::Feeds, 0),
            Self::Reports { span, .. } => Slot::Page(List::Reports, span.start),
            Self::Report(_) => Slot::Report,
            Self::Users => Slot::Page(List::Users, 0),
            Self::Teams => Slot::Page(List::Teams, 0),
            Self::Sites => Slot::Page(List::Sites, 0),
            Self::License => Slot::License,
            Self::Partitions => Slot::Partitions,
            Self::Facets { .. } | Self::AlertFacets { .. } | Self::Count { .. } => return None,
        })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Info => f.write_str("server"),
            Self::Page(_, start) => write!(f, "rows from {}", start + 1),
            Self::Lineage => f.write_str("parent chain"),
            Self::Sensor => f.write_str("sensor"),
            Self::Group => f.write_str("sensor group"),
            Self::Binary => f.write_str("binary"),
            Self::Prevalence => f.write_str("prevalence"),
            Self::HostAlerts => f.write_str("alerts of the host"),
            Self::Facets(Side::A) => f.write_str("facets"),
            Self::Facets(Side::B) => f.write_str("facets to compare with"),
            Self::Values => f.write_str("values"),
            Self::Queue => f.write_str("queue"),
            Self::Live => f.write_str("new alerts"),
            Self::Aside(aside) => f.write_str(match aside {
                Aside::Newest => "newest alert",
                Aside::Chain => "parent chain",
                Aside::Sensor => "sensor",
                Aside::Binary => "binary",
                Aside::OfHost => "alerts of the host",
                Aside::OfHash => "alerts of the hash",
                Aside::Ended | Aside::Last => "alerts of the report",
            }),
            Self::Summary(_) => f.write_str("process"),
            Self::Segments => f.write_str("segments"),
            Self::Events(_) => f.write_str("events"),
            Self::Head => f.write_str("first bytes"),
            Self::Related(_) => f.write_str("columns"),
            Self::WatchActions => f.write_str("what it sets off"),
            Self::WatchCount => f.write_str("hits now"),
            Self::Report => f.write_str("threat report"),
            Self::ReportAlerts => f.write_str("alerts of the report"),
            Self::License => f.write_str("license"),
            Self::Partitions => f.write_str("store of events"),
        }
    }
}
