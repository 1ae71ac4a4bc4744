//! Joins processes with their sensors, groups and binaries; each object is fetched once, however many rows need it.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::Hash,
    sync::Arc,
};

use super::{
    Answer, BinaryFetch, Fetch, Fetcher, HeapSize, RequestId, SensorFetch, SensorGroupFetch, SensorGroupsFetch,
    SensorsFetch, lookup::MAX_SINGLE,
};
use crate::api::Error;
use crate::model::{Binary, Fetched, Group, GroupId, Md5, Page, Process, Sensor, SensorFilter, SensorId, Span};

/// Requests in flight: enough to use every connection, few enough for rows that scroll into view to be next.
const MAX_IN_FLIGHT: usize = 16;

/// A kind of object that belongs to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKey {
    /// The sensor that reported it.
    Sensor,
    Group,
    Binary,
}

/// The state of an object that rows are joined with.
#[derive(Clone, Debug)]
pub enum JoinResult<T> {
    Pending,
    Ready(Fetched<T>),
    /// The request failed.
    Unavailable(Error),
}

impl<T> JoinResult<T> {
    /// Returns the object if it was fetched.
    pub fn get(&self) -> Option<&Fetched<T>> {
        match self {
            Self::Ready(fetched) => Some(fetched),
            Self::Pending | Self::Unavailable(_) => None,
        }
    }
}

impl<T: HeapSize> JoinResult<T> {
    fn from_result(result: Result<Answer, Error>) -> Self {
        match result.and_then(|answer| answer.get().ok_or(Error::Internal)) {
            Ok(fetched) => Self::Ready(fetched),
            Err(error) => Self::Unavailable(error),
        }
    }
}

/// The objects that rows of processes are joined with. It sends no requests itself: [`JoinPlan::next_request`] returns
/// the next one, and [`JoinPlan::resolve`] stores its result.
#[derive(Clone, Debug)]
pub struct JoinPlan {
    relations: Vec<JoinKey>,
    sensors: HashMap<SensorId, JoinResult<Sensor>>,
    groups: HashMap<GroupId, JoinResult<Group>>,
    binaries: HashMap<Md5, JoinResult<Binary>>,
    /// Requests still to be sent, in the order of the rows.
    queue: VecDeque<Fetch>,
    n_in_flight: usize,
}

impl JoinPlan {
    /// Returns a join without rows for these kinds of objects.
    pub fn new(relations: &[JoinKey]) -> Self {
        Self {
            relations: relations.to_vec(),
            sensors: HashMap::new(),
            groups: HashMap::new(),
            binaries: HashMap::new(),
            queue: VecDeque::new(),
            n_in_flight: 0,
        }
    }

    /// Returns whether rows are joined with this kind of object.
    pub fn includes(&self, key: JoinKey) -> bool {
        self.relations.contains(&key)
    }

    /// Adds the next row.
    pub fn add(&mut self, process: &Process) {
        if self.needs_sensor() && insert_pending(&mut self.sensors, process.sensor) {
            self.queue.push_back(SensorFetch(process.sensor).into());
        }
        if self.includes(JoinKey::Binary)
            && let Some(md5) = process.md5
            && insert_pending(&mut self.binaries, md5)
        {
            self.queue.push_back(BinaryFetch(md5).into());
        }
    }

    /// Returns the next request; `None` while enough are in flight, or when all were sent.
    pub fn next_request(&mut self) -> Option<Fetch> {
        if self.n_in_flight >= MAX_IN_FLIGHT {
            return None;
        }
        let fetch = self.queue.pop_front()?;
        self.n_in_flight += 1;
        Some(fetch)
    }

    /// Stores the result of a request.
    pub fn resolve(&mut self, fetch: &Fetch, result: Result<Answer, Error>) {
        let is_expected = match fetch {
            Fetch::Sensor(SensorFetch(id)) => {
                let sensor = JoinResult::<Sensor>::from_result(result);
                let group = sensor.get().and_then(|fetched| fetched.value.group);
                let is_expected = resolve_pending(&mut self.sensors, id, sensor);
                if self.includes(JoinKey::Group)
                    && let Some(group) = group
                    && insert_pending(&mut self.groups, group)
                {
                    // The rows that need the group have waited longest.
                    self.queue.push_front(SensorGroupFetch(group).into());
                }
                is_expected
            }
            Fetch::SensorGroup(SensorGroupFetch(id)) => {
                resolve_pending(&mut self.groups, id, JoinResult::from_result(result))
            }
            Fetch::Binary(BinaryFetch(md5)) => {
                resolve_pending(&mut self.binaries, md5, JoinResult::from_result(result))
            }
            _ => false,
        };
        if is_expected {
            self.n_in_flight = self.n_in_flight.saturating_sub(1);
        }
    }

    /// Returns the ids of one kind of object that are still to be requested.
    fn ids_in_queue<I>(&self, id: impl Fn(&Fetch) -> Option<I>) -> Vec<I> {
        self.queue.iter().filter_map(id).collect()
    }

    /// Stores an object that was fetched together with others, in place of its request.
    fn resolve_queued(&mut self, fetch: &Fetch, answer: Answer) {
        if let Some(at) = self.queue.iter().position(|queued| queued == fetch) {
            self.queue.remove(at);
            self.n_in_flight += 1;
            self.resolve(fetch, Ok(answer));
        }
    }

    /// Returns whether every request has a result.
    pub fn is_complete(&self) -> bool {
        self.queue.is_empty() && self.n_in_flight == 0
    }

    /// Returns the sensor of a row; `None` if the row was not added.
    pub fn sensor(&self, process: &Process) -> Option<&JoinResult<Sensor>> {
        self.sensors.get(&process.sensor)
    }

    /// Returns the group of a row; `None` until its sensor was fetched.
    pub fn group(&self, process: &Process) -> Option<&JoinResult<Group>> {
        let sensor = self.sensor(process)?.get()?;
        self.groups.get(&sensor.value.group?)
    }

    /// Returns the binary of a row; `None` if the process has no hash.
    pub fn binary(&self, process: &Process) -> Option<&JoinResult<Binary>> {
        self.binaries.get(&process.md5?)
    }

    /// Returns the objects that could not be fetched with the reason, in a fixed order.
    pub fn failures(&self) -> Vec<(String, &Error)> {
        let mut missing = Vec::new();
        missing.extend(failures_of("sensor", &self.sensors));
        missing.extend(failures_of("sensor group", &self.groups));
        missing.extend(failures_of("binary", &self.binaries));
        missing.sort_by(|(one, _), (other, _)| one.len().cmp(&other.len()).then(one.cmp(other)));
        missing
    }

    /// The group is known only from the sensor.
    fn needs_sensor(&self) -> bool {
        self.includes(JoinKey::Sensor) || self.includes(JoinKey::Group)
    }
}

impl Fetcher {
    /// Fetches everything that a join needs, and waits for all results.
    pub async fn join(&mut self, join: &mut JoinPlan) {
        self.join_many_binaries(join).await;
        self.join_many_sensors(join).await;
        self.join_many_groups(join).await;
        let mut pending: HashMap<RequestId, Fetch> = HashMap::new();
        let mut others = Vec::new();
        loop {
            while let Some(fetch) = join.next_request() {
                let request_id = self.new_request_id();
                pending.insert(request_id, fetch.clone());
                self.request(request_id, fetch);
            }
            if pending.is_empty() {
                break;
            }
            match self.next().await {
                Some(response) => match pending.remove(&response.request_id) {
                    Some(fetch) => join.resolve(&fetch, response.result),
                    None => others.push(response),
                },
                None => {
                    for (_, fetch) in pending.drain() {
                        join.resolve(&fetch, Err(Error::Internal));
                    }
                }
            }
        }
        self.ready.extend(others);
    }

    /// Searches for many binaries at once.
    async fn join_many_binaries(&mut self, join: &mut JoinPlan) {
        let md5 = |fetch: &Fetch| if let Fetch::Binary(BinaryFetch(md5)) = fetch { Some(*md5) } else { None };
        let ids = join.ids_in_queue(md5);
        if ids.len() > MAX_SINGLE {
            for (md5, binary) in self.search_by_ids::<Binary>(&ids).await {
                join.resolve_queued(&BinaryFetch(md5).into(), binary.into());
            }
        }
    }

    /// Reads the list of sensors, as long as its pages take the place of many requests.
    async fn join_many_sensors(&mut self, join: &mut JoinPlan) {
        const SENSORS_PER_PAGE: u64 = 1000;
        /// The number of requests that cost as much as a page.
        const MIN_PER_PAGE: u64 = 20;
        let id = |fetch: &Fetch| if let Fetch::Sensor(SensorFetch(id)) = fetch { Some(*id) } else { None };
        let n_queued = |join: &JoinPlan| u64::try_from(join.ids_in_queue(id).len()).unwrap_or(u64::MAX);
        let (mut start, mut pages_left) = (0, 1);
        while pages_left > 0 && n_queued(join) / pages_left > MIN_PER_PAGE {
            let span = Span { start, rows: SENSORS_PER_PAGE };
            let list = SensorsFetch { filter: SensorFilter::default(), span };
            let Some(page) = self.read_list::<Page<Arc<Sensor>>>(list.into()).await else {
                return;
            };
            let n_before = n_queued(join);
            for sensor in &page.value.rows {
                let fetched = Fetched { value: sensor.clone(), as_of: page.as_of, from_cache: page.from_cache };
                join.resolve_queued(&SensorFetch(sensor.id).into(), fetched.into());
            }
            if n_queued(join) == n_before {
                return;
            }
            let n_sent = u64::try_from(page.value.n_sent()).unwrap_or(u64::MAX);
            start += n_sent;
            pages_left = page.value.total.saturating_sub(start).div_ceil(n_sent.max(1));
        }
    }

    /// Reads the list of sensor groups for many of them.
    async fn join_many_groups(&mut self, join: &mut JoinPlan) {
        let is_group = |fetch: &Fetch| matches!(fetch, Fetch::SensorGroup(_)).then_some(());
        if join.ids_in_queue(is_group).len() > MAX_SINGLE
            && let Some(page) = self.read_list::<Page<Arc<Group>>>(SensorGroupsFetch.into()).await
        {
            for group in &page.value.rows {
                let fetched = Fetched { value: group.clone(), as_of: page.as_of, from_cache: page.from_cache };
                join.resolve_queued(&SensorGroupFetch(group.id).into(), fetched.into());
            }
        }
    }

    /// Reads a list of objects; `None` after an error, after which each of them is requested on its own.
    async fn read_list<T: HeapSize>(&mut self, list: Fetch) -> Option<Fetched<T>> {
        match self.get_answer(list).await {
            Ok(answer) => answer.get(),
            Err(error) => {
                tracing::debug!("objects are joined one by one: {error}");
                None
            }
        }
    }
}

/// Adds an object as pending; returns whether it is new.
fn insert_pending<I: Eq + Hash, T>(results: &mut HashMap<I, JoinResult<T>>, id: I) -> bool {
    let mut is_new = false;
    results.entry(id).or_insert_with(|| {
        is_new = true;
        JoinResult::Pending
    });
    is_new
}

/// Stores the result of a pending object; returns whether it was pending.
fn resolve_pending<I: Eq + Hash, T>(results: &mut HashMap<I, JoinResult<T>>, id: &I, result: JoinResult<T>) -> bool {
    match results.get_mut(id) {
        Some(slot @ JoinResult::Pending) => {
            *slot = result;
            true
        }
        _ => false,
    }
}

fn failures_of<'f, I: fmt::Display, T>(
    kind: &'static str,
    results: &'f HashMap<I, JoinResult<T>>,
) -> impl Iterator<Item = (String, &'f Error)> {
    results.iter().filter_map(move |(id, result)| match result {
        JoinResult::Unavailable(error) => Some((format!("{kind} {id}"), error)),
        JoinResult::Pending | JoinResult::Ready(_) => None,
    })
}

#[cfg(test)]
mod tests;
