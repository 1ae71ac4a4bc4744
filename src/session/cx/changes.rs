//! Changes: previewing them, applying them, and following their progress.

use std::{collections::BTreeSet, sync::Arc};

use super::Cx;
use crate::api::Error;
use crate::changes::{
    self, Change, ChangeHistory, ImpactLine, Justification, LoggedStage, Plan, Prepared, SensorChange, Target,
};
use crate::model::SensorId;
use crate::session::{Effect, Joined, Preview, RunningChange, changes::ReasonDraft};
use crate::worker::{ChangeStep, FetchPolicy, JoinObject, List, Request, Slot, Ticket};

/// The operations on changes of the server: preview, apply, log.
#[derive(Debug)]
pub struct ChangeCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl ChangeCx<'_, '_> {
    /// Starts a preview of `changes`.
    pub fn preview(&mut self, changes: Vec<Change>) {
        self.clear_preview();
        let ticket = self.cx.requests().next_ticket();
        self.cx.session.changes.preview = Some(Preview {
            ticket,
            results: vec![None; changes.len()],
            change_counts: vec![0; changes.len()],
            impact_lines: Vec::new(),
            changes: changes.clone(),
        });
        self.cx.effects.push(Effect::Send(Request::Preview { ticket, changes }));
    }

    /// Saves the reason typed for `changes` until a change is applied.
    pub fn set_draft_reason(&mut self, changes: &[Change], reason: Option<String>) {
        self.cx.session.changes.draft_reason = reason.map(|reason| ReasonDraft::new(changes, reason));
    }

    /// Stops waiting for blast-radius lines, which then read "not known"; drops a preview without all its plans.
    /// Returns whether anything was pending.
    pub(super) fn cancel_preview(&mut self) -> bool {
        let Some(preview) = &mut self.cx.session.changes.preview else {
            return false;
        };
        if preview.n_pending() == 0 {
            return false;
        }
        if preview.results.iter().any(Option::is_none) {
            self.clear_preview();
            return true;
        }
        let ticket = preview.ticket;
        preview.cancel_pending();
        self.cx.effects.push(Effect::Send(Request::CancelTicket(ticket)));
        true
    }

    /// Drops the preview and cancels its requests.
    pub fn clear_preview(&mut self) {
        if let Some(preview) = self.cx.session.changes.preview.take()
            && preview.n_pending() > 0
        {
            self.cx.effects.push(Effect::Send(Request::CancelTicket(preview.ticket)));
        }
    }

    /// Applies `plans`. The worker continues even if another view is shown.
    pub fn apply_changes(&mut self, plans: Vec<Plan>, justification: Justification) {
        let ticket = self.cx.requests().next_ticket();
        for (index, plan) in plans.iter().enumerate() {
            let change = plan.change();
            self.cx.session.changes.running.push(RunningChange {
                ticket,
                plan_index: index,
                verb: change.verb(),
                ignores_report: match &change {
                    Change::Ignore(change) => Some(change.is_ignored),
                    _ => None,
                },
                target: change.target(),
                name: plan.name(),
                lists: affected_lists(&change),
                progress: ChangeStep::Sending,
                known_at: None,
            });
        }
        if justification.ticket.is_some() {
            self.cx.session.changes.last_ticket.clone_from(&justification.ticket);
        }
        self.cx.effects.push(Effect::Send(Request::Apply { ticket, plans, justification }));
    }

    /// Cancels the changes that wait for the audit log, so that they are not sent; returns whether any waited.
    pub(super) fn cancel_log_wait(&mut self) -> bool {
        let is_waiting = self.cx.session.changes.is_log_locked;
        if is_waiting {
            self.cx.effects.push(Effect::Send(Request::CancelLogWait));
        }
        is_waiting
    }

    /// Warns that a change waits for the lock of the audit log.
    pub(super) fn on_log_locked(&mut self) {
        self.cx.session.changes.is_log_locked = true;
        self.cx
            .warn("Waiting: another program has locked the audit log. Nothing is sent before it is logged; ^c cancels");
    }

    /// Requests that the audit log is read again.
    pub fn fetch_change_history(&mut self) {
        self.cx.effects.push(Effect::Send(Request::History));
    }

    pub(super) fn on_prepared(&mut self, ticket: Ticket, index: usize, result: Result<Prepared, Error>) {
        if let Some(preview) = &mut self.cx.session.changes.preview
            && preview.ticket == ticket
            && let Some(slot) = preview.results.get_mut(index)
            && let Some(count) = preview.change_counts.get_mut(index)
        {
            if let Ok(Prepared::Ready(plan)) = &result {
                *count = plan.count();
            }
            *slot = Some(result);
        }
    }

    pub(super) fn on_impact_lines(&mut self, ticket: Ticket, index: Option<usize>, lines: Vec<ImpactLine>) {
        if let Some(preview) = &mut self.cx.session.changes.preview
            && preview.ticket == ticket
        {
            let lines = lines.into_iter().map(|line| (index, line));
            preview.impact_lines.extend(lines);
        }
    }

    /// Stores the progress of a change, announces it, and refreshes the lists that it may have altered.
    pub(super) fn on_step(&mut self, ticket: Ticket, index: usize, step: ChangeStep) {
        let mut running = self.cx.session.changes.running.iter_mut();
        let Some(change) = running.find(|change| (change.ticket, change.plan_index) == (ticket, index)) else {
            return;
        };
        let was_in_flight = change.is_in_flight();
        change.known_at = Some(self.cx.now);
        change.progress = step.clone();
        let title = format!("{} {}", changes::label(change.verb), change.name);
        let target = change.target.clone();
        match step {
            ChangeStep::Sending => return,
            ChangeStep::NotSent(why) => self.cx.warn(format!("{title}: not sent: {why}")),
            ChangeStep::Outcome(outcome) => {
                if matches!(outcome.stage, LoggedStage::Confirmed | LoggedStage::Accepted) {
                    self.cx.session.changes.draft_reason = None;
                }
                let text = format!("{title}: {}", describe_stage(outcome.stage, &outcome.note));
                match outcome.stage {
                    LoggedStage::Confirmed | LoggedStage::Accepted if outcome.skipped.is_empty() => {
                        self.cx.notify(text);
                    }
                    LoggedStage::Confirmed | LoggedStage::Accepted => self.cx.warn(text),
                    LoggedStage::NotApplied | LoggedStage::Partly | LoggedStage::Pending | LoggedStage::Unknown => {
                        self.cx.warn(text);
                    }
                }
            }
        }
        // For several changes, a summary: the message of the last one must not hide a failure of another.
        if let Some((text, is_good)) = self.cx.session.batch_summary(ticket) {
            if is_good {
                self.cx.notify(text);
            } else {
                self.cx.warn(text);
            }
        }
        if let Target::Sensor(id) = target {
            self.refresh_sensor(id);
        }
        // Lists are refreshed once no change of the batch is in flight, and again for a change that settles later.
        let batch = self.cx.session.changes.running.iter();
        let batch = batch.filter(|change| change.ticket == ticket);
        if batch.clone().any(RunningChange::is_in_flight) {
            return;
        }
        let settled = batch.filter(|change| was_in_flight || change.plan_index == index);
        let lists: BTreeSet<_> = settled.flat_map(|change| change.lists.clone()).collect();
        for list in lists {
            self.refresh_list(list);
        }
    }

    /// Refreshes what is shown of sensor `id`.
    fn refresh_sensor(&mut self, id: SensorId) {
        if self.cx.session.sensor_of(id).is_some() {
            self.cx.requests().refresh(Slot::Sensor, FetchPolicy::NoCache);
        }
        if let Joined::Ready(_) = self.cx.session.lists.joins.sensor(id) {
            self.cx.requests().refresh(Slot::Joined(JoinObject::Sensor(id)), FetchPolicy::NoCache);
        }
    }

    /// Refreshes a list and the details that the change may have altered.
    fn refresh_list(&mut self, list: List) {
        self.cx.lists().refresh_loaded(list);
        match list {
            List::Alerts => {
                self.cx.alerts().refresh_alert_digest();
                self.cx.alerts().refresh_alert_counts();
            }
            List::Watchlists => self.cx.details().refresh_details(&[Slot::WatchActions]),
            List::Reports => self.cx.details().refresh_details(&[Slot::Report]),
            _ => {}
        }
    }

    pub(super) fn set_change_history(&mut self, history: Arc<ChangeHistory>) {
        let activity = history.activity.clone();
        self.cx.session.lists.pages_mut().set_rows(activity, self.cx.now);
        let host = &self.cx.session.connection.info.host;
        let ours = history.activity.iter().filter(|logged| logged.submitted.server == *host);
        self.cx.session.changes.n_unanswered = ours.filter(|logged| logged.steps.is_empty()).count();
        self.cx.session.changes.n_pending = history.n_open(host);
        let previous = self.cx.session.changes.history.as_ref();
        if history.is_locked && !previous.is_some_and(|history| history.is_locked) {
            self.cx.warn("Another program has locked the audit log; actions will wait until it is released");
        }
        self.cx.session.changes.history = Some(history);
    }
}

/// Returns the lists in which a change is visible.
fn affected_lists(change: &Change) -> Vec<List> {
    let list = match (change, change.target()) {
        // Isolated sensors are found by searching all sensors, so their list is refreshed only for these changes.
        (Change::Sensor(SensorChange::Isolate(_) | SensorChange::Unisolate(_)), _) => {
            return vec![List::Sensors, List::IsolatedSensors];
        }
        (_, Target::Sensor(_)) => List::Sensors,
        (_, Target::Hash(_)) => List::Bans,
        (_, Target::Alerts(_)) => List::Alerts,
        (_, Target::Watchlist(_) | Target::New("watchlist", _)) => List::Watchlists,
        (_, Target::Feed(_) | Target::New("feed", _)) => List::Feeds,
        (_, Target::Report(_)) => List::Reports,
        (_, Target::Group(_) | Target::New("group", _)) => List::SensorGroups,
        (_, Target::IngressFilter(_)) => List::IngressFilters,
        (_, Target::New("user", _)) => List::Users,
        (_, Target::New(..)) => List::Teams,
    };
    vec![list]
}

/// Describes the stage of a change with its note.
fn describe_stage(stage: LoggedStage, note: &str) -> String {
    let stage = match stage {
        LoggedStage::Confirmed => "CONFIRMED",
        LoggedStage::Accepted => "accepted, waiting",
        LoggedStage::Pending => "PENDING",
        LoggedStage::NotApplied => "NOT APPLIED",
        LoggedStage::Partly => "PARTLY",
        LoggedStage::Unknown => "OUTCOME UNKNOWN, check before retrying",
    };
    format!("{stage}; {note}")
}
