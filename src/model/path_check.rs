//! What a place for a new file is like.

use std::path::PathBuf;

/// What was found where a file is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathCheck {
    /// The name of the file, as it was typed.
    pub typed: String,
    /// The same from the root on, with the directory that is meant; as much of it as can be told.
    pub path: PathBuf,
    /// Bytes that there is room for, if that can be told.
    pub free_space: Option<u64>,
    /// Why nothing can be written there.
    pub problem: Option<String>,
}
