//! An entry of a directory of a host.

use jiff::Timestamp;

use crate::model::Document;
use crate::text::Untrusted;

/// A file or directory of a host. Times are on the host's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct FileEntry {
    pub name: Untrusted,
    /// Windows names without `FILE_ATTRIBUTE_`.
    pub attributes: Vec<Untrusted>,
    /// In bytes.
    pub size: Option<u64>,
    pub created: Option<Timestamp>,
    pub accessed: Option<Timestamp>,
    pub written: Option<Timestamp>,
    /// The short name of Windows; empty if there is none.
    pub alternate_name: Untrusted,
    pub document: Document,
}

impl FileEntry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.attributes.iter().any(|name| name.eq_ignore_case("DIRECTORY"))
    }

    /// Whether it stands for the listed directory or its parent.
    pub fn is_dot(&self) -> bool {
        matches!(self.name.raw(), "." | "..")
    }
}
