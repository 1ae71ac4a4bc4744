//! What must outlive the program: the queries asked, the rows exported.

mod draft;
mod history;
mod private;

use std::{io, path::Path};

pub use draft::Draft;
pub use history::{Entry, History};

/// A record that could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} {path}: {reason}")]
pub struct Error {
    verb: &'static str,
    path: String,
    reason: String,
}

impl Error {
    fn new(verb: &'static str, path: &Path, reason: &io::Error) -> Self {
        Self {
            verb,
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}
