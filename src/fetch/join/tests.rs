//! Which objects are requested, in which order, and how often.

use std::sync::Arc;

use super::*;
use crate::fetch::{
    ProcessesFetch,
    tests::{answer_from, fetched_from},
};
use crate::model::{SensorId, Span};

const ALL: [JoinKey; 3] = [JoinKey::Sensor, JoinKey::Group, JoinKey::Binary];

/// Rows of `n_hosts` hosts and files in rotation.
async fn rows(n_rows: usize, n_hosts: usize) -> Vec<Arc<Process>> {
    let row = |at: usize| {
        let host = 1 + at % n_hosts;
        format!(r#"{{"id": "{host:08x}-0000-1092-01d7-10df4de391b0", "process_md5": "{host:032x}"}}"#)
    };
    let rows: Vec<_> = (0..n_rows).map(row).collect();
    let body = format!(r#"{{"results": [{}]}}"#, rows.join(","));
    let question = ProcessesFetch { search: Arc::default(), span: Span { start: 0, rows: 100 } };
    fetched_from(question, &body).await.value.rows.clone()
}

fn join_rows(rows: &[Arc<Process>], relations: &[JoinKey]) -> JoinPlan {
    let mut join = JoinPlan::new(relations);
    for row in rows {
        join.add(row);
    }
    join
}

fn take_requests(join: &mut JoinPlan) -> Vec<Fetch> {
    std::iter::from_fn(|| join.next_request()).collect()
}

#[tokio::test]
async fn each_object_is_requested_once_in_the_order_of_the_rows() {
    let mut join = join_rows(&rows(50, 3).await, &[JoinKey::Sensor, JoinKey::Binary]);
    let requests = take_requests(&mut join);
    let ids = requests.iter().map(|fetch| match fetch {
        Fetch::Sensor(SensorFetch(id)) => id.to_string(),
        Fetch::Binary(BinaryFetch(md5)) => md5.to_string().trim_start_matches('0').to_owned(),
        other => panic!("{other:?}"),
    });
    let ids: Vec<_> = ids.collect();
    assert_eq!(ids, ["1", "1", "2", "2", "3", "3"]);
    assert!(!join.is_complete());
    for fetch in requests {
        join.resolve(&fetch, Err(Error::Internal));
    }
    assert!(join.is_complete());
}

#[tokio::test]
async fn the_number_of_requests_in_flight_is_limited() {
    let mut join = join_rows(&rows(90, 90).await, &[JoinKey::Sensor]);
    let first = take_requests(&mut join);
    assert_eq!(first.len(), MAX_IN_FLIGHT);
    join.resolve(&first[0], Err(Error::Internal));
    // A repeated answer does not make room twice.
    join.resolve(&first[0], Err(Error::Internal));
    join.resolve(&SensorFetch(SensorId(4_000)).into(), Err(Error::Internal));
    assert_eq!(take_requests(&mut join).len(), 1);
}

#[tokio::test]
async fn the_group_is_known_from_the_sensor() {
    let rows = rows(2, 2).await;
    let mut join = join_rows(&rows, &[JoinKey::Group]);
    let sensors = take_requests(&mut join);
    for (fetch, host) in sensors.iter().zip(1..) {
        let body = format!(r#"{{"id": {host}, "group_id": 5}}"#);
        join.resolve(fetch, Ok(answer_from(fetch, &body).await));
    }
    let groups = take_requests(&mut join);
    assert_eq!(groups, [Fetch::from(SensorGroupFetch(GroupId(5)))]);
    assert!(matches!(join.group(&rows[0]), Some(JoinResult::Pending)));
    let group = answer_from(&groups[0], r#"[{"id": 5, "name": "Finance"}]"#).await;
    join.resolve(&groups[0], Ok(group));
    for row in &rows {
        let group = join.group(row).and_then(JoinResult::get).unwrap();
        assert_eq!(group.value.name.raw(), "Finance");
    }
    assert!(join.is_complete() && join.failures().is_empty());
}

#[tokio::test]
async fn failed_objects_are_listed_by_name() {
    let rows = rows(11, 11).await;
    let mut join = join_rows(&rows, &ALL);
    let gone = |what: &str| Error::NotFound { what: what.into() };
    while let Some(fetch) = join.next_request() {
        join.resolve(&fetch, Err(gone("it")));
    }
    assert!(join.is_complete());
    let missing = join.failures();
    assert_eq!(missing.len(), 22);
    assert_eq!(missing[1].0, "sensor 2");
    assert_eq!(missing[10].0, "sensor 11");
    assert!(missing[11].0.starts_with("binary 0000"));
    assert!(join.group(&rows[0]).is_none());
    assert!(join.binary(&rows[0]).is_some_and(|result| result.get().is_none()));
    // An answer of another type counts as a failure.
    let mut join = join_rows(&rows[..1], &[JoinKey::Sensor]);
    let fetch = join.next_request().unwrap();
    let group = SensorGroupFetch(GroupId(5)).into();
    join.resolve(&fetch, Ok(answer_from(&group, r#"{"id": 5}"#).await));
    assert_eq!(join.failures().len(), 1);
}
