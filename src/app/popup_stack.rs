//! The popups that are open over the view.

use crate::keys::Scope;
use crate::panes::Pane;

/// The open popups; only the topmost is shown, and takes the keys.
#[derive(Default)]
pub(super) struct PopupStack(Vec<Box<dyn Pane>>);

impl PopupStack {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the topmost popup.
    pub(super) fn top(&self) -> Option<&dyn Pane> {
        self.0.last().map(AsRef::as_ref)
    }

    /// Returns the topmost popup, mutably.
    pub(super) fn top_mut(&mut self) -> Option<&mut Box<dyn Pane>> {
        self.0.last_mut()
    }

    /// Opens a popup over the others.
    pub(super) fn push(&mut self, popup: Box<dyn Pane>) {
        self.0.push(popup);
    }

    /// Opens a popup that is only read. It replaces another one of this kind; one in which something is entered stays
    /// below.
    pub(super) fn show_text(&mut self, popup: impl Pane + 'static) {
        self.0.pop_if(|top| top.scope() == Scope::Overlay);
        self.push(Box::new(popup));
    }

    /// Opens a popup instead of all others.
    pub(super) fn replace_all(&mut self, popup: impl Pane + 'static) {
        self.clear();
        self.push(Box::new(popup));
    }

    /// Closes the topmost popup; returns whether there was one.
    pub(super) fn close_top(&mut self) -> bool {
        self.0.pop().is_some()
    }

    /// Closes all popups.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
