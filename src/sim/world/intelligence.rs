//! Watchlists, feeds and their reports as the world begins with them: the origins of its alerts.

use serde::Deserialize;

/// Watchlists and feeds of a new world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Intelligence {
    #[serde(rename = "watchlist")]
    pub(crate) watchlists: Vec<Watchlist>,
    #[serde(rename = "feed")]
    pub(crate) feeds: Vec<Feed>,
}

/// Watchlist: a stored search.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "members of a TOML record")]
pub(crate) struct Watchlist {
    /// A number, written as text.
    pub(crate) id: String,
    pub(crate) name: String,
    /// `events` or `modules`.
    pub(crate) index: String,
    pub(crate) query: String,
    /// The query as form data, as the server stores it.
    pub(crate) search: String,
    pub(crate) description: Option<String>,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    #[serde(default)]
    pub(crate) readonly: bool,
    /// Whether it tags nothing in this world.
    #[serde(default)]
    pub(crate) quiet: bool,
    /// Its number among the watchlists that came with the server.
    pub(crate) alliance: Option<u32>,
    /// Whether an attacker wrote it.
    #[serde(default)]
    hostile: bool,
    /// Numbers of the users who get an e-mail for each hit.
    #[serde(default)]
    pub(crate) mail: Vec<u32>,
}

/// Threat intelligence feed with its reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    pub(crate) id: u32,
    /// In lower case in process documents.
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) summary: String,
    pub(crate) provider_url: String,
    pub(crate) url: String,
    pub(crate) category: Option<String>,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    /// Whether a user added it; otherwise it came with the server.
    #[serde(default)]
    pub(crate) manual: bool,
    /// Number of random reports in addition to `reports`.
    #[serde(default)]
    pub(crate) drawn: u32,
    #[serde(rename = "report", default)]
    pub(crate) reports: Vec<Report>,
}

/// Threat report of a feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) link: String,
    /// Type of the indicator: `query`, `md5`, `dns`, or `class` for what the server detects itself.
    pub(crate) ioc: String,
    /// `None`: the hash of the file that the report is about.
    pub(crate) value: Option<String>,
    pub(crate) description: String,
    pub(crate) score: i64,
    /// Age in days.
    pub(crate) days: i64,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Ids of the sensors that the report is about, independent of their processes.
    #[serde(default)]
    pub(crate) hosts: Vec<u32>,
    /// Whether an attacker wrote it.
    #[serde(default)]
    hostile: bool,
    // Further indicators, besides the one that matched.
    #[serde(default)]
    pub(crate) md5: Vec<String>,
    #[serde(default)]
    pub(crate) sha256: Vec<String>,
    #[serde(default)]
    pub(crate) ipv4: Vec<String>,
    #[serde(default)]
    pub(crate) dns: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Intelligence {
    /// Loads the embedded file.
    pub(crate) fn load_embedded() -> Self {
        toml::from_str(include_str!("../../../assets/world/intelligence.toml"))
            .expect("a test parses the embedded watchlists")
    }

    /// Returns it without the entries that an attacker wrote.
    pub(crate) fn without_hostile(mut self) -> Self {
        self.watchlists.retain(|list| !list.hostile);
        for feed in &mut self.feeds {
            feed.reports.retain(|report| !report.hostile);
        }
        self
    }

    /// Returns the index of the watchlist with `id`.
    pub(crate) fn watchlist_index(&self, id: &str) -> Option<usize> {
        self.watchlists.iter().position(|list| list.id == id)
    }

    /// Returns the indexes of the feed named `feed_name` and of its report with `id`.
    pub(crate) fn report_indexes(&self, feed_name: &str, id: &str) -> Option<(usize, usize)> {
        let feed = self.feeds.iter().position(|feed| feed.name == feed_name)?;
        let report = self.feeds[feed].reports.iter().position(|report| report.id == id)?;
        Some((feed, report))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::tests::world;
    use super::*;

    #[test]
    fn every_watchlist_and_report_that_tags_a_process_exists() {
        let (world, intelligence) = (world(2_000), Intelligence::load_embedded());
        for process in world.processes() {
            for id in process.watchlists() {
                assert!(intelligence.watchlist_index(id).is_some(), "watchlist {id}");
            }
            for feed in process.feeds() {
                for report in &feed.reports {
                    let (feed_index, index) = intelligence.report_indexes(&feed.name, report).expect(report);
                    let report = &intelligence.feeds[feed_index].reports[index];
                    assert_eq!((&report.link, report.score), (&feed.link, feed.score));
                }
            }
        }
    }

    #[test]
    fn no_two_have_one_id() {
        let intelligence = Intelligence::load_embedded();
        let ids: BTreeSet<_> = intelligence.watchlists.iter().map(|list| &list.id).collect();
        assert_eq!(ids.len(), intelligence.watchlists.len());
        let ids: BTreeSet<_> = intelligence.feeds.iter().map(|feed| feed.id).collect();
        assert_eq!(ids.len(), intelligence.feeds.len());
    }
}
