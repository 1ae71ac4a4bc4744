//! The process under examination: its chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::model::{Alert, Process, ProcessId};
use crate::read::{Answer, Fetch};
use crate::session::Awaiting;
use crate::worker::{Slot, Urgency};

impl Cx<'_> {
    /// Opens a process: what is known of it and its relatives is asked for, and it becomes the subject.
    pub fn open(&mut self, id: ProcessId) {
        let is_relative = self.session.family.contains_key(&id);
        if !is_relative {
            for slot in self.session.values() {
                if matches!(slot, Slot::Summary(_)) {
                    self.cancel(slot);
                }
            }
            self.session.family.clear();
        }
        self.session.opened = Some(id);
        let remote = self.session.family.entry(id).or_default();
        if remote.current().is_some() || remote.is_pending() {
            self.attend(id);
        } else {
            self.fetch(Fetch::summary(id), Urgency::Now);
        }
    }

    /// Asks again for what is known of the opened process, past the cache.
    pub fn reopen(&mut self) {
        if let Some(id) = self.session.opened {
            self.fetch(Fetch::summary(id), Urgency::Fresh);
        }
        self.refresh();
    }

    /// The process that was opened is known: it becomes the subject.
    pub(super) fn attend(&mut self, id: ProcessId) {
        if self.session.opened != Some(id) {
            return;
        }
        let summary = self.session.family.get(&id);
        let known = summary.and_then(|summary| summary.current());
        if let Some(process) = known.map(|known| Arc::new(known.value.process.clone())) {
            self.inspect(Some(&process));
        }
    }

    /// Makes this alert the one that is looked at.
    pub fn consider(&mut self, alert: Option<&Arc<Alert>>) {
        self.session.alert = alert.cloned();
    }

    /// Makes this process the subject: its chain, its host and its binary are shown.
    pub fn inspect(&mut self, process: Option<&Arc<Process>>) {
        let Some(process) = process else {
            return self.inspect_nothing();
        };
        if self
            .session
            .subject
            .as_ref()
            .is_some_and(|subject| Arc::ptr_eq(subject, process))
        {
            return;
        }
        let (id, sensor) = (process.id, process.sensor);
        let is_same = self
            .session
            .subject
            .as_ref()
            .is_some_and(|subject| subject.id == id);
        self.session.subject = Some(process.clone());
        if is_same {
            // Its document may have been completed since.
            let binary_of = self.session.binary_of.as_ref();
            if binary_of.is_some_and(|of| of.id == id && of.md5 != process.md5) {
                self.session.binary_of = None;
                self.look_at(process);
            }
            return;
        }
        self.fetch(Fetch::Lineage { id, known: 0 }, Urgency::Settled);
        self.fetch(Fetch::Sensor(sensor), Urgency::Settled);
        self.look_at(process);
    }

    /// Shows the binary of this process: the subject, or one of its ancestors.
    pub fn look_at(&mut self, process: &Arc<Process>) {
        if self
            .session
            .binary_of
            .as_ref()
            .is_some_and(|of| of.id == process.id)
        {
            return;
        }
        self.session.binary_of = Some(process.clone());
        if let Some(md5) = process.md5 {
            self.fetch(Fetch::Binary(md5), Urgency::Settled);
        } else {
            self.cancel(Slot::Binary);
            self.session.binary.clear();
        }
    }

    fn inspect_nothing(&mut self) {
        if self.session.subject.take().is_none() {
            return;
        }
        for slot in [Slot::Lineage, Slot::Sensor, Slot::Group, Slot::Binary] {
            self.cancel(slot);
        }
        self.session.lineage.clear();
        self.session.sensor.clear();
        self.session.group.clear();
        self.session.binary.clear();
        self.session.binary_of = None;
    }

    /// Asks again for what is known of the subject, past the cache.
    pub fn refresh(&mut self) {
        self.greet();
        let remotes = [
            self.session.lineage.asked(),
            self.session.sensor.asked(),
            self.session.binary.asked(),
        ];
        let asked: Vec<_> = remotes.into_iter().flatten().cloned().collect();
        for fetch in asked {
            let fetch = match fetch {
                Fetch::Lineage { id, .. } => Fetch::Lineage { id, known: 0 },
                other => other,
            };
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// A sensor names its group by number; the panel names it by name.
    pub(super) fn ask_group(&mut self) {
        let group = self
            .session
            .sensor
            .current()
            .and_then(|known| known.value.group);
        match group.map(Fetch::Group) {
            Some(fetch)
                if self.session.group.current().is_some()
                    && self.session.group.asked() == Some(&fetch) => {}
            Some(fetch) => self.fetch(fetch, Urgency::Now),
            None => self.session.group.clear(),
        }
    }
}

/// A chain that is not whole yet is asked for again, from where it stands.
pub(super) fn rest(answer: &Answer) -> Option<Fetch> {
    match answer {
        Answer::Lineage(known) if known.value.is_walking() => Some(Fetch::Lineage {
            id: known.value.subject.id,
            known: known.value.ancestors.len(),
        }),
        _ => None,
    }
}
