//! From the key to the sheet, and the whole blast radius of a file that is everywhere.

use std::time::{Duration, Instant};

use lampblack::sim::Options;

use crate::report::{Report, ms};
use crate::support::console::{Console, small};

/// What a request takes on its way.
const LATENCY: Duration = Duration::from_millis(20);

/// Hosts that have the file.
const HOSTS: u64 = 400;

/// A file that every Windows host has.
const FILE: &str = "process_name:svchost.exe";

const BOUND: Duration = Duration::from_secs(2);

/// Measures both.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = Options { sensors: 1_700, processes: 100_000, latency: LATENCY, ..small() };
        let mut console = Console::with(options, 120, 40, |_| {}).await;
        console.search(FILE).await.press("esc").await;
        console.shows(&["row 1", "svchost.exe"]);
        let frames = console.n_frames();
        console.asked();
        let mut drawn = Vec::new();
        let began = Instant::now();
        console.press_and_read("B", |screen| drawn.push(screen.to_owned())).await;
        let whole = began.elapsed();
        let first = drawn.first().cloned().unwrap_or_default();
        report.figure(
            "sheet",
            &format!("frame {} has it", drawn.iter().position(|screen| screen.contains("BAN")).map_or(0, |at| at + 1)),
            "the first frame after the key",
            first.contains("BAN") && first.contains("svchost.exe"),
            &format!("{} frames until all of it was there", console.n_frames() - frames),
        );
        let n_asked = console.asked().len();
        let screen = console.text();
        let n_hosts = seen_on(&screen);
        report.figure(
            "blast radius",
            &format!("{} for a hash on {n_hosts} hosts", ms(whole)),
            &format!("{} for {HOSTS} hosts", ms(BOUND)),
            whole < BOUND && n_hosts >= HOSTS,
            &format!("{n_asked} requests, each {} late", ms(LATENCY)),
        );
    });
}

/// How many hosts the sheet says.
fn seen_on(screen: &str) -> u64 {
    let counts = screen.split("seen on ").skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    counts.max().unwrap_or_default()
}
