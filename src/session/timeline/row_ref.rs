//! References to rows of a timeline, and how two sorted lists of them are merged.

/// Refers to a row: an event of a segment, or the gap of a missing segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRef {
    pub(super) segment_index: u32,
    pub(super) event_index: u32,
}

/// The event index of a gap.
const GAP_ROW: u32 = u32::MAX;

impl RowRef {
    pub(super) fn new(segment_index: usize, event_index: usize) -> Self {
        let to_u32 = |n: usize| u32::try_from(n).unwrap_or(GAP_ROW);
        Self { segment_index: to_u32(segment_index), event_index: to_u32(event_index) }
    }

    /// Returns the gap row of a missing segment.
    pub(super) fn gap_of(segment_index: usize) -> Self {
        Self { event_index: GAP_ROW, ..Self::new(segment_index, 0) }
    }

    /// Returns whether the row is a gap.
    pub fn is_gap(self) -> bool {
        self.event_index == GAP_ROW
    }
}

/// Merges two sorted lists; equal keys keep `old` first.
pub(super) fn merge_sorted<K: Ord>(old: &[RowRef], new: &[RowRef], key: impl Fn(RowRef) -> K) -> Vec<RowRef> {
    let mut out = Vec::with_capacity(old.len() + new.len());
    let mut old = old.iter().copied().peekable();
    for row in new {
        let new_key = key(*row);
        while let Some(earlier) = old.next_if(|old| key(*old) <= new_key) {
            out.push(earlier);
        }
        out.push(*row);
    }
    out.extend(old);
    out
}

/// Converts to an index.
pub(super) fn to_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
