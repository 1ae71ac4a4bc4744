//! The queue of alerts: all that a search finds, each reduced to what it takes to see what belongs together.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Alert, AlertId, AlertSource, AlertStatus, Md5, SensorId};
use crate::text::Untrusted;

/// All alerts of a search, as far as they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// Those that could be read, each once.
    pub rows: Vec<Queued>,
    /// How many there are, by the server's last word.
    pub total: u64,
    /// How many could not be read.
    pub broken: usize,
    /// Whether the server left something out.
    pub is_incomplete: bool,
}

/// One alert of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
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

impl Queue {
    /// As many alerts are read; of more, the highest scores.
    pub const MOST: u64 = 20_000;

    /// Whether there are more than are read.
    pub fn is_cut(&self) -> bool {
        self.total > Self::MOST
    }

    /// How many were counted and never seen: the queue changed while it was read.
    pub fn n_missed(&self) -> u64 {
        let seen = u64::try_from(self.rows.len() + self.broken).unwrap_or(u64::MAX);
        self.total.min(Self::MOST).saturating_sub(seen)
    }

    /// What it weighs in memory, in bytes, by estimate.
    pub fn weight(&self) -> usize {
        /// An id with its counters, and a share of the texts, most of which are shared.
        const TEXTS: usize = 80;
        128 + self.rows.len() * (size_of::<Queued>() + TEXTS)
    }
}

/// Reduces alerts as they come. A text that many of them have is kept once.
#[derive(Debug, Default)]
pub struct Gatherer {
    queue: Queue,
    texts: HashSet<Untrusted>,
    ids: HashSet<AlertId>,
}

impl Gatherer {
    /// Takes the alerts of one more page. One that comes twice, because others came before it, is one.
    pub fn take(&mut self, alerts: Vec<Alert>) {
        for alert in alerts {
            if self.ids.insert(alert.id.clone()) {
                let queued = self.reduced(alert);
                self.queue.rows.push(queued);
            }
        }
    }

    /// What is said of all of them, by the page that came last.
    pub fn note(&mut self, total: u64, broken: usize, is_incomplete: bool) {
        self.queue.total = total;
        self.queue.broken += broken;
        self.queue.is_incomplete |= is_incomplete;
    }

    /// All that came.
    pub fn done(mut self) -> Queue {
        self.queue.rows.shrink_to_fit();
        self.queue
    }

    fn reduced(&mut self, alert: Alert) -> Queued {
        Queued {
            id: alert.id,
            severity: alert.severity,
            created: alert.created,
            status: alert.status,
            assigned_to: self.shared(alert.assigned_to),
            source: alert.source,
            source_id: self.shared(alert.source_id),
            source_name: self.shared(alert.source_name),
            feed_name: self.shared(alert.feed_name),
            host: self.shared(alert.host),
            sensor: alert.sensor,
            md5: alert.md5,
            user: self.shared(alert.user),
            process_name: self.shared(alert.process_name),
        }
    }

    fn shared(&mut self, text: Untrusted) -> Untrusted {
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
            let queue = Queue { total, broken: 3, ..Queue::default() };
            (queue.n_missed(), queue.is_cut())
        };
        assert_eq!(missed(2), (0, false));
        assert_eq!(missed(10), (7, false));
        assert_eq!(missed(Queue::MOST + 9), (Queue::MOST - 3, true));
    }
}
