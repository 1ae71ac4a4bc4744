//! Watchlists and their hits.

use std::collections::BTreeMap;

use crate::query;
use crate::sim::world::World;

/// Interval at which watchlists run, in milliseconds.
const RUN_INTERVAL: i64 = 600_000;
/// Age of the watchlists that the world begins with, in milliseconds.
const INITIAL_AGE: i64 = 120 * 86_400_000;

/// All watchlists, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct StoredWatchlists {
    watchlists: Vec<StoredWatchlist>,
    /// Largest id so far; ids are not reused, as documents contain them.
    last_id: u64,
    /// Whether the hits of the initial watchlists have been counted.
    has_initial_hits: bool,
}

/// Watchlist of the server.
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
    /// In milliseconds since 1970.
    pub(in crate::sim) created_at: i64,
    pub(in crate::sim) hits: WatchlistRun,
    /// Whether its search is new and has not run.
    pub(in crate::sim) is_due: bool,
}

/// Hit counts of a watchlist; times in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct WatchlistRun {
    /// Time of the last run with hits.
    pub(in crate::sim) last_hit: Option<i64>,
    /// Number of hits of the last run with hits.
    pub(in crate::sim) last_count: u64,
    pub(in crate::sim) total: u64,
    /// Time of the last run; `None` if it has never run.
    pub(in crate::sim) searched_until: Option<i64>,
}

impl StoredWatchlists {
    /// Creates the watchlists that the world begins with.
    pub(super) fn from_world(world: &World) -> Self {
        let lists = world.intelligence.watchlists.iter().zip(0_i64..);
        let watchlists = lists.filter_map(|(list, index)| {
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
                created_at: world.now - INITIAL_AGE - index * 7_400_321,
                hits: WatchlistRun::default(),
                is_due: false,
            })
        });
        let watchlists: Vec<StoredWatchlist> = watchlists.collect();
        let last_id = watchlists.iter().map(|list| list.id).max().unwrap_or(0);
        Self { watchlists, last_id, has_initial_hits: false }
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

    /// Returns an id that no watchlist has or had.
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

    /// Returns id, index type and search of the watchlists that are due.
    pub(super) fn due_searches(&self) -> Vec<(u64, String, String)> {
        let due = self.watchlists.iter().filter(|list| list.enabled && list.is_due);
        due.map(|list| (list.id, list.index.clone(), list.search.clone())).collect()
    }

    /// Records a run of `search` over all documents; without a `count` the search was invalid.
    pub(super) fn record_run(&mut self, id: u64, search: &str, count: Option<u64>, at: i64) {
        // If the search was changed during the run, the watchlist is still due.
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

    /// Counts the hits of the initial watchlists, which ran every ten minutes, in one pass over the world. Does nothing when
    /// called again.
    pub(super) fn load_initial_hits(&mut self, world: &World) {
        if self.has_initial_hits {
            return;
        }
        self.has_initial_hits = true;
        let mut runs: BTreeMap<u64, WatchlistRun> = BTreeMap::new();
        let mut add_hit = |id: &str, arrived: i64| {
            let Ok(id) = id.parse() else { return };
            let run = runs.entry(id).or_default();
            let ran_at = arrived - arrived.rem_euclid(RUN_INTERVAL) + RUN_INTERVAL;
            run.total += 1;
            if run.last_hit.is_none_or(|last| ran_at > last) {
                run.last_hit = Some(ran_at);
                run.last_count = 0;
            }
            run.last_count += u64::from(run.last_hit == Some(ran_at));
        };
        for process in world.processes() {
            for id in process.watchlists() {
                for segment in 0..process.segments() {
                    add_hit(id, process.segment_arrival(segment));
                }
            }
        }
        for index in world.binaries.indexes() {
            let binary = &world.binaries.entries[index];
            for id in &binary.watchlists {
                add_hit(id, binary.first_seen);
            }
        }
        let last_run = world.now - world.now.rem_euclid(RUN_INTERVAL);
        for list in self.watchlists.iter_mut().filter(|list| list.enabled) {
            if let Some(run) = runs.get(&list.id) {
                // The latest hits would be found by the next run, which is after `now`.
                list.hits = WatchlistRun { last_hit: run.last_hit.map(|last| last.min(world.now)), ..*run };
            }
            let text = query::StoredQuery::parse(&list.search).text;
            if query::server_error(&text, query::Rules::default()).is_none() {
                list.hits.searched_until = Some(last_run);
            }
        }
    }
}
