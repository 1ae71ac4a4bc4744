//! Asking the server, once: what is known is not asked again, and equal questions in flight are one request.

mod alert_digest;
mod answer;
mod cache;
mod file_head;
mod join;
mod lifetime;
mod lineage;
mod one_shot;
mod pages;
mod resource;
#[cfg(test)]
mod tests;
mod timeline;

use std::collections::{HashMap, VecDeque};

use tokio::{
    runtime::Handle,
    task::{AbortHandle, Id, JoinSet},
    time::Instant,
};

pub use answer::{AlertRows, Answer, Rows};
pub use join::{JoinKey, JoinPlan, JoinResult};
pub use pages::{Paged, pages};
pub use resource::Fetch;
pub use timeline::{
    FetchedSegment, MissingSegment, SEGMENTS_IN_FLIGHT, TimelineWalk, parts, segments_to_fetch, timeline,
};

use crate::api::{Client, Error};
use crate::model::ProcessId;
use cache::Cache;
use lineage::{LineageWalk, WalkStep};

/// Whoever asked a question; the answer carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// The answer to one question of one waiter.
#[derive(Clone, Debug)]
pub struct Response {
    /// Who asked.
    pub request_id: RequestId,
    /// What is known now, or why it is not.
    pub result: Result<Answer, Error>,
}

/// How often the cache had the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Answers that cost no request.
    pub hits: u64,
    /// Answers that did.
    pub misses: u64,
}

/// The one owner of client, cache and everything in flight.
///
/// It is driven by hand: [`Fetcher::request`] puts a question, [`Fetcher::next`] waits for the next answer. Walks along
/// parent chains run inside it, one known-or-fetched document at a time.
pub struct Fetcher {
    client: Client,
    /// What carries the requests.
    background: Handle,
    cache: Cache,
    in_flight: HashMap<Fetch, InFlight>,
    tasks: JoinSet<(Fetch, Result<Answer, Error>)>,
    /// When the last request was made, or answered.
    used_at: Instant,
    walks: HashMap<RequestId, LineageWalk>,
    ready: VecDeque<Response>,
    last_request_id: u64,
    cache_stats: CacheStats,
}

/// A request on its way, and who waits for it.
struct InFlight {
    id: Id,
    task: AbortHandle,
    request_ids: Vec<RequestId>,
    /// It began before something was changed on the server that its answer may tell of.
    is_invalidated: bool,
}

impl Fetcher {
    /// Starts with an empty cache; nothing is asked yet. Requests run beside whoever calls this.
    pub fn new(client: Client) -> Self {
        Self::with_handle(client, Handle::current())
    }

    /// Starts with an empty cache. Requests, and all that it takes to read their answers, run elsewhere.
    pub fn with_handle(client: Client, background: Handle) -> Self {
        Self {
            client,
            background,
            cache: Cache::default(),
            in_flight: HashMap::new(),
            tasks: JoinSet::new(),
            used_at: Instant::now(),
            walks: HashMap::new(),
            ready: VecDeque::new(),
            // Waiters made here count down from the top, so that they never meet those of a caller.
            last_request_id: u64::MAX,
            cache_stats: CacheStats::default(),
        }
    }

    /// The client, for what is not worth keeping.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What carries the requests.
    pub fn background(&self) -> &Handle {
        &self.background
    }

    /// How often the cache had the answer.
    pub fn cache_stats(&self) -> CacheStats {
        self.cache_stats
    }

    /// The answer, if it is known and young enough; costs no request.
    pub fn get_cached(&mut self, fetch: &Fetch) -> Option<Answer> {
        match fetch {
            Fetch::Lineage { id, n_known_ancestors: known } => {
                match LineageWalk::new(*id, *known).step(&mut self.cache) {
                    WalkStep::Done(lineage) => Some(lineage.into()),
                    WalkStep::Need(_) => None,
                }
            }
            _ => self.cache.get(fetch, self.client.clock().now(), self.client.timings()),
        }
    }

    /// Something was changed on the server: what that may have touched is no longer known.
    pub fn invalidate(&mut self) {
        self.cache.invalidate();
        for (fetch, flight) in &mut self.in_flight {
            flight.is_invalidated |= fetch.is_affected_by_changes();
        }
    }

    /// Puts a question. Unless `is_fresh` demands the server's word, an answer that is known comes from the cache.
    pub fn request(&mut self, waiter: RequestId, fetch: Fetch, is_fresh: bool) {
        if is_fresh {
            self.cache.remove(&fetch);
        } else if let Some(answer) = self.get_cached(&fetch) {
            self.cache_stats.hits += 1;
            return self.queue_reply(waiter, Ok(answer));
        }
        self.cache_stats.misses += 1;
        match fetch {
            Fetch::Lineage { id, n_known_ancestors: known } => {
                self.walks.insert(waiter, LineageWalk::new(id, known));
                self.advance(waiter, None);
            }
            object => self.start(waiter, object),
        }
    }

    /// Gives up a question. Its request is aborted when nobody else waits for it.
    pub fn cancel(&mut self, waiter: RequestId) {
        self.walks.remove(&waiter);
        self.ready.retain(|outcome| outcome.request_id != waiter);
        self.in_flight.retain(|_, flight| {
            flight.request_ids.retain(|other| *other != waiter);
            let is_wanted = !flight.request_ids.is_empty();
            if !is_wanted {
                flight.task.abort();
            }
            is_wanted
        });
    }

    /// The next answer; `None` when nothing is awaited. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Response> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                return Some(outcome);
            }
            match self.tasks.join_next_with_id().await? {
                // One that ended in the very moment it was given up answers nobody, a newer equal question least of all.
                Ok((id, (fetch, result))) if self.is_awaited(&fetch, id) => {
                    self.complete(&fetch, &result);
                }
                Ok(_) => {}
                // Nobody waits for it any more.
                Err(error) if error.is_cancelled() => {}
                Err(error) => {
                    // A bug in one request must not leave its waiters waiting.
                    tracing::error!("a request failed inside: {error}");
                    let found = self.in_flight.iter().find(|(_, flight)| flight.id == error.id());
                    if let Some(fetch) = found.map(|(fetch, _)| fetch.clone()) {
                        self.complete(&fetch, &Err(Error::Internal));
                    }
                }
            }
        }
    }

    /// Asks and waits: for callers with one question at a time.
    pub async fn get(&mut self, fetch: Fetch) -> Result<Answer, Error> {
        let waiter = self.new_request_id();
        self.request(waiter, fetch, false);
        let mut others = Vec::new();
        let result = loop {
            match self.next().await {
                Some(outcome) if outcome.request_id == waiter => break outcome.result,
                Some(other) => others.push(other),
                None => break Err(Error::Internal),
            }
        };
        self.ready.extend(others);
        result
    }

    /// A waiter for a question of our own.
    fn new_request_id(&mut self) -> RequestId {
        let waiter = RequestId(self.last_request_id);
        self.last_request_id -= 1;
        waiter
    }

    /// Makes the request for one object, or joins the one on its way, unless that has been overtaken by a deed.
    fn start(&mut self, waiter: RequestId, fetch: Fetch) {
        let mut waiters = Vec::new();
        if let Some(flight) = self.in_flight.get_mut(&fetch) {
            if !flight.is_invalidated {
                return flight.request_ids.push(waiter);
            }
            // It may tell of what was before: the new one answers whoever waits for it as well.
            flight.task.abort();
            waiters.append(&mut flight.request_ids);
        }
        waiters.push(waiter);
        self.reconnect_if_idle();
        let client = self.client.clone();
        let question = fetch.clone();
        self.spawn(waiters, fetch, async move { question.request(&client).await });
    }

    /// Sends a request on its way.
    fn spawn(
        &mut self,
        waiters: Vec<RequestId>,
        fetch: Fetch,
        request: impl Future<Output = Result<Answer, Error>> + Send + 'static,
    ) {
        let question = fetch.clone();
        let task = self.tasks.spawn_on(async move { (question, request.await) }, &self.background);
        self.in_flight.insert(fetch, InFlight { id: task.id(), task, request_ids: waiters, is_invalidated: false });
    }

    fn is_awaited(&self, fetch: &Fetch, id: Id) -> bool {
        let flight = self.in_flight.get(fetch);
        flight.is_some_and(|flight| flight.id == id)
    }

    /// Sees to it that no request is sent on a connection that was not used for long.
    fn reconnect_if_idle(&mut self) {
        let idle = self.used_at.elapsed();
        self.used_at = Instant::now();
        if self.in_flight.is_empty() && idle > self.client.timings().idle {
            match self.client.with_new_connections() {
                Ok(client) => self.client = client,
                Err(error) => tracing::warn!("the old connections are used on: {error}"),
            }
        }
    }

    /// An object is here, or will not come: everyone who waits for it is told.
    fn complete(&mut self, fetch: &Fetch, result: &Result<Answer, Error>) {
        let Some(flight) = self.in_flight.remove(fetch) else {
            return;
        };
        self.used_at = Instant::now();
        match result {
            _ if flight.is_invalidated => {}
            Ok(answer) => self.cache.insert(fetch, answer),
            Err(Error::NotFound { .. }) => self.cache.insert_absent(fetch),
            Err(_) => {}
        }
        for waiter in flight.request_ids {
            match (self.walks.get(&waiter), result, fetch) {
                // An ancestor that is not recorded ends a chain; it does not fail it. Neither does the subject when
                // the row of a search has told of it.
                (Some(walk), Err(Error::NotFound { .. }), Fetch::Summary { id, .. })
                    if *id != walk.subject || self.cache.document(*id).is_some() =>
                {
                    self.advance(waiter, Some(*id));
                }
                (Some(_), Ok(_), Fetch::Summary { id, .. }) => self.advance(waiter, Some(*id)),
                _ => self.queue_reply(waiter, result.clone()),
            }
        }
    }

    /// Takes a walk as far as the cache knows, then asks for the next document; `landed` is the one just asked for.
    fn advance(&mut self, waiter: RequestId, landed: Option<ProcessId>) {
        let Some(walk) = self.walks.get(&waiter) else {
            return;
        };
        match walk.step(&mut self.cache) {
            WalkStep::Done(lineage) => self.queue_reply(waiter, Ok(lineage.into())),
            // Larger than the cache: it would be asked for again and again.
            WalkStep::Need(id) if landed == Some(id) => {
                tracing::error!("process {id} is too large to be kept");
                self.queue_reply(waiter, Err(Error::Internal));
            }
            WalkStep::Need(id) => self.start(waiter, Fetch::summary(id)),
        }
    }

    /// The one answer to a question.
    fn queue_reply(&mut self, waiter: RequestId, result: Result<Answer, Error>) {
        self.walks.remove(&waiter);
        self.ready.push_back(Response { request_id: waiter, result });
    }
}
