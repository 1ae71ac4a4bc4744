//! Where a key leads: what a pane asks the console to show next.

use crate::model::{ProcessId, WatchlistId};
use crate::query::Index;

/// Somewhere else to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// At a process: its relatives, its events, its host.
    Process(ProcessId),
    /// At what a query finds in an index.
    Search(Index, String),
    /// At the sensors that a filter finds.
    Sensors(String),
    /// At a watchlist.
    Watchlist(WatchlistId),
}
