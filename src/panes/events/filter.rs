//! Which rows of a timeline are shown: those of the kinds, of the time and with the words that were asked for.

use jiff::Timestamp;

use crate::model::{EventKind, Kinds};
use crate::panes::list::Filter;
use crate::session::{RowRef, Timeline};

/// What is asked of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventFilter {
    /// Only these kinds; all of them if there is none.
    pub(super) kinds: Kinds,
    pub(super) filter: Filter,
    /// Stretches of time, each within the one before it; only the last one counts.
    pub(super) ranges: Vec<TimeRange>,
}

/// A stretch of time, both ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeRange {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The rows that are shown, and from what that was found out.
#[derive(Clone, Debug, Default)]
pub(super) struct FilteredEvents {
    pub(super) rows: Vec<RowRef>,
    /// How many events there are of each kind, of those that the choice of kinds has no part in.
    kind_counts: [usize; KINDS],
    /// Events among the rows.
    pub(super) n_events: usize,
    /// Events that there are, shown or not.
    pub(super) n_total_events: usize,
    event_filter: EventFilter,
    revision: u64,
}

const KINDS: usize = 10;

impl EventFilter {
    /// The stretch of time that is shown, if not all of it is.
    pub(super) fn range(&self) -> Option<TimeRange> {
        self.ranges.last().copied()
    }
}

impl TimeRange {
    /// The stretch between two moments, whichever is first.
    pub(super) fn from_ends(one: Timestamp, other: Timestamp) -> Self {
        Self { start: one.min(other), end: one.max(other) }
    }

    /// Whether a moment lies in it.
    pub(super) fn contains(self, at: Timestamp) -> bool {
        (self.start..=self.end).contains(&at)
    }
}

impl FilteredEvents {
    /// Whether it is what comes of this wish and this timeline.
    pub(super) fn is_current(&self, wish: &EventFilter, timeline: &Timeline) -> bool {
        self.revision == timeline.revision() && self.event_filter == *wish
    }

    /// Sifts the rows of a timeline. A gap is shown whatever is asked for: nobody knows what it hides.
    pub(super) fn new(wish: &EventFilter, timeline: &Timeline) -> Self {
        let stretch = wish.range();
        let mut sifted = Self { event_filter: wish.clone(), revision: timeline.revision(), ..Self::default() };
        for place in timeline.rows() {
            let kinds = timeline.kinds(*place);
            sifted.n_total_events += usize::from(!kinds.is_empty());
            let is_then = |stretch: TimeRange| timeline.event_time(*place).is_some_and(|at| stretch.contains(at));
            if !stretch.is_none_or(is_then) {
                continue;
            }
            if kinds.is_empty() {
                sifted.rows.push(*place);
                continue;
            }
            if !wish.matches_words(*place, kinds, timeline) {
                continue;
            }
            for (count, kind) in sifted.kind_counts.iter_mut().zip(EventKind::all()) {
                *count += usize::from(kinds.contains(kind));
            }
            if wish.kinds.is_empty() || wish.kinds.intersects(kinds) {
                sifted.rows.push(*place);
                sifted.n_events += 1;
            }
        }
        sifted
    }

    /// Every kind with the number of its events.
    pub(super) fn counts(&self) -> impl Iterator<Item = (EventKind, usize)> {
        EventKind::all().zip(self.kind_counts)
    }

    /// Where the row that is nearest to a moment is shown.
    pub(super) fn nearest_row(&self, at: Option<Timestamp>, timeline: &Timeline) -> usize {
        let key = |at: Option<Timestamp>| at.unwrap_or(Timestamp::MAX);
        let is_before = |place: &RowRef| key(timeline.event_time(*place)) < key(at);
        let next = self.rows.partition_point(is_before);
        next.min(self.rows.len().saturating_sub(1))
    }
}

impl EventFilter {
    fn matches_words(&self, place: RowRef, kinds: Kinds, timeline: &Timeline) -> bool {
        let is_kind = |word: &str| {
            let mut own = EventKind::all().filter(|kind| kinds.contains(*kind));
            own.any(|kind| <&str>::from(kind).contains(word) || kind.short_name().contains(word))
        };
        let named = |name: &str, word: &str| match name {
            "kind" if is_kind(word) => Some(true),
            "kind" => Some(timeline.fact_contains(place, name, word) == Some(true)),
            "detail" => Some(timeline.contains_word(place, word)),
            _ => timeline.fact_contains(place, name, word),
        };
        self.filter.matches_row(named, |word| timeline.contains_word(place, word))
    }
}
