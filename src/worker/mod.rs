//! The background task: owns the reader and answers the screen; the newest request of a slot wins.

mod changes;
mod downloads;
mod message;
mod slot;

use std::{collections::HashMap, time::Duration};

use tokio::{
    select,
    sync::mpsc,
    time::{Instant, sleep_until},
};

pub use message::{List, Object, Reply, Request, Step, Ticket, Urgency};

pub use changes::Office;
pub use slot::{Aside, Side, Slot};

use crate::api::Call;
use crate::fetch::{Fetch, Outcome, Reader, Waiter};
use changes::Deeds;
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
struct Resting {
    until: Instant,
    ticket: Ticket,
    fetch: Fetch,
    is_fresh: bool,
}

/// Makes the channels and starts the task. It ends when the screen drops its side.
pub fn spawn(reader: Reader, calls: mpsc::UnboundedReceiver<Call>, office: Office) -> Worker {
    let (requests, inbox) = mpsc::unbounded_channel();
    let (outbox, replies) = mpsc::channel(REPLIES);
    // It owns nothing that must be put down in order: when the screen goes, so may the task, at any point.
    tokio::spawn(run(reader, inbox, calls, office, outbox));
    Worker { requests, replies }
}

/// Answers requests until the screen is gone.
async fn run(
    reader: Reader,
    mut requests: mpsc::UnboundedReceiver<Request>,
    mut calls: mpsc::UnboundedReceiver<Call>,
    office: Office,
    replies: mpsc::Sender<Reply>,
) {
    let transfers = Transfers::new(reader.client().clone(), reader.background().clone());
    let deeds = Deeds::new(reader.client().clone(), reader.background().clone(), office);
    let mut desk = Desk { reader, deeds, transfers, awaited: HashMap::new(), resting: HashMap::new() };
    loop {
        let rest = desk.resting.values().map(|resting| resting.until).min();
        let reply = select! {
            // Requests first: what supersedes or cancels must not wait behind answers that nobody wants.
            biased;
            request = requests.recv() => match request {
                Some(request) => {
                    desk.take(request);
                    continue;
                }
                // The screen is gone. Dropping the reader aborts what is left.
                None => return,
            },
            Some(call) = calls.recv() => Reply::Call(call),
            Some(outcome) = desk.reader.next() => match desk.give(outcome) {
                Some(reply) => reply,
                None => continue,
            },
            reply = desk.transfers.next() => reply,
            reply = desk.deeds.next() => {
                desk.heed(&reply);
                reply
            }
            () = sleep_until(rest.unwrap_or_else(Instant::now)), if rest.is_some() => {
                desk.wake();
                continue;
            }
        };
        if replies.send(reply).await.is_err() {
            return;
        }
    }
}

/// What the worker has before it.
struct Desk {
    reader: Reader,
    transfers: Transfers,
    deeds: Deeds,
    awaited: HashMap<Slot, Ticket>,
    resting: HashMap<Slot, Resting>,
}

impl Desk {
    fn take(&mut self, request: Request) {
        match request {
            Request::Cancel(slot) => self.supersede(slot),
            Request::Download { ticket, order } => self.transfers.add(ticket, *order),
            Request::Preview { ticket, deeds } => self.deeds.preview(ticket, deeds),
            Request::Do { ticket, plans, grounds } => self.deeds.perform(ticket, plans, grounds),
            Request::Journal => self.deeds.read_journal(),
            Request::CancelLogWait => self.deeds.cancel_waiting(),
            Request::TryCredentials => self.reader.client().try_credentials_again(),
            Request::GiveUp(ticket) => {
                self.transfers.give_up(ticket);
                self.deeds.give_up(ticket);
            }
            Request::Fetch { ticket, slot, fetch, urgency } => {
                self.supersede(slot);
                self.awaited.insert(slot, ticket);
                let pace = self.reader.client().pace();
                let pause = match urgency {
                    Urgency::Settled if self.reader.known(&fetch).is_none() => pace.settle,
                    Urgency::Later => pace.live,
                    _ => Duration::ZERO,
                };
                let is_fresh = matches!(urgency, Urgency::Fresh | Urgency::Later);
                if pause.is_zero() {
                    self.reader.ask(Waiter(ticket.0), fetch, is_fresh);
                } else {
                    let resting = Resting { until: Instant::now() + pause, ticket, fetch, is_fresh };
                    self.resting.insert(slot, resting);
                }
            }
        }
    }

    /// What a deed may have changed is asked for again.
    fn heed(&mut self, reply: &Reply) {
        let is_news = matches!(reply, Reply::Resumed(_) | Reply::Step { step: Step::Known(_), .. });
        if is_news {
            self.reader.outdate();
        }
    }

    /// Gives up what a slot awaited.
    fn supersede(&mut self, slot: Slot) {
        self.resting.remove(&slot);
        if let Some(old) = self.awaited.remove(&slot) {
            self.reader.leave(Waiter(old.0));
        }
    }

    /// Asks what has rested long enough.
    fn wake(&mut self) {
        let now = Instant::now();
        let rested = self.resting.extract_if(|_, resting| resting.until <= now);
        for (_, resting) in rested {
            let waiter = Waiter(resting.ticket.0);
            self.reader.ask(waiter, resting.fetch, resting.is_fresh);
        }
    }

    /// The reply to whoever still waits for this outcome.
    fn give(&mut self, outcome: Outcome) -> Option<Reply> {
        let ticket = Ticket(outcome.waiter.0);
        let slot = self.awaited.iter().find(|(_, awaited)| **awaited == ticket).map(|(slot, _)| *slot)?;
        self.awaited.remove(&slot);
        Some(Reply::Answer { ticket, slot, result: outcome.result, tally: self.reader.tally() })
    }
}
