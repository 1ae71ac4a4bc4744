//! Execution of searches: matching, sorting, grouping, and cached results for further pages.

use std::{cmp::Ordering, collections::HashSet, num::NonZeroUsize, sync::Arc, thread};

use jiff::Timestamp;

use super::super::{
    format,
    state::{detections::IndexState, result_cache::Hits, server::Server},
};
use super::{
    alert::AlertDocument,
    document::{BinaryDocument, Document, SEGMENT_BITS},
    facets,
    report::ReportDocument,
    request::Search,
};
use crate::query::{FieldValue, Index, Matcher, SearchableRecord};

impl Search {
    /// Returns the numbers of all matching documents, in the order of the index.
    pub(in crate::sim) fn matches(&self, server: &Server) -> Hits {
        self.cached_or(server, self.key.clone(), |now| {
            let matchers: Vec<Matcher> = self
                .queries
                .iter()
                .filter(|query| !query.is_empty())
                .map(|query| Matcher::new(query, self.index, now))
                .collect();
            let passes = |number: &u32| match self.index {
                Index::Process => find_document(server, *number).is_some_and(|document| {
                    self.is_in_bounds(document.last_update()) && self.matches_record(&document, &matchers)
                }),
                _ => find_record(server, self, *number).is_some_and(|record| self.matches_record(&*record, &matchers)),
            };
            filter_parallel(&all_numbers(server, self), passes)
        })
    }

    /// Returns the numbers of the matching documents in the requested order, only the first of each group.
    pub(in crate::sim) fn sorted_groups(&self, server: &Server) -> Hits {
        let matches = self.matches(server);
        let key = format!("{} {:?} {:?}", self.key, self.sort, self.group);
        self.cached_or(server, key, |_| {
            let sorted = match &self.sort {
                None => matches.to_vec(),
                Some(order) => self.sort_numbers(server, &matches, order),
            };
            self.first_of_groups(server, sorted)
        })
    }

    /// Returns the document numbers of the requested page.
    pub(in crate::sim) fn page_numbers(&self, server: &Server) -> Vec<u32> {
        if self.rows == 0 {
            return Vec::new();
        }
        let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        let ordered = self.sorted_groups(server);
        let rows = ordered.iter().skip(size(self.start)).take(size(self.rows));
        rows.copied().collect()
    }

    fn matches_record(&self, record: &dyn SearchableRecord, matchers: &[Matcher]) -> bool {
        if self.is_timed_out() {
            return false;
        }
        let passes_filter = |(field, values): (&String, &Vec<String>)| {
            let mut has_value = false;
            facets::for_each_value(self.index, field, record, &mut |value| {
                has_value |= values.iter().any(|accepted| accepted.eq_ignore_ascii_case(value));
            });
            has_value
        };
        matchers.iter().all(|matcher| matcher.matches(record)) && self.filters.iter().all(passes_filter)
    }

    fn is_in_bounds(&self, at: [i64; 2]) -> bool {
        let [from, to, server_from, server_to] = self.bounds;
        let is_in = |at: i64, from: Option<i64>, to: Option<i64>| {
            from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to)
        };
        is_in(at[0], from, to) && is_in(at[1], server_from, server_to)
    }

    /// Sorts document numbers by a field; ties are ordered by number, so that pages have neither gaps nor duplicates.
    fn sort_numbers(&self, server: &Server, hits: &[u32], (field, is_descending): &(String, bool)) -> Vec<u32> {
        let mut keyed: Vec<(RowSortKey, u32)> =
            hits.iter().map(|&number| (self.sort_key(server, number, field), number)).collect();
        keyed.sort_unstable_by(|(a, first), (b, second)| {
            let order = match (a, b) {
                (RowSortKey::Missing, RowSortKey::Missing) => Ordering::Equal,
                // Documents without a value come last in either direction.
                (RowSortKey::Missing, _) => return Ordering::Greater,
                (_, RowSortKey::Missing) => return Ordering::Less,
                _ if *is_descending => b.cmp(a),
                _ => a.cmp(b),
            };
            order.then(first.cmp(second))
        });
        keyed.into_iter().map(|(_, number)| number).collect()
    }

    fn sort_key(&self, server: &Server, number: u32, field: &str) -> RowSortKey {
        let mut key = RowSortKey::Missing;
        let mut first = |value: FieldValue<'_>| {
            key = match value {
                FieldValue::Text(text) => RowSortKey::Text(text.to_lowercase()),
                FieldValue::Number(number) => RowSortKey::Number(to_thousandths(number)),
                FieldValue::Time(at) => RowSortKey::Number(at.as_millisecond()),
                FieldValue::Ip(ip) => RowSortKey::Text(ip.to_string()),
                FieldValue::Flag(flag) => RowSortKey::Number(i64::from(flag)),
            };
            true
        };
        match self.index {
            Index::Process => find_document(server, number).map(|document| match field {
                // Fast path for the default order.
                "last_update" => first(FieldValue::Time(format::timestamp(document.last_update()[0]))),
                _ => document.any_value(field, &mut first),
            }),
            _ => find_record(server, self, number).map(|record| record.any_value(field, &mut first)),
        };
        key
    }

    fn first_of_groups(&self, server: &Server, hits: Vec<u32>) -> Vec<u32> {
        let Some(group) = self.group.as_deref().filter(|_| self.index == Index::Process) else {
            return hits;
        };
        if group == "id" || group == "process_id" {
            let mut seen = HashSet::new();
            return hits.into_iter().filter(|number| seen.insert(number >> SEGMENT_BITS)).collect();
        }
        let mut seen = HashSet::new();
        hits.into_iter()
            .filter(|&number| {
                let mut value = String::new();
                if let Some(document) = find_document(server, number) {
                    facets::for_each_value(self.index, group, &document, &mut |text| {
                        text.clone_into(&mut value);
                    });
                }
                seen.insert(value)
            })
            .collect()
    }

    /// Returns the cached result for `key`, or runs `search` and caches its result unless it timed out.
    fn cached_or(&self, server: &Server, key: String, search: impl FnOnce(Timestamp) -> Vec<u32>) -> Hits {
        let now = server.now();
        let lock = || server.searches.lock().expect("no holder of the lock panics");
        if let Some(hits) = lock().get(&key, now) {
            return hits;
        }
        let hits = Arc::new(search(now));
        if self.is_timed_out() {
            return hits;
        }
        lock().put(key, now, &hits);
        hits
    }
}

/// Value that documents are sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum RowSortKey {
    Missing,
    Number(i64),
    Text(String),
}

/// Returns the process document with a number.
pub(in crate::sim) fn find_document(server: &Server, number: u32) -> Option<Document<'_>> {
    Some(Document {
        world: &server.world,
        process: server.world.process(number >> SEGMENT_BITS)?,
        segment: number & ((1 << SEGMENT_BITS) - 1),
        server_version: &server.version,
        tags: server.detections.tags(),
        killed: &server.killed,
    })
}

/// Returns the binary document with a number.
pub(in crate::sim) fn find_binary(server: &Server, number: u32) -> Option<BinaryDocument<'_>> {
    let binaries = &server.world.binaries.entries;
    Some(BinaryDocument {
        world: &server.world,
        binary: binaries.get(usize::try_from(number).ok()?)?,
        server_version: &server.version,
        tags: server.detections.tags(),
    })
}

/// Returns the alert document with a number.
pub(in crate::sim) fn find_alert<'s>(
    server: &'s Server,
    index_state: &'s IndexState,
    number: u32,
) -> Option<AlertDocument<'s>> {
    Some(AlertDocument {
        world: &server.world,
        index_state,
        alert: index_state.alert(&server.world, number)?,
        state: index_state.alert_state(number)?,
        server_version: &server.version,
    })
}

/// Returns the report document with a number.
pub(in crate::sim) fn find_report(index_state: &IndexState, number: u32) -> Option<ReportDocument<'_>> {
    let report = index_state.reports.get(usize::try_from(number).ok()?)?;
    Some(ReportDocument { index_state, report })
}

/// Returns the document with a number in the searched index.
pub(in crate::sim) fn find_record<'s>(
    server: &'s Server,
    search: &'s Search,
    number: u32,
) -> Option<Box<dyn SearchableRecord + 's>> {
    Some(match search.index {
        Index::Process => Box::new(find_document(server, number)?),
        Index::Binary => Box::new(find_binary(server, number)?),
        Index::Alert => Box::new(find_alert(server, &search.index_state, number)?),
        Index::Report => Box::new(find_report(&search.index_state, number)?),
    })
}

/// Returns all document numbers of the searched index.
fn all_numbers(server: &Server, search: &Search) -> Vec<u32> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let world = &server.world;
    match search.index {
        Index::Process => {
            let segments = world.processes().flat_map(|process| {
                let first = process.number() << SEGMENT_BITS;
                (0..process.segments()).map(move |segment| first | segment)
            });
            segments.collect()
        }
        Index::Binary => world.binaries.indexes().map(number).collect(),
        Index::Alert => search.index_state.alerts(world).collect(),
        Index::Report => (0..number(search.index_state.reports.len())).collect(),
    }
}

/// Filters document numbers in their order, on several threads if there are many.
fn filter_parallel(numbers: &[u32], passes: impl Fn(&u32) -> bool + Sync) -> Vec<u32> {
    let filter = |part: &[u32]| -> Vec<u32> { part.iter().filter(|number| passes(number)).copied().collect() };
    map_parallel(numbers, filter).into_iter().flatten().collect()
}

/// Returns the results of `work` on the parts of a list of document numbers, in their order: on several threads if there
/// are many.
pub(super) fn map_parallel<R: Send>(numbers: &[u32], work: impl Fn(&[u32]) -> R + Sync) -> Vec<R> {
    /// Fewer documents are not worth a thread.
    const MIN_PER_THREAD: usize = 20_000;
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = numbers.len().div_ceil(threads).max(MIN_PER_THREAD);
    if numbers.len() <= part {
        return vec![work(numbers)];
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = numbers.chunks(part).map(|numbers| scope.spawn(move || work(numbers))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no search thread panics")).collect()
    })
}

#[expect(clippy::cast_possible_truncation, reason = "a saturating cast preserves the order")]
fn to_thousandths(number: f64) -> i64 {
    (number * 1_000.0) as i64
}
