//! Sensors, groups and binaries that rows of lists refer to: each is fetched once, however many rows need it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Remote, RemoteState};
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::{Binary, Group, GroupId, Md5, Sensor, SensorId};
use crate::worker::{JoinObject, Ticket};

/// Number of stored objects; exceeded only while all of them are on screen.
const MAX_STORED: usize = 1_024;

/// Sensors, groups and binaries by their id, with the state of their request.
#[derive(Debug, Default)]
pub struct JoinStore {
    sensors: BTreeMap<SensorId, Remote<Sensor>>,
    groups: BTreeMap<GroupId, Remote<Group>>,
    binaries: BTreeMap<Md5, Remote<Binary>>,
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
        Joined::from_remote(self.sensors.get(&id))
    }

    /// Returns the sensor group `id`.
    pub fn group(&self, id: GroupId) -> Joined<'_, Group> {
        Joined::from_remote(self.groups.get(&id))
    }

    /// Returns the binary with hash `md5`.
    pub fn binary(&self, md5: Md5) -> Joined<'_, Binary> {
        Joined::from_remote(self.binaries.get(&md5))
    }

    /// Returns a number that changes whenever an object does, so that derived rows can be recomputed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the number of objects that could not be fetched.
    pub fn n_failed(&self) -> usize {
        let failed = |object: &JoinObject| {
            let remote = self.remote(*object);
            remote.is_some_and(|remote| remote.error().is_some_and(is_failure))
        };
        self.join_keys().filter(failed).count()
    }

    /// Returns the number of objects whose answer is pending.
    pub(super) fn n_pending(&self) -> usize {
        self.pending_keys().count()
    }

    /// Returns the objects whose answer is pending.
    pub(super) fn pending_keys(&self) -> impl Iterator<Item = JoinObject> {
        let is_pending = |object: &JoinObject| {
            let remote = self.remote(*object);
            remote.is_some_and(RemoteState::is_pending)
        };
        self.join_keys().filter(is_pending)
    }

    /// Returns whether an object was requested, whether or not it arrived.
    pub(super) fn is_requested(&self, object: JoinObject) -> bool {
        self.remote(object).is_some()
    }

    /// Adds an entry for an object that is about to be requested.
    pub(super) fn insert_pending(&mut self, object: JoinObject) {
        match object {
            JoinObject::Sensor(id) => drop(self.sensors.entry(id).or_default()),
            JoinObject::Group(id) => drop(self.groups.entry(id).or_default()),
            JoinObject::Binary(md5) => drop(self.binaries.entry(md5).or_default()),
        }
    }

    /// Removes every object that does not pass `passes`.
    fn retain_keys(&mut self, is_retained: impl Fn(JoinObject, &dyn RemoteState) -> bool) {
        self.sensors.retain(|id, remote| is_retained(JoinObject::Sensor(*id), remote));
        self.groups.retain(|id, remote| is_retained(JoinObject::Group(*id), remote));
        self.binaries.retain(|md5, remote| is_retained(JoinObject::Binary(*md5), remote));
        self.revision += 1;
    }

    /// Removes objects that were not fetched, so that they are requested again.
    pub(super) fn clear_failures(&mut self) {
        self.retain_keys(|_, remote| remote.has_answer() || remote.is_pending());
    }

    /// Cancels pending requests for objects that are not `needed`; removes unneeded objects if there are too many.
    /// Returns the cancelled ones.
    pub(super) fn cancel_unneeded(&mut self, needed: &BTreeSet<JoinObject>) -> Vec<JoinObject> {
        let is_unneeded = |object: &JoinObject| !needed.contains(object);
        let cancelled: Vec<_> = self.pending_keys().filter(is_unneeded).collect();
        for object in &cancelled {
            if let Some(remote) = self.remote_mut(*object) {
                remote.cancel_pending();
            }
        }
        let is_full = self.join_keys().count() > MAX_STORED;
        if is_full || !cancelled.is_empty() {
            self.retain_keys(|object, remote| {
                let is_settled = remote.has_answer() || remote.error().is_some();
                !is_unneeded(&object) || is_settled && !is_full
            });
        }
        cancelled
    }

    /// Stores an answer if `ticket` is the expected one; returns whether it was.
    pub(super) fn resolve(&mut self, object: JoinObject, ticket: Ticket, answer: Answer) -> bool {
        self.revision += 1;
        match (object, answer) {
            (JoinObject::Sensor(id), Answer::Sensor(fetched)) => {
                let remote = self.sensors.get_mut(&id);
                remote.is_some_and(|remote| remote.resolve(ticket, fetched))
            }
            (JoinObject::Group(id), Answer::SensorGroup(fetched)) => {
                let remote = self.groups.get_mut(&id);
                remote.is_some_and(|remote| remote.resolve(ticket, fetched))
            }
            (JoinObject::Binary(md5), Answer::Binary(fetched)) => {
                let remote = self.binaries.get_mut(&md5);
                remote.is_some_and(|remote| remote.resolve(ticket, fetched))
            }
            _ => false,
        }
    }

    /// Returns the state of an object's request, for any type of object.
    pub(super) fn remote(&self, object: JoinObject) -> Option<&dyn RemoteState> {
        Some(match object {
            JoinObject::Sensor(id) => self.sensors.get(&id)?,
            JoinObject::Group(id) => self.groups.get(&id)?,
            JoinObject::Binary(md5) => self.binaries.get(&md5)?,
        })
    }

    /// Returns the state of an object's request, mutably.
    pub(super) fn remote_mut(&mut self, object: JoinObject) -> Option<&mut dyn RemoteState> {
        self.revision += 1;
        Some(match object {
            JoinObject::Sensor(id) => self.sensors.get_mut(&id)?,
            JoinObject::Group(id) => self.groups.get_mut(&id)?,
            JoinObject::Binary(md5) => self.binaries.get_mut(&md5)?,
        })
    }

    fn join_keys(&self) -> impl Iterator<Item = JoinObject> {
        let sensors = self.sensors.keys().copied().map(JoinObject::Sensor);
        let groups = self.groups.keys().copied().map(JoinObject::Group);
        let binaries = self.binaries.keys().copied().map(JoinObject::Binary);
        sensors.chain(groups).chain(binaries)
    }
}

/// Returns whether `error` is a failure: that the server does not have the object is an answer.
fn is_failure(error: &Error) -> bool {
    !matches!(error, Error::NotFound { .. })
}

impl<'a, T> Joined<'a, T> {
    fn from_remote(remote: Option<&'a Remote<T>>) -> Self {
        let Some(remote) = remote else {
            return Self::NotRequested;
        };
        match remote.latest() {
            Some(fetched) => Self::Ready(&fetched.value),
            None if remote.is_pending() => Self::Pending,
            None => Self::Unavailable,
        }
    }
}
