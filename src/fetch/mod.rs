//! Fetches values from the server through a cache; identical requests in flight are merged.

mod cache;
mod file_head;
mod join;
mod lineage;
mod lookup;
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

pub use join::{JoinKey, JoinPlan, JoinResult};
pub use lookup::DocumentSource;
pub use pages::{Paged, expected_pages, pages};
pub use resource::*;
pub use timeline::{
    FetchedSegment, MissingSegment, SEGMENTS_IN_FLIGHT, TimelineWalk, parts, segments_to_fetch, timeline,
};

use crate::api::{Client, Error};
use crate::model::ProcessId;
use cache::Cache;
use lineage::{LineageWalk, WalkStep};

/// Identifies the requester of a value; the response carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// The response to one request.
#[derive(Clone, Debug)]
pub struct Response {
    pub request_id: RequestId,
    pub result: Result<Answer, Error>,
}

/// Counts of cache hits and misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Answers from the cache.
    pub hits: u64,
    /// Answers that needed a request.
    pub misses: u64,
}

/// Owner of the client, the cache and every request in flight.
///
/// It makes progress only when called: [`Fetcher::request`] submits a request, [`Fetcher::next`] waits for the next
/// response. Walks along parent chains run inside it, one cached or fetched document at a time.
pub struct Fetcher {
    client: Client,
    /// Runs the requests.
    background: Handle,
    cache: Cache,
    in_flight: HashMap<Fetch, InFlight>,
    tasks: JoinSet<(Fetch, Result<Answer, Error>)>,
    /// Time of the last request or response.
    used_at: Instant,
    walks: HashMap<RequestId, LineageWalk>,
    ready: VecDeque<Response>,
    last_request_id: u64,
    cache_stats: CacheStats,
}

/// A request in flight, and the requesters that wait for it.
struct InFlight {
    id: Id,
    task: AbortHandle,
    request_ids: Vec<RequestId>,
    /// Whether a change was made since it was sent, so that its answer may be outdated.
    is_invalidated: bool,
}

impl Fetcher {
    /// Returns a fetcher with an empty cache, whose requests run on the current runtime.
    pub fn new(client: Client) -> Self {
        Self::with_handle(client, Handle::current())
    }

    /// Returns a fetcher with an empty cache, whose requests, including the parsing of answers, run on `background`.
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
            // Ids made here count down from the top, so that they never collide with those of callers.
            last_request_id: u64::MAX,
            cache_stats: CacheStats::default(),
        }
    }

    /// Returns the client, for requests that bypass the cache.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the runtime that runs the requests.
    pub fn background(&self) -> &Handle {
        &self.background
    }

    /// Returns the counts of cache hits and misses.
    pub fn cache_stats(&self) -> CacheStats {
        self.cache_stats
    }

    /// Returns a cached answer that is still fresh; sends no request.
    pub fn get_cached(&mut self, fetch: &Fetch) -> Option<Answer> {
        match fetch {
            Fetch::Lineage(lineage) => match LineageWalk::new(*lineage).step(&mut self.cache) {
                WalkStep::Done(lineage) => Some(lineage.into()),
                WalkStep::Need { .. } => None,
            },
            _ => self.cache.get(fetch, self.client.clock().now(), &self.client.timings()),
        }
    }

    /// Removes cached answers that a change may affect, and marks requests in flight as outdated.
    pub fn invalidate(&mut self) {
        self.cache.invalidate();
        for (fetch, in_flight) in &mut self.in_flight {
            in_flight.is_invalidated |= fetch.resource().is_affected_by_changes();
        }
    }

    /// Submits a request for which a cached answer may be used.
    pub fn request(&mut self, request_id: RequestId, fetch: Fetch) {
        if let Some(answer) = self.get_cached(&fetch) {
            self.cache_stats.hits += 1;
            return self.queue_reply(request_id, Ok(answer));
        }
        self.submit(request_id, fetch);
    }

    /// Submits a request past the cache.
    pub fn request_fresh(&mut self, request_id: RequestId, fetch: Fetch) {
        self.cache.remove(&fetch);
        self.submit(request_id, fetch);
    }

    fn submit(&mut self, request_id: RequestId, fetch: Fetch) {
        self.cache_stats.misses += 1;
        match fetch {
            Fetch::Lineage(lineage) => {
                self.walks.insert(request_id, LineageWalk::new(lineage));
                self.advance(request_id, None);
            }
            object => self.start(request_id, object),
        }
    }

    /// Cancels a request. The HTTP request is aborted if no other requester waits for it.
    pub fn cancel(&mut self, request_id: RequestId) {
        self.walks.remove(&request_id);
        self.ready.retain(|response| response.request_id != request_id);
        self.in_flight.retain(|_, in_flight| {
            in_flight.request_ids.retain(|other| *other != request_id);
            let is_needed = !in_flight.request_ids.is_empty();
            if !is_needed {
                in_flight.task.abort();
            }
            is_needed
        });
    }

    /// Waits for the next response; `None` if nothing is pending. Cancel safe.
    pub async fn next(&mut self) -> Option<Response> {
        loop {
            if let Some(response) = self.ready.pop_front() {
                return Some(response);
            }
            match self.tasks.join_next_with_id().await? {
                // A request that completed just as it was cancelled must not answer a newer identical one.
                Ok((id, (fetch, result))) if self.is_awaited(&fetch, id) => {
                    self.complete(&fetch, &result);
                }
                Ok(_) => {}
                // It was cancelled.
                Err(error) if error.is_cancelled() => {}
                Err(error) => {
                    // A panic in one request must not leave its requesters waiting forever.
                    tracing::error!("internal error in a request: {error}");
                    let failed = self.in_flight.iter().find(|(_, in_flight)| in_flight.id == error.id());
                    if let Some(fetch) = failed.map(|(fetch, _)| fetch.clone()) {
                        self.complete(&fetch, &Err(Error::Internal));
                    }
                }
            }
        }
    }

    /// Returns a new id for a request made by this fetcher.
    fn new_request_id(&mut self) -> RequestId {
        let request_id = RequestId(self.last_request_id);
        self.last_request_id -= 1;
        request_id
    }

    /// Sends a request, or waits for an identical one in flight unless it is outdated by a change.
    fn start(&mut self, request_id: RequestId, fetch: Fetch) {
        let mut request_ids = Vec::new();
        if let Some(in_flight) = self.in_flight.get_mut(&fetch) {
            if !in_flight.is_invalidated {
                return in_flight.request_ids.push(request_id);
            }
            // The outdated request is replaced; the new one also answers its requesters.
            in_flight.task.abort();
            request_ids.append(&mut in_flight.request_ids);
        }
        request_ids.push(request_id);
        self.reconnect_if_idle();
        let client = self.client.clone();
        let request = fetch.clone();
        self.spawn(request_ids, fetch, async move { request.resource().send(&client).await });
    }

    /// Spawns the task of a request.
    fn spawn(
        &mut self,
        request_ids: Vec<RequestId>,
        fetch: Fetch,
        request: impl Future<Output = Result<Answer, Error>> + Send + 'static,
    ) {
        let key = fetch.clone();
        let task = self.tasks.spawn_on(async move { (key, request.await) }, &self.background);
        self.in_flight.insert(fetch, InFlight { id: task.id(), task, request_ids, is_invalidated: false });
    }

    fn is_awaited(&self, fetch: &Fetch, id: Id) -> bool {
        let in_flight = self.in_flight.get(fetch);
        in_flight.is_some_and(|in_flight| in_flight.id == id)
    }

    /// Replaces the client's connections after a long idle time, since the server may have closed them.
    fn reconnect_if_idle(&mut self) {
        let idle = self.used_at.elapsed();
        self.used_at = Instant::now();
        if self.in_flight.is_empty() && idle > self.client.timings().idle {
            match self.client.with_new_connections() {
                Ok(client) => self.client = client,
                Err(error) => tracing::warn!("the old connections stay in use: {error}"),
            }
        }
    }

    /// Caches the result of a completed request, and responds to its requesters.
    fn complete(&mut self, fetch: &Fetch, result: &Result<Answer, Error>) {
        let Some(in_flight) = self.in_flight.remove(fetch) else {
            return;
        };
        self.used_at = Instant::now();
        match result {
            _ if in_flight.is_invalidated => {}
            Ok(answer) => self.cache.insert(fetch, answer),
            Err(Error::NotFound { .. }) => self.cache.insert_absent(fetch),
            Err(_) => {}
        }
        for request_id in in_flight.request_ids {
            match (self.walks.get(&request_id), result, fetch) {
                // A missing ancestor ends a chain and is no failure. Neither is a missing subject that is known from
                // the row of a search.
                (Some(walk), Err(Error::NotFound { .. }), Fetch::Summary(SummaryFetch { id, .. }))
                    if *id != walk.subject() || self.cache.document(*id).is_some() =>
                {
                    self.advance(request_id, Some(*id));
                }
                (Some(_), Ok(_), Fetch::Summary(SummaryFetch { id, .. })) => self.advance(request_id, Some(*id)),
                _ => self.queue_reply(request_id, result.clone()),
            }
        }
    }

    /// Advances a walk as far as the cache allows, then requests the next document; `completed` is the process whose
    /// document was just fetched.
    fn advance(&mut self, request_id: RequestId, completed: Option<ProcessId>) {
        let Some(walk) = self.walks.get(&request_id) else {
            return;
        };
        match walk.step(&mut self.cache) {
            WalkStep::Done(lineage) => self.queue_reply(request_id, Ok(lineage.into())),
            // The document is larger than the cache, so it would be requested forever.
            WalkStep::Need { id, .. } if completed == Some(id) => {
                tracing::error!("process {id} is too large for the cache");
                self.queue_reply(request_id, Err(Error::Internal));
            }
            WalkStep::Need { id, .. } => self.start(request_id, SummaryFetch::new(id).into()),
        }
    }

    /// Queues the response to a request.
    fn queue_reply(&mut self, request_id: RequestId, result: Result<Answer, Error>) {
        self.walks.remove(&request_id);
        self.ready.push_back(Response { request_id, result });
    }
}
