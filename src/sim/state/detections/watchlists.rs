//! Watchlists, and what they have found.

use std::collections::BTreeMap;

use crate::query;
use crate::sim::world::World;

/// Watchlists run so often, in milliseconds.
const RUN_INTERVAL: i64 = 600_000;
/// How old those of the world's beginning are.
const INITIAL_AGE: i64 = 120 * 86_400_000;

/// All watchlists, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct StoredWatchlists {
    watchlists: Vec<StoredWatchlist>,
    /// The largest number that one ever had: none is given again, as it is part of documents.
    last_id: u64,
    /// Whether those of the world's beginning have what they found there.
    has_initial_hits: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct StoredWatchlist {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) name: String,
    pub(in crate::sim) description: Option<String>,
    pub(in crate::sim) search: String,
    /// `events` or `modules`.
    pub(in crate::sim) index: String,
    pub(in crate::sim) enabled: bool,
    pub(in crate::sim) readonly: bool,
    pub(in crate::sim) group: i64,
    pub(in crate::sim) alliance: Option<u32>,
    /// Milliseconds since 1970.
    pub(in crate::sim) created_at: i64,
    pub(in crate::sim) hits: WatchlistRun,
    /// Its search is new, and has not run.
    pub(in crate::sim) is_due: bool,
}

/// What one has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct WatchlistRun {
    /// When it last found something, in milliseconds since 1970.
    pub(in crate::sim) last_hit: Option<i64>,
    /// How much it was then.
    pub(in crate::sim) last_count: u64,
    pub(in crate::sim) total: u64,
    /// Up to when it has looked; none if it never has.
    pub(in crate::sim) searched_until: Option<i64>,
}

impl StoredWatchlists {
    /// Those of the world's beginning.
    pub(super) fn from_world(world: &World) -> Self {
        let lists = world.intelligence.watchlists.iter().zip(0_i64..);
        let all = lists.filter_map(|(list, place)| {
            Some(StoredWatchlist {
                id: list.id.parse().ok()?,
                name: list.name.clone(),
                description: list.description.clone(),
                search: list.search.clone(),
                index: list.index.clone(),
                enabled: list.enabled,
                readonly: list.readonly,
                group: -1,
                alliance: list.alliance,
                created_at: world.now - INITIAL_AGE - place * 7_400_321,
                hits: WatchlistRun::default(),
                is_due: false,
            })
        });
        let all: Vec<StoredWatchlist> = all.collect();
        Self { last_id: all.iter().map(|list| list.id).max().unwrap_or(0), watchlists: all, has_initial_hits: false }
    }

    pub(in crate::sim) fn watchlists(&self) -> &[StoredWatchlist] {
        &self.watchlists
    }

    pub(in crate::sim) fn get(&self, id: u64) -> Option<&StoredWatchlist> {
        self.watchlists.iter().find(|list| list.id == id)
    }

    pub(in crate::sim) fn get_mut(&mut self, id: u64) -> Option<&mut StoredWatchlist> {
        self.watchlists.iter_mut().find(|list| list.id == id)
    }

    /// An id that none has, or had.
    pub(in crate::sim) fn next_id(&self) -> u64 {
        self.last_id.saturating_add(1)
    }

    pub(in crate::sim) fn add(&mut self, list: StoredWatchlist) {
        self.last_id = self.last_id.max(list.id);
        self.watchlists.push(list);
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.watchlists.retain(|list| list.id != id);
    }

    /// Whatever has not run and should: id, index and search.
    pub(super) fn due_searches(&self) -> Vec<(u64, String, String)> {
        let due = self.watchlists.iter().filter(|list| list.enabled && list.is_due);
        due.map(|list| (list.id, list.index.clone(), list.search.clone())).collect()
    }

    /// Writes down what one has found in all there is.
    pub(super) fn record_run(&mut self, id: u64, search: &str, count: Option<u64>, at: i64) {
        // Somebody may have changed it meanwhile: then it is due still.
        let Some(list) = self.get_mut(id).filter(|list| list.search == search) else {
            return;
        };
        list.is_due = false;
        let Some(count) = count else { return };
        list.hits.searched_until = Some(at);
        list.hits.last_count = count;
        if count > 0 {
            list.hits.last_hit = Some(at);
            list.hits.total += count;
        }
    }

    /// Finds out what those of the world's beginning have found, in one pass: they ran every ten minutes.
    pub(super) fn load_initial_hits(&mut self, world: &World) {
        if self.has_initial_hits {
            return;
        }
        self.has_initial_hits = true;
        let mut found: BTreeMap<u64, WatchlistRun> = BTreeMap::new();
        let mut hit = |id: &str, arrived: i64| {
            let Ok(id) = id.parse() else { return };
            let found = found.entry(id).or_default();
            let ran = arrived - arrived.rem_euclid(RUN_INTERVAL) + RUN_INTERVAL;
            found.total += 1;
            if found.last_hit.is_none_or(|last| ran > last) {
                found.last_hit = Some(ran);
                found.last_count = 0;
            }
            found.last_count += u64::from(found.last_hit == Some(ran));
        };
        for process in world.processes() {
            for id in process.watchlists() {
                for segment in 0..process.segments() {
                    hit(id, process.segment_arrival(segment));
                }
            }
        }
        for place in world.binaries.indexes() {
            let binary = &world.binaries.entries[place];
            for id in &binary.watchlists {
                hit(id, binary.first_seen);
            }
        }
        let last_run = world.now - world.now.rem_euclid(RUN_INTERVAL);
        for list in self.watchlists.iter_mut().filter(|list| list.enabled) {
            if let Some(found) = found.get(&list.id) {
                // What is found in the next run was not, yet.
                list.hits = WatchlistRun { last_hit: found.last_hit.map(|last| last.min(world.now)), ..*found };
            }
            let text = query::StoredQuery::parse(&list.search).text;
            if query::server_error(&text, query::Rules::default()).is_none() {
                list.hits.searched_until = Some(last_run);
            }
        }
    }
}
