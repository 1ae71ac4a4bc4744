//! The opened process and its relatives: each is fetched once, with the number of children needed.

use std::sync::Arc;

use super::ProcessCx;
use crate::fetch::SummaryFetch;
use crate::model::ProcessId;
use crate::session::{Remote, RemoteState};
use crate::worker::{FetchPolicy, Slot};

impl ProcessCx<'_, '_> {
    /// Opens a process, which is selected once it is fetched. A relative of the opened process is shown in its tree;
    /// any other process starts a new one.
    pub fn open_process(&mut self, id: ProcessId) {
        let origin = match self.cx.session.opened.chain_start {
            Some(origin) if self.cx.session.is_relative(id) => origin,
            _ => id,
        };
        self.open_relative(id, origin);
    }

    /// Opens a process in the tree of `origin`.
    pub fn open_relative(&mut self, id: ProcessId, origin: ProcessId) {
        if self.cx.session.opened.chain_start != Some(origin) {
            let is_relative = |slot: &Slot| matches!(slot, Slot::Summary(_));
            for slot in self.cx.session.pending_slots().filter(is_relative).collect::<Vec<_>>() {
                self.cx.requests().cancel_slot(slot);
            }
            self.cx.session.opened.relatives.clear();
            self.cx.session.opened.chain_start = Some(origin);
        }
        self.cx.session.opened.id = Some(id);
        // The previous process must not be shown for one that may never arrive.
        self.cx.session.selection.process.take_if(|subject| subject.id != id);
        if self.cx.session.lineage_of(origin).is_none() {
            self.cx.details().clear_slot(Slot::Lineage);
        }
        self.fetch_relative(origin);
        self.fetch_relative(id);
        self.select_opened(id);
    }

    /// Refreshes a relative, past the cache.
    pub fn refresh_relative(&mut self, id: ProcessId) {
        let question = self.cx.session.opened.relatives.get(&id).and_then(Remote::last_question).copied();
        self.fetch_summary(question.unwrap_or_else(|| SummaryFetch::new(id)), FetchPolicy::NoCache);
    }

    /// Requests the relatives that could not be fetched again.
    pub fn refresh_missing_relatives(&mut self) {
        let relatives = self.cx.session.opened.relatives.iter();
        let missing = relatives.filter(|(_, remote)| !remote.has_answer() && !remote.is_pending());
        for id in missing.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.refresh_relative(id);
        }
    }

    /// Fetches a relative with the default number of children, unless it is there or pending.
    pub fn fetch_relative(&mut self, id: ProcessId) {
        let remote = self.cx.session.opened.relatives.entry(id).or_default();
        if !remote.has_answer() && !remote.is_pending() {
            self.fetch_summary(SummaryFetch::new(id), FetchPolicy::CacheFirst);
        }
    }

    /// Fetches a relative once the cursor rests on it, unless it was requested.
    pub fn fetch_relative_debounced(&mut self, id: ProcessId) {
        if self.cx.session.opened.relatives.entry(id).or_default().last_question().is_none() {
            self.fetch_summary(SummaryFetch::new(id), FetchPolicy::Debounced);
        }
    }

    /// Cancels a relative that the cursor left before it was fetched.
    pub fn cancel_relative(&mut self, id: ProcessId) {
        let remote = self.cx.session.opened.relatives.get(&id);
        if remote.is_some_and(|remote| remote.is_pending() && !remote.has_answer()) {
            self.cx.requests().cancel_slot(Slot::Summary(id));
            self.cx.session.opened.relatives.remove(&id);
        }
    }

    /// Fetches up to `children` children of a relative, unless all are loaded or that many were requested.
    pub fn fetch_children(&mut self, id: ProcessId, children: u32) {
        let remote = self.cx.session.opened.relatives.entry(id).or_default();
        let requested = remote.last_question().map(|question| question.children);
        if requested.is_none_or(|requested| requested < children && self.cx.session.has_more_children(id)) {
            self.fetch_summary(SummaryFetch { id, children }, FetchPolicy::CacheFirst);
        }
    }

    fn fetch_summary(&mut self, question: SummaryFetch, policy: FetchPolicy) {
        let ticket = self.cx.requests().next_ticket();
        self.cx.session.opened.relatives.entry(question.id).or_default().set_pending(ticket, question);
        self.cx.requests().send_fetch(ticket, Slot::Summary(question.id), question, policy);
    }

    /// Selects the opened process once it is fetched.
    pub(super) fn select_opened(&mut self, id: ProcessId) {
        let (Some(origin), true) = (self.cx.session.opened.chain_start, self.cx.session.opened.id == Some(id)) else {
            return;
        };
        let summary = self.cx.session.opened.relatives.get(&id);
        let fetched = summary.and_then(|summary| summary.latest());
        if let Some(process) = fetched.map(|fetched| Arc::new(fetched.value.process.clone())) {
            self.select_process_in(&process, origin);
        }
    }
}
