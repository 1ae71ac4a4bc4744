//! What a watchlist would have found.

use jiff::ToSpan;

use super::{Fact, Look};
use crate::api::{Client, Error};
use crate::model::{Search, Span, StoredIndex};
use crate::query::Stored;
use crate::text;

/// The lines, in their order.
pub(super) const NAMES: [&str; 3] = ["last 24 h", "last 7 days", "ever"];

/// Of how many hours each line is.
const HOURS: [Option<i64>; 3] = [Some(24), Some(7 * 24), None];

/// More a day than anybody looks at.
const MANY: u64 = 100;

/// The looks, in the order of their names.
pub(super) fn looks<'a>(search_query: &'a str, index: &'a StoredIndex, client: &'a Client) -> Vec<Look<'a>> {
    let each = HOURS.into_iter();
    let look = |hours| -> Look<'a> { Box::pin(found(search_query, index, hours, client)) };
    each.map(look).collect()
}

async fn found(search_query: &str, index: &StoredIndex, hours: Option<i64>, client: &Client) -> Result<Fact, Error> {
    let query = Stored::read(search_query).query();
    let none = Span { start: 0, rows: 0 };
    let now = client.clock().now();
    let (total, what) = if *index == StoredIndex::Modules {
        // Binaries have one moment: when the server first had them.
        let since = hours.map_or(String::new(), |hours| format!(" server_added_timestamp:-{hours}h"));
        let search = Search { query: format!("({query}){since}"), ..Search::default() };
        let total = client.binaries(&search, none).await?.total;
        (total, text::counted(total, "binary matches", "binaries match"))
    } else {
        let search = Search {
            query,
            min_last_server_update: hours.and_then(|hours| now.checked_sub(hours.hours()).ok()),
            ..Search::default()
        };
        let total = client.processes(&search, none).await?.total;
        let one = "process segment matches";
        (total, text::counted(total, one, "process segments match"))
    };
    let is_day = hours == Some(24);
    let warnings = if is_day && total > MANY {
        vec![format!("It would have had {total} hits in the last 24 h")]
    } else {
        Vec::new()
    };
    Ok(Fact { said: what, source: "search, server time".into(), warnings, requests: 1, ..Fact::default() })
}
