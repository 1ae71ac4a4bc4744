//! From a key to the last byte that changes because of it, in a terminal.
//!
//! The key moves the cursor of the process list by one row. What the cursor's resting leads to (chain, sensor, binary)
//! begins 80 ms later and is another answer to another question; it has come to an end before the next key.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use crate::report::{Report, Times, ms, note};
use crate::server::lampblack;
use crate::support::pty::Pty;

const WIDTH: u16 = 120;
const HEIGHT: u16 = 40;

/// Keys that are measured, after some that are not.
const KEYS: usize = 300;
const WARM: usize = 20;

/// What a list must hold to count.
const MATCHES: u64 = 100_000;

/// Without output for so long, what the key has changed is on the screen.
const DONE: Duration = Duration::from_millis(30);

/// Without output for so long, everything that followed from it is there, too.
const QUIET: Duration = Duration::from_millis(150);

const MEDIAN: Duration = Duration::from_millis(1);
const P99: Duration = Duration::from_micros(2_500);

/// Measures it, and csvlens beside it where that is installed.
pub(crate) fn measure(report: &mut Report) {
    let home = TempDir::new().expect("a home");
    let mut console = Pty::run(lampblack(&["demo", "--processes", "120000"]), home.path(), WIDTH, HEIGHT);
    console.until("No search yet");
    console.send("process_type:w* OR process_name:*\r");
    console.until("Processes  up to 1");
    console.send("\x1b");
    console.settle(QUIET);
    let total = total(&console.text());
    assert!(total >= MATCHES, "only {total} matches");
    let times = press(&mut console, |pressed, screen| screen.contains(&format!("row {}", pressed + 1)));
    drop(console);

    let beside = csvlens().map(|csvlens| {
        let table = home.path().join("table.csv");
        fs::write(&table, table_of(MATCHES)).expect("a table");
        let mut command = CommandBuilder::new(csvlens);
        command.arg(&table);
        let mut pty = Pty::run(command, home.path(), WIDTH, HEIGHT);
        pty.until("host-1 ");
        pty.settle(QUIET);
        press(&mut pty, |_, _| true)
    });
    let against = match &beside {
        Some(times) => format!("csvlens, here and now: median {}, p99 {}", ms(times.median()), ms(times.p99())),
        None => "csvlens elsewhere: median 1.0 ms, p99 1.4 ms (it is not on PATH here)".into(),
    };
    let is_met = times.median() < MEDIAN && times.p99() < P99;
    report.figure(
        "key",
        &format!("median {}, p99 {}", ms(times.median()), ms(times.p99())),
        "< 1 ms, < 2.5 ms",
        is_met,
        &against,
    );
    note(&format!("{KEYS} keys over {total} matches at {WIDTH}x{HEIGHT}; the slowest took {}", ms(times.most())));
    if !is_met {
        let floor = floor(home.path());
        note(&format!("the terminal alone, echoing a key: median {}, p99 {}", ms(floor.median()), ms(floor.p99())));
    }
}

/// Presses `j` again and again, and takes the time of each; `is_done` gets how often it was pressed, and the screen.
fn press(pty: &mut Pty, is_done: impl Fn(usize, &str) -> bool) -> Times {
    let mut times = Vec::new();
    for pressed in 1..=WARM + KEYS {
        let sent = pty.send("j");
        let mut last = pty.next(Duration::from_secs(5)).unwrap_or_else(|| panic!("nothing happens:\n{}", pty.text()));
        if let Some(later) = pty.settle(DONE) {
            last = later;
        }
        let screen = pty.text();
        assert!(is_done(pressed, &screen), "key {pressed}:\n{screen}");
        if pressed > WARM {
            times.push(last - sent);
        }
        pty.settle(QUIET);
    }
    Times::new(times)
}

/// What a key costs that no program sees: the terminal echoes it.
fn floor(home: &Path) -> Times {
    let mut pty = Pty::run(CommandBuilder::new("/bin/cat"), home, WIDTH, HEIGHT);
    press(&mut pty, |_, _| true)
}

/// The number of matches in the title of the list.
fn total(screen: &str) -> u64 {
    let (_, rest) = screen.split_once("Processes  up to ").expect("a title");
    let digits: String =
        rest.chars().take_while(|char| char.is_ascii_digit() || *char == ',').filter(|char| *char != ',').collect();
    digits.parse().expect("a number")
}

fn csvlens() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join("csvlens")).find(|file| file.is_file())
}

/// A table as wide as the process list, with so many rows.
fn table_of(rows: u64) -> String {
    let mut text = String::from("host,start,parent,process,pid,user,cmdline\n");
    for row in 1..=rows {
        let _ = writeln!(
            text,
            "host-{row} ,2026-03-04 10:20:00,explorer.exe,svchost.exe,{},CORP\\user-{},C:\\Windows\\System32\\svchost.exe -k {row}",
            row % 32768,
            row % 100
        );
    }
    text
}
