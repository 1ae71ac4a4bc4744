//! Deeds on the screen: what is previewed, and what is being done.

use super::Session;
use crate::api::Error;
use crate::deeds::{Deed, Fact, Plan, Prepared};
use crate::text;
use crate::worker::{Step, Ticket};

/// What deeds would do, as far as it is known.
#[derive(Clone, Debug)]
pub struct Preview {
    pub(super) ticket: Ticket,
    /// Which deeds.
    pub deeds: Vec<Deed>,
    /// What each would do, or why that could not be found out; `None` while it is looked up.
    pub prepared: Vec<Option<Result<Prepared, Error>>>,
    /// What is known of the blast radius, by the position of the deed.
    pub facts: Vec<(usize, Fact)>,
}

impl Preview {
    /// How many are still looked up.
    pub fn n_pending(&self) -> usize {
        let unprepared = self.prepared.iter().filter(|one| one.is_none()).count();
        let ready = self.prepared.iter().flatten().filter_map(|one| match one {
            Ok(Prepared::Ready(plan)) => Some(plan.deed.looks().len()),
            _ => None,
        });
        (unprepared + ready.sum::<usize>()).saturating_sub(self.facts.len())
    }

    /// What can be done. Of several, a protected host is left out: it is named alone.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        let is_alone = self.deeds.len() == 1;
        let ready = self.prepared.iter().filter_map(|one| match one {
            Some(Ok(Prepared::Ready(plan))) => Some(&**plan),
            _ => None,
        });
        ready.filter(move |plan| is_alone || plan.protection.is_none())
    }
}

/// A deed of this run.
#[derive(Clone, Debug)]
pub struct Doing {
    pub(super) ticket: Ticket,
    pub(super) at: usize,
    /// What is done.
    pub deed: Deed,
    /// To what, fit to be shown.
    pub name: String,
    /// How far it has got.
    pub step: Step,
}

impl Session {
    /// How many deeds on this server are not known to be done or not to be done.
    pub fn n_open(&self) -> usize {
        let leaving = self.doings.iter().filter(|doing| doing.is_leaving());
        self.n_open_acts + leaving.count()
    }
}

impl Session {
    /// What would be left half-way if the console were left now; nothing if nothing would.
    pub fn unfinished(&self) -> Option<String> {
        let leaving = self.doings.iter().find(|doing| doing.is_leaving());
        let deed = leaving.map(|doing| {
            let (verb, name) = (doing.deed.verb(), &doing.name);
            format!(
                "{verb} {name} is on its way: what becomes of it, only the next console will tell"
            )
        });
        deed.or_else(|| match self.transfers.len() {
            0 => None,
            1 => Some("a download is on its way, and would be given up".into()),
            n => Some(format!(
                "{n} downloads are on their way, and would be given up"
            )),
        })
    }

    /// What is to be said when the console was left: what is still open, and where the log of this run ends.
    pub fn parting(&self) -> Vec<String> {
        let Some(journal) = &self.journal else {
            return Vec::new();
        };
        let here = journal.acts.iter();
        let here = here.filter(|act| act.sending.server == self.identity.host && act.is_open());
        let mut lines: Vec<_> = here
            .map(|act| {
                let name = text::visible(&act.sending.target.name.as_str().into());
                let stage = act.stage();
                format!(
                    "{} {name}: {stage}; the next console looks after it",
                    act.sending.deed
                )
            })
            .collect();
        if !self.doings.is_empty() {
            let (n, last) = &journal.head;
            lines.push(format!("the action log has {n} lines, the last one {last}"));
        }
        lines
    }
}

impl Doing {
    /// Whether it may have left, and nothing is known of it yet.
    pub fn is_leaving(&self) -> bool {
        self.step == Step::Sending
    }
}
