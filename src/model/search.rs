//! What is asked of an index, and what comes back.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

/// A question to the index of processes or of binaries (reference 1.7, 2.2). Equal searches have equal answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Search {
    /// The query, as typed.
    pub query: String,
    /// `<field> asc` or `<field> desc`; the server's own order when absent.
    pub sort: Option<String>,
    /// Collapse the rows by this field; `id` gives one row per process.
    pub group_by: Option<String>,
    /// Bounds of the last event on the sensor's clock.
    pub min_last_update: Option<Timestamp>,
    /// See [`Search::min_last_update`].
    pub max_last_update: Option<Timestamp>,
    /// Bounds of the last event on the server's clock.
    pub min_last_server_update: Option<Timestamp>,
    /// See [`Search::min_last_server_update`].
    pub max_last_server_update: Option<Timestamp>,
}

/// What a query looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Corpus {
    /// Processes.
    Processes,
    /// Binaries.
    Binaries,
    /// Alerts.
    Alerts,
}

/// A range of rows: `rows` of them from `start`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first row.
    pub start: u64,
    /// How many.
    pub rows: u64,
}

/// Part of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows that could be read, in the server's order.
    pub rows: Vec<T>,
    /// How many rows of this page could not be read.
    pub n_unreadable: usize,
    /// How many rows the whole result has, by the server's estimate.
    pub total: u64,
    /// The position of the first row.
    pub start: u64,
    /// How long the server searched, in seconds.
    pub elapsed: Option<f64>,
    /// Whether the server left something out: totals are then lower bounds.
    pub is_incomplete: bool,
    /// How many rows the user's rights hide.
    pub hidden: u64,
}

impl<T> Page<T> {
    /// How many rows the server sent, read or not.
    pub fn n_sent(&self) -> usize {
        self.rows.len() + self.n_unreadable
    }

    /// The same page with every row changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            n_unreadable: self.n_unreadable,
            total: self.total,
            start: self.start,
            elapsed: self.elapsed,
            is_incomplete: self.is_incomplete,
            hidden: self.hidden,
        }
    }
}

impl<T> From<Vec<T>> for Page<T> {
    /// All of a result at once.
    fn from(rows: Vec<T>) -> Self {
        Self { total: u64::try_from(rows.len()).unwrap_or(u64::MAX), rows, ..Self::default() }
    }
}

impl<T> Default for Page<T> {
    /// An empty page of an empty result.
    fn default() -> Self {
        Self { rows: Vec::new(), n_unreadable: 0, total: 0, start: 0, elapsed: None, is_incomplete: false, hidden: 0 }
    }
}

/// A fact with the time of the answer it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched<T> {
    /// The fact.
    pub value: Arc<T>,
    /// When the server said so, on this machine's clock, in UTC.
    pub as_of: Timestamp,
    /// Whether it was known already: no request was made for it.
    pub from_cache: bool,
}

/// A record as the server sent it: compact JSON with the server's own field names. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Document(Arc<str>);

impl Document {
    /// Wraps compact JSON text.
    pub fn new(json: impl Into<Arc<str>>) -> Self {
        Self(json.into())
    }

    /// The JSON text, on one line.
    pub fn json(&self) -> &str {
        &self.0
    }

    /// What it weighs in memory, in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Document {
    /// Its size only: the content is the attacker's, and long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.len())
    }
}
