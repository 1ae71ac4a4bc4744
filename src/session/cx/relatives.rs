//! The process that was opened, and its relatives: each is asked for once, and with as many children as are wanted.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::ProcessId;
use crate::session::Awaiting;
use crate::worker::{FetchPolicy, Slot};

impl Cx<'_> {
    /// Opens a process: it becomes the subject as soon as it is known. A relative joins the family that is known
    /// already; whoever is none has one of its own.
    pub fn open_process(&mut self, id: ProcessId) {
        let origin = match self.session.opened.chain_start {
            Some(origin) if self.session.is_relative(id) => origin,
            _ => id,
        };
        self.open_relative(id, origin);
    }

    /// Opens a process in the family of another.
    pub fn open_relative(&mut self, id: ProcessId, origin: ProcessId) {
        if self.session.opened.chain_start != Some(origin) {
            for slot in self.session.value_slots() {
                if matches!(slot, Slot::Summary(_)) {
                    self.cancel_slot(slot);
                }
            }
            self.session.opened.relatives.clear();
            self.session.opened.chain_start = Some(origin);
        }
        self.session.opened.id = Some(id);
        // Nothing of the process before stands for one that may never come.
        self.session.selection.process.take_if(|subject| subject.id != id);
        if self.session.lineage_of(origin).is_none() {
            self.fetch_details(Slot::Lineage, None);
        }
        self.fetch_relative(origin);
        self.fetch_relative(id);
        self.select_opened(id);
    }

    /// Asks for a relative as it is now, past the cache.
    pub fn refresh_relative(&mut self, id: ProcessId) {
        let remote = self.session.opened.relatives.entry(id).or_default();
        let fetch = remote.last_question().cloned();
        self.fetch(fetch.unwrap_or_else(|| Fetch::summary(id)), FetchPolicy::NoCache);
    }

    /// Asks again for the relatives that could not be fetched.
    pub fn refresh_missing_relatives(&mut self) {
        let family = self.session.opened.relatives.iter();
        let missing = family.filter(|(_, remote)| !remote.has_answer() && !remote.is_pending());
        for id in missing.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.refresh_relative(id);
        }
    }

    /// Asks for a relative, with the server's own number of children, unless it is known or on its way.
    pub fn fetch_relative(&mut self, id: ProcessId) {
        let remote = self.session.opened.relatives.entry(id).or_default();
        if !remote.has_answer() && !remote.is_pending() {
            self.fetch(Fetch::summary(id), FetchPolicy::CacheFirst);
        }
    }

    /// Asks for a relative once the cursor rests on it, unless that was done.
    pub fn fetch_relative_debounced(&mut self, id: ProcessId) {
        if self.session.opened.relatives.entry(id).or_default().last_question().is_none() {
            self.fetch(Fetch::summary(id), FetchPolicy::Debounced);
        }
    }

    /// The cursor has left a relative before it was known: it was not asked for.
    pub fn cancel_relative(&mut self, id: ProcessId) {
        let remote = self.session.opened.relatives.get(&id);
        if remote.is_some_and(|remote| remote.is_pending() && !remote.has_answer()) {
            self.cancel_slot(Slot::Summary(id));
            self.session.opened.relatives.remove(&id);
        }
    }

    /// Asks for as many children of a relative, unless all are known or that was asked before.
    pub fn fetch_children(&mut self, id: ProcessId, children: u32) {
        let remote = self.session.opened.relatives.entry(id).or_default();
        let is_wanted = match remote.last_question().cloned() {
            Some(Fetch::Summary { children: asked, .. }) => asked < children && self.session.has_more_children(id),
            _ => true,
        };
        if is_wanted {
            self.fetch(Fetch::Summary { id, children }, FetchPolicy::CacheFirst);
        }
    }

    /// The process that was opened is known: it becomes the subject.
    pub(super) fn select_opened(&mut self, id: ProcessId) {
        let (Some(origin), true) = (self.session.opened.chain_start, self.session.opened.id == Some(id)) else {
            return;
        };
        let summary = self.session.opened.relatives.get(&id);
        let known = summary.and_then(|summary| summary.latest());
        if let Some(process) = known.map(|known| Arc::new(known.value.process.clone())) {
            self.select_process_in(&process, origin);
        }
    }
}
