//! Why a host could not be reached, or did not do what a command says.

use std::time::Duration;

use super::MAX_SESSIONS;
use crate::api::{self, CommandAnswer};
use crate::model::CommandResult;

/// The error of a session with a host. Texts from the host are made visible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Server(#[from] api::Error),
    /// Live Response is disabled on the server.
    #[error("Live Response is off on this server")]
    Disabled,
    /// The sensor is too old, or of another kind.
    #[error("the sensor of {host} does not support Live Response")]
    NotSupported { host: String },
    #[error("{host} has no sensor any more")]
    Uninstalled { host: String },
    /// The sensor has not checked in within the time limit.
    #[error("the session with {host} did not open within {limit:?}: {why}")]
    Pending {
        host: String,
        limit: Duration,
        /// When the sensor was last seen.
        why: String,
    },
    /// The server has its limit of sessions.
    #[error("the server has {MAX_SESSIONS} open Live Response sessions, and allows no more")]
    TooMany,
    /// The server refuses a session and lists none with the sensor.
    #[error("the server opens no session with {host}: the sensor is busy, or it is not known")]
    Busy { host: String },
    /// The session has ended before it was active.
    #[error("the session with {host} has ended: {status}")]
    Ended { host: String, status: String },
    /// The session was lost again and again.
    #[error("the session with {host} was lost {times} times: {reason}")]
    Lost { host: String, times: u32, reason: String },
    /// No answer came after a command that changes the host had been sent.
    #[error("it is not known whether {host} has done it: {reason}")]
    Unknown { host: String, reason: String },
    /// The sensor has no such command.
    #[error("the sensor of {host} has no command {command:?}")]
    NoCommand { host: String, command: &'static str },
    /// The host has refused the command.
    #[error("{host}: {} ({command})", result.describe())]
    Failed { host: String, command: String, result: CommandResult },
    /// The host has refused the command, and the server does not say why.
    #[error("{host}: failed without a reason ({command})")]
    NoReason { host: String, command: String },
    #[error("{host}: cancelled by another user ({command})")]
    Canceled { host: String, command: String },
    /// The command has not ended within the time limit.
    #[error("{host} did not answer within {limit:?} ({command})")]
    Timeout { host: String, command: String, limit: Duration },
    /// The sensor has brought only a part of a file to the server, or the server has sent only a part of it.
    #[error("{host}: {path} was not fetched completely: {why}")]
    Incomplete { host: String, path: String, why: String },
    /// The answer of the host lacks what it must have, or a part of it cannot be parsed.
    #[error("{host}: the answer cannot be read ({command})")]
    Unreadable { host: String, command: String },
    /// A signal has ended the wait.
    #[error("{host}: stopped before it was read")]
    Stopped { host: String },
    /// What cannot be logged is not sent.
    #[error("the audit log cannot be written: {0}")]
    Log(String),
}

impl Error {
    /// Returns what the user can do about the error, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Server(error) => return error.hint(),
            Self::Disabled => "an administrator sets CbLREnabled=True in cb.conf",
            Self::NotSupported { .. } => "Live Response needs a sensor from 5.0 on, and Windows, macOS or Linux",
            Self::Pending { .. } => "the session opens when the sensor checks in: wait longer with --timeout",
            Self::TooMany => "`lampblack lr sessions` lists them, `lampblack lr close HOST` closes one",
            Self::Busy { .. } => "`lampblack lr sessions` lists the sessions of all users",
            Self::Lost { .. } | Self::Ended { .. } => "check that the host is on and its sensor is healthy, and retry",
            Self::Timeout { .. } => "wait longer with --timeout",
            Self::Unknown { .. } => "read the state of the host before you retry",
            Self::NoCommand { .. } => "a newer sensor may have it",
            Self::Uninstalled { .. }
            | Self::Failed { .. }
            | Self::NoReason { .. }
            | Self::Canceled { .. }
            | Self::Incomplete { .. }
            | Self::Unreadable { .. }
            | Self::Stopped { .. }
            | Self::Log(_) => return None,
        })
    }

    /// Whether only this command has failed, and the session goes on.
    pub fn is_of_command_alone(&self) -> bool {
        matches!(
            self,
            Self::Failed { .. }
                | Self::NoReason { .. }
                | Self::Canceled { .. }
                | Self::NoCommand { .. }
                | Self::Timeout { .. }
                | Self::Incomplete { .. }
                | Self::Unreadable { .. }
        )
    }

    /// Whether the host has not answered in time, and may still do so.
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Pending { .. } | Self::Timeout { .. })
    }

    /// Returns what is known of a command that changes a host after this error.
    fn answer(&self) -> CommandAnswer {
        match self {
            Self::Unknown { .. } | Self::Timeout { .. } => CommandAnswer::Unknown,
            Self::Failed { .. } | Self::NoReason { .. } | Self::Canceled { .. } => CommandAnswer::Refusal,
            _ => CommandAnswer::NotSent,
        }
    }
}

impl From<Error> for api::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Server(error) => error,
            error => Self::Host {
                reason: error.to_string(),
                hint: error.hint(),
                answer: error.answer(),
                is_late: error.is_late(),
            },
        }
    }
}
