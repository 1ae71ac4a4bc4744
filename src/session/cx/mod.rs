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

pub(super) use context::open_alerts_fetch;
use jiff::{SignedDuration, Timestamp};
pub(super) use selection::alert_count_fetch;
pub use selection::{feed_reports_query, not_runnable_reason, report_alerts_query, runnable_query};

use super::{Awaiting, ColumnChoice, Destination, Effect, NamedQuery, Notice, RequestLogEntry, Session};
use crate::api::RequestTrace;
use crate::fetch::Fetch;
use crate::model::ExportData;
use crate::query::Index;
use crate::text;
use crate::worker::{AlertContextPart, FetchPolicy, List, Reply, Request, Slot, Ticket};

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
    pub fn fetch_server_info(&mut self) {
        if self.session.connection.server_info.latest().is_none() && !self.session.connection.server_info.is_pending() {
            self.fetch(Fetch::ServerInfo, FetchPolicy::CacheFirst);
        }
    }

    /// Gives a list other columns; none: those it began with.
    pub fn set_columns(&mut self, list: &'static str, chosen: Option<Vec<ColumnChoice>>) {
        match chosen {
            Some(chosen) => self.session.search.chosen_columns.insert(list.to_owned(), chosen),
            None => self.session.search.chosen_columns.remove(list),
        };
    }

    /// Writes rows to a file.
    pub fn export_rows(&mut self, path: PathBuf, extract: Arc<ExportData>, total: u64) {
        self.session.transfers.is_exported = None;
        self.effects.push(Effect::Export { path, extract, total });
    }

    /// Keeps a query under its name.
    pub fn save_query(&mut self, query: NamedQuery) {
        self.effects.push(Effect::SaveQuery(query));
    }

    /// Keeps the query of this name no longer.
    pub fn delete_query(&mut self, name: String) {
        self.effects.push(Effect::DeleteQuery(name));
    }

    /// These are the queries that are kept now.
    pub fn set_saved_queries(&mut self, saved: Vec<NamedQuery>) {
        self.session.search.saved_queries = saved;
    }

    /// Hands a query to the editor of an index.
    pub fn set_pending_query(&mut self, index: Index, query: String) {
        self.session.outbox.pending_query = Some((index, query));
    }

    /// The query that was handed over to the editor of this index, once.
    pub fn take_pending_query(&mut self, index: Index) -> Option<String> {
        let proposal = self.session.outbox.pending_query.take_if(|(of, _)| *of == index);
        proposal.map(|(_, query)| query)
    }

    /// Leads to somewhere else: the console goes there when the key is done.
    pub fn navigate(&mut self, lead: Destination) {
        self.session.outbox.destination = Some(lead);
    }

    /// Where the last key leads, once.
    pub fn take_destination(&mut self) -> Option<Destination> {
        self.session.outbox.destination.take()
    }

    /// Asks for an answer, for the slot that is its own.
    pub fn fetch(&mut self, fetch: Fetch, urgency: FetchPolicy) {
        if let Some(slot) = fetch.slot() {
            self.fetch_into(slot, fetch, urgency);
        }
    }

    /// Asks for an answer, for a place of its own.
    fn fetch_into(&mut self, slot: Slot, fetch: Fetch, urgency: FetchPolicy) {
        let ticket = self.next_ticket();
        match slot {
            Slot::Page(list, start) => self.session.list_state_mut(list).set_pending(start, ticket),
            Slot::Events(segment) => self.session.opened.timeline.set_pending(segment, ticket, fetch.clone()),
            value => match self.session.remote_mut(value) {
                Some(remote) => remote.set_pending(ticket, fetch.clone()),
                None => return,
            },
        }
        self.effects.push(Effect::Send(Request::Fetch { ticket, slot, fetch, policy: urgency }));
    }

    /// A name for a request.
    fn next_ticket(&mut self) -> Ticket {
        self.session.connection.ticket_count += 1;
        Ticket(self.session.connection.ticket_count)
    }

    /// Gives up what a slot awaits.
    pub fn cancel_slot(&mut self, slot: Slot) {
        let Some(remote) = self.session.remote_mut(slot) else {
            return;
        };
        if remote.is_pending() {
            remote.cancel_pending();
            self.effects.push(Effect::Send(Request::Cancel(slot)));
        }
    }

    /// Gives up everything that is awaited; false when nothing is.
    pub fn cancel_all(&mut self) -> bool {
        let is_waiting = self.session.is_waiting();
        for list in List::ALL {
            let awaited = self.session.list_state_mut(list).cancel_pending();
            self.cancel_pages(list, awaited);
        }
        self.cancel_downloads();
        self.cancel_preview();
        let related = self.session.lists.joins.pending_keys().map(Slot::Joined);
        let slots: Vec<_> = self.session.value_slots().into_iter().chain(related).collect();
        for slot in slots {
            self.cancel_slot(slot);
        }
        self.cancel_events();
        self.session.connection.request_stats.busy_until = None;
        self.cancel_log_wait() || is_waiting
    }

    /// Tries again what failed.
    pub fn retry_failed(&mut self) {
        self.effects.push(Effect::Send(Request::RetryCredentials));
        for list in List::ALL {
            self.session.list_state_mut(list).clear_failures();
        }
        self.session.lists.joins.clear_failures();
    }

    /// Takes what the worker says, and asks for what follows from it.
    pub fn resolve(&mut self, reply: Reply) {
        let (ticket, slot, result) = match reply {
            Reply::Answer { ticket, slot, result, cache_stats: tally } => {
                self.session.connection.request_stats.cache_stats = tally;
                (ticket, slot, result)
            }
            Reply::Progress { ticket, progress } => return self.on_download_progress(ticket, progress),
            Reply::Downloaded { ticket, result } => return self.on_download_ended(ticket, result),
            Reply::Prepared { ticket, at, result } => return self.on_prepared(ticket, at, result),
            Reply::Impact { ticket, at, impact_lines: facts } => return self.on_impact_lines(ticket, at, facts),
            Reply::Step { ticket, at, step } => return self.on_step(ticket, at, step),
            Reply::LogWait(is_waiting) => return self.set_log_locked(is_waiting),
            Reply::History(Ok(journal)) => return self.set_change_history(journal),
            Reply::History(Err(error)) => return self.warn(text::make_visible(&error.into())),
            Reply::Resumed(text) => return self.notify(text::make_visible(&text.into())),
            Reply::Trace(call) => {
                let traffic = &mut self.session.connection.request_stats;
                traffic.n_requests += 1;
                let number = traffic.n_requests;
                traffic.last_call = Some(call.clone());
                self.track_server(&call);
                return self.session.lists.request_log.push_front(RequestLogEntry::new(number, call));
            }
        };
        let is_answer = result.is_ok();
        let rest = result.as_ref().ok().and_then(process::next_page);
        // What follows from an answer does not follow from a failure: asking on would ask the same for ever.
        if !self.session.resolve(ticket, slot, result) || !is_answer {
            return;
        }
        match slot {
            Slot::Page(List::Processes, 0) => self.add_to_history(),
            Slot::Lineage => {
                if let Some(rest) = rest {
                    self.fetch(rest, FetchPolicy::CacheFirst);
                }
            }
            Slot::Sensor => self.fetch_subject_group(),
            Slot::Summary(id) => self.select_opened(id),
            Slot::AlertDigest => {
                self.regroup_alerts();
                self.update_new_alerts();
            }
            Slot::NewAlerts | Slot::Page(List::Alerts, _) => self.update_new_alerts(),
            Slot::AlertContext(AlertContextPart::Lineage) => self.fetch_chain(rest),
            _ => {}
        }
    }

    /// Takes from a call how the server is: whether it asks for patience, and whether it may be another one than before.
    fn track_server(&mut self, call: &RequestTrace) {
        /// A server that is replaced need not be seen to go away.
        const OLD: SignedDuration = SignedDuration::from_mins(10);
        let wait = call.long_retry_at();
        if let Some(at) = wait {
            let at = self.session.connection.zone.time_of_day(at);
            self.notify(format!("The server is busy; waiting until {at}. ^c cancels"));
        }
        let traffic = &mut self.session.connection.request_stats;
        traffic.busy_until = wait;
        if call.is_cancelled() {
            return;
        }
        let is_answer = call.status.is_some_and(|status| !matches!(status, 502..=504));
        let was_down = std::mem::replace(&mut traffic.was_down, !is_answer);
        let info = &self.session.connection.server_info;
        let is_old = info.latest().is_some_and(|known| self.now.duration_since(known.as_of) > OLD);
        let asks_itself = info.is_pending() || call.path.contains("/api/info");
        if is_answer && (was_down || is_old) && !asks_itself && info.last_question().is_some() {
            self.fetch(Fetch::ServerInfo, FetchPolicy::NoCache);
        }
    }

    /// Shows times in the next zone.
    pub fn next_zone(&mut self) {
        let identity = &self.session.connection.info;
        let (host, mine) = (identity.host_zone.as_ref(), identity.user_zone.as_ref());
        if host.is_none() && mine.is_none() {
            return self.notify("Only UTC available. Set host_zone in the profile for host time");
        }
        self.session.connection.zone = self.session.connection.zone.next_zone(host, mine);
        self.notify(format!("Times are shown in {}", self.session.connection.zone.label(self.now)));
    }

    /// Copies text that is already made visible, and tells of it: `what` it is. Too much for a clipboard goes to a file.
    pub fn copy_text(&mut self, what: &str, text: String) {
        /// Terminals drop a clipboard sequence of more than 100,000 bytes without a word; as base64, four stand for three.
        const CLIPBOARD: usize = 74_000;
        if text.len() > CLIPBOARD {
            return self.effects.push(Effect::CopyToFile(text));
        }
        // Whether the terminal takes it, it does not say.
        self.notify(format!("Copied {what}, {} bytes", text.len()));
        self.effects.push(Effect::CopyText(text));
    }

    /// Tells the user something, until the next key.
    pub fn notify(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.outbox.last_notice = Some(text.clone());
        self.tell(text, false);
    }

    /// Warns the user, until the next key.
    pub fn warn(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.outbox.last_warning = Some(text.clone());
        self.tell(text, true);
    }

    /// Warns the user of several things at once: where they are more than one, the line says how all of them are read.
    pub fn warn_at_start(&mut self, warnings: Vec<String>) {
        if let [first, ..] = &warnings[..] {
            let first = first.clone();
            self.session.outbox.last_warning = Some(first.clone());
            self.session.outbox.start_warnings = warnings;
            let text = self.with_start_warnings(first);
            self.session.outbox.notice = Some(Notice { text, is_warning: true, names_start_warnings: true });
        }
    }

    /// Shows a text until the next key. While no key was pressed, the warnings of the start are named in front of it.
    fn tell(&mut self, text: String, is_warning: bool) {
        let names_start_warnings =
            self.session.outbox.notice.as_ref().is_some_and(|notice| notice.names_start_warnings);
        let text = if names_start_warnings { self.with_start_warnings(text) } else { text };
        self.session.outbox.notice = Some(Notice { text, is_warning, names_start_warnings });
    }

    /// Returns the text behind the number of other warnings of the start, and the keys that show them.
    fn with_start_warnings(&self, text: String) -> String {
        let others = self.session.outbox.start_warnings.iter();
        match others.filter(|other| **other != text).count() {
            0 => text,
            n => {
                let more = text::pluralize(n, "more warning", "more warnings");
                format!("{more}, esc ! shows all: {text}")
            }
        }
    }

    /// Adds to what the user is told; a warning if nothing was told yet.
    pub fn add_to_notice(&mut self, text: &str) {
        match &mut self.session.outbox.notice {
            Some(notice) => notice.text = format!("{}; {text}", notice.text),
            None => self.warn(text),
        }
    }

    /// What was told has been read.
    pub fn clear_notice(&mut self) {
        self.session.outbox.notice = None;
    }
}
