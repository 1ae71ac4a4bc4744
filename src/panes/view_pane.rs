//! The panes that views are made of.

use std::{any::Any, fmt::Debug};

use super::{Pane, PaneId, SavedState};
use crate::session::{Cx, Session};

/// A pane of a view. It stays while popups come and go, and the navigation history saves its state.
pub trait ViewPane: Pane + Any + Debug {
    /// Returns its id.
    fn id(&self) -> PaneId;

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
}
