//! Signals that end the program.

use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

/// The signals that end a program by default and can be handled. Signals for faults such as SIGSEGV are not among them:
/// handling them requires unsafe code.
pub(super) const ENDING: [Signal; 13] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::ABORT,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::TERM,
    Signal::XCPU,
    Signal::XFSZ,
    Signal::VTALARM,
    Signal::PROF,
    Signal::IO,
];

/// Registers handlers for all signals that end the program; the future is ready when the first one arrives.
pub fn shutdown_signal() -> impl Future<Output = ()> {
    let kinds = ENDING.map(|kind| signal(SignalKind::from_raw(kind.as_raw())));
    async move {
        let mut signals: Vec<_> = kinds.into_iter().flatten().collect();
        // A signal whose handler could not be registered ends the program by default.
        let receivers = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
        if receivers.len() == 0 {
            return std::future::pending().await;
        }
        futures_util::future::select_all(receivers).await;
    }
}
