//! The server's memory: the world, which stays, and what clients have done to it, which changes.

use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Options,
    ask::Ask,
    bans::Bans,
    fault::{Fault, Plan},
    hits::Searches,
    intel::Intel,
    release::Release,
    world::{Dice, World},
};

/// A test that asks more often than this has lost its way.
const MOST_SEEN: usize = 100_000;
const SALT_TOKEN: u64 = 0x70cc;

/// Everything a request can need.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) options: Options,
    pub(super) release: Release,
    pub(super) token: String,
    pub(super) world: World,
    /// Results of searches, so that paging is cheap.
    pub(super) searches: Mutex<Searches>,
    /// Alerts as people leave them, watchlists, feeds and reports.
    pub(super) intel: Intel,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug, Default)]
struct State {
    sensors: BTreeMap<u32, SensorState>,
    bans: Bans,
    faults: Vec<Fault>,
    seen: VecDeque<(u64, Seen)>,
    /// The number of the next request.
    next: u64,
}

/// What was asked of one sensor, and how far it has got with it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the sensor's record has them, each with a meaning of its own"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SensorState {
    pub(super) group: u32,
    pub(super) isolation_wanted: bool,
    pub(super) is_isolating: bool,
    pub(super) uninstall: bool,
    pub(super) restart_queued: bool,
    pub(super) notes: Option<String>,
    pub(super) flush: Option<String>,
    /// When it will next act on what is asked; none while there is nothing to do, or if it never will.
    pub(super) acts_at: Option<Instant>,
    /// It takes what it is asked, and does nothing.
    pub(super) is_stubborn: bool,
}

/// A request that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The status it was answered with; 0 while there is no answer, or when there was none.
    pub status: u16,
}

impl Server {
    /// A server with a world of its own.
    pub(super) fn new(options: Options) -> Self {
        let release = Release::new(&options.server_version);
        let token = options
            .token
            .clone()
            .unwrap_or_else(|| Dice::new(options.seed, SALT_TOKEN, 0).hex(40));
        let world = World::new(
            options.seed,
            [options.processes, options.sensors, options.alerts],
            options.clock.now(),
            release.is_6(),
        );
        Self {
            release,
            token,
            searches: Mutex::default(),
            intel: Intel::of(&world, options.index_lag),
            state: Mutex::new(State {
                bans: Bans::of(&world),
                ..State::default()
            }),
            world,
            options,
        }
    }

    /// Looks at the bans, or changes them.
    pub(super) fn bans<T>(&self, look: impl FnOnce(&mut Bans) -> T) -> T {
        look(&mut self.state().bans)
    }

    /// Raises new alerts, and gives their ids.
    pub(super) fn raise(&self, count: u64) -> Vec<String> {
        self.intel
            .raise(&self.world, count, self.now().as_millisecond())
    }

    /// The present.
    pub(super) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// What a sensor was asked and did, after any check-in that was due; none when there is no such sensor.
    pub(super) fn sensor(&self, id: u32) -> Option<SensorState> {
        let mut state = self.state();
        let sensor = state.sensor(self, id)?;
        sensor.check_in();
        Some(sensor.clone())
    }

    /// Changes what a sensor is asked; it acts at its next check-in.
    pub(super) fn ask_sensor(&self, id: u32, change: impl FnOnce(&mut SensorState)) -> Option<()> {
        let is_heard = self.world.fleet.host(id)?.offline.is_none();
        let mut state = self.state();
        let sensor = state.sensor(self, id)?;
        sensor.check_in();
        change(sensor);
        let acts = is_heard && !sensor.is_stubborn && sensor.has_work();
        sensor.acts_at = acts.then(|| Instant::now() + self.options.checkin);
        Some(())
    }

    /// Starts a host again: what its sensor did is over until it checks in.
    pub(super) fn reboot(&self, id: u32) {
        let mut state = self.state();
        if let Some(sensor) = state.sensor(self, id) {
            sensor.check_in();
            sensor.is_isolating = false;
            sensor.acts_at = (!sensor.is_stubborn).then(|| Instant::now() + self.options.checkin);
        }
    }

    /// What goes wrong with a request.
    pub(super) fn plan(&self, ask: &Ask) -> Plan {
        Plan::take(&mut self.state().faults, ask)
    }

    /// Switches a fault on.
    pub(super) fn fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// The faults that are on.
    pub(super) fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Switches all faults off. Sensors that were made to refuse check in again.
    pub(super) fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        for sensor in state
            .sensors
            .values_mut()
            .filter(|sensor| sensor.is_stubborn)
        {
            sensor.is_stubborn = false;
            sensor.acts_at = Some(Instant::now() + self.options.checkin);
        }
    }

    /// Writes a request down; the answer is added when there is one.
    pub(super) fn note(&self, ask: &Ask) -> u64 {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        let seen = Seen {
            method: ask.method.clone(),
            target: ask.target.clone(),
            status: 0,
        };
        if state.seen.len() >= MOST_SEEN {
            state.seen.pop_front();
        }
        state.seen.push_back((number, seen));
        number
    }

    /// Adds the status to a request that was written down.
    pub(super) fn note_status(&self, number: u64, status: u16) {
        let mut state = self.state();
        if let Some((_, seen)) = state.seen.iter_mut().rfind(|(other, _)| *other == number) {
            seen.status = status;
        }
    }

    /// The requests that were seen, the oldest first.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.state()
            .seen
            .iter()
            .map(|(_, seen)| seen.clone())
            .collect()
    }

    /// Forgets the requests that were seen.
    pub(super) fn forget(&self) {
        self.state().seen.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing that holds the lock can panic")
    }
}

impl State {
    fn sensor(&mut self, server: &Server, id: u32) -> Option<&mut SensorState> {
        let host = server.world.fleet.host(id)?;
        Some(self.sensors.entry(id).or_insert_with(|| SensorState {
            group: host.group,
            isolation_wanted: host.isolated,
            is_isolating: host.isolated,
            uninstall: host.uninstalled,
            restart_queued: false,
            notes: host.notes.clone(),
            flush: None,
            acts_at: None,
            is_stubborn: false,
        }))
    }
}

impl SensorState {
    /// Does what is asked, if the time has come.
    fn check_in(&mut self) {
        if self.acts_at.is_some_and(|at| Instant::now() >= at) {
            self.acts_at = None;
            self.is_isolating = self.isolation_wanted;
            self.restart_queued = false;
            self.flush = None;
        }
    }

    fn has_work(&self) -> bool {
        self.is_isolating != self.isolation_wanted || self.restart_queued || self.flush.is_some()
    }
}

/// How long a request waits before anything happens.
pub(super) fn delay(options: &Options, plan: &Plan) -> Duration {
    options.latency + plan.late
}

/// Whether requests from this address may drive the simulation itself.
pub(super) fn may_control(from: IpAddr) -> bool {
    from.to_canonical().is_loopback()
}
