//! The selected process: its parent chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::fetch::{Answer, Fetch};
use crate::model::{Alert, Binary, Md5, Process, ProcessId};
use crate::session::RemoteState;
use crate::worker::{FetchPolicy, Slot};

impl Cx<'_> {
    /// Selects an alert.
    pub fn select_alert(&mut self, alert: Option<&Arc<Alert>>) {
        self.session.selection.alert = alert.cloned();
        self.session.alert_state.selected_group = None;
    }

    /// Selects a binary.
    pub fn select_binary(&mut self, binary: Option<&Arc<Binary>>) {
        self.session.selection.binary = binary.cloned();
    }

    /// Fetches the first bytes of a file, unless they are there or pending.
    pub fn fetch_file_head(&mut self, md5: Md5) {
        /// Enough for a header, its sections and the first code, which identify the file type.
        const HEAD_BYTES: usize = 4_096;
        let fetch = Fetch::FileHead { md5, bytes: HEAD_BYTES };
        let head = &self.session.details.file_head;
        let is_requested = head.last_question().is_some_and(|question| *question == fetch);
        if !is_requested || !head.is_pending() && head.latest().is_none() {
            self.fetch(fetch, FetchPolicy::CacheFirst);
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
        let previous = self.session.selection.process.replace(process.clone());
        let chain = Fetch::Lineage { id: chain_of, n_known_ancestors: 0 };
        self.fetch_details(Slot::Lineage, Some(chain));
        // The sensor's state may have changed since it was fetched for another process.
        if previous.is_none_or(|previous| previous.id != process.id) {
            self.fetch(Fetch::Sensor(process.sensor), FetchPolicy::Debounced);
        }
    }

    /// Shows the details of a process and fetches its sensor and binary; `None` clears them.
    pub fn select_binary_of(&mut self, process: Option<&Arc<Process>>) {
        let previous = std::mem::replace(&mut self.session.details.process, process.cloned());
        let Some(process) = process else {
            for slot in [Slot::Sensor, Slot::SensorGroup, Slot::Binary] {
                self.fetch_details(slot, None);
            }
            return self.clear_context();
        };
        if self.session.sensor_of(process.sensor).is_none() {
            self.fetch_details(Slot::SensorGroup, None);
        }
        self.fetch_details(Slot::Sensor, Some(Fetch::Sensor(process.sensor)));
        // A binary that failed for the previous process is requested again for this one.
        if previous.is_none_or(|previous| previous.id != process.id)
            && !self.session.details.binary.is_pending()
            && self.session.details.binary.latest().is_none()
        {
            self.fetch_details(Slot::Binary, None);
        }
        self.fetch_details(Slot::Binary, process.md5.map(Fetch::Binary));
    }

    fn clear_subject(&mut self) {
        self.session.selection.process = None;
        self.fetch_details(Slot::Lineage, None);
    }

    /// Refreshes the details of the selected process, past the cache.
    pub fn refresh_subject(&mut self) {
        self.fetch_server_info();
        let remotes = [
            self.session.details.lineage.last_question(),
            self.session.details.sensor.last_question(),
            self.session.details.binary.last_question(),
        ];
        let questions: Vec<_> = remotes.into_iter().flatten().cloned().collect();
        for fetch in questions {
            let fetch = match fetch {
                Fetch::Lineage { id, .. } => Fetch::Lineage { id, n_known_ancestors: 0 },
                other => other,
            };
            self.fetch(fetch, FetchPolicy::NoCache);
        }
        self.refresh_context();
    }

    /// Fetches the group of the sensor, since the sensor record has only its id and the details show its name.
    pub(super) fn fetch_subject_group(&mut self) {
        let group = self.session.details.sensor.latest().and_then(|fetched| fetched.value.group);
        match group.map(Fetch::SensorGroup) {
            Some(fetch)
                if self.session.details.group.latest().is_some()
                    && self.session.details.group.last_question() == Some(&fetch) => {}
            Some(fetch) => self.fetch(fetch, FetchPolicy::CacheFirst),
            None => self.session.details.group.clear(),
        }
    }
}

/// Returns the request for the next part of a parent chain that is still being walked.
pub(super) fn next_page(answer: &Answer) -> Option<Fetch> {
    match answer {
        Answer::Lineage(fetched) if fetched.value.is_walking() => {
            Some(Fetch::Lineage { id: fetched.value.subject.id, n_known_ancestors: fetched.value.ancestors.len() })
        }
        _ => None,
    }
}
