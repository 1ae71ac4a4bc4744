//! Every way in which a request can fail has its own error, with words that help.

use std::time::Duration;

use lampblack::{
    api::{Client, Error, Settings},
    model::{Search, SensorId, Span},
};
use tokio::net::TcpListener;

use crate::client::server::{Answer, INFO, Server, json, raw, settings, status};

const FIRST: Span = Span { start: 0, rows: 100 };

/// The error of asking for the server's information.
async fn info(answer: Answer) -> Error {
    let server = Server::start(vec![answer]).await;
    let mut settings = server.settings("http");
    settings.timings.retries = 0;
    settings.max_bytes = 4096;
    Client::new(settings, None).unwrap().info().await.unwrap_err()
}

#[track_caller]
fn says(error: &Error, message: &str) {
    assert_eq!(error.to_string(), message);
}

#[tokio::test]
async fn a_wrong_token_is_named() {
    let page = b"<title>401 Unauthorized</title><h1>Unauthorized</h1>";
    let error = info(status("401 UNAUTHORIZED", "Content-Type: text/html\r\n", page)).await;
    assert_eq!(error, Error::Unauthorized);
    assert!(error.hint().unwrap().contains("token"));
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_missing_right_and_a_missing_record_say_of_what() {
    says(&info(status("403 FORBIDDEN", "", b"")).await, "the token has no permission to see /api/info");
    let missing = || status("404 NOT FOUND", "", b"<title>404 Not Found</title>");
    let server = Server::start(vec![missing(), json("[]")]).await;
    let client = server.client();
    for _ in 0..2 {
        let error = client.sensor(SensorId(7)).await.unwrap_err();
        assert_eq!(error, Error::NotFound { what: "sensor 7".into() });
        says(&error, "sensor 7 not found on the server");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_a_syntax_error() {
    for reason in ["query_malformed_syntax", "query_syntax_error"] {
        let body = format!(r#"{{"reason": "{reason}"}}"#);
        let server = Server::start(vec![status("400 BAD REQUEST", "", body.as_bytes())]).await;
        let error = server.client().processes(&Search::default(), FIRST).await.unwrap_err();
        assert_eq!(error, Error::Syntax { reason: reason.into() });
        assert!(error.hint().is_some());
    }
    let error = info(status("400 BAD REQUEST", "", b"{\"reason\": \"unknown field\"}")).await;
    says(&error, "the server answered 400: unknown field (GET /api/info)");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let server = Server::start(vec![Answer::Silence]).await;
    let mut settings = server.settings("http");
    settings.timeout = Duration::from_millis(50);
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    assert_eq!(error, Error::Timeout(Duration::from_millis(50)));
    assert!(error.is_transient() && error.hint().is_some());
}

#[tokio::test]
async fn a_body_that_stops_coming_is_a_timeout() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"version\":";
    let server = Server::start(vec![Answer::Stopped(head.into())]).await;
    let mut settings = server.settings("http");
    settings.timeout = Duration::from_millis(50);
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    assert_eq!(error, Error::Timeout(Duration::from_millis(50)));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = Client::new(settings(&format!("http://127.0.0.1:{port}/edr")), None).unwrap();
    let error = client.info().await.unwrap_err();
    says(&error, &format!("cannot reach http://127.0.0.1:{port}: connection refused"));
    assert!(error.is_transient() && error.hint().is_some());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_gets_no_token() {
    let mut thief = Server::start(vec![json(INFO)]).await;
    let address = format!("http://127.0.0.1:{}/api/info", thief.port);
    let error = info(status("302 Found", &format!("Location: {address}\r\n"), b"")).await;
    says(&error, &format!("GET /api/info redirects to {address}; redirects are not followed"));
    assert!(error.hint().unwrap().contains("url"));
    assert_eq!(thief.unread(), 0);
    says(&info(status("304 Not Modified", "", b"")).await, "the server answered 304 (GET /api/info)");
}

#[tokio::test]
async fn a_busy_server_is_busy_for_as_long_as_it_says() {
    let error = info(status("429 Too Many Requests", "Retry-After: 7\r\n", b"")).await;
    assert_eq!(error, Error::Busy(Some(Duration::from_secs(7))));
    let date = "Retry-After: Thu, 04 Mar 2021 10:15:33 GMT\r\n";
    assert_eq!(info(status("503 Busy", date, b"")).await, Error::Busy(Some(Duration::from_secs(3))));
    assert_eq!(info(status("503 Busy", "Retry-After: soon\r\n", b"")).await, Error::Busy(None));
}

#[tokio::test]
async fn any_other_status_is_refused_with_what_the_server_said() {
    for (line, body, message) in [
        (
            "500 INTERNAL SERVER ERROR",
            "Unhandled exception. Check logs for details.",
            "answered 500: Unhandled exception. Check logs for details.",
        ),
        (
            "502 Bad Gateway",
            "<html><head><title>502 Bad Gateway</title></head></html>",
            "answered 502: 502 Bad Gateway",
        ),
        ("504 Gateway Time-out", "", "answered 504"),
        ("409 CONFLICT", "evil \x1b[31m\u{202e}text\nsecond line", "answered 409: evil ␛[31m<U+202E>text second line"),
    ] {
        let error = info(status(line, "", body.as_bytes())).await;
        says(&error, &format!("the server {message} (GET /api/info)"));
    }
}

#[tokio::test]
async fn an_error_message_is_an_error_whatever_the_status() {
    let error = info(json(r#"{"version": "6.2.0", "errorMessage": "license expired"}"#)).await;
    says(&error, "the server answered 200: license expired (GET /api/info)");
}

#[tokio::test]
async fn what_is_no_answer_is_malformed() {
    for (body, reason) in [
        ("<html><title>Login</title></html>", "a web page instead of JSON"),
        ("", "nothing instead of JSON"),
        ("{\"version\": ", "the JSON is truncated"),
        ("{\"version\": nope}", "invalid JSON at line 1, column 14"),
        ("3", "something else instead of an object"),
        ("{\"status\": \"ok\"}", "the record has no ID"),
    ] {
        let error = info(json(body)).await;
        says(&error, &format!("unexpected response from GET /api/info: {reason}"));
        assert!(error.hint().unwrap().contains("url"));
        assert!(!error.is_transient());
    }
    let server = Server::start(vec![json(r#"{"results": {}}"#)]).await;
    let error = server.client().processes(&Search::default(), FIRST).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_about_something_else_is_malformed() {
    let server = Server::start(vec![json(include_str!("../../goldens/get_sensor_7.json"))]).await;
    let error = server.client().sensor(SensorId(8)).await.unwrap_err();
    says(&error, "unexpected response from GET /api/v1/sensor/8: not about sensor 8");
}

#[tokio::test]
async fn an_endless_answer_is_not_kept() {
    let error = info(json(&format!("{{\"version\": \"{}\"}}", "6".repeat(9999)))).await;
    says(&error, "the response of GET /api/info is larger than the limit of 4 KiB");
    let error = info(status("500 Oops", "", "x".repeat(1 << 20).as_bytes())).await;
    assert!(error.to_string().len() < 1000, "{error}");
}

#[tokio::test]
async fn damaged_packing_is_malformed() {
    let error = info(status("200 OK", "Content-Encoding: gzip\r\n", b"{\"version\": \"6.2.0\"}")).await;
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn a_body_that_ends_early_is_cut() {
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"version\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ver\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Encoding: gzip\r\n\r\n\x1f",
        "",
    ] {
        let error = info(raw(bytes)).await;
        assert_eq!(error, Error::Cut { endpoint: "GET /api/info".into() }, "{bytes}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    fn check(change: impl FnOnce(&mut Settings), message: &str) {
        let mut settings = settings("https://cb.example.com");
        change(&mut settings);
        let error = Client::new(settings, None).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let url = |text: &'static str| move |settings: &mut Settings| settings.url = text.parse().unwrap();
    check(url("ftp://cb.example.com"), "the setting url is not valid: it must begin with https://");
    check(url("https://ana:secret@cb.example.com"), "the setting url is not valid: it must not contain");
    check(url("https://cb.example.com/#/secret"), "the setting url is not valid: it must end after");
    for token in ["", " \n", "se cret", "secr\u{e9}t", "secret\r\nX-Evil: 1"] {
        check(|settings| settings.token = token.into(), "the setting token is not valid: it");
    }
    check(
        |settings| settings.tls.ca_file = Some("/nowhere/cb.pem".into()),
        "the setting ca_file is not valid: /nowhere/cb.pem: no such file or directory",
    );
    check(
        |settings| settings.tls.ca_file = Some("Cargo.toml".into()),
        "the setting ca_file is not valid: Cargo.toml: it contains no certificate",
    );
}
