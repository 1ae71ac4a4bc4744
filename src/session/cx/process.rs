//! The process under examination: its chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::fetch::{Answer, Fetch};
use crate::model::{Alert, Binary, Md5, Process, ProcessId};
use crate::session::Awaiting;
use crate::worker::{FetchPolicy, Slot};

impl Cx<'_> {
    /// Makes this alert the one that is looked at.
    pub fn select_alert(&mut self, alert: Option<&Arc<Alert>>) {
        self.session.selection.alert = alert.cloned();
        self.session.alert_state.selected_group = None;
    }

    /// Makes this file the one that is looked at.
    pub fn select_binary(&mut self, binary: Option<&Arc<Binary>>) {
        self.session.selection.binary = binary.cloned();
    }

    /// Asks for the first bytes of a file, unless they are here or on their way.
    pub fn fetch_file_head(&mut self, md5: Md5) {
        /// A header, its sections and the first of its code: what tells a kind of file from another.
        const BYTES: usize = 4_096;
        let fetch = Fetch::FileHead { md5, bytes: BYTES };
        let head = &self.session.details.file_head;
        let is_asked = head.last_question().is_some_and(|asked| *asked == fetch);
        if !is_asked || !head.is_pending() && head.latest().is_none() {
            self.fetch(fetch, FetchPolicy::CacheFirst);
        }
    }

    /// Makes this process the subject: its chain is shown.
    pub fn select_process(&mut self, process: Option<&Arc<Process>>) {
        match process {
            Some(process) => self.select_process_in(process, process.id),
            None => self.clear_subject(),
        }
    }

    /// Makes this process the subject, shown with the chain of another.
    pub(super) fn select_process_in(&mut self, process: &Arc<Process>, chain_of: ProcessId) {
        let before = self.session.selection.process.replace(process.clone());
        let chain = Fetch::Lineage { id: chain_of, n_known_ancestors: 0 };
        self.fetch_details(Slot::Lineage, Some(chain));
        // What its host is like may have changed since it was asked because of another one.
        if before.is_none_or(|before| before.id != process.id) {
            self.fetch(Fetch::Sensor(process.sensor), FetchPolicy::Debounced);
        }
    }

    /// Shows the facts of this process, or of none: its host and its file are asked for.
    pub fn select_binary_of(&mut self, process: Option<&Arc<Process>>) {
        let before = std::mem::replace(&mut self.session.details.process, process.cloned());
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
        // What did not come for one process is asked for again for the next.
        if before.is_none_or(|before| before.id != process.id)
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

    /// Asks again for what is known of the subject, past the cache.
    pub fn refresh_subject(&mut self) {
        self.fetch_server_info();
        let remotes = [
            self.session.details.lineage.last_question(),
            self.session.details.sensor.last_question(),
            self.session.details.binary.last_question(),
        ];
        let asked: Vec<_> = remotes.into_iter().flatten().cloned().collect();
        for fetch in asked {
            let fetch = match fetch {
                Fetch::Lineage { id, .. } => Fetch::Lineage { id, n_known_ancestors: 0 },
                other => other,
            };
            self.fetch(fetch, FetchPolicy::NoCache);
        }
        self.refresh_context();
    }

    /// A sensor names its group by number; the panel names it by name.
    pub(super) fn fetch_subject_group(&mut self) {
        let group = self.session.details.sensor.latest().and_then(|known| known.value.group);
        match group.map(Fetch::SensorGroup) {
            Some(fetch)
                if self.session.details.group.latest().is_some()
                    && self.session.details.group.last_question() == Some(&fetch) => {}
            Some(fetch) => self.fetch(fetch, FetchPolicy::CacheFirst),
            None => self.session.details.group.clear(),
        }
    }
}

/// A chain that is not whole yet is asked for again, from where it stands.
pub(super) fn next_page(answer: &Answer) -> Option<Fetch> {
    match answer {
        Answer::Lineage(known) if known.value.is_walking() => {
            Some(Fetch::Lineage { id: known.value.subject.id, n_known_ancestors: known.value.ancestors.len() })
        }
        _ => None,
    }
}
