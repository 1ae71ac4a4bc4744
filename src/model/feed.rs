//! A feed of threat intelligence, and the threat reports that it brings.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

use super::{Document, Indicator};
use crate::text::Untrusted;

/// The server's number for a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub u64);

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A feed (reference 2.11).
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Its number.
    pub id: FeedId,
    /// Its name: letters and digits.
    pub name: Untrusted,
    /// What people call it.
    pub display_name: Untrusted,
    /// What it is.
    pub summary: Untrusted,
    /// Where the server reads it.
    pub url: Untrusted,
    /// Where its provider explains itself.
    pub provider_url: Untrusted,
    /// What kind of feed it is, in the server's words.
    pub category: Untrusted,
    /// Whether its reports are looked for.
    pub is_enabled: Option<bool>,
    /// Whether somebody here added it; the others are the vendor's.
    pub is_manual: Option<bool>,
    /// The record as the server sent it, without its icons and its secrets.
    pub document: Document,
    /// The record with all of it: what is written back when it is changed.
    pub full_record: Sealed,
}

impl Feed {
    /// What people call it: its own name where it has no better one.
    pub fn title(&self) -> &Untrusted {
        self.display_name.non_empty().unwrap_or(&self.name)
    }
}

/// A record that may hold secrets: for the server's eyes only. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed(Arc<str>);

impl Sealed {
    /// Seals a record.
    pub fn new(json: impl Into<Arc<str>>) -> Self {
        Self(json.into())
    }

    /// Opens it, to send it back to where it came from.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// A report's name: the feed, and the feed's own name for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId {
    /// Which feed.
    pub feed: FeedId,
    /// Which of its reports.
    pub id: Untrusted,
}

impl ReportId {
    /// `feed:report`, as the official client writes it. Not fit to be shown.
    pub fn raw(&self) -> String {
        format!("{}:{}", self.feed, self.id.raw())
    }

    /// Reads that.
    pub fn parse(text: &str) -> Option<Self> {
        let (feed, id) = text.split_once(':')?;
        let is_some = !id.trim().is_empty();
        is_some.then_some(())?;
        Some(Self { feed: FeedId(feed.trim().parse().ok()?), id: id.into() })
    }
}

/// A threat report (reference 2.12). Times are the feed's.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its name.
    pub id: ReportId,
    /// What it is about.
    pub title: Untrusted,
    /// More about it.
    pub description: Untrusted,
    /// Where the feed explains it.
    pub link: Untrusted,
    /// The feed's name.
    pub feed_name: Untrusted,
    /// -100 to 100.
    pub score: Option<i64>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether it raises no alerts.
    pub is_ignored: Option<bool>,
    /// The words it is filed under.
    pub tags: Vec<Untrusted>,
    /// What it looks for.
    pub indicators: Vec<Indicator>,
    /// The record as the server sent it.
    pub document: Document,
}
