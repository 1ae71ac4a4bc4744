//! The figures the console is held to, measured: `cargo bench --bench figures -- [NAME]…`.
//!
//! Every line has what was measured, the bound, and what it was measured against; a miss ends the program with 1.
//! Nothing here runs with the tests: a machine that is busy with something else misses what a quiet one meets, and the
//! last line of a miss says how busy it was.

mod events;
mod filter;
mod first_frame;
mod frame;
mod idle;
mod join;
mod key;
mod log;
mod queue;
mod report;
mod rows;
mod sensors;
mod server;
mod sheet;
#[path = "../it/support/mod.rs"]
mod support;
mod timeline;
mod triage;
mod walk;
mod within;

use std::process::ExitCode;

use report::{Report, note};

/// One figure: its name, and how it is measured.
type Figure = (&'static str, fn(&mut Report));

const FIGURES: [Figure; 15] = [
    ("key", key::measure),
    ("first-frame", first_frame::measure),
    ("frame", frame::measure),
    ("filter", filter::measure),
    ("walk", walk::measure),
    ("join", join::measure),
    ("rows", rows::measure),
    ("sensors", sensors::measure),
    ("events", events::measure),
    ("timeline", timeline::measure),
    ("sheet", sheet::measure),
    ("triage", triage::measure),
    ("queue", queue::measure),
    ("log", log::measure),
    ("idle", idle::measure),
];

fn main() -> ExitCode {
    // Cargo says `--bench` to everything it takes for a benchmark.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mut report = Report::default();
    let unknown = wanted.iter().find(|name| !FIGURES.iter().any(|(known, _)| known == name));
    if let Some(name) = unknown {
        let known: Vec<_> = FIGURES.iter().map(|(known, _)| *known).collect();
        note(&format!("there is no figure {name:?}; there are {}", known.join(", ")));
        return ExitCode::from(2);
    }
    report::head();
    for (name, measure) in FIGURES {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut report);
        }
    }
    report.end()
}
