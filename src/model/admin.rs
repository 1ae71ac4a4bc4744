//! Who may do what on a server, and what it runs on: users, teams, sites, its license, where it keeps events.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};

use super::Document;
use crate::text::Untrusted;

/// A user of the server's console (reference 2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The server's number for them, where it tells it.
    pub id: Option<u64>,
    /// The name to log in with.
    pub username: Untrusted,
    /// First name.
    pub first_name: Untrusted,
    /// Last name.
    pub last_name: Untrusted,
    /// Where mail for them goes.
    pub email: Untrusted,
    /// Whether they may do everything.
    pub is_admin: Option<bool>,
    /// The teams they are in, by name.
    pub teams: Vec<Untrusted>,
    /// The record as the server sent it, without its secrets.
    pub document: Document,
}

/// A team of users (reference 2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: Untrusted,
    /// What its members may do in which sensor group.
    pub access: Vec<TeamAccess>,
    /// The record as the server sent it.
    pub document: Document,
}

/// What the members of a team may do in a sensor group.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamAccess {
    /// The group's name.
    pub group: Untrusted,
    /// `No Access`, `Viewer`, `Administrator`, or the server's own word.
    pub category: Untrusted,
}

/// A site (reference 2.7).
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}

/// What the server is licensed for (reference 2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct License {
    /// Whether it is well-formed and signed.
    pub is_valid: Option<bool>,
    /// Whether its time is over.
    pub is_expired: Option<bool>,
    /// Until when it holds, as a date.
    pub end: Untrusted,
    /// For how many sensors.
    pub licensed: Option<u64>,
    /// How many there were yesterday.
    pub actual: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl License {
    /// What an end of the license takes away, in words, and whether it is taken away by now; none while the license holds.
    /// Searches go on all the same (reference 7).
    pub fn license_warning(&self, now: Timestamp) -> Option<(String, bool)> {
        /// Days after which a server takes no new bans.
        const GRACE_DAYS: i64 = 30;
        let date: Option<Date> = self.end.raw().get(..10).and_then(|date| date.parse().ok());
        let midnight = |date: Date| date.to_datetime(Time::midnight());
        let ended = date.and_then(|date| Offset::UTC.to_timestamp(midnight(date)).ok());
        let days = ended.map(|ended| now.duration_since(ended).as_hours() / 24);
        let is_over = self.is_expired.unwrap_or(days.is_some_and(|days| days > 0));
        if !is_over {
            return None;
        }
        let when = date.map_or(String::new(), |date| format!(" on {date}"));
        let is_closed = days.is_some_and(|days| days >= GRACE_DAYS);
        let since = if is_closed { ", more than 30 days ago: the server" } else { ": 30 days later the server" };
        let words = format!("the license expired{when}{since} takes no new bans, and opens no Live Response");
        Some((words, is_closed))
    }
}

/// A part of the server's store of events (reference 2.15).
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    /// Its name.
    pub name: Untrusted,
    /// `hot`, `warm` or `cold`.
    pub status: Untrusted,
    /// Its first event, on the server's clock.
    pub start: Option<Timestamp>,
    /// Its last one; none while events still come.
    pub end: Option<Timestamp>,
    /// How many documents it holds.
    pub documents: Option<u64>,
    /// How many bytes it takes.
    pub bytes: Option<u64>,
}
