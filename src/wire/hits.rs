//! Watchlist and feed hits of a process or binary.

use std::collections::{BTreeMap, BTreeSet};

use super::Record;
use crate::model::{FeedHit, WatchlistHit};
use crate::text::Untrusted;

/// Returns the watchlists that have tagged a document: the entries of `watchlists`, and then the fields named
/// `watchlist_<id>`.
pub(super) fn watchlists(record: &Record) -> Vec<WatchlistHit> {
    let mut hits: Vec<_> = record
        .records("watchlists")
        .iter()
        .map(|entry| WatchlistHit { id: entry.text_or("wid", "id"), at: entry.time("value") })
        .filter(|hit| !hit.id.is_empty())
        .collect();
    for name in record.names() {
        let Some(id) = name.strip_prefix("watchlist_") else {
            continue;
        };
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        if is_id && hits.iter().all(|hit| hit.id.raw() != id) {
            hits.push(WatchlistHit { id: id.into(), at: record.time(name) });
        }
    }
    hits
}

/// Returns the feeds with a report that hits the document, by the fields that begin with `alliance_`, highest score
/// first.
pub(super) fn feeds(record: &Record) -> Vec<FeedHit> {
    let feeds: BTreeSet<&str> = record
        .names()
        .filter_map(|name| {
            ["score_", "data_", "link_", "updated_"]
                .iter()
                .find_map(|kind| name.strip_prefix("alliance_")?.strip_prefix(kind))
        })
        .filter(|feed| !feed.is_empty())
        .collect();
    let mut hits: BTreeMap<Untrusted, FeedHit> = BTreeMap::new();
    for feed in feeds {
        let hit = FeedHit {
            feed: feed.to_lowercase().into(),
            score: record.int(&format!("alliance_score_{feed}")),
            reports: record.texts(&format!("alliance_data_{feed}")),
            link: record.text(&format!("alliance_link_{feed}")),
        };
        // Old servers spell a feed in two letter cases; the first with any content is used.
        if hit.score.is_some() || !hit.reports.is_empty() || !hit.link.is_empty() {
            hits.entry(hit.feed.clone()).or_insert(hit);
        }
    }
    let mut hits: Vec<_> = hits.into_values().collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watchlists_are_parsed_in_both_forms() {
        let record = Record::parse(
            r#"{"watchlists": [{"wid": "14", "value": "2021-03-04T10:20:03.4Z", "segments_hit": [1]}, {"wid": 5}, {}, "x"],
                "watchlist_14": "2021-03-04T10:20:03.4Z", "watchlist_6": "2021-03-04T10:21:00Z", "watchlist_name": "n"}"#,
        )
        .unwrap();
        let hits = watchlists(&record);
        let ids: Vec<_> = hits.iter().map(|hit| hit.id.raw()).collect();
        assert_eq!(ids, ["14", "5", "6"]);
        assert_eq!(hits[0].at, "2021-03-04T10:20:03.4Z".parse().ok());
        assert_eq!(hits[1].at, None);
        assert_eq!(hits[2].at, "2021-03-04T10:21:00Z".parse().ok());
    }

    #[test]
    fn every_feed_with_a_report_is_found() {
        let record = Record::parse(
            r#"{"alliance_score_nvd": 40, "alliance_data_nvd": "cve-1", "alliance_link_nvd": "https://x.example",
                "alliance_updated_nvd": "2021-03-04T10:20:03.4Z", "alliance_score_abuse_ch": "100",
                "alliance_data_abuse_ch": ["a", "b"], "alliance_score_none": null, "alliance_score_SRSTrust": -100,
                "alliance_score_": 3}"#,
        )
        .unwrap();
        let hits = feeds(&record);
        let feeds_found: Vec<_> = hits.iter().map(|hit| (hit.feed.raw(), hit.score, hit.reports.len())).collect();
        assert_eq!(feeds_found, [("abuse_ch", Some(100), 2), ("nvd", Some(40), 1), ("srstrust", Some(-100), 0)]);
        assert_eq!(hits[1].link.raw(), "https://x.example");
    }
}
