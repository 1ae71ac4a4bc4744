//! What can be wrong with an archive, in words.

use std::io;

use crate::text::{self, Untrusted};

/// Why an archive is of no use, or cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not begin like one.
    #[error("what came is no zip archive")]
    NotZip,
    /// It stops in its middle.
    #[error("the archive ends too early")]
    Cut,
    /// Nothing in it is called `filedata`.
    #[error("the archive holds no filedata")]
    MissingFile,
    /// Two members have one name: which is meant, every program decides for itself.
    #[error("the archive holds {0} twice")]
    DuplicateMember(String),
    /// A member would be unpacked to elsewhere.
    #[error("the archive holds a member with the name {0}, which leads elsewhere")]
    Name(String),
    /// A member is larger or smaller than it says.
    #[error("the archive says that {0} has another size than it has")]
    Size(String),
    /// A member is larger than anything that was announced.
    #[error("{name} in the archive is larger than {most} bytes, which is more than there should be")]
    TooLarge { name: String, most: u64 },
    /// A member is not what it was when it was packed.
    #[error("the checksum of {0} in the archive is wrong")]
    Checksum(String),
    /// Packed data that makes no sense.
    #[error("{0} in the archive cannot be unpacked")]
    BadCompression(String),
    /// Something zip archives can have and that the server has no use for.
    #[error("the archive {0}, which is not understood here")]
    Unsupported(&'static str),
    /// The directory at the end tells of other members than those that came.
    #[error("the directory of the archive does not agree with what is in it")]
    Directory,
    /// What was unpacked cannot be written.
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// A name out of an archive, fit to be shown.
pub(super) fn display_name(name: &[u8]) -> String {
    const CELLS: usize = 60;
    let name = Untrusted::from(String::from_utf8_lossy(name).into_owned());
    text::fit(&name, CELLS)
}
