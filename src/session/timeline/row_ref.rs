//! The rows of a timeline by name, and how two lists of them become one.

/// Names a row: an event of a segment, or the gap where a segment is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) part: u32,
    pub(super) row: u32,
}

/// The row of a [`Place`] that is the gap itself.
const GAP: u32 = u32::MAX;

impl Place {
    pub(super) fn new(part: usize, row: usize) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(GAP);
        Self { part: number(part), row: number(row) }
    }

    /// The gap where a segment is missing.
    pub(super) fn gap(part: usize) -> Self {
        Self { row: GAP, ..Self::new(part, 0) }
    }

    /// Whether it is a gap.
    pub fn is_gap(self) -> bool {
        self.row == GAP
    }
}

/// Two lists in order, as one.
pub(super) fn merged<K: Ord>(old: &[Place], new: &[Place], key: impl Fn(Place) -> K) -> Vec<Place> {
    let mut out = Vec::with_capacity(old.len() + new.len());
    let mut old = old.iter().copied().peekable();
    for place in new {
        let key_of_new = key(*place);
        while let Some(before) = old.next_if(|old| key(*old) <= key_of_new) {
            out.push(before);
        }
        out.push(*place);
    }
    out.extend(old);
    out
}

/// A number as an index.
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
