//! All panes of the console; each exists once, even if several views show it.

use crate::panes::{
    Activity, AlertGroups, AlertPane, Alerts, Bans, Binaries, BinaryPane, DetailsPane, EventsPane, FacetsPane, Feeds,
    HostDetails, IsolatedSensors, LineagePane, ListPane, Pane, PaneId, ProcessDetailsPane, Processes, QueryPane,
    ReportDetails, Reports, Requests, SensorGroups, SensorPane, Sensors, ServerDetails, Sites, Teams, TreePane, Users,
    WatchlistDetails, Watchlists,
};
use crate::query::Index;
use crate::session::Cx;
use crate::worker::List;

/// All panes of the console.
#[derive(Debug)]
pub(super) struct Panes {
    pub(super) query: QueryPane,
    pub(super) processes: ListPane<Processes>,
    pub(super) lineage: LineagePane,
    pub(super) sensor: SensorPane,
    pub(super) tree: TreePane,
    pub(super) events: EventsPane,
    pub(super) facts: ProcessDetailsPane,
    pub(super) alert_query: QueryPane,
    pub(super) alerts: ListPane<Alerts>,
    pub(super) alert_groups: ListPane<AlertGroups>,
    pub(super) alert: AlertPane,
    pub(super) binary_query: QueryPane,
    pub(super) binaries: ListPane<Binaries>,
    pub(super) binary: BinaryPane,
    pub(super) facets: FacetsPane,
    pub(super) bans: ListPane<Bans>,
    pub(super) isolated_sensors: ListPane<IsolatedSensors>,
    pub(super) activity: ListPane<Activity>,
    pub(super) requests: ListPane<Requests>,
    pub(super) report_query: QueryPane,
    pub(super) sensors: ListPane<Sensors>,
    pub(super) host: DetailsPane<HostDetails>,
    pub(super) watchlists: ListPane<Watchlists>,
    pub(super) watchlist: DetailsPane<WatchlistDetails>,
    pub(super) feeds: ListPane<Feeds>,
    pub(super) reports: ListPane<Reports>,
    pub(super) report: DetailsPane<ReportDetails>,
    pub(super) groups: ListPane<SensorGroups>,
    pub(super) users: ListPane<Users>,
    pub(super) teams: ListPane<Teams>,
    pub(super) sites: ListPane<Sites>,
    pub(super) server: DetailsPane<ServerDetails>,
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            query: QueryPane::new(Index::Process),
            processes: ListPane::default(),
            lineage: LineagePane::default(),
            sensor: SensorPane::default(),
            tree: TreePane::default(),
            events: EventsPane::default(),
            facts: ProcessDetailsPane::default(),
            alert_query: QueryPane::new(Index::Alert),
            alerts: ListPane::default(),
            alert_groups: ListPane::default(),
            alert: AlertPane::default(),
            binary_query: QueryPane::new(Index::Binary),
            binaries: ListPane::default(),
            binary: BinaryPane::default(),
            facets: FacetsPane::default(),
            bans: ListPane::default(),
            isolated_sensors: ListPane::default(),
            activity: ListPane::default(),
            requests: ListPane::default(),
            report_query: QueryPane::new(Index::Report),
            sensors: ListPane::default(),
            host: DetailsPane::default(),
            watchlists: ListPane::default(),
            watchlist: DetailsPane::default(),
            feeds: ListPane::default(),
            reports: ListPane::default(),
            report: DetailsPane::default(),
            groups: ListPane::default(),
            users: ListPane::default(),
            teams: ListPane::default(),
            sites: ListPane::default(),
            server: DetailsPane::default(),
        }
    }
}

impl Panes {
    /// Returns the query editor of an index.
    pub(super) fn editor(&self, index: Index) -> &QueryPane {
        match index {
            Index::Process => &self.query,
            Index::Alert => &self.alert_query,
            Index::Binary => &self.binary_query,
            Index::Report => &self.report_query,
        }
    }

    /// Returns the query editor of an index, mutably.
    pub(super) fn editor_mut(&mut self, index: Index) -> &mut QueryPane {
        match index {
            Index::Process => &mut self.query,
            Index::Alert => &mut self.alert_query,
            Index::Binary => &mut self.binary_query,
            Index::Report => &mut self.report_query,
        }
    }

    /// Refreshes the lists of groups, accounts and sites, past the cache.
    pub(super) fn refresh_accounts(&self, cx: &mut Cx<'_>) {
        self.groups.refresh_rows(cx);
        self.users.refresh_rows(cx);
        self.teams.refresh_rows(cx);
        self.sites.refresh_rows(cx);
    }

    /// Returns a pane by its id; the overlay is not among them, so its id returns the process query editor.
    pub(super) fn get(&self, id: PaneId) -> &dyn Pane {
        match id {
            PaneId::Overlay => &self.query,
            PaneId::Query(index) => self.editor(index),
            PaneId::List(list) => match list {
                List::Processes => &self.processes,
                List::Alerts => &self.alerts,
                List::AlertGroups => &self.alert_groups,
                List::Binaries => &self.binaries,
                List::Bans => &self.bans,
                List::IsolatedSensors => &self.isolated_sensors,
                List::Activity => &self.activity,
                List::Requests => &self.requests,
                List::Sensors => &self.sensors,
                List::Watchlists => &self.watchlists,
                List::Feeds => &self.feeds,
                List::Reports => &self.reports,
                List::SensorGroups => &self.groups,
                List::Users => &self.users,
                List::Teams => &self.teams,
                List::Sites => &self.sites,
            },
            PaneId::Lineage => &self.lineage,
            PaneId::Sensor => &self.sensor,
            PaneId::Tree => &self.tree,
            PaneId::Events => &self.events,
            PaneId::ProcessDetails => &self.facts,
            PaneId::Alert => &self.alert,
            PaneId::Binary => &self.binary,
            PaneId::Facets => &self.facets,
            PaneId::Host => &self.host,
            PaneId::Watchlist => &self.watchlist,
            PaneId::Report => &self.report,
            PaneId::Server => &self.server,
        }
    }

    /// Returns a pane by its id, mutably.
    pub(super) fn get_mut(&mut self, id: PaneId) -> &mut dyn Pane {
        match id {
            PaneId::Overlay => &mut self.query,
            PaneId::Query(index) => self.editor_mut(index),
            PaneId::List(list) => match list {
                List::Processes => &mut self.processes,
                List::Alerts => &mut self.alerts,
                List::AlertGroups => &mut self.alert_groups,
                List::Binaries => &mut self.binaries,
                List::Bans => &mut self.bans,
                List::IsolatedSensors => &mut self.isolated_sensors,
                List::Activity => &mut self.activity,
                List::Requests => &mut self.requests,
                List::Sensors => &mut self.sensors,
                List::Watchlists => &mut self.watchlists,
                List::Feeds => &mut self.feeds,
                List::Reports => &mut self.reports,
                List::SensorGroups => &mut self.groups,
                List::Users => &mut self.users,
                List::Teams => &mut self.teams,
                List::Sites => &mut self.sites,
            },
            PaneId::Lineage => &mut self.lineage,
            PaneId::Sensor => &mut self.sensor,
            PaneId::Tree => &mut self.tree,
            PaneId::Events => &mut self.events,
            PaneId::ProcessDetails => &mut self.facts,
            PaneId::Alert => &mut self.alert,
            PaneId::Binary => &mut self.binary,
            PaneId::Facets => &mut self.facets,
            PaneId::Host => &mut self.host,
            PaneId::Watchlist => &mut self.watchlist,
            PaneId::Report => &mut self.report,
            PaneId::Server => &mut self.server,
        }
    }
}
