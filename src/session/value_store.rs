//! The fetched values by slot.

use std::{any::Any, collections::BTreeMap, marker::PhantomData};

use super::{Remote, RemoteState};
use crate::fetch::Resource;
use crate::model::Fetched;
use crate::worker::Slot;

/// A slot whose questions are of type `R`.
#[derive(Debug)]
pub struct SlotOf<R> {
    pub slot: Slot,
    question: PhantomData<fn() -> R>,
}

impl<R> SlotOf<R> {
    /// Returns `slot` with the type of its questions.
    pub(super) const fn new(slot: Slot) -> Self {
        Self { slot, question: PhantomData }
    }
}

impl<R> Clone for SlotOf<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for SlotOf<R> {}

/// The values of slots, with the state of their requests.
#[derive(Debug, Default)]
pub struct ValueStore {
    remotes: BTreeMap<Slot, Box<dyn RemoteState>>,
}

impl ValueStore {
    /// Returns the value of a slot; `None` if it was never requested.
    pub fn get<R: Resource>(&self, place: SlotOf<R>) -> Option<&Remote<R>> {
        let remote: &dyn Any = self.state(place.slot)?;
        remote.downcast_ref()
    }

    /// Returns the last answer about the current subject of a slot.
    pub fn latest<R: Resource>(&self, place: SlotOf<R>) -> Option<&Fetched<R::Value>> {
        self.get(place)?.latest()
    }

    /// Returns the current question of a slot.
    pub fn question<R: Resource>(&self, place: SlotOf<R>) -> Option<&R> {
        self.get(place)?.last_question()
    }

    /// Returns whether an answer for a slot is pending.
    pub fn is_pending(&self, slot: Slot) -> bool {
        self.state(slot).is_some_and(RemoteState::is_pending)
    }

    /// Returns whether a slot has an answer.
    pub fn has_answer(&self, slot: Slot) -> bool {
        self.state(slot).is_some_and(RemoteState::has_answer)
    }

    /// Returns the value of a slot, to be requested.
    pub(super) fn get_mut<R: Resource>(&mut self, place: SlotOf<R>) -> &mut Remote<R> {
        let remote = self.remotes.entry(place.slot).or_insert_with(|| Box::new(Remote::<R>::default()));
        let remote: &mut dyn Any = remote.as_mut();
        remote.downcast_mut().expect("a slot has one type of questions")
    }

    /// Returns the loading state of a slot; `None` if it was never requested.
    pub(super) fn state(&self, slot: Slot) -> Option<&dyn RemoteState> {
        Some(self.remotes.get(&slot)?.as_ref())
    }

    /// Returns the loading state of a slot, mutably.
    pub(super) fn state_mut(&mut self, slot: Slot) -> Option<&mut dyn RemoteState> {
        Some(self.remotes.get_mut(&slot)?.as_mut())
    }

    /// Returns the loading states of all slots that were requested.
    pub(super) fn states(&self) -> impl Iterator<Item = (Slot, &dyn RemoteState)> {
        self.remotes.iter().map(|(slot, remote)| (*slot, remote.as_ref()))
    }

    /// Removes the values that do not pass `is_retained`.
    pub(super) fn retain(&mut self, is_retained: impl Fn(Slot, &dyn RemoteState) -> bool) {
        self.remotes.retain(|slot, remote| is_retained(*slot, remote.as_ref()));
    }
}
