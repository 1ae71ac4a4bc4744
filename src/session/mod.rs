//! What the investigation knows: shared by every pane, drawn by all, owned by none.

mod cx;
mod effect;
mod pages;
mod remote;

use std::sync::Arc;

use jiff::Timestamp;

pub use cx::Cx;
pub use effect::Effect;
pub use pages::{Pages, Row};
pub use remote::{Awaiting, Remote};

use crate::api::{Call, Error};
use crate::model::{Binary, Group, Lineage, Process, Sensor, ServerInfo};
use crate::read::{Answer, Tally};
use crate::worker::{Slot, Ticket};

/// Where the console is, and as whom: what the header says whatever happens.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Host and port of the server.
    pub server: String,
    /// Where address and token were found.
    pub source: String,
    /// The profile's name, if there is one.
    pub profile: String,
    /// The configured user; the server cannot say whose token it is.
    pub user: Option<String>,
    /// Whether every change is refused.
    pub is_read_only: bool,
    /// The color of the profile's frame.
    pub color: Option<String>,
    /// How others could read or fake what is said to the server, in a word.
    pub insecurity: Option<&'static str>,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What is to be told.
    pub text: String,
    /// Whether it is a warning.
    pub is_warning: bool,
}

/// A query asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The query, as typed.
    pub query: String,
    /// When it was asked.
    pub at: Timestamp,
    /// How many rows it had, if that was ever known.
    pub total: Option<u64>,
    /// How long its first page took, in milliseconds.
    pub took_ms: Option<u64>,
}

/// In which order the server is asked to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last event first: what the server itself does.
    #[default]
    LastUpdate,
    /// The last started first.
    Newest,
    /// The first started first.
    Oldest,
}

impl Order {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::LastUpdate => Self::Newest,
            Self::Newest => Self::Oldest,
            Self::Oldest => Self::LastUpdate,
        }
    }

    /// As the server takes it (reference 1.7).
    pub fn sort(self) -> &'static str {
        match self {
            Self::LastUpdate => "last_update desc",
            Self::Newest => "start desc",
            Self::Oldest => "start asc",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LastUpdate => "last event first",
            Self::Newest => "newest start first",
            Self::Oldest => "oldest start first",
        }
    }
}

/// What the console asked of the server so far.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Calls made.
    pub calls: u64,
    /// The last call.
    pub last: Option<Call>,
    /// How often the cache had the answer.
    pub tally: Tally,
}

/// Everything that is known.
#[derive(Debug, Default)]
pub struct Session {
    /// Where the console is, and as whom.
    pub identity: Identity,
    /// What the server says of itself.
    pub info: Remote<ServerInfo>,
    /// The result of the last search.
    pub results: Pages,
    /// When the last search was asked, for the history.
    asked_at: Option<Timestamp>,
    /// The process under examination.
    pub subject: Option<Arc<Process>>,
    /// Its parent chain.
    pub lineage: Remote<Lineage>,
    /// Its host.
    pub sensor: Remote<Sensor>,
    /// The group of its host.
    pub group: Remote<Group>,
    /// Its executable.
    pub binary: Remote<Binary>,
    /// Whose binary it is: the subject, or the ancestor looked at.
    pub binary_of: Option<Arc<Process>>,
    /// In which order processes are asked for.
    pub order: Order,
    /// Whether every segment is a row of its own.
    pub is_split: bool,
    /// Queries asked before, the newest first.
    pub history: Vec<Past>,
    /// A query picked elsewhere, for the editor to take.
    proposal: Option<String>,
    /// What was last to be told.
    pub notice: Option<Notice>,
    /// What was asked of the server so far.
    pub traffic: Traffic,
    tickets: u64,
}

/// The slots with one value each: all but the pages.
const VALUES: [Slot; 5] = [
    Slot::Info,
    Slot::Lineage,
    Slot::Sensor,
    Slot::Group,
    Slot::Binary,
];

impl Session {
    /// Starts with nothing asked.
    pub fn new(identity: Identity, history: Vec<Past>) -> Self {
        Self {
            identity,
            history,
            ..Self::default()
        }
    }

    /// Whether an answer is on its way.
    pub fn is_waiting(&self) -> bool {
        self.n_pending() > 0
    }

    /// How many answers are on their way.
    pub fn n_pending(&self) -> usize {
        let remotes = VALUES.iter().filter_map(|slot| self.awaiting(*slot));
        remotes.filter(|remote| remote.is_pending()).count() + self.results.n_pending()
    }

    /// Why what belongs to this slot is not here. Any page stands for all of them.
    pub fn error(&self, slot: Slot) -> Option<&Error> {
        match self.awaiting(slot) {
            Some(remote) => remote.error(),
            None => self.results.error(),
        }
    }

    /// Whether what belongs to this slot is on its way.
    pub fn is_pending(&self, slot: Slot) -> bool {
        match self.awaiting(slot) {
            Some(remote) => remote.is_pending(),
            None => self.results.is_pending(),
        }
    }

    /// Whether what is here of this slot is old: a newer answer was asked for and did not come.
    pub fn is_old(&self, slot: Slot) -> bool {
        match self.awaiting(slot) {
            Some(remote) => remote.is_held() && remote.error().is_some(),
            // Rows that never came leave those that did as they are.
            None => self.results.is_old(),
        }
    }

    /// Takes an answer to heart; false when it came too late to matter.
    fn settle(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (result, slot) {
            (Ok(Answer::Info(known)), _) => self.info.settle(ticket, known),
            (Ok(Answer::Page(known)), Slot::Page(start)) => {
                self.results.settle(start, ticket, known)
            }
            // A refreshed chain grows from its beginning; until it is whole, what is known of it stays.
            (Ok(Answer::Lineage(known)), _) if self.is_longer(&known.value) => {
                self.lineage.keep(ticket)
            }
            (Ok(Answer::Lineage(known)), _) => self.lineage.settle(ticket, known),
            (Ok(Answer::Sensor(known)), _) => self.sensor.settle(ticket, known),
            (Ok(Answer::Group(known)), _) => self.group.settle(ticket, known),
            (Ok(Answer::Binary(known)), _) => self.binary.settle(ticket, known),
            // The screen does not ask for these, or not here.
            (
                Ok(Answer::Summary(_) | Answer::Page(_) | Answer::Segments(_) | Answer::Events(_)),
                _,
            ) => false,
            (Err(error), Slot::Page(start)) => self.results.fail(start, ticket, error),
            (Err(error), _) => self
                .awaiting_mut(slot)
                .is_some_and(|remote| remote.fail(ticket, error)),
        }
    }

    /// Whether more is held of a chain whose walk goes on.
    fn is_longer(&self, lineage: &Lineage) -> bool {
        let held = self.lineage.current();
        lineage.is_walking() && held.is_some_and(|held| held.value.goes_beyond(lineage))
    }

    /// What can be said of the value of a slot; pages are many, and speak for themselves.
    fn awaiting(&self, slot: Slot) -> Option<&dyn Awaiting> {
        Some(match slot {
            Slot::Info => &self.info,
            Slot::Lineage => &self.lineage,
            Slot::Sensor => &self.sensor,
            Slot::Group => &self.group,
            Slot::Binary => &self.binary,
            Slot::Page(_) => return None,
        })
    }

    /// The same, to be changed.
    fn awaiting_mut(&mut self, slot: Slot) -> Option<&mut dyn Awaiting> {
        Some(match slot {
            Slot::Info => &mut self.info,
            Slot::Lineage => &mut self.lineage,
            Slot::Sensor => &mut self.sensor,
            Slot::Group => &mut self.group,
            Slot::Binary => &mut self.binary,
            Slot::Page(_) => return None,
        })
    }
}
