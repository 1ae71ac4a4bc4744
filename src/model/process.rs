//! A process as the server indexes it, and how it is named.

use std::{fmt, net::IpAddr, str::FromStr};

use jiff::{Timestamp, ToSpan};

use super::{ClockDirection, Document, Md5, SensorId, Sha256, is_skewed};
use crate::text::Untrusted;

/// The GUID of a process: sensor, pid and start time in 16 bytes (reference 1.4). A segment is never part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u128);

impl ProcessId {
    /// Packs the three numbers that make a GUID; `created` counts 100 ns ticks since 1601-01-01 UTC.
    pub fn new(sensor: u32, pid: u32, created: u64) -> Self {
        Self(u128::from(sensor) << 96 | u128::from(pid) << 64 | u128::from(created))
    }

    /// The sensor that saw the process.
    pub fn sensor(self) -> SensorId {
        SensorId(u64::from(self.bits_at(96)))
    }

    /// The process id on its host; `None` where the GUID says "unknown".
    pub fn pid(self) -> Option<u32> {
        Some(self.bits_at(64)).filter(|&pid| pid != u32::MAX)
    }

    /// When the process started, on the sensor's clock; `None` where the GUID carries no time.
    pub fn start_time(self) -> Option<Timestamp> {
        /// 1601-01-01 in seconds before 1970.
        const EPOCH: i64 = 11_644_473_600;
        let ticks = i64::try_from(self.0 & u128::from(u64::MAX)).ok().filter(|&ticks| ticks > 0)?;
        let since = Timestamp::from_second(ticks / 10_000_000 - EPOCH).ok()?;
        since.checked_add((ticks % 10_000_000 * 100).nanoseconds()).ok()
    }

    /// Whether this is the stand-in for a parent that the sensor did not see (`<sensor>-ffff-ffff-0000-000000000000`).
    pub fn is_unknown(self) -> bool {
        self.pid().is_none()
    }

    /// Reads a GUID that may carry a segment: both forms of `unique_id`, 8 and 12 hex digits.
    pub fn parse_with_segment(text: &str) -> Option<(Self, Option<u64>)> {
        let guid = text.get(..36)?.parse().ok()?;
        match &text[36..] {
            "" => Some((guid, None)),
            rest => {
                let segment = u64::from_str_radix(rest.strip_prefix('-')?, 16).ok()?;
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

/// One process document: a process, or one segment of it (reference 2.2). Times are the sensor's clock, in UTC,
/// unless the name says server.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Its GUID.
    pub id: ProcessId,
    /// Which batch of its events this document stands for; 0 or absent when all are merged.
    pub segment: Option<u64>,
    /// The file name of its executable.
    pub name: Untrusted,
    /// The full path of its executable.
    pub path: Untrusted,
    /// The command line as executed.
    pub cmdline: Untrusted,
    /// The hash of its executable.
    pub md5: Option<Md5>,
    /// The SHA-256 of its executable (7.x).
    pub sha256: Option<Sha256>,
    /// Its number on the host; absent on damaged documents.
    pub pid: Option<u32>,
    /// The user it ran as.
    pub user: Untrusted,
    /// The user's SID or uid, where the server tells it.
    pub sid: Untrusted,
    /// When it started.
    pub started: Option<Timestamp>,
    /// Its last event.
    pub last_update: Option<Timestamp>,
    /// Its last event, on the server's clock.
    pub last_server_update: Option<Timestamp>,
    /// Whether its end was seen; `None` when the document does not say.
    pub terminated: Option<bool>,
    /// Its parent's GUID.
    pub parent: Option<ProcessId>,
    /// Its parent's file name.
    pub parent_name: Untrusted,
    /// Its parent's number on the host.
    pub parent_pid: Option<u32>,
    /// The computer, as the document spells it.
    pub host: Untrusted,
    /// The sensor that saw it.
    pub sensor: SensorId,
    /// The sensor group at run time.
    pub group: Untrusted,
    /// `workstation`, `server` or `domain_controller`.
    pub host_type: Untrusted,
    /// `windows`, `osx` or `linux`.
    pub os: Untrusted,
    /// The address by which the sensor reached the server.
    pub comms_ip: Option<IpAddr>,
    /// The sensor's own address.
    pub interface_ip: Option<IpAddr>,
    /// How many events of each kind.
    pub counts: EventCounts,
    /// Watchlists that tagged it.
    pub watchlists: Vec<WatchlistHit>,
    /// Feeds that have a report on it.
    pub feeds: Vec<FeedHit>,
    /// Whether the sensor's filtering hid it: there is no document of its own to ask for.
    pub is_suppressed: bool,
    /// The record as the server sent it.
    pub document: Document,
}

impl Process {
    /// Whether this stands for a process that nobody saw: the server's own stub for an unknown parent (reference 2.3).
    pub fn is_stub(&self) -> bool {
        self.name.is_empty() && self.cmdline.raw() == "(unknown)"
    }
}

/// How many events of each kind a process document counts; `None` where it does not say.
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
    /// Of all kinds together; `None` where no kind was counted.
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

/// A watchlist that tagged a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchlistHit {
    /// The watchlist's id, a number written as text.
    pub id: Untrusted,
    /// When it tagged the process, on the server's clock.
    pub at: Option<Timestamp>,
}

/// A feed that has a report on a process or binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedHit {
    /// The feed's name, in lower case.
    pub feed: Untrusted,
    /// -100 to 100.
    pub score: Option<i64>,
    /// Ids of the reports.
    pub reports: Vec<Untrusted>,
    /// Where the feed explains itself.
    pub link: Untrusted,
}

/// A process with its relatives, as one answer of the server (reference 2.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The process asked for.
    pub process: Process,
    /// Its parent's document, when the server knows it.
    pub parent: Option<Process>,
    /// Its children: at most as many as were asked for.
    pub children: Vec<Process>,
    /// Other children of its parent.
    pub siblings: Vec<Process>,
    /// Relatives that could not be read.
    pub n_unreadable: usize,
}

impl Process {
    /// Which way the clock of its host is off, if the server says by how many seconds: events come after they happen, so
    /// that their time on the host, less the time at which they came, leaves one of the two signs.
    pub fn clock_lean(&self, off_by: i64) -> Option<ClockDirection> {
        clock_lean_between(self.last_update?, self.last_server_update?, off_by)
    }
}

/// Which way a clock is off that says `host` when the server's says `server`, or said so before.
fn clock_lean_between(host: Timestamp, server: Timestamp, off_by: i64) -> Option<ClockDirection> {
    /// What either clock may move between two answers.
    const CLOCK_TOLERANCE: i64 = 5;
    /// A sensor that is online delivers what happens within this time. One that was offline proves nothing.
    const DELIVERY: i64 = 60;
    let off = i64::try_from(off_by.unsigned_abs()).ok()?;
    if !is_skewed(off) {
        return None;
    }
    // How long the events were on their way if the clock was slow: less than no time is impossible.
    let delivery = server.as_second() - host.as_second() - off;
    if delivery < -CLOCK_TOLERANCE {
        return Some(ClockDirection::Fast);
    }
    (delivery <= DELIVERY).then_some(ClockDirection::Slow)
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
            let (id, found) = ProcessId::parse_with_segment(&text).unwrap();
            assert_eq!((id.pid(), found), (Some(4242), segment));
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
    fn the_clock_of_a_host_is_fast_or_slow_by_when_its_events_came() {
        let at = |time: &str| format!("2026-03-04T{time}Z").parse().unwrap();
        for (host, server, off_by, expected) in [
            // Events that come before they happen.
            ("10:10:00", "10:04:30", 341, Some(ClockDirection::Fast)),
            ("10:10:00", "10:04:30", -341, Some(ClockDirection::Fast)),
            // Later than they happened, but sooner than a slow clock allows.
            ("10:10:00", "10:12:00", 341, Some(ClockDirection::Fast)),
            ("10:10:00", "10:16:00", 341, Some(ClockDirection::Slow)),
            // A sensor that was offline may be either.
            ("10:10:00", "11:16:00", 341, None),
            ("10:10:00", "10:10:00", 3, None),
        ] {
            let found = clock_lean_between(at(host), at(server), off_by);
            assert_eq!(found, expected, "{host} {server} {off_by}");
        }
    }
}
