//! A worker without a screen: requests in, replies out.

use std::time::Duration;

use lampblack::api::{Client, Error, RequestTrace, Settings};
use lampblack::fetch::{Answer, CacheStats, Fetch, Fetcher, SensorFetch};
use lampblack::model::SensorId;
use lampblack::sim::{self, Running};
use lampblack::worker::{self, FetchPolicy, List, Reply, Request, Slot, Ticket, Worker};
use tokio::{sync::mpsc, task::yield_now, time::timeout};

use crate::support::console::{settings, small};

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// The worker's desk as the screen sees it.
pub(crate) struct Bench {
    worker: Worker,
    tickets: u64,
    /// The requests that it reported, in order.
    pub(crate) calls: Vec<RequestTrace>,
    /// The last counts that it reported.
    pub(crate) tally: CacheStats,
}

/// A small simulator, and a worker that asks it.
pub(crate) async fn start(change: impl FnOnce(&mut Settings)) -> (Running, Bench) {
    let sim = sim::start(small()).await.unwrap();
    let mut settings = settings(&sim);
    change(&mut settings);
    (sim, Bench::new(settings))
}

/// The question about a sensor of the simulator's, by its number.
pub(crate) fn sensor(id: u64) -> Fetch {
    Fetch::Sensor(SensorFetch(SensorId(id)))
}

/// Paths and queries that the simulator has seen.
pub(crate) fn seen(sim: &Running) -> Vec<String> {
    sim.seen_requests().into_iter().map(|seen| seen.target).collect()
}

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            yield_now().await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it comes to be so");
}

impl Bench {
    /// Says that the user asks again after the token was refused.
    pub(crate) fn try_credentials(&self) {
        self.worker.requests.send(Request::RetryCredentials).unwrap();
    }

    pub(crate) fn new(settings: Settings) -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let client = Client::new(settings, Some(sender)).unwrap();
        Self {
            worker: worker::spawn(Fetcher::new(client), calls, worker::ChangeConfig::default()),
            tickets: 0,
            calls: Vec::new(),
            tally: CacheStats::default(),
        }
    }

    /// Asks for an answer in the slot that is its own.
    pub(crate) fn ask(&mut self, fetch: Fetch, urgency: FetchPolicy) -> Ticket {
        let slot = match &fetch {
            Fetch::ServerInfo(_) => Slot::ServerInfo,
            Fetch::Processes(page) => Slot::Page(List::Processes, page.span.start),
            Fetch::Sensor(_) => Slot::Sensor,
            Fetch::Lineage(_) => Slot::Lineage,
            other => panic!("no slot for {other:?}"),
        };
        self.ask_for(slot, fetch, urgency)
    }

    /// Asks for an answer in any slot.
    pub(crate) fn ask_for(&mut self, slot: Slot, fetch: Fetch, urgency: FetchPolicy) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.send(Request::Fetch { ticket, slot, fetch, policy: urgency });
        ticket
    }

    /// Cancels the request of a slot.
    pub(crate) fn cancel(&mut self, slot: Slot) {
        self.send(Request::Cancel(slot));
    }

    fn send(&mut self, request: Request) {
        self.worker.requests.send(request).unwrap();
    }

    /// The next answer; other replies are kept.
    pub(crate) async fn answer(&mut self) -> (Ticket, Result<Answer, Error>) {
        loop {
            match self.reply().await {
                Reply::Answer { ticket, result, cache_stats: tally, .. } => {
                    self.tally = tally;
                    return (ticket, result);
                }
                other => self.note(other),
            }
        }
    }

    /// Asks and waits for the answer.
    pub(crate) async fn get(&mut self, fetch: Fetch, urgency: FetchPolicy) -> Result<Answer, Error> {
        let ticket = self.ask(fetch, urgency);
        let (answered, result) = self.answer().await;
        assert_eq!(answered, ticket);
        result
    }

    /// Waits until that many requests were reported.
    pub(crate) async fn until_calls(&mut self, n_calls: usize) {
        while self.calls.len() < n_calls {
            let reply = self.reply().await;
            self.note(reply);
        }
    }

    /// Waits until this is the tally.
    pub(crate) async fn until_tally(&mut self, hits: u64, misses: u64) {
        while self.tally != (CacheStats { hits, misses }) {
            let reply = self.reply().await;
            self.note(reply);
        }
    }

    async fn reply(&mut self) -> Reply {
        let reply = timeout(PATIENCE, self.worker.replies.recv()).await;
        reply.expect("a reply comes").expect("the worker lives")
    }

    #[track_caller]
    fn note(&mut self, reply: Reply) {
        match reply {
            Reply::Trace(call) => self.calls.push(call),
            Reply::Progress { .. }
            | Reply::Downloaded { .. }
            | Reply::Prepared { .. }
            | Reply::Impact { .. }
            | Reply::Step { .. }
            | Reply::LogWait(_)
            | Reply::History(_)
            | Reply::Resumed(_) => {}
            Reply::Answer { ticket, .. } => panic!("an answer without a request: {ticket:?}"),
        }
    }
}
