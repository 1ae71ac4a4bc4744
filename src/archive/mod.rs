//! The server's archive of one file (reference 2.5): unpacked while it arrives, verified, and saved in several formats.
//!
//! The archive comes from the server and its content from an attacker, so nothing is trusted: no name in it is used for
//! a file here; sizes, checksums and the central directory must match the content, so that other programs unpack the
//! same file; and it is never held in memory.
//!
//! By hand, although the `zip` crate, which writes the protected archives, can read: it reads a member with a data
//! descriptor, as servers stream them, only from a seekable file with a central directory. The beginning of a file
//! could then be shown, and a hostile download refused, only after all of it has been stored, a second time beside the
//! extracted file. The tests compare both: they find one file in one archive.

mod error;
mod header;
mod member;
mod protect;
mod save;
mod unpack;

pub use error::Error;
pub use protect::{PASSWORD, ProtectedWriter};
pub use save::{SaveFormat, SaveJob, SavedFile, safe_name};
pub use unpack::Unpacker;
