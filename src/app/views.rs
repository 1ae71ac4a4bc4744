//! Views: which panes are on the screen together.

use strum::{EnumIter, IntoEnumIterator};

use crate::keys::Action;
use crate::panes::PaneId;
use crate::query::Index;

/// A screen of panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub enum View {
    /// Processes are searched.
    #[default]
    Hunt,
    /// A process: its relatives, and what is known of it.
    Process,
    /// What watchlists and feeds have found.
    Alerts,
    /// The same, by what they share.
    AlertGroups,
    /// Every host.
    Sensors,
    /// Files are searched.
    Binaries,
    /// Stored searches.
    Watchlists,
    /// Threat intelligence, and its reports.
    Feeds,
    /// Hashes that are stopped.
    Bans,
    /// Sensor groups, users, the server itself.
    Admin,
    /// What is found in the hunt is counted.
    Facets,
    /// Hosts that are cut off.
    Isolated,
    /// What was changed, and what was asked.
    Activity,
}

impl View {
    /// Every view, in the order of its keys.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The view that an action goes to.
    pub(super) fn from_action(action: Action) -> Option<Self> {
        Self::all().find(|view| view.action() == action)
    }

    /// The action that goes there.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Hunt => Action::ViewHunt,
            Self::Process => Action::ViewProcess,
            Self::Alerts | Self::AlertGroups => Action::ViewAlerts,
            Self::Sensors => Action::ViewSensors,
            Self::Binaries => Action::ViewBinaries,
            Self::Watchlists => Action::ViewWatchlists,
            Self::Feeds => Action::ViewFeeds,
            Self::Bans => Action::ViewBans,
            Self::Admin => Action::ViewAdmin,
            Self::Facets => Action::ViewFacets,
            Self::Isolated => Action::ViewIsolated,
            Self::Activity => Action::ViewActivity,
        }
    }

    /// Whether it is one of the views that are counted, and not a look at another or at the console itself.
    pub(super) fn is_numbered(self) -> bool {
        !matches!(self, Self::AlertGroups | Self::Facets | Self::Isolated | Self::Activity)
    }

    /// Its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Hunt => "Hunt",
            Self::Process => "Process",
            Self::Alerts | Self::AlertGroups => "Alerts",
            Self::Sensors => "Sensors",
            Self::Binaries => "Binaries",
            Self::Watchlists => "Watchlists",
            Self::Feeds => "Feeds",
            Self::Bans => "Bans",
            Self::Admin => "Admin",
            Self::Facets => "Facets",
            Self::Isolated => "Isolated",
            Self::Activity => "Activity",
        }
    }

    /// The same where there is little room.
    pub(super) fn short_title(self) -> &'static str {
        match self {
            Self::Process => "Proc",
            Self::Sensors => "Hosts",
            Self::Binaries => "Bins",
            Self::Watchlists => "Watch",
            other => other.title(),
        }
    }

    /// The index that is searched in it.
    pub(super) fn index(self) -> Option<Index> {
        match self {
            Self::Hunt | Self::Facets => Some(Index::Process),
            Self::Process
            | Self::Sensors
            | Self::Watchlists
            | Self::Bans
            | Self::Admin
            | Self::Isolated
            | Self::Activity => None,
            Self::Alerts | Self::AlertGroups => Some(Index::Alert),
            Self::Binaries => Some(Index::Binary),
            Self::Feeds => Some(Index::Report),
        }
    }

    /// The view in which an index is searched.
    pub(super) fn for_index(index: Index) -> Option<Self> {
        Self::all().find(|view| view.index() == Some(index))
    }

    /// Its panes in the order of the tab key, and their names where only one is shown at a time.
    pub(super) fn panes(self) -> &'static [(PaneId, &'static str)] {
        match self {
            Self::Hunt => &[
                (PaneId::Query(Index::Process), "Query"),
                (PaneId::Processes, "Processes"),
                (PaneId::Lineage, "Chain"),
                (PaneId::Sensor, "Sensor"),
            ],
            Self::Process => &[(PaneId::Tree, "Tree"), (PaneId::Events, "Events"), (PaneId::ProcessDetails, "Facts")],
            Self::Alerts => {
                &[(PaneId::Query(Index::Alert), "Query"), (PaneId::Alerts, "Alerts"), (PaneId::Alert, "Why")]
            }
            Self::AlertGroups => {
                &[(PaneId::Query(Index::Alert), "Query"), (PaneId::AlertGroups, "Groups"), (PaneId::Alert, "Why")]
            }
            Self::Binaries => {
                &[(PaneId::Query(Index::Binary), "Query"), (PaneId::Binaries, "Binaries"), (PaneId::Binary, "Binary")]
            }
            Self::Sensors => &[(PaneId::Sensors, "Sensors"), (PaneId::Host, "Host")],
            Self::Watchlists => &[(PaneId::Watchlists, "Watchlists"), (PaneId::Watchlist, "Watchlist")],
            Self::Feeds => &[
                (PaneId::Query(Index::Report), "Query"),
                (PaneId::Feeds, "Feeds"),
                (PaneId::Reports, "Reports"),
                (PaneId::Report, "Report"),
            ],
            Self::Admin => &[
                (PaneId::SensorGroups, "Groups"),
                (PaneId::Users, "Users"),
                (PaneId::Server, "Server"),
                (PaneId::Teams, "Teams"),
                (PaneId::Sites, "Sites"),
            ],
            Self::Bans => &[(PaneId::Bans, "Bans")],
            Self::Isolated => &[(PaneId::IsolatedSensors, "Isolated")],
            Self::Activity => &[(PaneId::Activity, "Activity"), (PaneId::Requests, "Requests")],
            Self::Facets => &[
                (PaneId::Query(Index::Process), "Query"),
                (PaneId::Processes, "Processes"),
                (PaneId::Facets, "Facets"),
            ],
        }
    }

    /// The pane that has what the query of the view finds.
    pub(super) fn results_pane(self) -> PaneId {
        match self {
            Self::Feeds => PaneId::Reports,
            other => other.main(),
        }
    }

    /// The pane that it is about, which has the focus when one comes here.
    pub(super) fn main(self) -> PaneId {
        match self {
            Self::Hunt => PaneId::Processes,
            Self::Process => PaneId::Tree,
            Self::Alerts => PaneId::Alerts,
            Self::AlertGroups => PaneId::AlertGroups,
            Self::Binaries => PaneId::Binaries,
            Self::Sensors => PaneId::Sensors,
            Self::Watchlists => PaneId::Watchlists,
            Self::Feeds => PaneId::Feeds,
            Self::Admin => PaneId::SensorGroups,
            Self::Bans => PaneId::Bans,
            Self::Facets => PaneId::Facets,
            Self::Isolated => PaneId::IsolatedSensors,
            Self::Activity => PaneId::Activity,
        }
    }
}
