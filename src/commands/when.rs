//! Times as they are given on the command line.

use jiff::{SignedDuration, Timestamp};

use super::Failure;

/// Reads a time: RFC 3339, or `-24h` before `now`.
pub(super) fn parse(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let time = match text.strip_prefix('-') {
        Some(ago) => before(ago).and_then(|ago| now.checked_sub(ago).ok()),
        None => text.parse().ok(),
    };
    time.ok_or_else(|| {
        Failure::usage(format!("--{option} does not understand {text:?}"))
            .hint("write it as 2026-11-24T08:00:00Z, or as -30m, -24h, -7d before now")
    })
}

/// A time as tables show it: UTC, to the second.
pub(super) fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
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

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let found = parse("min-last-update", text, now).ok();
        assert_eq!(found.map(|time| time.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_time_is_absolute_or_relative() {
        check("2026-11-23T08:00:00Z", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23T08:00:00+02:00", Some("2026-11-23T06:00:00Z"));
        check("-24h", Some("2026-11-23T12:00:00Z"));
        check("-90m", Some("2026-11-24T10:30:00Z"));
        check("-2w", Some("2026-11-10T12:00:00Z"));
        check("-30s", Some("2026-11-24T11:59:30Z"));
    }

    #[test]
    fn anything_else_is_refused() {
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
}
