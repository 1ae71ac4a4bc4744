//! Dates and times in queries (API reference, section 3.4), in UTC.

use jiff::{SignedDuration, Timestamp, civil, tz::Offset};

/// A date or time as written in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Date {
    /// `2021-03-04`, stored as the first moment of the day.
    Day(Timestamp),
    /// `2021-03-04T10:00:00`.
    Moment(Timestamp),
    /// `-24h`: the duration before now.
    Before(SignedDuration),
    /// `-7d`: the duration before now, in a unit that not every server knows.
    DaysBefore(SignedDuration),
}

/// A period of time, including its start and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) struct DateRange {
    pub(in crate::query) start: Timestamp,
    pub(in crate::query) end: Timestamp,
}

impl DateRange {
    pub(in crate::query) const ALL_TIME: Self = Self { start: Timestamp::MIN, end: Timestamp::MAX };

    /// Returns whether `moment` is in the period.
    pub(in crate::query) fn contains(self, moment: Timestamp) -> bool {
        self.start <= moment && moment <= self.end
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

impl Date {
    /// Parses a date or time; `None` if the text is neither.
    pub(in crate::query) fn parse(text: &str) -> Option<Self> {
        if let Some(ago) = text.strip_prefix('-') {
            return parse_ago(ago);
        }
        // The date parser also accepts spellings such as `20210304`, which the server does not know.
        let (date, rest) = text.split_at_checked("2021-03-04".len())?;
        if date.as_bytes()[4] != b'-' {
            return None;
        }
        let date: civil::Date = date.parse().ok()?;
        let midnight = |date: civil::Date| to_timestamp(date.to_datetime(civil::Time::midnight()), 0);
        match rest.as_bytes().first() {
            None => Some(Self::Day(midnight(date)?)),
            Some(b'T' | b't' | b' ') => {
                let (time, offset) = split_offset(&rest[1..])?;
                let time = if time.len() == 2 { format!("{time}:00").parse() } else { time.parse() };
                let time: civil::Time = time.ok()?;
                Some(Self::Moment(to_timestamp(date.to_datetime(time), offset)?))
            }
            Some(_) => None,
        }
    }

    /// Returns whether it is relative to the current time.
    pub(in crate::query) fn is_relative(self) -> bool {
        matches!(self, Self::Before(_) | Self::DaysBefore(_))
    }

    /// Returns the period that the date means on its own: its day, the 24 hours after its moment, or from its moment
    /// until `now` if it is relative.
    pub(in crate::query) fn time_range(self, now: Timestamp) -> DateRange {
        match self {
            Self::Day(from) | Self::Moment(from) => DateRange { start: from, end: add_saturating(from, DAY - INSTANT) },
            Self::Before(ago) | Self::DaysBefore(ago) => DateRange { start: add_saturating(now, -ago), end: now },
        }
    }

    /// Returns the first moment of a range with this date as its lower end.
    pub(in crate::query) fn range_start(self, now: Timestamp) -> Timestamp {
        self.time_range(now).start
    }

    /// Returns the last moment of a range with this date as its upper end; a day is included in full.
    pub(in crate::query) fn range_end(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day(_) => self.time_range(now).end,
            Self::Moment(moment) => moment,
            Self::Before(_) | Self::DaysBefore(_) => self.time_range(now).start,
        }
    }
}

fn parse_ago(text: &str) -> Option<Date> {
    let unit = text.bytes().last()?.to_ascii_lowercase();
    let digits = text.get(..text.len() - 1)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = digits.parse().ok()?;
    let seconds = match unit {
        b's' => 1,
        b'm' => 60,
        b'h' => 3_600,
        b'd' => 86_400,
        _ => return None,
    };
    let ago = SignedDuration::from_secs(count.saturating_mul(seconds));
    Some(if unit == b'd' { Date::DaysBefore(ago) } else { Date::Before(ago) })
}

/// Splits a time of day from its UTC offset, in seconds.
fn split_offset(text: &str) -> Option<(&str, i32)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(sign) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let (time, offset) = text.split_at(sign);
    let digits: String = offset[1..].split(':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().unwrap_or(0);
    let seconds = hours * 3_600 + minutes * 60;
    Some((time, if offset.starts_with('-') { -seconds } else { seconds }))
}

fn to_timestamp(datetime: civil::DateTime, offset: i32) -> Option<Timestamp> {
    let offset = Offset::from_seconds(offset).ok()?;
    offset.to_timestamp(datetime).ok()
}

fn add_saturating(moment: Timestamp, by: SignedDuration) -> Timestamp {
    let bound = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    moment.checked_add(by).unwrap_or(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let now: Timestamp = "2021-03-04T12:00:00Z".parse().unwrap();
        let range = Date::parse(text).map(|date| date.time_range(now));
        let expected =
            expected.map(|(start, end)| DateRange { start: start.parse().unwrap(), end: end.parse().unwrap() });
        assert_eq!(range, expected, "{text}");
    }

    #[test]
    fn a_date_is_its_day_and_a_time_the_day_after_it() {
        check("2021-03-04", Some(("2021-03-04T00:00:00Z", "2021-03-04T23:59:59.999999999Z")));
        for text in [
            "2021-03-04T10:00:00",
            "2021-03-04T10:00",
            "2021-03-04T10",
            "2021-03-04t10:00:00.000z",
            "2021-03-04 10:00:00",
            "2021-03-04T12:00:00+02:00",
            "2021-03-04T06:30:00-0330",
        ] {
            check(text, Some(("2021-03-04T10:00:00Z", "2021-03-05T09:59:59.999999999Z")));
        }
    }

    #[test]
    fn relative_times_end_now() {
        let now = "2021-03-04T12:00:00Z";
        check("-24h", Some(("2021-03-03T12:00:00Z", now)));
        check("-24H", Some(("2021-03-03T12:00:00Z", now)));
        check("-30m", Some(("2021-03-04T11:30:00Z", now)));
        check("-90s", Some(("2021-03-04T11:58:30Z", now)));
        check("-2d", Some(("2021-03-02T12:00:00Z", now)));
    }

    #[test]
    fn absurd_spans_end_where_time_does() {
        let now: Timestamp = "2021-03-04T12:00:00Z".parse().unwrap();
        let date = Date::parse("-9000000000000000000h").unwrap();
        assert_eq!(date.range_start(now), Timestamp::MIN);
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "-",
            "-h",
            "-5",
            "-5y",
            "24h",
            "-+5h",
            "2021",
            "2021-3-4",
            "2021-03-32",
            "20210304",
            "2021-03-04x",
            "2021-03-04T",
            "2021-03-04T25:00",
            "2021-03-04T10:00+1",
            "yesterday",
            "-5é",
            "2021-03-0é",
            "é",
        ] {
            check(text, None);
        }
    }
}
