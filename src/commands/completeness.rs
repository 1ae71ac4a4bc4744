//! What an answer lacks, said beside it.

use super::{CommandCx, Exit, Failure};
use crate::text;

/// What the server, or the reading of what it sent, left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MissingParts {
    /// How many records could not be read.
    pub(super) n_unreadable: usize,
    /// How many the user's rights hide.
    pub(super) hidden: u64,
    /// Whether the server says that something is missing.
    pub(super) is_incomplete: bool,
}

impl MissingParts {
    /// Warns of what is missing; `records` is what they are called.
    pub(super) fn warn(self, records: &str, caller: &mut CommandCx<'_>) {
        if self.n_unreadable > 0 {
            caller.warn(&describe_unreadable(self.n_unreadable, records));
        }
        if self.hidden > 0 {
            let n = text::pluralize(self.hidden, "row is", "rows are");
            caller.warn(&format!("{n} hidden from the user of this token"));
        }
        if self.is_incomplete {
            caller.warn("the server left something out: there may be more than it says");
        }
    }
}

/// That so many records could not be read; `records` is what several are called, an `s` more than one is.
pub(super) fn describe_unreadable(n: usize, records: &str) -> String {
    let one = records.strip_suffix('s').unwrap_or(records);
    let what = text::pluralize(n, one, records);
    let is = if n == 1 { "is" } else { "are" };
    format!("{what} could not be read and {is} left out")
}

/// That there is no such thing, as far as one can tell: where records could not be read, it may be one of them.
pub(super) fn not_found(why: String, n_unread: usize, records: &str) -> Failure {
    if n_unread == 0 {
        return Failure::new(Exit::NoResults, why);
    }
    let one = records.strip_suffix('s').unwrap_or(records);
    let what = text::pluralize(n_unread, one, records);
    let it = if n_unread == 1 { "it" } else { "one of them" };
    let may_be = format!("{what} could not be read, and {it} may be it");
    Failure::new(Exit::Failed, format!("{may_be}; of the others, {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_is_said_as_one() {
        assert_eq!(describe_unreadable(1, "rows"), "1 row could not be read and is left out");
        assert_eq!(describe_unreadable(2, "feeds"), "2 feeds could not be read and are left out");
    }
}
