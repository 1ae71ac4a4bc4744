//! Requests: sending, cancelling, retrying, and what follows from an answer.

use jiff::SignedDuration;
use strum::VariantArray;

use super::Cx;
use super::process;
use crate::api::RequestTrace;
use crate::fetch::{Fetch, Resource, ServerInfoFetch};
use crate::session::{Effect, RequestLogEntry, SlotOf, slots};
use crate::text;
use crate::worker::{AlertContextPart, FetchPolicy, List, Reply, Request, Slot, Ticket};

/// The operations on requests: send, cancel, retry, resolve.
#[derive(Debug)]
pub struct RequestCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl RequestCx<'_, '_> {
    /// Fetches version and settings of the server, unless they are there or pending.
    pub fn fetch_server_info(&mut self) {
        let values = &self.cx.session.values;
        if values.latest(slots::SERVER_INFO).is_none() && !values.is_pending(Slot::ServerInfo) {
            self.fetch(slots::SERVER_INFO, ServerInfoFetch, FetchPolicy::CacheFirst);
        }
    }

    /// Fetches a value into its slot.
    pub(super) fn fetch<R: Resource>(&mut self, place: SlotOf<R>, question: R, policy: FetchPolicy) {
        let ticket = self.next_ticket();
        self.cx.session.values.get_mut(place).set_pending(ticket, question.clone());
        self.send_fetch(ticket, place.slot, question, policy);
    }

    /// Fetches the answer to the current question of a slot again, if it has one.
    pub(super) fn refresh(&mut self, slot: Slot, policy: FetchPolicy) {
        let ticket = self.next_ticket();
        if let Some(fetch) = self.cx.session.state_mut(slot).and_then(|remote| remote.refresh(ticket)) {
            self.send_fetch(ticket, slot, fetch, policy);
        }
    }

    /// Fetches pages of a list, named by their starts.
    pub(super) fn fetch_pages(&mut self, list: List, pages: Vec<(u64, Fetch)>, policy: FetchPolicy) {
        for (start, fetch) in pages {
            let ticket = self.next_ticket();
            self.cx.session.lists.state_mut(list).set_pending(start, ticket);
            self.send_fetch(ticket, Slot::Page(list, start), fetch, policy);
        }
    }

    pub(super) fn send_fetch(&mut self, ticket: Ticket, slot: Slot, fetch: impl Into<Fetch>, policy: FetchPolicy) {
        self.cx.effects.push(Effect::Send(Request::Fetch { ticket, slot, fetch: fetch.into(), policy }));
    }

    /// Returns a new ticket.
    pub(super) fn next_ticket(&mut self) -> Ticket {
        self.cx.session.connection.ticket_count += 1;
        Ticket(self.cx.session.connection.ticket_count)
    }

    /// Cancels the pending request of a slot.
    pub fn cancel_slot(&mut self, slot: Slot) {
        let remote = self.cx.session.state_mut(slot);
        if let Some(remote) = remote.filter(|remote| remote.is_pending()) {
            remote.cancel_pending();
            self.cx.effects.push(Effect::Send(Request::Cancel(slot)));
        }
    }

    /// Cancels all pending requests; returns whether there were any.
    pub fn cancel_all(&mut self) -> bool {
        let is_waiting = self.cx.session.is_waiting();
        for list in List::VARIANTS {
            let pending = self.cx.session.lists.state_mut(*list).cancel_pending();
            self.cx.lists().cancel_pages(*list, pending);
        }
        self.cx.files().cancel_downloads();
        self.cx.changes().cancel_preview();
        for slot in self.cx.session.pending_slots().collect::<Vec<_>>() {
            self.cancel_slot(slot);
        }
        self.cx.process().cancel_events();
        self.cx.session.connection.request_stats.busy_until = None;
        self.cx.changes().cancel_log_wait() || is_waiting
    }

    /// Retries failed requests.
    pub fn retry_failed(&mut self) {
        self.cx.effects.push(Effect::Send(Request::RetryCredentials));
        for list in List::VARIANTS {
            self.cx.session.lists.state_mut(*list).clear_failures();
        }
        self.cx.session.lists.joins.clear_failures();
    }

    /// Handles a reply of the worker, and requests what follows from it.
    pub fn resolve(&mut self, reply: Reply) {
        let (ticket, slot, result) = match reply {
            Reply::Answer { ticket, slot, result, cache_stats } => {
                self.cx.session.connection.request_stats.cache_stats = cache_stats;
                (ticket, slot, result)
            }
            Reply::Progress { ticket, progress } => return self.cx.files().on_download_progress(ticket, progress),
            Reply::Downloaded { ticket, result } => return self.cx.files().on_download_ended(ticket, result),
            Reply::Prepared { ticket, index, result } => return self.cx.changes().on_prepared(ticket, index, result),
            Reply::Impact { ticket, index, impact_lines } => {
                return self.cx.changes().on_impact_lines(ticket, index, impact_lines);
            }
            Reply::Step { ticket, index, step } => return self.cx.changes().on_step(ticket, index, step),
            Reply::LogWait(true) => return self.cx.changes().on_log_locked(),
            Reply::LogWait(false) => {
                self.cx.session.changes.is_log_locked = false;
                return;
            }
            Reply::History(Ok(history)) => return self.cx.changes().set_change_history(history),
            Reply::History(Err(error)) => return self.cx.warn(text::make_visible(&error.into())),
            Reply::Resumed(text) => return self.cx.notify(text::make_visible(&text.into())),
            Reply::Trace(trace) => {
                let stats = &mut self.cx.session.connection.request_stats;
                stats.n_requests += 1;
                let number = stats.n_requests;
                stats.last_request = Some(trace.clone());
                self.track_server(&trace);
                return self.cx.session.lists.pages_mut().push_front(RequestLogEntry::new(number, trace));
            }
        };
        let is_answer = result.is_ok();
        let next = result.as_ref().ok().and_then(process::next_part);
        // Only an answer may trigger follow-up requests: after a failure, they would be repeated forever.
        if !self.cx.session.resolve(ticket, slot, result) || !is_answer {
            return;
        }
        match slot {
            Slot::Page(List::Processes, 0) => self.cx.lists().add_to_history(),
            Slot::Lineage => {
                if let Some(next) = next {
                    self.fetch(slots::LINEAGE, next, FetchPolicy::CacheFirst);
                }
            }
            Slot::Sensor => self.cx.process().fetch_subject_group(),
            Slot::Summary(id) => self.cx.process().select_opened(id),
            Slot::AlertDigest => {
                self.cx.alerts().regroup_alerts();
                self.cx.alerts().update_new_alerts();
            }
            Slot::NewAlerts | Slot::Page(List::Alerts, _) => self.cx.alerts().update_new_alerts(),
            Slot::AlertContext(AlertContextPart::Lineage) => self.cx.alerts().fetch_chain(next),
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
            let at = self.cx.session.connection.zone.time_of_day(at);
            self.cx.notify(format!("The server is busy; waiting until {at}. ^c cancels"));
        }
        let stats = &mut self.cx.session.connection.request_stats;
        stats.busy_until = wait;
        if trace.is_cancelled() {
            return;
        }
        let is_answer = trace.status.is_some_and(|status| !matches!(status, 502..=504));
        let was_down = std::mem::replace(&mut stats.was_down, !is_answer);
        let values = &self.cx.session.values;
        let info = values.latest(slots::SERVER_INFO);
        let is_old = info.is_some_and(|fetched| self.cx.now.duration_since(fetched.as_of) > MAX_INFO_AGE);
        let is_info_request = values.is_pending(Slot::ServerInfo) || trace.path.contains("/api/info");
        if is_answer && (was_down || is_old) && !is_info_request {
            self.refresh(Slot::ServerInfo, FetchPolicy::NoCache);
        }
    }
}
