//! Sensors: the agents on the hosts, and what they report about themselves.

use std::{fmt, net::IpAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Document;
use crate::text::{self, Untrusted};

/// Numeric id of a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SensorId(pub u64);

/// Numeric id of a sensor group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// A sensor's record (API reference 2.6). Times are on the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensor {
    pub id: SensorId,
    /// Short host name.
    pub computer_name: Untrusted,
    /// DNS name of the host.
    pub dns_name: Untrusted,
    /// `Online`, `Offline`, or another word of the server.
    pub status: Untrusted,
    /// Operating system, in words.
    pub os: Untrusted,
    /// 1 Windows, 2 macOS, 3 Linux.
    pub os_type: Option<i64>,
    /// Zero-padded, as `006.002.002.80304`.
    pub version: Untrusted,
    pub group: Option<GroupId>,
    /// Network adapters of the host.
    pub adapters: Vec<Adapter>,
    /// Time of the last check-in.
    pub last_checkin: Option<Timestamp>,
    /// Expected time of the next check-in.
    pub next_checkin: Option<Timestamp>,
    /// Time of the first check-in.
    pub registered: Option<Timestamp>,
    /// Whether isolation is requested.
    pub isolation_wanted: Option<bool>,
    /// Whether the sensor reports that it isolates its host.
    pub is_isolating: Option<bool>,
    /// Whether it supports isolation.
    pub supports_isolation: Option<bool>,
    /// Whether the sensor has Live Response.
    pub supports_live_response: Option<bool>,
    /// Whether it will be uninstalled at its next check-in.
    pub uninstall: Option<bool>,
    pub uninstalled: Option<bool>,
    /// Whether it will restart at its next check-in.
    pub restart_queued: Option<bool>,
    /// Time until which it uploads its whole backlog, as the server writes it; empty if it does not.
    pub flush_until: Untrusted,
    /// 0 to 100, higher is better.
    pub health: Option<i64>,
    pub health_message: Untrusted,
    /// Seconds since the host booted.
    pub uptime: Option<u64>,
    /// Bytes of events waiting on the host for upload.
    pub eventlog_bytes: Option<u64>,
    /// Bytes of files waiting on the host for upload.
    pub storefile_bytes: Option<u64>,
    /// Seconds by which the sensor's clock differs from the server's.
    pub clock_delta: Option<i64>,
    /// Free text by administrators.
    pub notes: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}

/// A network adapter of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    pub ip: IpAddr,
    /// MAC address, as `00:50:56:9a:1b:2c`.
    pub mac: String,
}

/// The isolation state of a host: what is requested, and what the sensor reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Neither requested nor in force.
    No,
    /// Requested, but not applied yet.
    Pending,
    /// Requested and in force.
    Yes,
    /// Lifted, but still in force.
    Lifting,
    /// The record does not say, or the sensor is uninstalled.
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
    /// Returns the separator of the paths of its host.
    pub fn path_separator(&self) -> char {
        match self.os_type {
            Some(2 | 3) => '/',
            _ => '\\',
        }
    }

    /// Returns the isolation state: unknown without a sensor, whose record says what was true before.
    pub fn isolation(&self) -> Isolation {
        match (self.isolation_wanted, self.is_isolating) {
            _ if self.is_uninstalled() => Isolation::Unknown,
            (Some(false), Some(false)) => Isolation::No,
            (Some(true), Some(false)) => Isolation::Pending,
            (Some(true), Some(true)) => Isolation::Yes,
            (Some(false), Some(true)) => Isolation::Lifting,
            _ => Isolation::Unknown,
        }
    }

    /// Returns whether the server says that the sensor is uninstalled.
    pub fn is_uninstalled(&self) -> bool {
        self.uninstalled == Some(true)
    }

    /// Returns whether the sensor no longer checks in, although it is installed.
    pub fn is_offline(&self) -> bool {
        self.status.eq_ignore_case("offline") && !self.is_uninstalled()
    }

    /// Returns the first three numbers of the sensor's version; `None` if it has no such version.
    pub fn version_numbers(&self) -> Option<(u32, u32, u32)> {
        numbers(&self.version)
    }

    /// Returns the version without zero padding.
    pub fn release(&self) -> String {
        strip_zero_padding(&self.version)
    }

    /// Returns whether `name` is the short or the DNS name of the host, ignoring case.
    pub fn is_named(&self, name: &str) -> bool {
        self.computer_name.eq_ignore_case(name) || self.dns_name.eq_ignore_case(name)
    }
}

/// A sensor that is isolated or about to be.
#[derive(Clone, Debug, PartialEq)]
pub struct IsolatedSensor(pub Sensor);

/// A sensor group (API reference 2.7).
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: GroupId,
    pub name: Untrusted,
    /// Id of its site.
    pub site: Option<u64>,
    /// Whether bans are enforced on its hosts.
    pub banning_enabled: Option<bool>,
    /// Number of hosts.
    pub hosts: Option<u64>,
    /// Addresses that remain reachable from an isolated host.
    pub isolation_exclusions: Vec<Untrusted>,
    /// The record as the server sent it.
    pub document: Document,
}

fn numbers(version: &Untrusted) -> Option<(u32, u32, u32)> {
    let mut parts = version.raw().split('.').map(|part| part.trim().parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// Removes the zero padding from a version: 6.2.2.80304.
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
