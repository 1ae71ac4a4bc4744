//! The reader asked by hand: alerts, which are kept like processes, and joins beside other questions.

use std::sync::Arc;

use lampblack::api::Client;
use lampblack::fetch::{AlertsFetch, Fetcher, JoinKey, JoinPlan, JoinResult, ProcessesFetch, RequestId};
use lampblack::model::{AlertStatus, Search, Span};
use lampblack::sim::{self, Fault, Mode, Running};

use crate::support::console::{settings, small};
use crate::worker::bench::{seen, sensor};

const FIRST: Span = Span { start: 0, rows: 50 };

async fn reader() -> (Running, Fetcher) {
    let sim = sim::start(small()).await.unwrap();
    let client = Client::new(settings(&sim), None).unwrap();
    (sim, Fetcher::new(client))
}

fn search(query: &str) -> Arc<Search> {
    Arc::new(Search { query: query.into(), ..Search::default() })
}

#[tokio::test]
async fn alerts_that_are_known_cost_no_request() {
    let (sim, mut reader) = reader().await;
    let question = AlertsFetch { search: search("status:unresolved"), span: FIRST };
    let mut is_known = false;
    for _ in 0..2 {
        let known = reader.get(question.clone()).await.unwrap();
        assert_eq!(known.from_cache, is_known);
        assert_eq!(known.value.rows.len(), 50);
        let statuses = known.value.rows.iter().map(|alert| &alert.status);
        assert!(statuses.into_iter().all(|status| *status == AlertStatus::Unresolved));
        assert_eq!(seen(&sim).len(), 1);
        is_known = true;
    }
}

#[tokio::test]
async fn a_join_takes_no_answer_that_is_somebody_elses() {
    let (sim, mut reader) = reader().await;
    let page = ProcessesFetch { search: search("hostname:fin-ws-042"), span: FIRST };
    let page = reader.get(page).await.unwrap();
    // Another question is on its way, and one of them is the join's own.
    reader.request(RequestId(1), sensor(4));
    reader.request(RequestId(2), sensor(7));
    let mut join = JoinPlan::new(&[JoinKey::Sensor, JoinKey::Group, JoinKey::Binary]);
    for row in &page.value.rows {
        join.add(row);
    }
    reader.join(&mut join).await;
    assert!(join.is_complete() && join.failures().is_empty());
    for row in &page.value.rows {
        let group = join.group(row).and_then(JoinResult::get).unwrap();
        assert_eq!(group.value.name.raw(), "Finance");
        let binary = join.binary(row).and_then(JoinResult::get).unwrap();
        assert_eq!(Some(binary.value.md5), row.md5);
    }
    let mut waiters = Vec::new();
    while let Some(outcome) = reader.next().await {
        assert!(outcome.result.is_ok());
        waiters.push(outcome.request_id);
    }
    waiters.sort();
    assert_eq!(waiters, [RequestId(1), RequestId(2)]);
    let sensors = seen(&sim).into_iter().filter(|path| path.ends_with("/sensor/7"));
    assert_eq!(sensors.count(), 1);
}

#[tokio::test]
async fn an_object_that_fails_costs_only_itself() {
    let (sim, mut reader) = reader().await;
    sim.add_fault(Fault::new(Mode::Forbidden).for_target("^/api/v1/sensor/14"));
    let page = ProcessesFetch { search: search("process_name:winupdsvc.exe"), span: FIRST };
    let page = reader.get(page).await.unwrap();
    let mut join = JoinPlan::new(&[JoinKey::Group]);
    for row in &page.value.rows {
        join.add(row);
    }
    reader.join(&mut join).await;
    let missing = join.failures();
    let names: Vec<_> = missing.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sensor 14"]);
    for row in &page.value.rows {
        assert_eq!(join.group(row).is_some(), row.sensor.0 != 14);
    }
}
