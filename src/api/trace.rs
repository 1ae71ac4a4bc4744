//! The trace of one attempt of a request, for the log and the screen.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use super::Error;
use crate::model::Clock;

/// One attempt of a request and its outcome, without token and body.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestTrace {
    /// When it began, by this machine's clock.
    pub at: Timestamp,
    pub method: &'static str,
    /// Path and query, percent-encoded as sent.
    pub path: String,
    /// `None` if there was no answer.
    pub status: Option<u16>,
    /// The time to the last byte of the answer, or to the failure.
    pub duration: Duration,
    /// The size of the answer, unpacked.
    pub bytes: u64,
    /// Why the attempt failed.
    pub error: Option<String>,
    /// When the request is sent again, if it is.
    pub retry_at: Option<Timestamp>,
}

/// The error text of a cancelled request.
const CANCELLED: &str = "cancelled";

impl RequestTrace {
    /// Returns whether the attempt was cancelled on this side, which is no failure of the server.
    pub fn is_cancelled(&self) -> bool {
        self.status.is_none() && self.error.as_deref() == Some(CANCELLED)
    }

    /// Returns when the request is sent again, if the delay is long enough to be reported to the user.
    pub fn long_retry_at(&self) -> Option<Timestamp> {
        const MIN_REPORTED_WAIT: SignedDuration = SignedDuration::from_secs(3);
        self.retry_at.filter(|at| at.duration_since(self.at) >= MIN_REPORTED_WAIT)
    }
}

/// A running attempt. Its trace is reported when it is dropped, so that a cancelled attempt is reported too.
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
        trace_tx: Option<UnboundedSender<RequestTrace>>,
    ) -> Self {
        let trace = RequestTrace {
            at: clock.now(),
            method,
            path,
            status: None,
            duration: Duration::ZERO,
            bytes: 0,
            error: Some(CANCELLED.into()),
            retry_at: None,
        };
        Self { trace, started_at: Instant::now(), clock, trace_tx }
    }

    /// Records the status when the headers have arrived.
    pub(super) fn record_status(&mut self, status: u16) {
        self.trace.status = Some(status);
    }

    /// Adds the size of a received part of the body.
    pub(super) fn record_bytes(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.trace.bytes = self.trace.bytes.saturating_add(bytes);
    }

    /// Records the outcome so far; a later call replaces it.
    pub(super) fn record_outcome<T>(&mut self, outcome: &Result<T, Error>) {
        self.trace.error = outcome.as_ref().err().map(ToString::to_string);
    }

    /// Records that the request failed and is sent again after `wait`.
    pub(super) fn record_retry(&mut self, wait: Duration) {
        self.trace.retry_at = self.clock.now().checked_add(wait).ok();
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.trace.duration = self.started_at.elapsed();
        let RequestTrace { method, path, .. } = &self.trace;
        let seconds = self.trace.duration.as_secs_f64();
        // The wording of the official client (reference 4.4), which users search their logs for.
        match (self.trace.status, &self.trace.error) {
            (Some(status), _) => {
                tracing::info!("HTTP {method} {path} took {seconds:.3}s (response {status})");
            }
            (None, error) => {
                let error = error.as_deref().unwrap_or_default();
                tracing::info!("HTTP {method} {path} took {seconds:.3}s (no response: {error})");
            }
        }
        if let Some(tx) = &self.trace_tx {
            // If the receiver is gone, the trace is not needed.
            let _ = tx.send(self.trace.clone());
        }
    }
}
