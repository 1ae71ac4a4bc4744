//! Live Response: sessions with hosts. All users of a server share them, so an open one is joined, and only what was opened
//! here is closed.

mod command_log;
mod error;
mod host_session;
mod pace;

pub use command_log::CommandLog;
pub use error::Error;
pub use host_session::{HostSession, StoredCopy};

use crate::api::Client;

/// The number of sessions that a server has at a time, unless it is configured otherwise (API reference 2.17).
pub const MAX_SESSIONS: usize = 10;

/// Fails if Live Response is disabled on the server. A server that does not describe itself may still have it.
pub async fn check_enabled(client: &Client) -> Result<(), Error> {
    match client.info().await {
        Ok(info) if info.live_response_enabled == Some(false) => Err(Error::Disabled),
        _ => Ok(()),
    }
}
