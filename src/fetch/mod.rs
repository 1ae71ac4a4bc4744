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
pub use join::{Fact, Join, Related};
pub use pages::{Paged, pages};
pub use resource::Fetch;
pub use timeline::{AHEAD, Gap, Part, Timeline, numbers, parts, timeline};

use crate::api::{Client, Error};
use crate::model::ProcessId;
use cache::Cache;
use lineage::{Step, Walk};

/// Whoever asked a question; the answer carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Waiter(pub u64);

/// The answer to one question of one waiter.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Who asked.
    pub waiter: Waiter,
    /// What is known now, or why it is not.
    pub result: Result<Answer, Error>,
}

/// How often the cache had the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers that cost no request.
    pub hits: u64,
    /// Answers that did.
    pub misses: u64,
}

/// The one owner of client, cache and everything in flight.
///
/// It is driven by hand: [`Reader::ask`] puts a question, [`Reader::next`] waits for the next answer. Walks along
/// parent chains run inside it, one known-or-fetched document at a time.
pub struct Reader {
    client: Client,
    /// What carries the requests.
    background: Handle,
    cache: Cache,
    flights: HashMap<Fetch, Flight>,
    tasks: JoinSet<(Fetch, Result<Answer, Error>)>,
    /// When the last request was made, or answered.
    used_at: Instant,
    walks: HashMap<Waiter, Walk>,
    ready: VecDeque<Outcome>,
    last_waiter: u64,
    tally: Tally,
}

/// A request on its way, and who waits for it.
struct Flight {
    id: Id,
    task: AbortHandle,
    waiters: Vec<Waiter>,
    /// It began before something was changed on the server that its answer may tell of.
    is_outdated: bool,
}

impl Reader {
    /// Starts with an empty cache; nothing is asked yet. Requests run beside whoever calls this.
    pub fn new(client: Client) -> Self {
        Self::in_background(client, Handle::current())
    }

    /// Starts with an empty cache. Requests, and all that it takes to read their answers, run elsewhere.
    pub fn in_background(client: Client, background: Handle) -> Self {
        Self {
            client,
            background,
            cache: Cache::default(),
            flights: HashMap::new(),
            tasks: JoinSet::new(),
            used_at: Instant::now(),
            walks: HashMap::new(),
            ready: VecDeque::new(),
            // Waiters made here count down from the top, so that they never meet those of a caller.
            last_waiter: u64::MAX,
            tally: Tally::default(),
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
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The answer, if it is known and young enough; costs no request.
    pub fn known(&mut self, fetch: &Fetch) -> Option<Answer> {
        match fetch {
            Fetch::Lineage { id, known } => match Walk::new(*id, *known).step(&mut self.cache) {
                Step::Done(lineage) => Some(lineage.into()),
                Step::Need(_) => None,
            },
            _ => self.cache.get(fetch, self.client.clock().now(), self.client.pace()),
        }
    }

    /// Something was changed on the server: what that may have touched is no longer known.
    pub fn outdate(&mut self) {
        self.cache.outdate();
        for (fetch, flight) in &mut self.flights {
            flight.is_outdated |= fetch.may_be_changed();
        }
    }

    /// Puts a question. Unless `is_fresh` demands the server's word, an answer that is known comes from the cache.
    pub fn ask(&mut self, waiter: Waiter, fetch: Fetch, is_fresh: bool) {
        if is_fresh {
            self.cache.forget(&fetch);
        } else if let Some(answer) = self.known(&fetch) {
            self.tally.hits += 1;
            return self.tell(waiter, Ok(answer));
        }
        self.tally.misses += 1;
        match fetch {
            Fetch::Lineage { id, known } => {
                self.walks.insert(waiter, Walk::new(id, known));
                self.advance(waiter, None);
            }
            object => self.fly(waiter, object),
        }
    }

    /// Gives up a question. Its request is aborted when nobody else waits for it.
    pub fn leave(&mut self, waiter: Waiter) {
        self.walks.remove(&waiter);
        self.ready.retain(|outcome| outcome.waiter != waiter);
        self.flights.retain(|_, flight| {
            flight.waiters.retain(|other| *other != waiter);
            let is_wanted = !flight.waiters.is_empty();
            if !is_wanted {
                flight.task.abort();
            }
            is_wanted
        });
    }

    /// The next answer; `None` when nothing is awaited. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Outcome> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                return Some(outcome);
            }
            match self.tasks.join_next_with_id().await? {
                // One that ended in the very moment it was given up answers nobody, a newer equal question least of all.
                Ok((id, (fetch, result))) if self.is_awaited(&fetch, id) => {
                    self.land(&fetch, &result);
                }
                Ok(_) => {}
                // Nobody waits for it any more.
                Err(error) if error.is_cancelled() => {}
                Err(error) => {
                    // A bug in one request must not leave its waiters waiting.
                    tracing::error!("a request failed inside: {error}");
                    let found = self.flights.iter().find(|(_, flight)| flight.id == error.id());
                    if let Some(fetch) = found.map(|(fetch, _)| fetch.clone()) {
                        self.land(&fetch, &Err(Error::Internal));
                    }
                }
            }
        }
    }

    /// Asks and waits: for callers with one question at a time.
    pub async fn get(&mut self, fetch: Fetch) -> Result<Answer, Error> {
        let waiter = self.new_waiter();
        self.ask(waiter, fetch, false);
        let mut others = Vec::new();
        let result = loop {
            match self.next().await {
                Some(outcome) if outcome.waiter == waiter => break outcome.result,
                Some(other) => others.push(other),
                None => break Err(Error::Internal),
            }
        };
        self.ready.extend(others);
        result
    }

    /// A waiter for a question of our own.
    fn new_waiter(&mut self) -> Waiter {
        let waiter = Waiter(self.last_waiter);
        self.last_waiter -= 1;
        waiter
    }

    /// Makes the request for one object, or joins the one on its way, unless that has been overtaken by a deed.
    fn fly(&mut self, waiter: Waiter, fetch: Fetch) {
        let mut waiters = Vec::new();
        if let Some(flight) = self.flights.get_mut(&fetch) {
            if !flight.is_outdated {
                return flight.waiters.push(waiter);
            }
            // It may tell of what was before: the new one answers whoever waits for it as well.
            flight.task.abort();
            waiters.append(&mut flight.waiters);
        }
        waiters.push(waiter);
        self.freshen();
        let client = self.client.clone();
        let question = fetch.clone();
        self.launch(waiters, fetch, async move { question.answer(&client).await });
    }

    /// Sends a request on its way.
    fn launch(
        &mut self,
        waiters: Vec<Waiter>,
        fetch: Fetch,
        request: impl Future<Output = Result<Answer, Error>> + Send + 'static,
    ) {
        let question = fetch.clone();
        let task = self.tasks.spawn_on(async move { (question, request.await) }, &self.background);
        self.flights.insert(fetch, Flight { id: task.id(), task, waiters, is_outdated: false });
    }

    fn is_awaited(&self, fetch: &Fetch, id: Id) -> bool {
        let flight = self.flights.get(fetch);
        flight.is_some_and(|flight| flight.id == id)
    }

    /// Sees to it that no request is sent on a connection that was not used for long.
    fn freshen(&mut self) {
        let idle = self.used_at.elapsed();
        self.used_at = Instant::now();
        if self.flights.is_empty() && idle > self.client.pace().idle {
            match self.client.reconnected() {
                Ok(client) => self.client = client,
                Err(error) => tracing::warn!("the old connections are used on: {error}"),
            }
        }
    }

    /// An object is here, or will not come: everyone who waits for it is told.
    fn land(&mut self, fetch: &Fetch, result: &Result<Answer, Error>) {
        let Some(flight) = self.flights.remove(fetch) else {
            return;
        };
        self.used_at = Instant::now();
        match result {
            _ if flight.is_outdated => {}
            Ok(answer) => self.cache.put(fetch, answer),
            Err(Error::NotFound { .. }) => self.cache.put_absent(fetch),
            Err(_) => {}
        }
        for waiter in flight.waiters {
            match (self.walks.get(&waiter), result, fetch) {
                // An ancestor that is not recorded ends a chain; it does not fail it. Neither does the subject when
                // the row of a search has told of it.
                (Some(walk), Err(Error::NotFound { .. }), Fetch::Summary { id, .. })
                    if *id != walk.subject || self.cache.document(*id).is_some() =>
                {
                    self.advance(waiter, Some(*id));
                }
                (Some(_), Ok(_), Fetch::Summary { id, .. }) => self.advance(waiter, Some(*id)),
                _ => self.tell(waiter, result.clone()),
            }
        }
    }

    /// Takes a walk as far as the cache knows, then asks for the next document; `landed` is the one just asked for.
    fn advance(&mut self, waiter: Waiter, landed: Option<ProcessId>) {
        let Some(walk) = self.walks.get(&waiter) else {
            return;
        };
        match walk.step(&mut self.cache) {
            Step::Done(lineage) => self.tell(waiter, Ok(lineage.into())),
            // Larger than the cache: it would be asked for again and again.
            Step::Need(id) if landed == Some(id) => {
                tracing::error!("process {id} is too large to be kept");
                self.tell(waiter, Err(Error::Internal));
            }
            Step::Need(id) => self.fly(waiter, Fetch::summary(id)),
        }
    }

    /// The one answer to a question.
    fn tell(&mut self, waiter: Waiter, result: Result<Answer, Error>) {
        self.walks.remove(&waiter);
        self.ready.push_back(Outcome { waiter, result });
    }
}
