//! The lists of the screen.

use strum::VariantArray;

use crate::query::Index;

/// A list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray)]
pub enum List {
    Processes,
    Alerts,
    Binaries,
    Bans,
    /// Sensors that are isolated or about to be.
    IsolatedSensors,
    AlertGroups,
    /// Changes of the audit log.
    Activity,
    /// The request log.
    Requests,
    Sensors,
    Watchlists,
    Feeds,
    Reports,
    SensorGroups,
    Users,
    Teams,
    Sites,
    /// Partitions of the event store.
    Partitions,
    IngressFilters,
}

impl List {
    /// Returns the list of the results of an index.
    pub fn from_index(index: Index) -> Self {
        match index {
            Index::Process => Self::Processes,
            Index::Binary => Self::Binaries,
            Index::Alert => Self::Alerts,
            Index::Report => Self::Reports,
        }
    }
}
