//! The worker: the background task that owns the fetcher, applies changes and answers the screen. The newest request of
//! a slot wins.

mod changes;
mod downloads;
mod join_object;
mod list;
mod message;
mod slot;

use std::{collections::HashMap, time::Duration};

use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep_until},
};

pub use join_object::JoinObject;
pub use list::List;
pub use message::{ChangeStep, FetchPolicy, Reply, Request, Ticket};

pub use changes::ChangeConfig;
pub use slot::{AlertContextPart, FacetSide, Slot};

use crate::api::RequestTrace;
use crate::fetch::{Fetch, Fetcher, RequestId, Response};
use changes::ChangeTasks;
use downloads::Transfers;

/// Replies buffered for the screen. The worker may block on them; the screen must never block, so requests are
/// unbounded.
const REPLIES: usize = 64;

/// The screen's ends of the channels to the worker.
#[derive(Debug)]
pub struct Worker {
    /// Unbounded, since requests arrive at human speed.
    pub requests: mpsc::UnboundedSender<Request>,
    /// Each fetch is answered once, unless it is superseded or cancelled.
    pub replies: mpsc::Receiver<Reply>,
}

/// A fetch that is delayed until the cursor rests, or until the next poll.
struct Delayed {
    until: Instant,
    ticket: Ticket,
    fetch: Fetch,
    is_fresh: bool,
}

/// Starts the worker task. It ends when the screen drops its ends of the channels.
pub fn spawn(fetcher: Fetcher, traces: mpsc::UnboundedReceiver<RequestTrace>, config: ChangeConfig) -> Worker {
    let (requests, inbox) = mpsc::unbounded_channel();
    let (outbox, replies) = mpsc::channel(REPLIES);
    // Detached: the task needs no orderly shutdown, so it may be dropped at any point.
    tokio::spawn(run(fetcher, inbox, traces, config, outbox));
    Worker { requests, replies }
}

/// Answers requests until the screen is gone.
async fn run(
    fetcher: Fetcher,
    mut requests: mpsc::UnboundedReceiver<Request>,
    mut traces: mpsc::UnboundedReceiver<RequestTrace>,
    config: ChangeConfig,
    replies: mpsc::Sender<Reply>,
) {
    let transfers = Transfers::new(fetcher.client().clone(), fetcher.background().clone());
    let changes = ChangeTasks::new(fetcher.client().clone(), fetcher.background().clone(), config);
    let mut state = WorkerState { fetcher, changes, transfers, pending: HashMap::new(), delayed: HashMap::new() };
    loop {
        let next_due = state.delayed.values().map(|delayed| delayed.until).min();
        let reply = select! {
            // Requests first: one that supersedes or cancels must not wait behind unwanted answers.
            biased;
            request = requests.recv() => match request {
                Some(request) => {
                    state.handle_request(request);
                    continue;
                }
                // The screen is gone. Dropping the fetcher aborts its requests.
                None => return,
            },
            Some(trace) = traces.recv() => Reply::Trace(trace),
            Some(response) = state.fetcher.next() => match state.reply_for(response) {
                Some(reply) => reply,
                None => continue,
            },
            reply = state.transfers.next() => reply,
            reply = state.changes.next() => {
                state.after_change(&reply);
                reply
            }
            () = sleep_until(next_due.unwrap_or_else(Instant::now)), if next_due.is_some() => {
                state.run_delayed();
                continue;
            }
        };
        if replies.send(reply).await.is_err() {
            return;
        }
    }
}

/// State of the worker task.
struct WorkerState {
    fetcher: Fetcher,
    transfers: Transfers,
    changes: ChangeTasks,
    pending: HashMap<Slot, Ticket>,
    delayed: HashMap<Slot, Delayed>,
}

impl WorkerState {
    fn handle_request(&mut self, request: Request) {
        match request {
            Request::Cancel(slot) => self.cancel_slot(slot),
            Request::Download { ticket, request: download } => self.transfers.add(ticket, *download),
            Request::Preview { ticket, changes } => self.changes.preview(ticket, changes),
            Request::Apply { ticket, plans, justification } => self.changes.apply(ticket, plans, justification),
            Request::History => self.changes.read_history(),
            Request::CancelLogWait => self.changes.cancel_waiting(),
            Request::RetryCredentials => self.fetcher.client().retry_credentials(),
            Request::CancelTicket(ticket) => {
                self.transfers.cancel(ticket);
                self.changes.cancel_preview(ticket);
            }
            Request::Fetch { ticket, slot, fetch, policy } => {
                self.cancel_slot(slot);
                self.pending.insert(slot, ticket);
                let timings = self.fetcher.client().timings();
                let delay = match policy {
                    FetchPolicy::Debounced if self.fetcher.get_cached(&fetch).is_none() => timings.debounce,
                    FetchPolicy::Poll => timings.live_poll_interval,
                    _ => Duration::ZERO,
                };
                let is_fresh = matches!(policy, FetchPolicy::NoCache | FetchPolicy::Poll);
                let delayed = Delayed { until: Instant::now() + delay, ticket, fetch, is_fresh };
                if delay.is_zero() {
                    self.request(delayed);
                } else {
                    self.delayed.insert(slot, delayed);
                }
            }
        }
    }

    /// Invalidates cached answers after a change.
    fn after_change(&mut self, reply: &Reply) {
        let is_outcome = matches!(reply, Reply::Resumed(_) | Reply::Step { step: ChangeStep::Outcome(_), .. });
        if is_outcome {
            self.fetcher.invalidate();
        }
    }

    /// Cancels the pending request of a slot.
    fn cancel_slot(&mut self, slot: Slot) {
        self.delayed.remove(&slot);
        if let Some(ticket) = self.pending.remove(&slot) {
            self.fetcher.cancel(RequestId(ticket.0));
        }
    }

    /// Sends the delayed fetches that are due.
    fn run_delayed(&mut self) {
        let now = Instant::now();
        let due: Vec<_> = self.delayed.extract_if(|_, delayed| delayed.until <= now).collect();
        for (_, delayed) in due {
            self.request(delayed);
        }
    }

    fn request(&mut self, delayed: Delayed) {
        let request_id = RequestId(delayed.ticket.0);
        if delayed.is_fresh {
            self.fetcher.request_fresh(request_id, delayed.fetch);
        } else {
            self.fetcher.request(request_id, delayed.fetch);
        }
    }

    /// Returns the reply for a response; `None` if its slot no longer waits for it.
    fn reply_for(&mut self, response: Response) -> Option<Reply> {
        let ticket = Ticket(response.request_id.0);
        let slot = self.pending.iter().find(|(_, pending)| **pending == ticket).map(|(slot, _)| *slot)?;
        self.pending.remove(&slot);
        Some(Reply::Answer { ticket, slot, result: response.result, cache_stats: self.fetcher.cache_stats() })
    }
}
