//! A file that the server stores for a session, on its way to or from the host.

use std::fmt;

use super::ResultCode;
use crate::model::Document;
use crate::text::Untrusted;

/// The number of a file in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoredFileId(pub u64);

/// A file that the server stores for a session.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFile {
    pub id: StoredFileId,
    /// The path on the host; the given name of an upload.
    pub name: Untrusted,
    /// In bytes.
    pub size: Option<u64>,
    /// How many bytes the sensor has sent so far.
    pub received: Option<u64>,
    pub status: Option<ResultCode>,
    /// Whether it will be deleted.
    pub is_deleted: Option<bool>,
    pub document: Document,
}

impl fmt::Display for StoredFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
