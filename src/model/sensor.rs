//! A sensor: the agent on one host, and what it reports of itself.

use std::{fmt, net::IpAddr};

use jiff::Timestamp;

use super::Document;
use crate::text::{self, Untrusted};

/// The server's number for a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorId(pub u64);

/// The server's number for a sensor group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u64);

impl fmt::Display for SensorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One sensor's record (reference 2.6). Times are the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensor {
    /// Its number.
    pub id: SensorId,
    /// The host's short name.
    pub computer_name: Untrusted,
    /// The host's DNS name.
    pub dns_name: Untrusted,
    /// `Online`, `Offline`, or the server's own word.
    pub status: Untrusted,
    /// The operating system in words.
    pub os: Untrusted,
    /// 1 Windows, 2 macOS, 3 Linux.
    pub os_type: Option<i64>,
    /// The sensor's version, as `006.002.002.80304`.
    pub version: Untrusted,
    /// Its group.
    pub group: Option<GroupId>,
    /// The host's network adapters.
    pub adapters: Vec<Adapter>,
    /// When it last reported.
    pub last_checkin: Option<Timestamp>,
    /// When it is expected next.
    pub next_checkin: Option<Timestamp>,
    /// When it first reported.
    pub registered: Option<Timestamp>,
    /// Whether isolation is asked for.
    pub isolation_wanted: Option<bool>,
    /// Whether the sensor says that it isolates.
    pub is_isolating: Option<bool>,
    /// Whether it can isolate at all.
    pub supports_isolation: Option<bool>,
    /// Whether it will be removed at its next check-in.
    pub uninstall: Option<bool>,
    /// Whether it was removed.
    pub uninstalled: Option<bool>,
    /// Whether it will restart at its next check-in.
    pub restart_queued: Option<bool>,
    /// Until when it sends all it holds back, as the server writes it; empty when it does not.
    pub flush_until: Untrusted,
    /// 0 to 100, higher is better.
    pub health: Option<i64>,
    /// Health in words.
    pub health_message: Untrusted,
    /// Seconds since the host started.
    pub uptime: Option<u64>,
    /// Bytes of events that wait on the host.
    pub eventlog_bytes: Option<u64>,
    /// Bytes of files that wait on the host.
    pub storefile_bytes: Option<u64>,
    /// Seconds by which the sensor's clock differs from the server's.
    pub clock_delta: Option<i64>,
    /// Free text of the administrators.
    pub notes: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}

/// A network adapter of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its address.
    pub ip: IpAddr,
    /// Its hardware address, as `00:50:56:9a:1b:2c`.
    pub mac: String,
}

/// What is asked of a sensor's network, and what it says it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Neither asked for nor in force.
    No,
    /// Asked for; the sensor has not applied it.
    Pending,
    /// Asked for and in force.
    Yes,
    /// Lifted; the sensor has not applied that.
    Lifting,
    /// The record does not say.
    Unknown,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::No => "not isolated",
            Self::Pending => "isolation pending",
            Self::Yes => "isolated",
            Self::Lifting => "unisolate pending",
            Self::Unknown => "isolation unknown",
        })
    }
}

impl Sensor {
    /// Isolation wanted and actual as one word.
    pub fn isolation(&self) -> Isolation {
        match (self.isolation_wanted, self.is_isolating) {
            (Some(false), Some(false)) => Isolation::No,
            (Some(true), Some(false)) => Isolation::Pending,
            (Some(true), Some(true)) => Isolation::Yes,
            (Some(false), Some(true)) => Isolation::Lifting,
            _ => Isolation::Unknown,
        }
    }

    /// The first three numbers of the sensor's version; nothing where the record has no such version.
    pub fn version_numbers(&self) -> Option<(u32, u32, u32)> {
        numbers(&self.version)
    }

    /// The version as people say it.
    pub fn release(&self) -> String {
        strip_zero_padding(&self.version)
    }

    /// Whether `name` is the whole of one of its names, letter case aside.
    pub fn is_named(&self, name: &str) -> bool {
        self.computer_name.eq_ignore_case(name) || self.dns_name.eq_ignore_case(name)
    }
}

/// A sensor whose host is cut off, or is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct IsolatedSensor(pub Sensor);

/// A sensor group (reference 2.7).
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its number.
    pub id: GroupId,
    /// Its name.
    pub name: Untrusted,
    /// Its site.
    pub site: Option<u64>,
    /// Whether banned hashes are stopped on its hosts.
    pub banning_enabled: Option<bool>,
    /// How many hosts it has.
    pub hosts: Option<u64>,
    /// Addresses that stay reachable from an isolated host.
    pub isolation_exclusions: Vec<Untrusted>,
    /// The record as the server sent it.
    pub document: Document,
}

fn numbers(version: &Untrusted) -> Option<(u32, u32, u32)> {
    let mut parts = version.raw().split('.').map(|part| part.trim().parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// A version without the zeros that pad it: 6.2.2.80304.
fn strip_zero_padding(version: &Untrusted) -> String {
    let parts = version.raw().split('.');
    let numbers = parts.map(|part| part.parse::<u64>().map(|number| number.to_string()));
    match numbers.collect::<Result<Vec<_>, _>>() {
        Ok(numbers) => numbers.join("."),
        Err(_) => text::make_visible(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_padded_version_is_shown_as_people_say_it() {
        assert_eq!(strip_zero_padding(&"006.002.002.80304".into()), "6.2.2.80304");
        assert_eq!(strip_zero_padding(&"7.x \u{1b}".into()), "7.x ␛");
    }

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        assert_eq!(numbers(&"006.002.002.80304".into()), Some((6, 2, 2)));
        assert!(numbers(&"7.10.0".into()) > numbers(&"007.004.001.18000".into()));
        for unreadable in ["", "unknown", "7.4", "7.4.x"] {
            assert_eq!(numbers(&unreadable.into()), None, "{unreadable}");
        }
    }
}
