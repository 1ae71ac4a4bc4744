//! Changing the server, safely: what a deed will do is known before it, and what it did is read back after it.
//!
//! A [`Change`] is prepared into a [`Plan`] (its target as it is now, the exact requests, effects and warnings), unless it
//! is already so or must not be. A plan is performed once: looked at again, logged, sent, logged again, and read back past
//! every cache. Whatever is answered, or not, what the server holds says what became of it; nothing is ever sent a second
//! time.

mod admin;
mod alert;
mod apply;
mod ban;
mod blast_radius;
mod change;
mod context;
mod feed;
mod history;
mod isolation;
mod log_tail;
mod logged_change;
mod plan;
mod policy;
mod report;
mod role;
mod sensor;
mod snapshot;
mod undo;
mod unreadable_rows;
mod watchlist;

use jiff::{SignedDuration, Timestamp};

use crate::api::Error;

pub use crate::audit::{Actor, LoggedStage};
pub use admin::{AdminChange, AdminSnapshot, NewUser, Password};
pub use alert::{AlertChange, AlertSnapshot, BLOCK, Disposition, PreviousAlert};
pub use apply::{Applied, NotSent, PlannedChange, apply, log_timed_out, recheck};
pub use blast_radius::{ImpactLine, batch_cost, batch_impact, batch_impact_merged, is_batch, read_ban_batch};
pub use change::{Change, Target};
pub use context::PlanContext;
pub use feed::{FeedChange, FeedSnapshot};
pub use history::ChangeHistory;
pub use logged_change::LoggedChange;
pub use plan::{Plan, Prepared, Rejection};
pub use policy::Policy;
pub use report::{ReportChange, ReportSnapshot};
pub use snapshot::Snapshot;
pub use watchlist::{NewWatchlist, WatchlistChange, WatchlistDraft, WatchlistEdit, WatchlistSnapshot};

/// How long a request that nobody has answered may still arrive: longer than any request takes.
const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// What became of a deed that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The line of the action log on which it is said to be sent.
    pub line: u64,
    /// How far it has got.
    pub stage: LoggedStage,
    /// What is to be said of it.
    pub note: String,
    /// Why the server did not take it, or why that is not known.
    pub error: Option<Error>,
    /// Until when a request for it may still be on its way, if nobody has answered it and nothing of it was seen yet: so
    /// long it is not called off.
    pub may_come_until: Option<Timestamp>,
    /// What was left out of it, and why; empty if nothing was.
    pub skipped: String,
}

/// On whose behalf a deed is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Justification {
    /// Who is at the keyboard.
    pub actor: Actor,
    /// Why.
    pub reason: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
    /// The line of the first of the deeds that are done together, if this is a later one.
    pub batch: Option<u64>,
}

impl Justification {
    /// What the server is told: the reason, with the ticket behind it.
    pub fn note(&self) -> String {
        let reason = self.reason.clone().unwrap_or_default();
        match &self.ticket {
            Some(ticket) => format!("{reason} ({ticket})"),
            None => reason,
        }
    }
}

impl Outcome {
    /// Whether anything is still to be waited for.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, LoggedStage::Accepted | LoggedStage::Pending)
    }

    /// Whether what the server holds could not be read, so that another look may tell. Where it may not be read, no look
    /// will.
    pub fn needs_read_back(&self) -> bool {
        let may_not = |error: &Error| matches!(error, Error::Unauthorized | Error::Forbidden { .. });
        let is_unread = |error: &Error| !may_not(error);
        self.stage == LoggedStage::Unknown && self.error.as_ref().is_some_and(is_unread)
    }
}

/// Returns what an action is called on the screen, by its name in the log: some names there are older.
pub fn label(logged: &str) -> &str {
    match logged {
        "release" => "unisolate",
        "annotate" => "edit notes",
        "begin" => "set in progress",
        "put back" => "restore status",
        other => other,
    }
}
