//! Why a file is not on the disk, in words.

use crate::api;
use crate::archive;
use crate::model::Md5;
use crate::storage;

/// Why nothing was kept of a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk did not take it.
    #[error(transparent)]
    Record(#[from] storage::FileError),
    /// The server did not give it.
    #[error(transparent)]
    Server(#[from] api::Error),
    /// What it gave is of no use.
    #[error("{0}; nothing was kept")]
    Archive(archive::Error),
    /// There is too little room for it.
    #[error("{wanted} bytes do not fit beside what is there: there is room for {room}")]
    NoSpace { wanted: u64, room: u64 },
    /// The server has only a part.
    #[error("the server has only the first {stored} of {whole} bytes, which cannot hash to {md5}")]
    Partial { stored: u64, whole: u64, md5: Md5 },
    /// It is another file.
    #[error("{size} bytes came, and they hash to {md5}; nothing was kept")]
    HashMismatch { size: u64, md5: Md5 },
}
