//! The action log: one of an earlier version, one that is long, one that is locked.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    path::PathBuf,
};

use lampblack::audit::{self, Scan};
use lampblack::changes::ChangeHistory;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::bench::Bench;

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// A log as version 0.1.0 wrote it, of ten lines.
const LOG: &str = include_str!("action_log/actions.jsonl");
const HEAD: &str = include_str!("action_log/actions.head");

impl Bench {
    fn state(&self) -> PathBuf {
        self.home.path().join("state/lampblack")
    }

    fn put_log(&self, log: &str, head: &str) {
        fs::create_dir_all(self.state()).unwrap();
        fs::write(self.state().join(audit::FILE), log).unwrap();
        fs::write(self.state().join(audit::HEAD), head).unwrap();
    }

    async fn ban(&self) -> super::bench::Ran {
        self.run(&["ban", "add", MD5, "--reason", "case 7", "--yes"]).await
    }
}

#[tokio::test]
async fn the_log_of_the_demo_is_read_by_an_option_and_pointed_at() {
    let bench = Bench::start().await;
    let demo = bench.state().join("demo");
    fs::create_dir_all(&demo).unwrap();
    fs::write(demo.join(audit::FILE), LOG).unwrap();
    fs::write(demo.join(audit::HEAD), HEAD).unwrap();
    let real = bench.run(&["log", "show"]).await;
    real.check(0).notes_say("lampblack log show --demo");
    assert!(!real.out.contains("case 7"), "{}", real.out);
    let shown = bench.rows_of(&["log", "show", "--demo"]).await;
    assert_eq!(shown[0]["action"], "ban");
    let verified = bench.run(&["log", "verify", "--demo"]).await;
    assert!(verified.check(0).out.starts_with("Audit log intact: 10 entries"));
    let verified = bench.run(&["log", "verify"]).await;
    assert!(verified.check(0).out.starts_with("Audit log intact: 0 entries"), "{}", verified.out);
}

#[tokio::test]
async fn a_log_of_an_earlier_version_is_shown_verified_and_goes_on() {
    let bench = Bench::start().await;
    bench.put_log(LOG, HEAD);
    let verified = bench.run(&["log", "verify"]).await;
    assert!(verified.check(0).out.starts_with("Audit log intact: 10 entries"), "{}", verified.out);
    let shown = bench.rows_of(&["log", "show"]).await;
    let changes: Vec<_> = shown.iter().map(|row| (row["action"].as_str().unwrap(), &row["outcomes"])).collect();
    let of = |at: usize| changes[at].1.as_array().unwrap().last().unwrap()["stage"].as_str().unwrap();
    assert_eq!(
        [0, 1, 2, 3].map(|at| (changes[at].0, of(at))),
        [("ban", "confirmed"), ("unban", "confirmed"), ("isolate", "confirmed"), ("release", "confirmed"),]
    );
    let journal = ChangeHistory::read(&bench.state()).unwrap();
    assert_eq!((journal.activity.len(), journal.n_older, journal.log_faults), (4, 0, Vec::new()));
    bench.ban().await.check(0);
    let verified = bench.run(&["log", "verify"]).await;
    assert!(verified.check(0).out.starts_with("Audit log intact: 12 entries"), "{}", verified.out);
}

#[tokio::test]
async fn a_change_in_a_log_of_an_earlier_version_is_found() {
    let bench = Bench::start().await;
    bench.put_log(&LOG.replace("false alarm", "false ALARM"), HEAD);
    let verified = bench.run(&["log", "verify"]).await;
    let notes = &verified.check(1).notes;
    assert!(notes.contains("line 4 does not follow the line before it"), "{notes}");
}

/// Writes a log of as many changes, each of two lines, as version 0.1.0 would have done over many months.
fn write_long(bench: &Bench, changes: u64) {
    let lines: Vec<&str> = LOG.lines().collect();
    bench.put_log("", "");
    let path = bench.state().join(audit::FILE);
    let mut file = BufWriter::new(OpenOptions::new().append(true).open(&path).unwrap());
    let (mut prev, mut bytes) = ("0".repeat(64), 0);
    for line in 1..=2 * changes {
        // A ban and its outcome; the 7th change isolates a host for good, the 8th never has an outcome.
        let (change, is_outcome) = (line.div_ceil(2), line % 2 == 0);
        let template = match (change, is_outcome) {
            (7, false) => lines[4],
            (7, true) => lines[6],
            (_, false) => lines[0],
            (_, true) => lines[1],
        };
        let month = 1 + line * 9 / (2 * changes);
        let mut text = template.to_owned();
        let (start, end) = (text.find("\"at\":").unwrap(), text.find(",\"event\"").unwrap());
        text.replace_range(start..end, &format!("\"at\":\"2026-{month:02}-10T08:00:00Z\""));
        let end = text.find(",\"at\"").unwrap();
        text.replace_range(..end, &format!("{{\"line\":{line}"));
        if is_outcome {
            let (start, end) = (text.find("\"of\":").unwrap(), text.find(",\"stage\"").unwrap());
            let of = if change == 8 { 1 } else { line - 1 };
            text.replace_range(start..end, &format!("\"of\":{of}"));
        }
        let start = text.rfind("\"prev\":").unwrap();
        text.replace_range(start.., &format!("\"prev\":\"{prev}\"}}"));
        prev = format!("{:x}", Sha256::digest(&text));
        bytes += text.len() + 1;
        writeln!(file, "{text}").unwrap();
    }
    file.flush().unwrap();
    let head = format!(r#"{{"lines":{},"bytes":{bytes},"last":"{prev}"}}"#, 2 * changes);
    fs::write(bench.state().join(audit::HEAD), head).unwrap();
}

#[tokio::test]
async fn of_a_long_log_only_what_is_shown_is_kept_and_all_of_it_is_archived_and_verified() {
    const CHANGES: u64 = 6_000;
    let bench = Bench::start().await;
    write_long(&bench, CHANGES);
    let journal = ChangeHistory::read(&bench.state()).unwrap();
    assert_eq!(journal.log_faults, Vec::<String>::new());
    let kept = journal.activity.len();
    assert!((1_000..1_010).contains(&kept), "{kept}");
    assert_eq!(journal.n_older, 6_000 - kept);
    assert_eq!(journal.activity[0].line, 2 * CHANGES - 1);
    // However long ago: a host that is cut off.
    let server = &journal.activity[0].submitted.server;
    let isolated: Vec<_> = journal.isolations(server).map(|(_, act)| act.line).collect();
    assert_eq!(isolated, [13]);
    let last = journal.activity.last().unwrap();
    assert_eq!(last.line, 13);

    // The next action moves all of it into archives by month, and the chain goes on.
    bench.ban().await.check(0);
    let mut names: Vec<_> = fs::read_dir(bench.state())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("actions-"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 10, "{names:?}");
    assert_eq!(names[0], "actions-2026-01.jsonl");
    let verified = bench.run(&["log", "verify"]).await;
    assert!(verified.check(0).out.starts_with("Audit log intact: 12002 entries"), "{}", verified.out);
    let shown = bench.rows_of(&["log", "show"]).await;
    assert_eq!(shown.len(), 6_001);
    let lines: Vec<_> = shown.iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert!(lines.is_sorted() && lines[0] == 1 && lines[6_000] == 12_001);
    // The eighth was never heard of again; the outcome that came instead is of the first.
    let n_outcomes = |at: usize| shown[at]["outcomes"].as_array().unwrap().len();
    assert_eq!([0, 1, 7, 6_000].map(n_outcomes), [2, 1, 0, 1]);
    let newest = bench.rows_of(&["log", "show", "--limit", "20"]).await;
    assert_eq!(newest, shown[5_981..]);
    let none = bench.run(&["log", "show", "--limit", "0"]).await;
    assert_eq!(none.check(0).out, "");
    let again = ChangeHistory::read(&bench.state()).unwrap();
    assert_eq!((again.activity[0].line, again.n_older), (12_001, 6_001 - again.activity.len()));
    fs::remove_file(bench.state().join("actions-2026-04.jsonl")).unwrap();
    let verified = bench.run(&["log", "verify"]).await;
    assert!(verified.check(1).notes.contains("does not follow the line before it"));
}

#[tokio::test]
async fn a_command_says_that_it_waits_for_a_log_that_is_locked() {
    let bench = Bench::start().await;
    bench.put_log(LOG, HEAD);
    let other = File::open(bench.state().join(audit::FILE)).unwrap();
    other.lock().unwrap();
    let mut command = bench.command(&["ban", "add", MD5, "--reason", "case 7", "--yes"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut notes = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = notes.next_line().await.unwrap() {
        if line == "note: waiting for another program that has locked the action log" {
            break;
        }
    }
    // Nothing is sent before it is logged.
    assert_eq!(bench.changes(), 0);
    other.unlock().unwrap();
    assert!(child.wait().await.unwrap().success());
    assert_eq!(bench.changes(), 1);
    assert_eq!(Scan::read(&bench.state(), |_| {}).unwrap().faults, []);
}
