//! What passes between screen and worker: data, and nothing but data.

use std::sync::Arc;

use super::Slot;
use crate::api::{Error, RequestTrace};
use crate::changes::{Change, ChangeHistory, ImpactLine, Justification, Outcome, Plan, Prepared};
use crate::download::{DownloadProgress, DownloadRequest, Downloaded};
use crate::fetch::{Answer, CacheStats, Fetch};

/// Names one request of the screen. Later tickets are larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// How eagerly a question is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchPolicy {
    /// At once; the cache may answer.
    CacheFirst,
    /// When the cursor has come to rest; the cache may answer, and then at once.
    Debounced,
    /// At once, past the cache.
    NoCache,
    /// After a while, past the cache: whoever wants to be told looks again and again.
    Poll,
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
        policy: FetchPolicy,
    },
    /// Nothing more for this slot.
    Cancel(Slot),
    /// A file onto the disk.
    Download {
        /// The name of the request.
        ticket: Ticket,
        /// Which file, and where to.
        request: Box<DownloadRequest>,
    },
    /// What deeds would do.
    Preview {
        /// The name of the request.
        ticket: Ticket,
        /// Which deeds.
        changes: Vec<Change>,
    },
    /// What was planned is to be done.
    Apply {
        /// The name of the request.
        ticket: Ticket,
        /// What was planned.
        plans: Vec<Plan>,
        /// Why; who it is, the worker knows.
        justification: Justification,
    },
    /// What the action log says.
    History,
    /// What still waits to be logged is not sent.
    CancelLogWait,
    /// The user asks again: a token or a password that was refused may be tried once more.
    RetryCredentials,
    /// Nothing more of this download or preview.
    CancelTicket(Ticket),
}

/// How far a deed has got.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeStep {
    /// It is on its way.
    Sending,
    /// Nothing was sent, for this reason.
    NotSent(String),
    /// It was sent, and this is known of it.
    Outcome(Outcome),
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
        cache_stats: CacheStats,
    },
    /// A download has got farther.
    Progress {
        /// Which download.
        ticket: Ticket,
        /// How far.
        progress: DownloadProgress,
    },
    /// A download has ended.
    Downloaded {
        /// Which download.
        ticket: Ticket,
        /// What was kept, or why nothing was.
        result: Result<Downloaded, String>,
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
    Impact {
        /// Which preview.
        ticket: Ticket,
        /// Which of its deeds; nothing if they are about all of them together.
        at: Option<usize>,
        /// What is so.
        impact_lines: Vec<ImpactLine>,
    },
    /// One of several deeds has got farther.
    Step {
        /// Which request.
        ticket: Ticket,
        /// Which of its plans.
        at: usize,
        /// How far.
        step: ChangeStep,
    },
    /// Another program holds the lock of the action log, true, or does so no longer.
    LogWait(bool),
    /// What the action log says now, or why it cannot be read.
    History(Result<Arc<ChangeHistory>, String>),
    /// Something became known of what an earlier run had left open.
    Resumed(String),
    /// A call was made to the server.
    Trace(RequestTrace),
}
