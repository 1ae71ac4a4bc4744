//! Errors of the configuration; all of them are reported at once.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// One error in the configuration, with advice. Never has a secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub file: Option<PathBuf>,
    /// The line, from 1; 0 for the whole file.
    pub line: usize,
    pub message: String,
    /// What the user can do about it.
    pub hint: Option<String>,
}

impl Mistake {
    /// Creates a mistake that is not in a file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { file: None, line: 0, message: message.into(), hint: None }
    }

    /// Adds the file and line of the mistake.
    #[must_use]
    pub fn with_location(mut self, file: &Path, line: usize) -> Self {
        self.file = Some(file.to_owned());
        self.line = line;
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
            if self.line > 0 {
                write!(f, "{}:", self.line)?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.message)
    }
}

/// One or more mistakes that make the configuration unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Error {
    pub mistakes: Vec<Mistake>,
    /// Whether the command line is wrong, and not a file or the system.
    pub is_usage: bool,
}

impl Error {
    /// Creates an error for a wrong command line.
    pub fn usage(mistake: Mistake) -> Self {
        Self { mistakes: vec![mistake], is_usage: true }
    }
}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        vec![mistake].into()
    }
}

impl From<Vec<Mistake>> for Error {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self { mistakes, is_usage: false }
    }
}
