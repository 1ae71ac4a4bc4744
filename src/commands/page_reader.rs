//! Reads the pages of a search until its end, a failure or a signal, and counts the rows.

use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use tokio::select;

use super::{CommandCx, Exit, Failure, completeness::MissingParts, signals::wait_for_shutdown};
use crate::api::{Client, Error};
use crate::fetch::{self, Paged};
use crate::model::{Page, Search};
use crate::text::group_thousands;

/// The pages of a search, with the totals of those that have been read.
pub(super) struct PageReader<T> {
    pages: Pin<Box<dyn Stream<Item = Result<Page<T>, Error>>>>,
    /// Created once, because a signal between two pages must not be lost.
    shutdown: Pin<Box<dyn Future<Output = ()>>>,
    outcome: ReadOutcome,
}

/// How reading ended, with the totals of what has been read.
pub(super) struct ReadOutcome {
    summary: PageSummary,
    end: ReadEnd,
    limit: Option<u64>,
}

/// How reading ended.
enum ReadEnd {
    Complete,
    Failed(Error),
    /// A signal arrived.
    Stopped,
}

impl<T: Paged> PageReader<T> {
    /// Prepares to read up to `limit` rows, which are called `noun`. Nothing is requested yet.
    pub(super) fn new(noun: &'static str, client: &Client, search: Search, limit: Option<u64>) -> Self {
        let shutdown = async {
            if wait_for_shutdown().await.is_err() {
                // Without a handler, a signal ends the program as usual.
                std::future::pending::<()>().await;
            }
        };
        let pages: Pin<Box<dyn Stream<Item = _>>> = match limit {
            Some(limit) => Box::pin(fetch::expected_pages::<T>(client, search, limit)),
            None => Box::pin(fetch::pages::<T>(client, search, None)),
        };
        Self {
            pages,
            shutdown: Box::pin(shutdown),
            outcome: ReadOutcome { summary: PageSummary::new(noun), end: ReadEnd::Complete, limit },
        }
    }

    /// Returns the next page; `None` at the end, after a failure and after a signal.
    pub(super) async fn next(&mut self) -> Option<Page<T>> {
        let answer = select! {
            biased;
            () = &mut self.shutdown => {
                self.outcome.end = ReadEnd::Stopped;
                return None;
            }
            answer = self.pages.next() => answer?,
        };
        match answer {
            Ok(page) => {
                self.outcome.summary.add(&page);
                Some(page)
            }
            Err(error) => {
                self.outcome.end = ReadEnd::Failed(error);
                None
            }
        }
    }

    /// Ends reading.
    pub(super) fn into_outcome(self) -> ReadOutcome {
        self.outcome
    }
}

impl ReadOutcome {
    /// Fails if reading ended early, with a note about the rows written. The output must be complete by then: the rows before a
    /// failure are still a result.
    pub(super) fn check_complete(&mut self, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
        let end = std::mem::replace(&mut self.end, ReadEnd::Complete);
        let failure = match end {
            ReadEnd::Complete => return Ok(()),
            ReadEnd::Failed(error) => error.into(),
            ReadEnd::Stopped => Failure::new(Exit::Failed, "stopped"),
        };
        self.summary.warn(cx);
        let total = self.summary.total().min(self.limit.unwrap_or(u64::MAX));
        cx.note(&match self.summary.n_read() {
            0 => "no rows were written".to_owned(),
            n => format!("{} of about {} rows were written", group_thousands(n), group_thousands(total)),
        });
        Err(failure)
    }

    /// Writes the warnings and totals of a complete result; the exit code tells whether there were rows.
    pub(super) fn report(&self, cx: &mut CommandCx<'_>) -> Exit {
        self.summary.report(self.limit, cx)
    }
}

/// The totals of a search and what is missing from it.
#[derive(Default)]
struct PageSummary {
    /// The name of a row.
    row_name: &'static str,
    n_sent: u64,
    total: u64,
    missing: MissingParts,
}

impl PageSummary {
    /// Creates an empty summary of rows that are called `noun`.
    fn new(noun: &'static str) -> Self {
        Self { row_name: noun, ..Self::default() }
    }

    /// Adds a page to the totals.
    fn add<T>(&mut self, page: &Page<T>) {
        self.n_sent += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.missing.n_unreadable += page.n_unreadable;
        self.missing.hidden = self.missing.hidden.max(page.hidden);
        self.missing.is_incomplete |= page.is_incomplete;
    }

    /// Returns the number of rows that were read.
    fn n_read(&self) -> u64 {
        self.n_sent.saturating_sub(u64::try_from(self.missing.n_unreadable).unwrap_or(u64::MAX))
    }

    /// Returns the server's estimate of all rows.
    fn total(&self) -> u64 {
        self.total
    }

    /// Warns of the parts that are missing.
    fn warn(&self, cx: &mut CommandCx<'_>) {
        self.missing.warn("rows", cx);
    }

    /// Writes the warnings and totals; the exit code tells whether there were rows.
    fn report(&self, limit: Option<u64>, cx: &mut CommandCx<'_>) -> Exit {
        self.warn(cx);
        if self.n_sent == 0 {
            cx.note(&format!("no {} matches", self.row_name));
            return Exit::NoResults;
        }
        if limit == Some(self.n_sent) && self.n_sent < self.total {
            cx.note(&format!(
                "{} {} of up to {}; --limit 0 shows all",
                self.n_sent,
                if self.n_sent == 1 { "row" } else { "rows" },
                self.total
            ));
        }
        Exit::Done
    }
}
