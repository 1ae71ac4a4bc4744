//! Cases that a real server cannot be made to produce: answers at the wrong moment, oversized answers, and panics.

use std::future::ready;

use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    Answer, Fetch, Fetcher, LineageFetch, RequestId, Resource, SensorFetch, SummaryFetch, cache::Cache,
    lineage::LineageWalk,
};
use crate::api::{Client, Error, Settings};
use crate::model::{Clock, Fetched, Sensor, SensorId};

const SUBJECT: &str = "00000007-0000-1092-01d7-10df4de391b0";

const QUESTION: Fetch = Fetch::Sensor(SensorFetch(SensorId(7)));

fn client(url: &str) -> Client {
    let mut settings = Settings::new(url.parse().unwrap(), "0123".into());
    settings.clock = Clock::Fixed(Timestamp::UNIX_EPOCH);
    Client::new(settings, None).unwrap()
}

/// A fetcher without a server.
fn fetcher() -> Fetcher {
    Fetcher::new(client("http://127.0.0.1:9"))
}

/// The answer of a server that sends `body` for every request, at the beginning of 1970.
pub(super) async fn answer_from(fetch: &Fetch, body: &str) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(&format!("http://{}", listener.local_addr().unwrap()));
    let serving = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let length = body.len();
            let headers = format!("Connection: close\r\nContent-Length: {length}");
            let answer = format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    tokio::select! {
        answer = fetch.resource().send(&client) => answer.unwrap(),
        () = serving => unreachable!("it serves for ever"),
    }
}

/// The value in the answer to `question` by a server that sends `body` for every request.
pub(super) async fn fetched_from<R: Resource>(question: R, body: &str) -> Fetched<R::Value> {
    answer_from(&question.into(), body).await.get().unwrap()
}

async fn sensor(name: &str) -> Answer {
    let body = format!(r#"{{"id": 7, "computer_name": "{name}"}}"#);
    answer_from(&QUESTION, &body).await
}

#[tokio::test]
async fn a_panicking_request_fails_alone_with_an_internal_error() {
    let mut fetcher = fetcher();
    fetcher.spawn(vec![RequestId(1)], QUESTION, async { panic!("a mistake") });
    let outcome = fetcher.next().await.unwrap();
    assert_eq!(outcome.request_id, RequestId(1));
    assert_eq!(outcome.result.unwrap_err(), Error::Internal);
    let two = sensor("TWO").await;
    // Nothing is cached, so the next request is sent.
    assert!(fetcher.get_cached(&QUESTION).is_none());
    fetcher.spawn(vec![RequestId(2)], QUESTION, ready(Ok(two)));
    assert!(fetcher.next().await.unwrap().result.is_ok());
    assert!(fetcher.next().await.is_none());
}

#[tokio::test]
async fn a_cancelled_request_does_not_answer_a_newer_identical_one() {
    let (stale, current) = (sensor("OLD").await, sensor("NEW").await);
    let mut fetcher = fetcher();
    fetcher.spawn(vec![RequestId(1)], QUESTION, ready(Ok(stale)));
    // The request has completed, but its response was not received.
    tokio::task::yield_now().await;
    fetcher.cancel(RequestId(1));
    fetcher.spawn(vec![RequestId(2)], QUESTION, ready(Ok(current)));
    let outcome = fetcher.next().await.unwrap();
    assert_eq!(outcome.request_id, RequestId(2));
    let known = outcome.result.unwrap().get::<Sensor>().unwrap();
    assert_eq!(known.value.computer_name.raw(), "NEW");
    assert!(fetcher.next().await.is_none());
}

#[tokio::test]
async fn an_answer_requested_before_a_change_is_not_cached() {
    let summary = SummaryFetch::new(SUBJECT.parse().unwrap()).into();
    let body = format!(r#"{{"process": {{"id": "{SUBJECT}", "terminated": true}}}}"#);
    let process = answer_from(&summary, &body).await;
    for (fetch, answer, is_cached) in [
        (QUESTION, sensor("OLD").await, false),
        // No change affects a process.
        (summary, process, true),
    ] {
        let mut fetcher = fetcher();
        fetcher.spawn(vec![RequestId(1)], fetch.clone(), ready(Ok(answer)));
        fetcher.invalidate();
        assert!(fetcher.next().await.unwrap().result.is_ok());
        assert_eq!(fetcher.get_cached(&fetch).is_some(), is_cached, "{fetch:?}");
    }
}

#[tokio::test]
async fn a_walk_ends_if_a_document_does_not_fit_into_the_cache() {
    let mut fetcher = fetcher();
    fetcher.cache = Cache::with_limit(100);
    let id = SUBJECT.parse().unwrap();
    let body = format!(r#"{{"process": {{"id": "{SUBJECT}"}}}}"#);
    let summary = answer_from(&SummaryFetch::new(id).into(), &body).await;
    fetcher.walks.insert(RequestId(1), LineageWalk::new(LineageFetch::new(id)));
    fetcher.spawn(vec![RequestId(1)], SummaryFetch::new(id).into(), ready(Ok(summary)));
    let outcome = fetcher.next().await.unwrap();
    assert_eq!(outcome.result.unwrap_err(), Error::Internal);
    assert!(fetcher.next().await.is_none());
}
