//! Verification of the audit log.

use std::path::Path;

use super::{LogEntry, LogHead, Scan};
use crate::storage::FileError;

/// The result of verifying the whole log, with all entries.
#[derive(Clone, Debug, PartialEq)]
pub struct LogCheck {
    /// The valid lines, in order.
    pub entries: Vec<LogEntry>,
    pub faults: Vec<LogDamage>,
    /// The end of the log as read.
    pub log_head: LogHead,
    /// The end of the log by its head file, if there is one.
    pub recorded_head: Option<LogHead>,
}

/// Damage of a log. The numbers of lines are from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogDamage {
    /// A line is not a valid entry.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable { line: u64, reason: String },
    /// The previous hash of a line is not the hash of the line before it.
    #[error(
        "line {line} does not follow the line before it: one of them was changed, or others were moved or taken out"
    )]
    Broken { line: u64 },
    /// A line has the wrong number.
    #[error("line {line} says that it is line {stated}")]
    Misnumbered {
        /// The correct number of the line.
        line: u64,
        /// The number that is written in it.
        stated: u64,
    },
    /// Lines at the end are missing.
    #[error("the log has {n_found} lines, and had {n_recorded}: its end was cut off")]
    Cut {
        /// The number of lines in the log.
        n_found: u64,
        /// The number of lines by the head.
        n_recorded: u64,
    },
    /// The line that the head records as the last one is different.
    #[error("line {line} is not the one that the head knows: it was changed")]
    Changed { line: u64 },
    /// The log has an entry that it was found damaged.
    #[error("line {line} says that the log was changed before it: {what}")]
    Damaged {
        /// The line of that entry.
        line: u64,
        /// The damage that was found then.
        what: String,
    },
    /// The log has lines, but no head.
    #[error("{} is missing: whether the end was cut off cannot be told", super::HEAD)]
    Headless,
    /// The last line is incomplete.
    #[error("the last {bytes} bytes are no whole line, as a crash leaves them; the next deed repairs that")]
    Torn {
        /// The length of the incomplete line.
        bytes: u64,
    },
}

/// Verifies the log in `dir`, and returns all of its entries. A missing log is empty.
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

/// Verifies the log in `dir` without holding its entries in memory: each line must be valid and follow the one before
/// it.
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
