//! Watchlists, and what they have found.

use std::collections::BTreeMap;

use crate::query;
use crate::sim::world::World;

/// Watchlists run so often, in milliseconds.
const EVERY: i64 = 600_000;
/// How old those of the world's beginning are.
const AGE: i64 = 120 * 86_400_000;

/// All watchlists, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct Lists {
    all: Vec<List>,
    /// The largest number that one ever had: none is given again, as it is part of documents.
    last: u64,
    /// Whether those of the world's beginning have what they found there.
    is_told: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct List {
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
    pub(in crate::sim) added: i64,
    pub(in crate::sim) found: Found,
    /// Its search is new, and has not run.
    pub(in crate::sim) is_due: bool,
}

/// What one has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct Found {
    /// When it last found something, in milliseconds since 1970.
    pub(in crate::sim) last: Option<i64>,
    /// How much it was then.
    pub(in crate::sim) last_count: u64,
    pub(in crate::sim) total: u64,
    /// Up to when it has looked; none if it never has.
    pub(in crate::sim) until: Option<i64>,
}

impl Lists {
    /// Those of the world's beginning.
    pub(super) fn of(world: &World) -> Self {
        let lists = world.intelligence.watchlists.iter().zip(0_i64..);
        let all = lists.filter_map(|(list, place)| {
            Some(List {
                id: list.id.parse().ok()?,
                name: list.name.clone(),
                description: list.description.clone(),
                search: list.search.clone(),
                index: list.index.clone(),
                enabled: list.enabled,
                readonly: list.readonly,
                group: -1,
                alliance: list.alliance,
                added: world.now - AGE - place * 7_400_321,
                found: Found::default(),
                is_due: false,
            })
        });
        let all: Vec<List> = all.collect();
        Self { last: all.iter().map(|list| list.id).max().unwrap_or(0), all, is_told: false }
    }

    pub(in crate::sim) fn all(&self) -> &[List] {
        &self.all
    }

    pub(in crate::sim) fn get(&self, id: u64) -> Option<&List> {
        self.all.iter().find(|list| list.id == id)
    }

    pub(in crate::sim) fn get_mut(&mut self, id: u64) -> Option<&mut List> {
        self.all.iter_mut().find(|list| list.id == id)
    }

    /// An id that none has, or had.
    pub(in crate::sim) fn next(&self) -> u64 {
        self.last.saturating_add(1)
    }

    pub(in crate::sim) fn add(&mut self, list: List) {
        self.last = self.last.max(list.id);
        self.all.push(list);
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.all.retain(|list| list.id != id);
    }

    /// Whatever has not run and should: id, index and search.
    pub(super) fn due(&self) -> Vec<(u64, String, String)> {
        let due = self.all.iter().filter(|list| list.enabled && list.is_due);
        due.map(|list| (list.id, list.index.clone(), list.search.clone())).collect()
    }

    /// Writes down what one has found in all there is.
    pub(super) fn ran(&mut self, id: u64, search: &str, count: Option<u64>, at: i64) {
        // Somebody may have changed it meanwhile: then it is due still.
        let Some(list) = self.get_mut(id).filter(|list| list.search == search) else {
            return;
        };
        list.is_due = false;
        let Some(count) = count else { return };
        list.found.until = Some(at);
        list.found.last_count = count;
        if count > 0 {
            list.found.last = Some(at);
            list.found.total += count;
        }
    }

    /// Finds out what those of the world's beginning have found, in one pass: they ran every ten minutes.
    pub(super) fn tell(&mut self, world: &World) {
        if self.is_told {
            return;
        }
        self.is_told = true;
        let mut found: BTreeMap<u64, Found> = BTreeMap::new();
        let mut hit = |id: &str, arrived: i64| {
            let Ok(id) = id.parse() else { return };
            let found = found.entry(id).or_default();
            let ran = arrived - arrived.rem_euclid(EVERY) + EVERY;
            found.total += 1;
            if found.last.is_none_or(|last| ran > last) {
                found.last = Some(ran);
                found.last_count = 0;
            }
            found.last_count += u64::from(found.last == Some(ran));
        };
        for process in world.processes() {
            for id in process.watchlists() {
                for segment in 0..process.segments() {
                    hit(id, process.segment_arrival(segment));
                }
            }
        }
        for place in world.binaries.places() {
            let binary = &world.binaries.all[place];
            for id in &binary.watchlists {
                hit(id, binary.first_seen);
            }
        }
        let last_run = world.now - world.now.rem_euclid(EVERY);
        for list in self.all.iter_mut().filter(|list| list.enabled) {
            if let Some(found) = found.get(&list.id) {
                // What is found in the next run was not, yet.
                list.found = Found { last: found.last.map(|last| last.min(world.now)), ..*found };
            }
            let text = query::Stored::read(&list.search).text;
            if query::server_error(&text, query::Rules::default()).is_none() {
                list.found.until = Some(last_run);
            }
        }
    }
}
