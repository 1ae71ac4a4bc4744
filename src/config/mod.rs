//! Settings, profiles and credentials: which server, whose token, and how the console looks.
//!
//! [`Config`] is the file, [`Environment`] is what surrounds the program, [`Flags`] what the command line says;
//! [`Access::choose`] decides between them which server is asked with which token. Address and token always come from
//! one [`Source`], so that a token never reaches another server.

mod access;
mod credentials;
mod environment;
mod error;
mod file;
mod ini;
mod profile;
mod proxy;
mod secret;
mod section;
mod setup;
mod source;
mod utf8;

/// More bytes than any file has that is read here.
const MAX_BYTES: u64 = 4 << 20;

pub use access::{Access, Flags};
pub use environment::Environment;
pub use error::{Error, Mistake};
pub use file::Config;
pub use profile::{Profile, Token};
pub use setup::ConsoleSetup;
pub use source::Source;
