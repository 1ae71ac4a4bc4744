//! The rows of a timeline by name, and how two lists of them become one.

/// Names a row: an event of a segment, or the gap where a segment is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRef {
    pub(super) segment_index: u32,
    pub(super) event_index: u32,
}

/// The row of a [`RowRef`] that is the gap itself.
const GAP_ROW: u32 = u32::MAX;

impl RowRef {
    pub(super) fn new(part: usize, row: usize) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(GAP_ROW);
        Self { segment_index: number(part), event_index: number(row) }
    }

    /// The gap where a segment is missing.
    pub(super) fn gap_of(part: usize) -> Self {
        Self { event_index: GAP_ROW, ..Self::new(part, 0) }
    }

    /// Whether it is a gap.
    pub fn is_gap(self) -> bool {
        self.event_index == GAP_ROW
    }
}

/// Two lists in order, as one.
pub(super) fn merge_sorted<K: Ord>(old: &[RowRef], new: &[RowRef], key: impl Fn(RowRef) -> K) -> Vec<RowRef> {
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
pub(super) fn to_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
