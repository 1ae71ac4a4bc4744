//! Sensors, groups and binaries that rows of lists refer to: each is fetched once, however many rows need it.

use std::collections::BTreeSet;

use super::{Remote, RemoteState, SlotOf, ValueStore, slots};
use crate::api::Error;
use crate::fetch::Resource;
use crate::model::{Binary, Group, GroupId, Md5, Sensor, SensorId};
use crate::worker::{JoinObject, Slot};

/// Number of stored objects; exceeded only while all of them are on screen.
const MAX_STORED: usize = 1_024;

/// Sensors, groups and binaries by their id, with the state of their request.
#[derive(Debug, Default)]
pub struct JoinStore {
    values: ValueStore,
    revision: u64,
}

/// The state of an object that a row refers to.
#[derive(Debug)]
pub enum Joined<'a, T> {
    NotRequested,
    Pending,
    Ready(&'a T),
    /// The request failed or was cancelled.
    Unavailable,
}

impl JoinStore {
    /// Returns the sensor `id`.
    pub fn sensor(&self, id: SensorId) -> Joined<'_, Sensor> {
        self.get(slots::joined_sensor(id))
    }

    /// Returns the sensor group `id`.
    pub fn group(&self, id: GroupId) -> Joined<'_, Group> {
        self.get(slots::joined_group(id))
    }

    /// Returns the binary with hash `md5`.
    pub fn binary(&self, md5: Md5) -> Joined<'_, Binary> {
        self.get(slots::joined_binary(md5))
    }

    /// Returns a number that changes whenever an object does, so that derived rows can be recomputed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the number of objects that could not be fetched.
    pub fn n_failed(&self) -> usize {
        self.states().filter(|(_, remote)| remote.error().is_some_and(is_failure)).count()
    }

    /// Returns the objects with the states of their requests.
    pub(super) fn states(&self) -> impl Iterator<Item = (Slot, &dyn RemoteState)> {
        self.values.states()
    }

    /// Returns whether an object was requested, whether or not it arrived.
    pub(super) fn is_requested(&self, object: JoinObject) -> bool {
        self.state(Slot::Joined(object)).is_some()
    }

    /// Removes objects that were not fetched, so that they are requested again.
    pub(super) fn clear_failures(&mut self) {
        self.values.retain(|_, remote| remote.has_answer() || remote.is_pending());
        self.revision += 1;
    }

    /// Cancels pending requests for objects that are not `needed`; removes unneeded objects if there are too many.
    /// Returns the cancelled ones.
    pub(super) fn cancel_unneeded(&mut self, needed: &BTreeSet<JoinObject>) -> Vec<Slot> {
        let is_unneeded = |slot: Slot| !matches!(slot, Slot::Joined(object) if needed.contains(&object));
        let pending = self.states().filter(|(slot, remote)| remote.is_pending() && is_unneeded(*slot));
        let cancelled: Vec<_> = pending.map(|(slot, _)| slot).collect();
        for slot in &cancelled {
            if let Some(remote) = self.state_mut(*slot) {
                remote.cancel_pending();
            }
        }
        let is_full = self.states().count() > MAX_STORED;
        if is_full || !cancelled.is_empty() {
            self.values.retain(|slot, remote| {
                let is_settled = remote.has_answer() || remote.error().is_some();
                !is_unneeded(slot) || is_settled && !is_full
            });
            self.revision += 1;
        }
        cancelled
    }

    /// Returns the state of an object's request, for any type of object.
    pub(super) fn state(&self, slot: Slot) -> Option<&dyn RemoteState> {
        self.values.state(slot)
    }

    /// Returns the state of an object's request, mutably.
    pub(super) fn state_mut(&mut self, slot: Slot) -> Option<&mut dyn RemoteState> {
        self.revision += 1;
        self.values.state_mut(slot)
    }

    /// Returns an object that is about to be requested.
    pub(super) fn get_mut<R: Resource>(&mut self, place: SlotOf<R>) -> &mut Remote<R> {
        self.revision += 1;
        self.values.get_mut(place)
    }

    fn get<R: Resource>(&self, place: SlotOf<R>) -> Joined<'_, R::Value> {
        let Some(remote) = self.values.get(place) else {
            return Joined::NotRequested;
        };
        match remote.latest() {
            Some(fetched) => Joined::Ready(&fetched.value),
            None if remote.is_pending() => Joined::Pending,
            None => Joined::Unavailable,
        }
    }
}

/// Returns whether `error` is a failure: that the server does not have the object is an answer.
fn is_failure(error: &Error) -> bool {
    !matches!(error, Error::NotFound { .. })
}
