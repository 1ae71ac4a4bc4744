//! What is known: answers by their question and process documents by their id, bounded by bytes.

use std::sync::Arc;

use jiff::Timestamp;
use lru::LruCache;

use super::{
    answer::{Answer, process_heap_size},
    lifetime::is_fresh,
    resource::Fetch,
};
use crate::model::{Process, ProcessId, Timings};

/// Bytes of answers and documents kept: enough for some 20,000 processes, little enough for a shared jump host.
const LIMIT: usize = 48 * 1024 * 1024;

/// A process document, and how much it says.
#[derive(Clone, Debug)]
pub(super) struct CachedDocument {
    pub(super) process: Arc<Process>,
    pub(super) as_of: Timestamp,
    /// From a summary. Rows of a search may lack the parent although there is one (reference 2.2, quirks).
    pub(super) is_complete: bool,
}

/// One thing kept.
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
        Self::with_limit(LIMIT)
    }
}

impl Cache {
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { entries: LruCache::unbounded(), bytes: 0, limit }
    }

    /// An answer that is young enough to be given again.
    pub(super) fn get(&mut self, fetch: &Fetch, now: Timestamp, pace: Timings) -> Option<Answer> {
        let kept = self.entries.get(&CacheKey::Fetch(fetch.clone()));
        let answer = match kept {
            Some((CacheEntry::Answer(answer), _)) if is_fresh(fetch, answer, now, pace) => answer.clone(),
            _ => return None,
        };
        Some(answer.without_request())
    }

    /// The document of a process, whatever its age: whose child a process is does not change.
    pub(super) fn document(&mut self, id: ProcessId) -> Option<CachedDocument> {
        match self.entries.get(&CacheKey::Document(id)) {
            Some((CacheEntry::Document(known), _)) => Some(known.clone()),
            _ => None,
        }
    }

    /// Whether the server has said that it does not have this process.
    pub(super) fn is_absent(&mut self, id: ProcessId) -> bool {
        let kept = self.entries.get(&CacheKey::Fetch(Fetch::summary(id)));
        matches!(kept, Some((CacheEntry::Absent, _)))
    }

    /// Keeps an answer, and every process document in it. The documents come last: walks need them, and an answer may
    /// be so large that nothing else has room beside it.
    pub(super) fn insert(&mut self, fetch: &Fetch, answer: &Answer) {
        self.store(CacheKey::Fetch(fetch.clone()), CacheEntry::Answer(answer.clone()), answer.heap_size());
        match answer {
            Answer::Processes(known) => {
                for row in &known.value.rows {
                    self.insert_document(row.clone(), known.as_of, false);
                }
            }
            Answer::Summary(known) => {
                let parent = known.value.parent.iter().filter(|parent| !parent.id.is_unknown());
                for process in parent.chain([&known.value.process]) {
                    self.insert_document(Arc::new(process.clone()), known.as_of, true);
                }
            }
            _ => {}
        }
    }

    /// Remembers that the server does not have it.
    pub(super) fn insert_absent(&mut self, fetch: &Fetch) {
        self.store(CacheKey::Fetch(fetch.clone()), CacheEntry::Absent, 128);
    }

    /// Drops what is to be asked again.
    pub(super) fn remove(&mut self, fetch: &Fetch) {
        let keys = match fetch {
            Fetch::Summary { id, .. } => vec![CacheKey::Fetch(fetch.clone()), CacheKey::Document(*id)],
            Fetch::Lineage { id, .. } => self.chain(*id),
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

    /// Drops whatever a deed may have changed.
    pub(super) fn invalidate(&mut self) {
        let is_old = |key: &CacheKey| matches!(key, CacheKey::Fetch(fetch) if fetch.is_affected_by_changes());
        let old = self.entries.iter().map(|(key, _)| key);
        let old: Vec<_> = old.filter(|key| is_old(key)).cloned().collect();
        for key in old {
            self.remove_key(&key);
        }
    }

    /// The keys of a process and of all its known ancestors.
    fn chain(&mut self, id: ProcessId) -> Vec<CacheKey> {
        let mut keys = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| !keys.contains(&CacheKey::Document(*id))) {
            keys.extend([CacheKey::Document(id), CacheKey::Fetch(Fetch::summary(id))]);
            next = self.document(id).and_then(|known| known.process.parent);
        }
        keys
    }

    fn insert_document(&mut self, process: Arc<Process>, as_of: Timestamp, is_complete: bool) {
        let key = CacheKey::Document(process.id);
        // A row must not replace a summary: it may say less.
        if !is_complete
            && matches!(self.entries.peek(&key), Some((CacheEntry::Document(known), _)) if known.is_complete)
        {
            return;
        }
        let weight = process_heap_size(&process);
        self.store(key, CacheEntry::Document(CachedDocument { process, as_of, is_complete }), weight);
    }

    fn store(&mut self, key: CacheKey, kept: CacheEntry, weight: usize) {
        self.remove_key(&key);
        // One thing must not drive out all others and then itself.
        if weight > self.limit {
            return;
        }
        self.bytes += weight;
        self.entries.put(key, (kept, weight));
        while self.bytes > self.limit {
            let Some((_, (_, weight))) = self.entries.pop_lru() else {
                break;
            };
            self.bytes -= weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fetch::tests::answer_from;
    use crate::model::{Page, Search, Segment, SensorId, Span};

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    /// What a summary says of [`GUID`], with other members in the answer and in the document.
    async fn summary(members: &str, facts: &str) -> (Fetch, Answer) {
        let fetch = Fetch::summary(GUID.parse().unwrap());
        let body = format!(r#"{{"process": {{"id": "{GUID}"{facts}}}{members}}}"#);
        let answer = answer_from(&fetch, &body).await;
        (fetch, answer)
    }

    async fn segments() -> (Fetch, Answer) {
        let fetch = Fetch::Segments(GUID.parse().unwrap());
        let answer = answer_from(&fetch, r#"{"process": {"segments": []}}"#).await;
        (fetch, answer)
    }

    async fn events(segment: u64, facts: &str) -> (Fetch, Answer) {
        let fetch = Fetch::Events { id: GUID.parse().unwrap(), segment: Segment(segment) };
        let body = format!(r#"{{"process": {{"id": "{GUID}"{facts}}}}}"#);
        let answer = answer_from(&fetch, &body).await;
        (fetch, answer)
    }

    fn page(start: u64) -> (Fetch, Answer) {
        let span = Span { start, rows: 100 };
        let fetch = Fetch::Processes { search: Arc::new(Search::default()), span };
        let value = Page { start, ..Page::default() };
        let known = crate::model::Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false };
        (fetch, Answer::Processes(known))
    }

    #[test]
    fn the_oldest_answer_gives_way_when_the_limit_is_reached() {
        let mut cache = Cache::with_limit(300);
        for start in 0..3 {
            let (fetch, answer) = page(start);
            cache.insert(&fetch, &answer);
        }
        let known: Vec<_> = (0..3)
            .map(|start| cache.get(&page(start).0, Timestamp::UNIX_EPOCH, Timings::default()).is_some())
            .collect();
        assert_eq!(known, [false, true, true]);
        assert!(cache.bytes <= cache.limit);
    }

    #[test]
    fn what_is_forgotten_is_asked_again_and_weighs_nothing() {
        let mut cache = Cache::with_limit(300);
        let (fetch, answer) = page(0);
        cache.insert(&fetch, &answer);
        cache.remove(&fetch);
        assert!(cache.get(&fetch, Timestamp::UNIX_EPOCH, Timings::default()).is_none());
        assert_eq!(cache.bytes, 0);
    }

    #[tokio::test]
    async fn a_deed_leaves_only_what_it_cannot_change() {
        let mut cache = Cache::default();
        let host = Fetch::Sensor(SensorId(7));
        let said = answer_from(&host, r#"{"id": 7}"#).await;
        let (rows, found) = page(0);
        cache.insert(&host, &said);
        cache.insert(&rows, &found);
        cache.invalidate();
        let mut is_known = |fetch| cache.get(fetch, Timestamp::UNIX_EPOCH, Timings::default());
        assert!(is_known(&host).is_none());
        assert!(is_known(&rows).is_some());
        assert_eq!(cache.bytes, found.heap_size());
    }

    #[tokio::test]
    async fn what_may_change_expires_and_what_has_ended_does_not() {
        let host = Fetch::Sensor(SensorId(7));
        let said = answer_from(&host, r#"{"id": 7}"#).await;
        let facets = Fetch::facets(&Search::default(), ["start".to_owned()]);
        let counted = answer_from(&facets, r#"{"facets": {}}"#).await;
        let file = Fetch::Prevalence("9e107d9d372bb6826bd81d3542a419d6".parse().unwrap());
        let hosts = answer_from(&file, r#"{"hostCount": 2}"#).await;
        let queue = Fetch::Alerts { search: Arc::new(Search::default()), span: Span { start: 0, rows: 0 } };
        let alerts = answer_from(&queue, r#"{"results": [], "total_results": 0}"#).await;
        let pace = Timings::default();
        let (host_age, running_age) = (Some(pace.sensor_age), Some(pace.running_age));
        for ((fetch, answer), limit) in [
            ((host, said), host_age),
            ((facets, counted), Some(pace.count_age)),
            ((queue, alerts), Some(pace.count_age)),
            ((file, hosts), Some(pace.count_age)),
            (summary("", "").await, running_age),
            (summary("", r#", "terminated": false"#).await, running_age),
            (summary("", r#", "terminated": true"#).await, None),
            (page(0), None),
            (segments().await, running_age),
            (events(1, "").await, running_age),
            (events(1, r#", "terminated": true"#).await, None),
            // A batch of 2021, which an answer of 1970 must take for one that is still being written.
            (events(1_614_852_945_678, "").await, running_age),
        ] {
            let mut cache = Cache::default();
            cache.insert(&fetch, &answer);
            let mut is_known = |at: Timestamp| cache.get(&fetch, at, pace).is_some();
            let age = limit.unwrap_or(Duration::from_hours(100_000));
            let last = Timestamp::UNIX_EPOCH.checked_add(age).unwrap();
            assert!(is_known(last), "{fetch:?}");
            let after = last.checked_add(Duration::from_nanos(1)).unwrap();
            assert_eq!(is_known(after), limit.is_none(), "{fetch:?}");
            // A clock that was set back leaves no answer of the future.
            let before = Timestamp::UNIX_EPOCH.checked_sub(Duration::from_secs(1));
            assert_eq!(is_known(before.unwrap()), limit.is_none(), "{fetch:?}");
        }
    }

    #[tokio::test]
    async fn a_row_does_not_replace_what_a_summary_has_told() {
        let mut cache = Cache::default();
        let (fetch, answer) = summary("", r#", "parent_unique_id": "00000007-0000-0b00-01d7-10ccae568ec0""#).await;
        cache.insert(&fetch, &answer);
        let search = Fetch::Processes { search: Arc::new(Search::default()), span: Span { start: 0, rows: 1 } };
        let rows = format!(r#"{{"results": [{{"id": "{GUID}"}}], "total_results": 1}}"#);
        let answer = answer_from(&search, &rows).await;
        cache.insert(&search, &answer);
        let kept = cache.document(GUID.parse().unwrap()).unwrap();
        assert!(kept.is_complete && kept.process.parent.is_some());
    }

    #[tokio::test]
    async fn a_document_stays_when_its_relatives_are_too_large() {
        let sibling = |long: usize| {
            let cmdline = "x".repeat(long);
            format!(r#", "siblings": [{{"id": "{GUID}", "cmdline": "{cmdline}"}}]"#)
        };
        // One that does not fit at all, and one that leaves no room for anything else.
        for (long, are_others_kept) in [(10_000, true), (2_000, false)] {
            let mut cache = Cache::with_limit(6_500);
            let (other, answer) = page(0);
            cache.insert(&other, &answer);
            let (fetch, answer) = summary(&sibling(long), "").await;
            cache.insert(&fetch, &answer);
            assert!(cache.document(GUID.parse().unwrap()).is_some(), "{long}");
            let kept = cache.get(&other, Timestamp::UNIX_EPOCH, Timings::default());
            assert_eq!(kept.is_some(), are_others_kept, "{long}");
            assert!(cache.bytes <= cache.limit);
        }
    }
}
