//! The lists of the screen.

use crate::query::Index;

/// A list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// The processes searched for.
    Processes,
    /// The alerts searched for.
    Alerts,
    /// The binaries searched for.
    Binaries,
    /// The banned hashes.
    Bans,
    /// The hosts that are isolated.
    IsolatedSensors,
    /// What belongs together of the alerts searched for.
    AlertGroups,
    /// What was changed.
    Activity,
    /// What was asked of the server.
    Requests,
    /// All sensors.
    Sensors,
    /// The watchlists.
    Watchlists,
    /// The feeds.
    Feeds,
    /// The threat reports searched for.
    Reports,
    /// The sensor groups.
    SensorGroups,
    /// The users.
    Users,
    /// The teams.
    Teams,
    /// The sites.
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

    /// The index that is searched for its rows, if they are found by a query.
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

    /// The list of what is found in an index.
    pub fn from_index(index: Index) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.index() == Some(index))
    }
}
