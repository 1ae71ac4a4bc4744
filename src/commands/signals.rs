//! Signals that stop the program.

use std::io;

#[cfg(unix)]
use tokio::select;
use tokio::signal;

/// Waits for ctrl-c or a termination signal.
pub(super) async fn wait_for_shutdown() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        select! {
            result = signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}
