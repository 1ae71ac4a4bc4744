//! How lists are searched, sorted and shown, and the query history.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ColumnChoice, FacetCounts, NamedQuery, PeriodInput};
use crate::worker::List;

/// How lists are searched, sorted and shown.
#[derive(Debug, Default)]
pub struct SearchSettings {
    /// Period in which the last event of a process must lie.
    pub period: PeriodInput,
    /// Whether every segment is a row of its own.
    pub is_split_by_segment: bool,
    /// Index of the order of each list in its sort orders; the first if absent.
    pub(super) sort_orders: BTreeMap<List, usize>,
    /// Columns chosen by the user, by the name of the list.
    pub chosen_columns: BTreeMap<String, Vec<ColumnChoice>>,
    pub facet_counts: FacetCounts,
    /// Newest first.
    pub query_history: Vec<HistoryEntry>,
    pub saved_queries: Vec<NamedQuery>,
    /// Start and period of a search that is added to the history once its total is known.
    pub(super) pending_history_entry: Option<(Timestamp, PeriodInput)>,
}

/// A query of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub query: String,
    /// Period in which the last event had to lie.
    pub period: PeriodInput,
    /// When it was run (clock of this machine).
    pub run_at: Timestamp,
    /// Number of rows, if it was known.
    pub total: Option<u64>,
    /// Response time of the first page, in milliseconds.
    pub took_ms: Option<u64>,
}
