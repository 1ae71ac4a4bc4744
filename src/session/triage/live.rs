//! Whether new alerts have come: a look now and then, which changes nothing of what is shown.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::api::Error;
use crate::model::AlertId;
use crate::read::AlertRows;
use crate::session::{Awaiting, Remote};
use crate::worker::Ticket;

/// Whether anybody looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Watch {
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
pub struct News {
    /// How many have come.
    pub n_new: u64,
    /// How many of those shown do not belong to the answer any more.
    pub n_gone: u64,
    /// When that was so.
    pub as_of: Timestamp,
}

/// The looks.
#[derive(Debug, Default)]
pub struct Live {
    /// Whether anybody looks.
    pub watch: Watch,
    /// The newest alerts of the search.
    pub look: Remote<AlertRows>,
    /// What the last look has found.
    pub news: Option<News>,
}

impl Live {
    /// Whether there will be another look.
    pub fn is_looking(&self) -> bool {
        self.look.is_pending()
    }

    /// Takes a failure, if it answers the ticket expected: it pauses the looks.
    pub(in crate::session) fn fail(&mut self, ticket: Ticket, error: Error) -> bool {
        let is_expected = self.look.fail(ticket, error.clone());
        if is_expected {
            self.watch = Watch::Paused(error);
        }
        is_expected
    }
}

impl News {
    /// Compares a look with what is shown: `shown` alerts of `total`. Where all are here, those that are not among them
    /// are new; otherwise only the numbers can be compared.
    pub(in crate::session) fn of(
        look: &AlertRows,
        as_of: Timestamp,
        shown: &HashSet<&AlertId>,
        total: u64,
    ) -> Self {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let grown = look.total.saturating_sub(total);
        let unknown = look.rows.iter().filter(|alert| !shown.contains(&alert.id));
        let n_new = if count(shown.len()) >= total {
            // Behind a look that is all news there may be more of it.
            count(unknown.count()).max(grown)
        } else {
            grown
        };
        Self {
            n_new,
            n_gone: (total + n_new).saturating_sub(look.total),
            as_of,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Alert, Page, Span};
    use crate::wire;

    /// Alerts of these names, of so many.
    fn look(names: &[&str], total: u64) -> AlertRows {
        let rows = names
            .iter()
            .map(|name| format!(r#"{{"unique_id": "{name}"}}"#));
        let rows: Vec<_> = rows.collect();
        let json = format!(
            r#"{{"results": [{}], "total_results": {total}}}"#,
            rows.join(",")
        );
        let span = Span { start: 0, rows: 9 };
        let page: Page<Alert> = wire::page(&json, span).unwrap();
        page.map(Arc::new)
    }

    #[test]
    fn what_is_not_among_the_shown_is_new_and_what_the_total_lacks_is_gone() {
        let ids: Vec<_> = ["a", "b", "c"]
            .map(|id| AlertId(id.into()))
            .into_iter()
            .collect();
        let shown: HashSet<_> = ids.iter().collect();
        let news = |names: &[&str], now, total| {
            let news = News::of(&look(names, now), Timestamp::UNIX_EPOCH, &shown, total);
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
