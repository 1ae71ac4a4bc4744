//! The server's memory: the world, which stays, and what clients have done to it, which changes.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use super::super::{
    Options,
    http::{
        fault::{Fault, Plan},
        request::ApiRequest,
    },
    search::run::Searches,
    version::Release,
    world::{Rng, Traits, World},
};
use super::{
    admin::AdminRecords,
    bans::Bans,
    detections::Detections,
    sensor_list::{SensorList, SensorLists, SensorQuery},
    sensors::Sensors,
};

/// A test that asks more often than this has lost its way.
const MAX_SEEN: usize = 100_000;
const SALT_TOKEN: u64 = 0x70cc;

/// Everything a request can need.
#[derive(Debug)]
pub(in crate::sim) struct Server {
    pub(in crate::sim) options: Options,
    pub(in crate::sim) version: Release,
    pub(in crate::sim) token: String,
    pub(in crate::sim) world: World,
    /// Results of searches, so that paging is cheap.
    pub(in crate::sim) searches: Mutex<Searches>,
    /// Alerts as people leave them, watchlists, feeds and reports.
    pub(in crate::sim) detections: Detections,
    /// Orders of sensors, so that paging is cheap.
    sensor_lists: Mutex<SensorLists>,
    /// Groups, people and what else administrators change. Whoever holds it may look at sensors, and not the other way
    /// round.
    admin: Mutex<AdminRecords>,
    state: Mutex<ServerState>,
}

/// What changes.
#[derive(Debug, Default)]
struct ServerState {
    sensors: Sensors,
    bans: Bans,
    faults: Vec<Fault>,
    seen_requests: VecDeque<(u64, SeenRequest)>,
    /// The number of the next request.
    next_number: u64,
}

/// A request that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenRequest {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The status it was answered with; 0 while there is no answer, or when there was none.
    pub status: u16,
}

impl Server {
    /// A server with a world of its own.
    pub(in crate::sim) fn new(options: Options) -> Self {
        let release = Release::new(&options.server_version);
        let token = options.token.clone().unwrap_or_else(|| Rng::new(options.seed, SALT_TOKEN, 0).hex_digits(40));
        let world = World::new(
            options.seed,
            [options.processes, options.sensors, options.alerts],
            options.clock.now(),
            Traits { has_time_segments: release.is_at_least_6(), is_hostile: options.hostile },
        );
        Self {
            version: release,
            token,
            searches: Mutex::default(),
            detections: Detections::from_world(&world, options.index_lag),
            sensor_lists: Mutex::default(),
            admin: Mutex::new(AdminRecords::from_world(&world)),
            state: Mutex::new(ServerState { bans: Bans::from_world(&world), ..ServerState::default() }),
            world,
            options,
        }
    }

    /// Looks at the bans, or changes them.
    pub(in crate::sim) fn with_bans<T>(&self, look: impl FnOnce(&mut Bans) -> T) -> T {
        look(&mut self.state().bans)
    }

    /// Raises new alerts, and gives their ids.
    pub(in crate::sim) fn raise_alerts(&self, count: u64) -> Vec<String> {
        self.detections.raise_alerts(&self.world, count, self.now().as_millisecond())
    }

    /// The present.
    pub(in crate::sim) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// What sensors were asked and did, after any check-in that was due.
    pub(in crate::sim) fn with_sensors<T>(&self, look: impl FnOnce(&mut Sensors) -> T) -> T {
        let sensors = &mut self.state().sensors;
        sensors.check_in_due(Instant::now());
        look(sensors)
    }

    /// Sensors in the order that a question asks for.
    pub(in crate::sim) fn sensor_list(&self, question: SensorQuery) -> Arc<SensorList> {
        let mut rosters = self.sensor_lists.lock().expect("nothing that holds the lock can panic");
        rosters.find_or_build(self, question)
    }

    /// Looks at what administrators have made, or changes it.
    pub(in crate::sim) fn with_admin<T>(&self, look: impl FnOnce(&mut AdminRecords) -> T) -> T {
        let mut desk = self.admin.lock().expect("nothing that holds the lock can panic");
        look(&mut desk)
    }

    /// What goes wrong with a request.
    pub(in crate::sim) fn fault_plan(&self, ask: &ApiRequest) -> Plan {
        Plan::take_matching(&mut self.state().faults, ask)
    }

    /// Switches a fault on.
    pub(in crate::sim) fn add_fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// The faults that are on.
    pub(in crate::sim) fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Switches all faults off. Sensors that were made to refuse check in again.
    pub(in crate::sim) fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.sensors.resume_checkins(self.options.checkin);
    }

    /// Writes a request down; the answer is added when there is one.
    pub(in crate::sim) fn record_request(&self, ask: &ApiRequest) -> u64 {
        let mut state = self.state();
        let number = state.next_number;
        state.next_number += 1;
        let seen = SeenRequest { method: ask.method.clone(), target: ask.target.clone(), status: 0 };
        if state.seen_requests.len() >= MAX_SEEN {
            state.seen_requests.pop_front();
        }
        state.seen_requests.push_back((number, seen));
        number
    }

    /// Adds the status to a request that was written down.
    pub(in crate::sim) fn record_status(&self, number: u64, status: u16) {
        let mut state = self.state();
        if let Some((_, seen)) = state.seen_requests.iter_mut().rfind(|(other, _)| *other == number) {
            seen.status = status;
        }
    }

    /// The requests that were seen, the oldest first.
    pub(in crate::sim) fn seen_requests(&self) -> Vec<SeenRequest> {
        self.state().seen_requests.iter().map(|(_, seen)| seen.clone()).collect()
    }

    /// Forgets the requests that were seen.
    pub(in crate::sim) fn clear_seen(&self) {
        self.state().seen_requests.clear();
    }

    fn state(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().expect("nothing that holds the lock can panic")
    }
}

/// How long a request waits before anything happens.
pub(in crate::sim) fn response_delay(options: &Options, plan: &Plan) -> Duration {
    options.latency + plan.delay
}

/// Whether requests from this address may drive the simulation itself.
pub(in crate::sim) fn may_control(from: IpAddr) -> bool {
    from.to_canonical().is_loopback()
}
