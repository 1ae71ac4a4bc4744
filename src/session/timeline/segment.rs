//! One segment of a timeline.

use jiff::Timestamp;

use super::event_text::EventText;
use crate::model::{Event, EventBatch, Fetched, Segment, SegmentInfo};
use crate::session::{Awaiting, Remote};
use crate::worker::Ticket;

/// One segment, and what was made of its events.
#[derive(Debug)]
pub(super) struct SegmentSlot {
    pub(super) segment: Segment,
    /// What the server says of it, once it has.
    pub(super) info: Option<SegmentInfo>,
    pub(super) events: Remote<EventBatch>,
    pub(super) digest: EventText,
    /// Whether it is to be asked for.
    pub(super) needs_fetch: bool,
    /// Whether it is not kept because the others take as much memory as they may.
    pub(super) is_left_out: bool,
    /// What its events weigh in memory, in bytes.
    pub(super) weight: usize,
}

impl SegmentSlot {
    pub(super) fn new(segment: Segment, info: Option<SegmentInfo>) -> Self {
        Self {
            segment,
            info,
            events: Remote::default(),
            digest: EventText::default(),
            needs_fetch: true,
            is_left_out: false,
            weight: 0,
        }
    }

    /// Takes what the server says of it now. If that is something new, so are its events.
    pub(super) fn set_info(&mut self, info: Option<SegmentInfo>) {
        self.needs_fetch |= self.info.is_some() && self.info != info && self.events.has_answer();
        self.info = info;
    }

    /// Takes its events, if they answer the ticket expected.
    pub(super) fn resolve(&mut self, ticket: Ticket, known: Fetched<EventBatch>) -> bool {
        let events = known.value.clone();
        let is_expected = self.events.resolve(ticket, known);
        if is_expected {
            self.digest = EventText::from_events(&events.rows);
            self.weight = events.heap_size() + self.digest.heap_size();
            self.is_left_out = false;
        }
        is_expected
    }

    /// Keeps nothing of it, and does not ask for it.
    pub(super) fn leave_out(&mut self) {
        self.events.cancel_pending();
        self.needs_fetch = false;
        self.is_left_out = true;
    }

    pub(super) fn event(&self, row: usize) -> Option<&Event> {
        self.events.latest()?.value.rows.get(row)
    }

    pub(super) fn n_events(&self) -> usize {
        self.events.latest().map_or(0, |known| known.value.rows.len())
    }

    /// When its last event happened, as far as that is known without its events.
    pub(super) fn last_event_time(&self) -> Option<Timestamp> {
        let told = self.info.as_ref().and_then(|info| info.last_update);
        told.or_else(|| self.segment.arrival_time())
    }

    /// Whether it is not here, and will not come by itself.
    pub(super) fn is_missing(&self) -> bool {
        !self.events.has_answer() && !self.events.is_pending() && !self.needs_fetch
    }
}
