//! Warnings about incomplete answers.

use super::{CommandCx, Exit, Failure};
use crate::text;

/// The parts of an answer that are missing or could not be read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MissingParts {
    pub(super) n_unreadable: usize,
    /// The number of rows that the user has no permission to see.
    pub(super) hidden: u64,
    pub(super) is_incomplete: bool,
}

impl MissingParts {
    /// Warns of the missing parts; `records` is the plural noun of the rows.
    pub(super) fn warn(self, records: &str, cx: &mut CommandCx<'_>) {
        if self.n_unreadable > 0 {
            cx.warn(&describe_unreadable(self.n_unreadable, records));
        }
        if self.hidden > 0 {
            let n = text::pluralize(self.hidden, "row is", "rows are");
            cx.warn(&format!("{n} hidden (no permission)"));
        }
        if self.is_incomplete {
            cx.warn("the server returned partial results");
        }
    }
}

/// Describes `n` unreadable records; `records` is their plural noun, the singular with an `s`.
pub(super) fn describe_unreadable(n: usize, records: &str) -> String {
    let singular = records.strip_suffix('s').unwrap_or(records);
    let what = text::pluralize(n, singular, records);
    let is = if n == 1 { "is" } else { "are" };
    format!("{what} could not be read and {is} skipped")
}

/// Returns the failure for an object that was not found; if records are unreadable, it may be one of them.
pub(super) fn not_found(why: String, n_unreadable: usize, records: &str) -> Failure {
    if n_unreadable == 0 {
        return Failure::new(Exit::NoResults, why);
    }
    let singular = records.strip_suffix('s').unwrap_or(records);
    let what = text::pluralize(n_unreadable, singular, records);
    let it = if n_unreadable == 1 { "it" } else { "one of them" };
    let may_be = format!("{what} could not be read, and {it} may be the one");
    Failure::new(Exit::Failed, format!("{may_be}; among the others: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_record_is_described_in_the_singular() {
        assert_eq!(describe_unreadable(1, "rows"), "1 row could not be read and is skipped");
        assert_eq!(describe_unreadable(2, "feeds"), "2 feeds could not be read and are skipped");
    }
}
