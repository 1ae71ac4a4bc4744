//! What the opened process did: its segments, a few at a time.

use jiff::Timestamp;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{ProcessId, Segment};
use crate::session::{Effect, Timeline};
use crate::worker::{FetchPolicy, Request, Slot};

impl Cx<'_> {
    /// Sees to it that what the opened process did comes in, what is nearest to `near` first.
    pub fn fetch_events(&mut self, near: Option<Timestamp>) {
        let Some(id) = self.session.opened.id else {
            return;
        };
        if self.session.opened.timeline.process() != Some(id) {
            self.cancel_slot(Slot::Segments);
            self.cancel_events();
            let edition = self.session.opened.timeline.revision() + 1;
            self.session.opened.timeline = Timeline::new(id, self.find_segment(id), edition);
        }
        for (fetch, urgency) in self.session.opened.timeline.missing_segments(near) {
            self.fetch(fetch, urgency);
        }
    }

    /// Asks which segments there are now, past the cache. Those that are new, have changed or failed follow by themselves.
    pub fn refresh_segments(&mut self) {
        self.session.opened.timeline.clear_failures();
        if let Some(id) = self.session.opened.timeline.process() {
            self.fetch(Fetch::Segments(id), FetchPolicy::NoCache);
        }
    }

    /// Gives up the segments that are awaited.
    pub(super) fn cancel_events(&mut self) {
        let awaited = self.session.opened.timeline.cancel_pending();
        let cancels = awaited.into_iter().map(|segment| Effect::Send(Request::Cancel(Slot::Events(segment))));
        self.effects.extend(cancels);
    }

    /// A segment of a process that is known before anybody was asked: the one that was found.
    fn find_segment(&self, id: ProcessId) -> Option<Segment> {
        let subject = self.session.selection.process.as_ref();
        let found = subject.filter(|subject| subject.id == id);
        let found = found.and_then(|subject| subject.segment).map(Segment);
        let alert = self.session.selection.alert.as_ref();
        let hit = alert.filter(|alert| alert.process == Some(id));
        // Where an alert tells no real segment, it tells the first.
        let hit = hit.and_then(|alert| alert.segment).map(Segment);
        found.or(hit.filter(|segment| segment.arrival_time().is_some()))
    }
}
