//! The server's archive of one file (reference 2.5): taken apart as it comes, proven, and written in other forms.
//!
//! An archive comes from the server, and what is in it from an attacker: nothing it says of itself is believed. No name
//! in it is ever that of a file here; the sizes, checksums and the directory at its end must agree with what came, so
//! that no other program finds something else in it; and it is never held in memory.

mod error;
mod header;
mod member;
mod save;
mod unpack;

pub use error::Error;
pub use save::{PASSWORD, SaveFormat, SaveJob, SavedFile, safe_name};
pub use unpack::Unpacker;
