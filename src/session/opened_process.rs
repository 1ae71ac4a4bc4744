//! The process that was opened, and its relatives.

use std::collections::BTreeMap;

use super::{Remote, Session, Timeline};
use crate::fetch::Fetch;
use crate::model::{Process, ProcessId, Summary};

/// The process that was opened, with its relatives and events.
#[derive(Debug, Default)]
pub struct OpenedProcess {
    pub id: Option<ProcessId>,
    /// The process whose parent chain is known: the opened one, or a relative that was opened before it.
    pub chain_start: Option<ProcessId>,
    /// Parents, children and siblings of the opened process and of each relative that was expanded.
    pub relatives: BTreeMap<ProcessId, Remote<Summary>>,
    pub timeline: Timeline,
}

impl Session {
    /// The process that was opened, as far as it is known: by its own answer, by that of a relative, or by the row that it
    /// was opened from.
    pub fn find_opened(&self) -> Option<&Process> {
        let opened = self.opened.id?;
        let own = self.opened.relatives.get(&opened).and_then(Remote::latest);
        let own = own.map(|known| &known.value.process);
        let row = self.selection.process.as_deref().filter(|row| row.id == opened);
        own.or_else(|| self.find_relative(opened)).or(row)
    }

    /// Whether a process is known as a relative of the one that was opened.
    pub fn is_relative(&self, id: ProcessId) -> bool {
        self.opened.relatives.contains_key(&id) || self.find_relative(id).is_some()
    }

    /// A process as the answers about its relatives have it.
    fn find_relative(&self, id: ProcessId) -> Option<&Process> {
        let chain = self.opened.chain_start.and_then(|origin| self.lineage_of(origin));
        let chain = chain.and_then(Remote::latest).into_iter();
        let ancestors = chain.flat_map(|known| &known.value.ancestors);
        let summaries = self.opened.relatives.values().filter_map(Remote::latest);
        let mentioned = summaries.flat_map(|known| {
            let summary = &known.value;
            let children = summary.children.iter().chain(&summary.siblings);
            children.chain(&summary.parent)
        });
        let mut relatives = ancestors.map(AsRef::as_ref).chain(mentioned);
        relatives.find(|relative| relative.id == id)
    }

    /// Whether a process may have more children than are known: as many came as were asked for.
    pub fn has_more_children(&self, id: ProcessId) -> bool {
        let remote = self.opened.relatives.get(&id);
        let known = remote.and_then(|remote| Some((remote.latest()?, remote.answered_question()?)));
        let Some((known, Fetch::Summary { children, .. })) = known else {
            return false;
        };
        let came = known.value.children.len() + known.value.n_unreadable;
        u32::try_from(came).is_ok_and(|came| came >= *children)
    }
}
