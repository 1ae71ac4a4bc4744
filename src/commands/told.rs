//! What a search has to say beside its rows.

use super::{Caller, Exit, gaps::Gaps};
use crate::model::Page;

/// What stands beside the rows of a search.
#[derive(Default)]
pub(super) struct Told {
    /// What a row is.
    noun: &'static str,
    sent: u64,
    total: u64,
    gaps: Gaps,
}

impl Told {
    /// Nothing yet of rows that are called `noun`.
    pub(super) fn of(noun: &'static str) -> Self {
        Self {
            noun,
            ..Self::default()
        }
    }

    /// Counts a page in.
    pub(super) fn add<T>(&mut self, page: &Page<T>) {
        self.sent += u64::try_from(page.sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.gaps.broken += page.broken;
        self.gaps.hidden = self.gaps.hidden.max(page.hidden);
        self.gaps.is_incomplete |= page.is_incomplete;
    }

    /// Says it all; the exit code says whether there was anything.
    pub(super) fn tell(&self, limit: Option<u64>, caller: &mut Caller<'_>) -> Exit {
        self.gaps.tell("rows", caller);
        if self.sent == 0 {
            caller.note(&format!("no {} matches", self.noun));
            return Exit::Nothing;
        }
        if limit == Some(self.sent) && self.sent < self.total {
            caller.note(&format!(
                "{} {} of up to {}; --limit 0 gives all",
                self.sent,
                if self.sent == 1 { "row" } else { "rows" },
                self.total
            ));
        }
        Exit::Done
    }
}
