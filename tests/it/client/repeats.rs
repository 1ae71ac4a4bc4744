//! What is sent again, how often, and what is reported of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream::FuturesUnordered};

use lampblack::api::{Client, Error, RequestTrace};
use lampblack::fetch::{Fetcher, SensorFetch};
use lampblack::model::{Search, SensorId, Span};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
};

use crate::client::server::{Answer, INFO, Server, json, raw, settings, status};

const NONE: &str = r#"{"results": [], "total_results": 0}"#;

fn busy() -> Answer {
    status("429 Too Many Requests", "Retry-After: 1\r\n", b"")
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let faults = vec![
        busy(),
        status("502 Bad Gateway", "", b""),
        raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        json(INFO),
    ];
    let mut server = Server::start(faults).await;
    server.client().info().await.unwrap();
    assert_eq!(server.unread(), 4);
}

#[tokio::test]
async fn what_does_not_pass_is_given_up() {
    let mut server = Server::start((0..9).map(|_| status("504 Gateway Time-out", "", b"")).collect()).await;
    let error = server.client().info().await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 504, .. }));
    assert_eq!(server.unread(), 4, "once and three repetitions");
}

#[tokio::test]
async fn a_posted_search_is_repeated_too() {
    let mut server = Server::start(vec![status("503 Busy", "", b""), json(NONE)]).await;
    let search = Search { query: "x".repeat(9000), ..Search::default() };
    server.client().processes(&search, Span { start: 0, rows: 1 }).await.unwrap();
    assert!(server.request().await.starts_with("POST "));
    assert!(server.request().await.starts_with("POST "));
}

#[tokio::test]
async fn what_would_only_fail_again_is_not_repeated() {
    for line in ["401 No", "403 No", "404 No", "400 No", "500 No", "409 No", "302 Found"] {
        let mut server = Server::start(vec![status(line, "", b""), json(INFO)]).await;
        server.client().info().await.unwrap_err();
        assert_eq!(server.unread(), 1, "{line}");
    }
}

#[tokio::test]
async fn what_has_taken_too_long_is_not_repeated() {
    let server = Server::start(vec![Answer::Silence]).await;
    let (sender, mut calls) = mpsc::unbounded_channel();
    let mut settings = server.settings("http");
    settings.timeout = Duration::from_millis(50);
    let client = Client::new(settings, Some(sender)).unwrap();
    let error = client.info().await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error}");
    // However far the request has got by then, it was one.
    assert!(calls.try_recv().is_ok() && calls.try_recv().is_err());
}

#[tokio::test]
async fn the_wait_is_as_long_as_the_server_asks_within_bounds() {
    let server = Server::start(vec![busy(), json(INFO)]).await;
    let mut settings = server.settings("http");
    // A second is asked for, and a thousandth is the usual wait.
    let began = Instant::now();
    Client::new(settings.clone(), None).unwrap().info().await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    // Longer than anybody waits: nothing is sent again, and the error says for how long.
    let mut server = Server::start(vec![busy(), json(INFO)]).await;
    settings.url = server.settings("http").url;
    settings.timings.max_retry_after = Duration::from_millis(999);
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    assert_eq!(error, Error::Busy(Some(Duration::from_secs(1))));
    assert_eq!(server.unread(), 1);
}

#[tokio::test]
async fn every_attempt_is_reported() {
    let server = Server::start(vec![status("502 Bad Gateway", "", b"oops"), json(NONE)]).await;
    let (sender, mut calls) = mpsc::unbounded_channel();
    let client = Client::new(server.settings("http"), Some(sender)).unwrap();
    let search = Search { query: "a b\n".into(), ..Search::default() };
    client.processes(&search, Span { start: 0, rows: 1 }).await.unwrap();
    let path = "/api/v1/process?cb.urlver=1&q=a+b%0A&rows=1&start=0";
    let first = calls.recv().await.unwrap();
    assert!(first.retry_at.is_some());
    let expected = RequestTrace {
        at: "2021-03-04T10:15:30Z".parse().unwrap(),
        method: "GET",
        path: path.into(),
        status: Some(502),
        duration: first.duration,
        bytes: 4,
        error: Some("the server answered 502: oops (GET /api/v1/process)".into()),
        retry_at: first.retry_at,
    };
    assert_eq!(first, expected);
    let second = calls.recv().await.unwrap();
    assert_eq!((second.status, second.error, second.path.as_str()), (Some(200), None, path));
    assert_eq!(second.bytes, u64::try_from(NONE.len()).unwrap());
    assert!(calls.try_recv().is_err());
}

#[tokio::test]
async fn an_attempt_that_is_given_up_is_reported() {
    let mut server = Server::start(vec![Answer::Silence]).await;
    let (sender, mut calls) = mpsc::unbounded_channel();
    let client = Client::new(server.settings("http"), Some(sender)).unwrap();
    let task = tokio::spawn(async move { client.info().await });
    server.request().await;
    task.abort();
    let call = calls.recv().await.unwrap();
    assert_eq!((call.status, call.error.as_deref()), (None, Some("cancelled")));
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    const NOTHING: &str = "[]";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    settings.connections = 2;
    let client = Client::new(settings, None).unwrap();
    let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let answer = async |mut stream: TcpStream| {
        most.fetch_max(open.fetch_add(1, SeqCst) + 1, SeqCst);
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).await.unwrap();
        // Long enough for others to come, if they may.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        open.fetch_sub(1, SeqCst);
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", NOTHING.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(NOTHING.as_bytes()).await.unwrap();
    };
    let serve = async {
        let mut talks = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => talks.push(answer(accepted.unwrap().0)),
                Some(()) = talks.next() => (),
            }
        }
    };
    let asks = futures_util::future::join_all((0..8).map(|_| client.users()));
    tokio::select! {
        answers = asks => assert!(answers.iter().all(Result::is_ok)),
        () = serve => (),
    }
    assert_eq!(most.into_inner(), 2);
}

#[tokio::test]
async fn a_connection_that_was_not_used_for_long_is_not_used_again() {
    for (idle, connections) in [(Duration::from_mins(1), 1), (Duration::ZERO, 2)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
        settings.timings.idle = idle;
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = accepted.clone();
        let server = tokio::spawn(async move {
            let mut streams = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, SeqCst);
                streams.spawn(serve_on(stream));
            }
        });
        let mut reader = Fetcher::new(Client::new(settings, None).unwrap());
        for id in [1, 2] {
            // There is no such sensor, but an answer.
            assert!(reader.get(SensorFetch(SensorId(id))).await.is_err());
        }
        assert_eq!(accepted.load(SeqCst), connections);
        server.abort();
    }
}

/// Finds nothing, again and again, on one connection.
async fn serve_on(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = stream.read(&mut buffer).await {
        let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_sent_once_until_the_user_asks_again() {
    for line in ["401 No", "407 Proxy Authentication Required"] {
        let refusals = (0..9).map(|_| status(line, "", b"")).collect();
        let mut server = Server::start(refusals).await;
        let client = server.client();
        // Many at a time, as a console asks.
        let all = futures_util::future::join_all((0..5).map(|_| client.info())).await;
        let first = all[0].clone().unwrap_err();
        assert!(
            all.iter()
                .all(|one| { one.as_ref().is_err_and(|error| error.underlying_error() == first.underlying_error()) })
        );
        let later = client.users().await.unwrap_err();
        assert!(matches!(later, Error::NotSent { .. }) && later.is_refusal() && !later.is_transient());
        assert!(later.to_string().contains("requests stopped"), "{later}");
        // Another client with the same credentials, on connections of its own.
        client.with_new_connections().unwrap().info().await.unwrap_err();
        assert_eq!(server.unread(), 1, "{line}");
        client.retry_credentials();
        futures_util::future::join_all((0..5).map(|_| client.users())).await;
        assert_eq!(server.unread(), 1, "{line}");
    }
}

#[tokio::test]
async fn a_refusal_of_one_thing_does_not_stop_the_others() {
    let answers = vec![json(INFO), status("403 No", "", b""), json("[]")];
    let mut server = Server::start(answers).await;
    let client = server.client();
    client.info().await.unwrap();
    client.users().await.unwrap_err();
    client.users().await.unwrap();
    assert_eq!(server.unread(), 3);
}
