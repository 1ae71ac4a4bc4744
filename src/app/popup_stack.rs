//! The popups that are open over the view.

use crate::keys::Scope;
use crate::panes::{Pane, TargetRows};

/// The open popups; only the topmost is shown, and takes the keys.
#[derive(Default)]
pub(super) struct PopupStack {
    popups: Vec<Box<dyn Pane>>,
    /// The rows to which the popups apply.
    target: TargetRows,
}

impl PopupStack {
    pub(super) fn is_empty(&self) -> bool {
        self.popups.is_empty()
    }

    /// Returns the topmost popup.
    pub(super) fn top(&self) -> Option<&dyn Pane> {
        self.popups.last().map(AsRef::as_ref)
    }

    /// Returns the topmost popup, mutably.
    pub(super) fn top_mut(&mut self) -> Option<&mut Box<dyn Pane>> {
        self.popups.last_mut()
    }

    /// Opens a popup that applies to some rows.
    pub(super) fn open(&mut self, popup: Box<dyn Pane>, target: TargetRows) {
        self.clear();
        self.target = target;
        self.open_over(popup);
    }

    /// Opens a popup over the others, for the rows of those.
    pub(super) fn open_over(&mut self, mut popup: Box<dyn Pane>) {
        popup.set_target(&self.target);
        self.popups.push(popup);
    }

    /// Opens a popup that is only read. It replaces another one of this kind; one in which something is entered stays
    /// below.
    pub(super) fn show_text(&mut self, popup: impl Pane + 'static) {
        self.popups.pop_if(|top| top.scope() == Scope::Overlay);
        self.popups.push(Box::new(popup));
    }

    /// Opens a popup instead of all others; it applies to no rows.
    pub(super) fn replace_all(&mut self, popup: impl Pane + 'static) {
        self.clear();
        self.popups.push(Box::new(popup));
    }

    /// Closes the topmost popup; returns whether there was one.
    pub(super) fn close_top(&mut self) -> bool {
        self.popups.pop().is_some()
    }

    /// Closes all popups.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
