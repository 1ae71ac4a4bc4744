//! What sets an alert in its place: each part is asked for by itself, and each may fail by itself.

use std::sync::Arc;

use crate::fetch::{AlertRows, Answer};
use crate::model::{Alert, Binary, Facets, Lineage, Sensor};
use crate::session::{Awaiting, Remote};
use crate::worker::{AlertContextPart, Ticket};

/// The parts, by the name of their slot.
#[derive(Debug, Default)]
pub struct AlertContext {
    /// The newest alert of the group under the cursor.
    pub newest: Remote<AlertRows>,
    /// The parent chain of its process.
    pub chain: Remote<Lineage>,
    /// The sensor of its host.
    pub sensor: Remote<Sensor>,
    /// Its file.
    pub binary: Remote<Binary>,
    /// The alerts that are open on its host; only counted.
    pub open_on_host: Remote<AlertRows>,
    /// The alerts that are open of its file; only counted.
    pub open_for_hash: Remote<AlertRows>,
    /// How many alerts of its report or watchlist have which status.
    pub status_counts: Remote<Facets>,
    /// The one of them that was resolved last.
    pub last_resolved: Remote<AlertRows>,
}

impl AlertContext {
    /// A part, whatever it holds.
    pub(in crate::session) fn remote(&self, aside: AlertContextPart) -> &dyn Awaiting {
        match aside {
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

    /// The same, to be changed.
    pub(in crate::session) fn remote_mut(&mut self, aside: AlertContextPart) -> &mut dyn Awaiting {
        match aside {
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

    /// Takes an answer; false when it came too late, or is none to what was asked.
    pub(in crate::session) fn resolve(&mut self, aside: AlertContextPart, ticket: Ticket, answer: Answer) -> bool {
        match (aside, answer) {
            (AlertContextPart::NewestAlert, Answer::Alerts(known)) => self.newest.resolve(ticket, known),
            (AlertContextPart::Lineage, Answer::Lineage(known)) => self.chain.resolve(ticket, known),
            (AlertContextPart::Sensor, Answer::Sensor(known)) => self.sensor.resolve(ticket, known),
            (AlertContextPart::Binary, Answer::Binary(known)) => self.binary.resolve(ticket, known),
            (AlertContextPart::HostAlerts, Answer::Alerts(known)) => self.open_on_host.resolve(ticket, known),
            (AlertContextPart::HashAlerts, Answer::Alerts(known)) => self.open_for_hash.resolve(ticket, known),
            (AlertContextPart::PastOutcomes, Answer::Facets(known)) => self.status_counts.resolve(ticket, known),
            (AlertContextPart::LastResolved, Answer::Alerts(known)) => self.last_resolved.resolve(ticket, known),
            _ => false,
        }
    }

    /// The newest alert of the group, if it is here.
    pub fn newest_alert(&self) -> Option<&Arc<Alert>> {
        self.newest.latest()?.value.rows.first()
    }
}
