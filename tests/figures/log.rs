//! A long action log: how soon the console has it, and what it takes in memory.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use lampblack::audit;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::report::{Report, ms, note};
use crate::server::{Server, lampblack, program};
use crate::support::pty::Pty;

/// Lines of the log: half of them actions, half of them what became of those.
const LINES: u64 = 200_000;

/// How soon the console has read it.
const BOUND: Duration = Duration::from_secs(1);

/// How much more memory it may take than without a log, in kilobytes.
const MORE: u64 = 32 << 10;

/// Measures the console and the commands that read the log.
pub(crate) fn measure(report: &mut Report) {
    let server = Server::start(&["--processes", "2000"]);
    let without = Home::of(&server);
    let with = Home::of(&server);
    let bytes = write_log(&with.state());
    note(&format!("the log has {LINES} lines and {} MB", bytes / 1_000_000));
    let (empty, long) = (console(&without), console(&with));
    report.figure(
        "log, opened",
        &ms(long.took),
        &format!("< {} s", BOUND.as_secs()),
        long.took < BOUND,
        &format!("{} without a log", ms(empty.took)),
    );
    more(report, "log, opened", long.peak, empty.peak);
    more(report, "log, after an action", long.acted, empty.acted);
    for arguments in [&["log", "show", "--format", "jsonl"][..], &["log", "show", "--limit", "20"], &["log", "verify"]]
    {
        let (empty, long) = (run(&without, arguments), run(&with, arguments));
        more(report, &arguments.join(" "), long.peak, empty.peak);
        note(&format!("{} in {}", arguments.join(" "), ms(long.took)));
    }
}

fn more(report: &mut Report, name: &str, with: u64, without: u64) {
    let more = with.saturating_sub(without);
    report.figure(
        name,
        &format!("{} MiB more", more >> 10),
        &format!("< {} MiB more", MORE >> 10),
        more < MORE,
        &format!("peak {} MiB, {} MiB without", with >> 10, without >> 10),
    );
}

/// A home with a configuration, and perhaps with a log.
struct Home(TempDir);

impl Home {
    fn of(server: &Server) -> Self {
        let home = TempDir::new().expect("a home");
        server.configure(home.path(), None);
        Self(home)
    }

    fn state(&self) -> PathBuf {
        self.0.path().join(".local/state/lampblack")
    }
}

/// What a console or a command came to. Memory is in kilobytes.
struct Run {
    took: Duration,
    peak: u64,
    /// After an action, where there was one.
    acted: u64,
}

/// A console from its start until it has read the log, and then after a ban.
fn console(home: &Home) -> Run {
    let began = Instant::now();
    let mut pty = Pty::run(lampblack(&[]), home.0.path(), 120, 36);
    pty.until("No search yet");
    pty.send("\x1b");
    pty.until("? help");
    pty.send("@");
    pty.until(if has_lines(&home.state()) { "CONFIRMED" } else { "No actions yet" });
    let took = began.elapsed();
    pty.settle(Duration::from_millis(500));
    let peak = peak(pty.pid());
    pty.send("8");
    pty.until("Bans ");
    pty.send("a");
    pty.until("Ban hashes");
    pty.send(&format!("{:032x}\r", pty.pid()));
    pty.until("a reason is required");
    pty.send("case 7\t\t\r");
    pty.until("CONFIRMED; banned");
    pty.settle(Duration::from_millis(500));
    Run { took, peak, acted: self::peak(pty.pid()) }
}

fn has_lines(state: &Path) -> bool {
    fs::metadata(state.join(audit::FILE)).is_ok_and(|file| file.len() > 0)
}

/// A command, whose output is read and dropped.
fn run(home: &Home, arguments: &[&str]) -> Run {
    let began = Instant::now();
    let mut child = Command::new(program())
        .args(arguments)
        .env_clear()
        .env("HOME", home.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a command");
    let mut out = child.stdout.take().expect("its output");
    let reader = std::thread::spawn(move || {
        let mut piece = vec![0; 256 * 1024];
        while out.read(&mut piece).is_ok_and(|n| n > 0) {}
    });
    let mut highest = 0;
    // Once the program has ended, the kernel has forgotten.
    while child.try_wait().expect("a child").is_none() {
        highest = highest.max(peak(child.id()));
        std::thread::yield_now();
    }
    reader.join().expect("its output");
    Run { took: began.elapsed(), peak: highest, acted: 0 }
}

/// The most memory a process has ever had, in kilobytes; nothing once it has ended.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default()
}

/// Writes a log of bans, as a year of a busy team leaves it. Returns how many bytes it has.
fn write_log(state: &Path) -> u64 {
    fs::create_dir_all(state).expect("a directory");
    let file = File::create(state.join(audit::FILE)).expect("a log");
    let mut file = BufWriter::new(file);
    let (mut prev, mut bytes) = ("0".repeat(64), 0);
    for line in 1..=LINES {
        let deed = line.div_ceil(2);
        let at = format!("2025-{:02}-10T08:00:00Z", 1 + line * 11 / LINES);
        let md5 = format!("{deed:032x}");
        let note = format!("case {deed}: dropper of the campaign, by its hash (INC-{deed})");
        let entry = if line % 2 == 1 {
            json!({
                "line": line, "at": at, "event": "sending",
                "who": {"os_user": "analyst (uid 1000)", "user": "jdoe", "machine": "soc-1"},
                "server": "127.0.0.1", "deed": "ban",
                "target": {"kind": "hash", "id": md5, "name": md5},
                "reason": note,
                "requests": [{
                    "method": "POST", "path": "/api/v1/banning/blacklist",
                    "body": {"md5hash": md5, "text": note},
                }],
                "before": {"enabled": false},
                "wanted": {"enabled": true, "text": note},
                "prev": prev,
            })
        } else {
            json!({
                "line": line, "at": at, "event": "known", "of": line - 1, "stage": "confirmed",
                "after": {"enabled": true, "text": note, "username": "admin"},
                "note": format!("banned by admin on 2025-01-10 08:00Z: {note}"),
                "prev": prev,
            })
        };
        let text = entry.to_string();
        prev = format!("{:x}", Sha256::digest(&text));
        bytes += u64::try_from(text.len()).expect("a length") + 1;
        writeln!(file, "{text}").expect("a line");
    }
    file.flush().expect("a log");
    let head = json!({"lines": LINES, "bytes": bytes, "last": prev});
    fs::write(state.join(audit::HEAD), head.to_string()).expect("a head");
    bytes
}
