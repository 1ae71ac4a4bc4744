//! How many things a sheet changes, and what must be typed before it does.

use super::SheetPane;
use crate::session::{Preview, Session};

impl SheetPane {
    /// How many things are changed; while some are still looked up, how many are meant.
    pub(super) fn n_changed(&self, session: &Session) -> usize {
        match self.preview(session) {
            Some(preview) if !preview.prepared.iter().all(Option::is_some) => self.n_meant(),
            preview => preview.map_or(0, Preview::n_changed),
        }
    }

    /// How many things it is about.
    pub(super) fn n_meant(&self) -> usize {
        self.deeds.iter().map(|deed| deed.target().len()).sum()
    }

    /// What several of its targets are called.
    pub(super) fn several(&self) -> &'static str {
        let mut kinds = self.deeds.iter().map(|deed| deed.target().several());
        let first = kinds.next().unwrap_or_default();
        if kinds.all(|other| other == first) { first } else { "actions" }
    }

    /// What must be typed, and what for; nothing for a single target that nobody protects, and for a few alerts.
    pub(super) fn wanted(&self, session: &Session) -> Option<(String, String)> {
        /// As many alerts are changed without being counted by whoever does it.
        const FEW: usize = 25;
        let n = self.n_changed(session);
        let protected = || {
            let plans = self.plans(session);
            let plan = plans.into_iter().find(|plan| plan.protection.is_some())?;
            let name = plan.state.raw_name().raw().to_owned();
            Some(("host name".into(), name))
        };
        match n {
            0 | 1 => protected(),
            _ if n < FEW && self.is_light() => None,
            n => Some((format!("number of {}", self.several()), n.to_string())),
        }
    }
}
