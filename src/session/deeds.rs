//! Deeds on the screen: what is previewed, and what is being done.

use crate::api::Error;
use crate::deeds::{Deed, Plan, Prepared};
use crate::worker::{Step, Ticket};

/// What deeds would do, as far as it is known.
#[derive(Clone, Debug)]
pub struct Preview {
    pub(super) ticket: Ticket,
    /// Which deeds.
    pub deeds: Vec<Deed>,
    /// What each would do, or why that could not be found out; `None` while it is looked up.
    pub prepared: Vec<Option<Result<Prepared, Error>>>,
}

impl Preview {
    /// How many are still looked up.
    pub fn n_pending(&self) -> usize {
        let pending = self.prepared.iter().filter(|one| one.is_none());
        pending.count()
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

impl Doing {
    /// Whether it may have left, and nothing is known of it yet.
    pub fn is_leaving(&self) -> bool {
        self.step == Step::Sending
    }
}
