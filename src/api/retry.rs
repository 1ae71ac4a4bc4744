//! When a failed request is sent again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use jiff::{Timestamp, fmt::rfc2822};

use super::Error;
use crate::model::Timings;

/// Whether a request that is safe to repeat is repeated after `error`. A time-out is not: it has taken long enough. Nor is
/// what the server asks to put off for longer than anybody waits.
pub(super) fn should_retry(error: &Error, pace: Timings) -> bool {
    match error {
        Error::Timeout(_) => false,
        Error::Busy(Some(asked)) => *asked <= pace.max_retry_after,
        error => error.is_transient(),
    }
}

/// How long to wait before repetition number `done` + 1: doubled each time, with jitter so that requests that failed
/// together do not come back together, and at least as long as the server asked for.
pub(super) fn backoff(pace: Timings, done: u32, error: &Error) -> Duration {
    let doubled = pace.backoff.saturating_mul(2_u32.saturating_pow(done)).min(pace.max_backoff);
    let half = doubled / 2;
    let jittered = half + half.mul_f64(random());
    let asked = match error {
        Error::Busy(asked) => asked.unwrap_or_default(),
        _ => Duration::ZERO,
    };
    jittered.min(pace.max_backoff).max(asked)
}

/// A `Retry-After`: seconds, or an HTTP date.
pub(super) fn parse_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    // A moment that has passed asks for no wait at all.
    Some(now.duration_until(at).try_into().unwrap_or_default())
}

/// A number from 0 up to 1, different each time. The standard library's seeds are random enough to spread requests.
fn random() -> f64 {
    let seed = RandomState::new().hash_one(0_u8) % 1024;
    u32::try_from(seed).map_or(0.5, |seed| f64::from(seed) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_doubled_and_bounded() {
        let pace =
            Timings { backoff: Duration::from_secs(1), max_backoff: Duration::from_secs(30), ..Timings::default() };
        let cut = Error::Cut { endpoint: "GET /api/info".into() };
        for (done, least, most) in [(0, 500, 1000), (1, 1000, 2000), (3, 4000, 8000), (99, 15000, 30000)] {
            let wait = backoff(pace, done, &cut).as_millis();
            assert!((least..=most).contains(&wait), "{done}: {wait}");
        }
        let busy = |seconds| Error::Busy(Some(Duration::from_secs(seconds)));
        assert_eq!(backoff(pace, 0, &busy(7)), Duration::from_secs(7));
        assert_eq!(backoff(pace, 0, &busy(300)), Duration::from_mins(5));
        for (seconds, is_waited_for) in [(0, true), (300, true), (301, false), (3600, false)] {
            assert_eq!(should_retry(&busy(seconds), pace), is_waited_for, "{seconds}");
        }
    }

    #[test]
    fn the_server_asks_for_a_wait_in_two_ways() {
        let now = "2022-01-05T10:01:00Z".parse().unwrap();
        for (text, expected) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Wed, 05 Jan 2022 10:01:07 GMT", Some(7)),
            ("Wed, 05 Jan 2022 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(parse_retry_after(text, now), expected.map(Duration::from_secs), "{text}");
        }
    }
}
