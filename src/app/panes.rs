//! All panes of the console; each exists once, even if several views show it.

use std::any::Any;
use std::collections::BTreeMap;

use super::views;
use crate::panes::{ListPane, ListView, PaneId, QueryPane, ViewPane};
use crate::query::Index;
use crate::session::{ListRow, Lists};

/// All panes of the console.
#[derive(Debug)]
pub(super) struct Panes {
    by_id: BTreeMap<PaneId, Box<dyn ViewPane>>,
}

impl Panes {
    /// Creates the panes of all views, and room for their rows in `lists`.
    pub(super) fn new(lists: &mut Lists) -> Self {
        let mut by_id = BTreeMap::new();
        for spec in views::specs() {
            for entry in spec.panes {
                (entry.add_list)(lists);
                by_id.entry(entry.id).or_insert_with(entry.create);
            }
            if let Some(index) = spec.index {
                let editor = || -> Box<dyn ViewPane> { Box::new(QueryPane::new(index)) };
                by_id.entry(PaneId::Query(index)).or_insert_with(editor);
            }
        }
        Self { by_id }
    }

    /// Returns a pane by its id.
    pub(super) fn get(&self, id: PaneId) -> &dyn ViewPane {
        self.by_id.get(&id).expect(IN_TABLE).as_ref()
    }

    /// Returns a pane by its id, mutably.
    pub(super) fn get_mut(&mut self, id: PaneId) -> &mut dyn ViewPane {
        self.by_id.get_mut(&id).expect(IN_TABLE).as_mut()
    }

    /// Returns the query editor of an index.
    pub(super) fn editor(&self, index: Index) -> &QueryPane {
        let pane: &dyn Any = self.get(PaneId::Query(index));
        pane.downcast_ref().expect(OF_TYPE)
    }

    /// Returns the query editor of an index, mutably.
    pub(super) fn editor_mut(&mut self, index: Index) -> &mut QueryPane {
        let pane: &mut dyn Any = self.get_mut(PaneId::Query(index));
        pane.downcast_mut().expect(OF_TYPE)
    }

    /// Returns the pane of a list view.
    pub(super) fn list<K: ListView>(&self) -> &ListPane<K> {
        let pane: &dyn Any = self.get(PaneId::List(K::Row::LIST));
        pane.downcast_ref().expect(OF_TYPE)
    }

    /// Returns the pane of a list view, mutably.
    pub(super) fn list_mut<K: ListView>(&mut self) -> &mut ListPane<K> {
        let pane: &mut dyn Any = self.get_mut(PaneId::List(K::Row::LIST));
        pane.downcast_mut().expect(OF_TYPE)
    }
}

const IN_TABLE: &str = "a test checks that the table of views has every pane";
const OF_TYPE: &str = "the table of views has one type of pane for each id";
