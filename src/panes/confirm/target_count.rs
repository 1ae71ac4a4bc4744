//! How many things a sheet changes, and what must be typed before it does.

use super::ConfirmPane;
use crate::session::{Preview, Session};

impl ConfirmPane {
    /// How many things are changed; while some are still looked up, how many are meant.
    pub(super) fn n_changed(&self, session: &Session) -> usize {
        match self.preview(session) {
            Some(preview) if !preview.results.iter().all(Option::is_some) => self.n_targets(),
            preview => preview.map_or(0, Preview::n_changed),
        }
    }

    /// How many things it is about.
    pub(super) fn n_targets(&self) -> usize {
        self.changes.iter().map(|deed| deed.target().len()).sum()
    }

    /// What several of its targets are called.
    pub(super) fn targets_noun(&self) -> &'static str {
        let mut kinds = self.changes.iter().map(|deed| deed.target().plural());
        let first = kinds.next().unwrap_or_default();
        if kinds.all(|other| other == first) { first } else { "actions" }
    }

    /// What must be typed, and what for; nothing for a single target that nobody protects, and for a few alerts.
    pub(super) fn confirmation(&self, session: &Session) -> Option<(String, String)> {
        /// As many alerts are changed without being counted by whoever does it.
        const MAX_UNCONFIRMED: usize = 25;
        let n = self.n_changed(session);
        let protected = || {
            let plans = self.plans(session);
            let plan = plans.into_iter().find(|plan| plan.protection.is_some())?;
            let name = plan.state.target_name().raw().to_owned();
            Some(("host name".into(), name))
        };
        match n {
            0 | 1 => protected(),
            _ if n < MAX_UNCONFIRMED && self.needs_no_reason() => None,
            n => Some((format!("number of {}", self.targets_noun()), n.to_string())),
        }
    }
}
