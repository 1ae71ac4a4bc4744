//! Sessions of Live Response, and the computers that they reach (reference 2.17).

mod killed_processes;
mod session;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::super::world::{Host, World};
use super::machine::Machine;

pub(in crate::sim) use killed_processes::KilledProcesses;
pub(in crate::sim) use session::{
    CommandRecord, LiveSession, QueuedCommand, SESSION_TIMEOUT, SessionState, StoredFile,
};

/// Limit of the open sessions of a server.
const MAX_OPEN: usize = 10;
/// Limit of the closed sessions that are remembered.
const MAX_CLOSED: usize = 200;

/// All sessions, and the computers of the hosts that have had one.
#[derive(Debug, Default)]
pub(in crate::sim) struct LiveResponse {
    /// The oldest first.
    pub(in crate::sim) sessions: Vec<LiveSession>,
    machines: BTreeMap<u32, Machine>,
    last_id: u64,
}

/// Why no session was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Rejection {
    /// The sensor has a session.
    Busy,
    /// The server has its limit of sessions.
    TooMany,
}

/// Settings of a new session.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct SessionSettings {
    pub(in crate::sim) check_in_timeout: u64,
    pub(in crate::sim) sensor_wait_timeout: u64,
    /// When the sensor checks in; `None`: never.
    pub(in crate::sim) checkin: Option<Duration>,
    /// In seconds since 1970.
    pub(in crate::sim) created: f64,
}

impl LiveResponse {
    /// Lets sensors check in whose time has come, and ends sessions whose limits have passed.
    pub(in crate::sim) fn update(&mut self, now: Instant) {
        for session in &mut self.sessions {
            session.update(now);
        }
        while self.sessions.len() > MAX_CLOSED {
            let Some(at) = self.sessions.iter().position(|session| !session.is_open()) else {
                break;
            };
            self.sessions.remove(at);
        }
    }

    /// Opens a session with a host, pending until its sensor checks in. Returns its number.
    pub(in crate::sim) fn open(&mut self, host: &Host, settings: SessionSettings) -> Result<u64, Rejection> {
        let open = || self.sessions.iter().filter(|session| session.is_open());
        if open().any(|session| session.sensor == host.id) {
            return Err(Rejection::Busy);
        }
        if open().count() >= MAX_OPEN {
            return Err(Rejection::TooMany);
        }
        self.last_id += 1;
        self.sessions.push(LiveSession::new(self.last_id, host.id, settings, Instant::now()));
        Ok(self.last_id)
    }

    /// Returns a session, open or closed.
    pub(in crate::sim) fn session(&mut self, id: u64) -> Option<&mut LiveSession> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    /// Takes the command whose time has come first: the numbers of session, sensor and command. A session that has ended
    /// drops its commands.
    pub(in crate::sim) fn take_due(&mut self, now: Instant) -> Option<(u64, u32, u64, QueuedCommand)> {
        let sessions = self.sessions.iter_mut().filter(|session| session.is_open());
        let due = sessions.flat_map(|session| {
            let (id, sensor) = (session.id, session.sensor);
            // Commands are carried out in their order, so that only the newest ones are queued.
            let queued = session.commands.iter_mut().rev().take_while(|run| run.queued.is_some() || run.is_canceled);
            queued.filter(move |run| run.ready_at <= now && !run.is_canceled).map(move |run| (id, sensor, run))
        });
        let (id, sensor, run) = due.min_by_key(|(.., run)| (run.ready_at, run.id))?;
        Some((id, sensor, run.id, run.queued.take()?))
    }

    /// Returns the computer of a host, which is as the world has it the first time.
    pub(in crate::sim) fn machine(&mut self, world: &World, host: &Host) -> &mut Machine {
        self.machines.entry(host.id).or_insert_with(|| Machine::from_world(world, host))
    }

    /// Lets the sensors check in that ignored a session because of a fault, `checkin` from now.
    pub(in crate::sim) fn resume_checkins(&mut self, checkin: Duration) {
        for session in self.sessions.iter_mut().filter(|session| session.ignores_checkin) {
            session.ignores_checkin = false;
            session.active_at = Some(Instant::now() + checkin);
        }
    }
}
