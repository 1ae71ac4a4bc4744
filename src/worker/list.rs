//! The lists of the screen.

use crate::query::Index;

/// A list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
}

impl List {
    /// Every list.
    pub const ALL: [Self; 16] = [
        Self::Processes,
        Self::Alerts,
        Self::Binaries,
        Self::Bans,
        Self::IsolatedSensors,
        Self::AlertGroups,
        Self::Activity,
        Self::Requests,
        Self::Sensors,
        Self::Watchlists,
        Self::Feeds,
        Self::Reports,
        Self::SensorGroups,
        Self::Users,
        Self::Teams,
        Self::Sites,
    ];

    /// Returns the index in which the rows are searched; `None` if they are not found by a query.
    pub fn index(self) -> Option<Index> {
        match self {
            Self::Processes => Some(Index::Process),
            Self::Alerts => Some(Index::Alert),
            Self::Binaries => Some(Index::Binary),
            Self::Reports => Some(Index::Report),
            Self::Bans
            | Self::IsolatedSensors
            | Self::AlertGroups
            | Self::Activity
            | Self::Requests
            | Self::Sensors
            | Self::Watchlists
            | Self::Feeds
            | Self::SensorGroups
            | Self::Users
            | Self::Teams
            | Self::Sites => None,
        }
    }

    /// Returns the list of the results of an index.
    pub fn from_index(index: Index) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.index() == Some(index))
    }
}
