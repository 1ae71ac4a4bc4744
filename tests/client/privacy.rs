//! The token goes into one header and nowhere else.

use std::{
    io,
    sync::{Arc, Mutex},
};

use lampblack::api::Client;
use tokio::sync::mpsc;
use tracing::Instrument;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{INFO, Server, TOKEN, json, status};

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
    for words in [
        "HTTP GET /api/info took ",
        "s (response 401)",
        "s (no response: ",
    ] {
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

/// Whatever a client shows of itself and of its requests.
async fn shown() -> Vec<String> {
    let (sender, mut calls) = mpsc::unbounded_channel();
    let answers = vec![
        json(INFO),
        status("401 No", "", b""),
        status("500 No", "", b"oops"),
    ];
    let server = Server::start(answers).await;
    let mut settings = server.settings("http");
    settings.pace.retries = 0;
    let mut outputs = vec![format!("{settings:?}")];
    let client = Client::new(settings, Some(sender)).unwrap();
    outputs.push(format!("{client:?}"));
    outputs.push(format!("{:?}", client.info().await.unwrap()));
    // Two refusals, and one connection that nobody accepts.
    for _ in 0..3 {
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
    let mut settings = crate::server::settings("https://cb.example.com");
    settings.proxy = Some("http://ana:secret@proxy:3128".into());
    assert!(!format!("{settings:?}").contains("secret"));
    Client::new(settings, None).unwrap();
}
