//! A server before the simulator that sends back what it must not: the token, in every spelling, wherever there is text.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::SeqCst},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// How the token comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reflection {
    /// In every text of every record.
    Records,
    /// In the words of a refusal, as JSON.
    Refusal,
    /// In the title of an error page.
    Page,
    /// In the address of a redirect.
    Redirect,
    /// In an error message in the place of an answer.
    Message,
}

impl Reflection {
    pub const ALL: [Self; 5] = [Self::Records, Self::Refusal, Self::Page, Self::Redirect, Self::Message];
}

/// The server; it ends when this goes.
pub struct ReflectingServer {
    pub url: String,
    token: String,
    reflection: Arc<AtomicU8>,
    task: JoinHandle<()>,
}

impl Drop for ReflectingServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ReflectingServer {
    /// Starts before the server at `url`, whose token this is.
    pub async fn start(url: &str, token: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let reflection = Arc::new(AtomicU8::new(0));
        let (behind, how) = (url.to_owned(), reflection.clone());
        let task = tokio::spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let mut talks = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let how = Reflection::ALL[usize::from(how.load(SeqCst))];
                talks.spawn(talk(stream, client.clone(), behind.clone(), how));
            }
        });
        Self { url: format!("http://{address}"), token: token.to_owned(), reflection, task }
    }

    /// Reflects like this from now on.
    pub fn reflect(&self, how: Reflection) {
        self.reflection.store(how as u8, SeqCst);
    }

    /// Fails if a text has the token in it, in any of the spellings.
    #[track_caller]
    pub fn is_not_in(&self, text: &str, what: &str) {
        let folded = text.to_lowercase();
        for spelling in spellings(&self.token) {
            // Half a token is a token lost.
            let half = &spelling[..spelling.len() / 2];
            assert!(!folded.contains(&half.to_lowercase()), "{what} has the token in it, as {spelling}:\n{text}");
        }
    }
}

/// The token as it is, in capitals, as in an address, and in base64.
fn spellings(token: &str) -> [String; 4] {
    let write = |byte: u8| format!("%{byte:02x}");
    [token.to_owned(), token.to_uppercase(), token.bytes().map(write).collect(), STANDARD.encode(token)]
}

async fn talk(mut stream: TcpStream, client: reqwest::Client, behind: String, how: Reflection) {
    let Some((head, body)) = read(&mut stream).await else {
        return;
    };
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let token = header("x-auth-token").unwrap_or_default();
    let method: reqwest::Method = method.parse().unwrap();
    // Else nothing would get as far as to change anything.
    let passes = method == reqwest::Method::GET && how != Reflection::Records;
    let is_told = path.starts_with("/api/info") || (passes && path.len() % 2 == 0);
    let answer = if how == Reflection::Records || is_told {
        let asked = client
            .request(method, format!("{behind}{path}"))
            .header("X-Auth-Token", &token)
            .header("Content-Type", "application/json")
            .body(body);
        let answer = asked.send().await.unwrap();
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap();
        let bytes = match serde_json::from_slice::<Value>(&bytes) {
            Ok(mut value) if how == Reflection::Records => {
                add(&mut value, &token);
                value.to_string().into_bytes()
            }
            _ => bytes.to_vec(),
        };
        (status.to_string(), String::new(), bytes)
    } else {
        refusal(how, &token)
    };
    let (status, headers, body) = answer;
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
    let _ = stream.shutdown().await;
}

fn refusal(how: Reflection, token: &str) -> (String, String, Vec<u8>) {
    let all = spellings(token).join(" ");
    let (status, headers, body) = match how {
        Reflection::Records | Reflection::Refusal => {
            let body = json!({"reason": format!("no such user: {all}")}).to_string();
            ("400 Bad Request", String::new(), body)
        }
        Reflection::Page => {
            let body = format!("<html><title>Wrong token {all}</title></html>");
            ("500 Internal Server Error", String::new(), body)
        }
        Reflection::Redirect => {
            let all = spellings(token).join("&");
            let to = format!("Location: https://login.example/?{all}\r\n");
            ("302 Found", to, String::new())
        }
        Reflection::Message => {
            let body = json!({"errorMessage": format!("unknown: {all}")}).to_string();
            ("200 OK", String::new(), body)
        }
    };
    (status.into(), headers, body.into_bytes())
}

/// Puts the token into every text that names nothing, and a member of its own into every record.
fn add(value: &mut Value, token: &str) {
    const TEXTS: [&str; 16] = [
        "cmdline",
        "path",
        "display_name",
        "summary",
        "description",
        "title",
        "notes",
        "text",
        "comments",
        "first_name",
        "os_environment_display_string",
        "sensor_health_message",
        "company_name",
        "signed",
        "provider_url",
        "reason",
    ];
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(text) if TEXTS.contains(&name.as_str()) => {
                        *text = format!("{text} {}", spellings(token).join(" "));
                    }
                    other => add(other, token),
                }
            }
            if members.contains_key("id") || members.contains_key("unique_id") {
                members.insert("reflected".into(), spellings(token).to_vec().into());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| add(value, token)),
        _ => {}
    }
}

async fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&buffer[..length]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_it = name.eq_ignore_ascii_case("content-length");
            is_it.then(|| value.parse::<usize>().unwrap())
        });
        let body = &bytes[end + 4..];
        if body.len() >= length.unwrap_or(0) {
            return Some((head, body.to_vec()));
        }
    }
}
