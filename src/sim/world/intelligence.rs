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
pub(crate) struct Watchlist {
    /// A number, written as text.
    pub(crate) id: String,
    pub(crate) name: String,
    /// `events` or `modules`.
    pub(crate) index: String,
    pub(crate) query: String,
}

/// A source of reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    pub(crate) id: u32,
    /// Lower case, as documents have it.
    pub(crate) name: String,
    #[serde(rename = "report")]
    pub(crate) reports: Vec<Report>,
}

/// One report of a feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) link: String,
    /// `query`, `md5`, `dns`.
    pub(crate) ioc: String,
    /// None: the hash of the file it is about.
    pub(crate) value: Option<String>,
    pub(crate) description: String,
}

impl Intelligence {
    /// The embedded list.
    pub(crate) fn embedded() -> Self {
        toml::from_str(include_str!("../../../assets/world/intelligence.toml"))
            .expect("the embedded watchlists are read by a test")
    }

    /// The place of a watchlist.
    pub(crate) fn watchlist(&self, id: &str) -> Option<usize> {
        self.watchlists.iter().position(|list| list.id == id)
    }

    /// The places of a feed and of its report.
    pub(crate) fn report(&self, feed: &str, id: &str) -> Option<(usize, usize)> {
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
        let (world, known) = (world(2_000), Intelligence::embedded());
        for process in world.processes() {
            for id in process.watchlists() {
                assert!(known.watchlist(id).is_some(), "watchlist {id}");
            }
            for feed in process.feeds() {
                for report in &feed.reports {
                    let (at, place) = known.report(&feed.name, report).expect(report);
                    assert_eq!(known.feeds[at].reports[place].link, feed.link);
                }
            }
        }
    }

    #[test]
    fn no_two_have_one_id() {
        let known = Intelligence::embedded();
        let ids: BTreeSet<_> = known.watchlists.iter().map(|list| &list.id).collect();
        assert_eq!(ids.len(), known.watchlists.len());
        let ids: BTreeSet<_> = known.feeds.iter().map(|feed| feed.id).collect();
        assert_eq!(ids.len(), known.feeds.len());
    }
}
