//! Looks up many records at once: searches by their ids take the place of one request for each.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    hash::Hash,
    sync::Arc,
};

use super::{
    Answer, BinariesFetch, Fetch, Fetcher, HeapSize, LineageFetch, ProcessesFetch, RequestId, SummaryFetch,
    lineage::{LineageWalk, WalkStep},
};
use crate::api::Error;
use crate::model::{Binary, Fetched, Md5, Page, Process, ProcessId, Search, Span};

/// The number of records up to which each gets a request of its own: these are all in flight at once.
pub(super) const MAX_SINGLE: usize = 4;

/// Ids per search. Solr allows 1024 clauses by default.
const IDS_PER_SEARCH: usize = 100;

/// Ids per search after a search for more of them has failed.
const IDS_PER_NARROW_SEARCH: usize = 20;

/// A record that a search finds by its id.
pub(super) trait FoundById: HeapSize + Sized {
    type Id: Copy + Eq + Hash + fmt::Display;
    /// The query field of the id.
    const FIELD: &'static str;

    fn id(&self) -> Self::Id;

    /// Returns the question for the first `rows` rows of a query.
    fn search(query: String, rows: u64) -> Fetch;
}

impl FoundById for Process {
    type Id = ProcessId;
    const FIELD: &'static str = "process_id";

    fn id(&self) -> ProcessId {
        self.id
    }

    fn search(query: String, rows: u64) -> Fetch {
        // Without the group, each segment of a process is a row.
        let search = Search { query, group_by: Some("id".to_owned()), ..Search::default() };
        ProcessesFetch { search: Arc::new(search), span: Span { start: 0, rows } }.into()
    }
}

impl FoundById for Binary {
    type Id = Md5;
    const FIELD: &'static str = "md5";

    fn id(&self) -> Md5 {
        self.md5
    }

    fn search(query: String, rows: u64) -> Fetch {
        let search = Search { query, ..Search::default() };
        BinariesFetch { search: Arc::new(search), span: Span { start: 0, rows } }.into()
    }
}

/// Where the documents of many processes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentSource {
    /// Searches for many of them, and summaries of the rest. The row of a search describes the newest segment of a
    /// process and has fewer members than a summary (API reference 2.2 and 2.3).
    Searches,
    /// Summaries, each of one process and all of its segments.
    Summaries,
}

impl Fetcher {
    /// Searches for the records with these ids. What the searches do not find is left out.
    pub(super) async fn search_by_ids<T: FoundById>(&mut self, ids: &[T::Id]) -> HashMap<T::Id, Fetched<T>> {
        let mut found = HashMap::new();
        let mut batches: Vec<Vec<T::Id>> = ids.chunks(IDS_PER_SEARCH).map(<[_]>::to_vec).collect();
        while !batches.is_empty() {
            let searches = batches.iter().map(|ids| search_for::<T>(ids)).collect();
            let answers = self.get_all(searches, |_| false).await.unwrap_or_default();
            let mut next_batches = Vec::new();
            for (ids, (search, result)) in batches.iter().zip(answers) {
                match result.and_then(|answer| answer.get::<Page<Arc<T>>>().ok_or(Error::Internal)) {
                    Ok(page) => {
                        let n_before = found.len();
                        let n_sent = u64::try_from(page.value.n_sent()).unwrap_or(u64::MAX);
                        found.extend(rows_by_id(&page, ids));
                        let missing: Vec<_> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
                        // The server sent fewer rows than it found.
                        if !missing.is_empty() && found.len() > n_before && n_sent < page.value.total {
                            next_batches.push(missing);
                        }
                    }
                    Err(error) if ids.len() > IDS_PER_NARROW_SEARCH && may_be_too_wide(&error) => {
                        next_batches.extend(ids.chunks(IDS_PER_NARROW_SEARCH).map(<[_]>::to_vec));
                    }
                    Err(error) => tracing::debug!("{} records are not looked up by a search: {error}", ids.len()),
                }
                // The question is not asked again, and the rows are used one by one.
                self.cache.remove(&search);
            }
            batches = next_batches;
        }
        found
    }

    /// Loads processes with at most `depth` ancestors each into the cache, level by level, so that walks along their
    /// parents need no requests. It stops at an error, which a walk then meets again.
    pub async fn load_lineages(&mut self, ids: &[ProcessId], depth: usize, source: DocumentSource) {
        if ids.len() <= MAX_SINGLE {
            return;
        }
        // A walk is done when it has more ancestors than are known.
        let question = |id: &ProcessId| LineageFetch { id: *id, n_known_ancestors: depth.saturating_sub(1) };
        let mut walks: Vec<_> = ids.iter().map(|id| LineageWalk::new(question(id))).collect();
        let (mut searched, mut requested) = (HashSet::new(), HashSet::new());
        loop {
            let needed = self.advance_walks(&mut walks);
            let ids: Vec<_> = needed.iter().map(|(id, _)| *id).filter(|id| searched.insert(*id)).collect();
            if source == DocumentSource::Searches && !ids.is_empty() {
                self.search_by_ids::<Process>(&ids).await;
                continue;
            }
            // The summary of a child may say why its parent has no document.
            let candidates = needed.into_iter().map(|(id, child)| [child.unwrap_or(id), id]);
            let cache = &mut self.cache;
            let mut is_new = |id: &ProcessId| !cache.is_absent(*id) && requested.insert(*id);
            let next = candidates.filter_map(|ids| ids.into_iter().find(&mut is_new));
            let summaries: Vec<_> = next.map(|id| SummaryFetch::new(id).into()).collect();
            if summaries.is_empty() || self.get_all(summaries, is_not_about_one).await.is_err() {
                return;
            }
        }
    }

    /// Loads the summaries of processes, with at most `children` children each, into the cache. It stops at an error,
    /// which the next request meets again.
    pub async fn load_summaries(&mut self, ids: impl IntoIterator<Item = ProcessId>, children: u32) {
        let summaries = ids.into_iter().map(|id| SummaryFetch { id, children }.into()).collect();
        if let Err(error) = self.get_all(summaries, is_not_about_one).await {
            tracing::debug!("summaries are not loaded: {error}");
        }
    }

    /// Returns whether the server has answered that it does not have this process.
    pub fn is_absent(&mut self, id: ProcessId) -> bool {
        self.cache.is_absent(id)
    }

    /// Advances walks as far as the cache allows, and removes those at their end. Returns the documents that the
    /// others need, each once and with the child from whose row it is known.
    fn advance_walks(&mut self, walks: &mut Vec<LineageWalk>) -> Vec<(ProcessId, Option<ProcessId>)> {
        let (mut needed, mut seen) = (Vec::new(), HashSet::new());
        walks.retain(|walk| match walk.step(&mut self.cache) {
            WalkStep::Done(_) => false,
            WalkStep::Need { id, child } => {
                if seen.insert(id) {
                    needed.push((id, child));
                }
                true
            }
        });
        needed
    }

    /// Sends requests side by side and waits for their answers, in the order of the requests. At an error that
    /// `ends_all`, the others are cancelled.
    pub(super) async fn get_all(
        &mut self,
        fetches: Vec<Fetch>,
        ends_all: impl Fn(&Error) -> bool,
    ) -> Result<Vec<(Fetch, Result<Answer, Error>)>, Error> {
        let mut pending: HashMap<RequestId, usize> = HashMap::new();
        for (at, fetch) in fetches.iter().enumerate() {
            let request_id = self.new_request_id();
            pending.insert(request_id, at);
            self.request(request_id, fetch.clone());
        }
        let mut results = vec![Err(Error::Internal); fetches.len()];
        let mut others = Vec::new();
        let mut end = Ok(());
        while !pending.is_empty()
            && let Some(response) = self.next().await
        {
            let Some(at) = pending.remove(&response.request_id) else {
                others.push(response);
                continue;
            };
            if let Err(error) = &response.result
                && ends_all(error)
            {
                end = Err(error.clone());
                break;
            }
            results[at] = response.result;
        }
        for request_id in pending.into_keys() {
            self.cancel(request_id);
        }
        self.ready.extend(others);
        end.map(|()| fetches.into_iter().zip(results).collect())
    }
}

/// Returns the question for the records with these ids. A field before a list in parentheses is not documented.
fn search_for<T: FoundById>(ids: &[T::Id]) -> Fetch {
    let clauses: Vec<_> = ids.iter().map(|id| format!("{}:{id}", T::FIELD)).collect();
    T::search(clauses.join(" or "), u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

/// Returns those rows of a page that are about one of `ids`; others are not what was asked for.
fn rows_by_id<T: FoundById>(page: &Fetched<Page<Arc<T>>>, ids: &[T::Id]) -> Vec<(T::Id, Fetched<T>)> {
    let ids: HashSet<_> = ids.iter().copied().collect();
    let rows = page.value.rows.iter().filter(|row| ids.contains(&row.id()));
    rows.map(|row| (row.id(), Fetched { value: row.clone(), as_of: page.as_of, from_cache: false })).collect()
}

/// Returns whether a search for fewer ids may succeed after `error`.
fn may_be_too_wide(error: &Error) -> bool {
    matches!(
        error,
        Error::Refused { .. }
            | Error::Syntax { .. }
            | Error::Timeout(_)
            | Error::TooLarge { .. }
            | Error::TooLong { .. }
            | Error::Cut { .. }
    )
}

/// Returns whether `error` is about more than the record that was requested.
fn is_not_about_one(error: &Error) -> bool {
    !matches!(error, Error::NotFound { .. })
}
