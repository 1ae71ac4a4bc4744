//! The background task: owns the reader and answers the screen; the newest request of a slot wins.

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

/// Replies that may wait for the screen. The worker can wait; the screen cannot, so requests are unbounded.
const REPLIES: usize = 64;

/// The screen's side of the channels.
#[derive(Debug)]
pub struct Worker {
    /// Requests are made at human speed.
    pub requests: mpsc::UnboundedSender<Request>,
    /// Each request is answered once, unless it was superseded or canceled.
    pub replies: mpsc::Receiver<Reply>,
}

/// A request that waits for the cursor to come to rest, or for a while to pass.
struct Delayed {
    until: Instant,
    ticket: Ticket,
    fetch: Fetch,
    is_fresh: bool,
}

/// Makes the channels and starts the task. It ends when the screen drops its side.
pub fn spawn(reader: Fetcher, calls: mpsc::UnboundedReceiver<RequestTrace>, office: ChangeConfig) -> Worker {
    let (requests, inbox) = mpsc::unbounded_channel();
    let (outbox, replies) = mpsc::channel(REPLIES);
    // It owns nothing that must be put down in order: when the screen goes, so may the task, at any point.
    tokio::spawn(run(reader, inbox, calls, office, outbox));
    Worker { requests, replies }
}

/// Answers requests until the screen is gone.
async fn run(
    reader: Fetcher,
    mut requests: mpsc::UnboundedReceiver<Request>,
    mut calls: mpsc::UnboundedReceiver<RequestTrace>,
    office: ChangeConfig,
    replies: mpsc::Sender<Reply>,
) {
    let transfers = Transfers::new(reader.client().clone(), reader.background().clone());
    let deeds = ChangeTasks::new(reader.client().clone(), reader.background().clone(), office);
    let mut desk = WorkerState { reader, changes: deeds, transfers, pending: HashMap::new(), delayed: HashMap::new() };
    loop {
        let rest = desk.delayed.values().map(|resting| resting.until).min();
        let reply = select! {
            // Requests first: what supersedes or cancels must not wait behind answers that nobody wants.
            biased;
            request = requests.recv() => match request {
                Some(request) => {
                    desk.handle_request(request);
                    continue;
                }
                // The screen is gone. Dropping the reader aborts what is left.
                None => return,
            },
            Some(call) = calls.recv() => Reply::Trace(call),
            Some(outcome) = desk.reader.next() => match desk.reply_for(outcome) {
                Some(reply) => reply,
                None => continue,
            },
            reply = desk.transfers.next() => reply,
            reply = desk.changes.next() => {
                desk.after_change(&reply);
                reply
            }
            () = sleep_until(rest.unwrap_or_else(Instant::now)), if rest.is_some() => {
                desk.run_delayed();
                continue;
            }
        };
        if replies.send(reply).await.is_err() {
            return;
        }
    }
}

/// What the worker has before it.
struct WorkerState {
    reader: Fetcher,
    transfers: Transfers,
    changes: ChangeTasks,
    pending: HashMap<Slot, Ticket>,
    delayed: HashMap<Slot, Delayed>,
}

impl WorkerState {
    fn handle_request(&mut self, request: Request) {
        match request {
            Request::Cancel(slot) => self.cancel_slot(slot),
            Request::Download { ticket, request: order } => self.transfers.add(ticket, *order),
            Request::Preview { ticket, changes: deeds } => self.changes.preview(ticket, deeds),
            Request::Apply { ticket, plans, justification: grounds } => self.changes.apply(ticket, plans, grounds),
            Request::History => self.changes.read_history(),
            Request::CancelLogWait => self.changes.cancel_waiting(),
            Request::RetryCredentials => self.reader.client().retry_credentials(),
            Request::CancelTicket(ticket) => {
                self.transfers.cancel(ticket);
                self.changes.cancel_preview(ticket);
            }
            Request::Fetch { ticket, slot, fetch, policy: urgency } => {
                self.cancel_slot(slot);
                self.pending.insert(slot, ticket);
                let pace = self.reader.client().timings();
                let pause = match urgency {
                    FetchPolicy::Debounced if self.reader.get_cached(&fetch).is_none() => pace.debounce,
                    FetchPolicy::Poll => pace.live_poll_interval,
                    _ => Duration::ZERO,
                };
                let is_fresh = matches!(urgency, FetchPolicy::NoCache | FetchPolicy::Poll);
                if pause.is_zero() {
                    self.reader.request(RequestId(ticket.0), fetch, is_fresh);
                } else {
                    let resting = Delayed { until: Instant::now() + pause, ticket, fetch, is_fresh };
                    self.delayed.insert(slot, resting);
                }
            }
        }
    }

    /// What a deed may have changed is asked for again.
    fn after_change(&mut self, reply: &Reply) {
        let is_news = matches!(reply, Reply::Resumed(_) | Reply::Step { step: ChangeStep::Outcome(_), .. });
        if is_news {
            self.reader.invalidate();
        }
    }

    /// Gives up what a slot awaited.
    fn cancel_slot(&mut self, slot: Slot) {
        self.delayed.remove(&slot);
        if let Some(old) = self.pending.remove(&slot) {
            self.reader.cancel(RequestId(old.0));
        }
    }

    /// Asks what has rested long enough.
    fn run_delayed(&mut self) {
        let now = Instant::now();
        let rested = self.delayed.extract_if(|_, resting| resting.until <= now);
        for (_, resting) in rested {
            let waiter = RequestId(resting.ticket.0);
            self.reader.request(waiter, resting.fetch, resting.is_fresh);
        }
    }

    /// The reply to whoever still waits for this outcome.
    fn reply_for(&mut self, outcome: Response) -> Option<Reply> {
        let ticket = Ticket(outcome.request_id.0);
        let slot = self.pending.iter().find(|(_, awaited)| **awaited == ticket).map(|(slot, _)| *slot)?;
        self.pending.remove(&slot);
        Some(Reply::Answer { ticket, slot, result: outcome.result, cache_stats: self.reader.cache_stats() })
    }
}
