//! Tests of writing, archiving and verifying the log, with damage of every kind.

use std::{fs, thread};

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{self, Runtime};

use super::*;

fn submitted_event(reason: &str) -> LogEvent {
    LogEvent::Sending(Box::new(Submitted {
        who: Actor { os_user: Some("ana".into()), user: None, machine: None },
        server: "https://cb.example.com".into(),
        verb: "isolate".into(),
        target: LoggedTarget { kind: "sensor".into(), id: "3".into(), name: "WS-3".into() },
        reason: Some(reason.into()),
        ticket: None,
        undoes: None,
        batch: None,
        follows: None,
        requests: vec![LoggedRequest {
            method: "PUT".into(),
            path: "/api/v1/sensor/3".into(),
            body: json!({"network_isolation_enabled": true}),
        }],
        before: json!({"network_isolation_enabled": false, "is_isolating": false}),
        desired: json!({"is_isolating": true}),
        change: Value::Null,
    }))
}

fn outcome_event(of: u64, stage: LoggedStage) -> LogEvent {
    LogEvent::Known(Box::new(LoggedOutcome { of, stage, after: Value::Null, note: String::new() }))
}

/// Appends a line of January 1970.
fn append(log: &mut AuditLog, event: LogEvent) -> Result<u64, FileError> {
    append_at(log, Timestamp::UNIX_EPOCH, event)
}

fn append_at(log: &mut AuditLog, at: Timestamp, event: LogEvent) -> Result<u64, FileError> {
    thread_local! {
        static RUNTIME: Runtime = runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(log.append(at, event)))
}

/// Creates a log of `n_changes` changes, each confirmed.
fn log(n_changes: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut log = AuditLog::open(dir.path()).unwrap();
    for change in 0..n_changes {
        let of = append(&mut log, submitted_event(&format!("case {change}"))).unwrap();
        let confirmed = outcome_event(of, LoggedStage::Confirmed);
        append(&mut log, confirmed).unwrap();
    }
    dir
}

fn text(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join(FILE)).unwrap()
}

fn write_log(dir: &TempDir, text: impl AsRef<[u8]>) {
    fs::write(dir.path().join(FILE), text).unwrap();
}

fn log_faults(dir: &TempDir) -> Vec<String> {
    let result = verify(dir.path()).unwrap();
    result.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_log_can_be_read_and_verified() {
    let dir = log(3);
    let result = verify(dir.path()).unwrap();
    assert_eq!((result.entries.len(), result.faults), (6, Vec::new()));
    assert_eq!(result.recorded_head, Some(result.log_head));
    assert_eq!(result.entries[2].event, submitted_event("case 1"));
    assert_eq!(result.entries[3].event, outcome_event(3, LoggedStage::Confirmed));
}

#[test]
fn a_missing_log_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(log_faults(&dir), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn other_users_cannot_read_the_log() {
    use std::os::unix::fs::PermissionsExt;
    let dir = log(1);
    for file in [FILE, HEAD] {
        let mode = fs::metadata(dir.path().join(file)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_changed_word_is_detected() {
    let dir = log(2);
    write_log(&dir, text(&dir).replace("case 0", "case 7"));
    assert_eq!(log_faults(&dir), ["line 2 does not follow the line before it: lines were changed, moved or removed"]);
}

#[test]
fn swapped_lines_are_detected() {
    let dir = log(2);
    let text = text(&dir);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.swap(1, 2);
    write_log(&dir, lines.concat());
    assert!(log_faults(&dir).contains(&"line 2 has the number 3".into()));
}

#[test]
fn a_removed_line_is_detected() {
    let dir = log(2);
    let text = text(&dir);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.remove(1);
    write_log(&dir, lines.concat());
    assert!(log_faults(&dir)[0].starts_with("line 2 has the number 3"));
}

#[test]
fn truncation_is_detected_by_the_head() {
    let dir = log(2);
    let text = text(&dir);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    write_log(&dir, lines[..3].concat());
    assert_eq!(log_faults(&dir), ["the log has 3 lines and had 4: its end was removed"]);
    fs::remove_file(dir.path().join(FILE)).unwrap();
    assert_eq!(log_faults(&dir), ["the log has 0 lines and had 4: its end was removed"]);
}

#[test]
fn a_missing_head_is_reported() {
    let dir = log(1);
    fs::remove_file(dir.path().join(HEAD)).unwrap();
    assert_eq!(log_faults(&dir), ["actions.head is missing: a removed end cannot be detected"]);
}

#[test]
fn a_crash_before_the_head_is_written_is_no_damage() {
    let dir = log(1);
    let head = fs::read(dir.path().join(HEAD)).unwrap();
    let mut log = AuditLog::open(dir.path()).unwrap();
    append(&mut log, submitted_event("more")).unwrap();
    fs::write(dir.path().join(HEAD), head).unwrap();
    assert_eq!(log_faults(&dir), Vec::<String>::new());
}

#[test]
fn the_next_append_removes_an_incomplete_line_and_logs_that() {
    let dir = log(1);
    let partial = r#"{"line":3,"at":"2026"#;
    write_log(&dir, format!("{}{partial}", text(&dir)));
    assert_eq!(
        log_faults(&dir),
        ["the last 20 bytes are an incomplete line, e.g. after a crash; the next action repairs it"]
    );
    let mut log = AuditLog::open(dir.path()).unwrap();
    let line = append(&mut log, submitted_event("next")).unwrap();
    assert_eq!(line, 4);
    let result = verify(dir.path()).unwrap();
    assert_eq!(result.faults, Vec::new());
    let repaired = LogEvent::Repaired { bytes: 20, text: partial.into() };
    assert_eq!(result.entries[2].event, repaired);
}

#[test]
fn a_line_longer_than_the_read_step_is_found() {
    let dir = log(0);
    let mut log = AuditLog::open(dir.path()).unwrap();
    for reason in ["short", &"long ".repeat(20_000), "after it"] {
        append(&mut log, submitted_event(reason)).unwrap();
    }
    assert_eq!(log_faults(&dir), Vec::<String>::new());
}

#[test]
fn a_log_with_an_invalid_last_line_cannot_be_appended_to() {
    let dir = log(1);
    write_log(&dir, format!("{}an edit\n", text(&dir)));
    let mut log = AuditLog::open(dir.path()).unwrap();
    let error = append(&mut log, submitted_event("x"));
    assert!(error.unwrap_err().to_string().contains("its last line is not an entry"));
}

#[test]
fn concurrent_writers_write_one_chain() {
    let dir = log(0);
    thread::scope(|scope| {
        for writer in 0..8 {
            let dir = dir.path();
            scope.spawn(move || {
                let mut log = AuditLog::open(dir).unwrap();
                for n in 0..20 {
                    let event = submitted_event(&format!("{writer} {n}"));
                    append(&mut log, event).unwrap();
                }
            });
        }
    });
    let result = verify(dir.path()).unwrap();
    assert_eq!((result.entries.len(), result.faults), (160, Vec::new()));
    assert_eq!(result.recorded_head, Some(result.log_head));
}

#[test]
fn reading_during_writes_finds_no_damage() {
    let dir = log(0);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let dir = dir.path();
                scope.spawn(move || {
                    let mut log = AuditLog::open(dir).unwrap();
                    // Longer than a memory page: a reader may see a write of more than one page in part.
                    let reason = format!("{writer} {}", "long ".repeat(20_000));
                    for _ in 0..40 {
                        let event = submitted_event(&reason);
                        append(&mut log, event).unwrap();
                    }
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            assert_eq!(log_faults(&dir), Vec::<String>::new());
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_changed_byte_is_detected(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let dir = log(3);
        let mut bytes = text(&dir).into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        write_log(&dir, bytes);
        prop_assert!(!verify(dir.path()).unwrap().faults.is_empty());
    }

    #[test]
    fn truncation_at_any_byte_is_detected(at in any::<prop::sample::Index>()) {
        let dir = log(3);
        let bytes = text(&dir).into_bytes();
        let at = at.index(bytes.len());
        write_log(&dir, &bytes[..at]);
        prop_assert!(!verify(dir.path()).unwrap().faults.is_empty());
    }
}

#[test]
fn removed_lines_are_reported_even_after_more_are_appended() {
    let dir = log(2);
    let original = text(&dir);
    let lines: Vec<&str> = original.split_inclusive('\n').collect();
    write_log(&dir, lines[..2].concat());
    let mut log = AuditLog::open(dir.path()).unwrap();
    append(&mut log, submitted_event("next")).unwrap();
    let expected = "line 3 records an earlier change of the log: the log had 4 lines, only 2 are left";
    assert_eq!(log_faults(&dir), [expected]);
    // The damage is reported for good.
    append(&mut log, submitted_event("more")).unwrap();
    assert_eq!(log_faults(&dir), [expected]);
    fs::remove_file(dir.path().join(FILE)).unwrap();
    let mut log = AuditLog::open(dir.path()).unwrap();
    append(&mut log, submitted_event("anew")).unwrap();
    assert!(log_faults(&dir)[0].contains("the log had 5 lines, only 0 are left"));
}

#[test]
fn an_actor_is_an_account_on_a_machine_with_a_configured_user() {
    let who = |os_user: &str, user: Option<&str>, machine: Option<&str>| Actor {
        os_user: Some(os_user.into()),
        user: user.map(str::to_owned),
        machine: machine.map(str::to_owned),
    };
    let mine = who("soc (uid 7)", Some("ana"), Some("bastion"));
    assert!(mine.is_same_actor(&mine));
    for other in [
        who("root (uid 0)", Some("ana"), Some("bastion")),
        who("soc (uid 7)", Some("kim"), Some("bastion")),
        who("soc (uid 7)", None, Some("bastion")),
        who("soc (uid 7)", Some("ana"), Some("laptop")),
        // As older versions logged it.
        who("soc (uid 7)", Some("ana"), None),
        Actor::default(),
    ] {
        assert!(!other.is_same_actor(&mine), "{other:?}");
        assert!(!mine.is_same_actor(&other), "{other:?}");
    }
    assert!(!Actor::default().is_same_actor(&Actor::default()));
}

#[test]
fn the_environment_names_the_account_first() {
    assert!(Actor::from_account(Some("ana"), None).os_user.unwrap().starts_with("ana (uid "));
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn noon(date: &str) -> Timestamp {
    format!("{date}T12:00:00Z").parse().unwrap()
}

/// Creates a log with a line for each of these days.
fn log_of(days: &[&str]) -> TempDir {
    let dir = log(0);
    let mut log = AuditLog::open(dir.path()).unwrap();
    for day in days {
        append_at(&mut log, noon(day), submitted_event(day)).unwrap();
    }
    dir
}

#[test]
fn the_lines_of_earlier_months_are_archived_and_the_chain_goes_on() {
    let days = ["2026-09-01", "2026-09-30", "2026-10-01", "2026-11-02", "2026-11-03"];
    let dir = log_of(&days);
    let expected = ["actions-2026-09.jsonl", "actions-2026-10.jsonl", HEAD, FILE];
    assert_eq!(names(&dir), expected);
    assert_eq!(text(&dir).lines().count(), 2);
    let result = verify(dir.path()).unwrap();
    assert_eq!((result.entries.len(), result.faults), (5, Vec::new()));
    assert_eq!(result.recorded_head, Some(result.log_head));
    for (entry, day) in result.entries.iter().zip(days) {
        assert_eq!(entry.event, submitted_event(day));
    }
}

#[test]
fn a_log_of_many_months_in_one_file_is_split_by_the_next_line() {
    let dir = log_of(&["2026-09-01", "2026-10-01", "2026-11-02"]);
    // Older versions wrote all months to one file.
    let archives = ["actions-2026-09.jsonl", "actions-2026-10.jsonl"].map(|name| dir.path().join(name));
    let old: String = archives.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let all_lines = old + &text(&dir);
    for path in archives {
        fs::remove_file(path).unwrap();
    }
    write_log(&dir, &all_lines);
    assert_eq!(log_faults(&dir), Vec::<String>::new());
    let mut log = AuditLog::open(dir.path()).unwrap();
    append_at(&mut log, noon("2026-11-04"), submitted_event("next")).unwrap();
    let expected = ["actions-2026-09.jsonl", "actions-2026-10.jsonl", "actions-2026-11.jsonl", HEAD, FILE];
    assert_eq!(names(&dir), expected);
    assert_eq!(log_faults(&dir), Vec::<String>::new());
    // More lines of the current month are appended to its archive.
    append_at(&mut log, noon("2026-12-01"), submitted_event("last")).unwrap();
    assert_eq!(names(&dir), expected);
    let result = verify(dir.path()).unwrap();
    assert_eq!((result.entries.len(), result.faults), (5, Vec::new()));
}

#[test]
fn a_clock_set_back_does_not_change_the_order_of_lines() {
    let dir = log_of(&["2026-12-31", "2027-01-01", "2026-11-01", "2027-02-01", "2026-11-02"]);
    assert_eq!(log_faults(&dir), Vec::<String>::new());
    let result = verify(dir.path()).unwrap();
    let lines: Vec<_> = result.entries.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5]);
}

#[test]
fn interrupted_archiving_loses_nothing() {
    let dir = log_of(&["2026-10-01", "2026-10-02", "2026-10-03"]);
    let original = text(&dir);
    let archive = dir.path().join("actions-2026-10.jsonl");
    // However many bytes were copied when it was interrupted; the last line may be incomplete.
    for n_copied in [0, 10, original.len() / 2, original.len() - 1, original.len()] {
        fs::write(&archive, &original[..n_copied]).unwrap();
        assert_eq!(log_faults(&dir), Vec::<String>::new(), "{n_copied} bytes were copied");
        let mut log = AuditLog::open(dir.path()).unwrap();
        append_at(&mut log, noon("2026-11-01"), submitted_event("next")).unwrap();
        let result = verify(dir.path()).unwrap();
        assert_eq!((result.entries.len(), result.faults), (4, Vec::new()));
        assert_eq!(fs::read_to_string(&archive).unwrap(), original);
        write_log(&dir, &original);
        fs::remove_file(dir.path().join(HEAD)).unwrap();
        fs::remove_file(&archive).unwrap();
        LogHead::default().save(dir.path()).unwrap();
    }
}

#[test]
fn any_change_of_an_archive_is_detected() {
    let days = ["2026-09-01", "2026-10-01", "2026-11-01"];
    let archive = "actions-2026-09.jsonl";
    let faults_after = |change: &dyn Fn(&Path)| {
        let dir = log_of(&days);
        change(&dir.path().join(archive));
        log_faults(&dir)
    };
    let removed = faults_after(&|path| fs::remove_file(path).unwrap());
    assert!(removed[0].starts_with("line 1 has the number 2"), "{removed:?}");
    let edited = faults_after(&|path| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text.replace("2026-09-01\"", "2026-09-07\"")).unwrap();
    });
    assert!(edited[0].starts_with("line 2 does not follow"), "{edited:?}");
    let renamed = faults_after(&|path| fs::rename(path, path.with_file_name("actions-2026-12.jsonl")).unwrap());
    assert!(!renamed.is_empty());
    let torn = faults_after(&|path| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, &text[..text.len() - 1]).unwrap();
    });
    assert!(!torn.is_empty());
}

#[test]
fn a_missing_newest_archive_is_detected_by_the_head() {
    let dir = log_of(&["2026-09-01", "2026-10-01"]);
    write_log(&dir, "");
    fs::remove_file(dir.path().join("actions-2026-09.jsonl")).unwrap();
    assert_eq!(log_faults(&dir), ["the log has 0 lines and had 2: its end was removed"]);
}

#[test]
fn waiting_for_the_lock_can_be_cancelled() {
    let dir = log(1);
    let other = fs::File::open(dir.path().join(FILE)).unwrap();
    other.lock().unwrap();
    let (sender, mut waits) = mpsc::unbounded_channel();
    let lock_wait = LockWait { interval: Duration::from_millis(1), tx: Some(sender), ..LockWait::default() };
    let log = AuditLog::open(dir.path()).unwrap();
    let mut log = log.with_lock_wait(lock_wait.clone());
    let cancel = thread::spawn(move || {
        // A change that is not sent yet can be cancelled.
        assert_eq!(waits.blocking_recv(), Some(true));
        lock_wait.cancel.notify_waiters();
        assert_eq!(waits.blocking_recv(), Some(false));
        // The outcome of a change that was sent must be logged in any case.
        assert_eq!(waits.blocking_recv(), Some(true));
        lock_wait.cancel.notify_waiters();
        other.unlock().unwrap();
        assert_eq!(waits.blocking_recv(), Some(false));
    });
    let error = append(&mut log, submitted_event("a")).unwrap_err().to_string();
    assert!(error.ends_with(CANCELED), "{error}");
    assert_eq!(append(&mut log, outcome_event(1, LoggedStage::Confirmed)), Ok(3));
    cancel.join().unwrap();
    assert_eq!(log_faults(&dir), Vec::<String>::new());
}

#[test]
fn a_locked_log_is_read_without_the_lock() {
    let dir = log(2);
    let other = fs::File::open(dir.path().join(FILE)).unwrap();
    other.lock().unwrap();
    // The process that holds the lock is in the middle of a line.
    write_log(&dir, text(&dir) + "{\"line\":");
    let mut n = 0;
    let scan = Scan::read(dir.path(), |_| n += 1).unwrap();
    assert_eq!((n, scan.is_locked, scan.faults), (4, true, Vec::new()));
}

#[test]
fn a_fifo_in_place_of_the_log_is_an_error_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    for error in [AuditLog::open(dir.path()).unwrap_err(), verify(dir.path()).unwrap_err()] {
        let error = error.to_string();
        assert!(error.ends_with("it is a FIFO, not a regular file"), "{error}");
    }
}

#[test]
fn positions_are_ordered_like_their_lines() {
    let dir = log(2);
    let mut positions = Vec::new();
    let mut lengths = Vec::new();
    let scan = Scan::read(dir.path(), |line| {
        positions.push(line.position);
        lengths.push(line.bytes.len());
    });
    assert!(positions.is_sorted() && !lengths.is_sorted());
    let scan = scan.unwrap();
    let mut lines = scan.lines();
    let read = positions.iter().rev().map(|position| lines.line(*position).unwrap());
    assert!(read.map(|line| line.len()).eq(lengths.into_iter().rev()));
    assert_eq!(size_of::<LinePosition>(), 16);
}
