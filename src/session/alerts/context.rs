//! What sets an alert in its place: each part is asked for by itself, and each may fail by itself.

use std::sync::Arc;

use crate::fetch::{AlertRows, Answer};
use crate::model::{Alert, Binary, Facets, Lineage, Sensor};
use crate::session::{Awaiting, Remote};
use crate::worker::{Aside, Ticket};

/// The parts, by the name of their slot.
#[derive(Debug, Default)]
pub struct Asides {
    /// The newest alert of the group under the cursor.
    pub newest: Remote<AlertRows>,
    /// The parent chain of its process.
    pub chain: Remote<Lineage>,
    /// The sensor of its host.
    pub sensor: Remote<Sensor>,
    /// Its file.
    pub binary: Remote<Binary>,
    /// The alerts that are open on its host; only counted.
    pub of_host: Remote<AlertRows>,
    /// The alerts that are open of its file; only counted.
    pub of_hash: Remote<AlertRows>,
    /// How many alerts of its report or watchlist have which status.
    pub ended: Remote<Facets>,
    /// The one of them that was resolved last.
    pub last: Remote<AlertRows>,
}

impl Asides {
    /// A part, whatever it holds.
    pub(in crate::session) fn awaiting(&self, aside: Aside) -> &dyn Awaiting {
        match aside {
            Aside::Newest => &self.newest,
            Aside::Chain => &self.chain,
            Aside::Sensor => &self.sensor,
            Aside::Binary => &self.binary,
            Aside::OfHost => &self.of_host,
            Aside::OfHash => &self.of_hash,
            Aside::Ended => &self.ended,
            Aside::Last => &self.last,
        }
    }

    /// The same, to be changed.
    pub(in crate::session) fn awaiting_mut(&mut self, aside: Aside) -> &mut dyn Awaiting {
        match aside {
            Aside::Newest => &mut self.newest,
            Aside::Chain => &mut self.chain,
            Aside::Sensor => &mut self.sensor,
            Aside::Binary => &mut self.binary,
            Aside::OfHost => &mut self.of_host,
            Aside::OfHash => &mut self.of_hash,
            Aside::Ended => &mut self.ended,
            Aside::Last => &mut self.last,
        }
    }

    /// Takes an answer; false when it came too late, or is none to what was asked.
    pub(in crate::session) fn settle(&mut self, aside: Aside, ticket: Ticket, answer: Answer) -> bool {
        match (aside, answer) {
            (Aside::Newest, Answer::Alerts(known)) => self.newest.settle(ticket, known),
            (Aside::Chain, Answer::Lineage(known)) => self.chain.settle(ticket, known),
            (Aside::Sensor, Answer::Sensor(known)) => self.sensor.settle(ticket, known),
            (Aside::Binary, Answer::Binary(known)) => self.binary.settle(ticket, known),
            (Aside::OfHost, Answer::Alerts(known)) => self.of_host.settle(ticket, known),
            (Aside::OfHash, Answer::Alerts(known)) => self.of_hash.settle(ticket, known),
            (Aside::Ended, Answer::Facets(known)) => self.ended.settle(ticket, known),
            (Aside::Last, Answer::Alerts(known)) => self.last.settle(ticket, known),
            _ => false,
        }
    }

    /// The newest alert of the group, if it is here.
    pub fn newest(&self) -> Option<&Arc<Alert>> {
        self.newest.current()?.value.rows.first()
    }
}
