//! The number of targets of a confirmation, and the text that must be typed to confirm.

use super::ConfirmPane;
use crate::session::{Preview, Session};

impl ConfirmPane {
    /// Returns how many targets will be changed; while the preview is incomplete, the number of all targets.
    pub(super) fn n_changed(&self, session: &Session) -> usize {
        match self.preview(session) {
            Some(preview) if !preview.results.iter().all(Option::is_some) => self.n_targets(),
            preview => preview.map_or(0, Preview::n_changed),
        }
    }

    /// Returns the number of all targets.
    pub(super) fn n_targets(&self) -> usize {
        self.changes.iter().map(|change| change.target().len()).sum()
    }

    /// Returns the plural noun for the targets.
    pub(super) fn targets_plural(&self) -> &'static str {
        let mut kinds = self.changes.iter().map(|change| change.target().plural());
        let first = kinds.next().unwrap_or_default();
        if kinds.all(|other| other == first) { first } else { "actions" }
    }

    /// Returns a noun for the text that must be typed, and the text; `None` for one target that may be confirmed by
    /// a button, and for few alerts.
    pub(super) fn confirmation(&self, session: &Session) -> Option<(String, String)> {
        /// From this many alerts on, their number must be typed.
        const MAX_UNCONFIRMED: usize = 25;
        let n = self.n_changed(session);
        let named = || {
            let plans = self.plans(session);
            let (noun, text) = plans.into_iter().find(|plan| plan.name_reason().is_some())?.text_to_type();
            Some((noun.into(), text))
        };
        match n {
            0 | 1 => named(),
            _ if n < MAX_UNCONFIRMED && self.needs_no_reason() => None,
            n => Some((format!("number of {}", self.targets_plural()), n.to_string())),
        }
    }
}
