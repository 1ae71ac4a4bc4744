//! Which rows of a timeline are shown: those of the kinds, of the time and with the words that were asked for.

use jiff::Timestamp;

use crate::model::{EventKind, Kinds};
use crate::panes::list::Filter;
use crate::session::{Place, Timeline};

/// What is asked of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// Only these kinds; all of them if there is none.
    pub(super) kinds: Kinds,
    pub(super) filter: Filter,
    /// Stretches of time, each within the one before it; only the last one counts.
    pub(super) stretches: Vec<Stretch>,
}

/// A stretch of time, both ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// The rows that are shown, and from what that was found out.
#[derive(Clone, Debug, Default)]
pub(super) struct Sifted {
    pub(super) rows: Vec<Place>,
    /// How many events there are of each kind, of those that the choice of kinds has no part in.
    counts: [usize; KINDS],
    /// Events among the rows.
    pub(super) n_events: usize,
    /// Events that there are, shown or not.
    pub(super) n_all: usize,
    wish: Wish,
    edition: u64,
}

const KINDS: usize = 10;

impl Wish {
    /// The stretch of time that is shown, if not all of it is.
    pub(super) fn stretch(&self) -> Option<Stretch> {
        self.stretches.last().copied()
    }
}

impl Stretch {
    /// The stretch between two moments, whichever is first.
    pub(super) fn between(one: Timestamp, other: Timestamp) -> Self {
        Self { from: one.min(other), to: one.max(other) }
    }

    /// Whether a moment lies in it.
    pub(super) fn has(self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&at)
    }
}

impl Sifted {
    /// Whether it is what comes of this wish and this timeline.
    pub(super) fn is_of(&self, wish: &Wish, timeline: &Timeline) -> bool {
        self.edition == timeline.edition() && self.wish == *wish
    }

    /// Sifts the rows of a timeline. A gap is shown whatever is asked for: nobody knows what it hides.
    pub(super) fn new(wish: &Wish, timeline: &Timeline) -> Self {
        let stretch = wish.stretch();
        let mut sifted = Self { wish: wish.clone(), edition: timeline.edition(), ..Self::default() };
        for place in timeline.rows() {
            let kinds = timeline.kinds(*place);
            sifted.n_all += usize::from(!kinds.is_empty());
            let is_then = |stretch: Stretch| timeline.at(*place).is_some_and(|at| stretch.has(at));
            if !stretch.is_none_or(is_then) {
                continue;
            }
            if kinds.is_empty() {
                sifted.rows.push(*place);
                continue;
            }
            if !wish.has_words(*place, kinds, timeline) {
                continue;
            }
            for (count, kind) in sifted.counts.iter_mut().zip(EventKind::all()) {
                *count += usize::from(kinds.has(kind));
            }
            if wish.kinds.is_empty() || wish.kinds.meets(kinds) {
                sifted.rows.push(*place);
                sifted.n_events += 1;
            }
        }
        sifted
    }

    /// Every kind with the number of its events.
    pub(super) fn counts(&self) -> impl Iterator<Item = (EventKind, usize)> {
        EventKind::all().zip(self.counts)
    }

    /// Where the row that is nearest to a moment is shown.
    pub(super) fn near(&self, at: Option<Timestamp>, timeline: &Timeline) -> usize {
        let key = |at: Option<Timestamp>| at.unwrap_or(Timestamp::MAX);
        let is_before = |place: &Place| key(timeline.at(*place)) < key(at);
        let next = self.rows.partition_point(is_before);
        next.min(self.rows.len().saturating_sub(1))
    }
}

impl Wish {
    fn has_words(&self, place: Place, kinds: Kinds, timeline: &Timeline) -> bool {
        let is_kind = |word: &str| {
            let mut own = EventKind::all().filter(|kind| kinds.has(*kind));
            own.any(|kind| <&str>::from(kind).contains(word) || kind.short().contains(word))
        };
        let named = |name: &str, word: &str| match name {
            "kind" if is_kind(word) => Some(true),
            "kind" => Some(timeline.has_in(place, name, word) == Some(true)),
            "detail" => Some(timeline.has(place, word)),
            _ => timeline.has_in(place, name, word),
        };
        self.filter.passes(named, |word| timeline.has(place, word))
    }
}
