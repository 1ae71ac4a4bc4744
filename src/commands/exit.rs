//! Exit codes and failures of commands.

use std::{io, process::ExitCode};

use crate::api;
use crate::changes::NotSent;
use crate::config;
use crate::output::ColumnError;
use crate::storage;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// An error of the server, the network or a file.
    Failed = 1,
    /// An error in the command line, a name or a query.
    Usage = 2,
    /// Nothing matched, or the object does not exist.
    NoResults = 3,
    /// A change was sent, but not confirmed in time.
    Unconfirmed = 4,
    /// A change was rejected: read-only profile, protected host, or no confirmation.
    Refused = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The reason why a command ended early. It has no message if the reader closed the output, which is no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// Errors for standard error, each with a hint.
    pub reports: Vec<(String, Option<String>)>,
}

impl Failure {
    /// Creates a failure.
    pub fn new(exit: Exit, error: impl Into<String>) -> Self {
        Self { exit, reports: vec![(error.into(), None)] }
    }

    /// Creates a failure for wrong usage.
    pub fn usage(error: impl Into<String>) -> Self {
        Self::new(Exit::Usage, error)
    }

    /// Adds a hint to the last error.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        if let Some((_, last)) = self.reports.last_mut() {
            *last = Some(hint.into());
        }
        self
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        Self::usage(error.why).with_hint(error.hint)
    }
}

impl From<io::Error> for Failure {
    /// Only writing the results fails like this; a closed pipe is no error.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Done, reports: Vec::new() };
        }
        Self::new(Exit::Failed, format!("cannot write the output: {error}"))
    }
}

impl From<storage::FileError> for Failure {
    fn from(error: storage::FileError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<NotSent> for Failure {
    fn from(error: NotSent) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<config::Error> for Failure {
    fn from(error: config::Error) -> Self {
        let exit = if error.is_usage { Exit::Usage } else { Exit::Failed };
        Self { exit, reports: error.mistakes.into_iter().map(|mistake| (mistake.to_string(), mistake.hint)).collect() }
    }
}

impl From<api::Error> for Failure {
    fn from(error: api::Error) -> Self {
        let exit = match &error {
            api::Error::NotFound { .. } => Exit::NoResults,
            api::Error::Host { is_late: true, .. } => Exit::Unconfirmed,
            api::Error::Syntax { .. } | api::Error::LeadingWildcard { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        Self { exit, reports: vec![(error.to_string(), error.hint().map(str::to_owned))] }
    }
}
