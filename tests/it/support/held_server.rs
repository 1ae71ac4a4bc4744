//! A server whose answers are held by the test: it takes requests one by one, and answers when the test says so.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
    time::timeout,
};

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// Requests that wait for the test.
pub struct HeldServer {
    /// Where it listens.
    pub url: String,
    inbox: UnboundedReceiver<Asked>,
    _tasks: JoinSet<()>,
}

/// One request, which stays open until it is answered or dropped.
pub struct Asked {
    /// Path and query.
    pub target: String,
    stream: TcpStream,
}

impl HeldServer {
    /// Listens on a free port of this machine.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, inbox) = unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut readers = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sender = sender.clone();
                readers.spawn(async move {
                    if let Some(asked) = Asked::read(stream).await {
                        // The test may be over.
                        let _ = sender.send(asked);
                    }
                });
            }
        });
        Self { url, inbox, _tasks: tasks }
    }

    /// The next request.
    pub async fn next(&mut self) -> Asked {
        let next = timeout(PATIENCE, self.inbox.recv()).await;
        next.expect("a request comes").unwrap()
    }

    /// Whether no request waits to be looked at.
    pub fn is_quiet(&self) -> bool {
        self.inbox.is_empty()
    }
}

impl Asked {
    async fn read(mut stream: TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1).unwrap().to_owned();
        Some(Self { target, stream })
    }

    /// Answers with JSON.
    pub async fn answer(self, json: &str) {
        self.say("200 OK", json).await;
    }

    /// Answers with a status and a body, and closes.
    pub async fn say(mut self, status: &str, body: &str) {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        // The client may have closed the connection.
        let _ = self.stream.write_all(answer.as_bytes()).await;
    }

    /// Waits until the client has closed the connection.
    pub async fn given_up(mut self) {
        let mut rest = [0; 64];
        let ended = async { while let Ok(1..) = self.stream.read(&mut rest).await {} };
        timeout(PATIENCE, ended).await.expect("the request is cancelled");
    }
}
