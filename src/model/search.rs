//! Searches, and their result pages.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

/// A search of processes, binaries, alerts or reports (API reference 1.7, 2.2). Equal searches have equal answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Search {
    /// Query text, as typed.
    pub query: String,
    /// `<field> asc` or `<field> desc`; `None` for the server's default order.
    pub sort: Option<String>,
    /// Field by which rows are collapsed; `id` gives one row per process.
    pub group_by: Option<String>,
    /// Bounds of the last event (sensor clock).
    pub min_last_update: Option<Timestamp>,
    pub max_last_update: Option<Timestamp>,
    /// Bounds of the last event (server clock).
    pub min_last_server_update: Option<Timestamp>,
    pub max_last_server_update: Option<Timestamp>,
}

/// The kind of documents that a query counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Corpus {
    Processes,
    Binaries,
    Alerts,
}

/// A range of rows: `rows` of them from `start`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub start: u64,
    pub rows: u64,
}

/// A page of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// Rows that could be parsed, in the server's order.
    pub rows: Vec<T>,
    /// Number of rows of this page that could not be parsed.
    pub n_unreadable: usize,
    /// Number of rows of the whole result, by the server's estimate.
    pub total: u64,
    /// Position of the first row.
    pub start: u64,
    /// Search time of the server, in seconds.
    pub elapsed: Option<f64>,
    /// Whether the answer is incomplete, which makes totals lower bounds.
    pub is_incomplete: bool,
    /// Number of rows hidden by the user's permissions.
    pub hidden: u64,
}

impl<T> Page<T> {
    /// Returns the number of rows that the server sent, parsed or not.
    pub fn n_sent(&self) -> usize {
        self.rows.len() + self.n_unreadable
    }

    /// Returns the page with every row converted.
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

    /// Appends the rows of another answer, with what it says is missing.
    pub fn append(&mut self, more: Self) {
        self.rows.extend(more.rows);
        self.n_unreadable += more.n_unreadable;
        self.is_incomplete |= more.is_incomplete;
        self.hidden = self.hidden.max(more.hidden);
        self.total = self.total.max(more.total);
    }
}

impl<T> From<Vec<T>> for Page<T> {
    /// Returns the complete result as one page.
    fn from(rows: Vec<T>) -> Self {
        Self { total: u64::try_from(rows.len()).unwrap_or(u64::MAX), rows, ..Self::default() }
    }
}

impl<T> Default for Page<T> {
    /// Returns an empty page of an empty result.
    fn default() -> Self {
        Self { rows: Vec::new(), n_unreadable: 0, total: 0, start: 0, elapsed: None, is_incomplete: false, hidden: 0 }
    }
}

/// A value with the time of the answer that it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched<T> {
    pub value: Arc<T>,
    /// Time of the answer (clock of this machine, UTC).
    pub as_of: Timestamp,
    /// Whether it came from the cache, without a request.
    pub from_cache: bool,
}

/// A record as the server sent it: compact JSON with the server's field names. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Document(Arc<str>);

impl Document {
    /// Wraps compact JSON text.
    pub fn new(json: impl Into<Arc<str>>) -> Self {
        Self(json.into())
    }

    /// Returns the JSON text, on one line.
    pub fn json(&self) -> &str {
        &self.0
    }

    /// Returns its size in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Document {
    /// Shows only the size: the content is untrusted and long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.len())
    }
}
