//! What must outlive the program: the queries asked, those kept under a name, and the files that the user wants to have.

mod copy_file;
mod history;
mod new_file;
mod path_check;
mod saved_queries;
mod session_file;

use std::{fmt, path::Path};

pub use crate::audit::state_dir::check_state;
pub use copy_file::keep_copy;
pub use history::{Entry, History};
pub use new_file::Draft;
pub use path_check::{expand, survey};
pub use saved_queries::{Saved, SavedQuery};
pub use session_file::{Column, Kept};

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
