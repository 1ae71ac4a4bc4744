//! One lenient parser for the many ways in which the server writes a time (reference 1.3).

use jiff::{
    Timestamp,
    civil::Time,
    fmt::{rfc2822, temporal::Pieces},
    tz::Offset,
};

/// For the dates of mail and HTTP.
static MAIL: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);

/// Reads a time in any of the server's spellings: ISO with `T` or space, with an offset, `Z` or nothing (then UTC), with
/// or without fraction; a bare date; RFC 822; seconds or milliseconds since 1970 as a number written out.
/// `-1` and words mean that there is none.
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

/// The moment that a date is, with a time or without, and with an offset or in UTC.
fn parse_moment(pieces: &Pieces<'_>) -> Option<Timestamp> {
    let time = pieces.time().unwrap_or(Time::midnight());
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    offset.to_timestamp(pieces.date().to_datetime(time)).ok()
}

/// A number of seconds, or of milliseconds when it is too large for seconds; nothing for -1, which means "unknown".
pub(super) fn from_epoch(number: f64) -> Option<Timestamp> {
    /// The year 5138 in seconds, 1973 in milliseconds: segments and times of one record are never mistaken.
    const SECONDS_MOST: f64 = 1e11;
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    let seconds = if number < SECONDS_MOST { number } else { number / 1000.0 };
    // Microseconds are all that the server's floats are good for.
    let micros = format!("{:.0}", seconds * 1e6).parse().ok()?;
    Timestamp::from_microsecond(micros).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = parse(text).map(|at| at.to_string());
        assert_eq!(found.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn every_documented_spelling_is_read() {
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
