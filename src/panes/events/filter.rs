//! Filtering of a timeline by event kind, time range and words.

use jiff::Timestamp;

use crate::model::{EventKind, Kinds};
use crate::panes::list::Filter;
use crate::session::{RowRef, Timeline};

/// The filter of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventFilter {
    /// Kinds to show; all kinds if empty.
    pub(super) kinds: Kinds,
    pub(super) filter: Filter,
    /// Nested time ranges: each is within the one before it, and the last one is shown.
    pub(super) ranges: Vec<TimeRange>,
}

/// A time range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeRange {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The rows that pass a filter, and the inputs for which that was determined.
#[derive(Clone, Debug, Default)]
pub(super) struct FilteredEvents {
    pub(super) rows: Vec<RowRef>,
    /// Events of each kind that pass the filter apart from its choice of kinds.
    kind_counts: [usize; KINDS],
    /// Number of events among the rows.
    pub(super) n_events: usize,
    /// Number of all loaded events.
    pub(super) n_total_events: usize,
    event_filter: EventFilter,
    revision: u64,
}

const KINDS: usize = 10;

impl EventFilter {
    /// Returns the time range to show, if there is one.
    pub(super) fn range(&self) -> Option<TimeRange> {
        self.ranges.last().copied()
    }
}

impl TimeRange {
    /// Returns the range between two times in any order.
    pub(super) fn from_ends(one: Timestamp, other: Timestamp) -> Self {
        Self { start: one.min(other), end: one.max(other) }
    }

    pub(super) fn contains(self, at: Timestamp) -> bool {
        (self.start..=self.end).contains(&at)
    }
}

impl FilteredEvents {
    /// Whether the rows are those for this filter and timeline.
    pub(super) fn is_current(&self, event_filter: &EventFilter, timeline: &Timeline) -> bool {
        self.revision == timeline.revision() && self.event_filter == *event_filter
    }

    /// Filters the rows of a timeline. A gap is shown with every filter on kinds and words: its events are unknown.
    pub(super) fn new(event_filter: &EventFilter, timeline: &Timeline) -> Self {
        let range = event_filter.range();
        let mut filtered =
            Self { event_filter: event_filter.clone(), revision: timeline.revision(), ..Self::default() };
        for row in timeline.rows() {
            let kinds = timeline.kinds(*row);
            filtered.n_total_events += usize::from(!kinds.is_empty());
            let is_in_range = |range: TimeRange| timeline.event_time(*row).is_some_and(|at| range.contains(at));
            if !range.is_none_or(is_in_range) {
                continue;
            }
            if kinds.is_empty() {
                filtered.rows.push(*row);
                continue;
            }
            if !event_filter.matches_words(*row, kinds, timeline) {
                continue;
            }
            for (count, kind) in filtered.kind_counts.iter_mut().zip(EventKind::all()) {
                *count += usize::from(kinds.contains(kind));
            }
            if event_filter.kinds.is_empty() || event_filter.kinds.intersects(kinds) {
                filtered.rows.push(*row);
                filtered.n_events += 1;
            }
        }
        filtered
    }

    /// Returns every kind with the number of its events.
    pub(super) fn counts(&self) -> impl Iterator<Item = (EventKind, usize)> {
        EventKind::all().zip(self.kind_counts)
    }

    /// Returns the index of the row nearest to `at`; events without a time are last.
    pub(super) fn nearest_row(&self, at: Option<Timestamp>, timeline: &Timeline) -> usize {
        let key = |at: Option<Timestamp>| at.unwrap_or(Timestamp::MAX);
        let is_before = |row: &RowRef| key(timeline.event_time(*row)) < key(at);
        let next = self.rows.partition_point(is_before);
        next.min(self.rows.len().saturating_sub(1))
    }
}

impl EventFilter {
    fn matches_words(&self, row: RowRef, kinds: Kinds, timeline: &Timeline) -> bool {
        let is_kind = |word: &str| {
            let mut event_kinds = EventKind::all().filter(|kind| kinds.contains(*kind));
            event_kinds.any(|kind| <&str>::from(kind).contains(word) || kind.short_name().contains(word))
        };
        let column_contains = |name: &str, word: &str| match name {
            "kind" if is_kind(word) => Some(true),
            "kind" => Some(timeline.property_contains(row, name, word) == Some(true)),
            "detail" => Some(timeline.contains_word(row, word)),
            _ => timeline.property_contains(row, name, word),
        };
        self.filter.matches_row(column_contains, |word| timeline.contains_word(row, word))
    }
}
