//! What passes between screen and worker: data, and nothing but data.

use std::sync::Arc;

use super::Slot;
use crate::api::{Call, Error};
use crate::changes::{Deed, Fact, Grounds, Journal, Outcome, Plan, Prepared};
use crate::download::{Kept, Order, Progress};
use crate::fetch::{Answer, Fetch, Tally};
use crate::model::{GroupId, Md5, SensorId};
use crate::query::Index;

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
        Self::ALL.into_iter().find(|list| list.index() == Some(index))
    }
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
    /// What still waits to be logged is not sent.
    CancelLogWait,
    /// The user asks again: a token or a password that was refused may be tried once more.
    TryCredentials,
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
    /// Lines of the blast radius of deeds.
    Facts {
        /// Which preview.
        ticket: Ticket,
        /// Which of its deeds; nothing if they are about all of them together.
        at: Option<usize>,
        /// What is so.
        facts: Vec<Fact>,
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
    /// Another program holds the lock of the action log, true, or does so no longer.
    LogWait(bool),
    /// What the action log says now, or why it cannot be read.
    Journal(Result<Arc<Journal>, String>),
    /// Something became known of what an earlier run had left open.
    Resumed(String),
    /// A call was made to the server.
    Call(Call),
}
