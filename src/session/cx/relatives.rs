//! The process that was opened, and its relatives: each is asked for once, and with as many children as are wanted.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::ProcessId;
use crate::session::Awaiting;
use crate::worker::{Slot, Urgency};

impl Cx<'_> {
    /// Opens a process: it becomes the subject as soon as it is known. A relative joins the family that is known
    /// already; whoever is none has one of its own.
    pub fn open(&mut self, id: ProcessId) {
        let origin = match self.session.origin {
            Some(origin) if self.session.is_relative(id) => origin,
            _ => id,
        };
        self.open_within(id, origin);
    }

    /// Opens a process in the family of another.
    pub fn open_within(&mut self, id: ProcessId, origin: ProcessId) {
        if self.session.origin != Some(origin) {
            for slot in self.session.values() {
                if matches!(slot, Slot::Summary(_)) {
                    self.cancel(slot);
                }
            }
            self.session.family.clear();
            self.session.origin = Some(origin);
        }
        self.session.opened = Some(id);
        // Nothing of the process before stands for one that may never come.
        self.session.subject.take_if(|subject| subject.id != id);
        if self.session.chain_of(origin).is_none() {
            self.want(Slot::Lineage, None);
        }
        self.meet(origin);
        self.meet(id);
        self.attend(id);
    }

    /// Asks for a relative as it is now, past the cache.
    pub fn renew_relative(&mut self, id: ProcessId) {
        let remote = self.session.family.entry(id).or_default();
        let fetch = remote.asked().cloned();
        self.fetch(fetch.unwrap_or_else(|| Fetch::summary(id)), Urgency::Fresh);
    }

    /// Asks again for the relatives that could not be fetched.
    pub fn renew_relatives(&mut self) {
        let family = self.session.family.iter();
        let missing = family.filter(|(_, remote)| !remote.is_held() && !remote.is_pending());
        for id in missing.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.renew_relative(id);
        }
    }

    /// Asks for a relative, with the server's own number of children, unless it is known or on its way.
    pub fn meet(&mut self, id: ProcessId) {
        let remote = self.session.family.entry(id).or_default();
        if !remote.is_held() && !remote.is_pending() {
            self.fetch(Fetch::summary(id), Urgency::Now);
        }
    }

    /// Asks for a relative once the cursor rests on it, unless that was done.
    pub fn rest_on(&mut self, id: ProcessId) {
        if self.session.family.entry(id).or_default().asked().is_none() {
            self.fetch(Fetch::summary(id), Urgency::Settled);
        }
    }

    /// The cursor has left a relative before it was known: it was not asked for.
    pub fn leave(&mut self, id: ProcessId) {
        let remote = self.session.family.get(&id);
        if remote.is_some_and(|remote| remote.is_pending() && !remote.is_held()) {
            self.cancel(Slot::Summary(id));
            self.session.family.remove(&id);
        }
    }

    /// Asks for as many children of a relative, unless all are known or that was asked before.
    pub fn want_children(&mut self, id: ProcessId, children: u32) {
        let remote = self.session.family.entry(id).or_default();
        let is_wanted = match remote.asked().cloned() {
            Some(Fetch::Summary { children: asked, .. }) => asked < children && self.session.has_more_children(id),
            _ => true,
        };
        if is_wanted {
            self.fetch(Fetch::Summary { id, children }, Urgency::Now);
        }
    }

    /// The process that was opened is known: it becomes the subject.
    pub(super) fn attend(&mut self, id: ProcessId) {
        let (Some(origin), true) = (self.session.origin, self.session.opened == Some(id)) else {
            return;
        };
        let summary = self.session.family.get(&id);
        let known = summary.and_then(|summary| summary.current());
        if let Some(process) = known.map(|known| Arc::new(known.value.process.clone())) {
            self.examine(&process, origin);
        }
    }
}
