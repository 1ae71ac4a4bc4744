//! A record of one attempt to have something from the server, for the log and for the screen.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use super::Error;
use crate::model::Clock;

/// One attempt: what was asked and how it ended. It never holds a token or a body.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestTrace {
    /// When it began, on this machine's clock, in UTC.
    pub at: Timestamp,
    /// The verb.
    pub method: &'static str,
    /// Path and query, percent-encoded as they were sent.
    pub path: String,
    /// The status; absent when no answer came.
    pub status: Option<u16>,
    /// How long it took, to the last byte or to the failure.
    pub duration: Duration,
    /// The length of the answer, unpacked.
    pub bytes: u64,
    /// Why it failed.
    pub error: Option<String>,
    /// When it is sent again, if it is.
    pub retry_at: Option<Timestamp>,
}

/// What is said of a request that nobody waited for any more.
const CANCELLED: &str = "given up";

impl RequestTrace {
    /// Whether it was cancelled here: that says nothing of the server.
    pub fn is_cancelled(&self) -> bool {
        self.status.is_none() && self.error.as_deref() == Some(CANCELLED)
    }

    /// When it is sent again, where that is so late that the user should know.
    pub fn long_retry_at(&self) -> Option<Timestamp> {
        /// A shorter wait is not worth a word.
        const MIN_REPORTED_WAIT: SignedDuration = SignedDuration::from_secs(3);
        self.retry_at.filter(|at| at.duration_since(self.at) >= MIN_REPORTED_WAIT)
    }
}

/// An attempt under way. It is reported when this goes, so that one that is given up half-way is reported, too.
pub(super) struct Attempt {
    trace: RequestTrace,
    started_at: Instant,
    clock: Clock,
    trace_tx: Option<UnboundedSender<RequestTrace>>,
}

impl Attempt {
    pub(super) fn start(
        method: &'static str,
        path: String,
        clock: Clock,
        calls: Option<UnboundedSender<RequestTrace>>,
    ) -> Self {
        let call = RequestTrace {
            at: clock.now(),
            method,
            path,
            status: None,
            duration: Duration::ZERO,
            bytes: 0,
            error: Some(CANCELLED.into()),
            retry_at: None,
        };
        Self { trace: call, started_at: Instant::now(), clock, trace_tx: calls }
    }

    /// The headers have come.
    pub(super) fn record_status(&mut self, status: u16) {
        self.trace.status = Some(status);
    }

    /// More of the body has come.
    pub(super) fn record_bytes(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.trace.bytes = self.trace.bytes.saturating_add(bytes);
    }

    /// So it has gone so far, and unless more comes of it, that is all.
    pub(super) fn record_outcome<T>(&mut self, outcome: &Result<T, Error>) {
        self.trace.error = outcome.as_ref().err().map(ToString::to_string);
    }

    /// It failed, and is sent again after this while.
    pub(super) fn record_retry(&mut self, wait: Duration) {
        self.trace.retry_at = self.clock.now().checked_add(wait).ok();
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.trace.duration = self.started_at.elapsed();
        let RequestTrace { method, path, .. } = &self.trace;
        let seconds = self.trace.duration.as_secs_f64();
        // The official client's words (reference 4.4), which people search their logs for.
        match (self.trace.status, &self.trace.error) {
            (Some(status), _) => {
                tracing::info!("HTTP {method} {path} took {seconds:.3}s (response {status})");
            }
            (None, error) => {
                let error = error.as_deref().unwrap_or_default();
                tracing::info!("HTTP {method} {path} took {seconds:.3}s (no response: {error})");
            }
        }
        if let Some(calls) = &self.trace_tx {
            // Nobody listens any more: then nobody misses it.
            let _ = calls.send(self.trace.clone());
        }
    }
}
