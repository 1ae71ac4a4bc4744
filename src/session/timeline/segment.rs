//! One segment of a timeline.

use jiff::Timestamp;

use super::event_text::EventText;
use crate::fetch::{Answer, EventsFetch};
use crate::model::{Event, Segment, SegmentInfo};
use crate::session::{Remote, RemoteState};
use crate::worker::Ticket;

/// A segment, the state of its events, and their search index.
#[derive(Debug)]
pub(super) struct SegmentSlot {
    pub(super) segment: Segment,
    /// Description of the segment by the server, once fetched.
    pub(super) info: Option<SegmentInfo>,
    pub(super) events: Remote<EventsFetch>,
    pub(super) digest: EventText,
    /// Whether it is still to be requested.
    pub(super) needs_fetch: bool,
    /// Whether it was left out because of the memory limit.
    pub(super) is_left_out: bool,
    /// Memory used by its events, in bytes.
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

    /// Updates the server's description; if it changed, the events must be fetched again.
    pub(super) fn set_info(&mut self, info: Option<SegmentInfo>) {
        self.needs_fetch |= self.info.is_some() && self.info != info && self.events.has_answer();
        self.info = info;
    }

    /// Stores the events if `ticket` is the expected one; returns whether it was.
    pub(super) fn resolve(&mut self, ticket: Ticket, answer: &Answer) -> bool {
        let is_expected = self.events.resolve(ticket, answer);
        if let Some(fetched) = self.events.latest().filter(|_| is_expected) {
            let events = &fetched.value;
            self.digest = EventText::from_events(&events.rows);
            self.weight = events.heap_size() + self.digest.heap_size();
            self.is_left_out = false;
        }
        is_expected
    }

    /// Leaves the segment out, because of the memory limit.
    pub(super) fn leave_out(&mut self) {
        self.events.cancel_pending();
        self.needs_fetch = false;
        self.is_left_out = true;
    }

    pub(super) fn event(&self, row: usize) -> Option<&Event> {
        self.events.latest()?.value.rows.get(row)
    }

    pub(super) fn n_events(&self) -> usize {
        self.events.latest().map_or(0, |fetched| fetched.value.rows.len())
    }

    /// Returns the time of its last event, as far as it is known without fetching the events.
    pub(super) fn last_event_time(&self) -> Option<Timestamp> {
        let from_info = self.info.as_ref().and_then(|info| info.last_update);
        from_info.or_else(|| self.segment.arrival_time())
    }

    /// Returns whether it is missing and is not fetched automatically.
    pub(super) fn is_missing(&self) -> bool {
        !self.events.has_answer() && !self.events.is_pending() && !self.needs_fetch
    }
}
