//! Polling for new alerts; it changes none of the rows shown.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::api::Error;
use crate::model::AlertId;

/// Whether the alert queue is polled.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LiveMode {
    #[default]
    Off,
    On,
    /// A poll failed; polling resumes only at the user's request.
    Paused(Error),
}

/// How many alerts appeared or disappeared since the list was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAlerts {
    pub n_new: u64,
    /// Shown alerts that no longer match the search.
    pub n_gone: u64,
    pub as_of: Timestamp,
}

/// State of the polling for new alerts.
#[derive(Debug, Default)]
pub struct LiveUpdates {
    pub state: LiveMode,
    /// Result of the last poll.
    pub new_alerts: Option<NewAlerts>,
}

impl NewAlerts {
    /// Compares the `newest` alerts, from a result of `of`, with the `shown` ones, from a result of `total`. If all of
    /// those are loaded, alerts not among them are new; otherwise only the totals can be compared.
    pub(in crate::session) fn compare<'a>(
        newest: impl Iterator<Item = &'a AlertId>,
        of: u64,
        shown: &HashSet<&AlertId>,
        total: u64,
        as_of: Timestamp,
    ) -> Self {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let grown = of.saturating_sub(total);
        let n_new = if count(shown.len()) >= total {
            // If all of `newest` is new, there may be more beyond it.
            let unseen = newest.filter(|id| !shown.contains(id)).count();
            count(unseen).max(grown)
        } else {
            grown
        };
        Self { n_new, n_gone: (total + n_new).saturating_sub(of), as_of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<AlertId> {
        names.iter().map(|name| AlertId((*name).into())).collect()
    }

    #[test]
    fn new_and_gone_alerts_are_counted() {
        let here = ids(&["a", "b", "c"]);
        let shown: HashSet<_> = here.iter().collect();
        let counts = |names: &[&str], of, total| {
            let newest = ids(names);
            let counts = NewAlerts::compare(newest.iter(), of, &shown, total, Timestamp::UNIX_EPOCH);
            (counts.n_new, counts.n_gone)
        };
        assert_eq!(counts(&["a", "b", "c"], 3, 3), (0, 0));
        assert_eq!(counts(&["x", "a", "b", "c"], 4, 3), (1, 0));
        assert_eq!(counts(&["x", "a", "c"], 3, 3), (1, 1));
        assert_eq!(counts(&["x", "y"], 9, 3), (6, 0));
        // If not all are loaded, only the totals are compared.
        assert_eq!(counts(&["x", "y"], 40, 38), (2, 0));
        assert_eq!(counts(&["x", "y"], 30, 38), (0, 8));
    }
}
