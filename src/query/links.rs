//! Turns links to the server's web console into queries.

use super::fields::Index;
use super::parameters::StoredQuery;
use super::syntax::print::one_line;
use super::syntax::quote::quote;
use crate::model::{Link, LinkTarget};

/// A query built from a link to the web console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedQuery {
    pub query: String,
    /// Whether it contains an ID that is valid on the linked server only.
    pub is_server_specific: bool,
}

/// Returns the query of `index` that finds the object of `link`, or a message that says why there is none.
pub fn link_query(index: Index, link: &Link) -> Result<LinkedQuery, String> {
    let searched = match (&link.target, index) {
        (LinkTarget::Processes(search), Index::Process)
        | (LinkTarget::Binaries(search), Index::Binary)
        | (LinkTarget::Alerts(search), Index::Alert)
        | (LinkTarget::Reports(search), Index::Report) => Some(search),
        _ => None,
    };
    if let Some(search) = searched {
        let stored = StoredQuery::parse(search);
        return match stored.malformed_reason() {
            Some(why) => Err(format!("This link has no query: {why}")),
            None => Ok(LinkedQuery {
                query: one_line(&stored.combined_query()),
                is_server_specific: link.alert().is_some(),
            }),
        };
    }
    let (query, is_server_specific) = match (&link.target, index) {
        (LinkTarget::Process(id), Index::Process) => (format!("process_id:{id}"), false),
        (LinkTarget::Binary(md5), Index::Process | Index::Binary | Index::Alert | Index::Report) => {
            (format!("md5:{md5}"), false)
        }
        (LinkTarget::Host(id), Index::Process) => (format!("sensor_id:{id}"), true),
        (LinkTarget::Watchlist(id), Index::Process) => (format!("watchlist_{id}:*"), true),
        (LinkTarget::Watchlist(id), Index::Alert) => (format!("watchlist_id:{id}"), true),
        (LinkTarget::Report(id), Index::Alert) => {
            (format!("feed_id:{} watchlist_id:{}", id.feed, quote(id.id.raw())), true)
        }
        _ => {
            return Err(format!(
                "This link points to {}, which {} cannot be searched for",
                link.label(),
                index.plural()
            ));
        }
    };
    Ok(LinkedQuery { query, is_server_specific })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Level, parse_for};

    #[track_caller]
    fn check(index: Index, fragment: &str, expected: Option<&str>) {
        let link = Link::parse(&format!("https://cb.example.com/#/{fragment}")).expect(fragment);
        let query = link_query(index, &link).ok().map(|linked| linked.query);
        assert_eq!(query.as_deref(), expected, "{fragment}");
        let problems = parse_for(index, expected.unwrap_or_default()).problems;
        assert!(problems.iter().all(|problem| problem.level < Level::Error), "{problems:?}");
    }

    #[test]
    fn a_link_is_the_query_that_finds_what_it_names() {
        const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
        const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
        check(Index::Process, "search/cb.urlver=1&q=process_name%3Aa.exe+b", Some("process_name:a.exe b"));
        check(Index::Process, "search?q=a%0Ab&cb.fq.hour_of_day=3", Some("a b cb.fq.hour_of_day=3"));
        check(Index::Process, "search/cb.urlver=1&process_name%3Aa.exe", None);
        check(Index::Process, &format!("analyze/{GUID}/1"), Some(&format!("process_id:{GUID}")));
        check(Index::Process, &format!("binary/{}", MD5.to_uppercase()), Some(&format!("md5:{MD5}")));
        check(Index::Process, "host/4", Some("sensor_id:4"));
        check(Index::Process, "watchlist/14", Some("watchlist_14:*"));
        check(Index::Process, "alerts?q=a", None);
        check(Index::Binary, "binaries/q=a", Some("a"));
        check(Index::Binary, "search/q=a", None);
        check(Index::Alert, "alerts?cb.urlver=1&q=status%3AResolved", Some("status:Resolved"));
        check(Index::Alert, "watchlist/14", Some("watchlist_id:14"));
        check(Index::Alert, "threat-details/12/CI-118", Some("feed_id:12 watchlist_id:CI-118"));
        check(Index::Report, "threats/q=title%3Aa", Some("title:a"));
    }
}
