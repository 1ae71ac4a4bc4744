//! Waits: until changes are confirmed, a limit has passed or a signal arrives, and for the lock of the audit log.

use std::future::pending;

use tokio::{pin, select, sync::mpsc, time::sleep};

use super::{CommandCx, change::Log, signals::wait_for_shutdown};
use crate::api::Client;
use crate::changes::{self, Applied, Plan};
use crate::cli::WaitLimit;

/// Runs an operation that writes to the audit log, and notes when it waits for the lock. Shows the progress that the context
/// tells of.
pub(super) async fn with_lock_notes<T>(
    operation: impl Future<Output = T>,
    lock_waits: &mut mpsc::UnboundedReceiver<bool>,
    cx: &mut CommandCx<'_>,
) -> T {
    pin!(operation);
    let mut progress_texts = cx.progress_texts.take();
    let done = loop {
        let progress_text = async { progress_texts.as_mut()?.recv().await };
        select! {
            biased;
            done = &mut operation => break done,
            Some(is_waiting) = lock_waits.recv() => if is_waiting {
                cx.note("waiting for another program that has locked the action log");
            },
            Some(text) = progress_text => cx.progress(&text),
        }
    };
    if progress_texts.is_some() {
        cx.progress("");
    }
    cx.progress_texts = progress_texts;
    done
}

/// Waits until every change is confirmed, the wait limit has passed, or a signal arrives.
pub(super) async fn wait_until_confirmed(
    applied: &mut [(&Plan, Applied)],
    wait_limit: WaitLimit,
    client: &Client,
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) {
    let time_limit = async {
        match wait_limit {
            WaitLimit::For(time) => sleep(time).await,
            WaitLimit::None | WaitLimit::Unlimited => pending().await,
        }
    };
    let signal = async {
        if wait_for_shutdown().await.is_err() {
            pending::<()>().await;
        }
    };
    let is_stopped = select! {
        biased;
        () = poll_until_confirmed(applied, client, log, cx) => false,
        () = signal => true,
        () = time_limit => false,
    };
    cx.progress("");
    // An outcome that could not be read stays unknown.
    let open: Vec<_> =
        applied.iter_mut().map(|(_, one)| &mut one.outcome).filter(|outcome| outcome.is_open()).collect();
    if is_stopped && !open.is_empty() {
        cx.warn("waiting cancelled; sent requests stay in force: `lampblack log show` lists them");
    }
    let Log { actions, lock_waits } = log;
    for outcome in open {
        let logging = with_lock_notes(changes::log_timed_out(actions, client, outcome), lock_waits, cx);
        select! {
            () = logging => {}
            // A second signal ends the wait, since the log may stay locked.
            _ = wait_for_shutdown() => return,
        }
    }
}

/// Reads the server's state repeatedly until every change is confirmed.
async fn poll_until_confirmed(
    applied: &mut [(&Plan, Applied)],
    client: &Client,
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) {
    let Log { actions, lock_waits } = log;
    loop {
        // If a read failed, the next one may show the outcome.
        let open =
            applied.iter_mut().map(|(_, one)| one).filter(|one| one.outcome.is_open() || one.outcome.needs_read_back());
        let mut open: Vec<_> = open.collect();
        if open.is_empty() {
            break;
        }
        cx.progress(&format!(
            "waiting for {} to be confirmed; ^c stops waiting, sent requests stay in force",
            open.len()
        ));
        sleep(client.timings().read_back_interval).await;
        for Applied { change, outcome } in &mut open {
            with_lock_notes(changes::recheck(change, client, actions, outcome), lock_waits, cx).await;
        }
    }
}
