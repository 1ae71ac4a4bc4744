//! Watchlists: stored searches that tag their matches, and the actions they trigger.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Document;
use crate::text::Untrusted;

/// Numeric id of a watchlist, which the server writes as text or as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatchlistId(pub u64);

impl fmt::Display for WatchlistId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A watchlist (API reference 2.10). Times are on the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Watchlist {
    pub id: WatchlistId,
    pub name: Untrusted,
    pub description: Untrusted,
    /// Form-encoded parameters of its search.
    pub search_query: Untrusted,
    pub index: StoredIndex,
    pub is_enabled: Option<bool>,
    /// Whether the server rejects any change of it.
    pub is_readonly: Option<bool>,
    pub added: Option<Timestamp>,
    /// Time of the last match.
    pub last_hit: Option<Timestamp>,
    /// Number of matches of the latest run.
    pub last_hits: Option<u64>,
    /// Number of matches of all runs.
    pub total_hits: Option<u64>,
    /// Time up to which it has searched; in 1970 if it has never run.
    pub searched_until: Option<Timestamp>,
    /// The record as the server sent it.
    pub document: Document,
}

/// The index that a stored search uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredIndex {
    Events,
    Modules,
    /// Another word of the server.
    Other(Untrusted),
}

impl StoredIndex {
    /// Parses the server's word.
    pub fn parse(word: &Untrusted) -> Self {
        match word.raw() {
            "events" => Self::Events,
            "modules" => Self::Modules,
            _ => Self::Other(word.clone()),
        }
    }

    /// Returns the server's word.
    pub fn server_word(&self) -> Untrusted {
        match self {
            Self::Events => "events".into(),
            Self::Modules => "modules".into(),
            Self::Other(word) => word.clone(),
        }
    }
}

/// An action triggered by a match of a watchlist (API reference 2.10, "Actions").
#[derive(Clone, Debug, PartialEq)]
pub struct WatchAction {
    pub id: u64,
    /// The watchlist that it belongs to, if the record says so.
    pub watchlist: Option<WatchlistId>,
    pub kind: ActionKind,
    /// Ids of the users who receive an e-mail.
    pub recipients: Vec<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

/// The kind of action that a match of a watchlist triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    Email,
    Syslog,
    /// An HTTP POST request is sent.
    Http,
    Alert,
    /// Another number of the server.
    Other(i64),
}

impl ActionKind {
    /// The kinds that can be chosen for a new action.
    pub const CHOICES: [Self; 3] = [Self::Alert, Self::Email, Self::Syslog];

    /// Parses the server's number.
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Email,
            1 => Self::Syslog,
            2 => Self::Http,
            3 => Self::Alert,
            other => Self::Other(other),
        }
    }

    /// Returns the server's number.
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
