//! Runs of watchlists.

use super::super::state::{
    detections::{StoredWatchlists, TaggedHits},
    server::Server,
};
use super::request::Search;
use crate::query::Index;

/// Calls `f` with the watchlists, locked, after running those that are due.
pub(in crate::sim) fn with_watchlists<T>(server: &Server, f: impl FnOnce(&mut StoredWatchlists) -> T) -> T {
    // Searches take time, during which the lock is not held.
    for (id, index, search) in server.detections.due_searches(&server.world) {
        let result = run_stored_search(server, &index, &search);
        server.detections.record_run(id, &search, result, server.now().as_millisecond());
    }
    server.detections.with_watchlists(f)
}

/// Runs a stored search; returns its hits and their number, or `None` if it is invalid.
fn run_stored_search(server: &Server, index: &str, search: &str) -> Option<(TaggedHits, u64)> {
    let index = match index {
        "modules" => Index::Binary,
        _ => Index::Process,
    };
    let search = Search::parse_stored(server, index, search).ok()?;
    let matches = search.matches(server);
    let hits = match index {
        Index::Binary => {
            let entries = &server.world.binaries.entries;
            let binaries = matches.iter().filter_map(|number| entries.get(usize::try_from(*number).ok()?));
            TaggedHits::Binaries(binaries.map(|binary| binary.md5.as_str().into()).collect())
        }
        _ => TaggedHits::Segments(matches.iter().copied().collect()),
    };
    Some((hits, u64::try_from(matches.len()).ok()?))
}
