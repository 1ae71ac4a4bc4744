//! The built program: run in a home of its own, and served by a simulator that is a program as well.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::pty::Pty;

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A simulator, which ends with this value.
pub(crate) struct Server {
    child: Child,
    /// Kept open, so that it can write.
    _out: BufReader<ChildStdout>,
    home: TempDir,
    pub(crate) url: String,
    pub(crate) token: String,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) notes: String,
}

/// A home directory, with a configuration that names a server.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
}

impl Server {
    /// Starts a small world that is the same every time.
    pub(crate) fn start(more: &[&str]) -> Self {
        let home = TempDir::new().unwrap();
        let world = ["simulate", "--seed", "1", "--processes", "400"];
        let mut child = command(home.path(), &[&world, more].concat()).stdin(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = |label: &str| {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let line = line.trim_end();
            let value = line.strip_prefix(label);
            value.unwrap_or_else(|| panic!("{line:?}")).to_owned()
        };
        let (url, token) = (line("url: "), line("token: "));
        Self { child, _out: out, home, url, token }
    }

    /// The address without the scheme, as the action log names a server.
    pub(crate) fn address(&self) -> &str {
        self.url.split("//").nth(1).unwrap()
    }

    /// Sends a request of the simulator's own, and gives back the body of the answer.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nX-Auth-Token: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address(),
            self.token,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        body.to_owned()
    }

    /// Lets it fail.
    pub(crate) fn fault(&self, fault: &str) {
        self.ask("POST", "/_sim/faults", fault);
    }

    /// Lets it work again.
    pub(crate) fn clear_faults(&self) {
        self.ask("DELETE", "/_sim/faults", "");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.home.path();
    }
}

impl Home {
    /// One that knows no server.
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    /// One whose default profile is this server.
    pub(crate) fn of(server: &Server) -> Self {
        let home = Self::empty();
        home.configure(&format!(
            "[profiles.default]\nurl = \"{}\"\ntoken = \"{}\"\nuser = \"ana\"\n",
            server.url, server.token
        ));
        home
    }

    /// Writes the configuration.
    pub(crate) fn configure(&self, text: &str) {
        self.put(".config/lampblack/config.toml", text);
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// A path below it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A path below the state directory.
    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.path(".local/state/lampblack").join(name)
    }

    /// What the program needs to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        command(self.dir.path(), arguments)
    }

    /// Runs a command with nothing on standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments), "")
    }

    /// Runs a command that has to succeed, and gives back what it printed.
    #[track_caller]
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.exit, 0, "{arguments:?}: {ran:#?}");
        ran.out
    }

    /// Opens the console.
    pub(crate) fn console(&self, arguments: &[&str]) -> Pty {
        Pty::start(arguments, self.dir.path(), 200, 50)
    }
}

/// The program with nothing in its environment but this home.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lampblack"));
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn finish(mut command: Command, input: &str) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended before this is written.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        notes: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until something is so; `what` names it if it never is.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::yield_now();
    }
}
