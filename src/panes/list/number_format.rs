//! Formatting of numbers.

pub(in crate::panes) use crate::text::group_thousands;

/// Converts a position to an index.
pub(in crate::panes) fn to_index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
