//! The result of checking a path for a new file.

use std::path::PathBuf;

/// The result of checking a path for a new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathCheck {
    /// The path as typed.
    pub typed: String,
    /// The resolved absolute path, as far as it can be determined.
    pub path: PathBuf,
    /// Free space in bytes, if known.
    pub free_space: Option<u64>,
    /// Why no file can be created there.
    pub problem: Option<String>,
}
