//! Cached search results, for further pages.

use std::{num::NonZeroUsize, sync::Arc};

use jiff::Timestamp;
use lru::LruCache;

/// Number of cached results.
const MAX_CACHED_RESULTS: NonZeroUsize = NonZeroUsize::new(12).expect("twelve is not zero");
/// Milliseconds until a cached result expires, because queries may contain relative times.
const RESULT_LIFETIME: i64 = 60_000;

/// Document numbers found by a search.
pub(in crate::sim) type Hits = Arc<Vec<u32>>;

/// Cache of search results with the time of the search, in milliseconds since 1970.
#[derive(Debug)]
pub(in crate::sim) struct Searches(LruCache<String, (i64, Hits)>);

impl Default for Searches {
    fn default() -> Self {
        Self(LruCache::new(MAX_CACHED_RESULTS))
    }
}

impl Searches {
    /// Returns the result for `key` unless it has expired at `now`.
    pub(in crate::sim) fn get(&mut self, key: &str, now: Timestamp) -> Option<Hits> {
        let (at, hits) = self.0.get(key)?;
        (now.as_millisecond() - at < RESULT_LIFETIME).then(|| Arc::clone(hits))
    }

    /// Caches the result of a search that ran at `now`.
    pub(in crate::sim) fn put(&mut self, key: String, now: Timestamp, hits: &Hits) {
        self.0.put(key, (now.as_millisecond(), Arc::clone(hits)));
    }
}
