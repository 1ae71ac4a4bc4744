//! The queue of alerts: all that a search finds, each reduced to what it takes to see what belongs together.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Alert, AlertId, AlertSource, AlertStatus, Md5, SensorId};
use crate::text::Untrusted;

/// All alerts of a search, as far as they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertDigest {
    /// Those that could be read, each once.
    pub rows: Vec<AlertSummary>,
    /// How many there are, by the server's last word.
    pub total: u64,
    /// How many could not be read.
    pub n_unreadable: usize,
    /// Whether the server left something out.
    pub is_incomplete: bool,
}

/// One alert of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertSummary {
    /// Its id.
    pub id: AlertId,
    /// 0 to 100.
    pub severity: Option<f64>,
    /// When it was raised.
    pub created: Option<Timestamp>,
    /// How far somebody has looked.
    pub status: AlertStatus,
    /// The user who has it; empty when nobody does.
    pub assigned_to: Untrusted,
    /// What raised it.
    pub source: AlertSource,
    /// The watchlist's id, or the report's.
    pub source_id: Untrusted,
    /// The watchlist's name, or the report's title.
    pub source_name: Untrusted,
    /// The feed's name.
    pub feed_name: Untrusted,
    /// The computer.
    pub host: Untrusted,
    /// Its sensor.
    pub sensor: Option<SensorId>,
    /// The hash of the file it is about.
    pub md5: Option<Md5>,
    /// The user whose process it is about.
    pub user: Untrusted,
    /// The file name of that process.
    pub process_name: Untrusted,
}

impl AlertDigest {
    /// As many alerts are read; of more, the highest scores.
    pub const MAX_ALERTS: u64 = 20_000;

    /// Whether there are more than are read.
    pub fn is_truncated(&self) -> bool {
        self.total > Self::MAX_ALERTS
    }

    /// How many were counted and never seen: the queue changed while it was read.
    pub fn n_missed(&self) -> u64 {
        let seen = u64::try_from(self.rows.len() + self.n_unreadable).unwrap_or(u64::MAX);
        self.total.min(Self::MAX_ALERTS).saturating_sub(seen)
    }

    /// What it weighs in memory, in bytes, by estimate.
    pub fn heap_size(&self) -> usize {
        /// An id with its counters, and a share of the texts, most of which are shared.
        const TEXTS: usize = 80;
        128 + self.rows.len() * (size_of::<AlertSummary>() + TEXTS)
    }
}

/// Reduces alerts as they come. A text that many of them have is kept once.
#[derive(Debug, Default)]
pub struct DigestBuilder {
    queue: AlertDigest,
    texts: HashSet<Untrusted>,
    ids: HashSet<AlertId>,
}

impl DigestBuilder {
    /// Takes the alerts of one more page. One that comes twice, because others came before it, is one.
    pub fn add_page(&mut self, alerts: Vec<Alert>) {
        for alert in alerts {
            if self.ids.insert(alert.id.clone()) {
                let queued = self.summarize(alert);
                self.queue.rows.push(queued);
            }
        }
    }

    /// What is said of all of them, by the page that came last.
    pub fn set_totals(&mut self, total: u64, broken: usize, is_incomplete: bool) {
        self.queue.total = total;
        self.queue.n_unreadable += broken;
        self.queue.is_incomplete |= is_incomplete;
    }

    /// All that came.
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
    fn what_was_counted_and_never_came_is_missed_and_what_is_beyond_the_most_is_not() {
        let missed = |total| {
            let queue = AlertDigest { total, n_unreadable: 3, ..AlertDigest::default() };
            (queue.n_missed(), queue.is_truncated())
        };
        assert_eq!(missed(2), (0, false));
        assert_eq!(missed(10), (7, false));
        assert_eq!(missed(AlertDigest::MAX_ALERTS + 9), (AlertDigest::MAX_ALERTS - 3, true));
    }
}
