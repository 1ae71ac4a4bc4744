//! Feeds and their reports, as clients change them.

use std::sync::Arc;

/// All feeds, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct Feeds {
    feeds: Vec<StoredFeed>,
    /// Largest id so far; ids are not reused.
    last_id: u32,
}

/// Feed of the server.
#[derive(Clone, Debug)]
pub(in crate::sim) struct StoredFeed {
    pub(in crate::sim) id: u32,
    /// As entered; in lower case in process documents.
    pub(in crate::sim) name: String,
    pub(in crate::sim) info: FeedInfo,
    pub(in crate::sim) url: String,
    pub(in crate::sim) enabled: bool,
    /// Whether a user added it; otherwise it came with the server.
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
    /// Whether its reports are those of the world and its URL has no real document.
    pub(in crate::sim) is_initial: bool,
    pub(in crate::sim) reports: Vec<Arc<StoredReport>>,
}

/// Description of a feed in its document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct FeedInfo {
    pub(in crate::sim) display_name: String,
    pub(in crate::sim) summary: String,
    pub(in crate::sim) tech_data: String,
    pub(in crate::sim) provider_url: String,
    /// Base64.
    pub(in crate::sim) icon: String,
    pub(in crate::sim) icon_small: String,
}

/// Threat report of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct StoredReport {
    pub(in crate::sim) id: String,
    pub(in crate::sim) title: String,
    pub(in crate::sim) link: String,
    pub(in crate::sim) description: Option<String>,
    /// When the provider wrote the report, in seconds since 1970.
    pub(in crate::sim) timestamp: i64,
    /// When the server first fetched the report, in seconds since 1970.
    pub(in crate::sim) first_read_at: i64,
    pub(in crate::sim) score: i64,
    pub(in crate::sim) tags: Vec<String>,
    pub(in crate::sim) md5: Vec<String>,
    pub(in crate::sim) sha256: Vec<String>,
    pub(in crate::sim) ipv4: Vec<String>,
    pub(in crate::sim) dns: Vec<String>,
    /// Index type and stored search of each query.
    pub(in crate::sim) queries: Vec<(String, String)>,
}

/// Report with its feed.
#[derive(Clone, Debug)]
pub(in crate::sim) struct FeedReport {
    pub(in crate::sim) feed: u32,
    /// As entered.
    pub(in crate::sim) feed_name: Arc<str>,
    pub(in crate::sim) category: Option<String>,
    pub(in crate::sim) report: Arc<StoredReport>,
}

impl Feeds {
    /// Creates the store with its initial feeds.
    pub(super) fn new(feeds: Vec<StoredFeed>) -> Self {
        Self { last_id: feeds.iter().map(|feed| feed.id).max().unwrap_or(0), feeds }
    }

    pub(in crate::sim) fn feeds(&self) -> &[StoredFeed] {
        &self.feeds
    }

    pub(in crate::sim) fn get(&self, id: u32) -> Option<&StoredFeed> {
        self.feeds.iter().find(|feed| feed.id == id)
    }

    /// Returns an id that no feed has or had.
    pub(in crate::sim) fn next_id(&self) -> u32 {
        self.last_id + 1
    }

    /// Replaces the feed with an equal id, or appends the feed.
    pub(super) fn upsert(&mut self, feed: StoredFeed) {
        self.last_id = self.last_id.max(feed.id);
        match self.feeds.iter_mut().find(|stored| stored.id == feed.id) {
            Some(stored) => *stored = feed,
            None => self.feeds.push(feed),
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        self.feeds.retain(|feed| feed.id != id);
    }

    /// Returns all reports with their feeds, in the order of their document numbers.
    pub(super) fn feed_reports(&self) -> Vec<FeedReport> {
        let mut reports = Vec::new();
        for feed in &self.feeds {
            let feed_name: Arc<str> = feed.name.as_str().into();
            reports.extend(feed.reports.iter().map(|report| FeedReport {
                feed: feed.id,
                feed_name: Arc::clone(&feed_name),
                category: feed.category.clone(),
                report: Arc::clone(report),
            }));
        }
        reports
    }
}

impl StoredFeed {
    /// Returns the report with an id.
    pub(in crate::sim) fn report(&self, id: &str) -> Option<&StoredReport> {
        self.reports.iter().find(|report| report.id == id).map(|report| &**report)
    }
}
