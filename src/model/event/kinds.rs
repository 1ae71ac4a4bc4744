//! Sets of kinds of events, and the short names that they have in a list.

use strum::IntoEnumIterator;

use super::{Event, EventKind};

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u16);

impl EventKind {
    /// Its name where there is room for a word.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Filemod => "file",
            Self::Regmod => "reg",
            Self::Netconn => "net",
            Self::Modload => "mod",
            Self::Childproc => "child",
            Self::Crossproc => "cross",
            Self::Fileless => "script",
            Self::Block => "block",
            Self::Emet => "emet",
            Self::Other => "other",
        }
    }

    /// Every kind, in the order of the screen.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Kinds {
    /// The kinds that an event counts as. One that tampers with the sensor also counts as EMET: both tell of a guard
    /// that something ran into.
    pub fn from_event(event: &Event) -> Self {
        let guard = if event.is_tamper { EventKind::Emet.bit() } else { 0 };
        Self(event.kind().bit() | guard)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a kind is among them.
    pub fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether any kind is in both.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The same without a kind that is there, or with one that is not.
    #[must_use]
    pub fn with_toggled(self, kind: EventKind) -> Self {
        Self(self.0 ^ kind.bit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_comes_and_goes() {
        let kinds = Kinds::default().with_toggled(EventKind::Netconn);
        assert!(kinds.contains(EventKind::Netconn) && !kinds.contains(EventKind::Other));
        let both = kinds.with_toggled(EventKind::Other);
        assert!(both.intersects(kinds) && both != kinds);
        assert!(kinds.with_toggled(EventKind::Netconn).is_empty());
    }
}
