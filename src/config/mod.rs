//! Settings, profiles and credentials: the server, its token, and the console's appearance.
//!
//! [`Config`] is the configuration file, [`Environment`] the environment of the process, [`Flags`] the command line
//! options; [`Access::choose`] chooses the server and token by them. URL and token always come from one [`Source`], so
//! that a token is never sent to another server.

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

/// The maximum size of the files read here, in bytes.
const MAX_BYTES: u64 = 4 << 20;

pub use access::{Access, Flags};
pub use environment::Environment;
pub use error::{Error, Mistake};
pub use file::Config;
pub use profile::{Profile, Token};
pub use setup::{ConsoleSetup, ConsoleStart};
pub use source::Source;
