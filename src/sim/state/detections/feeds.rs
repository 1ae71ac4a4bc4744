//! Feeds and their reports.

use std::sync::Arc;

use super::initial_feeds;
use crate::sim::world::World;

/// All feeds, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct Feeds {
    all: Vec<Feed>,
    /// The largest number that one ever had: none is used again.
    last: u32,
}

/// One of them.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Feed {
    pub(in crate::sim) id: u32,
    /// As it was given; documents have it in lower case.
    pub(in crate::sim) name: String,
    pub(in crate::sim) about: About,
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
    pub(in crate::sim) is_told: bool,
    pub(in crate::sim) reports: Vec<Arc<Report>>,
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
pub(in crate::sim) struct Report {
    pub(in crate::sim) id: String,
    pub(in crate::sim) title: String,
    pub(in crate::sim) link: String,
    pub(in crate::sim) description: Option<String>,
    /// When it was written, in seconds since 1970.
    pub(in crate::sim) timestamp: i64,
    /// When the server first read it, in seconds since 1970.
    pub(in crate::sim) created: i64,
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
    pub(in crate::sim) report: Arc<Report>,
}

impl Feeds {
    /// Those of the world's beginning.
    pub(super) fn of(world: &World) -> Self {
        let feeds = world.intelligence.feeds.iter();
        let all: Vec<Feed> = feeds.map(|feed| initial_feeds::feed(world, feed)).collect();
        Self { last: all.iter().map(|feed| feed.id).max().unwrap_or(0), all }
    }

    pub(in crate::sim) fn all(&self) -> &[Feed] {
        &self.all
    }

    pub(in crate::sim) fn get(&self, id: u32) -> Option<&Feed> {
        self.all.iter().find(|feed| feed.id == id)
    }

    /// An id that none has, or had.
    pub(in crate::sim) fn next(&self) -> u32 {
        self.last + 1
    }

    /// Puts a feed in the place of the one with its id, or behind all others.
    pub(super) fn put(&mut self, feed: Feed) {
        self.last = self.last.max(feed.id);
        match self.all.iter_mut().find(|known| known.id == feed.id) {
            Some(known) => *known = feed,
            None => self.all.push(feed),
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        self.all.retain(|feed| feed.id != id);
    }

    /// All reports, in the order of their numbers.
    pub(super) fn filed(&self) -> Vec<Filed> {
        let mut filed = Vec::new();
        for feed in &self.all {
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

impl Feed {
    /// The report of an id.
    pub(in crate::sim) fn report(&self, id: &str) -> Option<&Report> {
        let mut reports = self.reports.iter();
        reports.find(|report| report.id == id).map(|report| &**report)
    }
}
