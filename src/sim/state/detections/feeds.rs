//! Feeds and their reports.

use std::sync::Arc;

use super::initial_feeds;
use crate::sim::world::World;

/// All feeds, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct Feeds {
    feeds: Vec<StoredFeed>,
    /// The largest number that one ever had: none is used again.
    last_id: u32,
}

/// One of them.
#[derive(Clone, Debug)]
pub(in crate::sim) struct StoredFeed {
    pub(in crate::sim) id: u32,
    /// As it was given; documents have it in lower case.
    pub(in crate::sim) name: String,
    pub(in crate::sim) info: About,
    pub(in crate::sim) url: String,
    pub(in crate::sim) enabled: bool,
    /// Somebody added it; it did not come with the server.
    pub(in crate::sim) manual: bool,
    pub(in crate::sim) category: Option<String>,
    pub(in crate::sim) local_rating: Option<i64>,
    pub(in crate::sim) order: Option<i64>,
    pub(in crate::sim) use_proxy: Option<bool>,
    pub(in crate::sim) validates: Option<bool>,
    pub(in crate::sim) username: Option<String>,
    pub(in crate::sim) password: Option<String>,
    pub(in crate::sim) certificate: Option<String>,
    pub(in crate::sim) key: Option<String>,
    /// Its reports are those of the world, and its address is one of no real document.
    pub(in crate::sim) is_initial: bool,
    pub(in crate::sim) reports: Vec<Arc<StoredReport>>,
}

/// What a feed says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct About {
    pub(in crate::sim) display_name: String,
    pub(in crate::sim) summary: String,
    pub(in crate::sim) tech_data: String,
    pub(in crate::sim) provider_url: String,
    /// Base64.
    pub(in crate::sim) icon: String,
    pub(in crate::sim) icon_small: String,
}

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct StoredReport {
    pub(in crate::sim) id: String,
    pub(in crate::sim) title: String,
    pub(in crate::sim) link: String,
    pub(in crate::sim) description: Option<String>,
    /// When it was written, in seconds since 1970.
    pub(in crate::sim) timestamp: i64,
    /// When the server first read it, in seconds since 1970.
    pub(in crate::sim) first_read_at: i64,
    pub(in crate::sim) score: i64,
    pub(in crate::sim) tags: Vec<String>,
    pub(in crate::sim) md5: Vec<String>,
    pub(in crate::sim) sha256: Vec<String>,
    pub(in crate::sim) ipv4: Vec<String>,
    pub(in crate::sim) dns: Vec<String>,
    /// What is searched, and the search as it would be stored.
    pub(in crate::sim) queries: Vec<(String, String)>,
}

/// A report, and whose it is.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Filed {
    pub(in crate::sim) feed: u32,
    /// As it was given.
    pub(in crate::sim) feed_name: Arc<str>,
    pub(in crate::sim) category: Option<String>,
    pub(in crate::sim) report: Arc<StoredReport>,
}

impl Feeds {
    /// Those of the world's beginning.
    pub(super) fn from_world(world: &World) -> Self {
        let feeds = world.intelligence.feeds.iter();
        let all: Vec<StoredFeed> = feeds.map(|feed| initial_feeds::load_feed(world, feed)).collect();
        Self { last_id: all.iter().map(|feed| feed.id).max().unwrap_or(0), feeds: all }
    }

    pub(in crate::sim) fn feeds(&self) -> &[StoredFeed] {
        &self.feeds
    }

    pub(in crate::sim) fn get(&self, id: u32) -> Option<&StoredFeed> {
        self.feeds.iter().find(|feed| feed.id == id)
    }

    /// An id that none has, or had.
    pub(in crate::sim) fn next_id(&self) -> u32 {
        self.last_id + 1
    }

    /// Puts a feed in the place of the one with its id, or behind all others.
    pub(super) fn upsert(&mut self, feed: StoredFeed) {
        self.last_id = self.last_id.max(feed.id);
        match self.feeds.iter_mut().find(|known| known.id == feed.id) {
            Some(known) => *known = feed,
            None => self.feeds.push(feed),
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        self.feeds.retain(|feed| feed.id != id);
    }

    /// All reports, in the order of their numbers.
    pub(super) fn filed_reports(&self) -> Vec<Filed> {
        let mut filed = Vec::new();
        for feed in &self.feeds {
            let feed_name: Arc<str> = feed.name.as_str().into();
            filed.extend(feed.reports.iter().map(|report| Filed {
                feed: feed.id,
                feed_name: Arc::clone(&feed_name),
                category: feed.category.clone(),
                report: Arc::clone(report),
            }));
        }
        filed
    }
}

impl StoredFeed {
    /// The report of an id.
    pub(in crate::sim) fn report(&self, id: &str) -> Option<&StoredReport> {
        let mut reports = self.reports.iter();
        reports.find(|report| report.id == id).map(|report| &**report)
    }
}
