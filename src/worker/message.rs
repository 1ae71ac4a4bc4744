//! Messages between screen and worker: plain data only.

use std::sync::Arc;

use super::Slot;
use crate::api::{Error, RequestTrace};
use crate::changes::{Change, ChangeHistory, ImpactLine, Justification, Outcome, Plan, Prepared};
use crate::download::{DownloadProgress, DownloadRequest, Downloaded};
use crate::fetch::{Answer, CacheStats, Fetch};

/// Identifies a request of the screen. Later tickets are larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Whether a fetch may use the cache, and when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchPolicy {
    /// Sent at once; the cache may answer.
    CacheFirst,
    /// Sent once the cursor rests; the cache may answer, and then at once.
    Debounced,
    /// Sent at once, bypassing the cache.
    NoCache,
    /// Sent after `live_poll_interval`, bypassing the cache.
    Poll,
}

/// A request of the screen to the worker.
#[derive(Clone, Debug)]
pub enum Request {
    /// Fetches a value for a slot; supersedes the slot's pending request.
    Fetch { ticket: Ticket, slot: Slot, fetch: Fetch, policy: FetchPolicy },
    /// Cancels the pending request of a slot.
    Cancel(Slot),
    /// Downloads a file.
    Download { ticket: Ticket, request: Box<DownloadRequest> },
    /// Previews changes.
    Preview { ticket: Ticket, changes: Vec<Change> },
    /// Applies planned changes.
    Apply {
        ticket: Ticket,
        plans: Vec<Plan>,
        /// Reason and ticket; the worker adds the actor.
        justification: Justification,
    },
    /// Reads the audit log.
    History,
    /// Cancels changes that wait for the audit log, so that they are not sent.
    CancelLogWait,
    /// Allows one more attempt with credentials that were refused, since the user retried.
    RetryCredentials,
    /// Cancels a download or a preview.
    CancelTicket(Ticket),
}

/// The progress of a change that is being applied.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeStep {
    Sending,
    /// Nothing was sent, for this reason.
    NotSent(String),
    Outcome(Outcome),
}

/// A reply of the worker to the screen.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The only answer to a fetch.
    Answer { ticket: Ticket, slot: Slot, result: Result<Answer, Error>, cache_stats: CacheStats },
    /// Progress of a download.
    Progress { ticket: Ticket, progress: DownloadProgress },
    /// A download has ended.
    Downloaded {
        ticket: Ticket,
        /// The saved file, or why it failed.
        result: Result<Downloaded, String>,
    },
    /// A change of a preview was prepared.
    Prepared {
        ticket: Ticket,
        /// Index of the change in the preview.
        index: usize,
        result: Result<Prepared, Error>,
    },
    /// Lines of the blast radius for a preview.
    Impact {
        ticket: Ticket,
        /// Index of the change; `None` if the lines are about the whole batch.
        index: Option<usize>,
        impact_lines: Vec<ImpactLine>,
    },
    /// Progress of a change.
    Step {
        ticket: Ticket,
        /// Index of its plan in the request.
        index: usize,
        step: ChangeStep,
    },
    /// Whether changes wait because another program holds the lock of the audit log.
    LogWait(bool),
    /// The audit log, or why it cannot be read.
    History(Result<Arc<ChangeHistory>, String>),
    /// The outcome of a change that an earlier run left open.
    Resumed(String),
    /// A request was sent to the server.
    Trace(RequestTrace),
}
