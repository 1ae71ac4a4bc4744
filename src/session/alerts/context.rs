//! What is known around an alert: each part is fetched, and may fail, on its own.

use std::sync::Arc;

use crate::fetch::{AlertRows, Answer};
use crate::model::{Alert, Binary, Facets, Lineage, Sensor};
use crate::session::{Remote, RemoteState};
use crate::worker::{AlertContextPart, Ticket};

/// The parts of the alert context, one per slot.
#[derive(Debug, Default)]
pub struct AlertContext {
    /// Newest alert of the group under the cursor.
    pub newest: Remote<AlertRows>,
    /// Parent chain of its process.
    pub chain: Remote<Lineage>,
    pub sensor: Remote<Sensor>,
    pub binary: Remote<Binary>,
    /// Open alerts on its host; only the count is used.
    pub open_on_host: Remote<AlertRows>,
    /// Open alerts of its file; only the count is used.
    pub open_for_hash: Remote<AlertRows>,
    /// Number of alerts per status for its report or watchlist.
    pub status_counts: Remote<Facets>,
    /// The most recently resolved of those alerts.
    pub last_resolved: Remote<AlertRows>,
}

impl AlertContext {
    /// Returns the loading state of a part.
    pub(in crate::session) fn remote(&self, part: AlertContextPart) -> &dyn RemoteState {
        match part {
            AlertContextPart::NewestAlert => &self.newest,
            AlertContextPart::Lineage => &self.chain,
            AlertContextPart::Sensor => &self.sensor,
            AlertContextPart::Binary => &self.binary,
            AlertContextPart::HostAlerts => &self.open_on_host,
            AlertContextPart::HashAlerts => &self.open_for_hash,
            AlertContextPart::PastOutcomes => &self.status_counts,
            AlertContextPart::LastResolved => &self.last_resolved,
        }
    }

    /// Returns the loading state of a part, mutably.
    pub(in crate::session) fn remote_mut(&mut self, part: AlertContextPart) -> &mut dyn RemoteState {
        match part {
            AlertContextPart::NewestAlert => &mut self.newest,
            AlertContextPart::Lineage => &mut self.chain,
            AlertContextPart::Sensor => &mut self.sensor,
            AlertContextPart::Binary => &mut self.binary,
            AlertContextPart::HostAlerts => &mut self.open_on_host,
            AlertContextPart::HashAlerts => &mut self.open_for_hash,
            AlertContextPart::PastOutcomes => &mut self.status_counts,
            AlertContextPart::LastResolved => &mut self.last_resolved,
        }
    }

    /// Stores an answer if `ticket` is the expected one and the type matches; returns whether it did.
    pub(in crate::session) fn resolve(&mut self, part: AlertContextPart, ticket: Ticket, answer: Answer) -> bool {
        match (part, answer) {
            (AlertContextPart::NewestAlert, Answer::Alerts(fetched)) => self.newest.resolve(ticket, fetched),
            (AlertContextPart::Lineage, Answer::Lineage(fetched)) => self.chain.resolve(ticket, fetched),
            (AlertContextPart::Sensor, Answer::Sensor(fetched)) => self.sensor.resolve(ticket, fetched),
            (AlertContextPart::Binary, Answer::Binary(fetched)) => self.binary.resolve(ticket, fetched),
            (AlertContextPart::HostAlerts, Answer::Alerts(fetched)) => self.open_on_host.resolve(ticket, fetched),
            (AlertContextPart::HashAlerts, Answer::Alerts(fetched)) => self.open_for_hash.resolve(ticket, fetched),
            (AlertContextPart::PastOutcomes, Answer::Facets(fetched)) => self.status_counts.resolve(ticket, fetched),
            (AlertContextPart::LastResolved, Answer::Alerts(fetched)) => self.last_resolved.resolve(ticket, fetched),
            _ => false,
        }
    }

    /// Returns the newest alert of the group, if it was fetched.
    pub fn newest_alert(&self) -> Option<&Arc<Alert>> {
        self.newest.latest()?.value.rows.first()
    }
}
