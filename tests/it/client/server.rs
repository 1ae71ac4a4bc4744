//! A server that gives prepared answers, one per connection, and keeps what it was asked.

use std::{io::Write, sync::Arc};

use lampblack::{
    api::{Client, Settings},
    model::{Clock, Timings},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// The token of all tests.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// What `tests/goldens` has to say.
pub(crate) const INFO: &str = include_str!("../../goldens/get_info.json");

/// What the server does with a connection.
pub(crate) enum Answer {
    /// Reads a request, sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Reads a request, sends these bytes and then stays silent.
    Stopped(Vec<u8>),
    /// Reads a request and stays silent.
    Silence,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    requests: UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Plain HTTP. After its last answer it accepts no more connections.
    pub(crate) async fn start(answers: Vec<Answer>) -> Self {
        Self::serve(answers, None).await
    }

    /// HTTPS. Handshakes that fail use up no answer.
    pub(crate) async fn start_tls(answers: Vec<Answer>, config: ServerConfig) -> Self {
        Self::serve(answers, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn serve(answers: Vec<Answer>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, requests) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            for answer in answers {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    match &tls {
                        None => talk(stream, &answer, &sender).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => talk(stream, &answer, &sender).await,
                            Err(_) => continue,
                        },
                    }
                    break;
                }
            }
        });
        Self { port, requests, task }
    }

    /// The usual settings for it, with short waits.
    pub(crate) fn settings(&self, scheme: &str) -> Settings {
        settings(&format!("{scheme}://localhost:{}", self.port))
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.settings("http"), None).unwrap()
    }

    /// The next request as text, headers and body.
    pub(crate) async fn request(&mut self) -> String {
        self.requests.recv().await.unwrap()
    }

    /// The number of requests that the test has not read yet.
    pub(crate) fn unread(&mut self) -> usize {
        std::iter::from_fn(|| self.requests.try_recv().ok()).count()
    }
}

/// Settings that never wait long and never look at the environment.
pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = Settings::new(url.parse().unwrap(), TOKEN.into());
    settings.timings = Timings::for_tests();
    settings.clock = Clock::Fixed("2021-03-04T10:15:30Z".parse().unwrap());
    settings
}

/// 200 with a JSON body.
pub(crate) fn json(body: &str) -> Answer {
    status("200 OK", "Content-Type: application/json\r\n", body.as_bytes())
}

/// Any status, with more header lines that each end in CRLF.
pub(crate) fn status(line: &str, headers: &str, body: &[u8]) -> Answer {
    let mut bytes = Vec::new();
    let length = body.len();
    write!(bytes, "HTTP/1.1 {line}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n").unwrap();
    bytes.extend_from_slice(body);
    Answer::Bytes(bytes)
}

/// These very bytes.
pub(crate) fn raw(bytes: &str) -> Answer {
    Answer::Bytes(bytes.into())
}

async fn talk<S>(mut stream: S, answer: &Answer, requests: &UnboundedSender<String>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = read(&mut stream).await;
    let _ = requests.send(request);
    match answer {
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        Answer::Stopped(bytes) => {
            stream.write_all(bytes).await.unwrap();
            stream.flush().await.unwrap();
            std::future::pending::<()>().await;
        }
        Answer::Silence => std::future::pending().await,
    }
}

/// A request up to the end of its body, or as much of it as comes.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let expected = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= expected {
                break;
            }
        } else if !text.starts_with(|char: char| char.is_ascii_uppercase()) {
            // Not HTTP at all: a TLS greeting.
            break;
        }
    }
    text
}
