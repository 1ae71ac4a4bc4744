//! Whether and when a failed request is retried.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

use super::Error;
use crate::model::Timings;

/// Returns whether a request that is safe to repeat is retried after `error`. It is not after a time-out, which has
/// taken long enough, or if the server requests a delay above `max_retry_after`.
pub(super) fn should_retry(error: &Error, timings: &Timings) -> bool {
    match error {
        Error::Timeout(_) => false,
        Error::Busy(Some(requested)) => *requested <= timings.max_retry_after,
        error => error.is_transient(),
    }
}

/// Returns the delay before the next retry, after `n_retries`. It is doubled each time, has jitter so that requests
/// that failed together are not retried together, and is at least what the server requested.
pub(super) fn backoff(timings: &Timings, n_retries: u32, error: &Error) -> Duration {
    let doubled = timings.backoff.saturating_mul(2_u32.saturating_pow(n_retries)).min(timings.max_backoff);
    let half = doubled / 2;
    let jittered = half + half.mul_f64(fastrand::f64());
    let requested = match error {
        Error::Busy(requested) => requested.unwrap_or_default(),
        _ => Duration::ZERO,
    };
    jittered.min(timings.max_backoff).max(requested)
}

/// Parses a `Retry-After` header: seconds, or an HTTP date relative to `now`.
pub(super) fn parse_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    // A time in the past means no delay.
    Some(now.duration_until(at).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_doubled_and_bounded() {
        let timings =
            Timings { backoff: Duration::from_secs(1), max_backoff: Duration::from_secs(30), ..Timings::default() };
        let cut = Error::Cut { endpoint: "GET /api/info".into() };
        for (n_retries, least, most) in [(0, 500, 1000), (1, 1000, 2000), (3, 4000, 8000), (99, 15000, 30000)] {
            let wait = backoff(&timings, n_retries, &cut).as_millis();
            assert!((least..=most).contains(&wait), "{n_retries}: {wait}");
        }
        let busy = |seconds| Error::Busy(Some(Duration::from_secs(seconds)));
        assert_eq!(backoff(&timings, 0, &busy(7)), Duration::from_secs(7));
        assert_eq!(backoff(&timings, 0, &busy(300)), Duration::from_mins(5));
        for (seconds, is_waited_for) in [(0, true), (300, true), (301, false), (3600, false)] {
            assert_eq!(should_retry(&busy(seconds), &timings), is_waited_for, "{seconds}");
        }
    }

    #[test]
    fn a_server_requests_a_delay_in_seconds_or_by_a_date() {
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
