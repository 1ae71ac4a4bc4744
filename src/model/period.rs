//! The period in which the last event of a process must lie, on the host's or the server's clock.

use std::fmt;

use jiff::{Span, SpanRelativeTo, Timestamp, civil, tz::Offset};

use super::Search;

/// The clock on which an event's time is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventClock {
    /// The host's clock, which a user may have set wrong.
    #[default]
    Sensor,
    /// The server's clock, when the event arrived.
    Server,
}

/// A period of last events, with inclusive bounds; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub clock: EventClock,
}

impl EventClock {
    /// Returns the other clock.
    #[must_use]
    pub fn other_clock(self) -> Self {
        match self {
            Self::Sensor => Self::Server,
            Self::Server => Self::Sensor,
        }
    }
}

impl Period {
    /// Parses a period counted from `now`: `-24h` (until now), `FROM..UNTIL`, `FROM..` or `..UNTIL`, with bounds as for
    /// [`parse_moment`]; empty text is unbounded. `None` for anything else, or if it ends before it begins.
    pub fn parse(text: &str, clock: EventClock, now: Timestamp) -> Option<Self> {
        type ParseBound = fn(&str, Timestamp) -> Option<Timestamp>;
        let (from, until) = text.split_once("..").unwrap_or((text, ""));
        let bound = |text: &str, parse: ParseBound| match text.trim() {
            "" => Some(None),
            text => parse(text, now).map(Some),
        };
        let (from, until) = (bound(from, parse_moment)?, bound(until, parse_end)?);
        let period = Self { from, until, clock };
        (!period.is_backward()).then_some(period)
    }

    /// Returns whether the text is a period that ends before it begins.
    pub fn is_text_backward(text: &str, now: Timestamp) -> bool {
        let ends = text.split_once("..");
        let ends =
            ends.and_then(|(from, until)| Some((parse_moment(from.trim(), now)?, parse_end(until.trim(), now)?)));
        ends.is_some_and(|(from, until)| from > until)
    }

    fn is_backward(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if from > until)
    }

    /// Returns the periods that a search is restricted to, at most one per clock.
    pub fn from_search(search: &Search) -> Vec<Self> {
        let sensor = Self { from: search.min_last_update, until: search.max_last_update, clock: EventClock::Sensor };
        let server = Self {
            from: search.min_last_server_update,
            until: search.max_last_server_update,
            clock: EventClock::Server,
        };
        let both = [sensor, server].into_iter();
        both.filter(|period| !period.is_any_time()).collect()
    }

    /// Restricts a search to this period, replacing any other.
    #[must_use]
    pub fn bind_to(self, search: Search) -> Search {
        let bounds = |clock| {
            if self.clock == clock { self } else { Self::default() }
        };
        let (sensor, server) = (bounds(EventClock::Sensor), bounds(EventClock::Server));
        Search {
            min_last_update: sensor.from,
            max_last_update: sensor.until,
            min_last_server_update: server.from,
            max_last_server_update: server.until,
            ..search
        }
    }

    /// Returns whether the period is unbounded.
    pub fn is_any_time(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
}

impl fmt::Display for Period {
    /// Writes the period in UTC, to the second.
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
            EventClock::Sensor => ", host clock",
            EventClock::Server => ", server clock",
        })
    }
}

/// Parses a moment: RFC 3339; a date with or without a time of day, in UTC (`2026-11-23`, `2026-11-23T08:00`,
/// `2026-11-23 08:00:00`); `now`, `today`, `yesterday`; or a span before `now` (`-30s`, `-1h30m`, `-7d`, `-2w`).
pub fn parse_moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    let midnight = |day: civil::Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    match parse_day(text, now) {
        Some(day) => midnight(day),
        None if text.starts_with('-') => span_before(text, now),
        None if text.eq_ignore_ascii_case("now") => Some(now),
        // Other formats that jiff accepts, such as `20261123`, are more likely to be numbers.
        None if text.get(4..5) != Some("-") => None,
        None => text.parse().ok().or_else(|| {
            let time: civil::DateTime = text.parse().ok()?;
            Offset::UTC.to_timestamp(time).ok()
        }),
    }
}

/// Parses the end of a period: a day without a time includes the whole day.
pub fn parse_end(text: &str, now: Timestamp) -> Option<Timestamp> {
    let Some(day) = parse_day(text.trim(), now) else {
        return parse_moment(text, now);
    };
    let last = day.at(23, 59, 59, 999_999_999);
    Offset::UTC.to_timestamp(last).ok()
}

/// Parses a day without a time.
fn parse_day(text: &str, now: Timestamp) -> Option<civil::Date> {
    let today = Offset::UTC.to_datetime(now).date();
    match text.to_ascii_lowercase().as_str() {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        _ if text.len() == "2026-11-23".len() => text.parse().ok(),
        _ => None,
    }
}

/// Parses a span before `now`; a day has 24 hours, and units without a fixed length are rejected.
fn span_before(text: &str, now: Timestamp) -> Option<Timestamp> {
    let span: Span = text.parse().ok()?;
    let is_fixed = span.get_years() == 0 && span.get_months() == 0;
    let ago = is_fixed.then(|| span.to_duration(SpanRelativeTo::days_are_24_hours()))?.ok()?;
    now.checked_add(ago).ok().filter(|_| ago.is_negative())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let parsed = parse_moment(text, now());
        assert_eq!(parsed.map(|time| time.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_moment_is_absolute_or_relative() {
        check("2026-11-23T08:00:00Z", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23T08:00:00+02:00", Some("2026-11-23T06:00:00Z"));
        check("-24h", Some("2026-11-23T12:00:00Z"));
        check("-90m", Some("2026-11-24T10:30:00Z"));
        check("-2w", Some("2026-11-10T12:00:00Z"));
        check("-30s", Some("2026-11-24T11:59:30Z"));
        check("-1h30m", Some("2026-11-24T10:30:00Z"));
        check("-1.5h", Some("2026-11-24T10:30:00Z"));
        check("2026-11-23", Some("2026-11-23T00:00:00Z"));
        check("2026-11-23T08:00", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23 08:00:00", Some("2026-11-23T08:00:00Z"));
        check(" 2026-11-23 08:00 ", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23 08:00:00+02:00", Some("2026-11-23T06:00:00Z"));
        check("Yesterday", Some("2026-11-23T00:00:00Z"));
        check("today", Some("2026-11-24T00:00:00Z"));
        check("now", Some("2026-11-24T12:00:00Z"));
    }

    #[test]
    fn a_day_at_the_end_of_a_period_belongs_to_it() {
        let last = |text| parse_end(text, now()).map(|last| last.to_string());
        assert_eq!(last("2026-11-23").as_deref(), Some("2026-11-23T23:59:59.999999999Z"));
        assert_eq!(last("yesterday").as_deref(), Some("2026-11-23T23:59:59.999999999Z"));
        assert_eq!(last("2026-11-23T08:00").as_deref(), Some("2026-11-23T08:00:00Z"));
        assert_eq!(last("-24h").as_deref(), Some("2026-11-23T12:00:00Z"));
        check_period(
            "2026-11-22..2026-11-23",
            Some("last event 2026-11-22 00:00:00Z to 2026-11-23 23:59:59Z, server clock"),
        );
        check_period("yesterday..", Some("last event since 2026-11-23 00:00:00Z, server clock"));
    }

    #[test]
    fn invalid_moments_are_rejected() {
        for text in [
            "",
            "-",
            "24h",
            "-h",
            "-1y",
            "--1h",
            "-99999999999999h",
            "-9999999999d",
            "20261123",
            "2026-11-31",
            "-1世",
            "-0s",
            "1h ago",
        ] {
            check(text, None);
        }
    }

    #[track_caller]
    fn check_period(text: &str, expected: Option<&str>) {
        let parsed = Period::parse(text, EventClock::Server, now());
        assert_eq!(parsed.map(|period| period.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_period_has_two_ends_which_may_be_open() {
        check_period("", Some("any time"));
        check_period("-24h", Some("last event since 2026-11-23 12:00:00Z, server clock"));
        check_period("..-1h", Some("last event until 2026-11-24 11:00:00Z, server clock"));
        check_period(
            "-2h .. 2026-11-24T11:30:00Z",
            Some("last event 2026-11-24 10:00:00Z to 2026-11-24 11:30:00Z, server clock"),
        );
        check_period("-1h..-2h", None);
        check_period("-1h..soon", None);
        check_period("soon", None);
    }

    #[test]
    fn a_search_is_bound_to_one_clock_at_a_time() {
        let sensor = Period::parse("-24h", EventClock::Sensor, now()).unwrap();
        let server = Period { clock: sensor.clock.other_clock(), ..sensor };
        let search = sensor.bind_to(Search::default());
        assert_eq!(Period::from_search(&search), [sensor]);
        let search = server.bind_to(search);
        assert_eq!(Period::from_search(&search), [server]);
        assert_eq!(search.min_last_update, None);
        assert_eq!(Period::default().bind_to(search), Search::default());
    }
}
