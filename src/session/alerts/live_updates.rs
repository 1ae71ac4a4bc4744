//! Whether new alerts have come: a look now and then, which changes nothing of what is shown.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::api::Error;
use crate::fetch::AlertRows;
use crate::model::AlertId;
use crate::session::{Awaiting, Remote};
use crate::worker::Ticket;

/// Whether anybody looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LiveMode {
    /// Nobody does.
    #[default]
    Off,
    /// Somebody does.
    On,
    /// A look has failed, and there is no other until it is asked for.
    Paused(Error),
}

/// What is to be told of alerts that are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAlerts {
    /// How many have come.
    pub n_new: u64,
    /// How many of those shown do not belong to the answer any more.
    pub n_gone: u64,
    /// When that was so.
    pub as_of: Timestamp,
}

/// The looks.
#[derive(Debug, Default)]
pub struct LiveUpdates {
    /// Whether anybody looks.
    pub state: LiveMode,
    /// The newest alerts of the search.
    pub poll: Remote<AlertRows>,
    /// What the last look has found.
    pub new_alerts: Option<NewAlerts>,
}

impl LiveUpdates {
    /// Whether there will be another look.
    pub fn is_polling(&self) -> bool {
        self.poll.is_pending()
    }

    /// Takes a failure, if it answers the ticket expected: it pauses the looks.
    pub(in crate::session) fn reject(&mut self, ticket: Ticket, error: Error) -> bool {
        let is_expected = self.poll.reject(ticket, error.clone());
        if is_expected {
            self.state = LiveMode::Paused(error);
        }
        is_expected
    }
}

impl NewAlerts {
    /// Compares the newest alerts, of so many, with those that are shown, of so many. Where all are here, those that are
    /// not among them are new; otherwise only the numbers can be compared.
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
            // Behind a look that is all news there may be more of it.
            let unknown = newest.filter(|id| !shown.contains(id)).count();
            count(unknown).max(grown)
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
    fn what_is_not_among_the_shown_is_new_and_what_the_total_lacks_is_gone() {
        let here = ids(&["a", "b", "c"]);
        let shown: HashSet<_> = here.iter().collect();
        let news = |names: &[&str], of, total| {
            let newest = ids(names);
            let news = NewAlerts::compare(newest.iter(), of, &shown, total, Timestamp::UNIX_EPOCH);
            (news.n_new, news.n_gone)
        };
        assert_eq!(news(&["a", "b", "c"], 3, 3), (0, 0));
        assert_eq!(news(&["x", "a", "b", "c"], 4, 3), (1, 0));
        assert_eq!(news(&["x", "a", "c"], 3, 3), (1, 1));
        assert_eq!(news(&["x", "y"], 9, 3), (6, 0));
        // With more than is here, the numbers alone tell.
        assert_eq!(news(&["x", "y"], 40, 38), (2, 0));
        assert_eq!(news(&["x", "y"], 30, 38), (0, 8));
    }
}
