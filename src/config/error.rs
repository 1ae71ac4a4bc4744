//! What is wrong with the configuration, all of it at once.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// One thing that is wrong, and what to do about it. Never quotes a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file it is in.
    pub file: Option<PathBuf>,
    /// The line, counted from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake that is not in a file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { file: None, line: 0, message: message.into(), hint: None }
    }

    /// The same mistake with a place.
    #[must_use]
    pub fn with_location(mut self, file: &Path, line: usize) -> Self {
        self.file = Some(file.to_owned());
        self.line = line;
        self
    }

    /// The same mistake with advice.
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

/// Why there is no usable configuration: at least one mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Error {
    /// Everything that is wrong.
    pub mistakes: Vec<Mistake>,
    /// Whether the command line asked for something that cannot be, rather than a file or a machine being at fault.
    pub is_usage: bool,
}

impl Error {
    /// The command line asked for something that cannot be.
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
