//! Live Response: sessions with hosts. All users of a server share them, so an open one is joined, and only what was opened
//! here is closed.

mod error;
mod host_session;

pub use error::Error;
pub use host_session::{HostSession, Progress};

/// The number of sessions that a server has at a time, unless it is configured otherwise (API reference 2.17).
pub const MAX_SESSIONS: usize = 10;
