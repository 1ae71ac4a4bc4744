//! How lists are searched, sorted and shown, and which queries were run before.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ColumnChoice, FacetCounts, NamedQuery, PeriodInput, Remote};
use crate::model::Facets;
use crate::worker::List;

/// How lists are searched, sorted and shown.
#[derive(Debug, Default)]
pub struct SearchSettings {
    /// The period in which the last event of a process must lie.
    pub period: PeriodInput,
    /// Whether every segment is a row of its own.
    pub is_split_by_segment: bool,
    /// The order of each list, as a position in its sort orders; the first if there is none.
    pub(super) sort_orders: BTreeMap<List, usize>,
    /// The columns chosen by the user, by the name of the list.
    pub chosen_columns: BTreeMap<String, Vec<ColumnChoice>>,
    /// Value counts of the last process search.
    pub facet_counts: FacetCounts,
    /// Values of the field that is being typed.
    pub value_suggestions: Remote<Facets>,
    /// Queries run before, the newest first.
    pub query_history: Vec<HistoryEntry>,
    pub saved_queries: Vec<NamedQuery>,
    /// Start and period of the search that enters the history once its total is known.
    pub(super) pending_history_entry: Option<(Timestamp, PeriodInput)>,
}

/// A query that was run before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The query, as typed.
    pub query: String,
    /// The period in which the last event had to lie.
    pub period: PeriodInput,
    /// When it was run (clock of this machine).
    pub asked_at: Timestamp,
    /// The number of rows, if it became known.
    pub total: Option<u64>,
    /// How long its first page took, in milliseconds.
    pub took_ms: Option<u64>,
}
