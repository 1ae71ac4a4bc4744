//! Deeds: previewed, done, and what becomes of them.

use std::{collections::BTreeSet, sync::Arc};

use super::Cx;
use crate::api::Error;
use crate::changes::{self, Change, ChangeHistory, ImpactLine, Justification, LoggedStage, Plan, Prepared, Target};
use crate::fetch::Fetch;
use crate::model::{Alert, Ban, Feed, Group, IsolatedSensor, Report, Sensor, SensorId, Team, User, Watchlist};
use crate::session::{Effect, Joined, Preview, RunningChange, changes::ReasonDraft};
use crate::worker::{ChangeStep, FetchPolicy, JoinObject, List, Request, Slot, Ticket};

impl Cx<'_> {
    /// Finds out what deeds would do.
    pub fn preview(&mut self, deeds: Vec<Change>) {
        self.clear_preview();
        let ticket = self.next_ticket();
        self.session.changes.preview = Some(Preview {
            ticket,
            results: vec![None; deeds.len()],
            change_counts: vec![0; deeds.len()],
            impact_lines: Vec::new(),
            changes: deeds.clone(),
        });
        self.effects.push(Effect::Send(Request::Preview { ticket, changes: deeds }));
    }

    /// Keeps a reason that was typed for deeds, until one is done.
    pub fn set_draft_reason(&mut self, deeds: &[Change], reason: Option<String>) {
        self.session.changes.draft_reason = reason.map(|reason| ReasonDraft::new(deeds, reason));
    }

    /// Waits no longer for the lines of a blast radius: what is not known by now is called so. A preview that is not even
    /// prepared goes; false if nothing was awaited.
    pub(super) fn cancel_preview(&mut self) -> bool {
        let Some(preview) = &mut self.session.changes.preview else {
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
        self.effects.push(Effect::Send(Request::CancelTicket(ticket)));
        true
    }

    /// Nobody looks at a preview any more.
    pub fn clear_preview(&mut self) {
        if let Some(preview) = self.session.changes.preview.take()
            && preview.n_pending() > 0
        {
            self.effects.push(Effect::Send(Request::CancelTicket(preview.ticket)));
        }
    }

    /// Does what was planned. It goes on whatever is shown.
    pub fn apply_changes(&mut self, plans: Vec<Plan>, grounds: Justification) {
        let ticket = self.next_ticket();
        for (at, plan) in plans.iter().enumerate() {
            self.session.changes.running.push(RunningChange {
                ticket,
                plan_index: at,
                verb: plan.change.verb(),
                target: plan.change.target(),
                name: plan.state.name(),
                lists: affected_lists(&plan.change),
                progress: ChangeStep::Sending,
                known_at: None,
            });
        }
        if grounds.ticket.is_some() {
            self.session.changes.last_ticket.clone_from(&grounds.ticket);
        }
        self.effects.push(Effect::Send(Request::Apply { ticket, plans, justification: grounds }));
    }

    /// Sends nothing of what waits to be logged; false if nothing waits.
    pub(super) fn cancel_log_wait(&mut self) -> bool {
        let is_waiting = self.session.changes.is_log_locked;
        if is_waiting {
            self.effects.push(Effect::Send(Request::CancelLogWait));
        }
        is_waiting
    }

    pub(super) fn set_log_locked(&mut self, is_locked: bool) {
        self.session.changes.is_log_locked = is_locked;
        if is_locked {
            self.warn(
                "Waiting: another program has locked the audit log. Nothing is sent before it is logged; ^c cancels",
            );
        }
    }

    /// Has the action log read anew.
    pub fn fetch_change_history(&mut self) {
        self.effects.push(Effect::Send(Request::History));
    }

    pub(super) fn on_prepared(&mut self, ticket: Ticket, at: usize, result: Result<Prepared, Error>) {
        if let Some(preview) = &mut self.session.changes.preview
            && preview.ticket == ticket
            && let Some(one) = preview.results.get_mut(at)
            && let Some(count) = preview.change_counts.get_mut(at)
        {
            if let Ok(Prepared::Ready(plan)) = &result {
                *count = plan.count();
            }
            *one = Some(result);
        }
    }

    pub(super) fn on_impact_lines(&mut self, ticket: Ticket, at: Option<usize>, facts: Vec<ImpactLine>) {
        if let Some(preview) = &mut self.session.changes.preview
            && preview.ticket == ticket
        {
            let facts = facts.into_iter().map(|fact| (at, fact));
            preview.impact_lines.extend(facts);
        }
    }

    /// A deed has got farther. What it may have changed is asked for again, where it is shown.
    pub(super) fn on_step(&mut self, ticket: Ticket, at: usize, step: ChangeStep) {
        let mut doings = self.session.changes.running.iter_mut();
        let Some(doing) = doings.find(|doing| (doing.ticket, doing.plan_index) == (ticket, at)) else {
            return;
        };
        let was_leaving = doing.is_in_flight();
        doing.known_at = Some(self.now);
        doing.progress = step.clone();
        let what = format!("{} {}", changes::label(doing.verb), doing.name);
        let target = doing.target.clone();
        match step {
            ChangeStep::Sending => return,
            ChangeStep::NotSent(why) => self.warn(format!("{what}: not sent: {why}")),
            ChangeStep::Outcome(outcome) => {
                if matches!(outcome.stage, LoggedStage::Confirmed | LoggedStage::Accepted) {
                    self.session.changes.draft_reason = None;
                }
                let text = format!("{what}: {}", describe_stage(outcome.stage, &outcome.note));
                match outcome.stage {
                    LoggedStage::Confirmed | LoggedStage::Accepted if outcome.skipped.is_empty() => {
                        self.notify(text);
                    }
                    LoggedStage::Confirmed | LoggedStage::Accepted => self.warn(text),
                    LoggedStage::NotApplied | LoggedStage::Partly | LoggedStage::Pending | LoggedStage::Unknown => {
                        self.warn(text);
                    }
                }
            }
        }
        // Of several, the last word of one must not hide that of another.
        if let Some((text, is_good)) = self.session.batch_summary(ticket) {
            if is_good {
                self.notify(text);
            } else {
                self.warn(text);
            }
        }
        if let Target::Sensor(id) = target {
            self.refresh_sensor(id);
        }
        // What many share is asked for when nothing of it is leaving any more, and again when something settles late.
        let ours = self.session.changes.running.iter();
        let ours = ours.filter(|doing| doing.ticket == ticket);
        if ours.clone().any(RunningChange::is_in_flight) {
            return;
        }
        let news = ours.filter(|doing| was_leaving || doing.plan_index == at);
        let lists: BTreeSet<_> = news.flat_map(|doing| doing.lists.clone()).collect();
        for list in lists {
            self.refresh_list(list);
        }
    }

    /// Asks again for what is shown of a host.
    fn refresh_sensor(&mut self, id: SensorId) {
        let fetch = Fetch::Sensor(id);
        if self.session.details.sensor.last_question() == Some(&fetch) {
            self.fetch(fetch.clone(), FetchPolicy::NoCache);
        }
        if let Joined::Ready(_) = self.session.lists.joins.sensor(id) {
            let slot = Slot::Joined(JoinObject::Sensor(id));
            self.fetch_into(slot, fetch, FetchPolicy::NoCache);
        }
    }

    /// Asks again for what is shown of a list, and for what is told beside it of what may have been changed.
    fn refresh_list(&mut self, list: List) {
        match list {
            List::Sensors => self.refresh_loaded::<Sensor>(),
            List::IsolatedSensors => self.refresh_loaded::<IsolatedSensor>(),
            List::Bans => self.refresh_loaded::<Ban>(),
            List::Alerts => {
                self.refresh_loaded::<Alert>();
                self.refresh_alert_digest();
                self.refresh_alert_counts();
            }
            List::Watchlists => {
                self.refresh_loaded::<Watchlist>();
                self.refresh_details(&[Slot::WatchActions]);
            }
            List::Feeds => self.refresh_loaded::<Feed>(),
            List::Reports => {
                self.refresh_loaded::<Report>();
                self.refresh_details(&[Slot::Report]);
            }
            List::SensorGroups => self.refresh_loaded::<Group>(),
            List::Users => self.refresh_loaded::<User>(),
            List::Teams => self.refresh_loaded::<Team>(),
            // No deed changes what is in these, or they are made of others.
            List::Processes | List::Binaries | List::AlertGroups | List::Activity | List::Requests | List::Sites => {}
        }
    }

    pub(super) fn set_change_history(&mut self, journal: Arc<ChangeHistory>) {
        let acts = journal.activity.clone();
        self.session.lists.activity.set_rows(acts, self.now);
        let host = &self.session.connection.info.host;
        let silent = journal.activity.iter().filter(|act| act.submitted.server == *host);
        self.session.changes.n_unanswered = silent.filter(|act| act.steps.is_empty()).count();
        self.session.changes.n_pending = journal.n_open(host);
        let was_locked = self.session.changes.history.as_ref();
        if journal.is_locked && !was_locked.is_some_and(|journal| journal.is_locked) {
            self.warn("Another program has locked the audit log; actions will wait until it is released");
        }
        self.session.changes.history = Some(journal);
    }
}

/// The lists in which a deed shows.
fn affected_lists(deed: &Change) -> Vec<List> {
    let list = match (deed, deed.target()) {
        // Whoever is cut off is looked for among all hosts: not after what leaves that as it is.
        (Change::Isolate(_) | Change::Unisolate(_), _) => return vec![List::Sensors, List::IsolatedSensors],
        (_, Target::Sensor(_)) => List::Sensors,
        (_, Target::Hash(_)) => List::Bans,
        (_, Target::Alerts(_)) => List::Alerts,
        (_, Target::Watchlist(_) | Target::New("watchlist", _)) => List::Watchlists,
        (_, Target::Feed(_) | Target::New("feed", _)) => List::Feeds,
        (_, Target::Report(_)) => List::Reports,
        (_, Target::Group(_) | Target::New("group", _)) => List::SensorGroups,
        (_, Target::New("user", _)) => List::Users,
        (_, Target::New(..)) => List::Teams,
    };
    vec![list]
}

/// How far a deed has got, and what is known of it.
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
