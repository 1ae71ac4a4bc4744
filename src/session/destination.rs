//! Where a key navigates to; returned by a pane, carried out by the app.

use super::PeriodInput;
use crate::model::{ProcessId, WatchlistId};
use crate::query::Index;

/// A view to open, with its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A process with its relatives, events and host.
    Process(ProcessId),
    /// The results of a query in an index.
    Search(Index, String),
    /// The process search of before within another time range.
    Period(PeriodInput),
    /// The sensors that match a filter.
    Sensors(String),
    Watchlist(WatchlistId),
}
