//! What is printed: one line for each figure, both sides of it, and whether it is met.

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

/// The lines printed so far.
#[derive(Default)]
pub(crate) struct Report {
    n_missed: usize,
}

impl Report {
    /// One figure.
    pub(crate) fn figure(&mut self, name: &str, measured: &str, bound: &str, is_met: bool, against: &str) {
        self.n_missed += usize::from(!is_met);
        let verdict = if is_met { "ok" } else { "MISS" };
        print(&[name, measured, bound, verdict, against]);
    }

    /// The last line, and how it went.
    pub(crate) fn end(self) -> ExitCode {
        if self.n_missed == 0 {
            return ExitCode::SUCCESS;
        }
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("unknown").to_owned();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        note(&format!("{} missed; load of the last minute {load} on {cores} cores", self.n_missed));
        ExitCode::FAILURE
    }
}

/// The titles of the columns.
pub(crate) fn head() {
    print(&["figure", "measured", "bound", "", "measured against"]);
}

/// Something worth knowing that is no figure.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stdout(), "  {text}");
}

fn print(columns: &[&str; 5]) {
    let [name, measured, bound, verdict, against] = columns;
    let line = format!("{name:<24}  {measured:<46}  {bound:<24}  {verdict:<4}  {against}");
    // A closed pipe is whoever reads no longer wanting to.
    let _ = writeln!(io::stdout(), "{}", line.trim_end());
}

/// Durations, sorted.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// The one that all but a hundredth stay below.
    pub(crate) fn p99(&self) -> Duration {
        self.0[(self.0.len() * 99).div_ceil(100).max(1) - 1]
    }

    pub(crate) fn most(&self) -> Duration {
        self.0[self.0.len() - 1]
    }
}

/// A duration in milliseconds, as it is compared.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
