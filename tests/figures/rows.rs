//! The memory that a search without a limit takes, however many rows it has.

use std::{
    fmt, fs,
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::report::{Report, note};
use crate::server::{Server, program};

const FEW: u32 = 20_000;
const MANY: u32 = 200_000;

/// Searches on each side. What the heap is cut into depends on when answers come, by a tenth and more: what counts of a
/// peak is the highest.
const RUNS: usize = 5;

/// Measures it with one server, and another with ten times as much.
pub(crate) fn measure(report: &mut Report) {
    let (few, many) = (Side::of(FEW), Side::of(MANY));
    let grown = (few.highest().over(many.highest()) - 1.0) * 100.0;
    report.figure(
        "rows",
        &format!("peak {} for {} rows, {grown:+.1} %", many.highest(), many.0[0].rows),
        "within 10 %",
        grown.abs() < 10.0,
        &format!("peak {} for {} rows", few.highest(), few.0[0].rows),
    );
    note(&format!(
        "search --limit 0 --format jsonl '*:*'; from {} to {}, and from {} to {}; {:.0} rows a second, {} MB in all",
        few.0[0].peak,
        few.0[RUNS - 1].peak,
        many.0[0].peak,
        many.0[RUNS - 1].peak,
        f64::from(many.0[0].rows) / many.0[0].took.as_secs_f64(),
        many.0[0].bytes / (1024 * 1024)
    ));
}

/// All searches of one server, the one with the lowest peak first.
struct Side(Vec<Run>);

impl Side {
    fn of(processes: u32) -> Self {
        let home = TempDir::new().expect("a home");
        let server = Server::start(&["--processes", &processes.to_string()]);
        server.configure(home.path(), None);
        let mut runs: Vec<_> = (0..RUNS).map(|_| read(home.path())).collect();
        for run in &runs {
            assert!(run.rows >= processes, "only {} rows", run.rows);
        }
        runs.sort_by_key(|run| run.peak);
        Self(runs)
    }

    fn highest(&self) -> Memory {
        self.0[RUNS - 1].peak
    }
}

/// Memory, in kilobytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Memory(u32);

impl Memory {
    /// How often it goes into another.
    fn over(self, other: Self) -> f64 {
        f64::from(other.0) / f64::from(self.0)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} MB", f64::from(self.0) / 1024.0)
    }
}

/// What one search came to.
struct Run {
    rows: u32,
    bytes: usize,
    peak: Memory,
    took: Duration,
}

fn read(home: &Path) -> Run {
    let began = Instant::now();
    let mut child = Command::new(program())
        .args(["search", "--limit", "0", "--format", "jsonl", "*:*"])
        .env_clear()
        .env("HOME", home)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a search");
    let mut out = child.stdout.take().expect("its output");
    let mut run = Run { rows: 0, bytes: 0, peak: Memory(0), took: Duration::ZERO };
    let mut piece = vec![0; 256 * 1024];
    loop {
        // Before every piece, the last one included: once the program has ended, the kernel has forgotten.
        run.peak = run.peak.max(peak(child.id()));
        let n = out.read(&mut piece).expect("its output");
        if n == 0 {
            break;
        }
        run.bytes += n;
        let n_lines = piece[..n].split(|byte| *byte == b'\n').count() - 1;
        run.rows += u32::try_from(n_lines).expect("a count");
    }
    run.took = began.elapsed();
    assert!(child.wait().expect("an end").success());
    run
}

/// The most memory a process has ever had; nothing once it has ended.
fn peak(pid: u32) -> Memory {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).map_or(Memory(0), Memory)
}
