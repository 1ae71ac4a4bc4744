//! Objects that belong to the rows of lists: each is asked for once, however many rows need it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Awaiting, Remote};
use crate::api::Error;
use crate::fetch::Answer;
use crate::model::{Binary, Group, GroupId, Md5, Sensor, SensorId};
use crate::worker::{Object, Ticket};

/// As many objects are kept, more only while they are all in sight.
const KEPT: usize = 1_024;

/// What is known of them.
#[derive(Debug, Default)]
pub struct Relations {
    sensors: BTreeMap<SensorId, Remote<Sensor>>,
    groups: BTreeMap<GroupId, Remote<Group>>,
    binaries: BTreeMap<Md5, Remote<Binary>>,
    edition: u64,
}

/// What has come of an object.
#[derive(Debug)]
pub enum Found<'a, T> {
    /// Nobody has asked for it.
    Unasked,
    /// It is on its way.
    Coming,
    /// Here it is.
    Here(&'a T),
    /// It was refused, or given up.
    Missing,
}

impl Relations {
    /// A sensor.
    pub fn sensor(&self, id: SensorId) -> Found<'_, Sensor> {
        Found::of(self.sensors.get(&id))
    }

    /// A sensor group.
    pub fn group(&self, id: GroupId) -> Found<'_, Group> {
        Found::of(self.groups.get(&id))
    }

    /// A binary.
    pub fn binary(&self, md5: Md5) -> Found<'_, Binary> {
        Found::of(self.binaries.get(&md5))
    }

    /// Changes whenever something else is known.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// How many could not be fetched.
    pub fn n_failed(&self) -> usize {
        let failed = |object: &Object| {
            let remote = self.awaiting(*object);
            remote.is_some_and(|remote| remote.error().is_some_and(is_failure))
        };
        self.objects().filter(failed).count()
    }

    /// How many are on their way.
    pub(super) fn n_pending(&self) -> usize {
        self.pending().count()
    }

    /// Those that are on their way.
    pub(super) fn pending(&self) -> impl Iterator<Item = Object> {
        let is_pending = |object: &Object| {
            let remote = self.awaiting(*object);
            remote.is_some_and(Awaiting::is_pending)
        };
        self.objects().filter(is_pending)
    }

    /// Whether it was asked for, whatever came of it.
    pub(super) fn has(&self, object: Object) -> bool {
        self.awaiting(object).is_some()
    }

    /// Makes room for an object that is about to be asked for.
    pub(super) fn add(&mut self, object: Object) {
        match object {
            Object::Sensor(id) => drop(self.sensors.entry(id).or_default()),
            Object::Group(id) => drop(self.groups.entry(id).or_default()),
            Object::Binary(md5) => drop(self.binaries.entry(md5).or_default()),
        }
    }

    /// Forgets whatever does not pass.
    fn retain(&mut self, passes: impl Fn(Object, &dyn Awaiting) -> bool) {
        self.sensors.retain(|id, remote| passes(Object::Sensor(*id), remote));
        self.groups.retain(|id, remote| passes(Object::Group(*id), remote));
        self.binaries.retain(|md5, remote| passes(Object::Binary(*md5), remote));
        self.edition += 1;
    }

    /// Forgets what did not come, so that it is asked for again.
    pub(super) fn retry(&mut self) {
        self.retain(|_, remote| remote.is_held() || remote.is_pending());
    }

    /// Gives up what is awaited and not `wanted` any more, and if there is too much, forgets whatever is not. Returns what
    /// was awaited.
    pub(super) fn trim(&mut self, wanted: &BTreeSet<Object>) -> Vec<Object> {
        let is_far = |object: &Object| !wanted.contains(object);
        let awaited: Vec<_> = self.pending().filter(is_far).collect();
        for object in &awaited {
            if let Some(remote) = self.awaiting_mut(*object) {
                remote.forget();
            }
        }
        let is_full = self.objects().count() > KEPT;
        if is_full || !awaited.is_empty() {
            self.retain(|object, remote| {
                let has_come = remote.is_held() || remote.error().is_some();
                !is_far(&object) || has_come && !is_full
            });
        }
        awaited
    }

    /// Takes an answer, if it answers the ticket expected.
    pub(super) fn settle(&mut self, object: Object, ticket: Ticket, answer: Answer) -> bool {
        self.edition += 1;
        match (object, answer) {
            (Object::Sensor(id), Answer::Sensor(known)) => {
                let remote = self.sensors.get_mut(&id);
                remote.is_some_and(|remote| remote.settle(ticket, known))
            }
            (Object::Group(id), Answer::Group(known)) => {
                let remote = self.groups.get_mut(&id);
                remote.is_some_and(|remote| remote.settle(ticket, known))
            }
            (Object::Binary(md5), Answer::Binary(known)) => {
                let remote = self.binaries.get_mut(&md5);
                remote.is_some_and(|remote| remote.settle(ticket, known))
            }
            _ => false,
        }
    }

    /// What can be said of an object, whatever it is.
    pub(super) fn awaiting(&self, object: Object) -> Option<&dyn Awaiting> {
        Some(match object {
            Object::Sensor(id) => self.sensors.get(&id)?,
            Object::Group(id) => self.groups.get(&id)?,
            Object::Binary(md5) => self.binaries.get(&md5)?,
        })
    }

    /// The same, to be changed.
    pub(super) fn awaiting_mut(&mut self, object: Object) -> Option<&mut dyn Awaiting> {
        self.edition += 1;
        Some(match object {
            Object::Sensor(id) => self.sensors.get_mut(&id)?,
            Object::Group(id) => self.groups.get_mut(&id)?,
            Object::Binary(md5) => self.binaries.get_mut(&md5)?,
        })
    }

    fn objects(&self) -> impl Iterator<Item = Object> {
        let sensors = self.sensors.keys().copied().map(Object::Sensor);
        let groups = self.groups.keys().copied().map(Object::Group);
        let binaries = self.binaries.keys().copied().map(Object::Binary);
        sensors.chain(groups).chain(binaries)
    }
}

/// That the server does not know something is an answer; it fails in no other way.
fn is_failure(error: &Error) -> bool {
    !matches!(error, Error::NotFound { .. })
}

impl<'a, T> Found<'a, T> {
    fn of(remote: Option<&'a Remote<T>>) -> Self {
        let Some(remote) = remote else {
            return Self::Unasked;
        };
        match remote.current() {
            Some(known) => Self::Here(&known.value),
            None if remote.is_pending() => Self::Coming,
            None => Self::Missing,
        }
    }
}
