//! What must outlive the program: the queries asked, those kept under a name, and the files that the user wants to have.

pub mod actions;
mod copied;
mod draft;
mod history;
mod kept;
mod saved;
mod state;
mod survey;

use std::{fmt, path::Path};

pub use copied::keep_copy;
pub use draft::Draft;
pub use history::{Entry, History};
pub use kept::{Column, Kept};
pub use saved::{Saved, SavedQuery};
pub use state::check_state;
pub use survey::{expand, survey};

/// A record that could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} {path}: {reason}")]
pub struct Error {
    verb: &'static str,
    path: String,
    reason: String,
}

impl Error {
    /// What could not be done to which file, and why.
    pub fn new(verb: &'static str, path: &Path, reason: &impl fmt::Display) -> Self {
        Self { verb, path: path.display().to_string(), reason: reason.to_string() }
    }
}
