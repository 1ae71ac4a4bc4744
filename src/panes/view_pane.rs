//! The panes that views are made of.

use std::{any::Any, fmt::Debug};

use super::{ActionTargets, Pane, SavedState};
use crate::model::Document;
use crate::session::{Cx, Session};

/// A pane of a view. It stays while popups come and go, and the navigation history saves its state.
pub trait ViewPane: Pane + Any + Debug {
    /// Fetches what it shows again, past the cache.
    fn refresh(&self, _cx: &mut Cx<'_>) {}

    /// Returns the state to which the navigation history can return.
    fn save(&self, _session: &Session) -> SavedState {
        SavedState::default()
    }

    /// Returns to a saved state.
    fn restore(&mut self, _state: &SavedState, _cx: &mut Cx<'_>) {}

    /// Removes all marks after an action on the marked rows.
    fn clear_marks(&mut self) {}

    /// Returns the meaning of the signs in the last frame; shown in the lower border if there is room.
    fn legend(&self) -> String {
        String::new()
    }

    /// Returns what actions apply to.
    fn action_targets(&self, _session: &Session) -> ActionTargets {
        ActionTargets::default()
    }

    /// Returns the number of marked rows, to which actions apply instead of the selected one.
    fn n_marked(&self) -> usize {
        0
    }

    /// Returns whether the last frame had room for the selected row or record.
    fn has_room_for_selection(&self) -> bool {
        true
    }

    /// Returns the selected record as the server sent it, with a name for it.
    fn record(&self, _session: &Session) -> Option<(String, Document)> {
        None
    }
}
