//! Deeds on the screen: what is previewed, and what is being done.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Session;
use crate::api::Error;
use crate::changes::{
    self, Change, ChangeHistory, ImpactLine, LoggedChange, LoggedStage, Plan, Prepared, ReportChange, Target,
};
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
    /// The changes of this run.
    pub running: Vec<RunningChange>,
    /// The ticket typed for the last change.
    pub last_ticket: Option<String>,
}

/// What deeds would do, as far as it is known.
#[derive(Clone, Debug)]
pub struct Preview {
    pub(super) ticket: Ticket,
    /// Which deeds.
    pub changes: Vec<Change>,
    /// What each would do, or why that could not be found out; `None` while it is looked up.
    pub results: Vec<Option<Result<Prepared, Error>>>,
    /// How many things each would change; a sheet asks for it again and again.
    pub(super) change_counts: Vec<usize>,
    /// What is known of the blast radius, by the position of the deed; without one where it is about all of them together.
    pub impact_lines: Vec<(Option<usize>, ImpactLine)>,
}

impl Preview {
    /// How many are still looked up.
    pub fn n_pending(&self) -> usize {
        let unprepared = self.results.iter().filter(|one| one.is_none()).count();
        let n_facts = if changes::is_batch(&self.changes) {
            let mut told: Vec<_> = self.impact_lines.iter().map(|(_, fact)| fact.subject).collect();
            told.sort_unstable();
            told.dedup();
            told.len()
        } else {
            self.impact_lines.len()
        };
        (unprepared + self.expected_lines().count()).saturating_sub(n_facts)
    }

    /// Every line of the blast radius that there will be: of which deed, and what it is about. Of many hashes, each is
    /// about all of them.
    fn expected_lines(&self) -> impl Iterator<Item = (Option<usize>, &'static str)> {
        let are_many = changes::is_batch(&self.changes);
        let each = self.results.iter().enumerate();
        let ready = each.filter_map(move |(at, one)| match one {
            Some(Ok(Prepared::Ready(plan))) => Some(((!are_many).then_some(at), plan.change.probe_names())),
            _ => None,
        });
        let ready = ready.take(if are_many { 1 } else { usize::MAX });
        ready.flat_map(|(at, looks)| looks.iter().map(move |what| (at, *what)))
    }

    /// Stops waiting: every line that has not arrived is unknown, with the warning that it could have had.
    pub(super) fn cancel_pending(&mut self) {
        let is_here = |(at, what): &(Option<usize>, &str)| {
            let mut facts = self.impact_lines.iter();
            facts.any(|(other, fact)| other == at && fact.subject == *what)
        };
        let missing: Vec<_> = self.expected_lines().filter(|look| !is_here(look)).collect();
        let lines = missing.into_iter().map(|(at, what)| (at, ImpactLine::unknown(what, "cancelled")));
        self.impact_lines.extend(lines);
    }

    /// What can be done. Of several, a protected host is left out: it is named alone.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.ready_plans().map(|(plan, _)| plan)
    }

    /// How many things that would change.
    pub fn n_changed(&self) -> usize {
        self.ready_plans().map(|(_, count)| count).sum()
    }

    /// What can be done, and how many things it would change.
    fn ready_plans(&self) -> impl Iterator<Item = (&Plan, usize)> {
        let is_alone = self.changes.len() == 1;
        let each = self.results.iter().zip(&self.change_counts);
        let ready = each.filter_map(|(one, count)| match one {
            Some(Ok(Prepared::Ready(plan))) => Some((&**plan, *count)),
            _ => None,
        });
        ready.filter(move |(plan, _)| is_alone || plan.protection.is_none())
    }
}

/// A reason that was typed for deeds, which were not done. It is that of no others.
#[derive(Clone, Debug)]
pub(super) struct ReasonDraft {
    targets: Vec<(&'static str, Target)>,
    text: String,
}

impl ReasonDraft {
    pub(super) fn new(deeds: &[Change], reason: String) -> Self {
        Self { targets: change_targets(deeds).collect(), text: reason }
    }
}

/// What is done, and to what.
fn change_targets(deeds: &[Change]) -> impl Iterator<Item = (&'static str, Target)> {
    deeds.iter().map(|deed| (deed.verb(), deed.target()))
}

impl Session {
    /// The reason that was typed for just these deeds before.
    pub fn draft_reason_for(&self, deeds: &[Change]) -> Option<&str> {
        let kept = self.changes.draft_reason.as_ref()?;
        change_targets(deeds).eq(kept.targets.iter().cloned()).then_some(&kept.text)
    }
}

/// A deed of this run. The deed itself is not kept: it may have a password in it.
#[derive(Clone, Debug)]
pub struct RunningChange {
    pub(super) ticket: Ticket,
    pub(super) plan_index: usize,
    /// What is done, in a word.
    pub verb: &'static str,
    /// To what.
    pub target: Target,
    /// What that is called, fit to be shown.
    pub name: String,
    /// In which lists it shows.
    pub(super) lists: Vec<List>,
    /// How far it has got.
    pub progress: ChangeStep,
    /// When that became known.
    pub(super) known_at: Option<Timestamp>,
}

impl Session {
    /// Whether a report is ignored: what was read back of a deed on it counts until the index, which lags behind, must
    /// have caught up.
    pub fn is_ignored(&self, report: &Report) -> Option<bool> {
        /// Servers take about half of it (reference 2.13, "POST /api/v1/alerts").
        const LAG: SignedDuration = SignedDuration::from_secs(60);
        let as_of = self.lists.reports.loaded_pages().map(|page| page.as_of).min();
        let mut doings = self.changes.running.iter().rev();
        let told = doings.find(|doing| {
            let is_its = matches!(&doing.target, Target::Report(id) if *id == report.id);
            let until = doing.known_at.and_then(|at| at.checked_add(LAG).ok());
            let is_done =
                matches!(&doing.progress, ChangeStep::Outcome(outcome) if outcome.stage == LoggedStage::Confirmed);
            is_its && is_done && as_of < until
        });
        let is_ignored = told.map(|doing| doing.verb == ReportChange::VERBS[0]);
        is_ignored.or(report.is_ignored)
    }

    /// How many deeds on this server are not known to be done or not to be done.
    pub fn n_pending_changes(&self) -> usize {
        // What is on its way may stand in the log already.
        let leaving = self.changes.running.iter().filter(|doing| doing.is_in_flight());
        let unlogged = leaving.count().saturating_sub(self.changes.n_unanswered);
        self.changes.n_pending + unlogged
    }

    /// Whether a deed of the log is one that this run is just sending.
    pub fn is_being_sent(&self, act: &LoggedChange) -> bool {
        let is_its =
            |doing: &RunningChange| doing.verb == act.submitted.deed && doing.target.id() == act.submitted.target.id;
        let mut leaving = self.changes.running.iter().filter(|doing| doing.is_in_flight());
        act.steps.is_empty() && leaving.any(is_its)
    }

    /// What became of several deeds that were done together, and whether all of it is good; nothing for a single one.
    pub(super) fn batch_summary(&self, ticket: Ticket) -> Option<(String, bool)> {
        let ours: Vec<_> = self.changes.running.iter().filter(|doing| doing.ticket == ticket).collect();
        if ours.len() < 2 {
            return None;
        }
        // How many things that is, and their names.
        let names = |is_so: fn(&ChangeStep) -> bool| {
            let so = ours.iter().filter(|doing| is_so(&doing.progress));
            let names: Vec<_> = so.clone().map(|doing| doing.name.as_str()).collect();
            let n: usize = so.map(|doing| doing.target.len()).sum();
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
        let mut verbs: Vec<_> = ours.iter().map(|doing| changes::label(doing.verb)).collect();
        verbs.dedup();
        let all: usize = ours.iter().map(|doing| doing.target.len()).sum();
        let what = match verbs.as_slice() {
            [verb] => format!("{verb} {all}"),
            verbs => format!("{}, {all} in all", verbs.join(" and ")),
        };
        let text = format!("{what}: {}; Activity (@) lists them", parts.join(", "));
        Some((text, is_good))
    }

    /// What would be left half-way if the console were left now; nothing if nothing would.
    pub fn describe_unfinished(&self) -> Option<String> {
        let leaving = self.changes.running.iter().find(|doing| doing.is_in_flight());
        let deed = leaving.map(|doing| {
            let (verb, name) = (changes::label(doing.verb), &doing.name);
            format!("{verb} {name} is still pending; it will be checked the next time you start lampblack")
        });
        deed.or_else(|| match self.transfers.downloads.len() {
            0 => None,
            1 => Some("a download is running and would be cancelled".into()),
            n => Some(format!("{n} downloads are running and would be cancelled")),
        })
    }

    /// What is to be said when the console was left: what is still open, and where the log of this run ends.
    pub fn exit_summary(&self) -> Vec<String> {
        let mut lines = self.describe_unlogged();
        let Some(journal) = &self.changes.history else {
            return lines;
        };
        let here = journal.activity.iter();
        let here = here.filter(|act| act.submitted.server == self.connection.info.host && act.is_open());
        lines.extend(here.map(|act| {
            let name = text::make_visible(&act.submitted.target.name.as_str().into());
            let stage = act.stage();
            format!(
                "{} {name}: {stage}; it will be checked the next time you start lampblack",
                changes::label(&act.submitted.deed)
            )
        }));
        if !self.changes.running.is_empty() {
            let (n, last) = &journal.log_head;
            lines.push(format!("Audit log: {n} entries, head {last}"));
        }
        lines
    }
}

impl Session {
    /// What has not come further than to the lock of the action log, in words.
    fn describe_unlogged(&self) -> Vec<String> {
        let waiting = self.changes.running.iter();
        let waiting = waiting.filter(|doing| self.changes.is_log_locked && doing.is_in_flight());
        waiting
            .map(|doing| {
                let name = text::make_visible(&doing.name.as_str().into());
                format!(
                    "{} {name}: another program had locked the audit log; what is not in the log was not sent",
                    changes::label(doing.verb)
                )
            })
            .collect()
    }
}

/// How far a step is, as far as that is known.
fn stage_of(step: &ChangeStep) -> Option<LoggedStage> {
    match step {
        ChangeStep::Outcome(outcome) => Some(outcome.stage),
        ChangeStep::Sending | ChangeStep::NotSent(_) => None,
    }
}

impl RunningChange {
    /// Whether it may have left, and nothing is known of it yet.
    pub fn is_in_flight(&self) -> bool {
        self.progress == ChangeStep::Sending
    }
}
