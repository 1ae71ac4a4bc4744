//! The batches that a process's events are stored in.

use std::fmt;

use jiff::Timestamp;

use crate::model::{EventCounts, Process, ProcessId};

/// The number of a batch of events: 1, 2, 3 … up to 5.x, the time it arrived in milliseconds since 1970 from 6.0 on
/// (reference 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment(pub u64);

impl Segment {
    /// All of them merged, as servers from 6.0 on answer it.
    pub const ALL: Self = Self(0);

    /// When it arrived, where its number says so.
    pub fn arrival_time(self) -> Option<Timestamp> {
        /// 1973 in milliseconds: no server counts its segments up to here.
        const TIMES: u64 = 100_000_000_000;
        let number = i64::try_from(self.0).ok().filter(|_| self.0 > TIMES)?;
        Timestamp::from_millisecond(number).ok()
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the server says of one segment without its events.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentInfo {
    /// The process that it is of, where it says so.
    pub process: Option<ProcessId>,
    /// Its number.
    pub segment: Segment,
    /// Its last event, on the sensor's clock.
    pub last_update: Option<Timestamp>,
    /// Its last event, on the server's clock.
    pub last_server_update: Option<Timestamp>,
    /// How many events of each kind it has.
    pub counts: EventCounts,
}

impl From<&Process> for SegmentInfo {
    /// The segment that one document of a search stands for: how servers up to 5.x tell of them.
    fn from(document: &Process) -> Self {
        Self {
            process: Some(document.id),
            segment: Segment(document.segment.unwrap_or(1)),
            last_update: document.last_update,
            last_server_update: document.last_server_update,
            counts: document.counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_time_only_where_it_can_be_one() {
        let arrived = Segment(1_614_852_945_678).arrival_time();
        assert_eq!(arrived, "2021-03-04T10:15:45.678Z".parse().ok());
        for number in [0, 1, 999, u64::MAX] {
            assert_eq!(Segment(number).arrival_time(), None, "{number}");
        }
    }
}
