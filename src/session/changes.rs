//! Deeds on the screen: what is previewed, and what is being done.

use jiff::{SignedDuration, Timestamp};

use super::Session;
use crate::api::Error;
use crate::changes::{self, Act, Deed, Fact, Ignoring, Plan, Prepared, Stage, Target};
use crate::model::Report;
use crate::text;
use crate::worker::{List, Step, Ticket};

/// What deeds would do, as far as it is known.
#[derive(Clone, Debug)]
pub struct Preview {
    pub(super) ticket: Ticket,
    /// Which deeds.
    pub deeds: Vec<Deed>,
    /// What each would do, or why that could not be found out; `None` while it is looked up.
    pub prepared: Vec<Option<Result<Prepared, Error>>>,
    /// How many things each would change; a sheet asks for it again and again.
    pub(super) counts: Vec<usize>,
    /// What is known of the blast radius, by the position of the deed; without one where it is about all of them together.
    pub facts: Vec<(Option<usize>, Fact)>,
}

impl Preview {
    /// How many are still looked up.
    pub fn n_pending(&self) -> usize {
        let unprepared = self.prepared.iter().filter(|one| one.is_none()).count();
        let n_facts = if changes::are_many(&self.deeds) {
            let mut told: Vec<_> = self.facts.iter().map(|(_, fact)| fact.what).collect();
            told.sort_unstable();
            told.dedup();
            told.len()
        } else {
            self.facts.len()
        };
        (unprepared + self.expected().count()).saturating_sub(n_facts)
    }

    /// Every line of the blast radius that there will be: of which deed, and what it is about. Of many hashes, each is
    /// about all of them.
    fn expected(&self) -> impl Iterator<Item = (Option<usize>, &'static str)> {
        let are_many = changes::are_many(&self.deeds);
        let each = self.prepared.iter().enumerate();
        let ready = each.filter_map(move |(at, one)| match one {
            Some(Ok(Prepared::Ready(plan))) => Some(((!are_many).then_some(at), plan.deed.looks())),
            _ => None,
        });
        let ready = ready.take(if are_many { 1 } else { usize::MAX });
        ready.flat_map(|(at, looks)| looks.iter().map(move |what| (at, *what)))
    }

    /// Every line that is not here is not known, and nobody waits for it.
    pub(super) fn give_up(&mut self) {
        let is_here = |(at, what): &(Option<usize>, &str)| {
            let mut facts = self.facts.iter();
            facts.any(|(other, fact)| other == at && fact.what == *what)
        };
        let missing: Vec<_> = self.expected().filter(|look| !is_here(look)).collect();
        self.facts.extend(missing.into_iter().map(|(at, what)| {
            let fact = Fact { what, said: "unknown: cancelled".into(), ..Fact::default() };
            (at, fact)
        }));
    }

    /// What can be done. Of several, a protected host is left out: it is named alone.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.ready().map(|(plan, _)| plan)
    }

    /// How many things that would change.
    pub fn n_changed(&self) -> usize {
        self.ready().map(|(_, count)| count).sum()
    }

    /// What can be done, and how many things it would change.
    fn ready(&self) -> impl Iterator<Item = (&Plan, usize)> {
        let is_alone = self.deeds.len() == 1;
        let each = self.prepared.iter().zip(&self.counts);
        let ready = each.filter_map(|(one, count)| match one {
            Some(Ok(Prepared::Ready(plan))) => Some((&**plan, *count)),
            _ => None,
        });
        ready.filter(move |(plan, _)| is_alone || plan.protection.is_none())
    }
}

/// A reason that was typed for deeds, which were not done. It is that of no others.
#[derive(Clone, Debug)]
pub(super) struct KeptReason {
    what: Vec<(&'static str, Target)>,
    reason: String,
}

impl KeptReason {
    pub(super) fn of(deeds: &[Deed], reason: String) -> Self {
        Self { what: what(deeds).collect(), reason }
    }
}

/// What is done, and to what.
fn what(deeds: &[Deed]) -> impl Iterator<Item = (&'static str, Target)> {
    deeds.iter().map(|deed| (deed.verb(), deed.target()))
}

impl Session {
    /// The reason that was typed for just these deeds before.
    pub fn reason_for(&self, deeds: &[Deed]) -> Option<&str> {
        let kept = self.kept_reason.as_ref()?;
        what(deeds).eq(kept.what.iter().cloned()).then_some(&kept.reason)
    }
}

/// A deed of this run. The deed itself is not kept: it may have a password in it.
#[derive(Clone, Debug)]
pub struct Doing {
    pub(super) ticket: Ticket,
    pub(super) at: usize,
    /// What is done, in a word.
    pub verb: &'static str,
    /// To what.
    pub target: Target,
    /// What that is called, fit to be shown.
    pub name: String,
    /// In which lists it shows.
    pub(super) lists: Vec<List>,
    /// How far it has got.
    pub step: Step,
    /// When that became known.
    pub(super) known_at: Option<Timestamp>,
}

impl Session {
    /// Whether a report is ignored: what was read back of a deed on it counts until the index, which lags behind, must
    /// have caught up.
    pub fn is_ignored(&self, report: &Report) -> Option<bool> {
        /// Servers take about half of it (reference 2.13, "POST /api/v1/alerts").
        const LAG: SignedDuration = SignedDuration::from_secs(60);
        let as_of = self.reports.held().map(|page| page.as_of).min();
        let mut doings = self.doings.iter().rev();
        let told = doings.find(|doing| {
            let is_its = matches!(&doing.target, Target::Report(id) if *id == report.id);
            let until = doing.known_at.and_then(|at| at.checked_add(LAG).ok());
            let is_done = matches!(&doing.step, Step::Known(outcome) if outcome.stage == Stage::Confirmed);
            is_its && is_done && as_of < until
        });
        let is_ignored = told.map(|doing| doing.verb == Ignoring::VERBS[0]);
        is_ignored.or(report.is_ignored)
    }

    /// How many deeds on this server are not known to be done or not to be done.
    pub fn n_open(&self) -> usize {
        // What is on its way may stand in the log already.
        let leaving = self.doings.iter().filter(|doing| doing.is_leaving());
        let unlogged = leaving.count().saturating_sub(self.n_silent_acts);
        self.n_open_acts + unlogged
    }

    /// Whether a deed of the log is one that this run is just sending.
    pub fn is_leaving(&self, act: &Act) -> bool {
        let is_its = |doing: &Doing| doing.verb == act.sending.deed && doing.target.id() == act.sending.target.id;
        let mut leaving = self.doings.iter().filter(|doing| doing.is_leaving());
        act.steps.is_empty() && leaving.any(is_its)
    }

    /// What became of several deeds that were done together, and whether all of it is good; nothing for a single one.
    pub(super) fn summary(&self, ticket: Ticket) -> Option<(String, bool)> {
        let ours: Vec<_> = self.doings.iter().filter(|doing| doing.ticket == ticket).collect();
        if ours.len() < 2 {
            return None;
        }
        // How many things that is, and their names.
        let names = |is_so: fn(&Step) -> bool| {
            let so = ours.iter().filter(|doing| is_so(&doing.step));
            let names: Vec<_> = so.clone().map(|doing| doing.name.as_str()).collect();
            let n: usize = so.map(|doing| doing.target.len()).sum();
            (n, names)
        };
        let bad = [
            ("NOT SENT", names(|step| matches!(step, Step::NotSent(_)))),
            ("NOT APPLIED", names(|step| at(step) == Some(Stage::NotApplied))),
            ("PARTLY", names(|step| at(step) == Some(Stage::Partly))),
            ("UNKNOWN", names(|step| at(step) == Some(Stage::Unknown))),
            ("PENDING", names(|step| at(step) == Some(Stage::Pending))),
        ];
        let good = [
            ("CONFIRMED", names(|step| at(step) == Some(Stage::Confirmed))),
            ("accepted, waiting", names(|step| at(step) == Some(Stage::Accepted))),
            ("sending", names(|step| *step == Step::Sending)),
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
    pub fn unfinished(&self) -> Option<String> {
        let leaving = self.doings.iter().find(|doing| doing.is_leaving());
        let deed = leaving.map(|doing| {
            let (verb, name) = (changes::label(doing.verb), &doing.name);
            format!("{verb} {name} is still pending; it will be checked the next time you start lampblack")
        });
        deed.or_else(|| match self.transfers.len() {
            0 => None,
            1 => Some("a download is running and would be cancelled".into()),
            n => Some(format!("{n} downloads are running and would be cancelled")),
        })
    }

    /// What is to be said when the console was left: what is still open, and where the log of this run ends.
    pub fn parting(&self) -> Vec<String> {
        let mut lines = self.unlogged();
        let Some(journal) = &self.journal else {
            return lines;
        };
        let here = journal.acts.iter();
        let here = here.filter(|act| act.sending.server == self.identity.host && act.is_open());
        lines.extend(here.map(|act| {
            let name = text::visible(&act.sending.target.name.as_str().into());
            let stage = act.stage();
            format!(
                "{} {name}: {stage}; it will be checked the next time you start lampblack",
                changes::label(&act.sending.deed)
            )
        }));
        if !self.doings.is_empty() {
            let (n, last) = &journal.head;
            lines.push(format!("Audit log: {n} entries, head {last}"));
        }
        lines
    }
}

impl Session {
    /// What has not come further than to the lock of the action log, in words.
    fn unlogged(&self) -> Vec<String> {
        let waiting = self.doings.iter();
        let waiting = waiting.filter(|doing| self.is_log_locked && doing.is_leaving());
        waiting
            .map(|doing| {
                let name = text::visible(&doing.name.as_str().into());
                format!(
                    "{} {name}: another program had locked the audit log; what is not in the log was not sent",
                    changes::label(doing.verb)
                )
            })
            .collect()
    }
}

/// How far a step is, as far as that is known.
fn at(step: &Step) -> Option<Stage> {
    match step {
        Step::Known(outcome) => Some(outcome.stage),
        Step::Sending | Step::NotSent(_) => None,
    }
}

impl Doing {
    /// Whether it may have left, and nothing is known of it yet.
    pub fn is_leaving(&self) -> bool {
        self.step == Step::Sending
    }
}
