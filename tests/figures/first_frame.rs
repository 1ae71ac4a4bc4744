//! From the start of the process to its first whole frame: borders, header, editor ready.

use std::{fmt::Write, fs, path::Path, time::Duration};

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use crate::report::{Report, Times, ms, note};
use crate::server::{Server, lampblack};
use crate::support::pty::Pty;

/// How often it is started.
const RUNS: usize = 40;

const BOUND: Duration = Duration::from_millis(20);

/// How long a start may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures it over HTTPS, with the system's trust store and a long history, and for the demonstration.
pub(crate) fn measure(report: &mut Report) {
    let home = TempDir::new().expect("a home");
    let pem = home.path().join("sim.pem");
    let cert_out = pem.display().to_string();
    let server = Server::start(&["--processes", "500", "--tls", "--cert-out", &cert_out]);
    server.configure(home.path(), Some(&pem));
    remember(home.path());
    time(report, "first-frame", "1,000 queries of history, HTTPS", home.path(), || lampblack(&[]));
    drop(server);
    time(report, "first-frame of the demo", "20,000 processes simulated in the same process", home.path(), || {
        lampblack(&["demo"])
    });
}

fn time(report: &mut Report, name: &str, with: &str, home: &Path, command: impl Fn() -> CommandBuilder) {
    let times = Times::new((0..RUNS).map(|_| start(command(), home)).collect());
    report.figure(
        name,
        &format!("median {}, p99 {}", ms(times.median()), ms(times.p99())),
        "median < 20 ms",
        times.median() < BOUND,
        "gitui elsewhere: 25 ms",
    );
    note(&format!("{RUNS} starts at 120x40; {with}"));
}

/// How long the first whole frame takes. It is one that takes a key: nothing less is ready.
fn start(command: CommandBuilder, home: &Path) -> Duration {
    let mut pty = Pty::run(command, home, 120, 40);
    let at = loop {
        let at = pty.next(PATIENCE).unwrap_or_else(|| panic!("no frame:\n{}", pty.text()));
        if is_whole(&pty) {
            break at;
        }
    };
    let took = at - pty.started;
    pty.send("cmdl");
    pty.until("cmdline:");
    pty.send("\x03\x03");
    pty.wait();
    took
}

/// Header, every pane in its frame, the editor with its cursor, the keys that work.
fn is_whole(pty: &Pty) -> bool {
    let screen = pty.text();
    let parts =
        ["read-write", "Query", "Enter to search", "Processes", "No search yet", "Parent chain", "Sensor", "run"];
    let corners = screen.matches('╯').count() + screen.matches('┘').count();
    parts.iter().all(|part| screen.contains(part)) && corners == 4 && !pty.hides_cursor()
}

/// Gives the console a history as long as it keeps.
fn remember(home: &Path) {
    let directory = home.join(".local/state/lampblack");
    fs::create_dir_all(&directory).expect("a directory");
    let mut lines = String::new();
    for n in 0..1_000 {
        let _ = writeln!(
            lines,
            r#"{{"query":"process_name:tool-{n}.exe hostname:WIN-{n}","at":"2026-03-04T10:20:00Z","total":{n},"took_ms":40,"server":"cb.example.com"}}"#
        );
    }
    fs::write(directory.join("history.jsonl"), lines).expect("a history");
}
