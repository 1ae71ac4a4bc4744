//! Changes to the server, applied safely: the effect of each is known before it is sent and verified afterwards.
//!
//! A [`Change`] is prepared into a [`Plan`]: its target as it is now, the exact requests, effects and warnings. A
//! change that would have no effect, or that the policy or the target rejects, gets no plan. Applying a plan means to
//! read the target again, log, send once, log again, and read the result back past every cache. The state of the server
//! afterwards decides the outcome, with any answer and with none; nothing is sent a second time.

mod admin;
mod alert;
mod apply;
mod aspect;
mod assessment;
mod ban;
mod ban_batch;
mod blast_radius;
mod change;
mod context;
mod feed;
mod history;
mod host;
mod ingress_filter;
mod isolation;
mod log_reader;
mod log_tail;
mod logged_change;
mod members;
mod operation;
mod plan;
mod policy;
mod protection;
mod rejection;
mod report;
mod role;
mod sensor;
mod snapshot;
mod target;
mod unreadable_rows;
mod watchlist;

use jiff::{SignedDuration, Timestamp};

use crate::api::Error;
use aspect::Aspect;

pub use crate::audit::{Actor, LoggedStage};
pub use admin::{AdminChange, AdminSnapshot, NewUser, Password};
pub use alert::{AlertChange, AlertSnapshot, BLOCK, Disposition, PreviousAlert};
pub use apply::{Applied, NotSent, PlannedChange, apply, log_timed_out, recheck};
pub use ban::{BanChange, BanSnapshot};
pub use ban_batch::{batch_cost, batch_impact, batch_impact_merged, is_batch, read_ban_batch};
pub use blast_radius::ImpactLine;
pub use change::{Change, ChangeReading, Reading};
pub use context::PlanContext;
pub use feed::{FeedChange, FeedSnapshot};
pub use history::ChangeHistory;
pub use host::{
    CommandLimit, ExpectedEntry, FileContent, FileHash, HostChange, HostCommand, HostSnapshot, NewHostFile,
};
pub use log_reader::label;
pub use logged_change::LoggedChange;
pub use plan::{Plan, Prepared};
pub use policy::Policy;
pub use rejection::Rejection;
pub use report::{ReportChange, ReportSnapshot};
pub use sensor::SensorChange;
pub use target::Target;
pub use watchlist::{NewWatchlist, WatchlistChange, WatchlistDraft, WatchlistEdit, WatchlistSnapshot};

/// How long a request without an answer may still arrive: longer than any request takes.
const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The outcome of a change that was sent to the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The line of the audit log that records the change as about to be sent.
    pub line: u64,
    pub stage: LoggedStage,
    /// The outcome in words, as shown and logged.
    pub note: String,
    /// Why the server refused the change, or why its outcome could not be found out.
    pub error: Option<Error>,
    /// Until when the request may still arrive, if it was not answered and the server does not hold its effect yet.
    /// Until then the outcome stays open.
    pub may_come_until: Option<Timestamp>,
    /// What was left out of the change, and why; empty if nothing was.
    pub skipped: String,
}

/// Who makes a change, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Justification {
    pub actor: Actor,
    pub reason: Option<String>,
    pub ticket: Option<String>,
    /// The audit log line of the first change of the batch; `None` for that change itself, and for a single one.
    pub batch: Option<u64>,
}

impl Justification {
    /// Returns the note that is sent to the server: the reason, followed by the ticket in parentheses.
    pub fn note(&self) -> String {
        let reason = self.reason.clone().unwrap_or_default();
        match &self.ticket {
            Some(ticket) => format!("{reason} ({ticket})"),
            None => reason,
        }
    }
}

impl Outcome {
    /// Returns whether the change may still take effect.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, LoggedStage::Accepted | LoggedStage::Pending)
    }

    /// Returns whether another read may find out the outcome: the last one failed, and not for lack of permission.
    pub fn needs_read_back(&self) -> bool {
        let may_succeed = |error: &Error| !matches!(error, Error::Unauthorized | Error::Forbidden { .. });
        self.stage == LoggedStage::Unknown && self.error.as_ref().is_some_and(may_succeed)
    }
}
