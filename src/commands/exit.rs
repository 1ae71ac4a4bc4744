//! How a command went: exit codes, and what is said of a failure.

use std::{io, process::ExitCode};

use crate::api;
use crate::changes::NotSent;
use crate::config;
use crate::storage;

/// How a command went, as its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The server, the network or a file failed.
    Failed = 1,
    /// The command line, a name or a query is wrong.
    Usage = 2,
    /// Nothing matched, or there is no such thing.
    NoResults = 3,
    /// It was sent, and not confirmed in time.
    Unconfirmed = 4,
    /// A guard refused: read-only, a protected host, no confirmation.
    Refused = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early. Without a word when nobody reads the answer any more, which is no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What to say on standard error, each with what to do about it.
    pub reports: Vec<(String, Option<String>)>,
}

impl Failure {
    /// A failure in words.
    pub fn new(exit: Exit, error: impl Into<String>) -> Self {
        Self { exit, reports: vec![(error.into(), None)] }
    }

    /// Wrong usage in words.
    pub fn usage(error: impl Into<String>) -> Self {
        Self::new(Exit::Usage, error)
    }

    /// The same failure with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        if let Some((_, last)) = self.reports.last_mut() {
            *last = Some(hint.into());
        }
        self
    }
}

impl From<io::Error> for Failure {
    /// Only writing the answer fails in this way: whoever read it may have read enough.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Done, reports: Vec::new() };
        }
        Self::new(Exit::Failed, format!("cannot write the answer: {error}"))
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
            api::Error::Syntax { .. } | api::Error::LeadingWildcard { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        Self { exit, reports: vec![(error.to_string(), error.hint().map(str::to_owned))] }
    }
}
