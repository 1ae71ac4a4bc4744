//! What a search has to say beside its rows.

use super::{Caller, Exit, gaps::Gaps};
use crate::model::Page;

/// What stands beside the rows.
#[derive(Default)]
pub(super) struct Told {
    sent: u64,
    total: u64,
    gaps: Gaps,
}

impl Told {
    /// Another page has come.
    pub(super) fn add<T>(&mut self, page: &Page<T>) {
        self.sent += u64::try_from(page.sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.gaps.broken += page.broken;
        self.gaps.hidden = self.gaps.hidden.max(page.hidden);
        self.gaps.is_incomplete |= page.is_incomplete;
    }

    /// Says what the rows themselves do not, and how it went; `noun` is what they are.
    pub(super) fn tell(&self, noun: &str, limit: Option<u64>, caller: &mut Caller<'_>) -> Exit {
        self.gaps.tell("rows", caller);
        if self.sent == 0 {
            caller.note(&format!("no {noun} matches"));
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
