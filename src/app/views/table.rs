//! The table of views: a row says which panes a view has, how they are laid out, and what is fetched on entry.

use strum::EnumIter;

use super::{
    EnterCx,
    area::{Area, Size},
};
use crate::keys::Action;
use crate::model::{IsolatedSensor, OPEN_ALERTS};
use crate::panes::{
    Activity, AlertGroups, AlertPane, Alerts, Bans, Binaries, BinaryPane, DetailsPane, EventsPane, FacetsPane, Feeds,
    HostDetails, IngressFilters, IsolatedSensors, LineagePane, ListPane, ListState, ListView, PaneId, Partitions,
    ProcessDetailsPane, Processes, ReportDetails, Reports, Requests, SensorGroups, SensorPane, Sensors, ServerDetails,
    Sites, Teams, TreePane, Users, ViewPane, WatchlistDetails, Watchlists,
};
use crate::query::Index;
use crate::session::{ListRow, Lists};
use crate::worker::List;

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
    /// Partitions of the event store.
    Partitions,
    /// Ingress filters.
    IngressFilters,
    /// Audit log and request log.
    Activity,
}

/// A row of the table of views.
#[derive(Debug)]
pub(in crate::app) struct ViewSpec {
    pub(in crate::app) view: View,
    /// The action that shows it.
    pub(in crate::app) action: Action,
    pub(in crate::app) title: &'static str,
    /// The title for narrow screens.
    pub(in crate::app) short_title: &'static str,
    pub(in crate::app) tab: Tab,
    /// The index that is searched in it; its query editor is shown above the panes.
    pub(in crate::app) index: Option<Index>,
    pub(in crate::app) place: PlaceKind,
    /// The panes in tab order.
    pub(in crate::app) panes: &'static [PaneEntry],
    /// The pane that has the focus at first.
    pub(in crate::app) main: usize,
    /// The pane with the results of the query.
    pub(in crate::app) results: usize,
    pub(in crate::app) layout: Area,
    /// Fetches its obvious content: the selected process, the open alerts.
    pub(in crate::app) enter: fn(&mut EnterCx<'_, '_>),
}

/// Where the view stands in the line of tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Tab {
    /// Always, since it has a number key.
    Numbered,
    /// If there is room.
    Named,
    /// While it is shown.
    WhileShown,
    /// In the place of another view.
    SharedWith(View),
}

/// What tells two locations in a view apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum PlaceKind {
    /// The search of a list.
    Search(List),
    /// The opened process.
    Process,
    /// Nothing: there is one location.
    View,
}

/// A pane of a view.
#[derive(Debug)]
pub(in crate::app) struct PaneEntry {
    pub(in crate::app) id: PaneId,
    /// Its name for screens that show one pane at a time.
    pub(in crate::app) name: &'static str,
    pub(in crate::app) create: fn() -> Box<dyn ViewPane>,
    /// Makes room for the rows of a list.
    pub(in crate::app) add_list: fn(&mut Lists),
}

/// The entry of a list.
const fn list<K: ListView>(name: &'static str) -> PaneEntry {
    PaneEntry {
        id: PaneId::List(<K::Row as ListRow>::LIST),
        name,
        create: create::<ListPane<K>>,
        add_list: Lists::add_list::<K::Row>,
    }
}

/// The entry of a pane that is no list.
const fn pane<P: ViewPane + Default>(id: PaneId, name: &'static str) -> PaneEntry {
    PaneEntry { id, name, create: create::<P>, add_list: |_| {} }
}

fn create<P: ViewPane + Default>() -> Box<dyn ViewPane> {
    Box::new(P::default())
}

/// The pane beside a list; command lines need the remaining width.
const SIDE: Size = Size::up_to(37, 100, 64);

/// Lines needed for all details of a host and a binary.
const DETAILS_LINES: u16 = 20;

/// A list, and the details of its selected row beside it.
const LIST_AND_DETAILS: Area = Area::Columns(&[(Size::Fill(1), Area::Pane(0)), (SIDE, Area::Pane(1))]);

/// Returns the rows of the table, in the order of the views.
pub(in crate::app) fn specs() -> &'static [ViewSpec] {
    VIEWS
}

static VIEWS: &[ViewSpec] = &[
    ViewSpec {
        view: View::Hunt,
        action: Action::ViewHunt,
        title: "Hunt",
        short_title: "Hunt",
        tab: Tab::Numbered,
        index: Some(Index::Process),
        place: PlaceKind::Search(List::Processes),
        panes: &[
            list::<Processes>("Processes"),
            pane::<LineagePane>(PaneId::Lineage, "Chain"),
            pane::<SensorPane>(PaneId::Sensor, "Sensor"),
        ],
        main: 0,
        results: 0,
        layout: Area::Columns(&[
            (Size::Fill(1), Area::Pane(0)),
            (
                SIDE,
                // The details of host and binary get a fixed height, the ancestors the remaining one.
                Area::Rows(&[(Size::Fill(1), Area::Pane(1)), (Size::up_to(15, 28, DETAILS_LINES), Area::Pane(2))]),
            ),
        ]),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Process,
        action: Action::ViewProcess,
        title: "Process",
        short_title: "Proc",
        tab: Tab::Numbered,
        index: None,
        place: PlaceKind::Process,
        panes: &[
            pane::<TreePane>(PaneId::Tree, "Tree"),
            pane::<EventsPane>(PaneId::Events, "Events"),
            pane::<ProcessDetailsPane>(PaneId::ProcessDetails, "Facts"),
        ],
        main: 0,
        results: 0,
        layout: Area::Rows(&[
            (
                Size::Fill(1),
                // Events need more width than the process tree.
                Area::Columns(&[(Size::Percent(37), Area::Pane(0)), (Size::Fill(1), Area::Pane(1))]),
            ),
            (Size::up_to(1, 3, DETAILS_LINES), Area::Pane(2)),
        ]),
        enter: |entry| {
            if let Some(id) = entry.process {
                entry.cx.process().open_process(id);
            }
        },
    },
    ViewSpec {
        view: View::Alerts,
        action: Action::ViewAlerts,
        title: "Alerts",
        short_title: "Alerts",
        tab: Tab::Numbered,
        index: Some(Index::Alert),
        place: PlaceKind::Search(List::Alerts),
        panes: &[list::<Alerts>("Alerts"), pane::<AlertPane>(PaneId::Alert, "Why")],
        main: 0,
        results: 0,
        layout: LIST_AND_DETAILS,
        enter: search_open_alerts,
    },
    ViewSpec {
        view: View::AlertGroups,
        action: Action::ViewAlerts,
        title: "Alerts",
        short_title: "Alerts",
        tab: Tab::SharedWith(View::Alerts),
        index: Some(Index::Alert),
        place: PlaceKind::Search(List::Alerts),
        panes: &[list::<AlertGroups>("Groups"), pane::<AlertPane>(PaneId::Alert, "Why")],
        main: 0,
        results: 0,
        layout: LIST_AND_DETAILS,
        enter: search_open_alerts,
    },
    ViewSpec {
        view: View::Sensors,
        action: Action::ViewSensors,
        title: "Sensors",
        short_title: "Hosts",
        tab: Tab::Numbered,
        index: None,
        place: PlaceKind::Search(List::Sensors),
        panes: &[list::<Sensors>("Sensors"), pane::<DetailsPane<HostDetails>>(PaneId::Host, "Host")],
        main: 0,
        results: 0,
        layout: LIST_AND_DETAILS,
        enter: |entry| entry.cx.details().fetch_group_names(),
    },
    ViewSpec {
        view: View::Binaries,
        action: Action::ViewBinaries,
        title: "Binaries",
        short_title: "Bins",
        tab: Tab::Numbered,
        index: Some(Index::Binary),
        place: PlaceKind::Search(List::Binaries),
        panes: &[list::<Binaries>("Binaries"), pane::<BinaryPane>(PaneId::Binary, "Binary")],
        main: 0,
        results: 0,
        layout: LIST_AND_DETAILS,
        enter: |_| {},
    },
    ViewSpec {
        view: View::Watchlists,
        action: Action::ViewWatchlists,
        title: "Watchlists",
        short_title: "Watch",
        tab: Tab::Numbered,
        index: None,
        place: PlaceKind::View,
        panes: &[
            list::<Watchlists>("Watchlists"),
            pane::<DetailsPane<WatchlistDetails>>(PaneId::Watchlist, "Watchlist"),
        ],
        main: 0,
        results: 0,
        layout: LIST_AND_DETAILS,
        enter: |_| {},
    },
    ViewSpec {
        view: View::Feeds,
        action: Action::ViewFeeds,
        title: "Feeds",
        short_title: "Feeds",
        tab: Tab::Numbered,
        index: Some(Index::Report),
        place: PlaceKind::Search(List::Reports),
        panes: &[
            list::<Feeds>("Feeds"),
            list::<Reports>("Reports"),
            pane::<DetailsPane<ReportDetails>>(PaneId::Report, "Report"),
        ],
        main: 0,
        results: 1,
        layout: Area::Rows(&[
            (Size::Fill(5), Area::Columns(&[(Size::Percent(37), Area::Pane(0)), (Size::Fill(1), Area::Pane(1))])),
            // The indicators of a report are long and need the whole width.
            (Size::Fill(4), Area::Pane(2)),
        ]),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Bans,
        action: Action::ViewBans,
        title: "Bans",
        short_title: "Bans",
        tab: Tab::Numbered,
        index: None,
        place: PlaceKind::View,
        panes: &[list::<Bans>("Bans")],
        main: 0,
        results: 0,
        layout: Area::Pane(0),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Admin,
        action: Action::ViewAdmin,
        title: "Admin",
        short_title: "Admin",
        tab: Tab::Numbered,
        index: None,
        place: PlaceKind::View,
        panes: &[
            list::<SensorGroups>("Groups"),
            list::<Users>("Users"),
            pane::<DetailsPane<ServerDetails>>(PaneId::Server, "Server"),
            list::<Teams>("Teams"),
            list::<Sites>("Sites"),
        ],
        main: 0,
        results: 0,
        layout: Area::Columns(&[
            (Size::Fill(1), Area::Rows(&[(Size::Fill(1), Area::Pane(0)), (Size::Fill(1), Area::Pane(1))])),
            (
                Size::Percent(42),
                Area::Rows(&[
                    (Size::Fill(2), Area::Pane(2)),
                    (Size::Fill(1), Area::Pane(3)),
                    (Size::at_least(1, 5, 4), Area::Pane(4)),
                ]),
            ),
        ]),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Facets,
        action: Action::ViewFacets,
        title: "Facets",
        short_title: "Facets",
        tab: Tab::Named,
        index: Some(Index::Process),
        place: PlaceKind::Search(List::Processes),
        panes: &[list::<Processes>("Processes"), pane::<FacetsPane>(PaneId::Facets, "Facets")],
        main: 1,
        results: 1,
        layout: Area::Columns(&[(Size::Fill(5), Area::Pane(0)), (Size::Fill(6), Area::Pane(1))]),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Isolated,
        action: Action::ViewIsolated,
        title: "Isolated",
        short_title: "Isolated",
        tab: Tab::WhileShown,
        index: None,
        place: PlaceKind::View,
        panes: &[list::<IsolatedSensors>("Isolated")],
        main: 0,
        results: 0,
        layout: Area::Pane(0),
        // Isolation is refreshed on every visit.
        enter: |entry| entry.cx.lists().refresh_or_load::<IsolatedSensor>(),
    },
    ViewSpec {
        view: View::Partitions,
        action: Action::ViewPartitions,
        title: "Partitions",
        short_title: "Store",
        tab: Tab::WhileShown,
        index: None,
        place: PlaceKind::View,
        panes: &[list::<Partitions>("Partitions")],
        main: 0,
        results: 0,
        layout: Area::Pane(0),
        enter: |_| {},
    },
    ViewSpec {
        view: View::IngressFilters,
        action: Action::ViewIngressFilters,
        title: "Ingress filters",
        short_title: "Ingress",
        tab: Tab::WhileShown,
        index: None,
        place: PlaceKind::View,
        panes: &[list::<IngressFilters>("Ingress filters")],
        main: 0,
        results: 0,
        layout: Area::Pane(0),
        enter: |_| {},
    },
    ViewSpec {
        view: View::Activity,
        action: Action::ViewActivity,
        title: "Activity",
        short_title: "Activity",
        tab: Tab::Named,
        index: None,
        place: PlaceKind::View,
        panes: &[list::<Activity>("Activity"), list::<Requests>("Requests")],
        main: 0,
        results: 0,
        layout: Area::Rows(&[(Size::Fill(1), Area::Pane(0)), (Size::Fill(1), Area::Pane(1))]),
        enter: |entry| {
            entry.cx.changes().fetch_change_history();
            // The cursor is reset to the newest change.
            entry.panes.list_mut::<Activity>().restore_state(ListState::default());
        },
    },
];

/// Searches the open alerts, unless alerts were searched already.
fn search_open_alerts(entry: &mut EnterCx<'_, '_>) {
    let cx = &mut entry.cx;
    if cx.session().lists.search(List::Alerts).is_none() {
        entry.panes.editor_mut(Index::Alert).set_text(OPEN_ALERTS);
        cx.lists().search_index(Index::Alert, OPEN_ALERTS.into());
    }
}
