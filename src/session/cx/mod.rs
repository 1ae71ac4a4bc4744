//! The operations of the session that panes and the app use while they handle an input; they leave effects.

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
use strum::VariantArray;

use super::{ColumnChoice, Effect, NamedQuery, Notice, RequestLogEntry, Session, SlotOf, slots};
use crate::api::RequestTrace;
use crate::fetch::{Fetch, Resource, ServerInfoFetch};
use crate::model::ExportData;
use crate::text;
use crate::worker::{AlertContextPart, FetchPolicy, List, Reply, Request, Slot, Ticket};

/// The session during one input, with the effects that the input leaves.
#[derive(Debug)]
pub struct Cx<'a> {
    session: &'a mut Session,
    effects: &'a mut Vec<Effect>,
    /// Time of the input.
    pub now: Timestamp,
}

impl<'a> Cx<'a> {
    /// Borrows the session for one input.
    pub fn new(session: &'a mut Session, effects: &'a mut Vec<Effect>, now: Timestamp) -> Self {
        Self { session, effects, now }
    }

    /// Returns the session for reading.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// Fetches version and settings of the server, unless they are there or pending.
    pub fn fetch_server_info(&mut self) {
        let values = &self.session.values;
        if values.latest(slots::SERVER_INFO).is_none() && !values.is_pending(Slot::ServerInfo) {
            self.fetch(slots::SERVER_INFO, ServerInfoFetch, FetchPolicy::CacheFirst);
        }
    }

    /// Sets the columns of a list; `None` restores the default.
    pub fn set_columns(&mut self, list: &'static str, chosen: Option<Vec<ColumnChoice>>) {
        match chosen {
            Some(chosen) => self.session.search.chosen_columns.insert(list.to_owned(), chosen),
            None => self.session.search.chosen_columns.remove(list),
        };
    }

    /// Exports rows to a file.
    pub fn export_rows(&mut self, path: PathBuf, extract: Arc<ExportData>, total: u64) {
        self.session.transfers.is_exported = None;
        self.effects.push(Effect::Export { path, extract, total });
    }

    /// Saves a query under its name.
    pub fn save_query(&mut self, query: NamedQuery) {
        self.effects.push(Effect::SaveQuery(query));
    }

    /// Deletes the saved query of this name.
    pub fn delete_query(&mut self, name: String) {
        self.effects.push(Effect::DeleteQuery(name));
    }

    /// Replaces the saved queries after they were written to disk.
    pub fn set_saved_queries(&mut self, saved: Vec<NamedQuery>) {
        self.session.search.saved_queries = saved;
    }

    /// Fetches a value into its slot.
    fn fetch<R: Resource>(&mut self, place: SlotOf<R>, question: R, policy: FetchPolicy) {
        let ticket = self.next_ticket();
        self.session.values.get_mut(place).set_pending(ticket, question.clone());
        self.send_fetch(ticket, place.slot, question, policy);
    }

    /// Fetches the answer to the current question of a slot again, if it has one.
    fn refresh(&mut self, slot: Slot, policy: FetchPolicy) {
        let ticket = self.next_ticket();
        if let Some(fetch) = self.session.state_mut(slot).and_then(|remote| remote.refresh(ticket)) {
            self.send_fetch(ticket, slot, fetch, policy);
        }
    }

    /// Fetches pages of a list, named by their starts.
    fn fetch_pages(&mut self, list: List, pages: Vec<(u64, Fetch)>, policy: FetchPolicy) {
        for (start, fetch) in pages {
            let ticket = self.next_ticket();
            self.session.lists.state_mut(list).set_pending(start, ticket);
            self.send_fetch(ticket, Slot::Page(list, start), fetch, policy);
        }
    }

    fn send_fetch(&mut self, ticket: Ticket, slot: Slot, fetch: impl Into<Fetch>, policy: FetchPolicy) {
        self.effects.push(Effect::Send(Request::Fetch { ticket, slot, fetch: fetch.into(), policy }));
    }

    /// Returns a new ticket.
    fn next_ticket(&mut self) -> Ticket {
        self.session.connection.ticket_count += 1;
        Ticket(self.session.connection.ticket_count)
    }

    /// Cancels the pending request of a slot.
    pub fn cancel_slot(&mut self, slot: Slot) {
        let remote = self.session.state_mut(slot);
        if let Some(remote) = remote.filter(|remote| remote.is_pending()) {
            remote.cancel_pending();
            self.effects.push(Effect::Send(Request::Cancel(slot)));
        }
    }

    /// Cancels all pending requests; returns whether there were any.
    pub fn cancel_all(&mut self) -> bool {
        let is_waiting = self.session.is_waiting();
        for list in List::VARIANTS {
            let pending = self.session.lists.state_mut(*list).cancel_pending();
            self.cancel_pages(*list, pending);
        }
        self.cancel_downloads();
        self.cancel_preview();
        for slot in self.session.pending_slots().collect::<Vec<_>>() {
            self.cancel_slot(slot);
        }
        self.cancel_events();
        self.session.connection.request_stats.busy_until = None;
        self.cancel_log_wait() || is_waiting
    }

    /// Retries failed requests.
    pub fn retry_failed(&mut self) {
        self.effects.push(Effect::Send(Request::RetryCredentials));
        for list in List::VARIANTS {
            self.session.lists.state_mut(*list).clear_failures();
        }
        self.session.lists.joins.clear_failures();
    }

    /// Handles a reply of the worker, and requests what follows from it.
    pub fn resolve(&mut self, reply: Reply) {
        let (ticket, slot, result) = match reply {
            Reply::Answer { ticket, slot, result, cache_stats } => {
                self.session.connection.request_stats.cache_stats = cache_stats;
                (ticket, slot, result)
            }
            Reply::Progress { ticket, progress } => return self.on_download_progress(ticket, progress),
            Reply::Downloaded { ticket, result } => return self.on_download_ended(ticket, result),
            Reply::Prepared { ticket, index, result } => return self.on_prepared(ticket, index, result),
            Reply::Impact { ticket, index, impact_lines } => return self.on_impact_lines(ticket, index, impact_lines),
            Reply::Step { ticket, index, step } => return self.on_step(ticket, index, step),
            Reply::LogWait(is_waiting) => return self.set_log_locked(is_waiting),
            Reply::History(Ok(history)) => return self.set_change_history(history),
            Reply::History(Err(error)) => return self.warn(text::make_visible(&error.into())),
            Reply::Resumed(text) => return self.notify(text::make_visible(&text.into())),
            Reply::Trace(trace) => {
                let stats = &mut self.session.connection.request_stats;
                stats.n_requests += 1;
                let number = stats.n_requests;
                stats.last_request = Some(trace.clone());
                self.track_server(&trace);
                return self.session.lists.pages_mut().push_front(RequestLogEntry::new(number, trace));
            }
        };
        let is_answer = result.is_ok();
        let next = result.as_ref().ok().and_then(process::next_part);
        // Only an answer may trigger follow-up requests: after a failure, they would be repeated forever.
        if !self.session.resolve(ticket, slot, result) || !is_answer {
            return;
        }
        match slot {
            Slot::Page(List::Processes, 0) => self.add_to_history(),
            Slot::Lineage => {
                if let Some(next) = next {
                    self.fetch(slots::LINEAGE, next, FetchPolicy::CacheFirst);
                }
            }
            Slot::Sensor => self.fetch_subject_group(),
            Slot::Summary(id) => self.select_opened(id),
            Slot::AlertDigest => {
                self.regroup_alerts();
                self.update_new_alerts();
            }
            Slot::NewAlerts | Slot::Page(List::Alerts, _) => self.update_new_alerts(),
            Slot::AlertContext(AlertContextPart::Lineage) => self.fetch_chain(next),
            _ => {}
        }
    }

    /// Updates the state of the server from a request: whether it is busy, and whether it may have been restarted or
    /// replaced.
    fn track_server(&mut self, trace: &RequestTrace) {
        /// After this time, the server may have been replaced without having been seen offline.
        const MAX_INFO_AGE: SignedDuration = SignedDuration::from_mins(10);
        let wait = trace.long_retry_at();
        if let Some(at) = wait {
            let at = self.session.connection.zone.time_of_day(at);
            self.notify(format!("The server is busy; waiting until {at}. ^c cancels"));
        }
        let stats = &mut self.session.connection.request_stats;
        stats.busy_until = wait;
        if trace.is_cancelled() {
            return;
        }
        let is_answer = trace.status.is_some_and(|status| !matches!(status, 502..=504));
        let was_down = std::mem::replace(&mut stats.was_down, !is_answer);
        let values = &self.session.values;
        let info = values.latest(slots::SERVER_INFO);
        let is_old = info.is_some_and(|fetched| self.now.duration_since(fetched.as_of) > MAX_INFO_AGE);
        let is_info_request = values.is_pending(Slot::ServerInfo) || trace.path.contains("/api/info");
        if is_answer && (was_down || is_old) && !is_info_request {
            self.refresh(Slot::ServerInfo, FetchPolicy::NoCache);
        }
    }

    /// Switches to the next time zone.
    pub fn next_zone(&mut self) {
        let info = &self.session.connection.info;
        let (host, user) = (info.host_zone.as_ref(), info.user_zone.as_ref());
        if host.is_none() && user.is_none() {
            return self.notify("Only UTC available. Set host_zone in the profile for host time");
        }
        self.session.connection.zone = self.session.connection.zone.next_zone(host, user);
        self.notify(format!("Times are shown in {}", self.session.connection.zone.label(self.now)));
    }

    /// Copies `text`, which is already made visible, and announces it as `what`. Text too long for the clipboard is
    /// written to a file.
    pub fn copy_text(&mut self, what: &str, text: String) {
        /// Terminals silently drop a clipboard sequence of more than 100,000 bytes; base64 turns three bytes into four.
        const MAX_CLIPBOARD_BYTES: usize = 74_000;
        if text.len() > MAX_CLIPBOARD_BYTES {
            return self.effects.push(Effect::CopyToFile(text));
        }
        // The terminal does not report whether it accepted the text.
        self.notify(format!("Copied {what}, {} bytes", text.len()));
        self.effects.push(Effect::CopyText(text));
    }

    /// Shows a notice until the next key.
    pub fn notify(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.outbox.last_notice = Some(text.clone());
        self.tell(text, false);
    }

    /// Shows a warning until the next key.
    pub fn warn(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.session.outbox.last_warning = Some(text.clone());
        self.tell(text, true);
    }

    /// Shows the warnings of the start: the first one, with the keys that show the others if there are any.
    pub fn warn_at_start(&mut self, warnings: Vec<String>) {
        if let [first, ..] = &warnings[..] {
            let first = first.clone();
            self.session.outbox.last_warning = Some(first.clone());
            self.session.outbox.start_warnings = warnings;
            let text = self.with_start_warnings(first);
            self.session.outbox.notice = Some(Notice { text, is_warning: true, names_start_warnings: true });
        }
    }

    /// Shows a text until the next key. Before the first key, it is preceded by the number of warnings of the start.
    fn tell(&mut self, text: String, is_warning: bool) {
        let names_start_warnings =
            self.session.outbox.notice.as_ref().is_some_and(|notice| notice.names_start_warnings);
        let text = if names_start_warnings { self.with_start_warnings(text) } else { text };
        self.session.outbox.notice = Some(Notice { text, is_warning, names_start_warnings });
    }

    /// Returns `text` preceded by the number of other warnings of the start and the keys that show them.
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

    /// Appends `text` to the notice; shows it as a warning if there is none.
    pub fn add_to_notice(&mut self, text: &str) {
        match &mut self.session.outbox.notice {
            Some(notice) => notice.text = format!("{}; {text}", notice.text),
            None => self.warn(text),
        }
    }

    /// Clears the notice.
    pub fn clear_notice(&mut self) {
        self.session.outbox.notice = None;
    }
}
