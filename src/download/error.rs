//! Errors of downloads.

use crate::api;
use crate::archive;
use crate::model::{Md5, ResultCode};
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
    /// The bytes that an earlier attempt has kept are from another file.
    #[error("{part} cannot be continued: {why}")]
    OtherPart { part: String, why: String },
    /// The file on the host is not the one any more whose first bytes were fetched.
    #[error("the file cannot be continued: {why}")]
    Changed { why: String },
    /// The server states that its copy of the file is incomplete.
    #[error("the server's copy of the file is incomplete: {status}")]
    Incomplete { status: ResultCode },
    /// The content is another file than requested.
    #[error("NOT VERIFIED: {size} bytes with MD5 {md5}; nothing was saved")]
    HashMismatch { size: u64, md5: Md5 },
}
