//! A period that the last event of a process must lie in, and whose clock tells.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::Search;

/// Whose clock an event's time is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventClock {
    /// The host's, which its user may have set.
    #[default]
    Sensor,
    /// The server's, when the event arrived.
    Server,
}

/// A period of last events, both ends included; an end that is absent is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The last moment.
    pub until: Option<Timestamp>,
    /// Whose clock.
    pub clock: EventClock,
}

impl EventClock {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sensor => Self::Server,
            Self::Server => Self::Sensor,
        }
    }
}

impl Period {
    /// Reads a period counted from `now`: `-24h` until now, `FROM..UNTIL`, `FROM..`, `..UNTIL`, each end as for
    /// [`moment`]; empty text is all of time. `None` for anything else, and for one that ends before it begins.
    pub fn read(text: &str, clock: EventClock, now: Timestamp) -> Option<Self> {
        let (from, until) = text.split_once("..").unwrap_or((text, ""));
        let end = |text: &str| match text.trim() {
            "" => Some(None),
            text => moment(text, now).map(Some),
        };
        let (from, until) = (end(from)?, end(until)?);
        let is_backward = matches!((from, until), (Some(from), Some(until)) if from > until);
        (!is_backward).then_some(Self { from, until, clock })
    }

    /// The periods that a search is bound to, at most one of each clock.
    pub fn of(search: &Search) -> Vec<Self> {
        let sensor = Self {
            from: search.min_last_update,
            until: search.max_last_update,
            clock: EventClock::Sensor,
        };
        let server = Self {
            from: search.min_last_server_update,
            until: search.max_last_server_update,
            clock: EventClock::Server,
        };
        let both = [sensor, server].into_iter();
        both.filter(|period| !period.is_open()).collect()
    }

    /// The search bound to this period and to no other.
    #[must_use]
    pub fn bind(self, search: Search) -> Search {
        let of = |clock| {
            if self.clock == clock {
                self
            } else {
                Self::default()
            }
        };
        let (sensor, server) = (of(EventClock::Sensor), of(EventClock::Server));
        Search {
            min_last_update: sensor.from,
            max_last_update: sensor.until,
            min_last_server_update: server.from,
            max_last_server_update: server.until,
            ..search
        }
    }

    /// Whether it is all of time.
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
}

impl fmt::Display for Period {
    /// In UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        match (self.from, self.until) {
            (None, None) => return f.write_str("any time"),
            (Some(from), None) => write!(f, "last event since {}", at(from))?,
            (None, Some(until)) => write!(f, "last event until {}", at(until))?,
            (Some(from), Some(until)) => {
                write!(f, "last event {} to {}", at(from), at(until))?;
            }
        }
        f.write_str(match self.clock {
            EventClock::Sensor => ", host's clock",
            EventClock::Server => ", server's clock",
        })
    }
}

/// Reads a moment: RFC 3339, or `-30s`, `-90m`, `-24h`, `-7d`, `-2w` before `now`.
pub fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    match text.strip_prefix('-') {
        Some(ago) => before(ago).and_then(|ago| now.checked_sub(ago).ok()),
        None => text.parse().ok(),
    }
}

/// A number and its unit.
fn before(text: &str) -> Option<SignedDuration> {
    let (at, unit) = text.char_indices().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let digits = &text[..at];
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    number.checked_mul(seconds).map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = moment(text, now());
        assert_eq!(found.map(|time| time.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_moment_is_absolute_or_relative() {
        check("2026-11-23T08:00:00Z", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23T08:00:00+02:00", Some("2026-11-23T06:00:00Z"));
        check("-24h", Some("2026-11-23T12:00:00Z"));
        check("-90m", Some("2026-11-24T10:30:00Z"));
        check("-2w", Some("2026-11-10T12:00:00Z"));
        check("-30s", Some("2026-11-24T11:59:30Z"));
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in [
            "",
            "-",
            "24h",
            "-h",
            "-1y",
            "--1h",
            "-1.5h",
            "-99999999999999h",
            "-9999999999d",
            "yesterday",
            "-1世",
            "2026-11-23",
        ] {
            check(text, None);
        }
    }

    #[track_caller]
    fn check_period(text: &str, expected: Option<&str>) {
        let found = Period::read(text, EventClock::Server, now());
        assert_eq!(found.map(|period| period.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_period_has_two_ends_which_may_be_open() {
        check_period("", Some("any time"));
        check_period(
            "-24h",
            Some("last event since 2026-11-23 12:00:00Z, server's clock"),
        );
        check_period(
            "..-1h",
            Some("last event until 2026-11-24 11:00:00Z, server's clock"),
        );
        check_period(
            "-2h .. 2026-11-24T11:30:00Z",
            Some("last event 2026-11-24 10:00:00Z to 2026-11-24 11:30:00Z, server's clock"),
        );
        check_period("-1h..-2h", None);
        check_period("-1h..soon", None);
        check_period("soon", None);
    }

    #[test]
    fn a_search_is_bound_to_one_clock_at_a_time() {
        let sensor = Period::read("-24h", EventClock::Sensor, now()).unwrap();
        let server = Period {
            clock: sensor.clock.other(),
            ..sensor
        };
        let search = sensor.bind(Search::default());
        assert_eq!(Period::of(&search), [sensor]);
        let search = server.bind(search);
        assert_eq!(Period::of(&search), [server]);
        assert_eq!(search.min_last_update, None);
        assert_eq!(Period::default().bind(search), Search::default());
    }
}
