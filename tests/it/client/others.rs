//! An answer about another thing than was asked for is a broken answer, however good it is of its kind.

use std::fmt::Debug;

use lampblack::api::{Client, Error};
use lampblack::model::{AlertId, FeedId, GroupId, Md5, ProcessId, ReportId, Segment, SensorId, WatchlistId};
use serde_json::{Value, json};

use crate::client::server::{Answer, Server, json as answer, status};

const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
const OTHER: &str = "00000007-0000-1092-01d7-10df4de391b1";
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

fn id() -> ProcessId {
    GUID.parse().unwrap()
}

fn md5() -> Md5 {
    MD5.parse().unwrap()
}

fn body(json: &Value) -> Answer {
    answer(&json.to_string())
}

/// A server of a release, which answers the next question so.
async fn server(version: &str, body: &Value) -> (Server, Client) {
    let info = json!({"version": version});
    answering(vec![self::body(&info), self::body(body)]).await
}

/// A server with its answers, and a client of it.
async fn answering(answers: Vec<Answer>) -> (Server, Client) {
    let server = Server::start(answers).await;
    let client = server.client();
    (server, client)
}

/// Fails unless an answer was refused for what it is about.
#[track_caller]
fn is_refused<T: Debug>(found: Result<T, Error>, about: &str) {
    let error = found.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    let says = format!("not about {about}");
    assert!(error.to_string().ends_with(&says), "{error}");
}

#[tokio::test]
async fn the_record_of_another_sensor_group_watchlist_or_feed_is_refused() {
    let server = async |body: Value| answering(vec![self::body(&body)]).await;
    for id in [json!(9), json!("9"), json!("04 9")] {
        let record = json!({"id": id, "computer_name": "FIN-WS-009", "name": "nine"});
        for record in [record.clone(), json!([record])] {
            let (_server, client) = server(record.clone()).await;
            let found = client.sensor(SensorId(4)).await;
            assert!(matches!(found, Err(Error::Malformed { .. })), "{found:?}");
            let (_server, client) = server(record.clone()).await;
            assert!(client.group(GroupId(4)).await.is_err());
            let (_server, client) = server(record.clone()).await;
            assert!(client.watchlist(WatchlistId(4)).await.is_err());
            let (_server, client) = server(record).await;
            assert!(client.feed(FeedId(4)).await.is_err());
        }
    }
    let nine = json!({"id": "9"});
    let (_server, client) = server(nine.clone()).await;
    is_refused(client.sensor(SensorId(4)).await, "sensor 4");
    let (_server, client) = server(nine.clone()).await;
    is_refused(client.group(GroupId(4)).await, "sensor group 4");
    let (_server, client) = server(nine.clone()).await;
    is_refused(client.watchlist(WatchlistId(4)).await, "watchlist 4");
    let (_server, client) = server(nine).await;
    is_refused(client.feed(FeedId(4)).await, "feed 4");
}

#[tokio::test]
async fn a_number_may_be_a_text() {
    for id in [json!(4), json!("4"), json!(" 4")] {
        let record = json!({"id": id, "computer_name": "FIN-WS-004", "name": "four"});
        let answers = (0..4).map(|_| body(&record)).collect();
        let (_server, client) = answering(answers).await;
        assert_eq!(client.sensor(SensorId(4)).await.unwrap().id, SensorId(4));
        assert_eq!(client.group(GroupId(4)).await.unwrap().id, GroupId(4));
        let watchlist = client.watchlist(WatchlistId(4)).await.unwrap();
        assert_eq!(watchlist.id, WatchlistId(4));
        assert_eq!(client.feed(FeedId(4)).await.unwrap().id, FeedId(4));
    }
}

#[tokio::test]
async fn the_actions_of_another_watchlist_are_refused() {
    let actions = |owner: Value| json!([{"id": 9, "action_type": 3, "watchlist_id": owner}]);
    for owner in [json!(9), json!("9")] {
        let (_server, client) = answering(vec![body(&actions(owner))]).await;
        let found = client.watch_actions(WatchlistId(4)).await;
        is_refused(found, "the actions of watchlist 4");
    }
    // Not every server says whose they are.
    for owner in [json!(4), json!("4"), Value::Null, json!(-1)] {
        let (_server, client) = answering(vec![body(&actions(owner))]).await;
        let found = client.watch_actions(WatchlistId(4)).await.unwrap();
        assert_eq!(found.rows.len(), 1);
    }
}

#[tokio::test]
async fn a_report_is_of_its_feed_and_has_its_name() {
    let wanted = ReportId { feed: FeedId(12), id: "CI-118".into() };
    for (feed, id) in [(json!(12), "CI-119"), (json!(13), "CI-118"), (json!("13"), "CI-118")] {
        let record = json!({"feed_id": feed, "id": id});
        let (_server, client) = answering(vec![body(&record)]).await;
        is_refused(client.report(&wanted).await, "report 12:CI-118");
    }
    let record = json!({"feed_id": "12", "id": "CI-118"});
    let (_server, client) = answering(vec![body(&record)]).await;
    assert_eq!(client.report(&wanted).await.unwrap().id, wanted);
}

#[tokio::test]
async fn an_alert_is_not_gone_because_others_come_in_its_place() {
    let wanted = AlertId("0b7c9d52-3a1f-4f60-8e11-57a2c4d9e6b3".into());
    let found = json!({"results": [{"unique_id": "1b7c9d52-3a1f-4f60-8e11-57a2c4d9e6b3"}], "total_results": 40});
    let (_server, client) = answering(vec![body(&found)]).await;
    let about = format!("alert {}", wanted.0.raw());
    is_refused(client.alert(&wanted).await, &about);
    let (_server, client) = answering(vec![body(&found), body(&found)]).await;
    is_refused(client.alerts_by_id(&[wanted]).await, &about);
}

#[tokio::test]
async fn a_hash_is_that_which_was_asked_for_in_any_case_of_its_letters() {
    let other = "E4D909C290D0FB1CA068FFADDF22CBD0";
    let (_server, client) = answering(vec![body(&json!({"md5": other}))]).await;
    is_refused(client.binary(md5()).await, &format!("binary {MD5}"));
    let (_server, client) = answering(vec![body(&json!({"md5hash": other}))]).await;
    is_refused(client.ban(md5()).await, &format!("a ban of {MD5}"));
    for written in [MD5.to_owned(), MD5.to_uppercase()] {
        let (_server, client) =
            answering(vec![body(&json!({"md5": written})), body(&json!({"md5hash": written}))]).await;
        assert_eq!(client.binary(md5()).await.unwrap().md5, md5());
        assert_eq!(client.ban(md5()).await.unwrap().unwrap().md5, md5());
    }
}

#[tokio::test]
async fn a_process_may_have_its_segment_in_its_name_but_no_other_name() {
    let about = format!("process {GUID}");
    for version in ["5.2.0", "6.2.4", "7.8.0"] {
        for other in [OTHER.to_owned(), format!("{OTHER}-00000001"), format!("{OTHER}-0177fcbc770e")] {
            let summary = json!({"process": {"id": other}});
            let (_server, client) = server(version, &summary).await;
            client.info().await.unwrap();
            is_refused(client.summary(id(), 15).await, &about);
        }
        for own in [GUID.to_owned(), GUID.to_uppercase(), format!("{GUID}-00000001"), format!("{GUID}-0177fcbc770e")] {
            let summary = json!({"process": {"id": own}});
            let (_server, client) = server(version, &summary).await;
            client.info().await.unwrap();
            let found = client.summary(id(), 15).await.unwrap();
            assert_eq!(found.process.id, id(), "{own}");
        }
    }
}

#[tokio::test]
async fn segments_and_events_are_those_of_the_process() {
    let segments = |of: &str| json!({"process": {"segments": [{"unique_id": format!("{of}-0177fcbc770e")}]}});
    let (_server, client) = server("6.2.4", &segments(OTHER)).await;
    is_refused(client.segments(id()).await, &format!("process {GUID}"));
    let (_server, client) = server("6.2.4", &segments(GUID)).await;
    assert_eq!(client.segments(id()).await.unwrap().len(), 1);
    let events = json!({"process": {"id": OTHER, "filemod_complete": []}});
    let (_server, client) = server("6.2.4", &events).await;
    let found = client.events(id(), Segment(1)).await;
    is_refused(found, &format!("segment 1 of process {GUID}"));
}

#[tokio::test]
async fn on_a_server_before_its_time_a_feed_is_found_in_the_list_by_its_number() {
    let feeds = json!([{"id": "9"}, {"id": "4"}]);
    let refusal = status("405 METHOD NOT ALLOWED", "", b"");
    let (_server, client) = answering(vec![refusal, body(&feeds)]).await;
    let found = client.feed(FeedId(4)).await.unwrap();
    assert_eq!(found.id, FeedId(4));
}
