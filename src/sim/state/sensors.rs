//! What was asked of sensors, and how far they have got with it. A sensor that nobody has touched is as its world has it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::super::world::Host;

/// All sensors that somebody has asked something of.
#[derive(Debug, Default)]
pub(in crate::sim) struct Sensors {
    states: BTreeMap<u32, SensorState>,
    /// Counts the changes, so that an order of sensors is not taken for that of a later moment.
    pub(in crate::sim) revision: u64,
}

/// What was asked of one sensor, and how far it has got with it.
#[expect(clippy::struct_excessive_bools, reason = "the sensor's record has them, each with a meaning of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct SensorState {
    pub(in crate::sim) group: u32,
    pub(in crate::sim) isolation_wanted: bool,
    pub(in crate::sim) is_isolating: bool,
    pub(in crate::sim) uninstall: bool,
    pub(in crate::sim) restart_queued: bool,
    pub(in crate::sim) notes: Option<String>,
    pub(in crate::sim) flush: Option<String>,
    /// When it will next act on what is asked; none while there is nothing to do, or if it never will.
    next_checkin: Option<Instant>,
    /// It takes what it is asked, and does nothing.
    pub(in crate::sim) ignores_requests: bool,
}

impl Sensors {
    /// What a sensor was asked and did.
    pub(in crate::sim) fn state_of(&self, host: &Host) -> SensorState {
        self.states.get(&host.id).cloned().unwrap_or_else(|| SensorState::initial(host))
    }

    /// The group a sensor is in.
    pub(in crate::sim) fn group_of(&self, host: &Host) -> u32 {
        self.states.get(&host.id).map_or(host.group, |sensor| sensor.group)
    }

    /// Lets every sensor act whose check-in was due by now.
    pub(in crate::sim) fn check_in_due(&mut self, now: Instant) {
        for sensor in self.states.values_mut() {
            if sensor.check_in(now) {
                self.revision += 1;
            }
        }
    }

    /// Changes what a sensor is asked; it acts at its next check-in.
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
        let acts = host.silent_for.is_none() && !sensor.ignores_requests && sensor.has_work();
        sensor.next_checkin = acts.then(|| now + checkin);
    }

    /// Starts a host again: what its sensor did is over until it checks in.
    pub(in crate::sim) fn reboot_host(&mut self, host: &Host, checkin: Duration) {
        let now = Instant::now();
        self.revision += 1;
        let sensor = self.state_mut(host);
        sensor.check_in(now);
        sensor.is_isolating = false;
        sensor.next_checkin = (!sensor.ignores_requests).then(|| now + checkin);
    }

    /// Sensors that were made to refuse check in again.
    pub(in crate::sim) fn resume_checkins(&mut self, checkin: Duration) {
        let stubborn = self.states.values_mut();
        for sensor in stubborn.filter(|sensor| sensor.ignores_requests) {
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
            isolation_wanted: host.isolated,
            is_isolating: host.isolated,
            uninstall: host.uninstalled,
            restart_queued: false,
            notes: host.notes.clone(),
            flush: None,
            next_checkin: None,
            ignores_requests: false,
        }
    }

    /// Does what is asked, if the time has come.
    fn check_in(&mut self, now: Instant) -> bool {
        let is_due = self.next_checkin.is_some_and(|at| now >= at);
        if is_due {
            self.next_checkin = None;
            self.is_isolating = self.isolation_wanted;
            self.restart_queued = false;
            self.flush = None;
        }
        is_due
    }

    fn has_work(&self) -> bool {
        self.is_isolating != self.isolation_wanted || self.restart_queued || self.flush.is_some()
    }
}
