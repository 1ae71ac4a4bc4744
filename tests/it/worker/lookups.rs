//! Many processes looked up at once: as much is found as by one walk each, with few requests.

use std::{collections::BTreeMap, sync::Arc};

use lampblack::api::{Client, Settings};
use lampblack::fetch::{DocumentSource, Fetcher, JoinKey, JoinPlan, JoinResult, ProcessesFetch, Rows};
use lampblack::model::{Clock, ProcessId, Search, Span, Timings, Top};
use lampblack::sim::{self, Fault, Mode, Options, Running};
use serde_json::json;

use crate::support::{
    console::{self, settings},
    held_server::HeldServer,
    now,
};

fn small() -> Options {
    Options { processes: 600, ..console::small() }
}

/// The ancestors of each process, and how its chain ends.
type Chains = BTreeMap<ProcessId, (Vec<ProcessId>, Top)>;

fn fetcher(sim: &Running) -> Fetcher {
    Fetcher::new(Client::new(settings(sim), None).unwrap())
}

/// Every process of the server.
async fn everything(sim: &Running) -> Arc<Rows> {
    let search = Arc::new(Search { group_by: Some("id".into()), ..Search::default() });
    let page = ProcessesFetch { search, span: Span { start: 0, rows: 1000 } };
    fetcher(sim).get(page).await.unwrap().value
}

async fn ids(sim: &Running) -> Vec<ProcessId> {
    everything(sim).await.rows.iter().map(|process| process.id).collect()
}

/// Walks along the parents of each process.
async fn walk(fetcher: &mut Fetcher, ids: &[ProcessId]) -> Chains {
    let mut chains = Chains::new();
    for id in ids {
        let lineage = fetcher.lineage(*id, usize::MAX).await.unwrap().value;
        let ancestors = lineage.ancestors.iter().map(|process| process.id).collect();
        chains.insert(*id, (ancestors, lineage.top.clone()));
    }
    chains
}

/// The number of requests so far, which are forgotten.
fn count_requests(sim: &Running) -> usize {
    let count = sim.seen_requests().len();
    sim.forget_requests();
    count
}

fn fault(mode: Mode, body: Option<&str>) -> Fault {
    // Only a search for many ids is too long for a URL.
    Fault {
        target: Some("^/api/v1/process".into()),
        method: Some("POST".into()),
        body: body.map(str::to_owned),
        ..Fault::new(mode)
    }
}

#[tokio::test]
async fn as_many_ancestors_are_found_with_a_tenth_of_the_requests() {
    let sim = sim::start(small()).await.unwrap();
    let ids = ids(&sim).await;
    count_requests(&sim);
    let expected = walk(&mut fetcher(&sim), &ids).await;
    let n_before = count_requests(&sim);
    let mut bulk = fetcher(&sim);
    bulk.load_lineages(&ids, usize::MAX, DocumentSource::Searches).await;
    let n_loaded = count_requests(&sim);
    assert_eq!(walk(&mut bulk, &ids).await, expected);
    assert_eq!(count_requests(&sim), 0, "the walks find everything in the cache");
    assert!(n_loaded * 10 < n_before, "{n_loaded} requests instead of {n_before}");
}

#[tokio::test]
async fn what_a_search_leaves_out_is_found_all_the_same() {
    let plain = sim::start(small()).await.unwrap();
    let ids = &ids(&plain).await[..120];
    let expected = walk(&mut fetcher(&plain), ids).await;
    for (name, max_rows, fault) in [
        ("a server that caps rows", Some(10), None),
        ("a front end that gives up on wide searches", None, Some(fault(Mode::GatewayTimeout, None))),
        (
            "an answer without rows",
            None,
            Some(fault(Mode::Answer, Some(r#"{"results": [], "total_results": 100, "facets": {}}"#))),
        ),
        ("unusable rows", None, Some(fault(Mode::WrongTypes, None))),
    ] {
        let sim = sim::start(Options { max_rows, ..small() }).await.unwrap();
        if let Some(fault) = fault {
            sim.add_fault(fault);
        }
        let mut bulk = fetcher(&sim);
        bulk.load_lineages(ids, usize::MAX, DocumentSource::Searches).await;
        assert_eq!(walk(&mut bulk, ids).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_limited_depth_loads_no_more_than_it_needs() {
    let sim = sim::start(small()).await.unwrap();
    let ids = ids(&sim).await;
    let mut bulk = fetcher(&sim);
    count_requests(&sim);
    bulk.load_lineages(&ids[..50], 1, DocumentSource::Searches).await;
    let n_requests = count_requests(&sim);
    for id in &ids[..50] {
        assert!(bulk.lineage(*id, 1).await.unwrap().value.ancestors.len() <= 1);
    }
    assert_eq!(count_requests(&sim), 0);
    // The release, the processes, their parents, and what has no document.
    assert!(n_requests < 10, "{n_requests}");
}

#[tokio::test]
async fn a_walk_ends_where_a_chain_of_parents_is_a_loop() {
    let id = |number: u32| ProcessId::new(7, number, 134_170_929_300_000_000);
    let subjects: Vec<_> = (1..=6).map(id).collect();
    let mut server = HeldServer::open().await;
    let mut settings = Settings::new(server.url.parse().unwrap(), "0123".into());
    settings.clock = Clock::Fixed(now());
    settings.timings = Timings::for_tests();
    let mut bulk = Fetcher::new(Client::new(settings, None).unwrap());
    // Each is the parent of the one before it, and the first is the parent of the last.
    let row = |number: u32| {
        let parent = id(number % 6 + 1);
        json!({"id": id(number).to_string(), "parent_id": parent.to_string(), "sensor_id": 7, "process_pid": number})
    };
    let rows: Vec<_> = (1..=6).map(row).collect();
    let page = json!({"results": rows, "total_results": 6}).to_string();
    let answering = async {
        loop {
            server.next().await.answer(&page).await;
        }
    };
    tokio::select! {
        () = bulk.load_lineages(&subjects, usize::MAX, DocumentSource::Searches) => {}
        () = answering => unreachable!("it answers for ever"),
    }
    for (subject, (ancestors, top)) in walk(&mut bulk, &subjects).await {
        assert_eq!((ancestors.len(), top), (5, Top::Loop(subject)));
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_not_asked_for_each_process() {
    let sim = sim::start(small()).await.unwrap();
    let ids = ids(&sim).await;
    sim.add_fault(Fault::new(Mode::Unauthorized));
    count_requests(&sim);
    let mut bulk = fetcher(&sim);
    bulk.load_lineages(&ids, usize::MAX, DocumentSource::Searches).await;
    assert!(bulk.lineage(ids[0], 1).await.is_err());
    assert!(count_requests(&sim) < 20);
}

#[tokio::test]
async fn many_rows_are_joined_with_a_few_requests() {
    let sim = sim::start(small()).await.unwrap();
    let rows = everything(&sim).await;
    for is_capped in [false, true] {
        if is_capped {
            let none = r#"{"results": [], "total_results": 0}"#;
            let target = Some("^/api/v1/binary?".into());
            sim.add_fault(Fault { target, body: Some(none.into()), ..Fault::new(Mode::Answer) });
            sim.add_fault(Fault { target: Some("^/api/v2/sensor".into()), ..Fault::new(Mode::Forbidden) });
        }
        let mut join = JoinPlan::new(&[JoinKey::Sensor, JoinKey::Group, JoinKey::Binary]);
        for row in &rows.rows {
            join.add(row);
        }
        count_requests(&sim);
        fetcher(&sim).join(&mut join).await;
        let n_requests = count_requests(&sim);
        assert_eq!(n_requests < 12, !is_capped, "{n_requests}");
        assert!(join.is_complete() && join.failures().is_empty());
        for row in &rows.rows {
            let sensor = join.sensor(row).and_then(JoinResult::get).unwrap();
            assert_eq!(sensor.value.id, row.sensor);
            let group = join.group(row).and_then(JoinResult::get).unwrap();
            assert_eq!(Some(group.value.id), sensor.value.group);
            let binary = join.binary(row).and_then(JoinResult::get);
            assert_eq!(binary.map(|binary| binary.value.md5), row.md5);
        }
    }
}
