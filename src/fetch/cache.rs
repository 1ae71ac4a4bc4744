//! Cache of answers by request and of process documents by id, limited in bytes.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use lru::LruCache;

use super::resource::{Answer, Fetch, HeapSize, LineageFetch, Rows, SummaryFetch};
use crate::model::{Process, ProcessId, Summary, Timings};

/// Limit of cached bytes: enough for some 20,000 processes, small enough for a shared jump host.
const MAX_BYTES: usize = 48 * 1024 * 1024;

/// A cached process document.
#[derive(Clone, Debug)]
pub(super) struct CachedDocument {
    pub(super) process: Arc<Process>,
    pub(super) as_of: Timestamp,
    /// Whether it comes from a summary. Rows of a search may lack the parent although there is one (API reference 2.2,
    /// quirks).
    pub(super) is_complete: bool,
}

enum CacheEntry {
    Answer(Answer),
    /// The server does not have it.
    Absent,
    Document(CachedDocument),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum CacheKey {
    Fetch(Fetch),
    Document(ProcessId),
}

pub(super) struct Cache {
    entries: LruCache<CacheKey, (CacheEntry, usize)>,
    bytes: usize,
    limit: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self::with_limit(MAX_BYTES)
    }
}

impl Cache {
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { entries: LruCache::unbounded(), bytes: 0, limit }
    }

    /// Returns a cached answer that is still fresh.
    pub(super) fn get(&mut self, fetch: &Fetch, now: Timestamp, timings: &Timings) -> Option<Answer> {
        match self.entries.get(&CacheKey::Fetch(fetch.clone())) {
            Some((CacheEntry::Answer(answer), _)) if is_fresh(fetch, answer, now, timings) => {
                let mut answer = answer.clone();
                answer.from_cache = true;
                Some(answer)
            }
            _ => None,
        }
    }

    /// Returns the document of a process, regardless of its age: the parent of a process never changes.
    pub(super) fn document(&mut self, id: ProcessId) -> Option<CachedDocument> {
        match self.entries.get(&CacheKey::Document(id)) {
            Some((CacheEntry::Document(document), _)) => Some(document.clone()),
            _ => None,
        }
    }

    /// Returns whether the server has answered that it does not have this process.
    pub(super) fn is_absent(&mut self, id: ProcessId) -> bool {
        matches!(self.entries.get(&absence_key(id)), Some((CacheEntry::Absent, _)))
    }

    /// Stores an answer and every process document in it. Documents are stored last: walks along parents need them, and
    /// a large answer may leave no room for anything else.
    pub(super) fn insert(&mut self, fetch: &Fetch, answer: &Answer) {
        self.store(CacheKey::Fetch(fetch.clone()), CacheEntry::Answer(answer.clone()), answer.heap_size());
        if let Some(fetched) = answer.get::<Rows>() {
            for row in &fetched.value.rows {
                let process = row.clone();
                self.insert_document(CachedDocument { process, as_of: fetched.as_of, is_complete: false });
            }
        } else if let Some(fetched) = answer.get::<Summary>() {
            let parent = fetched.value.parent.iter().filter(|parent| !parent.id.is_unknown());
            for process in parent.chain([&fetched.value.process]) {
                let process = Arc::new(process.clone());
                self.insert_document(CachedDocument { process, as_of: fetched.as_of, is_complete: true });
            }
        }
    }

    /// Stores that the server does not have it.
    pub(super) fn insert_absent(&mut self, fetch: &Fetch) {
        let key = match fetch {
            // However many children were requested.
            Fetch::Summary(SummaryFetch { id, .. }) => absence_key(*id),
            _ => CacheKey::Fetch(fetch.clone()),
        };
        self.store(key, CacheEntry::Absent, 128);
    }

    /// Removes what must be fetched again.
    pub(super) fn remove(&mut self, fetch: &Fetch) {
        let keys = match fetch {
            Fetch::Summary(SummaryFetch { id, .. }) => {
                vec![CacheKey::Fetch(fetch.clone()), absence_key(*id), CacheKey::Document(*id)]
            }
            Fetch::Lineage(LineageFetch { id, .. }) => self.chain(*id),
            _ => vec![CacheKey::Fetch(fetch.clone())],
        };
        for key in keys {
            self.remove_key(&key);
        }
    }

    fn remove_key(&mut self, key: &CacheKey) {
        if let Some((_, weight)) = self.entries.pop(key) {
            self.bytes -= weight;
        }
    }

    /// Removes the answers that a change may affect.
    pub(super) fn invalidate(&mut self) {
        let is_affected =
            |key: &CacheKey| matches!(key, CacheKey::Fetch(fetch) if fetch.resource().is_affected_by_changes());
        let keys = self.entries.iter().map(|(key, _)| key);
        let keys: Vec<_> = keys.filter(|key| is_affected(key)).cloned().collect();
        for key in keys {
            self.remove_key(&key);
        }
    }

    /// Returns the keys of a process and of all its cached ancestors.
    fn chain(&mut self, id: ProcessId) -> Vec<CacheKey> {
        let mut keys = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| !keys.contains(&CacheKey::Document(*id))) {
            keys.extend([CacheKey::Document(id), absence_key(id)]);
            next = self.document(id).and_then(|document| document.process.parent);
        }
        keys
    }

    fn insert_document(&mut self, document: CachedDocument) {
        let key = CacheKey::Document(document.process.id);
        // A row must not replace a summary, since it may lack members.
        if !document.is_complete
            && matches!(self.entries.peek(&key), Some((CacheEntry::Document(document), _)) if document.is_complete)
        {
            return;
        }
        let weight = document.process.heap_size();
        self.store(key, CacheEntry::Document(document), weight);
    }

    fn store(&mut self, key: CacheKey, entry: CacheEntry, weight: usize) {
        self.remove_key(&key);
        // An entry larger than the limit would evict all others and then itself.
        if weight > self.limit {
            return;
        }
        self.bytes += weight;
        self.entries.put(key, (entry, weight));
        while self.bytes > self.limit {
            let Some((_, (_, weight))) = self.entries.pop_lru() else {
                break;
            };
            self.bytes -= weight;
        }
    }
}

/// Returns the key under which the absence of a process is stored.
fn absence_key(id: ProcessId) -> CacheKey {
    CacheKey::Fetch(SummaryFetch::new(id).into())
}

/// Returns whether a cached answer may still be used.
fn is_fresh(fetch: &Fetch, answer: &Answer, now: Timestamp, timings: &Timings) -> bool {
    let max_age = fetch.resource().lifetime_of(answer).max_age(timings);
    max_age.is_none_or(|max_age| now.duration_since(answer.as_of).try_into().is_ok_and(|age: Duration| age <= max_age))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fetch::tests::answer_from;
    use crate::fetch::{
        AlertsFetch, EventsFetch, FacetsFetch, PrevalenceFetch, ProcessesFetch, SegmentsFetch, SensorFetch,
    };
    use crate::model::{Fetched, Page, Search, Segment, SensorId, Span};

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    /// The summary of [`GUID`], with further members in the answer and in the document.
    async fn summary(members: &str, facts: &str) -> (Fetch, Answer) {
        let fetch = SummaryFetch::new(GUID.parse().unwrap()).into();
        let body = format!(r#"{{"process": {{"id": "{GUID}"{facts}}}{members}}}"#);
        let answer = answer_from(&fetch, &body).await;
        (fetch, answer)
    }

    async fn segments() -> (Fetch, Answer) {
        let fetch = SegmentsFetch(GUID.parse().unwrap()).into();
        let answer = answer_from(&fetch, r#"{"process": {"segments": []}}"#).await;
        (fetch, answer)
    }

    async fn events(segment: u64, facts: &str) -> (Fetch, Answer) {
        let fetch = EventsFetch { id: GUID.parse().unwrap(), segment: Segment(segment) }.into();
        let body = format!(r#"{{"process": {{"id": "{GUID}"{facts}}}}}"#);
        let answer = answer_from(&fetch, &body).await;
        (fetch, answer)
    }

    fn page(start: u64) -> (Fetch, Answer) {
        let span = Span { start, rows: 100 };
        let fetch = ProcessesFetch { search: Arc::new(Search::default()), span }.into();
        let value = Rows { start, ..Page::default() };
        let fetched = Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false };
        (fetch, fetched.into())
    }

    #[test]
    fn the_oldest_answer_gives_way_when_the_limit_is_reached() {
        let mut cache = Cache::with_limit(300);
        for start in 0..3 {
            let (fetch, answer) = page(start);
            cache.insert(&fetch, &answer);
        }
        let is_cached: Vec<_> = (0..3)
            .map(|start| cache.get(&page(start).0, Timestamp::UNIX_EPOCH, &Timings::default()).is_some())
            .collect();
        assert_eq!(is_cached, [false, true, true]);
        assert!(cache.bytes <= cache.limit);
    }

    #[test]
    fn a_removed_answer_is_not_cached_and_uses_no_memory() {
        let mut cache = Cache::with_limit(300);
        let (fetch, answer) = page(0);
        cache.insert(&fetch, &answer);
        cache.remove(&fetch);
        assert!(cache.get(&fetch, Timestamp::UNIX_EPOCH, &Timings::default()).is_none());
        assert_eq!(cache.bytes, 0);
    }

    #[tokio::test]
    async fn a_change_invalidates_exactly_the_answers_it_may_affect() {
        let mut cache = Cache::default();
        let host = SensorFetch(SensorId(7)).into();
        let sensor = answer_from(&host, r#"{"id": 7}"#).await;
        let (rows, processes) = page(0);
        cache.insert(&host, &sensor);
        cache.insert(&rows, &processes);
        cache.invalidate();
        let mut get = |fetch| cache.get(fetch, Timestamp::UNIX_EPOCH, &Timings::default());
        assert!(get(&host).is_none());
        assert!(get(&rows).is_some());
        assert_eq!(cache.bytes, processes.heap_size());
    }

    #[tokio::test]
    async fn mutable_answers_expire_and_final_ones_do_not() {
        let host = SensorFetch(SensorId(7)).into();
        let sensor = answer_from(&host, r#"{"id": 7}"#).await;
        let facets = FacetsFetch::new(&Search::default(), ["start".to_owned()]).into();
        let counted = answer_from(&facets, r#"{"facets": {}}"#).await;
        let file = PrevalenceFetch("9e107d9d372bb6826bd81d3542a419d6".parse().unwrap()).into();
        let hosts = answer_from(&file, r#"{"hostCount": 2}"#).await;
        let queue = AlertsFetch { search: Arc::new(Search::default()), span: Span { start: 0, rows: 0 } }.into();
        let alerts = answer_from(&queue, r#"{"results": [], "total_results": 0}"#).await;
        let timings = Timings::default();
        let (host_age, running_age) = (Some(timings.sensor_age), Some(timings.running_age));
        for ((fetch, answer), limit) in [
            ((host, sensor), host_age),
            ((facets, counted), Some(timings.count_age)),
            ((queue, alerts), Some(timings.count_age)),
            ((file, hosts), Some(timings.count_age)),
            (summary("", "").await, running_age),
            (summary("", r#", "terminated": false"#).await, running_age),
            (summary("", r#", "terminated": true"#).await, None),
            (page(0), None),
            (segments().await, running_age),
            (events(1, "").await, running_age),
            (events(1, r#", "terminated": true"#).await, None),
            // A batch from 2021, which in 1970 must be treated as still being written.
            (events(1_614_852_945_678, "").await, running_age),
        ] {
            let mut cache = Cache::default();
            cache.insert(&fetch, &answer);
            let mut is_cached = |at: Timestamp| cache.get(&fetch, at, &timings).is_some();
            let age = limit.unwrap_or(Duration::from_hours(100_000));
            let last = Timestamp::UNIX_EPOCH.checked_add(age).unwrap();
            assert!(is_cached(last), "{fetch:?}");
            let after = last.checked_add(Duration::from_nanos(1)).unwrap();
            assert_eq!(is_cached(after), limit.is_none(), "{fetch:?}");
            // After the clock was set back, an answer must not come from the future.
            let before = Timestamp::UNIX_EPOCH.checked_sub(Duration::from_secs(1));
            assert_eq!(is_cached(before.unwrap()), limit.is_none(), "{fetch:?}");
        }
    }

    #[tokio::test]
    async fn a_row_does_not_replace_a_summary() {
        let mut cache = Cache::default();
        let (fetch, answer) = summary("", r#", "parent_unique_id": "00000007-0000-0b00-01d7-10ccae568ec0""#).await;
        cache.insert(&fetch, &answer);
        let search = ProcessesFetch { search: Arc::new(Search::default()), span: Span { start: 0, rows: 1 } }.into();
        let rows = format!(r#"{{"results": [{{"id": "{GUID}"}}], "total_results": 1}}"#);
        let answer = answer_from(&search, &rows).await;
        cache.insert(&search, &answer);
        let cached = cache.document(GUID.parse().unwrap()).unwrap();
        assert!(cached.is_complete && cached.process.parent.is_some());
    }

    #[tokio::test]
    async fn a_document_is_cached_even_if_its_relatives_are_too_large() {
        let sibling = |long: usize| {
            let cmdline = "x".repeat(long);
            format!(r#", "siblings": [{{"id": "{GUID}", "cmdline": "{cmdline}"}}]"#)
        };
        // The first does not fit at all, the second leaves no room for anything else.
        for (long, are_others_kept) in [(10_000, true), (2_000, false)] {
            let mut cache = Cache::with_limit(6_500);
            let (other, answer) = page(0);
            cache.insert(&other, &answer);
            let (fetch, answer) = summary(&sibling(long), "").await;
            cache.insert(&fetch, &answer);
            assert!(cache.document(GUID.parse().unwrap()).is_some(), "{long}");
            let cached = cache.get(&other, Timestamp::UNIX_EPOCH, &Timings::default());
            assert_eq!(cached.is_some(), are_others_kept, "{long}");
            assert!(cache.bytes <= cache.limit);
        }
    }
}
