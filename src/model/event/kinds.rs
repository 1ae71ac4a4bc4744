//! Sets of event kinds, and short names of the kinds.

use strum::IntoEnumIterator;

use super::{Event, EventKind};

/// A set of event kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u16);

impl EventKind {
    /// Returns the name of the kind for narrow columns.
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

    /// Returns every kind, in display order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Kinds {
    /// Returns the kinds that an event counts as. Tampering with the sensor also counts as EMET, since both are reports
    /// of a protection.
    pub fn from_event(event: &Event) -> Self {
        let guard = if event.is_tamper { EventKind::Emet.bit() } else { 0 };
        Self(event.kind().bit() | guard)
    }

    /// Returns whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the set contains `kind`.
    pub fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Returns whether the sets have a kind in common.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the set with `kind` added, or removed if it was in it.
    #[must_use]
    pub fn with_toggled(self, kind: EventKind) -> Self {
        Self(self.0 ^ kind.bit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_toggled() {
        let kinds = Kinds::default().with_toggled(EventKind::Netconn);
        assert!(kinds.contains(EventKind::Netconn) && !kinds.contains(EventKind::Other));
        let both = kinds.with_toggled(EventKind::Other);
        assert!(both.intersects(kinds) && both != kinds);
        assert!(kinds.with_toggled(EventKind::Netconn).is_empty());
    }
}
