//! What a pane asks the app to do after an input.

use super::Pane;
use crate::keys::Action;
use crate::query::Index;
use crate::session::{Cx, Destination};

/// The result of an input in a pane, on which the app acts.
pub enum ActionResult {
    /// The action is not available in this pane.
    Ignored,
    /// Nothing more is to be done.
    Done,
    /// Shows another view, or another search. Closes all popups.
    Navigate(Destination),
    /// Puts a query into the editor of an index, without running it. Closes all popups.
    SetQuery(Index, String),
    /// Opens a popup over this pane; a popup stays below the new one.
    Open(Box<dyn Pane>),
    /// Opens a popup that is about the rows to which actions in this pane apply: the marked ones, or the selected one.
    OpenForTargets(Box<dyn Pane>),
    /// Closes all popups.
    Close,
    /// Closes all popups, and removes the marks of the rows that they are about: an action was applied to them.
    Applied,
    /// Closes this popup, and shows the one below it.
    Back,
    /// Closes all popups, and handles an action as if its key had been pressed.
    Run(Action),
}

/// What a pane asks the app to do after any input, which may have been meant for another pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterInput {
    /// Nothing is to be done.
    Nothing,
    /// Puts a query into the editor of an index, without running it.
    SetQuery(Index, String),
    /// Closes all popups.
    ClosePopups,
}

impl ActionResult {
    /// Opens a popup over this pane.
    pub fn open(popup: impl Pane + 'static) -> Self {
        Self::Open(Box::new(popup))
    }

    /// Opens a popup that is about the rows to which actions in this pane apply.
    pub(super) fn open_for_targets(popup: impl Pane + 'static) -> Self {
        Self::OpenForTargets(Box::new(popup))
    }

    /// Opens a popup if there is one; the action is not available otherwise.
    pub(super) fn open_if(popup: Option<impl Pane + 'static>) -> Self {
        popup.map_or(Self::Ignored, Self::open)
    }

    /// Navigates to the destination, or shows why there is none.
    pub(super) fn navigate_or_notify(destination: Result<Destination, impl Into<String>>, cx: &mut Cx<'_>) -> Self {
        match destination {
            Ok(destination) => Self::Navigate(destination),
            Err(reason) => Self::notify(reason, cx),
        }
    }

    /// Shows a notice; nothing more is to be done.
    pub(super) fn notify(text: impl Into<String>, cx: &mut Cx<'_>) -> Self {
        cx.notify(text);
        Self::Done
    }

    /// Returns this result, or the other one if the action is not available.
    #[must_use]
    pub(super) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if let Self::Ignored = self { other() } else { self }
    }
}
