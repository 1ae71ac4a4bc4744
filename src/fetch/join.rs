//! Joins: rows of processes with their sensors, groups and binaries, each asked for once however many rows need it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    hash::Hash,
};

use super::{Answer, Fetch, Fetcher, RequestId};
use crate::api::Error;
use crate::model::{Binary, Fetched, Group, GroupId, Md5, Process, Sensor, SensorId};

/// Questions in flight: enough to keep every connection busy, few enough for rows that come into view to be next.
const MAX_IN_FLIGHT: usize = 16;

/// Something that belongs to a process and has a record of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKey {
    /// The sensor that saw it.
    Sensor,
    /// The group of that sensor.
    Group,
    /// Its executable.
    Binary,
}

/// What has come of a question about one object.
#[derive(Clone, Debug)]
pub enum JoinResult<T> {
    /// Nothing yet.
    Pending,
    /// Here it is.
    Ready(Fetched<T>),
    /// It will not come.
    Unavailable(Error),
}

impl<T> JoinResult<T> {
    /// The object, if it is here.
    pub fn get(&self) -> Option<&Fetched<T>> {
        match self {
            Self::Ready(known) => Some(known),
            Self::Pending | Self::Unavailable(_) => None,
        }
    }
}

/// What rows of processes are joined with. It asks nobody itself: [`JoinPlan::next_request`] has the next question, and
/// [`JoinPlan::resolve`] takes what came of it.
#[derive(Clone, Debug)]
pub struct JoinPlan {
    relations: Vec<JoinKey>,
    sensors: HashMap<SensorId, JoinResult<Sensor>>,
    groups: HashMap<GroupId, JoinResult<Group>>,
    binaries: HashMap<Md5, JoinResult<Binary>>,
    /// What is still to be asked, in the order of the rows.
    queue: VecDeque<Fetch>,
    n_in_flight: usize,
}

impl JoinPlan {
    /// No rows yet, to be joined with these.
    pub fn new(wanted: &[JoinKey]) -> Self {
        Self {
            relations: wanted.to_vec(),
            sensors: HashMap::new(),
            groups: HashMap::new(),
            binaries: HashMap::new(),
            queue: VecDeque::new(),
            n_in_flight: 0,
        }
    }

    /// Whether rows are joined with this.
    pub fn includes(&self, related: JoinKey) -> bool {
        self.relations.contains(&related)
    }

    /// Adds a row below the others.
    pub fn add(&mut self, process: &Process) {
        if self.needs_sensor() && insert_pending(&mut self.sensors, process.sensor) {
            self.queue.push_back(Fetch::Sensor(process.sensor));
        }
        if self.includes(JoinKey::Binary)
            && let Some(md5) = process.md5
            && insert_pending(&mut self.binaries, md5)
        {
            self.queue.push_back(Fetch::Binary(md5));
        }
    }

    /// Lets what these rows lack be asked for before the rest: they have come into view.
    pub fn prioritize<'p>(&mut self, rows: impl IntoIterator<Item = &'p Process>) {
        let mut urgent = Vec::new();
        for process in rows {
            let sensor = self.sensors.get(&process.sensor);
            let group = sensor.and_then(JoinResult::get);
            let group = group.and_then(|sensor| sensor.value.group);
            urgent.extend(group.map(Fetch::SensorGroup));
            urgent.push(Fetch::Sensor(process.sensor));
            urgent.extend(process.md5.map(Fetch::Binary));
        }
        let mut waiting: HashSet<Fetch> = self.queue.iter().cloned().collect();
        urgent.retain(|fetch| waiting.remove(fetch));
        self.queue.retain(|fetch| waiting.contains(fetch));
        for fetch in urgent.into_iter().rev() {
            self.queue.push_front(fetch);
        }
    }

    /// The next question to ask; `None` while enough are in flight, and when all are asked.
    pub fn next_request(&mut self) -> Option<Fetch> {
        if self.n_in_flight >= MAX_IN_FLIGHT {
            return None;
        }
        let fetch = self.queue.pop_front()?;
        self.n_in_flight += 1;
        Some(fetch)
    }

    /// Takes what came of a question.
    pub fn resolve(&mut self, fetch: &Fetch, result: Result<Answer, Error>) {
        let is_expected = match (fetch, result) {
            (Fetch::Sensor(id), Ok(Answer::Sensor(known))) => {
                let group = known.value.group;
                let is_expected = resolve_pending(&mut self.sensors, id, JoinResult::Ready(known));
                if self.includes(JoinKey::Group)
                    && let Some(group) = group
                    && insert_pending(&mut self.groups, group)
                {
                    // The rows that need it have waited longest.
                    self.queue.push_front(Fetch::SensorGroup(group));
                }
                is_expected
            }
            (Fetch::SensorGroup(id), Ok(Answer::SensorGroup(known))) => {
                resolve_pending(&mut self.groups, id, JoinResult::Ready(known))
            }
            (Fetch::Binary(md5), Ok(Answer::Binary(known))) => {
                resolve_pending(&mut self.binaries, md5, JoinResult::Ready(known))
            }
            (fetch, result) => {
                let error = result.err().unwrap_or(Error::Internal);
                match fetch {
                    Fetch::Sensor(id) => resolve_pending(&mut self.sensors, id, JoinResult::Unavailable(error)),
                    Fetch::SensorGroup(id) => resolve_pending(&mut self.groups, id, JoinResult::Unavailable(error)),
                    Fetch::Binary(md5) => resolve_pending(&mut self.binaries, md5, JoinResult::Unavailable(error)),
                    _ => false,
                }
            }
        };
        if is_expected {
            self.n_in_flight = self.n_in_flight.saturating_sub(1);
        }
    }

    /// Whether everything is known, or will not come.
    pub fn is_complete(&self) -> bool {
        self.queue.is_empty() && self.n_in_flight == 0
    }

    /// The sensor of a row; `None` for one that was not added.
    pub fn sensor(&self, process: &Process) -> Option<&JoinResult<Sensor>> {
        self.sensors.get(&process.sensor)
    }

    /// The group of a row; `None` while its sensor has not told which that is.
    pub fn group(&self, process: &Process) -> Option<&JoinResult<Group>> {
        let sensor = self.sensor(process)?.get()?;
        self.groups.get(&sensor.value.group?)
    }

    /// The executable of a row; `None` for a process that names none.
    pub fn binary(&self, process: &Process) -> Option<&JoinResult<Binary>> {
        self.binaries.get(&process.md5?)
    }

    /// What will not come, by name and with the reason; in an order of its own, but always the same.
    pub fn failures(&self) -> Vec<(String, &Error)> {
        let mut missing = Vec::new();
        missing.extend(failures_of("sensor", &self.sensors));
        missing.extend(failures_of("sensor group", &self.groups));
        missing.extend(failures_of("binary", &self.binaries));
        missing.sort_by(|(one, _), (other, _)| one.len().cmp(&other.len()).then(one.cmp(other)));
        missing
    }

    /// Only the sensor tells the group.
    fn needs_sensor(&self) -> bool {
        self.includes(JoinKey::Sensor) || self.includes(JoinKey::Group)
    }
}

impl Fetcher {
    /// Asks for everything that a join lacks, and waits until it is known or will not come.
    pub async fn join(&mut self, join: &mut JoinPlan) {
        let mut asked: HashMap<RequestId, Fetch> = HashMap::new();
        let mut others = Vec::new();
        loop {
            while let Some(fetch) = join.next_request() {
                let waiter = self.new_request_id();
                asked.insert(waiter, fetch.clone());
                self.request(waiter, fetch, false);
            }
            if asked.is_empty() {
                break;
            }
            match self.next().await {
                Some(outcome) => match asked.remove(&outcome.request_id) {
                    Some(fetch) => join.resolve(&fetch, outcome.result),
                    None => others.push(outcome),
                },
                None => {
                    for (_, fetch) in asked.drain() {
                        join.resolve(&fetch, Err(Error::Internal));
                    }
                }
            }
        }
        self.ready.extend(others);
    }
}

/// Notes that an object is wanted; false when it was already.
fn insert_pending<I: Eq + Hash, T>(facts: &mut HashMap<I, JoinResult<T>>, id: I) -> bool {
    let mut is_new = false;
    facts.entry(id).or_insert_with(|| {
        is_new = true;
        JoinResult::Pending
    });
    is_new
}

/// Notes what came of an object; false when nobody waits for it.
fn resolve_pending<I: Eq + Hash, T>(facts: &mut HashMap<I, JoinResult<T>>, id: &I, fact: JoinResult<T>) -> bool {
    match facts.get_mut(id) {
        Some(place @ JoinResult::Pending) => {
            *place = fact;
            true
        }
        _ => false,
    }
}

fn failures_of<'f, I: fmt::Display, T>(
    noun: &'static str,
    facts: &'f HashMap<I, JoinResult<T>>,
) -> impl Iterator<Item = (String, &'f Error)> {
    facts.iter().filter_map(move |(id, fact)| match fact {
        JoinResult::Unavailable(error) => Some((format!("{noun} {id}"), error)),
        JoinResult::Pending | JoinResult::Ready(_) => None,
    })
}

#[cfg(test)]
mod tests;
