//! The log as it is written, and as others leave it.

use std::thread;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

fn sending(reason: &str) -> Event {
    Event::Sending(Box::new(Sending {
        who: Who {
            os_user: Some("ana".into()),
            user: None,
            machine: None,
        },
        server: "https://cb.example.com".into(),
        deed: "isolate".into(),
        target: Target {
            kind: "sensor".into(),
            id: "3".into(),
            name: "WS-3".into(),
        },
        reason: Some(reason.into()),
        ticket: None,
        undoes: None,
        batch: None,
        follows: None,
        requests: vec![Request {
            method: "PUT".into(),
            path: "/api/v1/sensor/3".into(),
            body: json!({"network_isolation_enabled": true}),
        }],
        before: json!({"network_isolation_enabled": false, "is_isolating": false}),
        wanted: json!({"is_isolating": true}),
    }))
}

fn known(of: u64, stage: Stage) -> Event {
    Event::Known(Box::new(Outcome {
        of,
        stage,
        after: Value::Null,
        note: String::new(),
    }))
}

/// A log of as many deeds, each confirmed.
fn log(deeds: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut actions = Actions::open(dir.path()).unwrap();
    for deed in 0..deeds {
        let of = actions
            .append(Timestamp::UNIX_EPOCH, sending(&format!("case {deed}")))
            .unwrap();
        let confirmed = known(of, Stage::Confirmed);
        actions.append(Timestamp::UNIX_EPOCH, confirmed).unwrap();
    }
    dir
}

fn text(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join(FILE)).unwrap()
}

fn put(dir: &TempDir, text: impl AsRef<[u8]>) {
    fs::write(dir.path().join(FILE), text).unwrap();
}

fn faults(dir: &TempDir) -> Vec<String> {
    let verdict = verify(dir.path()).unwrap();
    verdict.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn what_was_written_is_read_again_and_holds_together() {
    let dir = log(3);
    let verdict = verify(dir.path()).unwrap();
    assert_eq!((verdict.entries.len(), verdict.faults), (6, Vec::new()));
    assert_eq!(verdict.kept, Some(verdict.head));
    assert_eq!(verdict.entries[2].event, sending("case 1"));
    assert_eq!(verdict.entries[3].event, known(3, Stage::Confirmed));
}

#[test]
fn a_log_that_is_not_there_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(faults(&dir), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = log(1);
    for file in [FILE, HEAD] {
        let mode = fs::metadata(dir.path().join(file)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_word_that_was_changed_is_found() {
    let dir = log(2);
    put(&dir, text(&dir).replace("case 0", "case 7"));
    assert_eq!(
        faults(&dir),
        [
            "line 2 does not follow the line before it: one of them was changed, or others were moved or taken out"
        ]
    );
}

#[test]
fn lines_that_changed_places_are_found() {
    let dir = log(2);
    let text = text(&dir);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.swap(1, 2);
    put(&dir, lines.concat());
    assert!(faults(&dir).contains(&"line 2 says that it is line 3".into()));
}

#[test]
fn a_line_that_was_taken_out_is_found() {
    let dir = log(2);
    let text = text(&dir);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.remove(1);
    put(&dir, lines.concat());
    assert!(faults(&dir)[0].starts_with("line 2 says that it is line 3"));
}

#[test]
fn an_end_that_was_cut_off_is_found_by_the_head() {
    let dir = log(2);
    let text = text(&dir);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    put(&dir, lines[..3].concat());
    assert_eq!(
        faults(&dir),
        ["the log has 3 lines, and had 4: its end was cut off"]
    );
    fs::remove_file(dir.path().join(FILE)).unwrap();
    assert_eq!(
        faults(&dir),
        ["the log has 0 lines, and had 4: its end was cut off"]
    );
}

#[test]
fn a_head_that_is_missing_is_said() {
    let dir = log(1);
    fs::remove_file(dir.path().join(HEAD)).unwrap();
    assert_eq!(
        faults(&dir),
        ["actions.head is missing: whether the end was cut off cannot be told"]
    );
}

#[test]
fn a_log_that_is_ahead_of_its_head_is_what_a_crash_between_the_two_leaves() {
    let dir = log(1);
    let head = fs::read(dir.path().join(HEAD)).unwrap();
    let mut actions = Actions::open(dir.path()).unwrap();
    actions
        .append(Timestamp::UNIX_EPOCH, sending("more"))
        .unwrap();
    fs::write(dir.path().join(HEAD), head).unwrap();
    assert_eq!(faults(&dir), Vec::<String>::new());
}

#[test]
fn half_a_line_is_cut_off_by_the_next_and_that_is_written_down() {
    let dir = log(1);
    let half = r#"{"line":3,"at":"2026"#;
    put(&dir, format!("{}{half}", text(&dir)));
    assert_eq!(
        faults(&dir),
        ["the last 20 bytes are no whole line, as a crash leaves them; the next deed repairs that"]
    );
    let mut actions = Actions::open(dir.path()).unwrap();
    let line = actions
        .append(Timestamp::UNIX_EPOCH, sending("next"))
        .unwrap();
    assert_eq!(line, 4);
    let verdict = verify(dir.path()).unwrap();
    assert_eq!(verdict.faults, Vec::new());
    let repaired = Event::Repaired {
        bytes: 20,
        text: half.into(),
    };
    assert_eq!(verdict.entries[2].event, repaired);
}

#[test]
fn a_line_longer_than_what_is_read_at_once_is_followed_too() {
    let dir = log(0);
    let mut actions = Actions::open(dir.path()).unwrap();
    for reason in ["short", &"long ".repeat(20_000), "after it"] {
        actions
            .append(Timestamp::UNIX_EPOCH, sending(reason))
            .unwrap();
    }
    assert_eq!(faults(&dir), Vec::<String>::new());
}

#[test]
fn a_log_whose_end_was_edited_takes_no_more() {
    let dir = log(1);
    put(&dir, format!("{}an edit\n", text(&dir)));
    let mut actions = Actions {
        dir: dir.path().to_owned(),
        file: private::open_to_append(&dir.path().join(FILE)).unwrap(),
    };
    let error = actions.append(Timestamp::UNIX_EPOCH, sending("x"));
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("its last line is no entry")
    );
}

#[test]
fn many_writers_make_one_chain() {
    let dir = log(0);
    thread::scope(|scope| {
        for writer in 0..8 {
            let dir = dir.path();
            scope.spawn(move || {
                let mut actions = Actions::open(dir).unwrap();
                for n in 0..20 {
                    let event = sending(&format!("{writer} {n}"));
                    actions.append(Timestamp::UNIX_EPOCH, event).unwrap();
                }
            });
        }
    });
    let verdict = verify(dir.path()).unwrap();
    assert_eq!((verdict.entries.len(), verdict.faults), (160, Vec::new()));
    assert_eq!(verdict.kept, Some(verdict.head));
}

#[test]
fn whoever_reads_while_others_write_finds_no_fault() {
    let dir = log(0);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let dir = dir.path();
                scope.spawn(move || {
                    let mut actions = Actions::open(dir).unwrap();
                    // Longer than a page of memory, which is as much as is seen to be written at once.
                    let reason = format!("{writer} {}", "long ".repeat(20_000));
                    for _ in 0..40 {
                        let event = sending(&reason);
                        actions.append(Timestamp::UNIX_EPOCH, event).unwrap();
                    }
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            assert_eq!(faults(&dir), Vec::<String>::new());
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_byte_is_changed_it_is_found(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let dir = log(3);
        let mut bytes = text(&dir).into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        put(&dir, bytes);
        prop_assert!(!verify(dir.path()).unwrap().faults.is_empty());
    }

    #[test]
    fn wherever_it_is_cut_it_is_found(at in any::<prop::sample::Index>()) {
        let dir = log(3);
        let bytes = text(&dir).into_bytes();
        let at = at.index(bytes.len());
        put(&dir, &bytes[..at]);
        prop_assert!(!verify(dir.path()).unwrap().faults.is_empty());
    }
}

#[test]
fn what_was_taken_away_stays_missing_whatever_is_written_after_it() {
    let dir = log(2);
    let whole = text(&dir);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    put(&dir, lines[..2].concat());
    let mut actions = Actions::open(dir.path()).unwrap();
    actions
        .append(Timestamp::UNIX_EPOCH, sending("next"))
        .unwrap();
    let expected =
        "line 3 says that the log was changed before it: the log had 4 lines, and only 2 were left";
    assert_eq!(faults(&dir), [expected]);
    // And for good.
    actions
        .append(Timestamp::UNIX_EPOCH, sending("more"))
        .unwrap();
    assert_eq!(faults(&dir), [expected]);
    fs::remove_file(dir.path().join(FILE)).unwrap();
    let mut actions = Actions::open(dir.path()).unwrap();
    actions
        .append(Timestamp::UNIX_EPOCH, sending("anew"))
        .unwrap();
    assert!(faults(&dir)[0].contains("the log had 5 lines, and only 0 were left"));
}

#[test]
fn an_actor_is_an_account_on_a_machine_with_a_configured_user() {
    let who = |os_user: &str, user: Option<&str>, machine: Option<&str>| Who {
        os_user: Some(os_user.into()),
        user: user.map(str::to_owned),
        machine: machine.map(str::to_owned),
    };
    let mine = who("soc (uid 7)", Some("ana"), Some("bastion"));
    assert!(mine.is_same(&mine));
    for other in [
        who("root (uid 0)", Some("ana"), Some("bastion")),
        who("soc (uid 7)", Some("kim"), Some("bastion")),
        who("soc (uid 7)", None, Some("bastion")),
        who("soc (uid 7)", Some("ana"), Some("laptop")),
        // As older versions wrote it.
        who("soc (uid 7)", Some("ana"), None),
        Who::default(),
    ] {
        assert!(!other.is_same(&mine), "{other:?}");
        assert!(!mine.is_same(&other), "{other:?}");
    }
    assert!(!Who::default().is_same(&Who::default()));
}

#[test]
fn the_environment_names_the_account_first() {
    assert!(
        Who::here(Some("ana"), None)
            .os_user
            .unwrap()
            .starts_with("ana (uid ")
    );
}
