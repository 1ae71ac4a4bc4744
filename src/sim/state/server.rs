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
        request::Ask,
    },
    search::run::Searches,
    version::Release,
    world::{Dice, Traits, World},
};
use super::{
    admin::Desk,
    bans::Bans,
    detections::Intel,
    sensor_list::{Question, Roster, Rosters},
    sensors::Sensors,
};

/// A test that asks more often than this has lost its way.
const MOST_SEEN: usize = 100_000;
const SALT_TOKEN: u64 = 0x70cc;

/// Everything a request can need.
#[derive(Debug)]
pub(in crate::sim) struct Server {
    pub(in crate::sim) options: Options,
    pub(in crate::sim) release: Release,
    pub(in crate::sim) token: String,
    pub(in crate::sim) world: World,
    /// Results of searches, so that paging is cheap.
    pub(in crate::sim) searches: Mutex<Searches>,
    /// Alerts as people leave them, watchlists, feeds and reports.
    pub(in crate::sim) intel: Intel,
    /// Orders of sensors, so that paging is cheap.
    rosters: Mutex<Rosters>,
    /// Groups, people and what else administrators change. Whoever holds it may look at sensors, and not the other way
    /// round.
    desk: Mutex<Desk>,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug, Default)]
struct State {
    sensors: Sensors,
    bans: Bans,
    faults: Vec<Fault>,
    seen: VecDeque<(u64, Seen)>,
    /// The number of the next request.
    next: u64,
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
    pub(in crate::sim) fn new(options: Options) -> Self {
        let release = Release::new(&options.server_version);
        let token = options.token.clone().unwrap_or_else(|| Dice::new(options.seed, SALT_TOKEN, 0).hex(40));
        let world = World::new(
            options.seed,
            [options.processes, options.sensors, options.alerts],
            options.clock.now(),
            Traits { has_time_segments: release.is_6(), is_hostile: options.hostile },
        );
        Self {
            release,
            token,
            searches: Mutex::default(),
            intel: Intel::of(&world, options.index_lag),
            rosters: Mutex::default(),
            desk: Mutex::new(Desk::of(&world)),
            state: Mutex::new(State { bans: Bans::of(&world), ..State::default() }),
            world,
            options,
        }
    }

    /// Looks at the bans, or changes them.
    pub(in crate::sim) fn bans<T>(&self, look: impl FnOnce(&mut Bans) -> T) -> T {
        look(&mut self.state().bans)
    }

    /// Raises new alerts, and gives their ids.
    pub(in crate::sim) fn raise(&self, count: u64) -> Vec<String> {
        self.intel.raise(&self.world, count, self.now().as_millisecond())
    }

    /// The present.
    pub(in crate::sim) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// What sensors were asked and did, after any check-in that was due.
    pub(in crate::sim) fn sensors<T>(&self, look: impl FnOnce(&mut Sensors) -> T) -> T {
        let sensors = &mut self.state().sensors;
        sensors.settle(Instant::now());
        look(sensors)
    }

    /// Sensors in the order that a question asks for.
    pub(in crate::sim) fn roster(&self, question: Question) -> Arc<Roster> {
        let mut rosters = self.rosters.lock().expect("nothing that holds the lock can panic");
        rosters.of(self, question)
    }

    /// Looks at what administrators have made, or changes it.
    pub(in crate::sim) fn desk<T>(&self, look: impl FnOnce(&mut Desk) -> T) -> T {
        let mut desk = self.desk.lock().expect("nothing that holds the lock can panic");
        look(&mut desk)
    }

    /// What goes wrong with a request.
    pub(in crate::sim) fn plan(&self, ask: &Ask) -> Plan {
        Plan::take(&mut self.state().faults, ask)
    }

    /// Switches a fault on.
    pub(in crate::sim) fn fault(&self, fault: Fault) {
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
        state.sensors.relent(self.options.checkin);
    }

    /// Writes a request down; the answer is added when there is one.
    pub(in crate::sim) fn note(&self, ask: &Ask) -> u64 {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        let seen = Seen { method: ask.method.clone(), target: ask.target.clone(), status: 0 };
        if state.seen.len() >= MOST_SEEN {
            state.seen.pop_front();
        }
        state.seen.push_back((number, seen));
        number
    }

    /// Adds the status to a request that was written down.
    pub(in crate::sim) fn note_status(&self, number: u64, status: u16) {
        let mut state = self.state();
        if let Some((_, seen)) = state.seen.iter_mut().rfind(|(other, _)| *other == number) {
            seen.status = status;
        }
    }

    /// The requests that were seen, the oldest first.
    pub(in crate::sim) fn seen(&self) -> Vec<Seen> {
        self.state().seen.iter().map(|(_, seen)| seen.clone()).collect()
    }

    /// Forgets the requests that were seen.
    pub(in crate::sim) fn forget(&self) {
        self.state().seen.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing that holds the lock can panic")
    }
}

/// How long a request waits before anything happens.
pub(in crate::sim) fn delay(options: &Options, plan: &Plan) -> Duration {
    options.latency + plan.late
}

/// Whether requests from this address may drive the simulation itself.
pub(in crate::sim) fn may_control(from: IpAddr) -> bool {
    from.to_canonical().is_loopback()
}
