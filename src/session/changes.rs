//! State of server changes on the screen: the preview in a confirmation, the changes of this run, and the audit log.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Session;
use crate::api::Error;
use crate::changes::{self, Change, ChangeHistory, ImpactLine, LoggedChange, LoggedStage, Plan, Prepared, Target};
use crate::model::Report;
use crate::text;
use crate::worker::{ChangeStep, List, Ticket};

/// Changes: previewed, running, and in the audit log.
#[derive(Debug, Default)]
pub struct ChangeState {
    /// The audit log as a list of changes; `None` until it was read.
    pub history: Option<Arc<ChangeHistory>>,
    /// Whether a change waits for another program that holds the lock of the audit log.
    pub is_log_locked: bool,
    /// Open changes of the log on this server; counted once, since every frame shows the number.
    pub(super) n_pending: usize,
    /// Open changes of the log without any outcome.
    pub(super) n_unanswered: usize,
    /// The reason typed for changes that were then cancelled; offered again for these only.
    pub(super) draft_reason: Option<ReasonDraft>,
    pub preview: Option<Preview>,
    pub running: Vec<RunningChange>,
    /// The ticket typed for the last change.
    pub last_ticket: Option<String>,
}

/// Preview of the changes in a confirmation; its parts arrive one by one.
#[derive(Clone, Debug)]
pub struct Preview {
    pub(super) ticket: Ticket,
    pub changes: Vec<Change>,
    /// The plan of each change, or why it could not be prepared; `None` while it is being prepared.
    pub results: Vec<Option<Result<Prepared, Error>>>,
    /// Number of targets that each change would alter; cached, since every frame shows it.
    pub(super) change_counts: Vec<usize>,
    /// Lines of the blast radius with the index of the change that they are about; `None` if they are about the whole
    /// batch.
    pub impact_lines: Vec<(Option<usize>, ImpactLine)>,
}

impl Preview {
    /// Returns the number of plans and blast-radius lines that have not arrived yet.
    pub fn n_pending(&self) -> usize {
        let unprepared = self.results.iter().filter(|result| result.is_none()).count();
        let n_lines = if changes::is_batch(&self.changes) {
            let mut subjects: Vec<_> = self.impact_lines.iter().map(|(_, line)| line.subject).collect();
            subjects.sort_unstable();
            subjects.dedup();
            subjects.len()
        } else {
            self.impact_lines.len()
        };
        (unprepared + self.expected_lines().count()).saturating_sub(n_lines)
    }

    /// Returns every line of the blast radius to expect: the index of its change and its subject. For a batch of
    /// hashes, each line is about all of them and has no index.
    fn expected_lines(&self) -> impl Iterator<Item = (Option<usize>, &'static str)> {
        let is_batch = changes::is_batch(&self.changes);
        let each = self.results.iter().enumerate();
        let ready = each.filter_map(move |(at, result)| match result {
            Some(Ok(Prepared::Ready(plan))) if !plan.is_left_out_of(self.changes.len()) => {
                Some(((!is_batch).then_some(at), plan.impact_names()))
            }
            _ => None,
        });
        let ready = ready.take(if is_batch { 1 } else { usize::MAX });
        ready.flat_map(|(at, subjects)| subjects.iter().map(move |subject| (at, *subject)))
    }

    /// Stops waiting: every line that has not arrived becomes "not known", with its warning.
    pub(super) fn cancel_pending(&mut self) {
        let has_arrived = |(at, subject): &(Option<usize>, &str)| {
            let mut lines = self.impact_lines.iter();
            lines.any(|(other, line)| other == at && line.subject == *subject)
        };
        let missing: Vec<_> = self.expected_lines().filter(|expected| !has_arrived(expected)).collect();
        let lines = missing.into_iter().map(|(at, subject)| (at, ImpactLine::unknown(subject, "cancelled")));
        self.impact_lines.extend(lines);
    }

    /// Returns the plans that can be applied. In a batch, plans for protected hosts are left out: each must be
    /// confirmed alone.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.ready_plans().map(|(plan, _)| plan)
    }

    /// Returns the number of targets that the applicable plans would alter.
    pub fn n_changed(&self) -> usize {
        self.ready_plans().map(|(_, count)| count).sum()
    }

    /// Returns the targets of the changes that can be applied or are still being prepared.
    pub fn pending_targets(&self) -> impl Iterator<Item = Target> {
        let n_changes = self.changes.len();
        let each = self.changes.iter().zip(&self.results);
        let applicable = each.filter(move |(_, result)| match result {
            Some(Ok(Prepared::Ready(plan))) => !plan.is_left_out_of(n_changes),
            Some(_) => n_changes == 1,
            None => true,
        });
        applicable.map(|(change, _)| change.target())
    }

    /// Returns the plans that can be applied, each with the number of targets it would alter.
    fn ready_plans(&self) -> impl Iterator<Item = (&Plan, usize)> {
        let n_changes = self.changes.len();
        let each = self.results.iter().zip(&self.change_counts);
        let ready = each.filter_map(|(result, count)| match result {
            Some(Ok(Prepared::Ready(plan))) => Some((&**plan, *count)),
            _ => None,
        });
        ready.filter(move |(plan, _)| !plan.is_left_out_of(n_changes))
    }
}

/// A reason typed for changes that were then cancelled; offered again only for changes with these verbs and targets.
#[derive(Clone, Debug)]
pub(super) struct ReasonDraft {
    targets: Vec<(&'static str, Target)>,
    text: String,
}

impl ReasonDraft {
    pub(super) fn new(changes: &[Change], reason: String) -> Self {
        Self { targets: change_targets(changes).collect(), text: reason }
    }
}

/// Returns the verb and the target of each change.
fn change_targets(changes: &[Change]) -> impl Iterator<Item = (&'static str, Target)> {
    changes.iter().map(|change| (change.verb(), change.target()))
}

impl Session {
    /// Returns the reason typed earlier for exactly these `changes`.
    pub fn draft_reason_for(&self, changes: &[Change]) -> Option<&str> {
        let draft = self.changes.draft_reason.as_ref()?;
        change_targets(changes).eq(draft.targets.iter().cloned()).then_some(&draft.text)
    }
}

/// A change of this run. The change itself is not stored: it may contain a password.
#[derive(Clone, Debug)]
pub struct RunningChange {
    pub(super) ticket: Ticket,
    pub(super) plan_index: usize,
    pub verb: &'static str,
    /// Whether it ignores a report (`true`) or restores it (`false`); `None` for any other change.
    pub(super) ignores_report: Option<bool>,
    pub target: Target,
    /// Name of the target, made visible for the screen.
    pub name: String,
    /// The lists to refresh once the change is applied.
    pub(super) lists: Vec<List>,
    pub progress: ChangeStep,
    /// Time at which `progress` was learned.
    pub(super) known_at: Option<Timestamp>,
}

impl Session {
    /// Returns whether `report` is ignored. A confirmed change of this run counts until the server's index, which lags
    /// behind, must have caught up.
    pub fn is_ignored(&self, report: &Report) -> Option<bool> {
        /// Servers take about half of this (API reference 2.13, "POST /api/v1/alerts").
        const LAG: SignedDuration = SignedDuration::from_secs(60);
        let as_of = self.lists.pages::<Report>().loaded_pages().map(|page| page.as_of).min();
        let mut running = self.changes.running.iter().rev();
        let confirmed = running.find(|change| {
            let is_this_report = matches!(&change.target, Target::Report(id) if *id == report.id);
            let until = change.known_at.and_then(|at| at.checked_add(LAG).ok());
            let is_done =
                matches!(&change.progress, ChangeStep::Outcome(outcome) if outcome.stage == LoggedStage::Confirmed);
            is_this_report && is_done && as_of < until
        });
        confirmed.and_then(|change| change.ignores_report).or(report.is_ignored)
    }

    /// Returns the number of changes on this server whose outcome is not known.
    pub fn n_pending_changes(&self) -> usize {
        // A change that is being sent may be in the log already.
        let in_flight = self.changes.running.iter().filter(|change| change.is_in_flight());
        let unlogged = in_flight.count().saturating_sub(self.changes.n_unanswered);
        self.changes.n_pending + unlogged
    }

    /// Returns whether the entry `logged` is a change that this run is sending right now.
    pub fn is_being_sent(&self, logged: &LoggedChange) -> bool {
        let is_this = |change: &RunningChange| {
            change.verb == logged.submitted.verb && change.target.id() == logged.submitted.target.id
        };
        let mut in_flight = self.changes.running.iter().filter(|change| change.is_in_flight());
        logged.steps.is_empty() && in_flight.any(is_this)
    }

    /// Summarizes the changes applied together under `ticket`; the flag is whether all succeeded. `None` for a single
    /// change.
    pub(super) fn batch_summary(&self, ticket: Ticket) -> Option<(String, bool)> {
        let batch: Vec<_> = self.changes.running.iter().filter(|change| change.ticket == ticket).collect();
        if batch.len() < 2 {
            return None;
        }
        // The number of targets at a stage, and the names of the changes.
        let names = |is_at: fn(&ChangeStep) -> bool| {
            let matches = batch.iter().filter(|change| is_at(&change.progress));
            let names: Vec<_> = matches.clone().map(|change| change.name.as_str()).collect();
            let n: usize = matches.map(|change| change.target.len()).sum();
            (n, names)
        };
        let bad = [
            ("NOT SENT", names(|step| matches!(step, ChangeStep::NotSent(_)))),
            ("NOT APPLIED", names(|step| stage_of(step) == Some(LoggedStage::NotApplied))),
            ("PARTLY", names(|step| stage_of(step) == Some(LoggedStage::Partly))),
            ("UNKNOWN", names(|step| stage_of(step) == Some(LoggedStage::Unknown))),
            ("PENDING", names(|step| stage_of(step) == Some(LoggedStage::Pending))),
        ];
        let good = [
            ("CONFIRMED", names(|step| stage_of(step) == Some(LoggedStage::Confirmed))),
            ("accepted, waiting", names(|step| stage_of(step) == Some(LoggedStage::Accepted))),
            ("sending", names(|step| *step == ChangeStep::Sending)),
        ];
        let mut parts = Vec::new();
        let bad = bad.into_iter().filter(|(_, (n, _))| *n > 0);
        for (what, (n, names)) in bad {
            parts.push(format!("{n} {what} ({})", names.join(", ")));
        }
        let is_good = parts.is_empty();
        let good = good.into_iter().filter(|(_, (n, _))| *n > 0);
        parts.extend(good.map(|(what, (n, _))| format!("{n} {what}")));
        let mut verbs: Vec<_> = batch.iter().map(|change| changes::label(change.verb)).collect();
        verbs.dedup();
        let all: usize = batch.iter().map(|change| change.target.len()).sum();
        let subject = match verbs.as_slice() {
            [verb] => format!("{verb} {all}"),
            verbs => format!("{}, {all} in all", verbs.join(" and ")),
        };
        let text = format!("{subject}: {}; Activity (@) lists them", parts.join(", "));
        Some((text, is_good))
    }

    /// Describes what quitting now would leave unfinished; `None` if nothing.
    pub fn describe_unfinished(&self) -> Option<String> {
        let in_flight = self.changes.running.iter().find(|change| change.is_in_flight());
        let pending = in_flight.map(|change| {
            let (verb, name) = (changes::label(change.verb), &change.name);
            format!("{verb} {name} is still pending; it will be checked the next time you start lampblack")
        });
        pending.or_else(|| match self.transfers.downloads.len() {
            0 => None,
            1 => Some("a download is running and would be cancelled".into()),
            n => Some(format!("{n} downloads are running and would be cancelled")),
        })
    }

    /// Returns the lines printed when the console ends: open changes, and the head of the audit log if this run changed
    /// anything.
    pub fn exit_summary(&self) -> Vec<String> {
        let mut lines = self.describe_unlogged();
        let Some(history) = &self.changes.history else {
            return lines;
        };
        let open = history.activity.iter();
        let open = open.filter(|logged| logged.submitted.server == self.connection.info.host && logged.is_open());
        lines.extend(open.map(|logged| {
            let name = text::make_visible(&logged.submitted.target.name.as_str().into());
            let stage = logged.stage();
            format!(
                "{} {name}: {stage}; it will be checked the next time you start lampblack",
                changes::label(&logged.submitted.verb)
            )
        }));
        if !self.changes.running.is_empty() {
            let (n, last) = &history.log_head;
            lines.push(format!("Audit log: {n} entries, head {last}"));
        }
        lines
    }
}

impl Session {
    /// Describes the changes that were still waiting for the lock of the audit log.
    fn describe_unlogged(&self) -> Vec<String> {
        let waiting = self.changes.running.iter();
        let waiting = waiting.filter(|change| self.changes.is_log_locked && change.is_in_flight());
        waiting
            .map(|change| {
                let name = text::make_visible(&change.name.as_str().into());
                format!(
                    "{} {name}: another program had locked the audit log; what is not in the log was not sent",
                    changes::label(change.verb)
                )
            })
            .collect()
    }
}

/// Returns the logged stage of a step; `None` before there is an outcome.
fn stage_of(step: &ChangeStep) -> Option<LoggedStage> {
    match step {
        ChangeStep::Outcome(outcome) => Some(outcome.stage),
        ChangeStep::Sending | ChangeStep::NotSent(_) => None,
    }
}

impl RunningChange {
    /// Whether the request may have been sent and its outcome is not known yet.
    pub fn is_in_flight(&self) -> bool {
        self.progress == ChangeStep::Sending
    }
}
