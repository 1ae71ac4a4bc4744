//! One segment of a timeline.

use jiff::Timestamp;

use super::event_text::Digest;
use crate::model::{Event, Events, Known, Segment, SegmentInfo};
use crate::session::{Awaiting, Remote};
use crate::worker::Ticket;

/// One segment, and what was made of its events.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) segment: Segment,
    /// What the server says of it, once it has.
    pub(super) info: Option<SegmentInfo>,
    pub(super) events: Remote<Events>,
    pub(super) digest: Digest,
    /// Whether it is to be asked for.
    pub(super) is_wanted: bool,
    /// Whether it is not kept because the others take as much memory as they may.
    pub(super) is_left_out: bool,
    /// What its events weigh in memory, in bytes.
    pub(super) weight: usize,
}

impl Part {
    pub(super) fn new(segment: Segment, info: Option<SegmentInfo>) -> Self {
        Self {
            segment,
            info,
            events: Remote::default(),
            digest: Digest::default(),
            is_wanted: true,
            is_left_out: false,
            weight: 0,
        }
    }

    /// Takes what the server says of it now. If that is something new, so are its events.
    pub(super) fn inform(&mut self, info: Option<SegmentInfo>) {
        self.is_wanted |= self.info.is_some() && self.info != info && self.events.is_held();
        self.info = info;
    }

    /// Takes its events, if they answer the ticket expected.
    pub(super) fn settle(&mut self, ticket: Ticket, known: Known<Events>) -> bool {
        let events = known.value.clone();
        let is_expected = self.events.settle(ticket, known);
        if is_expected {
            self.digest = Digest::of(&events.rows);
            self.weight = events.weight() + self.digest.weight();
            self.is_left_out = false;
        }
        is_expected
    }

    /// Keeps nothing of it, and does not ask for it.
    pub(super) fn leave_out(&mut self) {
        self.events.forget();
        self.is_wanted = false;
        self.is_left_out = true;
    }

    pub(super) fn event(&self, row: usize) -> Option<&Event> {
        self.events.current()?.value.rows.get(row)
    }

    pub(super) fn n_events(&self) -> usize {
        self.events.current().map_or(0, |known| known.value.rows.len())
    }

    /// When its last event happened, as far as that is known without its events.
    pub(super) fn last(&self) -> Option<Timestamp> {
        let told = self.info.as_ref().and_then(|info| info.last_update);
        told.or_else(|| self.segment.arrived())
    }

    /// Whether it is not here, and will not come by itself.
    pub(super) fn is_missing(&self) -> bool {
        !self.events.is_held() && !self.events.is_pending() && !self.is_wanted
    }
}
