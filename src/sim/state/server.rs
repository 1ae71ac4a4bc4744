//! The simulated server: its immutable world, and the state that clients change.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use super::super::{
    http::{
        fault::{Fault, Plan},
        request::ApiRequest,
    },
    options::Options,
    version::Release,
    world::{Rng, World, WorldOptions},
};
use super::{
    admin::AdminRecords,
    bans::Bans,
    detections::Detections,
    live_response::{KilledProcesses, LiveResponse},
    result_cache::Searches,
    sensor_list::SensorLists,
    sensors::Sensors,
};

/// Limit of the recorded requests; older ones are dropped.
const MAX_SEEN: usize = 100_000;
const SALT_TOKEN: u64 = 0x70cc;

/// World, settings and state of a simulator, shared by all requests.
#[derive(Debug)]
pub(in crate::sim) struct Server {
    pub(in crate::sim) options: Options,
    pub(in crate::sim) version: Release,
    pub(in crate::sim) token: String,
    pub(in crate::sim) world: World,
    /// Cached search results, for further pages.
    pub(in crate::sim) searches: Mutex<Searches>,
    /// Alerts, watchlists, feeds and reports.
    pub(in crate::sim) detections: Detections,
    /// Cached sensor lists, for further pages.
    sensor_lists: Mutex<SensorLists>,
    /// Groups, users and other records of administrators. Lock order: `admin` before `state`.
    admin: Mutex<AdminRecords>,
    /// Processes that commands of Live Response have ended.
    pub(in crate::sim) killed: KilledProcesses,
    /// Sessions with hosts. No other lock is taken under it.
    live_response: Mutex<LiveResponse>,
    state: Mutex<ServerState>,
}

/// State behind one lock.
#[derive(Debug, Default)]
struct ServerState {
    sensors: Sensors,
    bans: Bans,
    faults: Vec<Fault>,
    seen_requests: VecDeque<(u64, SeenRequest)>,
    /// Number of the next request.
    next_number: u64,
}

/// Request that the simulator received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenRequest {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Status of the response; 0 before it is sent, or if none was sent.
    pub status: u16,
}

impl Server {
    /// Creates a server with a new world.
    pub(in crate::sim) fn new(options: Options) -> Self {
        let release = Release::new(&options.server_version);
        let token = options.token.clone().unwrap_or_else(|| Rng::new(options.seed, SALT_TOKEN, 0).hex_digits(40));
        let world = World::new(
            options.seed,
            [options.processes, options.sensors, options.alerts],
            options.clock.now(),
            WorldOptions { has_time_segments: release.is_at_least_6(), is_hostile: options.hostile },
        );
        Self {
            version: release,
            token,
            searches: Mutex::default(),
            detections: Detections::from_world(&world, options.index_lag),
            sensor_lists: Mutex::default(),
            admin: Mutex::new(AdminRecords::from_world(&world)),
            killed: KilledProcesses::default(),
            live_response: Mutex::default(),
            state: Mutex::new(ServerState { bans: Bans::from_world(&world), ..ServerState::default() }),
            world,
            options,
        }
    }

    /// Calls `f` with the bans, locked.
    pub(in crate::sim) fn with_bans<T>(&self, f: impl FnOnce(&mut Bans) -> T) -> T {
        f(&mut self.state().bans)
    }

    /// Raises up to `count` new alerts and returns their ids.
    pub(in crate::sim) fn raise_alerts(&self, count: u64) -> Vec<String> {
        self.detections.raise_alerts(&self.world, count, self.now().as_millisecond())
    }

    /// Returns the present by the server's clock.
    pub(in crate::sim) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// Calls `f` with the sensors, locked, after the check-ins that are due.
    pub(in crate::sim) fn with_sensors<T>(&self, f: impl FnOnce(&mut Sensors) -> T) -> T {
        let sensors = &mut self.state().sensors;
        sensors.check_in_due(Instant::now());
        f(sensors)
    }

    /// Calls `f` with the cached sensor lists, locked. Lock order: the lists before the sensors.
    pub(in crate::sim) fn with_sensor_lists<T>(&self, f: impl FnOnce(&mut SensorLists) -> T) -> T {
        f(&mut self.sensor_lists.lock().expect("no holder of the lock panics"))
    }

    /// Calls `f` with the records of administrators, locked.
    pub(in crate::sim) fn with_admin<T>(&self, f: impl FnOnce(&mut AdminRecords) -> T) -> T {
        let mut admin = self.admin.lock().expect("no holder of the lock panics");
        f(&mut admin)
    }

    /// Calls `f` with the sessions of Live Response, locked, after the check-ins that are due.
    pub(in crate::sim) fn with_live_response<T>(&self, f: impl FnOnce(&mut LiveResponse) -> T) -> T {
        let mut live_response = self.live_response.lock().expect("no holder of the lock panics");
        live_response.update(Instant::now());
        f(&mut live_response)
    }

    /// Returns the faults for a request and uses up one time of each.
    pub(in crate::sim) fn fault_plan(&self, request: &ApiRequest) -> Plan {
        Plan::take_matching(&mut self.state().faults, request)
    }

    /// Adds a fault.
    pub(in crate::sim) fn add_fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Returns the active faults.
    pub(in crate::sim) fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Removes all faults; sensors that ignored requests because of one check in again.
    pub(in crate::sim) fn clear_faults(&self) {
        self.with_live_response(|live| live.resume_checkins(self.options.checkin));
        let mut state = self.state();
        state.faults.clear();
        state.sensors.resume_checkins(self.options.checkin);
    }

    /// Records a request and returns its number, by which `record_status` adds the response.
    pub(in crate::sim) fn record_request(&self, request: &ApiRequest) -> u64 {
        let mut state = self.state();
        let number = state.next_number;
        state.next_number += 1;
        let seen = SeenRequest { method: request.method.clone(), target: request.target.clone(), status: 0 };
        if state.seen_requests.len() >= MAX_SEEN {
            state.seen_requests.pop_front();
        }
        state.seen_requests.push_back((number, seen));
        number
    }

    /// Adds the status of the response to a recorded request.
    pub(in crate::sim) fn record_status(&self, number: u64, status: u16) {
        let mut state = self.state();
        if let Some((_, seen)) = state.seen_requests.iter_mut().rfind(|(other, _)| *other == number) {
            seen.status = status;
        }
    }

    /// Returns the recorded requests, the oldest first.
    pub(in crate::sim) fn seen_requests(&self) -> Vec<SeenRequest> {
        self.state().seen_requests.iter().map(|(_, seen)| seen.clone()).collect()
    }

    /// Clears the recorded requests.
    pub(in crate::sim) fn clear_seen(&self) {
        self.state().seen_requests.clear();
    }

    fn state(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().expect("no holder of the lock panics")
    }
}

/// Returns the delay before a request is executed.
pub(in crate::sim) fn response_delay(options: &Options, plan: &Plan) -> Duration {
    options.latency + plan.delay
}

/// Whether requests from an address may use the control API of the simulation.
pub(in crate::sim) fn may_control(from: IpAddr) -> bool {
    from.to_canonical().is_loopback()
}
