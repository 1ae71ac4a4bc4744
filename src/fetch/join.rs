//! Joins: rows of processes with their sensors, groups and binaries, each asked for once however many rows need it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    hash::Hash,
};

use super::{Answer, Fetch, Reader, Waiter};
use crate::api::Error;
use crate::model::{Binary, Group, GroupId, Known, Md5, Process, Sensor, SensorId};

/// Questions in flight: enough to keep every connection busy, few enough for rows that come into view to be next.
const AHEAD: usize = 16;

/// Something that belongs to a process and has a record of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Related {
    /// The sensor that saw it.
    Sensor,
    /// The group of that sensor.
    Group,
    /// Its executable.
    Binary,
}

/// What has come of a question about one object.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    /// Nothing yet.
    Awaited,
    /// Here it is.
    Known(Known<T>),
    /// It will not come.
    Missing(Error),
}

impl<T> Fact<T> {
    /// The object, if it is here.
    pub fn known(&self) -> Option<&Known<T>> {
        match self {
            Self::Known(known) => Some(known),
            Self::Awaited | Self::Missing(_) => None,
        }
    }
}

/// What rows of processes are joined with. It asks nobody itself: [`Join::next_question`] has the next question, and
/// [`Join::settle`] takes what came of it.
#[derive(Clone, Debug)]
pub struct Join {
    wanted: Vec<Related>,
    sensors: HashMap<SensorId, Fact<Sensor>>,
    groups: HashMap<GroupId, Fact<Group>>,
    binaries: HashMap<Md5, Fact<Binary>>,
    /// What is still to be asked, in the order of the rows.
    queue: VecDeque<Fetch>,
    n_flying: usize,
}

impl Join {
    /// No rows yet, to be joined with these.
    pub fn new(wanted: &[Related]) -> Self {
        Self {
            wanted: wanted.to_vec(),
            sensors: HashMap::new(),
            groups: HashMap::new(),
            binaries: HashMap::new(),
            queue: VecDeque::new(),
            n_flying: 0,
        }
    }

    /// Whether rows are joined with this.
    pub fn wants(&self, related: Related) -> bool {
        self.wanted.contains(&related)
    }

    /// Adds a row below the others.
    pub fn add(&mut self, process: &Process) {
        if self.needs_sensor() && want(&mut self.sensors, process.sensor) {
            self.queue.push_back(Fetch::Sensor(process.sensor));
        }
        if self.wants(Related::Binary)
            && let Some(md5) = process.md5
            && want(&mut self.binaries, md5)
        {
            self.queue.push_back(Fetch::Binary(md5));
        }
    }

    /// Lets what these rows lack be asked for before the rest: they have come into view.
    pub fn prefer<'p>(&mut self, rows: impl IntoIterator<Item = &'p Process>) {
        let mut urgent = Vec::new();
        for process in rows {
            let sensor = self.sensors.get(&process.sensor);
            let group = sensor.and_then(Fact::known);
            let group = group.and_then(|sensor| sensor.value.group);
            urgent.extend(group.map(Fetch::Group));
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
    pub fn next_question(&mut self) -> Option<Fetch> {
        if self.n_flying >= AHEAD {
            return None;
        }
        let fetch = self.queue.pop_front()?;
        self.n_flying += 1;
        Some(fetch)
    }

    /// Takes what came of a question.
    pub fn settle(&mut self, fetch: &Fetch, result: Result<Answer, Error>) {
        let is_expected = match (fetch, result) {
            (Fetch::Sensor(id), Ok(Answer::Sensor(known))) => {
                let group = known.value.group;
                let is_expected = fill(&mut self.sensors, id, Fact::Known(known));
                if self.wants(Related::Group)
                    && let Some(group) = group
                    && want(&mut self.groups, group)
                {
                    // The rows that need it have waited longest.
                    self.queue.push_front(Fetch::Group(group));
                }
                is_expected
            }
            (Fetch::Group(id), Ok(Answer::Group(known))) => fill(&mut self.groups, id, Fact::Known(known)),
            (Fetch::Binary(md5), Ok(Answer::Binary(known))) => fill(&mut self.binaries, md5, Fact::Known(known)),
            (fetch, result) => {
                let error = result.err().unwrap_or(Error::Internal);
                match fetch {
                    Fetch::Sensor(id) => fill(&mut self.sensors, id, Fact::Missing(error)),
                    Fetch::Group(id) => fill(&mut self.groups, id, Fact::Missing(error)),
                    Fetch::Binary(md5) => fill(&mut self.binaries, md5, Fact::Missing(error)),
                    _ => false,
                }
            }
        };
        if is_expected {
            self.n_flying = self.n_flying.saturating_sub(1);
        }
    }

    /// Whether everything is known, or will not come.
    pub fn is_settled(&self) -> bool {
        self.queue.is_empty() && self.n_flying == 0
    }

    /// The sensor of a row; `None` for one that was not added.
    pub fn sensor(&self, process: &Process) -> Option<&Fact<Sensor>> {
        self.sensors.get(&process.sensor)
    }

    /// The group of a row; `None` while its sensor has not told which that is.
    pub fn group(&self, process: &Process) -> Option<&Fact<Group>> {
        let sensor = self.sensor(process)?.known()?;
        self.groups.get(&sensor.value.group?)
    }

    /// The executable of a row; `None` for a process that names none.
    pub fn binary(&self, process: &Process) -> Option<&Fact<Binary>> {
        self.binaries.get(&process.md5?)
    }

    /// What will not come, by name and with the reason; in an order of its own, but always the same.
    pub fn missing(&self) -> Vec<(String, &Error)> {
        let mut missing = Vec::new();
        missing.extend(lost("sensor", &self.sensors));
        missing.extend(lost("sensor group", &self.groups));
        missing.extend(lost("binary", &self.binaries));
        missing.sort_by(|(one, _), (other, _)| one.len().cmp(&other.len()).then(one.cmp(other)));
        missing
    }

    /// Only the sensor tells the group.
    fn needs_sensor(&self) -> bool {
        self.wants(Related::Sensor) || self.wants(Related::Group)
    }
}

impl Reader {
    /// Asks for everything that a join lacks, and waits until it is known or will not come.
    pub async fn join(&mut self, join: &mut Join) {
        let mut asked: HashMap<Waiter, Fetch> = HashMap::new();
        let mut others = Vec::new();
        loop {
            while let Some(fetch) = join.next_question() {
                let waiter = self.new_waiter();
                asked.insert(waiter, fetch.clone());
                self.ask(waiter, fetch, false);
            }
            if asked.is_empty() {
                break;
            }
            match self.next().await {
                Some(outcome) => match asked.remove(&outcome.waiter) {
                    Some(fetch) => join.settle(&fetch, outcome.result),
                    None => others.push(outcome),
                },
                None => {
                    for (_, fetch) in asked.drain() {
                        join.settle(&fetch, Err(Error::Internal));
                    }
                }
            }
        }
        self.ready.extend(others);
    }
}

/// Notes that an object is wanted; false when it was already.
fn want<I: Eq + Hash, T>(facts: &mut HashMap<I, Fact<T>>, id: I) -> bool {
    let mut is_new = false;
    facts.entry(id).or_insert_with(|| {
        is_new = true;
        Fact::Awaited
    });
    is_new
}

/// Notes what came of an object; false when nobody waits for it.
fn fill<I: Eq + Hash, T>(facts: &mut HashMap<I, Fact<T>>, id: &I, fact: Fact<T>) -> bool {
    match facts.get_mut(id) {
        Some(place @ Fact::Awaited) => {
            *place = fact;
            true
        }
        _ => false,
    }
}

fn lost<'f, I: fmt::Display, T>(
    noun: &'static str,
    facts: &'f HashMap<I, Fact<T>>,
) -> impl Iterator<Item = (String, &'f Error)> {
    facts.iter().filter_map(move |(id, fact)| match fact {
        Fact::Missing(error) => Some((format!("{noun} {id}"), error)),
        Fact::Awaited | Fact::Known(_) => None,
    })
}

#[cfg(test)]
mod tests;
