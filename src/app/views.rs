//! The views: which panes are shown together.

use strum::{EnumIter, IntoEnumIterator};

use crate::keys::Action;
use crate::panes::PaneId;
use crate::query::Index;

/// A screen of panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub enum View {
    /// Process search.
    #[default]
    Hunt,
    /// A process with its relatives, events and details.
    Process,
    /// Alerts raised by watchlists and feeds.
    Alerts,
    /// Alerts grouped by a field that they share.
    AlertGroups,
    Sensors,
    /// Binary search.
    Binaries,
    Watchlists,
    /// Threat feeds and their reports.
    Feeds,
    /// Banned hashes.
    Bans,
    /// Sensor groups, users, teams, and the server.
    Admin,
    /// Value counts of the process search.
    Facets,
    /// Isolated sensors.
    Isolated,
    /// Audit log and request log.
    Activity,
}

impl View {
    /// Returns every view, in the order of its key.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the action that shows this view.
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

    /// Returns whether the view has a number key; the others are variants of a view or about the console itself.
    pub(super) fn is_numbered(self) -> bool {
        !matches!(self, Self::AlertGroups | Self::Facets | Self::Isolated | Self::Activity)
    }

    /// Returns the name of the view.
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

    /// Returns the name of the view for narrow screens.
    pub(super) fn short_title(self) -> &'static str {
        match self {
            Self::Process => "Proc",
            Self::Sensors => "Hosts",
            Self::Binaries => "Bins",
            Self::Watchlists => "Watch",
            other => other.title(),
        }
    }

    /// Returns the index that is searched in this view.
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

    /// Returns the view in which an index is searched.
    pub(super) fn for_index(index: Index) -> Option<Self> {
        Self::all().find(|view| view.index() == Some(index))
    }

    /// Returns its panes in tab order, with their names for screens that show one at a time.
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

    /// Returns the pane with the results of the view's query.
    pub(super) fn results_pane(self) -> PaneId {
        match self {
            Self::Feeds => PaneId::Reports,
            other => other.main(),
        }
    }

    /// Returns the main pane, which has the focus when the view is entered.
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
