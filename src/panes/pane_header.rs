//! The texts of a pane's frame.

use ratatui::text::Line;

use crate::worker::Slot;

/// The texts of a pane's frame, and the slots whose state it shows.
#[derive(Clone, Debug, Default)]
pub struct PaneHeader {
    pub title: Line<'static>,
    /// Additional text, such as the time of the data; shown if there is room.
    pub status: Line<'static>,
    /// Slots whose spinner and errors are shown in the frame.
    pub slots: &'static [Slot],
}

impl PaneHeader {
    /// Adds a status.
    #[must_use]
    pub(super) fn with_status(self, status: Line<'static>) -> Self {
        Self { status, ..self }
    }

    /// Adds slots.
    #[must_use]
    pub(super) fn with_slots(self, slots: &'static [Slot]) -> Self {
        Self { slots, ..self }
    }
}

impl From<Line<'static>> for PaneHeader {
    fn from(title: Line<'static>) -> Self {
        Self { title, ..Self::default() }
    }
}

impl From<String> for PaneHeader {
    fn from(title: String) -> Self {
        Line::from(title).into()
    }
}

impl From<&'static str> for PaneHeader {
    fn from(title: &'static str) -> Self {
        Line::from(title).into()
    }
}
