//! Processes as the server indexes them, and their GUIDs.

use std::{fmt, net::IpAddr, str::FromStr};

use jiff::{Timestamp, ToSpan};

use super::{ClockDirection, Document, Md5, SensorId, Sha256, is_skewed};
use crate::text::Untrusted;

/// The GUID of a process: sensor, pid and start time in 16 bytes (API reference 1.4), without a segment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u128);

impl ProcessId {
    /// Builds a GUID; `created` counts 100 ns ticks since 1601-01-01 UTC.
    pub fn new(sensor: u32, pid: u32, created: u64) -> Self {
        Self(u128::from(sensor) << 96 | u128::from(pid) << 64 | u128::from(created))
    }

    /// Returns the sensor that reported the process.
    pub fn sensor(self) -> SensorId {
        SensorId(u64::from(self.bits_at(96)))
    }

    /// Returns the process id on its host; `None` if the GUID says "unknown".
    pub fn pid(self) -> Option<u32> {
        Some(self.bits_at(64)).filter(|&pid| pid != u32::MAX)
    }

    /// Returns the start time (sensor clock); `None` if the GUID has none.
    pub fn start_time(self) -> Option<Timestamp> {
        /// Seconds from 1601-01-01 to 1970-01-01.
        const EPOCH: i64 = 11_644_473_600;
        let ticks = i64::try_from(self.0 & u128::from(u64::MAX)).ok().filter(|&ticks| ticks > 0)?;
        let since = Timestamp::from_second(ticks / 10_000_000 - EPOCH).ok()?;
        since.checked_add((ticks % 10_000_000 * 100).nanoseconds()).ok()
    }

    /// Returns whether this is the placeholder for a parent that the sensor did not see
    /// (`<sensor>-ffff-ffff-0000-000000000000`).
    pub fn is_unknown(self) -> bool {
        self.pid().is_none()
    }

    /// Parses a GUID with an optional segment, in both forms of `unique_id`: 8 or 12 hex digits.
    pub fn parse_with_segment(text: &str) -> Option<(Self, Option<u64>)> {
        let guid = text.get(..36)?.parse().ok()?;
        match &text[36..] {
            "" => Some((guid, None)),
            suffix => {
                let segment = u64::from_str_radix(suffix.strip_prefix('-')?, 16).ok()?;
                Some((guid, Some(segment)))
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the word is what is wanted")]
    fn bits_at(self, shift: u32) -> u32 {
        (self.0 >> shift) as u32
    }
}

impl FromStr for ProcessId {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = text.as_bytes();
        let is_guid = bytes.len() == 36
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if !is_guid {
            return Err(());
        }
        u128::from_str_radix(&text.replace('-', ""), 16).map(Self).map_err(|_| ())
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl fmt::Debug for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProcessId({self})")
    }
}

/// A process document: a process, or one segment of it (API reference 2.2). Times are on the sensor's clock, in UTC,
/// unless the name says server.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    pub id: ProcessId,
    /// Segment of its events; 0 or `None` if all are merged.
    pub segment: Option<u64>,
    /// File name of its executable.
    pub name: Untrusted,
    /// Path of its executable.
    pub path: Untrusted,
    pub cmdline: Untrusted,
    /// Hash of its executable.
    pub md5: Option<Md5>,
    /// SHA-256 of its executable (7.x).
    pub sha256: Option<Sha256>,
    /// `None` in damaged documents.
    pub pid: Option<u32>,
    /// User that it ran as.
    pub user: Untrusted,
    /// SID or uid of the user, if the server sends it.
    pub sid: Untrusted,
    pub started: Option<Timestamp>,
    /// Time of its last event.
    pub last_update: Option<Timestamp>,
    /// Time of its last event (server clock).
    pub last_server_update: Option<Timestamp>,
    /// Whether it has ended; `None` if the document does not say.
    pub terminated: Option<bool>,
    pub parent: Option<ProcessId>,
    /// File name of its parent.
    pub parent_name: Untrusted,
    pub parent_pid: Option<u32>,
    /// Computer name.
    pub host: Untrusted,
    pub sensor: SensorId,
    /// Name of the sensor group when it ran.
    pub group: Untrusted,
    /// `workstation`, `server` or `domain_controller`.
    pub host_type: Untrusted,
    /// `windows`, `osx` or `linux`.
    pub os: Untrusted,
    /// Address from which the sensor connected to the server.
    pub comms_ip: Option<IpAddr>,
    /// Local address of the sensor.
    pub interface_ip: Option<IpAddr>,
    pub counts: EventCounts,
    /// Watchlists that it matched.
    pub watchlists: Vec<WatchlistHit>,
    /// Feeds with a report on it.
    pub feeds: Vec<FeedHit>,
    /// Whether the sensor's filter suppressed it, so that it has no document of its own.
    pub is_suppressed: bool,
    /// The record as the server sent it.
    pub document: Document,
}

/// A process document of which only the identity is read: for output that passes the record on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessDocument {
    pub id: ProcessId,
    /// Segment of its events; 0 or `None` if all are merged.
    pub segment: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl Process {
    /// Returns whether this is the server's placeholder for a parent that no sensor saw (API reference 2.3).
    pub fn is_stub(&self) -> bool {
        self.name.is_empty() && self.cmdline.raw() == "(unknown)"
    }
}

/// Number of events of each kind; `None` if the document does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    pub modload: Option<u64>,
    pub filemod: Option<u64>,
    pub regmod: Option<u64>,
    pub netconn: Option<u64>,
    pub childproc: Option<u64>,
    pub crossproc: Option<u64>,
    pub processblock: Option<u64>,
    pub fileless_scriptload: Option<u64>,
}

impl EventCounts {
    /// Returns the sum over all kinds; `None` if none was counted.
    pub fn total(&self) -> Option<u64> {
        let counts = [
            self.modload,
            self.filemod,
            self.regmod,
            self.netconn,
            self.childproc,
            self.crossproc,
            self.processblock,
            self.fileless_scriptload,
        ];
        counts.into_iter().flatten().reduce(u64::saturating_add)
    }
}

/// A watchlist that a process or binary matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchlistHit {
    /// Id of the watchlist, a number written as text.
    pub id: Untrusted,
    /// Time of the match (server clock).
    pub at: Option<Timestamp>,
}

/// A feed that has a report on a process or binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedHit {
    /// Name of the feed, in lower case.
    pub feed: Untrusted,
    /// -100 to 100.
    pub score: Option<i64>,
    pub reports: Vec<Untrusted>,
    /// URL of the feed's explanation.
    pub link: Untrusted,
}

/// A process with its relatives, as in one answer of the server (API reference 2.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub process: Process,
    /// The parent's document, if the server has it.
    pub parent: Option<Process>,
    /// At most the requested number.
    pub children: Vec<Process>,
    /// Other children of its parent.
    pub siblings: Vec<Process>,
    /// Number of relatives that could not be parsed.
    pub n_unreadable: usize,
}

impl Process {
    /// Returns whether the clock of its host is fast or slow, given that it is off by `off_by` seconds: an event cannot
    /// arrive before it happened, which rules out one of the signs.
    pub fn clock_lean(&self, off_by: i64) -> Option<ClockDirection> {
        clock_lean_between(self.last_update?, self.last_server_update?, off_by)
    }
}

/// Returns the direction in which a clock is off that reads `host` when the server's reads `server` or earlier.
fn clock_lean_between(host: Timestamp, server: Timestamp, off_by: i64) -> Option<ClockDirection> {
    /// Seconds that either clock may drift between two answers.
    const CLOCK_TOLERANCE: i64 = 5;
    /// Seconds in which an online sensor delivers its events. An offline sensor proves nothing.
    const MAX_DELIVERY: i64 = 60;
    let off = i64::try_from(off_by.unsigned_abs()).ok()?;
    if !is_skewed(off) {
        return None;
    }
    // Delivery time if the clock were slow; a negative one is impossible.
    let delivery = server.as_second() - host.as_second() - off;
    if delivery < -CLOCK_TOLERANCE {
        return Some(ClockDirection::Fast);
    }
    (delivery <= MAX_DELIVERY).then_some(ClockDirection::Slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_carries_sensor_pid_and_time() {
        let id: ProcessId = "00000007-0000-1092-01d7-10df4de391b0".parse().unwrap();
        assert_eq!(id.sensor(), SensorId(7));
        assert_eq!(id.pid(), Some(4242));
        assert_eq!(id.start_time().unwrap().to_string(), "2021-03-04T10:15:30.123Z");
        assert_eq!(id.to_string(), "00000007-0000-1092-01d7-10df4de391b0");
        assert_eq!(ProcessId::new(7, 4242, 132_593_265_301_230_000), id);
    }

    #[test]
    fn a_segment_is_split_off_in_both_lengths() {
        for (suffix, segment) in [("", None), ("-00000001", Some(1)), ("-0177fcbc770e", Some(1_614_852_945_678))] {
            let text = format!("00000007-0000-1092-01d7-10df4de391b0{suffix}");
            let (id, parsed) = ProcessId::parse_with_segment(&text).unwrap();
            assert_eq!((id.pid(), parsed), (Some(4242), segment));
        }
        assert_eq!(ProcessId::parse_with_segment("00000007-0000-1092-01d7-10df4de391b0-x"), None);
        assert_eq!(ProcessId::parse_with_segment("ünïcödé-0000-1092-01d7-10df4de391b0xx"), None);
    }

    #[test]
    fn an_unknown_parent_is_recognised() {
        let id: ProcessId = "00000007-ffff-ffff-0000-000000000000".parse().unwrap();
        assert!(id.is_unknown());
        assert_eq!((id.pid(), id.start_time()), (None, None));
    }

    #[test]
    fn the_direction_of_clock_skew_follows_from_the_arrival_of_events() {
        let at = |time: &str| format!("2026-03-04T{time}Z").parse().unwrap();
        for (host, server, off_by, expected) in [
            // Events that arrive before they happened.
            ("10:10:00", "10:04:30", 341, Some(ClockDirection::Fast)),
            ("10:10:00", "10:04:30", -341, Some(ClockDirection::Fast)),
            // Later than they happened, but sooner than a slow clock would allow.
            ("10:10:00", "10:12:00", 341, Some(ClockDirection::Fast)),
            ("10:10:00", "10:16:00", 341, Some(ClockDirection::Slow)),
            // A sensor that was offline proves neither.
            ("10:10:00", "11:16:00", 341, None),
            ("10:10:00", "10:10:00", 3, None),
        ] {
            let lean = clock_lean_between(at(host), at(server), off_by);
            assert_eq!(lean, expected, "{host} {server} {off_by}");
        }
    }
}
