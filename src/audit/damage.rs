//! What can be wrong with an audit log.

/// Damage of a log. The numbers of lines are from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogDamage {
    /// A line is not a valid entry.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable { line: u64, reason: String },
    /// The previous hash of a line is not the hash of the line before it.
    #[error("line {line} does not follow the line before it: lines were changed, moved or removed")]
    Broken { line: u64 },
    /// A line has the wrong number.
    #[error("line {line} has the number {stated}")]
    Misnumbered {
        /// The correct number of the line.
        line: u64,
        /// The number that is written in it.
        stated: u64,
    },
    /// Lines at the end are missing.
    #[error("the log has {n_found} lines and had {n_recorded}: its end was removed")]
    Cut {
        /// The number of lines in the log.
        n_found: u64,
        /// The number of lines by the head.
        n_recorded: u64,
    },
    /// The line that the head records as the last one is different.
    #[error("line {line} does not match the head: it was changed")]
    Changed { line: u64 },
    /// The log has an entry that it was found damaged.
    #[error("line {line} records an earlier change of the log: {what}")]
    Damaged {
        /// The line of that entry.
        line: u64,
        /// The damage that was found then.
        what: String,
    },
    /// The log has lines, but no head.
    #[error("{} is missing: a removed end cannot be detected", super::HEAD)]
    Headless,
    /// The last line is incomplete.
    #[error("the last {bytes} bytes are an incomplete line, e.g. after a crash; the next action repairs it")]
    Torn {
        /// The length of the incomplete line.
        bytes: u64,
    },
}
