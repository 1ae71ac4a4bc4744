//! The process under examination: its chain, its host and its binary.

use std::sync::Arc;

use super::Cx;
use crate::fetch::{Answer, Fetch};
use crate::model::{Alert, Binary, Md5, Process, ProcessId};
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

    /// Makes this process the subject: its chain is shown.
    pub fn inspect(&mut self, process: Option<&Arc<Process>>) {
        match process {
            Some(process) => self.examine(process, process.id),
            None => self.inspect_nothing(),
        }
    }

    /// Makes this process the subject, shown with the chain of another.
    pub(super) fn examine(&mut self, process: &Arc<Process>, chain_of: ProcessId) {
        let before = self.session.subject.replace(process.clone());
        let chain = Fetch::Lineage { id: chain_of, known: 0 };
        self.want(Slot::Lineage, Some(chain));
        // What its host is like may have changed since it was asked because of another one.
        if before.is_none_or(|before| before.id != process.id) {
            self.fetch(Fetch::Sensor(process.sensor), Urgency::Settled);
        }
    }

    /// Shows the facts of this process, or of none: its host and its file are asked for.
    pub fn look_at(&mut self, process: Option<&Arc<Process>>) {
        let before = std::mem::replace(&mut self.session.looked_at, process.cloned());
        let Some(process) = process else {
            for slot in [Slot::Sensor, Slot::Group, Slot::Binary] {
                self.want(slot, None);
            }
            return self.compare_nothing();
        };
        if self.session.sensor_of(process.sensor).is_none() {
            self.want(Slot::Group, None);
        }
        self.want(Slot::Sensor, Some(Fetch::Sensor(process.sensor)));
        // What did not come for one process is asked for again for the next.
        if before.is_none_or(|before| before.id != process.id)
            && !self.session.binary.is_pending()
            && self.session.binary.current().is_none()
        {
            self.want(Slot::Binary, None);
        }
        self.want(Slot::Binary, process.md5.map(Fetch::Binary));
    }

    fn inspect_nothing(&mut self) {
        self.session.subject = None;
        self.want(Slot::Lineage, None);
    }

    /// Asks again for what is known of the subject, past the cache.
    pub fn refresh(&mut self) {
        self.greet();
        let remotes = [self.session.lineage.asked(), self.session.sensor.asked(), self.session.binary.asked()];
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
        let group = self.session.sensor.current().and_then(|known| known.value.group);
        match group.map(Fetch::Group) {
            Some(fetch) if self.session.group.current().is_some() && self.session.group.asked() == Some(&fetch) => {}
            Some(fetch) => self.fetch(fetch, Urgency::Now),
            None => self.session.group.clear(),
        }
    }
}

/// A chain that is not whole yet is asked for again, from where it stands.
pub(super) fn rest(answer: &Answer) -> Option<Fetch> {
    match answer {
        Answer::Lineage(known) if known.value.is_walking() => {
            Some(Fetch::Lineage { id: known.value.subject.id, known: known.value.ancestors.len() })
        }
        _ => None,
    }
}
