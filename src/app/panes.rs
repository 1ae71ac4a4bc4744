//! All panes, each of them once, whatever view they are shown in.

use crate::panes::{
    Acts, AlertPane, Alerts, Bans, Binaries, BinaryPane, Bundles, Calls, EventsPane, FacetsPane,
    FactsPane, Isolated, LineagePane, ListPane, Pane, PaneId, Processes, QueryPane, SensorPane,
    TreePane,
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
        }
    }
}

impl Panes {
    /// The editor for queries of an index; reports have none.
    pub(super) fn editor(&self, index: Index) -> &QueryPane {
        match index {
            Index::Process | Index::Report => &self.query,
            Index::Alert => &self.alert_query,
            Index::Binary => &self.binary_query,
        }
    }

    /// The same, to be changed.
    pub(super) fn editor_mut(&mut self, index: Index) -> &mut QueryPane {
        match index {
            Index::Process | Index::Report => &mut self.query,
            Index::Alert => &mut self.alert_query,
            Index::Binary => &mut self.binary_query,
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
        }
    }
}
