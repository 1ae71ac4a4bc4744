//! Watchlists, feeds and their reports: who raises alerts, and in which words.

use serde::Deserialize;

/// All of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Intelligence {
    #[serde(rename = "watchlist")]
    pub(crate) watchlists: Vec<Watchlist>,
    #[serde(rename = "feed")]
    pub(crate) feeds: Vec<Feed>,
}

/// A stored search.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "members of a file, each with a name of its own")]
pub(crate) struct Watchlist {
    /// A number, written as text.
    pub(crate) id: String,
    pub(crate) name: String,
    /// `events` or `modules`.
    pub(crate) index: String,
    pub(crate) query: String,
    /// The same query as it is stored.
    pub(crate) search: String,
    pub(crate) description: Option<String>,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    #[serde(default)]
    pub(crate) readonly: bool,
    /// It tags nothing in this world.
    #[serde(default)]
    pub(crate) quiet: bool,
    /// Its number among those that came with the server.
    pub(crate) alliance: Option<u32>,
    /// An attacker wrote it.
    #[serde(default)]
    hostile: bool,
    /// The numbers of the users who get a mail for each hit.
    #[serde(default)]
    pub(crate) mail: Vec<u32>,
}

/// A source of reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    pub(crate) id: u32,
    /// Documents have it in lower case.
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) summary: String,
    pub(crate) provider_url: String,
    pub(crate) url: String,
    pub(crate) category: Option<String>,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    /// Somebody added it; it did not come with the server.
    #[serde(default)]
    pub(crate) manual: bool,
    /// How many reports it has besides.
    #[serde(default)]
    pub(crate) drawn: u32,
    #[serde(rename = "report", default)]
    pub(crate) reports: Vec<Report>,
}

/// One report of a feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) link: String,
    /// `query`, `md5`, `dns`, or `class`: something that servers see by themselves.
    pub(crate) ioc: String,
    /// None: the hash of the file it is about.
    pub(crate) value: Option<String>,
    pub(crate) description: String,
    pub(crate) score: i64,
    /// How old it is.
    pub(crate) days: i64,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// The sensors that it is about, whatever ran there.
    #[serde(default)]
    pub(crate) hosts: Vec<u32>,
    /// An attacker wrote it.
    #[serde(default)]
    hostile: bool,
    /// Indicators besides the one that matched.
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
    /// The embedded list, with what an attacker wrote or without it.
    pub(crate) fn load_embedded(is_hostile: bool) -> Self {
        let mut known: Self = toml::from_str(include_str!("../../../assets/world/intelligence.toml"))
            .expect("the embedded watchlists are read by a test");
        if !is_hostile {
            known.watchlists.retain(|list| !list.hostile);
            for feed in &mut known.feeds {
                feed.reports.retain(|report| !report.hostile);
            }
        }
        known
    }

    /// The place of a watchlist.
    pub(crate) fn watchlist_index(&self, id: &str) -> Option<usize> {
        self.watchlists.iter().position(|list| list.id == id)
    }

    /// The places of a feed and of its report.
    pub(crate) fn report_indexes(&self, feed: &str, id: &str) -> Option<(usize, usize)> {
        let place = self.feeds.iter().position(|known| known.name == feed)?;
        let reports = &self.feeds[place].reports;
        let report = reports.iter().position(|report| report.id == id)?;
        Some((place, report))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::tests::world;
    use super::*;

    #[test]
    fn whatever_tags_something_is_known() {
        let (world, known) = (world(2_000), Intelligence::load_embedded(true));
        for process in world.processes() {
            for id in process.watchlists() {
                assert!(known.watchlist_index(id).is_some(), "watchlist {id}");
            }
            for feed in process.feeds() {
                for report in &feed.reports {
                    let (at, place) = known.report_indexes(&feed.name, report).expect(report);
                    let report = &known.feeds[at].reports[place];
                    assert_eq!((&report.link, report.score), (&feed.link, feed.score));
                }
            }
        }
    }

    #[test]
    fn no_two_have_one_id() {
        let known = Intelligence::load_embedded(true);
        let ids: BTreeSet<_> = known.watchlists.iter().map(|list| &list.id).collect();
        assert_eq!(ids.len(), known.watchlists.len());
        let ids: BTreeSet<_> = known.feeds.iter().map(|feed| feed.id).collect();
        assert_eq!(ids.len(), known.feeds.len());
    }
}
