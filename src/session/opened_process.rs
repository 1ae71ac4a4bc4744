//! The process that was opened, and its relatives.

use std::collections::BTreeMap;

use super::{Remote, Session, Timeline, slots};
use crate::fetch::SummaryFetch;
use crate::model::{AlertId, Process, ProcessId};

/// The process that was opened, with its relatives and events.
#[derive(Debug, Default)]
pub struct OpenedProcess {
    pub id: Option<ProcessId>,
    /// The process whose parent chain was fetched: the opened one, or a relative that was opened before it.
    pub chain_start: Option<ProcessId>,
    /// Parents, children and siblings of the opened process and of each expanded relative.
    pub relatives: BTreeMap<ProcessId, Remote<SummaryFetch>>,
    pub timeline: Timeline,
}

impl Session {
    /// Returns the opened process, from its own answer, from that of a relative, or from the row that it was opened
    /// from.
    pub fn find_opened(&self) -> Option<&Process> {
        let opened = self.opened.id?;
        let own = self.opened.relatives.get(&opened).and_then(Remote::latest);
        let own = own.map(|summary| &summary.value.process);
        let row = self.selection.process.as_deref().filter(|row| row.id == opened);
        own.or_else(|| self.find_relative(opened)).or(row)
    }

    /// Returns the process of an alert, if the alert is selected and its process was fetched.
    pub fn find_alert_process(&self, alert: &AlertId) -> Option<&Process> {
        let selected = self.selection.alert.as_ref().filter(|selected| selected.id == *alert)?;
        let chain = self.values.latest(slots::ALERT_LINEAGE)?;
        let process = &chain.value.subject;
        (selected.process == Some(process.id)).then_some(process)
    }

    /// Returns whether a process was found as a relative of the opened one.
    pub fn is_relative(&self, id: ProcessId) -> bool {
        self.opened.relatives.contains_key(&id) || self.find_relative(id).is_some()
    }

    /// Returns a process from the answers about its relatives.
    fn find_relative(&self, id: ProcessId) -> Option<&Process> {
        let chain = self.opened.chain_start.and_then(|origin| self.lineage_of(origin));
        let chain = chain.and_then(Remote::latest).into_iter();
        let ancestors = chain.flat_map(|fetched| &fetched.value.ancestors);
        let summaries = self.opened.relatives.values().filter_map(Remote::latest);
        let mentioned = summaries.flat_map(|fetched| {
            let summary = &fetched.value;
            let children = summary.children.iter().chain(&summary.siblings);
            children.chain(&summary.parent)
        });
        let mut relatives = ancestors.map(AsRef::as_ref).chain(mentioned);
        relatives.find(|relative| relative.id == id)
    }

    /// Returns whether a process may have more children than were loaded: the answer was as long as the request
    /// allowed.
    pub fn has_more_children(&self, id: ProcessId) -> bool {
        let remote = self.opened.relatives.get(&id);
        let fetched = remote.and_then(|remote| Some((remote.latest()?, remote.answered_question()?)));
        let Some((fetched, question)) = fetched else {
            return false;
        };
        let n_loaded = fetched.value.children.len() + fetched.value.n_unreadable;
        u32::try_from(n_loaded).is_ok_and(|n_loaded| n_loaded >= question.children)
    }
}
