//! All alerts of a search, reduced to the fields needed for grouping.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Alert, AlertId, AlertSource, AlertStatus, Md5, Page, SensorId};
use crate::text::Untrusted;

/// All alerts of a search, up to [`AlertDigest::MAX_ALERTS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertDigest {
    /// Alerts that could be parsed, each once.
    pub rows: Vec<AlertSummary>,
    /// Number of matches by the server's last answer.
    pub total: u64,
    /// Number of alerts that could not be parsed.
    pub n_unreadable: usize,
    /// Whether an answer of the server was incomplete.
    pub is_incomplete: bool,
}

/// An alert, reduced for grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertSummary {
    pub id: AlertId,
    /// 0 to 100.
    pub severity: Option<f64>,
    pub created: Option<Timestamp>,
    pub status: AlertStatus,
    /// Empty if unassigned.
    pub assigned_to: Untrusted,
    pub source: AlertSource,
    /// Id of the watchlist or report.
    pub source_id: Untrusted,
    /// Name of the watchlist, or title of the report.
    pub source_name: Untrusted,
    pub feed_name: Untrusted,
    /// Computer name.
    pub host: Untrusted,
    pub sensor: Option<SensorId>,
    /// Hash of the file that the alert is about.
    pub md5: Option<Md5>,
    /// User of the process that the alert is about.
    pub user: Untrusted,
    /// File name of that process.
    pub process_name: Untrusted,
}

impl AlertDigest {
    /// Maximum number of alerts to fetch; of more, those with the highest scores.
    pub const MAX_ALERTS: u64 = 20_000;

    /// Returns whether there are more alerts than were fetched.
    pub fn is_truncated(&self) -> bool {
        self.total > Self::MAX_ALERTS
    }

    /// Returns the number of alerts that were counted but not received, because the queue changed meanwhile.
    pub fn n_missed(&self) -> u64 {
        let seen = u64::try_from(self.rows.len() + self.n_unreadable).unwrap_or(u64::MAX);
        self.total.min(Self::MAX_ALERTS).saturating_sub(seen)
    }

    /// Estimates the memory it uses, in bytes.
    pub fn heap_size(&self) -> usize {
        /// Bytes of an id with its counters, and of the texts of an alert, most of which are shared.
        const TEXTS: usize = 80;
        128 + self.rows.len() * (size_of::<AlertSummary>() + TEXTS)
    }
}

/// Builds a digest page by page. A text that several alerts have is stored once.
#[derive(Debug, Default)]
pub struct DigestBuilder {
    queue: AlertDigest,
    texts: HashSet<Untrusted>,
    ids: HashSet<AlertId>,
}

impl DigestBuilder {
    /// Adds the alerts of a page. A duplicate, caused by new alerts shifting the pages, is skipped.
    pub fn add_page(&mut self, page: Page<Alert>) {
        self.queue.total = page.total;
        self.queue.n_unreadable += page.n_unreadable;
        self.queue.is_incomplete |= page.is_incomplete;
        for alert in page.rows {
            if self.ids.insert(alert.id.clone()) {
                let summary = self.summarize(alert);
                self.queue.rows.push(summary);
            }
        }
    }

    /// Returns the digest.
    pub fn finish(mut self) -> AlertDigest {
        self.queue.rows.shrink_to_fit();
        self.queue
    }

    fn summarize(&mut self, alert: Alert) -> AlertSummary {
        AlertSummary {
            id: alert.id,
            severity: alert.severity,
            created: alert.created,
            status: alert.status,
            assigned_to: self.intern(alert.assigned_to),
            source: alert.source,
            source_id: self.intern(alert.source_id),
            source_name: self.intern(alert.source_name),
            feed_name: self.intern(alert.feed_name),
            host: self.intern(alert.host),
            sensor: alert.sensor,
            md5: alert.md5,
            user: self.intern(alert.user),
            process_name: self.intern(alert.process_name),
        }
    }

    fn intern(&mut self, text: Untrusted) -> Untrusted {
        if let Some(known) = self.texts.get(&text) {
            return known.clone();
        }
        self.texts.insert(text.clone());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_alerts_are_counted_up_to_the_maximum() {
        let missed = |total| {
            let queue = AlertDigest { total, n_unreadable: 3, ..AlertDigest::default() };
            (queue.n_missed(), queue.is_truncated())
        };
        assert_eq!(missed(2), (0, false));
        assert_eq!(missed(10), (7, false));
        assert_eq!(missed(AlertDigest::MAX_ALERTS + 9), (AlertDigest::MAX_ALERTS - 3, true));
    }
}
