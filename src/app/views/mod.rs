//! The views: which panes are shown together. [`table`] has a row for each.

mod area;
mod table;

use ratatui::layout::Rect;
use strum::IntoEnumIterator;

use super::panes::Panes;
use crate::keys::Action;
use crate::model::ProcessId;
use crate::panes::PaneId;
use crate::query::Index;
use crate::session::Cx;
pub use table::View;
pub(super) use table::{PlaceKind, Tab, ViewSpec, specs};

impl View {
    /// Returns every view, in the order of its key.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the row of the view in the table of views.
    pub(super) fn spec(self) -> &'static ViewSpec {
        specs().iter().find(|spec| spec.view == self).expect("the table has a row for each view, which a test checks")
    }

    /// Returns the index that is searched in this view.
    pub(super) fn index(self) -> Option<Index> {
        self.spec().index
    }

    /// Returns the view in which an index is searched.
    pub(super) fn for_index(index: Index) -> Option<Self> {
        Self::all().find(|view| view.index() == Some(index))
    }

    /// Returns the view that `action` shows.
    pub(super) fn for_action(action: Action) -> Self {
        let spec = specs().iter().find(|spec| spec.action == action);
        spec.map(|spec| spec.view).expect("the table has a view for each action of this kind, which a test checks")
    }

    /// Returns its panes below the query editor in tab order, with their names for screens that show one at a time.
    pub(super) fn panes(self) -> impl Iterator<Item = (PaneId, &'static str)> {
        self.spec().panes.iter().map(|entry| (entry.id, entry.name))
    }

    /// Returns the ids of its query editor, if it has one, and of its panes.
    pub(super) fn pane_ids(self) -> impl Iterator<Item = PaneId> {
        self.index().map(PaneId::Query).into_iter().chain(self.panes().map(|(id, _)| id))
    }

    /// Returns the pane with the results of the view's query.
    pub(super) fn results_pane(self) -> PaneId {
        let spec = self.spec();
        spec.panes[spec.results].id
    }

    /// Returns the main pane, which has the focus when the view is entered.
    pub(super) fn main(self) -> PaneId {
        let spec = self.spec();
        spec.panes[spec.main].id
    }

    /// Divides the main area among the panes.
    pub(super) fn split(self, main: Rect) -> Vec<(PaneId, Rect)> {
        let spec = self.spec();
        let areas = spec.layout.split(main).into_iter();
        areas.map(|(at, area)| (spec.panes[at].id, area)).collect()
    }
}

/// What a view may use when it is entered.
#[derive(Debug)]
pub(super) struct EnterCx<'p, 'a> {
    pub(super) panes: &'p mut Panes,
    pub(super) cx: Cx<'a>,
    /// The process that was selected in the view before.
    pub(super) process: Option<ProcessId>,
}

#[cfg(test)]
mod tests {
    use std::{any::Any, collections::BTreeMap};

    use strum::VariantArray;

    use super::*;
    use crate::worker::List;

    #[test]
    fn every_view_has_one_row_in_the_table_and_every_list_one_pane() {
        assert_eq!(specs().iter().map(|spec| spec.view).collect::<Vec<_>>(), View::all().collect::<Vec<_>>());
        for list in List::VARIANTS {
            let has_pane = |spec: &ViewSpec| spec.panes.iter().any(|entry| entry.id == PaneId::List(*list));
            assert!(specs().iter().any(has_pane), "no view shows {list:?}");
        }
    }

    #[test]
    fn a_pane_that_several_views_show_is_of_one_type() {
        let mut types = BTreeMap::new();
        for entry in specs().iter().flat_map(|spec| spec.panes) {
            let pane: Box<dyn Any> = (entry.create)();
            let type_id = (*pane).type_id();
            assert_eq!(*types.entry(entry.id).or_insert(type_id), type_id, "{:?}", entry.id);
        }
    }

    #[test]
    fn the_layout_of_a_view_has_every_pane_once() {
        for view in View::all() {
            let mut ids: Vec<_> = view.split(Rect::new(0, 0, 120, 30)).into_iter().map(|(id, _)| id).collect();
            ids.sort();
            let mut expected: Vec<_> = view.panes().map(|(id, _)| id).collect();
            expected.sort();
            assert_eq!(ids, expected, "{view:?}");
        }
    }
}
