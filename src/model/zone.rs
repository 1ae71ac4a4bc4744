//! The time zone in which times are shown, and formatting of times in it.

use std::fmt;

use jiff::{
    SignedDuration, Timestamp,
    tz::{Offset, TimeZone},
};

/// The time zone in which times are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Zone {
    /// UTC, which servers store and all analysts share.
    #[default]
    Utc,
    /// The configured zone of the hosts, since sensors do not report theirs (API reference 2.6).
    Host(TimeZone),
    /// The zone of this machine.
    Local(TimeZone),
}

/// The precision with which a time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Date, hour and minute, for columns.
    Minute,
    Second,
    /// Milliseconds if known, for the order of events.
    Most,
}

impl Zone {
    /// Returns the next zone when cycling through UTC, the hosts' and this machine's, skipping unknown ones.
    #[must_use]
    pub fn next_zone(&self, host: Option<&TimeZone>, user: Option<&TimeZone>) -> Self {
        let host = host.cloned().map(Self::Host);
        let user = user.cloned().map(Self::Local);
        match self {
            Self::Utc => host.or(user),
            Self::Host(_) => user,
            Self::Local(_) => None,
        }
        .unwrap_or_default()
    }

    /// Returns the label for times around `at`: `UTC`, `UTC+02:00 host`, `CET mine`. The offset is that at `at`, since
    /// it changes with the season.
    pub fn label(&self, at: Timestamp) -> String {
        match self {
            Self::Utc => "UTC".into(),
            Self::Host(zone) => format!("{} host", Named(zone, at)),
            Self::Local(zone) => format!("{} mine", Named(zone, at)),
        }
    }

    /// Returns a short label for columns: `UTC`, `+02:00`, `CET`.
    pub fn short_label(&self, at: Timestamp) -> String {
        match self {
            Self::Utc => "UTC".into(),
            Self::Host(zone) | Self::Local(zone) => {
                let name = Named(zone, at).to_string();
                name.strip_prefix("UTC").unwrap_or(&name).to_owned()
            }
        }
    }

    /// Formats a moment with its offset: `2021-03-04 10:15:30Z`, `2021-03-04 11:15:30+01:00`.
    pub fn format(&self, at: Timestamp, precision: Precision) -> String {
        let text = self.without_offset(at, precision);
        match self {
            Self::Utc => format!("{text}Z"),
            Self::Host(zone) | Self::Local(zone) => {
                format!("{text}{}", Signed(zone.to_offset(at)))
            }
        }
    }

    /// Formats the time of day with its offset: `10:15:30Z`, `11:15:30+01:00`.
    pub fn time_of_day(&self, at: Timestamp) -> String {
        let text = self.format(at, Precision::Second);
        text.split_once(' ').map_or_else(String::new, |(_, clock)| clock.to_owned())
    }

    /// Formats the day: `2021-03-04`.
    pub fn day(&self, at: Timestamp) -> String {
        let text = self.without_offset(at, Precision::Minute);
        text.split_once(' ').map_or_else(String::new, |(day, _)| day.to_owned())
    }

    /// Formats a moment without its offset, for columns whose header names the zone.
    pub fn without_offset(&self, at: Timestamp, precision: Precision) -> String {
        let zone = match self {
            Self::Utc => TimeZone::UTC,
            Self::Host(zone) | Self::Local(zone) => zone.clone(),
        };
        let zoned = at.to_zoned_datetime(zone);
        let pattern = match precision {
            Precision::Minute => "%Y-%m-%d %H:%M",
            Precision::Second => "%Y-%m-%d %H:%M:%S",
            Precision::Most => {
                let fraction = zoned.millisecond();
                let text = zoned.strftime("%Y-%m-%d %H:%M:%S");
                return if fraction == 0 { text.to_string() } else { format!("{text}.{fraction:03}") };
            }
        };
        zoned.strftime(pattern).to_string()
    }
}

/// Parses a zone: `+02:00`, `-0330`, `UTC`, `Europe/Berlin`; `None` if unknown. Named zones are read from the system's
/// files, so this is meant for reading the configuration, not for drawing.
pub fn parse_zone(text: &str) -> Option<TimeZone> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Some(TimeZone::UTC);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return TimeZone::get(text).ok(),
    };
    let digits = text[1..].replace(':', "");
    let is_offset = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_offset {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().unwrap_or(0);
    // The largest offset in use is 14 hours.
    let is_real = minutes < 60 && hours * 60 + minutes <= 14 * 60;
    let offset = Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()?;
    is_real.then(|| TimeZone::fixed(offset))
}

/// Returns the zone of this machine; `None` if it is unknown or equivalent to UTC.
pub fn local_zone() -> Option<TimeZone> {
    let zone = TimeZone::system();
    let half_a_year = SignedDuration::from_hours(24 * 182);
    let now = Timestamp::now();
    let is_utc =
        [now, now.saturating_add(half_a_year).unwrap_or(now)].into_iter().all(|at| zone.to_offset(at) == Offset::UTC);
    (!is_utc && !zone.is_unknown()).then_some(zone)
}

/// Returns whether a clock difference in seconds deserves a warning, by the server's default (API reference 2.1).
pub fn is_skewed(seconds: i64) -> bool {
    seconds.unsigned_abs() > 5
}

/// The direction in which a host's clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockDirection {
    /// Ahead of the server's clock.
    Fast,
    /// Behind the server's clock.
    Slow,
}

/// Describes the difference between a sensor's clock and the server's. The server does not report the sign (API
/// reference 2.6), so `lean` is derived from event times. Below a second, the clocks are in sync.
pub fn describe_skew(seconds: i64, lean: Option<ClockDirection>) -> String {
    let off = seconds.unsigned_abs();
    let (minutes, hours) = (off / 60, off / 3_600);
    let off = match off {
        0 => return "in sync".to_owned(),
        1..600 => format!("{off} s"),
        600..7_200 => format!("{minutes} min"),
        _ => format!("{hours} h {} min", minutes % 60),
    };
    match lean {
        Some(ClockDirection::Fast) => format!("+{off}, fast (derived)"),
        Some(ClockDirection::Slow) => format!("-{off}, slow (derived)"),
        None => format!("{off} off (vs server)"),
    }
}

/// Displays the name of a zone at a moment: its abbreviation if alphabetic, otherwise its offset.
struct Named<'z>(&'z TimeZone, Timestamp);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.0.to_offset_info(self.1);
        let short = info.abbreviation();
        if short.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return f.write_str(short);
        }
        write!(f, "UTC{}", Signed(info.offset()))
    }
}

/// Displays an offset as `+02:00`.
struct Signed(Offset);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        parse_zone(name).expect(name)
    }

    #[test]
    fn zones_are_cycled_skipping_unknown_ones() {
        let (host, mine) = (zone("-06:00"), zone("+01:00"));
        let first = Zone::default().next_zone(Some(&host), Some(&mine));
        assert_eq!(first, Zone::Host(host.clone()));
        let second = first.next_zone(Some(&host), Some(&mine));
        assert_eq!(second, Zone::Local(mine.clone()));
        assert_eq!(second.next_zone(Some(&host), Some(&mine)), Zone::Utc);
        assert_eq!(Zone::Utc.next_zone(None, Some(&mine)), Zone::Local(mine));
        assert_eq!(first.next_zone(Some(&host), None), Zone::Utc);
        assert_eq!(Zone::Utc.next_zone(None, None), Zone::Utc);
    }

    #[track_caller]
    fn check(zone: &Zone, moment: &str, label: &str, shown: &str) {
        let moment = at(moment);
        assert_eq!(zone.label(moment), label);
        assert_eq!(zone.format(moment, Precision::Most), shown);
        assert!(shown.starts_with(&zone.day(moment)));
        assert_eq!(
            format!("{} {}", zone.day(moment), zone.time_of_day(moment)),
            zone.format(moment, Precision::Second)
        );
    }

    #[test]
    fn a_moment_is_shown_with_the_offset_it_has() {
        check(&Zone::Utc, "2021-03-04T23:15:30.12Z", "UTC", "2021-03-04 23:15:30.120Z");
        check(&Zone::Host(zone("+0530")), "2021-03-04T23:15:30Z", "UTC+05:30 host", "2021-03-05 04:45:30+05:30");
        check(&Zone::Local(zone("-03:30")), "2021-03-04T00:00:00Z", "UTC-03:30 mine", "2021-03-03 20:30:00-03:30");
        // Before 1970 a fraction counts forward too.
        check(&Zone::Utc, "1969-12-31T23:59:59.5Z", "UTC", "1969-12-31 23:59:59.500Z");
        let utc = Zone::Utc;
        let moment = at("2021-03-04T10:15:30.5Z");
        assert_eq!(utc.without_offset(moment, Precision::Minute), "2021-03-04 10:15");
        assert_eq!(utc.format(moment, Precision::Second), "2021-03-04 10:15:30Z");
    }

    #[test]
    fn summer_and_winter_differ() {
        // A POSIX zone, so that the test needs no files of the system.
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let mine = Zone::Local(berlin);
        check(&mine, "2021-01-04T10:00:00Z", "CET mine", "2021-01-04 11:00:00+01:00");
        check(&mine, "2021-07-04T10:00:00Z", "CEST mine", "2021-07-04 12:00:00+02:00");
    }

    #[test]
    fn a_zone_is_named_by_its_offset_or_its_place() {
        let offset = |text| parse_zone(text).map(|zone| zone.to_offset(at("2021-01-01T00:00:00Z")).seconds());
        assert_eq!(offset("+02:00"), Some(7_200));
        assert_eq!(offset("-0330"), Some(-12_600));
        assert_eq!(offset(" +02 "), Some(7_200));
        assert_eq!(offset("utc"), Some(0));
        assert_eq!(offset("+14:00"), Some(50_400));
        for text in ["", "+", "+2", "+15:00", "+02:60", "+02:00:00", "Middle/Earth", "+é1"] {
            assert_eq!(offset(text), None, "{text}");
        }
    }

    #[test]
    fn skew_is_written_in_readable_units() {
        for (seconds, words) in [
            (0, "in sync"),
            (-13, "13 s off (vs server)"),
            (106, "106 s off (vs server)"),
            (3_600, "60 min off (vs server)"),
            (-7_260, "2 h 1 min off (vs server)"),
            (i64::MIN, "2562047788015215 h 30 min off (vs server)"),
        ] {
            assert_eq!(describe_skew(seconds, None), words);
        }
        assert_eq!(describe_skew(0, Some(ClockDirection::Fast)), "in sync");
        assert_eq!(describe_skew(-341, Some(ClockDirection::Fast)), "+341 s, fast (derived)");
        assert_eq!(describe_skew(7_260, Some(ClockDirection::Slow)), "-2 h 1 min, slow (derived)");
    }
}
