//! The popups that are open over the view.

use crate::keys::Scope;
use crate::panes::{Pane, PaneId, TargetRows};

/// The open popups; only the topmost is shown, and takes the keys.
#[derive(Default)]
pub(super) struct PopupStack {
    popups: Vec<Box<dyn Pane>>,
    /// The rows that the popups are about; `None` if they are about something else.
    target: Option<TargetRows>,
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

    /// Returns the pane with the rows that the popups are about; `None` if they are about something else.
    pub(super) fn target_pane(&self) -> Option<PaneId> {
        self.target.as_ref().map(|target| target.pane)
    }

    /// Returns whether text is typed into one of the popups, which would be lost with it.
    pub(super) fn takes_text(&self) -> bool {
        self.popups.iter().any(|popup| popup.scope().takes_text())
    }

    /// Opens a popup that is about some rows, instead of all others.
    pub(super) fn open_for(&mut self, popup: Box<dyn Pane>, target: TargetRows) {
        self.clear();
        self.target = Some(target);
        self.open_over(popup);
    }

    /// Opens a popup over the others, which is about the rows that those are about.
    pub(super) fn open_over(&mut self, mut popup: Box<dyn Pane>) {
        if let Some(target) = &self.target {
            popup.set_target(target);
        }
        self.popups.push(popup);
    }

    /// Opens a popup that is only read. It replaces another one of this kind; one in which something is entered stays
    /// below.
    pub(super) fn show_text(&mut self, popup: impl Pane + 'static) {
        self.popups.pop_if(|top| top.scope() == Scope::Overlay);
        self.popups.push(Box::new(popup));
    }

    /// Opens a popup that is about no rows, instead of all others.
    pub(super) fn replace_all(&mut self, popup: impl Pane + 'static) {
        self.clear();
        self.popups.push(Box::new(popup));
    }

    /// Closes the topmost popup; returns whether there was one.
    pub(super) fn close_top(&mut self) -> bool {
        let is_closed = self.popups.pop().is_some();
        if self.is_empty() {
            self.clear();
        }
        is_closed
    }

    /// Closes all popups.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
