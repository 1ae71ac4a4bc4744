//! Parsing of times in all formats of the server (reference 1.3).

use jiff::{
    Timestamp,
    civil::Time,
    fmt::{rfc2822, temporal::Pieces},
    tz::Offset,
};

/// A parser for RFC 822 dates, as in mail and HTTP.
static MAIL: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);

/// Parses a time in any of the server's formats: ISO 8601 with `T` or a space, with an offset, `Z` or none (then UTC),
/// with or without a fraction; a date alone; RFC 822; seconds or milliseconds since 1970. `-1` and words are `None`.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return from_epoch(number);
    }
    match Pieces::parse(text) {
        Ok(pieces) => parse_moment(&pieces),
        Err(_) => MAIL.parse_timestamp(text).ok(),
    }
}

/// Converts a date with an optional time and offset; without an offset it is in UTC.
fn parse_moment(pieces: &Pieces<'_>) -> Option<Timestamp> {
    let time = pieces.time().unwrap_or(Time::midnight());
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    offset.to_timestamp(pieces.date().to_datetime(time)).ok()
}

/// Converts seconds since 1970, or milliseconds if `number` is too large for seconds. Negative numbers, which mean
/// "unknown", are `None`.
pub(super) fn from_epoch(number: f64) -> Option<Timestamp> {
    /// As seconds the year 5138, as milliseconds 1973: no real time is taken for the wrong unit.
    const MAX_SECONDS: f64 = 1e11;
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    let seconds = if number < MAX_SECONDS { number } else { number / 1000.0 };
    // The server's floating-point times are precise to microseconds.
    let micros = format!("{:.0}", seconds * 1e6).parse().ok()?;
    Timestamp::from_microsecond(micros).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = parse(text).map(|at| at.to_string());
        assert_eq!(actual.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn all_documented_formats_are_parsed() {
        check("2021-03-04T10:15:30.123Z", "2021-03-04T10:15:30.123Z"); // T1
        check("2021-03-04T10:15:30.1Z", "2021-03-04T10:15:30.1Z"); // T1, zeros trimmed
        check("2021-03-04T10:15:00Z", "2021-03-04T10:15:00Z"); // T2, T14
        check("2021-03-04 04:15:33.883886-06:00", "2021-03-04T10:15:33.883886Z"); // T3
        check("2021-03-04 04:15:33.883886+00", "2021-03-04T04:15:33.883886Z"); // T3, short offset
        check("2021-03-04 04:15:33-0600", "2021-03-04T10:15:33Z");
        check("1990-01-01 00:00:00-06:00", "1990-01-01T06:00:00Z"); // T4
        check("2021-03-04 10:15:30.123000", "2021-03-04T10:15:30.123Z"); // T5
        check("2021-03-04 10:15:30.123", "2021-03-04T10:15:30.123Z"); // T5
        check("2021-03-04T10:15:30.123000Z", "2021-03-04T10:15:30.123Z"); // T6
        check("2021-03-04 16:40:06.467689", "2021-03-04T16:40:06.467689Z"); // T7
        check("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"); // T8
        check("2016-11-16T04:50:01.750240Z", "2016-11-16T04:50:01.75024Z"); // T9
        check("1614852931.155622", "2021-03-04T10:15:31.155622Z"); // T10
        check("1614852931", "2021-03-04T10:15:31Z"); // T11
        check("1614852945678", "2021-03-04T10:15:45.678Z"); // a segment
        check("Wed, 05 Jan 2022 10:01:07 GMT", "2022-01-05T10:01:07Z"); // T12
        check("Mon, 05 Jan 2022 10:01:07 GMT", "2022-01-05T10:01:07Z"); // T12, a wrong weekday
        check("2022-12-31", "2022-12-31T00:00:00Z"); // T13
    }

    #[test]
    fn unknown_times_are_none() {
        for text in ["-1", "", " ", "never", "None", "2021-13-45T00:00:00Z", "NaN", "inf", "1e300"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
