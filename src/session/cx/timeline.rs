//! What the opened process did: its segments, a few at a time.

use jiff::Timestamp;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{ProcessId, Segment};
use crate::session::{Effect, Timeline};
use crate::worker::{Request, Slot, Urgency};

impl Cx<'_> {
    /// Sees to it that what the opened process did comes in, what is nearest to `near` first.
    pub fn unroll(&mut self, near: Option<Timestamp>) {
        let Some(id) = self.session.opened else {
            return;
        };
        if self.session.timeline.process() != Some(id) {
            self.cancel(Slot::Segments);
            self.cancel_events();
            let edition = self.session.timeline.edition() + 1;
            self.session.timeline = Timeline::new(id, self.known_segment(id), edition);
        }
        for (fetch, urgency) in self.session.timeline.wanted(near) {
            self.fetch(fetch, urgency);
        }
    }

    /// Asks which segments there are now, past the cache. Those that are new, have changed or failed follow by themselves.
    pub fn unroll_again(&mut self) {
        self.session.timeline.retry();
        if let Some(id) = self.session.timeline.process() {
            self.fetch(Fetch::Segments(id), Urgency::Fresh);
        }
    }

    /// Gives up the segments that are awaited.
    pub(super) fn cancel_events(&mut self) {
        let awaited = self.session.timeline.forget();
        let cancels = awaited.into_iter().map(|segment| Effect::Send(Request::Cancel(Slot::Events(segment))));
        self.effects.extend(cancels);
    }

    /// A segment of a process that is known before anybody was asked: the one that was found.
    fn known_segment(&self, id: ProcessId) -> Option<Segment> {
        let subject = self.session.subject.as_ref();
        let found = subject.filter(|subject| subject.id == id);
        let found = found.and_then(|subject| subject.segment).map(Segment);
        let alert = self.session.alert.as_ref();
        let hit = alert.filter(|alert| alert.process == Some(id));
        // Where an alert tells no real segment, it tells the first.
        let hit = hit.and_then(|alert| alert.segment).map(Segment);
        found.or(hit.filter(|segment| segment.arrived().is_some()))
    }
}
