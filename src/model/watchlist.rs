//! A watchlist: a stored search that tags what it finds, and what else happens then.

use std::fmt;

use jiff::Timestamp;

use super::Document;
use crate::text::Untrusted;

/// The server's number for a watchlist, which it writes as text or as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchlistId(pub u64);

impl fmt::Display for WatchlistId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A watchlist (reference 2.10). Times are the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Watchlist {
    /// Its number.
    pub id: WatchlistId,
    /// What people call it.
    pub name: Untrusted,
    /// What it is for.
    pub description: Untrusted,
    /// The parameters of its search, encoded as in an address.
    pub search_query: Untrusted,
    /// What it searches.
    pub index: StoredIndex,
    /// Whether it runs.
    pub is_enabled: Option<bool>,
    /// Whether the server lets nobody change it.
    pub is_readonly: Option<bool>,
    /// When it was made.
    pub added: Option<Timestamp>,
    /// When it last found something.
    pub last_hit: Option<Timestamp>,
    /// How much its latest run found.
    pub last_hits: Option<u64>,
    /// How much all of its runs found.
    pub total_hits: Option<u64>,
    /// How far in time its search has run; the year 1970 where it has never.
    pub searched_until: Option<Timestamp>,
    /// The record as the server sent it.
    pub document: Document,
}

/// What a stored search searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredIndex {
    /// Processes.
    Events,
    /// Binaries.
    Modules,
    /// The server's own word for anything else.
    Other(Untrusted),
}

impl StoredIndex {
    /// Reads the server's word.
    pub fn parse(word: &Untrusted) -> Self {
        match word.raw() {
            "events" => Self::Events,
            "modules" => Self::Modules,
            _ => Self::Other(word.clone()),
        }
    }

    /// The server's word.
    pub fn server_word(&self) -> Untrusted {
        match self {
            Self::Events => "events".into(),
            Self::Modules => "modules".into(),
            Self::Other(word) => word.clone(),
        }
    }
}

/// What happens when a watchlist finds something (reference 2.10, "Actions").
#[derive(Clone, Debug, PartialEq)]
pub struct WatchAction {
    /// Its number.
    pub id: u64,
    /// Whose it is, where it says so.
    pub watchlist: Option<WatchlistId>,
    /// What happens.
    pub kind: ActionKind,
    /// The users who get an e-mail, by their numbers.
    pub recipients: Vec<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

/// What happens when a watchlist finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Somebody gets an e-mail.
    Email,
    /// The server writes to syslog.
    Syslog,
    /// The server posts to an address.
    Http,
    /// An alert is raised.
    Alert,
    /// Something that only the server has a number for.
    Other(i64),
}

impl ActionKind {
    /// What can be chosen.
    pub const CHOICES: [Self; 3] = [Self::Alert, Self::Email, Self::Syslog];

    /// By the server's number.
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Email,
            1 => Self::Syslog,
            2 => Self::Http,
            3 => Self::Alert,
            other => Self::Other(other),
        }
    }

    /// The server's number.
    pub fn number(self) -> i64 {
        match self {
            Self::Email => 0,
            Self::Syslog => 1,
            Self::Http => 2,
            Self::Alert => 3,
            Self::Other(other) => other,
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email => f.pad("email"),
            Self::Syslog => f.pad("syslog"),
            Self::Http => f.pad("http post"),
            Self::Alert => f.pad("alert"),
            Self::Other(number) => write!(f, "action type {number}"),
        }
    }
}
