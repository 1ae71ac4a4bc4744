//! What a pane may do while it handles input, and what leaves the screen.

mod alerts;
mod changes;
mod context;
mod downloads;
mod facets;
mod joins;
mod lists;
mod live_updates;
mod process;
mod relatives;
mod selection;
mod timeline;

use std::{path::PathBuf, sync::Arc};

pub(super) use context::open_alerts;
use jiff::{SignedDuration, Timestamp};
pub(super) use selection::count_alerts;
pub use selection::{alerts_of, reports_of, runnable, why_not_runnable};

use super::{Awaiting, Chosen, Effect, Heard, Lead, Notice, SavedQuery, Session};
use crate::api::Call;
use crate::fetch::Fetch;
use crate::model::Extract;
use crate::query::Index;
use crate::text;
use crate::worker::{Aside, List, Reply, Request, Slot, Ticket, Urgency};

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
        Self { session, effects, now }
    }

    /// What is known.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// Asks the server who it is, unless that is known.
    pub fn greet(&mut self) {
        if self.session.info.current().is_none() && !self.session.info.is_pending() {
            self.fetch(Fetch::Info, Urgency::Now);
        }
    }

    /// Gives a list other columns; none: those it began with.
    pub fn choose_columns(&mut self, list: &'static str, chosen: Option<Vec<Chosen>>) {
        match chosen {
            Some(chosen) => self.session.columns.insert(list.to_owned(), chosen),
            None => self.session.columns.remove(list),
        };
    }

    /// Writes rows to a file.
    pub fn export(&mut self, path: PathBuf, extract: Arc<Extract>, total: u64) {
        self.session.is_exported = None;
        self.effects.push(Effect::Export { path, extract, total });
    }

    /// Keeps a query under its name.
    pub fn save(&mut self, query: SavedQuery) {
        self.effects.push(Effect::Save(query));
    }

    /// Keeps the query of this name no longer.
    pub fn unsave(&mut self, name: String) {
        self.effects.push(Effect::Unsave(name));
    }

    /// These are the queries that are kept now.
    pub fn keep(&mut self, saved: Vec<SavedQuery>) {
        self.session.saved = saved;
    }

    /// Hands a query to the editor of an index.
    pub fn propose(&mut self, index: Index, query: String) {
        self.session.proposal = Some((index, query));
    }

    /// The query that was handed over to the editor of this index, once.
    pub fn take_proposal(&mut self, index: Index) -> Option<String> {
        let proposal = self.session.proposal.take_if(|(of, _)| *of == index);
        proposal.map(|(_, query)| query)
    }

    /// Leads to somewhere else: the console goes there when the key is done.
    pub fn lead(&mut self, lead: Lead) {
        self.session.lead = Some(lead);
    }

    /// Where the last key leads, once.
    pub fn take_lead(&mut self) -> Option<Lead> {
        self.session.lead.take()
    }

    /// Asks for an answer, for the slot that is its own.
    pub fn fetch(&mut self, fetch: Fetch, urgency: Urgency) {
        if let Some(slot) = fetch.slot() {
            self.fetch_for(slot, fetch, urgency);
        }
    }

    /// Asks for an answer, for a place of its own.
    fn fetch_for(&mut self, slot: Slot, fetch: Fetch, urgency: Urgency) {
        let ticket = self.ticket();
        match slot {
            Slot::Page(list, start) => self.session.list_mut(list).expect(start, ticket),
            Slot::Events(segment) => self.session.timeline.expect(segment, ticket, fetch.clone()),
            value => match self.session.awaiting_mut(value) {
                Some(remote) => remote.expect(ticket, fetch.clone()),
                None => return,
            },
        }
        self.effects.push(Effect::Send(Request::Fetch { ticket, slot, fetch, urgency }));
    }

    /// A name for a request.
    fn ticket(&mut self) -> Ticket {
        self.session.tickets += 1;
        Ticket(self.session.tickets)
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

    /// Gives up everything that is awaited; false when nothing is.
    pub fn cancel_all(&mut self) -> bool {
        let is_waiting = self.session.is_waiting();
        for list in List::ALL {
            let awaited = self.session.list_mut(list).forget();
            self.cancel_pages(list, awaited);
        }
        self.give_up_downloads();
        self.give_up_preview();
        let related = self.session.related.pending().map(Slot::Related);
        let slots: Vec<_> = self.session.values().into_iter().chain(related).collect();
        for slot in slots {
            self.cancel(slot);
        }
        self.cancel_events();
        self.session.traffic.waits_until = None;
        self.cancel_log_wait() || is_waiting
    }

    /// Tries again what failed.
    pub fn retry(&mut self) {
        self.effects.push(Effect::Send(Request::TryCredentials));
        for list in List::ALL {
            self.session.list_mut(list).retry();
        }
        self.session.related.retry();
    }

    /// Takes what the worker says, and asks for what follows from it.
    pub fn settle(&mut self, reply: Reply) {
        let (ticket, slot, result) = match reply {
            Reply::Answer { ticket, slot, result, tally } => {
                self.session.traffic.tally = tally;
                (ticket, slot, result)
            }
            Reply::Progress { ticket, progress } => return self.progressed(ticket, progress),
            Reply::Kept { ticket, result } => return self.ended(ticket, result),
            Reply::Prepared { ticket, at, result } => return self.prepared(ticket, at, result),
            Reply::Facts { ticket, at, facts } => return self.reached(ticket, at, facts),
            Reply::Step { ticket, at, step } => return self.stepped(ticket, at, step),
            Reply::LogWait(is_waiting) => return self.log_locked(is_waiting),
            Reply::Journal(Ok(journal)) => return self.journal(journal),
            Reply::Journal(Err(error)) => return self.warn(text::visible(&error.into())),
            Reply::Resumed(text) => return self.notify(text::visible(&text.into())),
            Reply::Call(call) => {
                let traffic = &mut self.session.traffic;
                traffic.calls += 1;
                let number = traffic.calls;
                traffic.last = Some(call.clone());
                self.follow(&call);
                return self.session.calls.hear(Heard::new(number, call));
            }
        };
        let is_answer = result.is_ok();
        let rest = result.as_ref().ok().and_then(process::rest);
        // What follows from an answer does not follow from a failure: asking on would ask the same for ever.
        if !self.session.settle(ticket, slot, result) || !is_answer {
            return;
        }
        match slot {
            Slot::Page(List::Processes, 0) => self.remember(),
            Slot::Lineage => {
                if let Some(rest) = rest {
                    self.fetch(rest, Urgency::Now);
                }
            }
            Slot::Sensor => self.ask_group(),
            Slot::Summary(id) => self.attend(id),
            Slot::Queue => {
                self.bundle_up();
                self.look_at_news();
            }
            Slot::Live | Slot::Page(List::Alerts, _) => self.look_at_news(),
            Slot::Aside(Aside::Chain) => self.ask_chain(rest),
            _ => {}
        }
    }

    /// Takes from a call how the server is: whether it asks for patience, and whether it may be another one than before.
    fn follow(&mut self, call: &Call) {
        /// A server that is replaced need not be seen to go away.
        const OLD: SignedDuration = SignedDuration::from_mins(10);
        let wait = call.long_wait();
        if let Some(at) = wait {
            let at = self.session.zone.clock(at);
            self.notify(format!("The server is busy; waiting until {at}. ^c cancels"));
        }
        let traffic = &mut self.session.traffic;
        traffic.waits_until = wait;
        if call.is_cancelled() {
            return;
        }
        let is_answer = call.status.is_some_and(|status| !matches!(status, 502..=504));
        let was_down = std::mem::replace(&mut traffic.was_down, !is_answer);
        let info = &self.session.info;
        let is_old = info.current().is_some_and(|known| self.now.duration_since(known.as_of) > OLD);
        let asks_itself = info.is_pending() || call.path.contains("/api/info");
        if is_answer && (was_down || is_old) && !asks_itself && info.asked().is_some() {
            self.fetch(Fetch::Info, Urgency::Fresh);
        }
    }

    /// Shows times in the next zone.
    pub fn turn_zone(&mut self) {
        let identity = &self.session.identity;
        let (host, mine) = (identity.host_zone.as_ref(), identity.my_zone.as_ref());
        if host.is_none() && mine.is_none() {
            return self.notify("Only UTC available. Set host_zone in the profile for host time");
        }
        self.session.zone = self.session.zone.next(host, mine);
        self.notify(format!("Times are shown in {}", self.session.zone.label(self.now)));
    }

    /// Copies text that is already made visible, and tells of it: `what` it is. Too much for a clipboard goes to a file.
    pub fn copy(&mut self, what: &str, text: String) {
        /// Terminals drop a clipboard sequence of more than 100,000 bytes without a word; as base64, four stand for three.
        const CLIPBOARD: usize = 74_000;
        if text.len() > CLIPBOARD {
            return self.effects.push(Effect::CopyToFile(text));
        }
        // Whether the terminal takes it, it does not say.
        self.notify(format!("Copied {what}, {} bytes", text.len()));
        self.effects.push(Effect::Copy(text));
    }

    /// Tells the user something, until the next key.
    pub fn notify(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.last_notice = Some(text.clone());
        self.tell(text, false);
    }

    /// Warns the user, until the next key.
    pub fn warn(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.last_warning = Some(text.clone());
        self.tell(text, true);
    }

    /// Warns the user of several things at once: where they are more than one, the line says how all of them are read.
    pub fn warn_at_start(&mut self, warnings: Vec<String>) {
        if let [first, ..] = &warnings[..] {
            let first = first.clone();
            self.session.last_warning = Some(first.clone());
            self.session.start_warnings = warnings;
            let text = self.after_warnings(first);
            self.session.notice = Some(Notice { text, is_warning: true });
        }
    }

    /// Shows a text until the next key. Warnings that nobody can have seen are not lost by it.
    fn tell(&mut self, text: String, is_warning: bool) {
        let text = match self.session.notice {
            Some(_) => self.after_warnings(text),
            None => text,
        };
        self.session.notice = Some(Notice { text, is_warning });
    }

    /// A text, behind how many other warnings of the start there are to be read.
    fn after_warnings(&self, text: String) -> String {
        let others = self.session.start_warnings.iter();
        match others.filter(|other| **other != text).count() {
            0 => text,
            n => {
                let more = text::counted(n, "more warning", "more warnings");
                format!("{more}, esc ! shows all: {text}")
            }
        }
    }

    /// Adds to what the user is told; a warning if nothing was told yet.
    pub fn add_to_notice(&mut self, text: &str) {
        match &mut self.session.notice {
            Some(notice) => notice.text = format!("{}; {text}", notice.text),
            None => self.warn(text),
        }
    }

    /// What was told has been read.
    pub fn dismiss(&mut self) {
        self.session.notice = None;
    }
}
