//! Administration of a server: users, teams, sites, ingress filters, license, and event-store partitions.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

use super::{Document, GroupId, SensorId};
use crate::text::{self, Untrusted};

/// A user of the server's console (API reference 2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Numeric id, where the server sends it.
    pub id: Option<u64>,
    /// Login name.
    pub username: Untrusted,
    pub first_name: Untrusted,
    pub last_name: Untrusted,
    pub email: Untrusted,
    /// Whether they are a global administrator.
    pub is_admin: Option<bool>,
    /// Names of their teams.
    pub teams: Vec<Untrusted>,
    /// The record as the server sent it, without its secrets.
    pub document: Document,
}

/// A team of users (API reference 2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    pub id: u64,
    pub name: Untrusted,
    /// Rights of its members per sensor group.
    pub access: Vec<TeamAccess>,
    /// The record as the server sent it.
    pub document: Document,
}

/// The rights of a team's members in a sensor group.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamAccess {
    pub group: Untrusted,
    /// `No Access`, `Viewer`, `Administrator`, or another word of the server.
    pub category: Untrusted,
}

/// A site (API reference 2.7).
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub id: u64,
    pub name: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}

/// The license of a server (API reference 2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct License {
    /// Whether it is well-formed and signed.
    pub is_valid: Option<bool>,
    pub is_expired: Option<bool>,
    /// Expiry date, as the server writes it.
    pub end: Untrusted,
    /// Number of licensed sensors.
    pub licensed: Option<u64>,
    /// Number of sensors yesterday.
    pub actual: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl License {
    /// Describes the effect of an expired license, and whether it applies already; `None` while the license is valid.
    /// Searches keep working (API reference 7).
    pub fn license_warning(&self, now: Timestamp) -> Option<(String, bool)> {
        /// Days after expiry from which a server accepts no new bans.
        const GRACE_DAYS: i64 = 30;
        let date: Option<Date> = self.end.raw().get(..10).and_then(|date| date.parse().ok());
        let midnight = |date: Date| date.to_datetime(Time::midnight());
        let expiry = date.and_then(|date| Offset::UTC.to_timestamp(midnight(date)).ok());
        let days = expiry.map(|expiry| now.duration_since(expiry).as_hours() / 24);
        let is_over = self.is_expired.unwrap_or(days.is_some_and(|days| days > 0));
        if !is_over {
            return None;
        }
        let on_date = date.map_or(String::new(), |date| format!(" on {date}"));
        let is_closed = days.is_some_and(|days| days >= GRACE_DAYS);
        let effect = if is_closed { ", more than 30 days ago: the server" } else { ": 30 days later the server" };
        let text = format!("the license expired{on_date}{effect} accepts no new bans and no Live Response");
        Some((text, is_closed))
    }
}

/// A partition of the server's event store (API reference 2.15).
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    pub name: Untrusted,
    /// `hot`, `warm` or `cold`.
    pub status: Untrusted,
    /// Time of its first event (server clock).
    pub start: Option<Timestamp>,
    /// Time of its last event; `None` while it receives events.
    pub end: Option<Timestamp>,
    /// Number of documents.
    pub documents: Option<u64>,
    /// Size in bytes.
    pub bytes: Option<u64>,
    pub document: Document,
}

impl Partition {
    /// Returns whether the partition is mounted, so that searches find what it has; `None` if the server does not say.
    pub fn is_mounted(&self) -> Option<bool> {
        let is = |word: &str| self.status.eq_ignore_case(word);
        match () {
            () if is("hot") || is("warm") => Some(true),
            () if is("cold") => Some(false),
            () => None,
        }
    }
}

/// Identifies an ingress filter: a text that its creator chooses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IngressFilterId(pub Untrusted);

/// An ingress filter: the events that it matches are not stored while it is enabled (API reference 2.16).
#[derive(Clone, Debug, PartialEq)]
pub struct IngressFilter {
    pub id: IngressFilterId,
    pub name: Untrusted,
    pub description: Untrusted,
    pub is_enabled: Option<bool>,
    /// A filter with a higher priority goes first.
    pub priority: Option<i64>,
    /// Operating systems, one bit each: 1 Windows, 2 macOS, 4 Linux.
    pub os_mask: Option<u64>,
    /// Whether it applies to all hosts, regardless of `groups` and `sensors`.
    pub is_global: Option<bool>,
    pub groups: Vec<GroupId>,
    pub sensors: Vec<SensorId>,
    /// Patterns of the processes whose events it matches: what they are compared with, and the pattern.
    pub processes: Vec<(&'static str, Untrusted)>,
    /// Generations of child processes that are filtered as well; -1 for all.
    pub descendants: Option<i64>,
    /// Whether all events of these processes are filtered, regardless of `events`.
    pub has_all_events: Option<bool>,
    /// Patterns of the events: their kind, and the pattern.
    pub events: Vec<(&'static str, Untrusted)>,
    pub is_on_sensor: Option<bool>,
    pub is_on_server: Option<bool>,
    /// Rate of its matches over the last 15 minutes.
    pub hit_rate: Option<f64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl IngressFilter {
    /// Returns the name, or the ID if there is no name.
    pub fn title(&self) -> &Untrusted {
        self.name.non_empty().unwrap_or(&self.id.0)
    }

    /// Returns the operating systems in words.
    pub fn systems(&self) -> String {
        const SYSTEMS: [(u64, &str); 3] = [(1, "Windows"), (2, "macOS"), (4, "Linux")];
        let Some(mask) = self.os_mask else { return "unknown".into() };
        let names: Vec<_> = SYSTEMS.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, name)| *name).collect();
        match names.len() {
            0 => "none".into(),
            3 => "all".into(),
            _ => names.join(", "),
        }
    }

    /// Returns the hosts that it applies to in words, with the `group_name` of sensor groups where it is known.
    pub fn scope(&self, group_name: impl Fn(GroupId) -> Option<Untrusted>) -> Untrusted {
        match self.is_global {
            Some(true) => return "all hosts".into(),
            None => return "unknown".into(),
            Some(false) => {}
        }
        let group = |id: &GroupId| match group_name(*id).as_ref().and_then(Untrusted::non_empty) {
            Some(name) => name.raw().to_owned(),
            None => format!("group {id}"),
        };
        let sensor = |id: &SensorId| format!("sensor {id}");
        let names: Vec<_> = self.groups.iter().map(group).chain(self.sensors.iter().map(sensor)).collect();
        if names.is_empty() { "no hosts".into() } else { names.join(", ").into() }
    }

    /// Returns the processes whose events it matches in words.
    pub fn process_patterns(&self) -> Untrusted {
        if self.processes.is_empty() { "every process".into() } else { describe_patterns(&self.processes) }
    }

    /// Returns the events that it matches in words.
    pub fn filtered_events(&self) -> Untrusted {
        match self.has_all_events {
            Some(true) => "all events".into(),
            Some(false) if self.events.is_empty() => "no events".into(),
            Some(false) => describe_patterns(&self.events),
            None => "unknown events".into(),
        }
    }

    /// Returns the filtered generations of child processes in words.
    pub fn descendant_levels(&self) -> String {
        match self.descendants {
            Some(0) => "none".into(),
            Some(-1) => "all".into(),
            Some(levels) => text::pluralize(levels.unsigned_abs(), "level", "levels"),
            None => "unknown".into(),
        }
    }

    /// Returns where it filters: on the sensor, on the server, or both.
    pub fn place(&self) -> &'static str {
        match (self.is_on_sensor, self.is_on_server) {
            (Some(true), Some(true)) => "sensor and server",
            (Some(true), Some(false)) => "sensor",
            (Some(true), None) => "sensor, perhaps server",
            (Some(false), Some(true)) => "server",
            (None, Some(true)) => "server, perhaps sensor",
            (Some(false), Some(false)) => "nowhere",
            _ => "unknown",
        }
    }
}

/// Returns patterns in one line, each with its kind.
fn describe_patterns(patterns: &[(&'static str, Untrusted)]) -> Untrusted {
    let patterns: Vec<_> = patterns.iter().map(|(kind, pattern)| format!("{kind} {}", pattern.raw())).collect();
    patterns.join("; ").into()
}
