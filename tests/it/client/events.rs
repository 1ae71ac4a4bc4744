//! Segments and events: which question goes to which release, and what odd answers come to.

use lampblack::api::Error;
use lampblack::model::{EventBatch, ProcessId, Segment};

use crate::client::server::{Answer, Server, json, status};

const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
const EVENTS: &str = include_str!("../../goldens/get_process_events_v4.json");
const SEGMENTS: &str = include_str!("../../goldens/get_process_segments.json");
const BATCH: Segment = Segment(1_614_852_945_678);

fn id() -> ProcessId {
    GUID.parse().unwrap()
}

fn info(version: &str) -> Answer {
    json(&format!(r#"{{"version": "{version}"}}"#))
}

fn missing() -> Answer {
    status("404 Not Found", "", b"")
}

/// The paths that were asked for.
async fn asked(server: &mut Server, count: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for _ in 0..count {
        let request = server.request().await;
        let path = request.split(' ').nth(1).unwrap();
        paths.push(path.replace(GUID, "ID"));
    }
    paths
}

#[tokio::test]
async fn each_release_is_asked_for_its_own_version() {
    for (release, version) in
        [("5.0.0.1", 1), ("5.1.0", 2), ("5.2.0.160922", 3), ("6.2.0.171114.1158", 4), ("7.8.0", 5)]
    {
        let mut server = Server::start(vec![info(release), json(EVENTS), json(EVENTS)]).await;
        let client = server.client();
        let events = client.events(id(), Segment(1)).await.unwrap();
        assert_eq!(events.rows.len(), 12);
        assert!(events.rows.iter().all(|event| event.segment == Segment(1)));
        client.events(id(), BATCH).await.unwrap();
        // The release is asked for once.
        assert_eq!(
            asked(&mut server, 3).await,
            [
                "/api/info".to_owned(),
                format!("/api/v{version}/process/ID/1/event"),
                format!("/api/v{version}/process/ID/1614852945678/event"),
            ]
        );
    }
}

#[tokio::test]
async fn a_seven_without_the_newest_version_is_asked_for_the_one_before_and_that_is_remembered() {
    let answers = vec![info("7.0.1"), missing(), json(EVENTS), json(EVENTS)];
    let mut server = Server::start(answers).await;
    let client = server.client();
    client.events(id(), Segment(1)).await.unwrap();
    client.with_new_connections().unwrap().events(id(), Segment(2)).await.unwrap();
    assert_eq!(
        asked(&mut server, 4).await[1..],
        ["/api/v5/process/ID/1/event", "/api/v4/process/ID/1/event", "/api/v4/process/ID/2/event"]
    );
}

#[tokio::test]
async fn a_process_that_is_not_there_is_named_after_both_versions() {
    let server = Server::start(vec![info("7.8"), missing(), missing()]).await;
    let error = server.client().events(id(), Segment::ALL).await.unwrap_err();
    let what = format!("process {GUID}");
    assert_eq!(error, Error::NotFound { what });
    let server = Server::start(vec![info("6.2"), missing()]).await;
    let error = server.client().events(id(), BATCH).await.unwrap_err();
    let what = format!("segment 1614852945678 of process {GUID}");
    assert_eq!(error, Error::NotFound { what });
}

#[tokio::test]
async fn a_server_that_does_not_tell_its_release_is_asked_for_it_once() {
    for silence in [missing(), json("[3]"), json("{}"), status("403 Forbidden", "", b"")] {
        let mut server = Server::start(vec![silence, json(EVENTS), json(EVENTS)]).await;
        let client = server.client();
        client.events(id(), Segment(1)).await.unwrap();
        client.events(id(), Segment(2)).await.unwrap();
        assert_eq!(
            asked(&mut server, 3).await,
            ["/api/info", "/api/v4/process/ID/1/event", "/api/v4/process/ID/2/event"]
        );
    }
}

#[tokio::test]
async fn the_segments_of_a_six_have_a_route_of_their_own() {
    let mut server = Server::start(vec![info("6.2.0"), json(SEGMENTS)]).await;
    let segments = server.client().segments(id()).await.unwrap();
    let numbers: Vec<_> = segments.iter().map(|info| info.segment.0).collect();
    assert_eq!(numbers, [1_614_852_128_768, 1_614_852_945_678]);
    assert_eq!(segments[1].counts.modload, Some(31));
    assert_eq!(asked(&mut server, 2).await[1], "/api/v1/process/ID/segment");
}

#[tokio::test]
async fn the_segments_of_a_five_are_rows_of_a_search() {
    let row = |segment: u32| format!(r#"{{"id": "{GUID}", "segment_id": {segment}, "netconn_count": 3}}"#);
    let other = r#"{"id": "00000007-0000-0b00-01d7-10ccae568ec0", "segment_id": 9}"#;
    let page =
        |rows: &str, start: u32| json(&format!(r#"{{"results": [{rows}], "total_results": 4, "start": {start}}}"#));
    let rows = format!("{}, {}, {other}", row(2), row(1));
    let mut server = Server::start(vec![info("5.2.0"), page(&rows, 0), page(&row(3), 3)]).await;
    let segments = server.client().segments(id()).await.unwrap();
    let counted: Vec<_> = segments.iter().map(|info| (info.segment.0, info.counts.netconn)).collect();
    assert_eq!(counted, [(1, Some(3)), (2, Some(3)), (3, Some(3))]);
    let asked = asked(&mut server, 3).await;
    assert!(asked[1].contains("q=process_id%3AID&"), "{asked:?}");
    assert!(asked[2].contains("start=3"), "{asked:?}");

    let none = json(r#"{"results": [], "total_results": 0}"#);
    let server = Server::start(vec![info("5.2.0"), none]).await;
    let error = server.client().segments(id()).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_of_no_release_is_asked_both_ways() {
    let rows = format!(r#"{{"results": [{{"id": "{GUID}"}}], "total_results": 1}}"#);
    let mut server = Server::start(vec![json("{}"), missing(), json(&rows)]).await;
    let segments = server.client().segments(id()).await.unwrap();
    assert_eq!(segments[0].segment, Segment(1));
    assert_eq!(asked(&mut server, 3).await[1], "/api/v1/process/ID/segment");
}

#[tokio::test]
async fn a_segment_that_cannot_be_named_is_not_left_out_silently() {
    let answer = json(r#"{"process": {"segments": [{"segment_id": 3}, {"unique_id": "x"}]}}"#);
    let server = Server::start(vec![info("6.2"), answer]).await;
    let error = server.client().segments(id()).await.unwrap_err().to_string();
    assert!(error.contains("no number in 1 segment"), "{error}");
}

#[tokio::test]
async fn the_events_of_another_process_are_refused_and_those_of_an_empty_one_are_none() {
    let other = EVENTS.replace(GUID, "00000007-0000-1092-01d7-10df4de391b1");
    let server = Server::start(vec![info("6.2"), json(&other)]).await;
    let error = server.client().events(id(), BATCH).await.unwrap_err().to_string();
    assert!(error.contains("not about segment"), "{error}");
    let server = Server::start(vec![info("6.2"), json(r#"{"process": {}}"#)]).await;
    let events = server.client().events(id(), BATCH).await.unwrap();
    assert_eq!(events, EventBatch::default());
}
