//! Each state of the hunt view: a snapshot at one size, what matters at all sizes, and two states at all sizes.

use std::time::Duration;

use crate::support::{SIZES, SNAPSHOT_SIZE, stage::Stage, world};
use insta::assert_snapshot;
use lampblack::api::Error;

fn unreachable() -> Error {
    Error::Unreachable { url: "https://cb-prod-01".into(), reason: "connection refused".into() }
}

/// A state of the hunt view.
struct State {
    /// The name of its snapshot.
    name: &'static str,
    /// What is on the screen at every size.
    texts: &'static [&'static str],
    /// Brings a console into it.
    bring: fn(&mut Stage),
}

/// States with a snapshot at one size.
const STATES: [State; 13] = [
    // Nothing asked yet.
    State {
        name: "empty",
        texts: &[
            "No search yet. Type a query and press Enter",
            "e.g. process_name:net.exe, or free text",
            "Sensor",
            "enter run",
        ],
        bring: |stage| {
            stage.answer_all(world::answer);
        },
    },
    // A search on its way.
    State {
        name: "loading",
        texts: &["Searching… ^c cancels", "process_name:rundll32.exe", "in flight 1"],
        bring: |stage| {
            stage.answer_all(world::answer).write("process_name:rundll32.exe").press("enter");
        },
    },
    // A failed refresh keeps what is known and says so.
    State {
        name: "stale",
        texts: &[
            "! cannot reach https://cb-prod-01: connection refused",
            "check the profile's url and proxy, the VPN, and that the",
            "server is running",
            "rundll32.exe",
            "up to 214, row 1",
        ],
        bring: |stage| {
            stage.search("process_name:rundll32.exe").press("r").answer_all(|_| Err(unreachable()));
        },
    },
    // A search that failed.
    State {
        name: "failed",
        texts: &[
            "! no answer from the server within 120s",
            "use a narrower query, a time range or fewer rows",
            "cb-prod-01 no answer",
        ],
        bring: |stage| {
            stage
                .write("process_name:rundll32.exe")
                .press("enter")
                .answer_all(|_| Err(Error::Timeout(Duration::from_mins(2))));
        },
    },
    // The parent chain alone.
    State {
        name: "lineage",
        texts: &[
            "Parent chain",
            "winlogon.exe",
            "└ userinit.exe",
            "└ explorer.exe",
            "└ rundll32.exe",
            "explorer.exe 2516: not on the server",
            "cmdline explorer.exe",
        ],
        bring: |stage| {
            stage.search("a").press("tab k").answer_all(world::answer);
        },
    },
    // The sensor alone.
    State {
        name: "sensor",
        texts: &["Parent chain", "winlogon.exe", "└ rundll32.exe", "rundll32.exe 4000", "cmdline rundll32.exe"],
        bring: |stage| {
            stage.search("a").press("backtab backtab").answer_all(world::answer);
        },
    },
    // A query with a mistake.
    State {
        name: "mistake",
        texts: &["(process_name:net.exe or cmdline:blah", "No search yet. Type a query and press Enter"],
        bring: |stage| {
            stage.answer_all(world::answer).write("(process_name:net.exe or cmdline:blah").press("enter");
        },
    },
    // Completions below the cursor.
    State {
        name: "completion",
        texts: &["process_name:net.exe cmd", "cmdline:", "command line", "tab complete", "2 terms (AND)"],
        bring: |stage| {
            stage.answer_all(world::answer).write("process_name:net.exe cmd");
        },
    },
    // An error in full.
    State {
        name: "error",
        texts: &[
            "Error: rows from 1",
            "cannot reach https://cb-prod-01: connection",
            "refused",
            "hint: check the profile's url and proxy, the",
            "r retries; every request is in the log",
            "esc back",
        ],
        bring: |stage| {
            stage.search("a").press("r").answer_all(|_| Err(unreachable())).press("!");
        },
    },
    // The query history.
    State {
        name: "history",
        texts: &["Query history 1", "2026-03-04 10:20", "214 rows", "enter open", "j next", "k previous"],
        bring: |stage| {
            stage.search("process_name:net.exe").press("ctrl-r");
        },
    },
    // Binaries and what is known of one.
    State {
        name: "binaries",
        texts: &["digsig_publisher:Microsoft*", "FIRST (UTC) v", "RUNDLL32.EXE", "> Unsigned"],
        bring: |stage| {
            stage.answer_all(world::answer).press("esc 5").search("digsig_publisher:Microsoft*").press("esc j");
        },
    },
    // The first bytes of a file.
    State {
        name: "bytes",
        texts: &["First bytes of RUNDLL32.EXE", "00000000", "4d 5a 90 00", "|n this|"],
        bring: |stage| {
            stage.answer_all(world::answer).press("esc 5").search("a").press("esc b").answer_all(world::answer);
        },
    },
    // A prefix shows what may follow.
    State {
        name: "prefix",
        texts: &["c copy command line", "g copy GUID", "h copy hash", "y copy row", "rundll32.exe"],
        bring: |stage| {
            stage.search("a").press("y");
        },
    },
];

/// States with a snapshot at every size: the three columns of the view and the longest list of lines.
const STATES_AT_EVERY_SIZE: [State; 2] = [
    // Processes with chain sensor and binary.
    State {
        name: "ready",
        texts: &["one row per process, newest activity first", "up to 214, row 3", "rundll32.exe"],
        bring: |stage| {
            stage.search("process_name:rundll32.exe").press("j j").answer_all(world::answer);
        },
    },
    // The help.
    State {
        name: "help",
        texts: &["Keys: Processes", "Go to the parent process", "Open the selected item"],
        bring: |stage| {
            stage.search("a").press("?");
        },
    },
];

#[test]
fn every_state_shows_what_matters_at_every_size() {
    for state in STATES {
        for size in SIZES {
            let mut stage = Stage::new(size.0, size.1);
            (state.bring)(&mut stage);
            stage.shows(state.texts);
            if size == SNAPSHOT_SIZE {
                assert_snapshot!(state.name, stage.picture());
            }
        }
    }
}

#[test]
fn the_results_and_the_help_look_as_in_their_snapshots_at_every_size() {
    for state in STATES_AT_EVERY_SIZE {
        for (width, height) in SIZES {
            let mut stage = Stage::new(width, height);
            (state.bring)(&mut stage);
            stage.shows(state.texts);
            assert_snapshot!(format!("{}-{width}x{height}", state.name), stage.picture());
        }
    }
}
