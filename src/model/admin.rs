//! Administration of a server: users, teams, sites, license, and event-store partitions.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};

use super::Document;
use crate::text::Untrusted;

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
