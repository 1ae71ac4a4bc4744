//! The process under examination: its chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::model::{Alert, Binary, Md5, Process, ProcessId};
use crate::read::{Answer, Fetch};
use crate::session::Awaiting;
use crate::worker::{Slot, Urgency};

impl Cx<'_> {
    /// Makes this alert the one that is looked at.
    pub fn consider(&mut self, alert: Option<&Arc<Alert>>) {
        self.session.alert = alert.cloned();
        self.session.triage.bundle = None;
    }

    /// Makes this file the one that is looked at.
    pub fn weigh(&mut self, binary: Option<&Arc<Binary>>) {
        self.session.file = binary.cloned();
    }

    /// Asks for the first bytes of a file, unless they are here or on their way.
    pub fn peek(&mut self, md5: Md5) {
        /// A header, its sections and the first of its code: what tells a kind of file from another.
        const BYTES: usize = 4_096;
        let fetch = Fetch::Head { md5, bytes: BYTES };
        let head = &self.session.head;
        let is_asked = head.asked().is_some_and(|asked| *asked == fetch);
        if !is_asked || !head.is_pending() && head.current().is_none() {
            self.fetch(fetch, Urgency::Now);
        }
    }

    /// Makes this process the subject: its chain, its host and its binary are shown.
    pub fn inspect(&mut self, process: Option<&Arc<Process>>) {
        match process {
            Some(process) => self.examine(process, process.id),
            None => self.inspect_nothing(),
        }
    }

    /// Makes this process the subject, shown with the chain of another.
    pub(super) fn examine(&mut self, process: &Arc<Process>, chain_of: ProcessId) {
        let chain = Fetch::Lineage {
            id: chain_of,
            known: 0,
        };
        let asked = self.session.lineage.asked();
        let is_asked = asked.is_some_and(|asked| asked.is_same_question(&chain));
        let before = self.session.subject.replace(process.clone());
        let before = before.filter(|before| before.id == process.id);
        if is_asked
            && before
                .as_ref()
                .is_some_and(|before| Arc::ptr_eq(before, process))
        {
            return;
        }
        if !is_asked {
            self.fetch(chain, Urgency::Settled);
        }
        if before.is_none() {
            self.fetch(Fetch::Sensor(process.sensor), Urgency::Settled);
            self.look_at(process);
        } else if self.session.is_looked_at(process.id) {
            // Its document may have been completed since.
            self.look_at(process);
        }
    }

    /// Shows the binary of this process: the subject, or one of its relatives.
    pub fn look_at(&mut self, process: &Arc<Process>) {
        let before = self.session.binary_of.replace(process.clone());
        if before.is_some_and(|before| before.id == process.id && before.md5 == process.md5) {
            return;
        }
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
        self.compare_nothing();
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
        self.put_in_context_again();
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
