//! The state of each slot: pending, failed, stale; and where its answers are stored.

use super::{LiveMode, PagesState, Preview, RemoteState, Session, slots};
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::Lineage;
use crate::worker::{Slot, Ticket};

impl Session {
    /// Stores an answer or failure in its slot; returns whether `ticket` was still expected.
    pub(super) fn resolve(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (slot, result) {
            (Slot::Page(list, start), Ok(answer)) => self.lists.state_mut(list).resolve(start, ticket, &answer),
            (Slot::Page(list, start), Err(error)) => self.lists.state_mut(list).reject(start, ticket, error),
            (Slot::Events(segment), Ok(answer)) => self.opened.timeline.resolve_events(segment, ticket, &answer),
            (Slot::Events(segment), Err(error)) => self.opened.timeline.reject(segment, ticket, error),
            (Slot::Segments, Ok(answer)) => self.opened.timeline.resolve_segments(ticket, &answer),
            (Slot::NewAlerts, Err(error)) => {
                let is_expected = self.values.get_mut(slots::NEW_ALERTS).reject(ticket, error.clone());
                if is_expected {
                    self.alert_state.live.state = LiveMode::Paused(error);
                }
                is_expected
            }
            // A refreshed chain grows from its start; the longer one from before is shown until it has caught up.
            (Slot::Lineage, Ok(answer)) if self.has_longer_chain(&answer) => {
                self.values.get_mut(slots::LINEAGE).resolve_unchanged(ticket)
            }
            (slot, Ok(answer)) => self.state_mut(slot).is_some_and(|remote| remote.resolve(ticket, &answer)),
            (slot, Err(error)) => self.state_mut(slot).is_some_and(|remote| remote.reject(ticket, error)),
        }
    }

    /// Returns whether the stored chain extends the one in `answer`, which is still being walked.
    fn has_longer_chain(&self, answer: &Answer) -> bool {
        let stored = self.values.latest(slots::LINEAGE);
        let lineage = answer.get::<Lineage>().filter(|fetched| fetched.value.is_walking());
        stored.zip(lineage).is_some_and(|(stored, lineage)| stored.value.extends(&lineage.value))
    }

    /// Returns the number of pending answers.
    pub fn n_pending(&self) -> usize {
        self.pending_slots().count()
            + self.lists.states().map(PagesState::n_pending).sum::<usize>()
            + self.opened.timeline.n_pending()
            + self.transfers.downloads.len()
            + self.changes.preview.as_ref().map_or(0, Preview::n_pending)
    }

    /// Returns the pending slots that hold one value each: all except pages and events, and except polls, which are
    /// always pending.
    pub(super) fn pending_slots(&self) -> impl Iterator<Item = Slot> {
        let is_pending = |(slot, remote): (Slot, &dyn RemoteState)| remote.is_pending().then_some(slot);
        let stored = self.values.states().chain(self.lists.joins.states()).filter_map(is_pending);
        let relatives = self.opened.relatives.iter();
        let relatives = relatives.filter(|(_, remote)| remote.is_pending()).map(|(id, _)| Slot::Summary(*id));
        let segments = self.opened.timeline.segments.is_pending().then_some(Slot::Segments);
        stored.filter(|slot| *slot != Slot::NewAlerts).chain(relatives).chain(segments)
    }

    /// Returns why a slot could not be fetched. A page represents its whole list, a relative or a segment all of them.
    pub fn error(&self, slot: Slot) -> Option<&Error> {
        match slot {
            Slot::Page(list, _) => self.lists.state(list).error(),
            Slot::Events(_) => self.opened.timeline.error(),
            Slot::Summary(_) => self.opened.relatives.iter().find_map(|(id, remote)| {
                // A relative that the server does not have is a gap, not a failure, unless it is the opened process.
                let is_gap = |error: &&Error| matches!(error, Error::NotFound { .. });
                let is_opened = self.opened.id == Some(*id);
                remote.error().filter(|error| is_opened || !is_gap(error))
            }),
            value => self.state(value)?.error(),
        }
    }

    /// Returns whether an answer for a slot is pending.
    pub fn is_pending(&self, slot: Slot) -> bool {
        match slot {
            Slot::Page(list, _) => self.lists.state(list).is_pending(),
            Slot::Summary(_) => self.opened.relatives.values().any(RemoteState::is_pending),
            Slot::Events(_) => self.opened.timeline.n_pending() > 0,
            value => self.state(value).is_some_and(RemoteState::is_pending),
        }
    }

    /// Returns whether the content of a slot is stale: its refresh failed.
    pub fn is_stale(&self, slot: Slot) -> bool {
        match slot {
            // Pages that were never loaded do not make the loaded ones stale.
            Slot::Page(list, _) => self.lists.state(list).is_stale(),
            Slot::Summary(_) => self.opened.relatives.values().any(RemoteState::is_stale),
            Slot::Events(_) => self.opened.timeline.is_stale(),
            value => self.state(value).is_some_and(RemoteState::is_stale),
        }
    }

    /// Returns the loading state of a slot with one value; `None` for pages and events, and if it was never requested.
    fn state(&self, slot: Slot) -> Option<&dyn RemoteState> {
        match slot {
            Slot::Summary(id) => Some(self.opened.relatives.get(&id)?),
            Slot::Segments => Some(&self.opened.timeline.segments),
            Slot::Joined(_) => self.lists.joins.state(slot),
            value => self.values.state(value),
        }
    }

    /// Returns the loading state of a slot with one value, mutably.
    pub(super) fn state_mut(&mut self, slot: Slot) -> Option<&mut dyn RemoteState> {
        match slot {
            Slot::Summary(id) => Some(self.opened.relatives.get_mut(&id)?),
            Slot::Segments => Some(&mut self.opened.timeline.segments),
            Slot::Joined(_) => self.lists.joins.state_mut(slot),
            value => self.values.state_mut(value),
        }
    }
}
