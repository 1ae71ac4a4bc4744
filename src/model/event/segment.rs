//! Segments: the batches in which a process's events are stored.

use std::fmt;

use jiff::Timestamp;

use crate::model::{EventCounts, Process, ProcessId};

/// The number of a segment: 1, 2, 3 … up to server 5.x; from 6.0 on, its arrival time in milliseconds since 1970 (API
/// reference 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment(pub u64);

impl Segment {
    /// All segments merged, as servers from 6.0 on support it.
    pub const ALL: Self = Self(0);

    /// Returns the arrival time, if the number is one.
    pub fn arrival_time(self) -> Option<Timestamp> {
        /// A time in 1973, in milliseconds: no server counts its segments this high.
        const MIN_MILLIS: u64 = 100_000_000_000;
        let number = i64::try_from(self.0).ok().filter(|_| self.0 > MIN_MILLIS)?;
        Timestamp::from_millisecond(number).ok()
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Description of a segment without its events.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentInfo {
    /// The process that it belongs to, if the server sends it.
    pub process: Option<ProcessId>,
    pub segment: Segment,
    /// Time of its last event (sensor clock).
    pub last_update: Option<Timestamp>,
    /// Time of its last event (server clock).
    pub last_server_update: Option<Timestamp>,
    pub counts: EventCounts,
}

impl From<&Process> for SegmentInfo {
    /// Returns the segment of a process document, which is how servers up to 5.x describe segments.
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
    fn only_a_large_segment_number_is_a_time() {
        let arrived = Segment(1_614_852_945_678).arrival_time();
        assert_eq!(arrived, "2021-03-04T10:15:45.678Z".parse().ok());
        for number in [0, 1, 999, u64::MAX] {
            assert_eq!(Segment(number).arrival_time(), None, "{number}");
        }
    }
}
