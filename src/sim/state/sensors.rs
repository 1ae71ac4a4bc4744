//! Requests to sensors and their progress. A sensor without requests is as the world has it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::super::{version::Release, world::Host};

/// State of the sensors that have received requests.
#[derive(Debug, Default)]
pub(in crate::sim) struct Sensors {
    states: BTreeMap<u32, SensorState>,
    /// Number of changes, which invalidates cached sensor lists.
    pub(in crate::sim) revision: u64,
}

/// Requested and actual state of a sensor.
#[expect(clippy::struct_excessive_bools, reason = "members of the sensor record")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct SensorState {
    pub(in crate::sim) group: u32,
    pub(in crate::sim) isolation_requested: bool,
    pub(in crate::sim) is_isolating: bool,
    is_uninstalled: bool,
    uninstall: bool,
    restart_queued: bool,
    notes: Option<String>,
    flush: Option<String>,
    /// When the sensor will carry out its requests; `None` if there are none or it never will.
    next_checkin: Option<Instant>,
    /// Whether the sensor accepts requests and never carries them out.
    pub(in crate::sim) ignores_requests: bool,
}

impl Sensors {
    /// Returns the state of a sensor.
    pub(in crate::sim) fn state_of(&self, host: &Host) -> SensorState {
        self.states.get(&host.id).cloned().unwrap_or_else(|| SensorState::initial(host))
    }

    /// Returns whether a sensor checks in: it is installed, and its host is not silent.
    pub(in crate::sim) fn checks_in(&self, host: &Host) -> bool {
        host.silent_for.is_none() && !self.is_uninstalled(host)
    }

    /// Returns whether a sensor is uninstalled, since before the world began or by a request.
    pub(in crate::sim) fn is_uninstalled(&self, host: &Host) -> bool {
        self.states.get(&host.id).map_or(host.uninstalled, SensorState::is_uninstalled)
    }

    /// Returns the group of a sensor.
    pub(in crate::sim) fn group_of(&self, host: &Host) -> u32 {
        self.states.get(&host.id).map_or(host.group, |sensor| sensor.group)
    }

    /// Lets every sensor whose check-in is due carry out its requests.
    pub(in crate::sim) fn check_in_due(&mut self, now: Instant) {
        for sensor in self.states.values_mut() {
            if sensor.check_in(now) {
                self.revision += 1;
            }
        }
    }

    /// Changes the requested state of a sensor, which takes effect at its next check-in, `checkin` from now.
    pub(in crate::sim) fn request_change(
        &mut self,
        host: &Host,
        checkin: Duration,
        change: impl FnOnce(&mut SensorState),
    ) {
        let now = Instant::now();
        self.revision += 1;
        let sensor = self.state_mut(host);
        sensor.check_in(now);
        change(sensor);
        let will_check_in = host.silent_for.is_none() && !sensor.ignores_requests && sensor.has_work();
        sensor.next_checkin = will_check_in.then(|| now + checkin);
    }

    /// Reboots a host: its sensor isolates it again only from the next check-in on, `checkin` from now.
    pub(in crate::sim) fn reboot_host(&mut self, host: &Host, checkin: Duration) {
        let now = Instant::now();
        self.revision += 1;
        let sensor = self.state_mut(host);
        sensor.check_in(now);
        sensor.is_isolating = false;
        let will_check_in = !sensor.ignores_requests && !sensor.is_uninstalled;
        sensor.next_checkin = will_check_in.then(|| now + checkin);
    }

    /// Makes sensors that ignored requests carry them out at a check-in, `checkin` from now.
    pub(in crate::sim) fn resume_checkins(&mut self, checkin: Duration) {
        for sensor in self.states.values_mut().filter(|sensor| sensor.ignores_requests) {
            sensor.ignores_requests = false;
            sensor.next_checkin = (!sensor.is_uninstalled).then(|| Instant::now() + checkin);
        }
    }

    fn state_mut(&mut self, host: &Host) -> &mut SensorState {
        self.states.entry(host.id).or_insert_with(|| SensorState::initial(host))
    }
}

impl SensorState {
    /// Members that servers from 7.1 on accept in a change.
    pub(in crate::sim) const WRITABLE: [&str; 7] = [
        "network_isolation_enabled",
        "restart_queued",
        "uninstall",
        "liveresponse_init",
        "group_id",
        "notes",
        "event_log_flush_time",
    ];

    /// Members of a record that requests to the sensor change.
    pub(in crate::sim) const MEMBERS: [&str; 8] = [
        "group_id",
        "network_isolation_enabled",
        "is_isolating",
        "uninstall",
        "uninstalled",
        "restart_queued",
        "event_log_flush_time",
        "notes",
    ];

    pub(in crate::sim) fn is_uninstalled(&self) -> bool {
        self.is_uninstalled
    }

    /// Returns one of [`Self::MEMBERS`]; `None` for any other.
    pub(in crate::sim) fn member_value(&self, name: &str) -> Option<Value> {
        Some(match name {
            "group_id" => json!(self.group),
            "network_isolation_enabled" => json!(self.isolation_requested),
            "is_isolating" => json!(self.is_isolating),
            "uninstall" => json!(self.uninstall),
            "uninstalled" => json!(self.is_uninstalled.then_some(true)),
            "restart_queued" => json!(self.restart_queued),
            "event_log_flush_time" => json!(self.flush),
            "notes" => json!(self.notes),
            _ => return None,
        })
    }

    /// Takes the writable members of a record and ignores the others. From 6.0 on a flush time must be an RFC 1123 date.
    pub(in crate::sim) fn request(&mut self, body: &Map<String, Value>, release: &Release) {
        let flag = |name: &str, old: bool| match body.get(name) {
            Some(Value::Bool(flag)) => *flag,
            // Servers accept Python's `"True"` too.
            Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
            _ => old,
        };
        self.isolation_requested = flag("network_isolation_enabled", self.isolation_requested);
        self.restart_queued = flag("restart_queued", self.restart_queued);
        self.uninstall = flag("uninstall", self.uninstall);
        if let Some(group) = body.get("group_id").and_then(Value::as_u64) {
            self.group = u32::try_from(group).unwrap_or(self.group);
        }
        match body.get("notes") {
            Some(Value::String(notes)) => self.notes = Some(notes.clone()),
            Some(Value::Null) => self.notes = None,
            _ => {}
        }
        match body.get("event_log_flush_time") {
            // `Wed, 05 Jan 2022 10:01:07 GMT`; other formats are ignored from 6.0 on.
            Some(Value::String(at)) if !release.is_at_least_6() || at.ends_with("GMT") => {
                self.flush = Some(at.clone());
            }
            Some(Value::Null) => self.flush = None,
            _ => {}
        }
    }

    fn initial(host: &Host) -> Self {
        Self {
            group: host.group,
            isolation_requested: host.isolated,
            is_isolating: host.isolated,
            is_uninstalled: host.uninstalled,
            uninstall: host.uninstalled,
            restart_queued: false,
            notes: host.notes.clone(),
            flush: None,
            next_checkin: None,
            ignores_requests: false,
        }
    }

    /// Carries out the requests if the check-in is due; returns whether it was.
    fn check_in(&mut self, now: Instant) -> bool {
        let is_due = self.next_checkin.is_some_and(|at| now >= at);
        if is_due {
            self.next_checkin = None;
            self.is_uninstalled |= self.uninstall;
            self.is_isolating = self.isolation_requested && !self.is_uninstalled;
            self.restart_queued = false;
            self.flush = None;
        }
        is_due
    }

    fn has_work(&self) -> bool {
        let is_asked = self.is_isolating != self.isolation_requested
            || self.restart_queued
            || self.flush.is_some()
            || self.uninstall;
        is_asked && !self.is_uninstalled
    }
}
