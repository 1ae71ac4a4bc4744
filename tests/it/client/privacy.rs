//! The token goes into one header and nowhere else.

use std::{
    io,
    sync::{Arc, Mutex},
};

use lampblack::api::{Client, Proxy, WriteRequest};
use tokio::sync::mpsc;
use tracing::Instrument;
use tracing_subscriber::fmt::MakeWriter;

use crate::client::server::{INFO, Server, TOKEN, json, settings, status};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_token_is_in_no_output() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For all threads: whether an event is of interest is decided once, by whichever thread is the first to come across
    // it. So the tests beside this one are logged too, and have the same token.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut outputs = shown().instrument(tracing::info_span!("ours")).await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for words in ["HTTP GET /api/info took ", "s (response 401)", "s (no response: "] {
        let is_ours = |line: &str| line.contains("ours: ") && line.contains(words);
        assert!(log.lines().any(is_ours), "{words:?} is not in {log}");
    }
    outputs.push(log);
    assert_eq!(outputs.len(), 11);
    for output in outputs {
        assert!(!output.contains(TOKEN), "{output}");
        assert!(!output.contains(&TOKEN[..8]), "{output}");
    }
}

/// Everything that a client shows of itself and of its requests.
async fn shown() -> Vec<String> {
    let (sender, mut calls) = mpsc::unbounded_channel();
    let answers = vec![json(INFO), status("401 No", "", b""), status("500 No", "", b"oops")];
    let server = Server::start(answers).await;
    let mut settings = server.settings("http");
    settings.timings.retries = 0;
    let mut outputs = vec![format!("{settings:?}")];
    let client = Client::new(settings, Some(sender)).unwrap();
    outputs.push(format!("{client:?}"));
    outputs.push(format!("{:?}", client.info().await.unwrap()));
    // Two refusals, and one connection that is never accepted.
    for _ in 0..3 {
        client.retry_credentials();
        let error = client.info().await.unwrap_err();
        outputs.push(format!("{error} {error:?} {:?}", error.hint()));
    }
    while let Ok(call) = calls.try_recv() {
        outputs.push(format!("{call:?}"));
    }
    outputs
}

#[test]
fn a_proxys_password_is_not_shown() {
    let mut settings = settings("https://cb.example.com");
    settings.proxy = Some(Proxy::new("http://ana:secret@proxy:3128", "HTTPS_PROXY").unwrap());
    assert!(!format!("{settings:?}").contains("secret"));
    Client::new(settings, None).unwrap();
}

#[tokio::test]
async fn a_secret_that_is_sent_back_is_blanked_before_anybody_sees_it() {
    let upper = TOKEN.to_uppercase();
    let write = |byte: u8| format!("%{byte:02X}");
    let escaped: String = TOKEN.bytes().map(write).collect();
    for spelling in [TOKEN, &upper, &escaped] {
        let page = format!("<title>no {spelling}</title>");
        let to = format!("Location: https://x/?t={spelling}\r\n");
        let long = format!("{} {spelling}", "x".repeat(170));
        for answer in [
            status("400 No", "", format!("{{\"reason\": \"{spelling}\"}}").as_bytes()),
            status("500 No", "", page.as_bytes()),
            status("500 No", "", spelling.as_bytes()),
            // What is cut at the end of a message is blanked before.
            status("500 No", "", long.as_bytes()),
            status("302 Found", &to, b""),
            json(&format!("{{\"errorMessage\": \"{spelling}\"}}")),
        ] {
            let server = Server::start(vec![answer]).await;
            let (sender, mut calls) = mpsc::unbounded_channel();
            let client = Client::new(server.settings("http"), Some(sender)).unwrap();
            let error = client.info().await.unwrap_err();
            let said = format!("{error} {error:?} {:?}", calls.recv().await);
            assert!(said.contains("***"), "{said}");
            assert!(!said.to_lowercase().contains(&TOKEN[..6]), "{said}");
            assert!(!said.contains(&escaped[..12]), "{said}");
        }
    }
}

#[tokio::test]
async fn a_token_in_a_record_is_blanked_in_all_that_is_kept_of_it() {
    let body = format!(r#"{{"version": "6.2.0", "note": "{TOKEN}"}}"#);
    let server = Server::start(vec![json(&body)]).await;
    let info = server.client().info().await.unwrap();
    assert_eq!(info.document.json(), r#"{"version":"6.2.0","note":"********"}"#);
}

#[tokio::test]
async fn a_password_that_was_typed_is_blanked_from_then_on() {
    let refusal = br#"{"reason": "weak password: Winter2026!"}"#;
    let answers = vec![status("400 No", "", refusal), json(r#"{"version": "Winter2026!"}"#)];
    let server = Server::start(answers).await;
    let client = server.client();
    let change = WriteRequest::new_user(serde_json::json!({"username": "b", "password": "Winter2026!"}));
    let error = client.send_write(&change).await.unwrap_err().to_string();
    assert!(error.contains("weak password: ********"), "{error}");
    assert_eq!(client.info().await.unwrap().version.raw(), "********");
}

#[tokio::test]
async fn a_proxys_password_that_is_sent_back_is_blanked() {
    // As it is written in an address, and as it is meant.
    let page = b"<title>ana:s%40cret is wrong, s@cret too</title>";
    let proxy = Server::start(vec![status("403 No", "", page), status("500 No", "", page)]).await;
    for _ in 0..2 {
        let mut settings = settings("http://cb.invalid");
        let address = format!("http://ana:s%40cret@127.0.0.1:{}", proxy.port);
        settings.proxy = Some(Proxy::new(&address, "HTTPS_PROXY").unwrap());
        let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("cret"), "{error}");
    }
}
