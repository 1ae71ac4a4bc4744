//! What an answer lacks, said beside it.

use super::Caller;

/// What the server, or the reading of what it sent, left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gaps {
    /// How many records could not be read.
    pub(super) broken: usize,
    /// How many the user's rights hide.
    pub(super) hidden: u64,
    /// Whether the server says that something is missing.
    pub(super) is_incomplete: bool,
}

impl Gaps {
    /// Warns of what is missing; `records` is what they are called.
    pub(super) fn tell(self, records: &str, caller: &mut Caller<'_>) {
        if self.broken > 0 {
            caller.warn(&format!(
                "{} {records} could not be read and are left out",
                self.broken
            ));
        }
        if self.hidden > 0 {
            caller.warn(&format!(
                "{} rows are hidden from the user of this token",
                self.hidden
            ));
        }
        if self.is_incomplete {
            caller.warn("the server left something out: there may be more than it says");
        }
    }
}
