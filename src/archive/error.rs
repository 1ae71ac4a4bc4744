//! Errors of archives.

use std::io;

use crate::text::{self, Untrusted};

/// Why an archive is refused or cannot be saved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what came is no zip archive")]
    NotZip,
    /// The archive is truncated.
    #[error("the archive ends too early")]
    Cut,
    #[error("the archive holds no filedata")]
    MissingFile,
    /// Two members have one name, and programs differ in which they unpack.
    #[error("the archive holds {0} twice")]
    DuplicateMember(String),
    /// A name that would be unpacked outside the target directory.
    #[error("the archive holds a member with the name {0}, which leads elsewhere")]
    Name(String),
    /// The declared size of a member is not its actual size.
    #[error("the archive says that {0} has another size than it has")]
    Size(String),
    /// A member is larger than the limit.
    #[error("{name} in the archive is larger than {max_bytes} bytes, which is more than there should be")]
    TooLarge { name: String, max_bytes: u64 },
    #[error("the checksum of {0} in the archive is wrong")]
    Checksum(String),
    #[error("{0} in the archive cannot be unpacked")]
    BadCompression(String),
    /// A feature of zip archives that the server does not use.
    #[error("the archive {0}, which is not understood here")]
    Unsupported(&'static str),
    /// The central directory does not match the members.
    #[error("the directory of the archive does not agree with what is in it")]
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
