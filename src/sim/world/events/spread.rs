//! Where events lie in the life of a process, and which segment has them.

use super::super::{
    process::{Process, SALT_EVENTS},
    rng::Dice,
};
use super::List;

const SALT_WHEN: u64 = 0x3e6;

/// Which part of each list is wanted.
pub(super) struct Share {
    pub(super) nth: usize,
    pub(super) all: usize,
}

impl Share {
    pub(super) fn of<T>(&self, mut list: List<T>) -> List<T> {
        let count = list.len();
        list.truncate(count * (self.nth + 1) / self.all);
        list.drain(..count * self.nth / self.all);
        list
    }
}

/// Moments spread evenly over a span, each somewhere within its part of it.
pub(super) struct Spread {
    start: i64,
    span: i64,
    count: i64,
    nth: i64,
    dice: Dice,
}

impl Spread {
    pub(super) fn whole(process: Process<'_>, count: usize) -> Self {
        Self::new(process, process.end() - process.start(), count)
    }

    pub(super) fn new(process: Process<'_>, span: i64, count: usize) -> Self {
        Self {
            start: process.start(),
            span,
            count: i64::try_from(count).unwrap_or(i64::MAX).max(1),
            nth: 0,
            dice: process.dice(SALT_EVENTS ^ SALT_WHEN),
        }
    }

    pub(super) fn next(&mut self) -> i64 {
        let at = self.start + self.span / self.count * self.nth;
        self.nth += 1;
        at + self.dice.moment(self.span / self.count)
    }
}

pub(super) fn sorted<T>(mut list: List<T>) -> List<T> {
    list.sort_by_key(|(at, _)| *at);
    list
}

pub(super) fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
