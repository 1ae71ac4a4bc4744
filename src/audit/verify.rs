//! Whether an action log is still what was written.

use std::path::Path;

use super::{LogEntry, LogHead, Scan};
use crate::storage::FileError;

/// What a look at the whole log has shown.
#[derive(Clone, Debug, PartialEq)]
pub struct LogCheck {
    /// The lines that can be read, in their order.
    pub entries: Vec<LogEntry>,
    /// What is wrong.
    pub faults: Vec<LogDamage>,
    /// Where the log ends.
    pub log_head: LogHead,
    /// Where it is said to end, if that is known.
    pub recorded_head: Option<LogHead>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogDamage {
    /// A line is no entry.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable {
        /// Which one, from 1 on.
        line: u64,
        /// Why.
        reason: String,
    },
    /// A line does not follow the one before it.
    #[error(
        "line {line} does not follow the line before it: one of them was changed, or others were moved or taken out"
    )]
    Broken {
        /// Which one, from 1 on.
        line: u64,
    },
    /// A line has the number of another.
    #[error("line {line} says that it is line {said}")]
    Misnumbered {
        /// Which one, from 1 on.
        line: u64,
        /// Which one it says it is.
        said: u64,
    },
    /// The end is missing.
    #[error("the log has {found} lines, and had {kept}: its end was cut off")]
    Cut {
        /// How many there are.
        found: u64,
        /// How many there were.
        kept: u64,
    },
    /// The last line that the head knows is another.
    #[error("line {line} is not the one that the head knows: it was changed")]
    Changed {
        /// Which one, from 1 on.
        line: u64,
    },
    /// The log says itself that it was changed before this line.
    #[error("line {line} says that the log was changed before it: {what}")]
    Damaged {
        /// Which one, from 1 on.
        line: u64,
        /// What was found then.
        what: String,
    },
    /// There is a log, but no head.
    #[error("{} is missing: whether the end was cut off cannot be told", super::HEAD)]
    Headless,
    /// The last line has no end.
    #[error("the last {bytes} bytes are no whole line, as a crash leaves them; the next deed repairs that")]
    Torn {
        /// How many bytes.
        bytes: u64,
    },
}

/// Reads the log of a directory from beginning to end, and keeps all of it in memory. A log that does not exist yet is an
/// empty one.
pub fn verify(dir: &Path) -> Result<LogCheck, FileError> {
    let mut entries = Vec::new();
    let mut unreadable = Vec::new();
    let scan = Scan::read(dir, |line| match line.entry() {
        Ok(entry) => entries.push(entry),
        Err(error) => unreadable.push(LogDamage::Unreadable { line: line.number, reason: error.to_string() }),
    })?;
    let mut faults = scan.faults;
    faults.extend(unreadable);
    Ok(LogCheck { entries, faults, log_head: scan.head, recorded_head: scan.recorded_head })
}

/// Reads the log of a directory from beginning to end, and keeps nothing of it: is every line whole, and does each follow
/// the one before it?
pub fn check(dir: &Path) -> Result<Scan, FileError> {
    let mut unreadable = Vec::new();
    let mut scan = Scan::read(dir, |line| {
        if let Err(error) = line.entry() {
            unreadable.push(LogDamage::Unreadable { line: line.number, reason: error.to_string() });
        }
    })?;
    scan.faults.extend(unreadable);
    Ok(scan)
}
