//! Times as they are given on the command line, and as tables show them.

use jiff::Timestamp;

use super::Failure;
use crate::cli::Bounds;
use crate::model::{Clock, Search, moment};

/// Reads a time: RFC 3339, or `-24h` before `now`.
fn parse(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    moment(text, now).ok_or_else(|| {
        Failure::usage(format!("--{option} does not understand {text:?}"))
            .hint("write it as 2026-11-24T08:00:00Z, or as -30m, -24h, -7d before now")
    })
}

/// The search with the bounds of the command line.
pub(super) fn bounded(search: Search, bounds: &Bounds) -> Result<Search, Failure> {
    let now = Clock::System.now();
    let time = |option: &str, text: &Option<String>| -> Result<Option<Timestamp>, Failure> {
        text.as_deref()
            .map(|text| parse(option, text, now))
            .transpose()
    };
    Ok(Search {
        min_last_update: time("min-last-update", &bounds.min_last_update)?,
        max_last_update: time("max-last-update", &bounds.max_last_update)?,
        min_last_server_update: time("min-last-server-update", &bounds.min_last_server_update)?,
        max_last_server_update: time("max-last-server-update", &bounds.max_last_server_update)?,
        ..search
    })
}

/// A time as tables show it: UTC, to the second.
pub(super) fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
