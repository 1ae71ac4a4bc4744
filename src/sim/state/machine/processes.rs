//! Processes that run on a host.

use crate::model::ProcessId;
use crate::sim::world::{Os, Parentage, Process};

/// A running process.
#[derive(Clone, Debug)]
pub(in crate::sim) struct RunningProcess {
    pub(in crate::sim) pid: u32,
    pub(in crate::sim) id: ProcessId,
    pub(in crate::sim) parent_pid: u32,
    pub(in crate::sim) parent: ProcessId,
    /// In lower case on Windows; empty for the system.
    pub(in crate::sim) path: String,
    pub(in crate::sim) command_line: String,
    pub(in crate::sim) user: String,
    pub(in crate::sim) sid: String,
    /// In milliseconds since 1970, host's clock.
    pub(in crate::sim) start: i64,
    /// Whether no command can end it.
    pub(in crate::sim) is_protected: bool,
}

impl RunningProcess {
    /// Returns a process of the world as the sensor lists it.
    pub(super) fn from_world(process: Process<'_>) -> Self {
        let (parent, parent_pid) = match process.parent() {
            Parentage::Known(parent) => (parent.id(), parent.pid()),
            Parentage::Unseen(id) => (id, id.pid().unwrap_or(0)),
        };
        let is_windows = process.host().os == Os::Windows;
        let user = process.user();
        let is_system = process.pid() <= 4;
        let path = if is_system && is_windows { String::new() } else { process.path().into_owned() };
        let is_sensor = ["cb.exe", "cbdaemon", "cbosxsensorservice"].contains(&process.name().to_lowercase().as_str());
        Self {
            pid: process.pid(),
            id: process.id(),
            parent_pid,
            parent,
            command_line: if is_system && is_windows { String::new() } else { process.cmdline().into_owned() },
            user: match &*user {
                "SYSTEM" | "LOCAL SERVICE" | "NETWORK SERVICE" => format!(r"NT AUTHORITY\{user}"),
                user => user.to_owned(),
            },
            sid: process.uid().to_lowercase(),
            start: process.start(),
            path: if is_windows { path.to_lowercase() } else { path },
            is_protected: is_system || is_sensor,
        }
    }

    /// Creates a process that the sensor has started at a time in milliseconds since 1970.
    pub(super) fn started_by_sensor(running: &[Self], pid: u32, path: String, command_line: &str, at: i64) -> Self {
        let sensor = running.iter().find(|process| process.is_protected && process.pid > 4).or_else(|| running.first());
        let host = sensor.map_or(0, |sensor| u32::try_from(sensor.id.sensor().0).unwrap_or(0));
        let ticks = u64::try_from((at + 11_644_473_600_000) * 10_000).unwrap_or(0);
        Self {
            pid,
            id: ProcessId::new(host, pid, ticks),
            parent_pid: sensor.map_or(0, |sensor| sensor.pid),
            parent: sensor.map_or(ProcessId::new(host, u32::MAX, 0), |sensor| sensor.id),
            path,
            command_line: command_line.to_owned(),
            user: sensor.map_or_else(String::new, |sensor| sensor.user.clone()),
            sid: sensor.map_or_else(String::new, |sensor| sensor.sid.clone()),
            start: at,
            is_protected: false,
        }
    }
}
