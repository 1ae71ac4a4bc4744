//! The events of the opened process, fetched a few segments at a time.

use jiff::Timestamp;

use super::ProcessCx;
use crate::fetch::SegmentsFetch;
use crate::model::{ProcessId, Segment};
use crate::session::{Effect, Timeline};
use crate::worker::{FetchPolicy, Request, Slot};

impl ProcessCx<'_, '_> {
    /// Fetches the events of the opened process, those nearest to `near` first.
    pub fn fetch_events(&mut self, near: Option<Timestamp>) {
        let Some(id) = self.cx.session.opened.id else {
            return;
        };
        if self.cx.session.opened.timeline.process() != Some(id) {
            self.cx.requests().cancel_slot(Slot::Segments);
            self.cancel_events();
            let revision = self.cx.session.opened.timeline.revision() + 1;
            self.cx.session.opened.timeline = Timeline::new(id, self.find_segment(id), revision);
        }
        if self.cx.session.opened.timeline.segments.last_question().is_none() {
            self.fetch_segments(id, FetchPolicy::CacheFirst);
        }
        for (question, policy) in self.cx.session.opened.timeline.missing_segments(near) {
            let ticket = self.cx.requests().next_ticket();
            self.cx.session.opened.timeline.set_pending(ticket, question);
            self.cx.requests().send_fetch(ticket, Slot::Events(question.segment), question, policy);
        }
    }

    fn fetch_segments(&mut self, id: ProcessId, policy: FetchPolicy) {
        let ticket = self.cx.requests().next_ticket();
        self.cx.session.opened.timeline.segments.set_pending(ticket, SegmentsFetch(id));
        self.cx.requests().send_fetch(ticket, Slot::Segments, SegmentsFetch(id), policy);
    }

    /// Fetches the list of segments again, past the cache. New, changed and failed segments are then fetched
    /// automatically.
    pub fn refresh_segments(&mut self) {
        self.cx.session.opened.timeline.clear_failures();
        if let Some(id) = self.cx.session.opened.timeline.process() {
            self.fetch_segments(id, FetchPolicy::NoCache);
        }
    }

    /// Cancels the pending segments.
    pub(super) fn cancel_events(&mut self) {
        let pending = self.cx.session.opened.timeline.cancel_pending();
        let cancels = pending.into_iter().map(|segment| Effect::Send(Request::Cancel(Slot::Events(segment))));
        self.cx.effects.extend(cancels);
    }

    /// Returns a segment known from the row that the process was opened from, so that it need not wait for the list of
    /// segments.
    fn find_segment(&self, id: ProcessId) -> Option<Segment> {
        let subject = self.cx.session.selection.process.as_ref();
        let from_process = subject.filter(|subject| subject.id == id);
        let from_process = from_process.and_then(|subject| subject.segment).map(Segment);
        let alert = self.cx.session.selection.alert.as_ref();
        let from_alert = alert.filter(|alert| alert.process == Some(id));
        // An alert without a real segment has the number of the first one.
        let from_alert = from_alert.and_then(|alert| alert.segment).map(Segment);
        from_process.or(from_alert.filter(|segment| segment.arrival_time().is_some()))
    }
}
