//! Views: which panes are on the screen together.

use strum::{EnumIter, IntoEnumIterator};

use crate::keys::Action;
use crate::panes::PaneId;

/// A screen of panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub enum View {
    /// Processes are searched.
    #[default]
    Hunt,
}

impl View {
    /// Every view, in the order of its keys.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The view that an action goes to.
    pub(super) fn of(action: Action) -> Option<Self> {
        Self::all().find(|view| view.action() == action)
    }

    /// The action that goes there.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Hunt => Action::ViewHunt,
        }
    }

    /// Its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Hunt => "Hunt",
        }
    }

    /// Its panes in the order of the tab key, and their names where only one is shown at a time.
    pub(super) fn panes(self) -> &'static [(PaneId, &'static str)] {
        match self {
            Self::Hunt => &[
                (PaneId::Query, "Query"),
                (PaneId::Results, "Processes"),
                (PaneId::Lineage, "Chain"),
                (PaneId::Sensor, "Sensor"),
            ],
        }
    }

    /// The pane that it is about, which has the focus when one comes here.
    pub(super) fn main(self) -> PaneId {
        match self {
            Self::Hunt => PaneId::Results,
        }
    }
}
