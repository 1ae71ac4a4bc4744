//! Distribution of events over the lifetime and the segments of a process.

use super::super::{
    process::{Process, SALT_EVENTS},
    rng::Rng,
};
use super::EventList;

const SALT_WHEN: u64 = 0x3e6;

/// The part of each event list that belongs to a segment: part `index` of `count`.
pub(super) struct Share {
    pub(super) index: usize,
    pub(super) count: usize,
}

impl Share {
    pub(super) fn take_share<T>(&self, mut list: EventList<T>) -> EventList<T> {
        let count = list.len();
        list.truncate(count * (self.index + 1) / self.count);
        list.drain(..count * self.index / self.count);
        list
    }
}

/// Generator of times spread over a span: it has `count` equal parts with a random time in each.
pub(super) struct Spread {
    start: i64,
    span: i64,
    count: i64,
    index: i64,
    rng: Rng,
}

impl Spread {
    pub(super) fn over_lifetime(process: Process<'_>, count: usize) -> Self {
        Self::new(process, process.end() - process.start(), count)
    }

    pub(super) fn new(process: Process<'_>, span: i64, count: usize) -> Self {
        Self {
            start: process.start(),
            span,
            count: i64::try_from(count).unwrap_or(i64::MAX).max(1),
            index: 0,
            rng: process.rng(SALT_EVENTS ^ SALT_WHEN),
        }
    }

    pub(super) fn next_time(&mut self) -> i64 {
        let at = self.start + self.span / self.count * self.index;
        self.index += 1;
        at + self.rng.below_ms(self.span / self.count)
    }
}

pub(super) fn sort_by_time<T>(mut list: EventList<T>) -> EventList<T> {
    list.sort_by_key(|(at, _)| *at);
    list
}

pub(super) fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
