//! The memory that a search without a limit takes, however many rows it has.

use std::{
    fs,
    io::Read,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::report::Report;
use crate::server::Server;

const FEW: u64 = 20_000;
const MANY: u64 = 200_000;

/// Measures it with one server, and another with ten times as much.
#[expect(clippy::cast_precision_loss, reason = "a report has two digits")]
pub(crate) fn measure(report: &mut Report) {
    let few = read(FEW);
    let many = read(MANY);
    let grown = (many.peak_kb as f64 / few.peak_kb as f64 - 1.0) * 100.0;
    report.figure(
        "rows",
        &format!(
            "peak {:.1} MB for {} rows, {grown:+.1} %",
            many.peak_kb as f64 / 1024.0,
            many.rows
        ),
        "within 10 %",
        grown.abs() < 10.0,
        &format!(
            "peak {:.1} MB for {} rows",
            few.peak_kb as f64 / 1024.0,
            few.rows
        ),
    );
    Report::note(&format!(
        "search --limit 0 --format jsonl '*:*'; {:.0} and {:.0} rows a second, {} MB in all",
        few.rows as f64 / few.took.as_secs_f64(),
        many.rows as f64 / many.took.as_secs_f64(),
        many.bytes / (1024 * 1024)
    ));
}

/// What one search came to.
struct Run {
    rows: u64,
    bytes: u64,
    peak_kb: u64,
    took: Duration,
}

fn read(processes: u64) -> Run {
    let home = TempDir::new().expect("a home");
    let server = Server::start(&["--processes", &processes.to_string()]);
    server.configure(home.path(), None);
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lampblack"))
        .args(["search", "--limit", "0", "--format", "jsonl", "*:*"])
        .env_clear()
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a search");
    let mut out = child.stdout.take().expect("its output");
    let mut run = Run {
        rows: 0,
        bytes: 0,
        peak_kb: 0,
        took: Duration::ZERO,
    };
    let mut piece = vec![0; 256 * 1024];
    loop {
        // Before every piece, the last one included: once the program has ended, the kernel has forgotten.
        run.peak_kb = run.peak_kb.max(peak_kb(child.id()));
        let n = out.read(&mut piece).expect("its output");
        if n == 0 {
            break;
        }
        run.bytes += u64::try_from(n).expect("a length");
        let lines = piece[..n].split(|byte| *byte == b'\n').count() - 1;
        run.rows += u64::try_from(lines).expect("a count");
    }
    run.took = began.elapsed();
    assert!(child.wait().expect("an end").success());
    assert!(run.rows >= processes * 9 / 10, "only {} rows", run.rows);
    run
}

/// The most memory a process has ever had; nothing once it has ended.
fn peak_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default()
}
