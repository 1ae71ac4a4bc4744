//! Objects that belong to the rows of lists: each is asked for once, however many rows need it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Awaiting, Remote};
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::{Binary, Group, GroupId, Md5, Sensor, SensorId};
use crate::worker::{JoinObject, Ticket};

/// As many objects are kept, more only while they are all in sight.
const MAX_KEPT: usize = 1_024;

/// What is known of them.
#[derive(Debug, Default)]
pub struct JoinStore {
    sensors: BTreeMap<SensorId, Remote<Sensor>>,
    groups: BTreeMap<GroupId, Remote<Group>>,
    binaries: BTreeMap<Md5, Remote<Binary>>,
    revision: u64,
}

/// What has come of an object.
#[derive(Debug)]
pub enum Joined<'a, T> {
    /// Nobody has asked for it.
    NotRequested,
    /// It is on its way.
    Pending,
    /// Here it is.
    Ready(&'a T),
    /// It was refused, or given up.
    Unavailable,
}

impl JoinStore {
    /// A sensor.
    pub fn sensor(&self, id: SensorId) -> Joined<'_, Sensor> {
        Joined::from_remote(self.sensors.get(&id))
    }

    /// A sensor group.
    pub fn group(&self, id: GroupId) -> Joined<'_, Group> {
        Joined::from_remote(self.groups.get(&id))
    }

    /// A binary.
    pub fn binary(&self, md5: Md5) -> Joined<'_, Binary> {
        Joined::from_remote(self.binaries.get(&md5))
    }

    /// Changes whenever something else is known.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many could not be fetched.
    pub fn n_failed(&self) -> usize {
        let failed = |object: &JoinObject| {
            let remote = self.remote(*object);
            remote.is_some_and(|remote| remote.error().is_some_and(is_failure))
        };
        self.join_keys().filter(failed).count()
    }

    /// How many are on their way.
    pub(super) fn n_pending(&self) -> usize {
        self.pending_keys().count()
    }

    /// Those that are on their way.
    pub(super) fn pending_keys(&self) -> impl Iterator<Item = JoinObject> {
        let is_pending = |object: &JoinObject| {
            let remote = self.remote(*object);
            remote.is_some_and(Awaiting::is_pending)
        };
        self.join_keys().filter(is_pending)
    }

    /// Whether it was asked for, whatever came of it.
    pub(super) fn is_requested(&self, object: JoinObject) -> bool {
        self.remote(object).is_some()
    }

    /// Makes room for an object that is about to be asked for.
    pub(super) fn insert_pending(&mut self, object: JoinObject) {
        match object {
            JoinObject::Sensor(id) => drop(self.sensors.entry(id).or_default()),
            JoinObject::Group(id) => drop(self.groups.entry(id).or_default()),
            JoinObject::Binary(md5) => drop(self.binaries.entry(md5).or_default()),
        }
    }

    /// Forgets whatever does not pass.
    fn retain_keys(&mut self, passes: impl Fn(JoinObject, &dyn Awaiting) -> bool) {
        self.sensors.retain(|id, remote| passes(JoinObject::Sensor(*id), remote));
        self.groups.retain(|id, remote| passes(JoinObject::Group(*id), remote));
        self.binaries.retain(|md5, remote| passes(JoinObject::Binary(*md5), remote));
        self.revision += 1;
    }

    /// Forgets what did not come, so that it is asked for again.
    pub(super) fn clear_failures(&mut self) {
        self.retain_keys(|_, remote| remote.has_answer() || remote.is_pending());
    }

    /// Gives up what is awaited and not `wanted` any more, and if there is too much, forgets whatever is not. Returns what
    /// was awaited.
    pub(super) fn cancel_unneeded(&mut self, wanted: &BTreeSet<JoinObject>) -> Vec<JoinObject> {
        let is_far = |object: &JoinObject| !wanted.contains(object);
        let awaited: Vec<_> = self.pending_keys().filter(is_far).collect();
        for object in &awaited {
            if let Some(remote) = self.remote_mut(*object) {
                remote.cancel_pending();
            }
        }
        let is_full = self.join_keys().count() > MAX_KEPT;
        if is_full || !awaited.is_empty() {
            self.retain_keys(|object, remote| {
                let has_come = remote.has_answer() || remote.error().is_some();
                !is_far(&object) || has_come && !is_full
            });
        }
        awaited
    }

    /// Takes an answer, if it answers the ticket expected.
    pub(super) fn resolve(&mut self, object: JoinObject, ticket: Ticket, answer: Answer) -> bool {
        self.revision += 1;
        match (object, answer) {
            (JoinObject::Sensor(id), Answer::Sensor(known)) => {
                let remote = self.sensors.get_mut(&id);
                remote.is_some_and(|remote| remote.resolve(ticket, known))
            }
            (JoinObject::Group(id), Answer::SensorGroup(known)) => {
                let remote = self.groups.get_mut(&id);
                remote.is_some_and(|remote| remote.resolve(ticket, known))
            }
            (JoinObject::Binary(md5), Answer::Binary(known)) => {
                let remote = self.binaries.get_mut(&md5);
                remote.is_some_and(|remote| remote.resolve(ticket, known))
            }
            _ => false,
        }
    }

    /// What can be said of an object, whatever it is.
    pub(super) fn remote(&self, object: JoinObject) -> Option<&dyn Awaiting> {
        Some(match object {
            JoinObject::Sensor(id) => self.sensors.get(&id)?,
            JoinObject::Group(id) => self.groups.get(&id)?,
            JoinObject::Binary(md5) => self.binaries.get(&md5)?,
        })
    }

    /// The same, to be changed.
    pub(super) fn remote_mut(&mut self, object: JoinObject) -> Option<&mut dyn Awaiting> {
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

/// That the server does not know something is an answer; it fails in no other way.
fn is_failure(error: &Error) -> bool {
    !matches!(error, Error::NotFound { .. })
}

impl<'a, T> Joined<'a, T> {
    fn from_remote(remote: Option<&'a Remote<T>>) -> Self {
        let Some(remote) = remote else {
            return Self::NotRequested;
        };
        match remote.latest() {
            Some(known) => Self::Ready(&known.value),
            None if remote.is_pending() => Self::Pending,
            None => Self::Unavailable,
        }
    }
}
