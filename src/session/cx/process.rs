//! The selected process: its parent chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::fetch::{Answer, BinaryFetch, FileHeadFetch, LineageFetch, SensorFetch, SensorGroupFetch};
use crate::model::{Alert, Binary, Lineage, Md5, Process, ProcessId};
use crate::session::{RemoteState, slots};
use crate::worker::{FetchPolicy, Slot};

/// The operations on the selected and the opened process.
#[derive(Debug)]
pub struct ProcessCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl ProcessCx<'_, '_> {
    /// Selects an alert.
    pub fn select_alert(&mut self, alert: Option<&Arc<Alert>>) {
        self.cx.session.selection.alert = alert.cloned();
        self.cx.session.alert_state.selected_group = None;
    }

    /// Selects a binary.
    pub fn select_binary(&mut self, binary: Option<&Arc<Binary>>) {
        self.cx.session.selection.binary = binary.cloned();
    }

    /// Fetches the first bytes of a file, unless they are there or pending.
    pub fn fetch_file_head(&mut self, md5: Md5) {
        /// Enough for a header, its sections and the first code, which identify the file type.
        const HEAD_BYTES: usize = 4_096;
        let question = FileHeadFetch { md5, bytes: HEAD_BYTES };
        let head = self.cx.session.value_of(slots::FILE_HEAD, &question);
        if head.is_none_or(|head| !head.is_pending() && !head.has_answer()) {
            self.cx.requests().fetch(slots::FILE_HEAD, question, FetchPolicy::CacheFirst);
        }
    }

    /// Selects a process and fetches its parent chain.
    pub fn select_process(&mut self, process: Option<&Arc<Process>>) {
        match process {
            Some(process) => self.select_process_in(process, process.id),
            None => self.clear_subject(),
        }
    }

    /// Selects a process, shown in the parent chain of `chain_of`.
    pub(super) fn select_process_in(&mut self, process: &Arc<Process>, chain_of: ProcessId) {
        let previous = self.cx.session.selection.process.replace(process.clone());
        self.cx.details().fetch_details(slots::LINEAGE, Some(LineageFetch::new(chain_of)));
        // The sensor's state may have changed since it was fetched for another process.
        if previous.is_none_or(|previous| previous.id != process.id) {
            self.cx.requests().fetch(slots::SENSOR, SensorFetch(process.sensor), FetchPolicy::Debounced);
        }
    }

    /// Shows the details of a process and fetches its sensor and binary; `None` clears them.
    pub fn select_binary_of(&mut self, process: Option<&Arc<Process>>) {
        let previous = std::mem::replace(&mut self.cx.session.selection.details_process, process.cloned());
        let Some(process) = process else {
            for slot in [Slot::Sensor, Slot::SensorGroup, Slot::Binary] {
                self.cx.details().clear_slot(slot);
            }
            return self.cx.alerts().clear_context();
        };
        if self.cx.session.sensor_of(process.sensor).is_none() {
            self.cx.details().clear_slot(Slot::SensorGroup);
        }
        self.cx.details().fetch_details(slots::SENSOR, Some(SensorFetch(process.sensor)));
        // A binary that failed for the previous process is requested again for this one.
        if previous.is_none_or(|previous| previous.id != process.id)
            && !self.cx.session.values.is_pending(Slot::Binary)
            && self.cx.session.values.latest(slots::BINARY).is_none()
        {
            self.cx.details().clear_slot(Slot::Binary);
        }
        self.cx.details().fetch_details(slots::BINARY, process.md5.map(BinaryFetch));
    }

    fn clear_subject(&mut self) {
        self.cx.session.selection.process = None;
        self.cx.details().clear_slot(Slot::Lineage);
    }

    /// Refreshes the details of the selected process, past the cache.
    pub fn refresh_subject(&mut self) {
        self.cx.requests().fetch_server_info();
        for slot in [Slot::Lineage, Slot::Sensor, Slot::Binary] {
            self.cx.requests().refresh(slot, FetchPolicy::NoCache);
        }
        self.cx.alerts().refresh_context();
    }

    /// Fetches the group of the sensor, since the sensor record has only its id and the details show its name.
    pub(super) fn fetch_subject_group(&mut self) {
        let values = &self.cx.session.values;
        let group = values.latest(slots::SENSOR).and_then(|fetched| fetched.value.group);
        match group.map(SensorGroupFetch) {
            Some(question)
                if values.latest(slots::SENSOR_GROUP).is_some()
                    && values.question(slots::SENSOR_GROUP) == Some(&question) => {}
            Some(question) => self.cx.requests().fetch(slots::SENSOR_GROUP, question, FetchPolicy::CacheFirst),
            None => self.cx.session.values.get_mut(slots::SENSOR_GROUP).clear(),
        }
    }
}

/// Returns the question for the next part of a parent chain that is still being walked.
pub(super) fn next_part(answer: &Answer) -> Option<LineageFetch> {
    let lineage = answer.get::<Lineage>()?.value;
    let next = LineageFetch { id: lineage.subject.id, n_known_ancestors: lineage.ancestors.len() };
    lineage.is_walking().then_some(next)
}
