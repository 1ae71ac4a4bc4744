//! A console nobody touches: what it writes, what it costs, and how often it wakes up.

use std::{
    collections::HashMap,
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::report::{Report, note};
use crate::server::{Server, lampblack};
use crate::support::pty::Pty;

/// How long nobody touches it, unless `LAMPBLACK_IDLE` says otherwise, in seconds.
const SECONDS: u64 = 60;

/// Measures the console on a server of its own process, and the demonstration, at the same time.
pub(crate) fn measure(report: &mut Report) {
    let seconds = env::var("LAMPBLACK_IDLE").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(SECONDS);
    let home = TempDir::new().expect("a home");
    let server = Server::start(&["--processes", "2000"]);
    server.configure(home.path(), None);
    let runs: [(&str, &[&str]); 2] = [("idle", &[]), ("idle demo", &["demo", "--processes", "2000"])];
    let mut watched: Vec<_> = runs
        .into_iter()
        .map(|(name, arguments)| {
            let mut pty = Pty::run(lampblack(arguments), home.path(), 120, 40);
            pty.until("No search yet");
            pty.send("process_name:*\r");
            pty.until("ISOLATED");
            // Neither another size nor the key after it may leave anything awake.
            pty.resize(118, 38);
            pty.settle(Duration::from_millis(500));
            pty.send("\x1b");
            (name, pty)
        })
        .collect();
    for (_, pty) in &mut watched {
        // From the moment on at which everything that was asked for is there.
        pty.settle(Duration::from_millis(500));
        pty.written.clear();
    }
    let began: Vec<_> = watched.iter().map(|(_, pty)| Life::of(pty.pid())).collect();
    let deadline = Instant::now() + Duration::from_secs(seconds);
    for (_, pty) in &mut watched {
        while pty.next(deadline.saturating_duration_since(Instant::now())).is_some() {}
    }
    for ((name, pty), began) in watched.iter().zip(&began) {
        let ended = Life::of(pty.pid());
        let n_bytes = pty.written.len();
        let ticks = ended.ticks - began.ticks;
        let woken = ended.woken_since(began);
        let n_wakes: u64 = woken.iter().map(|(_, times)| times).sum();
        report.figure(
            name,
            &format!("{n_bytes} bytes, {ticks} ticks of CPU, {n_wakes} wake-ups"),
            "0, 0, at most 1",
            n_bytes == 0 && ticks == 0 && n_wakes <= 1,
            &format!("{seconds} s with a result on the screen"),
        );
        for (thread, times) in woken.iter().filter(|_| n_wakes > 1) {
            note(&format!("{thread} woke up {times} times"));
        }
    }
}

/// What the kernel says of a process so far.
struct Life {
    /// Processor time, in ticks of the kernel: a hundredth of a second.
    ticks: u64,
    /// How often each thread gave the processor away by itself, by its id, with its name.
    threads: HashMap<String, (String, u64)>,
}

impl Life {
    fn of(pid: u32) -> Self {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let stat = fs::read_to_string(process.join("stat")).expect("a process");
        // The name is in parentheses and may hold anything; user and system time are the 12th and 13th after it.
        let (_, rest) = stat.rsplit_once(')').expect("a name");
        let ticks = rest.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
        let mut threads = HashMap::new();
        for thread in fs::read_dir(process.join("task")).expect("threads").flatten() {
            // A thread may end while it is looked at.
            let Ok(status) = fs::read_to_string(thread.path().join("status")) else {
                continue;
            };
            let value = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim().to_owned()
            };
            let n_waits = value("voluntary_ctxt_switches:").parse().expect("a number");
            let id = thread.file_name().display().to_string();
            threads.insert(id, (value("Name:"), n_waits));
        }
        Self { ticks, threads }
    }

    /// The threads that woke up, and how often. One that is gone woke up to end.
    fn woken_since(&self, began: &Self) -> Vec<(String, u64)> {
        let mut woken: Vec<_> = self
            .threads
            .iter()
            .map(|(id, (name, n_waits))| {
                let before = began.threads.get(id).map_or(0, |(_, n_waits)| *n_waits);
                (name.clone(), n_waits - before)
            })
            .filter(|(_, times)| *times > 0)
            .collect();
        let gone = began.threads.iter().filter(|(id, _)| !self.threads.contains_key(*id));
        woken.extend(gone.map(|(_, (name, _))| (format!("{name}, which has ended,"), 1)));
        woken.sort();
        woken
    }
}
