//! What is known of the process that was opened and its relatives.

use super::{Remote, Session};
use crate::model::{Process, ProcessId};
use crate::read::Fetch;

impl Session {
    /// The process that was opened, if it is known.
    pub fn opened_process(&self) -> Option<&Process> {
        let summary = self.family.get(&self.opened?)?.current()?;
        Some(&summary.value.process)
    }

    /// Whether a process is known as a relative of the one that was opened.
    pub fn is_relative(&self, id: ProcessId) -> bool {
        let lineage = self
            .lineage
            .held()
            .filter(|known| Some(known.value.subject.id) == self.origin);
        let is_ancestor = lineage.is_some_and(|known| {
            known
                .value
                .ancestors
                .iter()
                .any(|ancestor| ancestor.id == id)
        });
        let mut summaries = self.family.values().filter_map(Remote::held);
        is_ancestor
            || self.family.contains_key(&id)
            || summaries.any(|known| {
                let summary = &known.value;
                let mut relatives = summary
                    .children
                    .iter()
                    .chain(&summary.siblings)
                    .chain(&summary.parent);
                relatives.any(|relative| relative.id == id)
            })
    }

    /// Whether a process may have more children than are known: as many came as were asked for.
    pub fn has_more_children(&self, id: ProcessId) -> bool {
        let remote = self.family.get(&id);
        let known = remote.and_then(|remote| Some((remote.held()?, remote.answered()?)));
        let Some((known, Fetch::Summary { children, .. })) = known else {
            return false;
        };
        let came = known.value.children.len() + known.value.broken;
        u32::try_from(came).is_ok_and(|came| came >= *children)
    }

    /// Whether this is the process whose facts are shown.
    pub(super) fn is_looked_at(&self, id: ProcessId) -> bool {
        self.binary_of.as_ref().is_some_and(|of| of.id == id)
    }
}
