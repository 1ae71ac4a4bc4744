//! Errors of downloads.

use crate::api;
use crate::archive;
use crate::model::Md5;
use crate::storage;

/// Why a file was not saved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be written.
    #[error(transparent)]
    Record(#[from] storage::FileError),
    /// The request failed.
    #[error(transparent)]
    Server(#[from] api::Error),
    /// The archive is damaged or malicious.
    #[error("{0}; nothing was saved")]
    Archive(archive::Error),
    /// The disk has only `room` bytes left.
    #[error("not enough space: {needed} bytes needed, {room} bytes free")]
    NoSpace { needed: u64, room: u64 },
    /// The server has only the beginning of the file, so its hash cannot match.
    #[error("the server has only the first {stored} of {size} bytes: the MD5 {md5} cannot be verified")]
    Partial { stored: u64, size: u64, md5: Md5 },
    /// The connection broke, and the bytes received so far are kept for the next attempt.
    #[error("{error}; {done} bytes are kept in {part}")]
    Broken { error: api::Error, done: u64, part: String },
    /// The content is another file than requested.
    #[error("NOT VERIFIED: {size} bytes with MD5 {md5}; nothing was saved")]
    HashMismatch { size: u64, md5: Md5 },
}
