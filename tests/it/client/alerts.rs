//! Alerts: how they are asked for, and what old or odd servers answer.

use lampblack::api::Error;
use lampblack::model::{AlertId, Search, Span};

use crate::client::server::{INFO, Server, json, status};

const ALERTS: &str = include_str!("../../goldens/get_alert_search.json");
const NONE: &str = r#"{"results": [], "total_results": 0, "start": 0}"#;
const FIRST: Span = Span { start: 0, rows: 500 };

fn line(request: &str) -> &str {
    request.lines().next().unwrap()
}

fn open() -> Search {
    Search { query: "status:Unresolved".into(), sort: Some("alert_severity desc".into()), ..Search::default() }
}

fn id(text: &str) -> AlertId {
    AlertId(text.into())
}

#[tokio::test]
async fn alerts_are_searched_as_the_console_of_the_server_does() {
    let mut server = Server::start(vec![json(ALERTS)]).await;
    let page = server.client().alerts(&open(), FIRST).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.n_unreadable), (2, 2, 0));
    assert_eq!(
        line(&server.request().await),
        "GET /api/v2/alert?cb.urlver=1&q=status%3AUnresolved&rows=500&\
         sort=alert_severity+desc&start=0 HTTP/1.1"
    );
}

#[tokio::test]
async fn a_server_without_the_newer_way_is_asked_in_the_older_one() {
    let mut server = Server::start(vec![status("404 Not Found", "", b""), json(ALERTS)]).await;
    let page = server.client().alerts(&open(), FIRST).await.unwrap();
    assert_eq!(page.rows.len(), 2);
    assert!(line(&server.request().await).starts_with("GET /api/v2/alert?"));
    assert!(line(&server.request().await).starts_with("GET /api/v1/alert?"));
}

#[tokio::test]
async fn a_refusal_is_no_reason_to_ask_in_the_older_way() {
    let mut server = Server::start(vec![status("403 Forbidden", "", b""), json(ALERTS)]).await;
    let error = server.client().alerts(&open(), FIRST).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }), "{error:?}");
    server.request().await;
    assert_eq!(server.unread(), 0);
}

#[tokio::test]
async fn one_alert_is_the_one_that_was_asked_for() {
    let known = "0b7c9d52-3a1f-4f60-8e11-57a2c4d9e6b3";
    let broken = r#"{"results": [{"status": "Resolved"}], "total_results": 1}"#;
    // The first answer is that of a server that ignores the filter.
    let mut server = Server::start(vec![json(ALERTS), json(NONE), json(broken)]).await;
    let client = server.client();
    let alert = client.alert(&id(known)).await.unwrap();
    assert_eq!(alert.id, id(known));
    let request = server.request().await;
    assert!(request.contains(&format!("cb.fq.unique_id={known}&")), "{request}");

    let error = client.alert(&id("6f0d&x=\u{1b}[2J")).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
    assert!(line(&server.request().await).contains("cb.fq.unique_id=6f0d%26x%3D%1B%5B2J&"));

    let error = client.alert(&id(known)).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn an_old_server_is_not_asked_to_leave_facets_out() {
    let old = INFO.replace("6.2.4.180911.1420", "5.1.0.150914.1400");
    assert_ne!(old, INFO);
    let mut server = Server::start(vec![json(&old), json(NONE)]).await;
    let client = server.client();
    client.info().await.unwrap();
    client.alerts(&open(), FIRST).await.unwrap();
    server.request().await;
    assert!(!server.request().await.contains("facet"));
}
