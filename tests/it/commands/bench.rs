//! A server, a home, and the program run in it.

use std::{
    fs,
    path::PathBuf,
    process::{Output, Stdio},
};

use lampblack::model::Clock;
use lampblack::sim::{self, Options, Running};
use reqwest::{Client, Method};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

/// A server, and a home for whoever asks it.
pub(crate) struct Bench {
    pub server: Running,
    pub home: TempDir,
}

/// What a command left behind.
pub(crate) struct Ran {
    pub exit: i32,
    pub out: String,
    pub notes: String,
}

/// A small world that is the same every time.
pub(crate) fn world() -> Options {
    Options {
        seed: 1,
        processes: 400,
        clock: Clock::Fixed("2026-11-24T12:00:00Z".parse().unwrap()),
        ..Options::default()
    }
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(world()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self { server: sim::start(options).await.unwrap(), home: tempfile::tempdir().unwrap() }
    }

    /// The program with nothing in its environment but this home and this server.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(&self.home, arguments);
        command.env("LAMPBLACK_URL", &self.server.url).env("LAMPBLACK_TOKEN", &self.server.token);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        self.fed(arguments, "").await
    }

    pub(crate) async fn fed(&self, arguments: &[&str], input: &str) -> Ran {
        let ran = finish(self.command(arguments), input).await;
        for said in [&ran.out, &ran.notes] {
            assert!(!said.contains(&self.server.token), "the token is in the output of {arguments:?}");
        }
        ran
    }

    pub(crate) async fn ids(&self, query: &str) -> Vec<String> {
        let ran = self.run(&["search", query, "--format", "jsonl", "--limit", "0"]).await;
        ran.json_lines().iter().map(|row| row.text("id")).collect()
    }

    /// The hash of the only binary that was seen under a name.
    pub(crate) async fn md5(&self, name: &str) -> String {
        let query = format!("observed_filename:{name}");
        let ran = self.run(&["binary", "search", &query, "--format", "jsonl"]).await;
        let rows = ran.check(0).json_lines();
        assert_eq!(rows.len(), 1, "{name}");
        rows[0].text("md5").to_lowercase()
    }

    /// Requests that were to change something, as the server saw them.
    pub(crate) fn changes(&self) -> usize {
        let seen = self.server.seen_requests();
        seen.iter().filter(|seen| seen.method != "GET").count()
    }

    /// The records that a command shows.
    pub(crate) async fn rows_of(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.run(&[arguments, &["--format", "jsonl"]].concat()).await;
        ran.check(0).json_lines()
    }

    /// The rows that a command lists, all of them, or none.
    pub(crate) async fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let format = ["--format", "jsonl", "--limit", "0"];
        let ran = self.run(&[arguments, &format].concat()).await;
        assert!(matches!(ran.exit, 0 | 3), "{}", ran.notes);
        ran.json_lines()
    }

    /// Has somebody else change something on the server.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) {
        // There may be one already, of another test.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        let asked = client
            .request(method, format!("{}{path}", self.server.url))
            .header("X-Auth-Token", &self.server.token)
            .json(&body);
        assert!(asked.send().await.unwrap().status().is_success(), "{path}");
        self.server.forget_requests();
    }

    pub(crate) fn fault(&self, fault: Value) {
        self.server.add_fault(serde_json::from_value(fault).unwrap());
    }

    /// Waits until the server has got a request that is to change something.
    pub(crate) async fn until_sent(&self) {
        while self.changes() == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn log(&self) -> PathBuf {
        let logs = self.home.path().join("state/lampblack/log");
        let mut files = fs::read_dir(logs).unwrap();
        files.next().unwrap().unwrap().path()
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn check(&self, exit: i32) -> &Self {
        assert_eq!(self.exit, exit, "out: {}\nnotes: {}", self.out, self.notes);
        self
    }

    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.out.contains(words), "{words:?} is not in {}", self.out);
        self
    }

    #[track_caller]
    pub(crate) fn notes_say(&self, words: &str) -> &Self {
        assert!(self.notes.contains(words), "{words:?} is not in {}", self.notes);
        self
    }
}

pub(crate) trait Members {
    fn text(&self, name: &str) -> String;
}

impl Members for Value {
    #[track_caller]
    fn text(&self, name: &str) -> String {
        match &self[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

pub(crate) fn bare(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lampblack"));
    let path = |name: &str| home.path().join(name);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("XDG_CONFIG_HOME", path("config"))
        .env("XDG_STATE_HOME", path("state"))
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) async fn finish(mut command: Command, input: &str) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended before this is written.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().await.unwrap();
    Ran {
        exit: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        notes: String::from_utf8(stderr).unwrap(),
    }
}

/// The two processes of the official documentation's example.
pub(crate) const NET: &str = r#"process_name:net.exe hostname:win-ia9nq1gn8oi cmdline:"\\test\blah""#;
