//! Times on the command line and in tables.

use jiff::Timestamp;

use super::{CommandCx, Failure};
use crate::cli::Bounds;
use crate::model::{Clock, Period, Search, parse_end, parse_moment};

/// Parses a time at or before `now`, in the formats of [`parse_moment`].
fn parse(
    option: &str,
    text: &str,
    parser: fn(&str, Timestamp) -> Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, Failure> {
    parser(text, now).ok_or_else(|| {
        Failure::usage(format!("--{option}: {text:?} is not valid"))
            .with_hint("write 2026-11-24, 2026-11-24T08:00 or 2026-11-24T08:00:00+01:00 (default UTC), yesterday, or -30m, -1h30m, -7d before now")
    })
}

/// Adds the time options of the command line to a search, and notes how an ambiguous time was interpreted.
pub(super) fn bind_to_bounds(search: Search, bounds: &Bounds, cx: &mut CommandCx<'_>) -> Result<Search, Failure> {
    let now = Clock::System.now();
    let from = |option: &str, text: &Option<String>| -> Result<Option<Timestamp>, Failure> {
        let text = text.as_deref();
        text.map(|text| parse(option, text, parse_moment, now)).transpose()
    };
    let until = |option: &str, text: &Option<String>| -> Result<Option<Timestamp>, Failure> {
        let text = text.as_deref();
        text.map(|text| parse(option, text, parse_end, now)).transpose()
    };
    let search = Search {
        min_last_update: from("min-last-update", &bounds.min_last_update)?,
        max_last_update: until("max-last-update", &bounds.max_last_update)?,
        min_last_server_update: from("min-last-server-update", &bounds.min_last_server_update)?,
        max_last_server_update: until("max-last-server-update", &bounds.max_last_server_update)?,
        ..search
    };
    for (clock, from, until) in [
        ("", search.min_last_update, search.max_last_update),
        ("server-", search.min_last_server_update, search.max_last_server_update),
    ] {
        if from > until && until.is_some() {
            let (min, max) = (format!("--min-last-{clock}update"), format!("--max-last-{clock}update"));
            return Err(
                Failure::usage(format!("{min} is later than {max}: nothing can match")).with_hint("swap the two times")
            );
        }
    }
    let times = [
        &bounds.min_last_update,
        &bounds.max_last_update,
        &bounds.min_last_server_update,
        &bounds.max_last_server_update,
    ];
    // A time with a zone is unambiguous.
    let is_unambiguous = |text: &String| text.parse::<Timestamp>().is_ok();
    if !times.into_iter().flatten().all(is_unambiguous) {
        for period in Period::from_search(&search) {
            cx.note(&period.to_string());
        }
    }
    Ok(search)
}
