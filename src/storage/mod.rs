//! Files that outlive the program: query history, saved queries, chosen columns, and files that the user saves.

mod copy_file;
mod history;
mod new_file;
mod path_check;
mod saved_queries;
mod session_file;

use std::{fmt, path::Path};

pub use copy_file::write_copy;
pub use history::{History, HistoryLine};
pub use new_file::NewFile;
pub use path_check::{check_path, expand_home};
pub use saved_queries::{SavedQueries, SavedQuery};
pub use session_file::{SavedColumn, SessionFile};

/// A file that could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} {path}: {reason}")]
pub struct FileError {
    verb: &'static str,
    path: String,
    reason: String,
}

impl FileError {
    /// Creates an error "cannot `verb` `path`: `reason`".
    pub fn new(verb: &'static str, path: &Path, reason: &impl fmt::Display) -> Self {
        Self { verb, path: path.display().to_string(), reason: reason.to_string() }
    }
}
