//! A command that was sent to a host: its progress, its result and what it returned.

use std::fmt;

use jiff::Timestamp;

use super::{FileEntry, HostProcess, LiveSessionId, RegistryValue, ResultCode, StoredFileId};
use crate::model::{Document, SensorId};
use crate::text::{self, Untrusted};

/// The number of a command in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandRunId(pub u64);

/// A command that was sent to a host. Times are on the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandRun {
    pub id: CommandRunId,
    pub session: Option<LiveSessionId>,
    pub sensor: Option<SensorId>,
    /// The server's name of the kind.
    pub name: Untrusted,
    /// Path, key, command line or process number.
    pub object: Untrusted,
    /// The user of the server who sent it.
    pub user: Untrusted,
    pub status: RunStatus,
    pub created: Option<Timestamp>,
    pub completed: Option<Timestamp>,
    /// `None` until it has ended.
    pub result: Option<CommandResult>,
    /// The file on the server that it fetches or sends.
    pub file: Option<StoredFileId>,
    pub output: CommandOutput,
    /// The record without the lists of the output.
    pub document: Document,
}

/// The status of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunStatus {
    Pending,
    InProgress,
    Complete,
    Error,
    Canceled,
    /// A word that is not documented.
    Other(Untrusted),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResult {
    pub code: ResultCode,
    /// `WinHresult` or `CbError`.
    pub kind: Untrusted,
    /// Usually empty.
    pub description: Untrusted,
}

/// What a command returned; each kind of command fills its own members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandOutput {
    pub processes: Vec<HostProcess>,
    pub files: Vec<FileEntry>,
    pub values: Vec<RegistryValue>,
    pub sub_keys: Vec<Untrusted>,
    /// How many entries of the lists could not be parsed.
    pub n_unreadable: usize,
    /// The process that was started.
    pub pid: Option<u32>,
    /// The exit code of a program, or of a memory dump.
    pub return_code: Option<i64>,
    pub dump: Option<DumpProgress>,
}

/// The progress of a memory dump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpProgress {
    pub is_dumping: bool,
    pub is_compressing: bool,
    pub is_complete: bool,
    /// From 0 to 100.
    pub percent: Option<u64>,
}

impl RunStatus {
    /// Parses the server's word, in any letter case.
    pub fn parse(word: &Untrusted) -> Self {
        match word.raw().trim().to_ascii_lowercase().as_str() {
            "pending" => Self::Pending,
            "in progress" | "in_progress" | "inprogress" => Self::InProgress,
            "complete" => Self::Complete,
            "error" => Self::Error,
            "cancel" | "canceled" | "cancelled" => Self::Canceled,
            _ => Self::Other(word.clone()),
        }
    }

    /// Whether it will not change any more.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Complete | Self::Error | Self::Canceled)
    }
}

impl CommandResult {
    /// Describes why a command failed, on one line.
    pub fn describe(&self) -> String {
        let is_sensor_error = self.kind.eq_ignore_case("CbError");
        let code = if is_sensor_error { format!("sensor error {}", self.code.0) } else { self.code.to_string() };
        match self.description.non_empty() {
            Some(description) => format!("{code} ({})", text::excerpt(description)),
            None => code,
        }
    }
}

impl CommandRun {
    /// Whether the host carried the command out.
    pub fn is_success(&self) -> bool {
        let is_good = self.result.as_ref().is_none_or(|result| result.code.is_success());
        self.status == RunStatus::Complete && is_good
    }
}

impl fmt::Display for CommandRunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_described_by_the_kind_of_its_code() {
        let result = |kind: &str, code, description: &str| CommandResult {
            code: ResultCode(code),
            kind: kind.into(),
            description: description.into(),
        };
        assert_eq!(result("WinHresult", 0x8007_0005, "").describe(), "0x80070005 access denied");
        assert_eq!(result("CbError", 3, "bad\u{1b}[2J").describe(), "sensor error 3 (bad␛[2J)");
    }
}
