//! Threat intelligence feeds and their reports.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, Indicator};
use crate::text::Untrusted;

/// Numeric id of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedId(pub u64);

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A threat intelligence feed (API reference 2.11).
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    pub id: FeedId,
    /// Unique name: letters and digits.
    pub name: Untrusted,
    pub display_name: Untrusted,
    pub summary: Untrusted,
    /// URL from which the server reads it.
    pub url: Untrusted,
    /// URL of the provider.
    pub provider_url: Untrusted,
    /// Category, in the server's words.
    pub category: Untrusted,
    /// Whether its reports are matched.
    pub is_enabled: Option<bool>,
    /// Whether it was added by a user rather than shipped by the vendor.
    pub is_manual: Option<bool>,
    /// The record as the server sent it, without icons and secrets.
    pub document: Document,
    /// The complete record, which is sent back to the server when the feed is changed.
    pub full_record: Sealed,
}

impl Feed {
    /// Returns the display name, or the unique name if there is none.
    pub fn title(&self) -> &Untrusted {
        self.display_name.non_empty().unwrap_or(&self.name)
    }
}

/// A record that may contain secrets, to be sent only to the server. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed(Arc<str>);

impl Sealed {
    /// Wraps a record.
    pub fn new(json: impl Into<Arc<str>>) -> Self {
        Self(json.into())
    }

    /// Returns the record, to be sent back to the server it came from.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// Identifies a report: its feed, and its id within the feed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReportId {
    pub feed: FeedId,
    /// Id within the feed.
    pub id: Untrusted,
}

impl ReportId {
    /// Returns `feed:report`, as the official client writes it. Contains untrusted text.
    pub fn raw(&self) -> String {
        format!("{}:{}", self.feed, self.id.raw())
    }

    /// Parses `feed:report`.
    pub fn parse(text: &str) -> Option<Self> {
        let (feed, id) = text.split_once(':')?;
        let has_id = !id.trim().is_empty();
        has_id.then_some(())?;
        Some(Self { feed: FeedId(feed.trim().parse().ok()?), id: id.into() })
    }
}

/// A threat report (API reference 2.12). Times are on the feed's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub id: ReportId,
    pub title: Untrusted,
    pub description: Untrusted,
    /// URL of the feed's explanation.
    pub link: Untrusted,
    pub feed_name: Untrusted,
    /// -100 to 100.
    pub score: Option<i64>,
    pub created: Option<Timestamp>,
    /// Whether it is ignored, so that it raises no alerts.
    pub is_ignored: Option<bool>,
    pub tags: Vec<Untrusted>,
    /// What it matches.
    pub indicators: Vec<Indicator>,
    /// The record as the server sent it.
    pub document: Document,
}
