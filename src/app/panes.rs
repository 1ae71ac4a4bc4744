//! All panes, each of them once, whatever view they are shown in.

use crate::panes::{LineagePane, ListPane, Pane, PaneId, Processes, QueryPane, SensorPane};

/// One of each.
#[derive(Debug, Default)]
pub(super) struct Panes {
    pub(super) query: QueryPane,
    pub(super) results: ListPane<Processes>,
    pub(super) lineage: LineagePane,
    pub(super) sensor: SensorPane,
}

impl Panes {
    /// The pane of a name; the overlay is none of them.
    pub(super) fn get(&self, id: PaneId) -> &dyn Pane {
        match id {
            PaneId::Query | PaneId::Overlay => &self.query,
            PaneId::Results => &self.results,
            PaneId::Lineage => &self.lineage,
            PaneId::Sensor => &self.sensor,
        }
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, id: PaneId) -> &mut dyn Pane {
        match id {
            PaneId::Query | PaneId::Overlay => &mut self.query,
            PaneId::Results => &mut self.results,
            PaneId::Lineage => &mut self.lineage,
            PaneId::Sensor => &mut self.sensor,
        }
    }
}
