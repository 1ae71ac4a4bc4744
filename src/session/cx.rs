//! What a pane may do while it handles input, and what leaves the screen.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;

use super::{Awaiting, Effect, Notice, Past, Session, VALUES};
use crate::model::{Process, Search};
use crate::read::{Answer, Fetch};
use crate::worker::{Reply, Request, Slot, Ticket, Urgency};

/// The session in the hands of whoever handles an input.
#[derive(Debug)]
pub struct Cx<'a> {
    session: &'a mut Session,
    effects: &'a mut Vec<Effect>,
    /// When the input came.
    pub now: Timestamp,
}

impl<'a> Cx<'a> {
    /// Lends the session for one input.
    pub fn new(session: &'a mut Session, effects: &'a mut Vec<Effect>, now: Timestamp) -> Self {
        Self {
            session,
            effects,
            now,
        }
    }

    /// What is known.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// Puts a new question to the process index. It passes the cache: who submits wants to know what is there now.
    pub fn search(&mut self, query: String) {
        let search = Search {
            query,
            sort: Some(self.session.order.sort().into()),
            group_by: (!self.session.is_split).then(|| "id".into()),
            ..Search::default()
        };
        self.greet();
        let awaited = self.session.results.ask(Arc::new(search));
        self.cancel_pages(awaited);
        self.session.asked_at = Some(self.now);
        for fetch in self.session.results.wanted(&(0..1)) {
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// Asks the server who it is, unless that is known.
    pub fn greet(&mut self) {
        if self.session.info.current().is_none() && !self.session.info.is_pending() {
            self.fetch(Fetch::Info, Urgency::Now);
        }
    }

    /// Asks the same again in the next order.
    pub fn sort(&mut self) {
        self.session.order = self.session.order.next();
        self.notify(self.session.order.words());
        self.search_again();
    }

    /// Asks the same again with a row for each segment, or for each process.
    pub fn split(&mut self) {
        self.session.is_split = !self.session.is_split;
        self.notify(if self.session.is_split {
            "one row per segment"
        } else {
            "one row per process"
        });
        self.search_again();
    }

    fn search_again(&mut self) {
        if let Some(query) = self
            .session
            .results
            .search()
            .map(|search| search.query.clone())
        {
            self.search(query);
            // The same question in another order is not a new one.
            self.session.asked_at = None;
        }
    }

    /// Hands a query to the editor.
    pub fn propose(&mut self, query: String) {
        self.session.proposal = Some(query);
    }

    /// The query that was handed over, once.
    pub fn take_proposal(&mut self) -> Option<String> {
        self.session.proposal.take()
    }

    /// Sees to it that the rows of this window are here or on their way.
    pub fn show(&mut self, window: &Range<u64>) {
        for fetch in self.session.results.wanted(window) {
            self.fetch(fetch, Urgency::Settled);
        }
        let far = self.session.results.trim(window);
        self.cancel_pages(far);
    }

    /// Asks again for what is on screen, past the cache.
    pub fn refresh(&mut self, window: &Range<u64>) {
        self.greet();
        for fetch in self.session.results.refresh(window) {
            self.fetch(fetch, Urgency::Fresh);
        }
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

    /// Asks for an answer. This is the one place where tickets are made.
    pub fn fetch(&mut self, fetch: Fetch, urgency: Urgency) {
        let Some(slot) = fetch.slot() else { return };
        self.session.tickets += 1;
        let ticket = Ticket(self.session.tickets);
        match (slot, self.session.awaiting_mut(slot)) {
            (_, Some(remote)) => remote.expect(ticket, fetch.clone()),
            (Slot::Page(start), None) => self.session.results.expect(start, ticket),
            (_, None) => return,
        }
        self.effects.push(Effect::Send(Request::Fetch {
            ticket,
            slot,
            fetch,
            urgency,
        }));
    }

    /// Gives up what a slot awaits.
    pub fn cancel(&mut self, slot: Slot) {
        let Some(remote) = self.session.awaiting_mut(slot) else {
            return;
        };
        if remote.is_pending() {
            remote.forget();
            self.effects.push(Effect::Send(Request::Cancel(slot)));
        }
    }

    /// Gives up pages that the result no longer awaits.
    fn cancel_pages(&mut self, starts: Vec<u64>) {
        let cancels = starts
            .into_iter()
            .map(|start| Effect::Send(Request::Cancel(Slot::Page(start))));
        self.effects.extend(cancels);
    }

    /// Gives up everything that is awaited; false when nothing is.
    pub fn cancel_all(&mut self) -> bool {
        let is_waiting = self.session.is_waiting();
        let awaited = self.session.results.forget();
        self.cancel_pages(awaited);
        for slot in VALUES {
            self.cancel(slot);
        }
        is_waiting
    }

    /// Tries again what failed.
    pub fn retry(&mut self) {
        self.session.results.retry();
    }

    /// Takes what the worker says, and asks for what follows from it.
    pub fn settle(&mut self, reply: Reply) {
        let (ticket, slot, result) = match reply {
            Reply::Answer {
                ticket,
                slot,
                result,
            } => (ticket, slot, result),
            Reply::Tally(tally) => return self.session.traffic.tally = tally,
            Reply::Call(call) => {
                let traffic = &mut self.session.traffic;
                traffic.calls += 1;
                traffic.last = Some(call);
                return;
            }
        };
        let is_answer = result.is_ok();
        let rest = result.as_ref().ok().and_then(rest);
        // What follows from an answer does not follow from a failure: asking on would ask the same for ever.
        if !self.session.settle(ticket, slot, result) || !is_answer {
            return;
        }
        match slot {
            Slot::Page(0) => self.remember(),
            Slot::Lineage => {
                if let Some(rest) = rest {
                    self.fetch(rest, Urgency::Now);
                }
            }
            Slot::Sensor => self.ask_group(),
            _ => {}
        }
    }

    /// A sensor names its group by number; the panel names it by name.
    fn ask_group(&mut self) {
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

    /// The first page of a search is here: the query enters the history, once.
    fn remember(&mut self) {
        let results = &self.session.results;
        let (Some(search), Some(total)) = (results.search(), results.total()) else {
            return;
        };
        let query = search.query.clone();
        let Some(at) = self.session.asked_at.take() else {
            return;
        };
        let took_ms = u64::try_from(self.now.duration_since(at).as_millis()).unwrap_or(0);
        let past = Past {
            query: query.clone(),
            at,
            total: Some(total),
            took_ms: Some(took_ms),
        };
        self.session
            .history
            .retain(|other| other.query != past.query);
        self.session.history.insert(0, past);
        self.effects.push(Effect::Remember {
            query,
            at,
            total,
            took_ms,
        });
    }

    /// Copies text that is already made visible.
    pub fn copy(&mut self, text: String) {
        self.effects.push(Effect::Copy(text));
    }

    /// Tells the user something, until the next key.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.session.notice = Some(Notice {
            text: text.into(),
            is_warning: false,
        });
    }

    /// Warns the user, until the next key.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.session.notice = Some(Notice {
            text: text.into(),
            is_warning: true,
        });
    }

    /// What was told has been read.
    pub fn dismiss(&mut self) {
        self.session.notice = None;
    }
}

/// A chain that is not whole yet is asked for again, from where it stands.
fn rest(answer: &Answer) -> Option<Fetch> {
    match answer {
        Answer::Lineage(known) if known.value.is_walking() => Some(Fetch::Lineage {
            id: known.value.subject.id,
            known: known.value.ancestors.len(),
        }),
        _ => None,
    }
}
