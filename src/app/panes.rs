//! All panes, each of them once, whatever view they are shown in.

use crate::panes::{
    Acts, AlertPane, Alerts, Bans, Binaries, BinaryPane, Bundles, Calls, CardPane, EventsPane, FacetsPane, FactsPane,
    Feeds, HostCard, Isolated, LineagePane, ListPane, Pane, PaneId, Processes, QueryPane, ReportCard, Reports,
    SensorGroups, SensorPane, Sensors, ServerCard, Sites, Teams, TreePane, Users, WatchlistCard, Watchlists,
};
use crate::query::Index;

/// One of each.
#[derive(Debug)]
pub(super) struct Panes {
    pub(super) query: QueryPane,
    pub(super) results: ListPane<Processes>,
    pub(super) lineage: LineagePane,
    pub(super) sensor: SensorPane,
    pub(super) tree: TreePane,
    pub(super) events: EventsPane,
    pub(super) facts: FactsPane,
    pub(super) alert_query: QueryPane,
    pub(super) alerts: ListPane<Alerts>,
    pub(super) bundles: ListPane<Bundles>,
    pub(super) alert: AlertPane,
    pub(super) binary_query: QueryPane,
    pub(super) binaries: ListPane<Binaries>,
    pub(super) binary: BinaryPane,
    pub(super) facets: FacetsPane,
    pub(super) bans: ListPane<Bans>,
    pub(super) isolated: ListPane<Isolated>,
    pub(super) acts: ListPane<Acts>,
    pub(super) calls: ListPane<Calls>,
    pub(super) report_query: QueryPane,
    pub(super) sensors: ListPane<Sensors>,
    pub(super) host: CardPane<HostCard>,
    pub(super) watchlists: ListPane<Watchlists>,
    pub(super) watchlist: CardPane<WatchlistCard>,
    pub(super) feeds: ListPane<Feeds>,
    pub(super) reports: ListPane<Reports>,
    pub(super) report: CardPane<ReportCard>,
    pub(super) groups: ListPane<SensorGroups>,
    pub(super) users: ListPane<Users>,
    pub(super) teams: ListPane<Teams>,
    pub(super) sites: ListPane<Sites>,
    pub(super) server: CardPane<ServerCard>,
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            query: QueryPane::new(Index::Process),
            results: ListPane::default(),
            lineage: LineagePane::default(),
            sensor: SensorPane::default(),
            tree: TreePane::default(),
            events: EventsPane::default(),
            facts: FactsPane::default(),
            alert_query: QueryPane::new(Index::Alert),
            alerts: ListPane::default(),
            bundles: ListPane::default(),
            alert: AlertPane::default(),
            binary_query: QueryPane::new(Index::Binary),
            binaries: ListPane::default(),
            binary: BinaryPane::default(),
            facets: FacetsPane::default(),
            bans: ListPane::default(),
            isolated: ListPane::default(),
            acts: ListPane::default(),
            calls: ListPane::default(),
            report_query: QueryPane::new(Index::Report),
            sensors: ListPane::default(),
            host: CardPane::default(),
            watchlists: ListPane::default(),
            watchlist: CardPane::default(),
            feeds: ListPane::default(),
            reports: ListPane::default(),
            report: CardPane::default(),
            groups: ListPane::default(),
            users: ListPane::default(),
            teams: ListPane::default(),
            sites: ListPane::default(),
            server: CardPane::default(),
        }
    }
}

impl Panes {
    /// The editor for queries of an index.
    pub(super) fn editor(&self, index: Index) -> &QueryPane {
        match index {
            Index::Process => &self.query,
            Index::Alert => &self.alert_query,
            Index::Binary => &self.binary_query,
            Index::Report => &self.report_query,
        }
    }

    /// The same, to be changed.
    pub(super) fn editor_mut(&mut self, index: Index) -> &mut QueryPane {
        match index {
            Index::Process => &mut self.query,
            Index::Alert => &mut self.alert_query,
            Index::Binary => &mut self.binary_query,
            Index::Report => &mut self.report_query,
        }
    }

    /// The pane of a name; the overlay is none of them.
    pub(super) fn get(&self, id: PaneId) -> &dyn Pane {
        match id {
            PaneId::Overlay => &self.query,
            PaneId::Query(index) => self.editor(index),
            PaneId::Results => &self.results,
            PaneId::Lineage => &self.lineage,
            PaneId::Sensor => &self.sensor,
            PaneId::Tree => &self.tree,
            PaneId::Events => &self.events,
            PaneId::Facts => &self.facts,
            PaneId::Alerts => &self.alerts,
            PaneId::Bundles => &self.bundles,
            PaneId::Alert => &self.alert,
            PaneId::Binaries => &self.binaries,
            PaneId::Binary => &self.binary,
            PaneId::Facets => &self.facets,
            PaneId::Bans => &self.bans,
            PaneId::Isolated => &self.isolated,
            PaneId::Acts => &self.acts,
            PaneId::Calls => &self.calls,
            PaneId::Sensors => &self.sensors,
            PaneId::Host => &self.host,
            PaneId::Watchlists => &self.watchlists,
            PaneId::Watchlist => &self.watchlist,
            PaneId::Feeds => &self.feeds,
            PaneId::Reports => &self.reports,
            PaneId::Report => &self.report,
            PaneId::Groups => &self.groups,
            PaneId::Users => &self.users,
            PaneId::Teams => &self.teams,
            PaneId::Sites => &self.sites,
            PaneId::Server => &self.server,
        }
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, id: PaneId) -> &mut dyn Pane {
        match id {
            PaneId::Overlay => &mut self.query,
            PaneId::Query(index) => self.editor_mut(index),
            PaneId::Results => &mut self.results,
            PaneId::Lineage => &mut self.lineage,
            PaneId::Sensor => &mut self.sensor,
            PaneId::Tree => &mut self.tree,
            PaneId::Events => &mut self.events,
            PaneId::Facts => &mut self.facts,
            PaneId::Alerts => &mut self.alerts,
            PaneId::Bundles => &mut self.bundles,
            PaneId::Alert => &mut self.alert,
            PaneId::Binaries => &mut self.binaries,
            PaneId::Binary => &mut self.binary,
            PaneId::Facets => &mut self.facets,
            PaneId::Bans => &mut self.bans,
            PaneId::Isolated => &mut self.isolated,
            PaneId::Acts => &mut self.acts,
            PaneId::Calls => &mut self.calls,
            PaneId::Sensors => &mut self.sensors,
            PaneId::Host => &mut self.host,
            PaneId::Watchlists => &mut self.watchlists,
            PaneId::Watchlist => &mut self.watchlist,
            PaneId::Feeds => &mut self.feeds,
            PaneId::Reports => &mut self.reports,
            PaneId::Report => &mut self.report,
            PaneId::Groups => &mut self.groups,
            PaneId::Users => &mut self.users,
            PaneId::Teams => &mut self.teams,
            PaneId::Sites => &mut self.sites,
            PaneId::Server => &mut self.server,
        }
    }
}
