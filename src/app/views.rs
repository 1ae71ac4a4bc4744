//! The views: which panes are shown together.

use ratatui::layout::{Constraint, Layout, Rect};
use strum::{EnumIter, IntoEnumIterator};

use crate::keys::Action;
use crate::panes::PaneId;
use crate::query::Index;
use crate::worker::List;

/// Maximum width of the panes beside the list; command lines need the rest.
const MAX_SIDE_WIDTH: u16 = 64;

/// Lines needed for all details of a host and a binary.
const DETAILS_LINES: u16 = 20;

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
                (PaneId::List(List::Processes), "Processes"),
                (PaneId::Lineage, "Chain"),
                (PaneId::Sensor, "Sensor"),
            ],
            Self::Process => &[(PaneId::Tree, "Tree"), (PaneId::Events, "Events"), (PaneId::ProcessDetails, "Facts")],
            Self::Alerts => &[
                (PaneId::Query(Index::Alert), "Query"),
                (PaneId::List(List::Alerts), "Alerts"),
                (PaneId::Alert, "Why"),
            ],
            Self::AlertGroups => &[
                (PaneId::Query(Index::Alert), "Query"),
                (PaneId::List(List::AlertGroups), "Groups"),
                (PaneId::Alert, "Why"),
            ],
            Self::Binaries => &[
                (PaneId::Query(Index::Binary), "Query"),
                (PaneId::List(List::Binaries), "Binaries"),
                (PaneId::Binary, "Binary"),
            ],
            Self::Sensors => &[(PaneId::List(List::Sensors), "Sensors"), (PaneId::Host, "Host")],
            Self::Watchlists => &[(PaneId::List(List::Watchlists), "Watchlists"), (PaneId::Watchlist, "Watchlist")],
            Self::Feeds => &[
                (PaneId::Query(Index::Report), "Query"),
                (PaneId::List(List::Feeds), "Feeds"),
                (PaneId::List(List::Reports), "Reports"),
                (PaneId::Report, "Report"),
            ],
            Self::Admin => &[
                (PaneId::List(List::SensorGroups), "Groups"),
                (PaneId::List(List::Users), "Users"),
                (PaneId::Server, "Server"),
                (PaneId::List(List::Teams), "Teams"),
                (PaneId::List(List::Sites), "Sites"),
            ],
            Self::Bans => &[(PaneId::List(List::Bans), "Bans")],
            Self::Isolated => &[(PaneId::List(List::IsolatedSensors), "Isolated")],
            Self::Activity => &[(PaneId::List(List::Activity), "Activity"), (PaneId::List(List::Requests), "Requests")],
            Self::Facets => &[
                (PaneId::Query(Index::Process), "Query"),
                (PaneId::List(List::Processes), "Processes"),
                (PaneId::Facets, "Facets"),
            ],
        }
    }

    /// Returns the pane with the results of the view's query.
    pub(super) fn results_pane(self) -> PaneId {
        match self {
            Self::Feeds => PaneId::List(List::Reports),
            other => other.main(),
        }
    }

    /// Returns the main pane, which has the focus when the view is entered.
    pub(super) fn main(self) -> PaneId {
        match self {
            Self::Hunt => PaneId::List(List::Processes),
            Self::Process => PaneId::Tree,
            Self::Alerts => PaneId::List(List::Alerts),
            Self::AlertGroups => PaneId::List(List::AlertGroups),
            Self::Binaries => PaneId::List(List::Binaries),
            Self::Sensors => PaneId::List(List::Sensors),
            Self::Watchlists => PaneId::List(List::Watchlists),
            Self::Feeds => PaneId::List(List::Feeds),
            Self::Admin => PaneId::List(List::SensorGroups),
            Self::Bans => PaneId::List(List::Bans),
            Self::Facets => PaneId::Facets,
            Self::Isolated => PaneId::List(List::IsolatedSensors),
            Self::Activity => PaneId::List(List::Activity),
        }
    }

    /// Divides the main area among the panes.
    pub(super) fn split(self, main: Rect) -> Vec<(PaneId, Rect)> {
        match self {
            Self::Hunt => {
                let [list, column] = side_by_side(main);
                // The details of host and binary get a fixed height, the ancestors the remaining one.
                let details = (main.height * 15 / 28).min(DETAILS_LINES);
                let [chain, sensor] =
                    Layout::vertical([Constraint::Fill(1), Constraint::Length(details)]).areas(column);
                vec![(PaneId::List(List::Processes), list), (PaneId::Lineage, chain), (PaneId::Sensor, sensor)]
            }
            Self::Process => {
                let [above, details] =
                    Layout::vertical([Constraint::Fill(1), Constraint::Length((main.height / 3).min(DETAILS_LINES))])
                        .areas(main);
                // Events need more width than the process tree.
                let [tree, events] = Layout::horizontal([Constraint::Percentage(37), Constraint::Fill(1)]).areas(above);
                vec![(PaneId::Tree, tree), (PaneId::Events, events), (PaneId::ProcessDetails, details)]
            }
            Self::Alerts => {
                let [list, alert] = side_by_side(main);
                vec![(PaneId::List(List::Alerts), list), (PaneId::Alert, alert)]
            }
            Self::AlertGroups => {
                let [groups, alert] = side_by_side(main);
                vec![(PaneId::List(List::AlertGroups), groups), (PaneId::Alert, alert)]
            }
            Self::Binaries => {
                let [list, binary] = side_by_side(main);
                vec![(PaneId::List(List::Binaries), list), (PaneId::Binary, binary)]
            }
            Self::Sensors => {
                let [list, host] = side_by_side(main);
                vec![(PaneId::List(List::Sensors), list), (PaneId::Host, host)]
            }
            Self::Watchlists => {
                let [list, watchlist] = side_by_side(main);
                vec![(PaneId::List(List::Watchlists), list), (PaneId::Watchlist, watchlist)]
            }
            Self::Feeds => {
                // The indicators of a report are long and need the whole width.
                let [above, report] = Layout::vertical([Constraint::Fill(5), Constraint::Fill(4)]).areas(main);
                let [feeds, reports] =
                    Layout::horizontal([Constraint::Percentage(37), Constraint::Fill(1)]).areas(above);
                vec![
                    (PaneId::List(List::Feeds), feeds),
                    (PaneId::List(List::Reports), reports),
                    (PaneId::Report, report),
                ]
            }
            Self::Admin => {
                let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Percentage(42)]).areas(main);
                let [groups, users] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(left);
                let parts = [Constraint::Fill(2), Constraint::Fill(1), Constraint::Length((main.height / 5).max(4))];
                let [server, teams, sites] = Layout::vertical(parts).areas(right);
                vec![
                    (PaneId::List(List::SensorGroups), groups),
                    (PaneId::List(List::Users), users),
                    (PaneId::Server, server),
                    (PaneId::List(List::Teams), teams),
                    (PaneId::List(List::Sites), sites),
                ]
            }
            Self::Bans => vec![(PaneId::List(List::Bans), main)],
            Self::Isolated => vec![(PaneId::List(List::IsolatedSensors), main)],
            Self::Activity => {
                let [activity, requests] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(main);
                vec![(PaneId::List(List::Activity), activity), (PaneId::List(List::Requests), requests)]
            }
            Self::Facets => {
                let half = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(6)]);
                let [list, facets] = half.areas(main);
                vec![(PaneId::List(List::Processes), list), (PaneId::Facets, facets)]
            }
        }
    }
}

/// Splits an area into a wide left and a narrower right part.
fn side_by_side(main: Rect) -> [Rect; 2] {
    let side = (main.width * 37 / 100).min(MAX_SIDE_WIDTH);
    Layout::horizontal([Constraint::Fill(1), Constraint::Length(side)]).areas(main)
}
