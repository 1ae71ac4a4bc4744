//! What is known: answers by their question and process documents by their id, bounded by bytes.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use lru::LruCache;

use super::fetch::{Answer, Fetch, process_weight};
use crate::model::{Pace, Process, ProcessId};

/// Bytes of answers and documents kept: enough for some 20,000 processes, little enough for a shared jump host.
const LIMIT: usize = 48 * 1024 * 1024;

/// A process document, and how much it says.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) process: Arc<Process>,
    pub(super) as_of: Timestamp,
    /// From a summary. Rows of a search may lack the parent although there is one (reference 2.2, quirks).
    pub(super) is_complete: bool,
}

/// One thing kept.
enum Kept {
    Answer(Answer),
    /// The server does not have it.
    Absent(Timestamp),
    Document(Known),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Fetch(Fetch),
    Document(ProcessId),
}

pub(super) struct Cache {
    kept: LruCache<Key, (Kept, usize)>,
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
        Self {
            kept: LruCache::unbounded(),
            bytes: 0,
            limit,
        }
    }

    /// An answer that is young enough to be given again.
    pub(super) fn get(&mut self, fetch: &Fetch, now: Timestamp, pace: Pace) -> Option<Answer> {
        let kept = self.kept.get(&Key::Fetch(fetch.clone()));
        let answer = match kept {
            Some((Kept::Answer(answer), _)) if is_young(answer, now, pace) => answer.clone(),
            _ => return None,
        };
        Some(answer.without_request())
    }

    /// The document of a process, whatever its age: whose child a process is does not change.
    pub(super) fn document(&mut self, id: ProcessId) -> Option<Known> {
        match self.kept.get(&Key::Document(id)) {
            Some((Kept::Document(known), _)) => Some(known.clone()),
            _ => None,
        }
    }

    /// When the server said that it does not have this process; `None` if it never said so.
    pub(super) fn absent(&mut self, id: ProcessId) -> Option<Timestamp> {
        match self.kept.get(&Key::Fetch(Fetch::summary(id))) {
            Some((Kept::Absent(at), _)) => Some(*at),
            _ => None,
        }
    }

    /// Keeps an answer, and every process document in it.
    pub(super) fn put(&mut self, fetch: &Fetch, answer: &Answer) {
        match answer {
            Answer::Page(known) => {
                for row in &known.value.rows {
                    self.put_document(row.clone(), known.as_of, false);
                }
            }
            Answer::Summary(known) => {
                let parent = known
                    .value
                    .parent
                    .iter()
                    .filter(|parent| !parent.id.is_unknown());
                for process in parent.chain([&known.value.process]) {
                    self.put_document(Arc::new(process.clone()), known.as_of, true);
                }
            }
            _ => {}
        }
        self.keep(
            Key::Fetch(fetch.clone()),
            Kept::Answer(answer.clone()),
            answer.weight(),
        );
    }

    /// Remembers that the server does not have it.
    pub(super) fn put_absent(&mut self, fetch: &Fetch, at: Timestamp) {
        self.keep(Key::Fetch(fetch.clone()), Kept::Absent(at), 128);
    }

    /// Drops what is to be asked again.
    pub(super) fn forget(&mut self, fetch: &Fetch) {
        let keys = match fetch {
            Fetch::Summary { id, .. } => vec![Key::Fetch(fetch.clone()), Key::Document(*id)],
            Fetch::Lineage { id, .. } => self.chain(*id),
            _ => vec![Key::Fetch(fetch.clone())],
        };
        for key in keys {
            if let Some((_, weight)) = self.kept.pop(&key) {
                self.bytes -= weight;
            }
        }
    }

    /// The keys of a process and of all its known ancestors.
    fn chain(&mut self, id: ProcessId) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| !keys.contains(&Key::Document(*id))) {
            keys.extend([Key::Document(id), Key::Fetch(Fetch::summary(id))]);
            next = self.document(id).and_then(|known| known.process.parent);
        }
        keys
    }

    fn put_document(&mut self, process: Arc<Process>, as_of: Timestamp, is_complete: bool) {
        let key = Key::Document(process.id);
        // A row must not replace a summary: it may say less.
        if !is_complete
            && matches!(self.kept.peek(&key), Some((Kept::Document(known), _)) if known.is_complete)
        {
            return;
        }
        let weight = process_weight(&process);
        self.keep(
            key,
            Kept::Document(Known {
                process,
                as_of,
                is_complete,
            }),
            weight,
        );
    }

    fn keep(&mut self, key: Key, kept: Kept, weight: usize) {
        self.bytes += weight;
        if let Some((_, old)) = self.kept.put(key, (kept, weight)) {
            self.bytes -= old;
        }
        while self.bytes > self.limit {
            let Some((_, (_, weight))) = self.kept.pop_lru() else {
                break;
            };
            self.bytes -= weight;
        }
    }
}

/// Whether an answer may be given again. What decides about a host is never old; what cannot change never expires.
fn is_young(answer: &Answer, now: Timestamp, pace: Pace) -> bool {
    let limit = match answer {
        Answer::Sensor(_) => pace.sensor_age,
        Answer::Summary(known) if known.value.process.terminated != Some(true) => pace.running_age,
        _ => return true,
    };
    now.duration_since(answer.as_of())
        .try_into()
        .is_ok_and(|age: Duration| age <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Page, Search, Span};

    fn page(start: u64) -> (Fetch, Answer) {
        let span = Span { start, rows: 100 };
        let fetch = Fetch::Page {
            search: Arc::new(Search::default()),
            span,
        };
        let value = Page {
            start,
            ..Page::default()
        };
        let known = crate::model::Known {
            value: Arc::new(value),
            as_of: Timestamp::UNIX_EPOCH,
            from_cache: false,
        };
        (fetch, Answer::Page(known))
    }

    #[test]
    fn the_oldest_answer_gives_way_when_the_limit_is_reached() {
        let mut cache = Cache::with_limit(300);
        for start in 0..3 {
            let (fetch, answer) = page(start);
            cache.put(&fetch, &answer);
        }
        let known: Vec<_> = (0..3)
            .map(|start| {
                cache
                    .get(&page(start).0, Timestamp::UNIX_EPOCH, Pace::default())
                    .is_some()
            })
            .collect();
        assert_eq!(known, [false, true, true]);
        assert!(cache.bytes <= cache.limit);
    }

    #[test]
    fn what_is_forgotten_is_asked_again_and_weighs_nothing() {
        let mut cache = Cache::with_limit(300);
        let (fetch, answer) = page(0);
        cache.put(&fetch, &answer);
        cache.forget(&fetch);
        assert!(
            cache
                .get(&fetch, Timestamp::UNIX_EPOCH, Pace::default())
                .is_none()
        );
        assert_eq!(cache.bytes, 0);
    }
}
