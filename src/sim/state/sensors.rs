//! Requests to sensors and their progress. A sensor without requests is as the world has it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::super::world::Host;

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
    pub(in crate::sim) uninstall: bool,
    pub(in crate::sim) restart_queued: bool,
    pub(in crate::sim) notes: Option<String>,
    pub(in crate::sim) flush: Option<String>,
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
        sensor.next_checkin = (!sensor.ignores_requests).then(|| now + checkin);
    }

    /// Makes sensors that ignored requests carry them out at a check-in, `checkin` from now.
    pub(in crate::sim) fn resume_checkins(&mut self, checkin: Duration) {
        for sensor in self.states.values_mut().filter(|sensor| sensor.ignores_requests) {
            sensor.ignores_requests = false;
            sensor.next_checkin = Some(Instant::now() + checkin);
        }
    }

    fn state_mut(&mut self, host: &Host) -> &mut SensorState {
        self.states.entry(host.id).or_insert_with(|| SensorState::initial(host))
    }
}

impl SensorState {
    fn initial(host: &Host) -> Self {
        Self {
            group: host.group,
            isolation_requested: host.isolated,
            is_isolating: host.isolated,
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
            self.is_isolating = self.isolation_requested;
            self.restart_queued = false;
            self.flush = None;
        }
        is_due
    }

    fn has_work(&self) -> bool {
        self.is_isolating != self.isolation_requested || self.restart_queued || self.flush.is_some()
    }
}
