//! The blast radius of a watchlist: how many hits its query would have had.

use jiff::ToSpan;

use super::{ImpactLine, Probe};
use crate::api::{Client, Error};
use crate::model::{Search, Span, StoredIndex};
use crate::query::StoredQuery;
use crate::text;

/// The names of the lines, in their order.
pub(super) const NAMES: [&str; 3] = ["last 24 h", "last 7 days", "ever"];

/// The period of each line, in hours.
const HOURS: [Option<i64>; 3] = [Some(24), Some(7 * 24), None];

/// Daily hits above which a watchlist is too noisy to be reviewed.
const NOISY_DAILY_HITS: u64 = 100;

/// Returns the probes, in the order of `NAMES`.
pub(super) fn impact_probes<'a>(search_query: &'a str, index: &'a StoredIndex, client: &'a Client) -> Vec<Probe<'a>> {
    let each = HOURS.into_iter();
    let probe = |hours| -> Probe<'a> { Box::pin(count_hits(search_query, index, hours, client)) };
    each.map(probe).collect()
}

async fn count_hits(
    search_query: &str,
    index: &StoredIndex,
    hours: Option<i64>,
    client: &Client,
) -> Result<ImpactLine, Error> {
    let query = StoredQuery::parse(search_query).combined_query();
    let none = Span { start: 0, rows: 0 };
    let now = client.clock().now();
    let (total, text) = if *index == StoredIndex::Modules {
        // Binaries have a single time: when the server first received them.
        let since = hours.map_or(String::new(), |hours| format!(" server_added_timestamp:-{hours}h"));
        let search = Search { query: format!("({query}){since}"), ..Search::default() };
        let total = client.binaries(&search, none).await?.total;
        (total, text::pluralize(total, "binary matches", "binaries match"))
    } else {
        let search = Search {
            query,
            min_last_server_update: hours.and_then(|hours| now.checked_sub(hours.hours()).ok()),
            ..Search::default()
        };
        let total = client.processes(&search, none).await?.total;
        let singular = "process segment matches";
        (total, text::pluralize(total, singular, "process segments match"))
    };
    let is_day = hours == Some(24);
    let warnings = if is_day && total > NOISY_DAILY_HITS {
        vec![format!("It would have had {total} hits in the last 24 h")]
    } else {
        Vec::new()
    };
    Ok(ImpactLine { text, source: "search, server time".into(), warnings, requests: 1, ..ImpactLine::default() })
}
