//! What is known is not asked again, until it is too old or the server's own word is wanted.

use std::{sync::Arc, time::Duration};

use lampblack::api::Error;
use lampblack::fetch::{Fetch, LineageFetch, ProcessesFetch, Rows};
use lampblack::model::{Clock, Lineage, ProcessId, Search, Span};
use lampblack::sim::{Fault, Mode};
use lampblack::worker::FetchPolicy::{CacheFirst, NoCache};

use crate::worker::bench::{Bench, seen, sensor, start};

/// A page of a search.
fn page(query: &str) -> Fetch {
    let search = Search { query: query.into(), group_by: Some("id".into()), ..Search::default() };
    Fetch::Processes(ProcessesFetch { search: Arc::new(search), span: Span { start: 0, rows: 100 } })
}

/// The processes of a query.
async fn ids(bench: &mut Bench, query: &str) -> Vec<ProcessId> {
    let known = bench.get(page(query), CacheFirst).await.unwrap().get::<Rows>().unwrap();
    known.value.rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn what_is_known_costs_no_request_and_says_so() {
    let (sim, mut bench) = start(|_| {}).await;
    for fetch in [sensor(3), page("process_name:net.exe")] {
        let first = bench.get(fetch.clone(), CacheFirst).await.unwrap();
        assert!(!first.from_cache);
        let n_seen = seen(&sim).len();
        let second = bench.get(fetch, CacheFirst).await.unwrap();
        assert!(second.from_cache);
        assert_eq!(second.as_of, first.as_of);
        assert_eq!(seen(&sim).len(), n_seen);
    }
}

#[tokio::test]
async fn a_refresh_asks_the_server_and_what_it_says_is_known_from_then_on() {
    let (sim, mut bench) = start(|_| {}).await;
    for urgency in [CacheFirst, NoCache, CacheFirst, NoCache] {
        bench.get(page("process_name:net.exe"), urgency).await.unwrap();
    }
    // And once for the release, which decides what rows can be grouped by.
    assert_eq!(seen(&sim).len(), 4);
}

#[tokio::test]
async fn hits_and_misses_are_reported() {
    let (_sim, mut bench) = start(|_| {}).await;
    for (urgency, hits, misses) in [(CacheFirst, 0, 1), (CacheFirst, 1, 1), (NoCache, 1, 2), (CacheFirst, 2, 2)] {
        bench.get(sensor(3), urgency).await.unwrap();
        bench.until_tally(hits, misses).await;
    }
    let id = ids(&mut bench, r"cmdline:\\test\blah").await[0];
    bench.until_tally(2, 3).await;
    // A walk is one question, however many requests it takes.
    let chain = Fetch::Lineage(LineageFetch { id, n_known_ancestors: 7 });
    bench.get(chain.clone(), CacheFirst).await.unwrap();
    bench.until_tally(2, 4).await;
    bench.get(chain, CacheFirst).await.unwrap();
    bench.until_tally(3, 4).await;
}

#[tokio::test]
async fn a_host_is_asked_about_again_when_the_answer_is_too_old() {
    for (age, n_requests) in [(Duration::ZERO, 2), (Duration::from_hours(1), 1)] {
        let (sim, mut bench) = start(|settings| {
            // Some time passes between the two requests.
            settings.clock = Clock::System;
            settings.timings.sensor_age = age;
        })
        .await;
        bench.get(sensor(3), CacheFirst).await.unwrap();
        bench.get(sensor(3), CacheFirst).await.unwrap();
        assert_eq!(seen(&sim).len(), n_requests, "{age:?}");
    }
}

#[tokio::test]
async fn a_failure_is_asked_again() {
    for mode in [Mode::Internal, Mode::NotFound, Mode::BrokenJson] {
        let (sim, mut bench) = start(|_| {}).await;
        sim.add_fault(Fault::new(mode));
        bench.get(sensor(3), CacheFirst).await.unwrap_err();
        sim.clear_faults();
        bench.get(sensor(3), CacheFirst).await.unwrap();
    }
}

#[tokio::test]
async fn after_a_refused_token_only_the_user_has_something_sent() {
    let (sim, mut bench) = start(|_| {}).await;
    sim.add_fault(Fault::new(Mode::Unauthorized));
    bench.get(sensor(3), CacheFirst).await.unwrap_err();
    sim.clear_faults();
    let error = bench.get(sensor(4), CacheFirst).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error}");
    assert_eq!(seen(&sim).len(), 1);
    // Nor does anything that is only to be fresh.
    bench.get(sensor(3), NoCache).await.unwrap_err();
    assert_eq!(seen(&sim).len(), 1);
    bench.try_credentials();
    bench.get(sensor(3), CacheFirst).await.unwrap();
}

#[tokio::test]
async fn a_failed_refresh_leaves_nothing_old_to_be_taken_for_new() {
    let (sim, mut bench) = start(|_| {}).await;
    bench.get(sensor(3), CacheFirst).await.unwrap();
    sim.add_fault(Fault::new(Mode::Internal));
    bench.get(sensor(3), NoCache).await.unwrap_err();
    let error = bench.get(sensor(3), CacheFirst).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 500, .. }), "{error}");
}

#[tokio::test]
async fn the_chain_of_a_sibling_costs_no_request() {
    let (sim, mut bench) = start(|_| {}).await;
    let found = ids(&mut bench, r"process_name:net.exe cmdline:\\test\blah").await;
    let chain = |at: usize| Fetch::Lineage(LineageFetch { id: found[at], n_known_ancestors: 7 });
    sim.forget_requests();
    bench.get(chain(0), CacheFirst).await.unwrap();
    // A summary brings the parent along: eight ancestors are four requests.
    assert_eq!(seen(&sim).len(), 4);
    sim.forget_requests();
    let answer = bench.get(chain(1), CacheFirst).await.unwrap();
    assert!(answer.from_cache);
    assert_eq!(answer.get::<Lineage>().unwrap().value.ancestors.len(), 8);
    assert_eq!(seen(&sim), Vec::<String>::new());
}

#[tokio::test]
async fn a_refreshed_chain_is_walked_anew() {
    let (sim, mut bench) = start(|_| {}).await;
    let id = ids(&mut bench, r"process_name:net.exe cmdline:\\test\blah").await[0];
    let chain = Fetch::Lineage(LineageFetch { id, n_known_ancestors: 7 });
    bench.get(chain.clone(), CacheFirst).await.unwrap();
    sim.forget_requests();
    bench.get(chain, NoCache).await.unwrap();
    // The subject came with the search before; now it is asked for, too.
    assert_eq!(seen(&sim).len(), 5);
}
