//! Errors of archives.

use std::io;

use crate::text::{self, Untrusted};

/// Why an archive is refused or cannot be saved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the download is not a zip archive")]
    NotZip,
    /// The archive is truncated.
    #[error("the archive is truncated")]
    Cut,
    #[error("the archive has no member filedata")]
    MissingFile,
    /// Two members have one name, and programs differ in which they unpack.
    #[error("the archive contains {0} twice")]
    DuplicateMember(String),
    /// A name that would be unpacked outside the target directory.
    #[error("the archive contains the unsafe path {0}")]
    Name(String),
    /// The declared size of a member is not its actual size.
    #[error("the archive gives a wrong size for {0}")]
    Size(String),
    /// A member is larger than the limit.
    #[error("{name} in the archive is larger than the expected {max_bytes} bytes")]
    TooLarge { name: String, max_bytes: u64 },
    #[error("the checksum of {0} in the archive is wrong")]
    Checksum(String),
    #[error("{0} in the archive cannot be unpacked")]
    BadCompression(String),
    /// A feature of zip archives that the server does not use.
    #[error("the archive {0}, which is not supported")]
    Unsupported(&'static str),
    /// The central directory does not match the members.
    #[error("the directory of the archive does not match its content")]
    Directory,
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// Makes the name of a member safe to show, at most 60 cells wide.
pub(super) fn display_name(name: &[u8]) -> String {
    const CELLS: usize = 60;
    let name = Untrusted::from(String::from_utf8_lossy(name).into_owned());
    text::fit(&name, CELLS)
}
