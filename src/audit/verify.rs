//! Verification of the audit log.

use std::path::Path;

use super::{LogDamage, LogEntry, LogHead, Scan};
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
