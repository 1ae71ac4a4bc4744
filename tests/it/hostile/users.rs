//! What comes from the user's own hands and files, and where it goes.

use std::fs;

use lampblack::app::{AppSetup, Input};
use lampblack::fetch::{Fetch, ProcessesFetch};
use lampblack::session::{ConnectionInfo, HistoryEntry, PeriodInput};
use tempfile::TempDir;

use crate::hostile::checks::{check_overlay, check_whole};
use crate::support::{now, pty::Pty, stage::Stage, world};

#[test]
fn a_paste_is_cleaned_before_it_is_shown_or_asked() {
    let mut stage = Stage::new(120, 36);
    stage.input(Input::Paste("domain:evil[.]example \u{1b}[2J\u{202e}\r\nprocess_name:a.exe".into()));
    check_whole(stage.buffer());
    let screen = stage.text();
    assert!(screen.contains("domain:evil.example [2J"), "{screen}");
    assert!(screen.contains("invisible characters removed"), "{screen}");
}

#[test]
fn names_from_a_profile_cannot_draw_on_the_header() {
    let identity = ConnectionInfo {
        server: "cb\u{1b}[2J\u{202e}.example".into(),
        profile: "prod\r\nuction".into(),
        user: Some("ana\u{7}".into()),
        ..ConnectionInfo::default()
    };
    let setup = AppSetup { identity, ..AppSetup::default() };
    let mut stage = Stage::with(120, 36, setup);
    check_whole(stage.buffer());
    let screen = stage.text();
    assert!(screen.contains("cb␛[2J<U+202E>.example"), "{screen}");
}

#[test]
fn a_history_that_was_tampered_with_is_text_and_asks_for_what_it_shows() {
    let past = |query: &str| HistoryEntry {
        period: PeriodInput::default(),
        query: query.into(),
        run_at: now(),
        total: Some(3),
        took_ms: None,
    };
    let setup = AppSetup {
        history: vec![past("process_name:\u{202e}exe.ten\u{1b}[2J\nor \u{200b}x"), past("世界".repeat(200).as_str())],
        ..AppSetup::default()
    };
    let mut stage = Stage::with(120, 36, setup);
    stage.answer_all(world::answer).press("ctrl-r");
    check_overlay(stage.buffer(), "Query history 2");
    stage.press("enter");
    check_whole(stage.buffer());
    stage.press("enter");
    let (_, _, fetch) = stage.asked.first().unwrap();
    match fetch {
        Fetch::Processes(ProcessesFetch { search, .. }) => assert_eq!(search.query, "process_name:exe.ten[2J or x"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wide_character_cut_by_an_overlay_does_not_cover_its_frame() {
    for width in 100..112 {
        let mut stage = Stage::new(width, 20);
        stage.answer_all(world::answer).write(&"世".repeat(40));
        check_overlay(stage.press("ctrl-r").buffer(), "Query history 0");
        check_overlay(stage.press("esc f1").buffer(), "Keys: Query");
        check_whole(stage.press("esc").buffer());
    }
}

#[test]
fn nothing_asked_or_pasted_breaks_a_line_of_the_log_or_brings_the_token_into_it() {
    let home = TempDir::new().unwrap();
    let mut pty = Pty::start(&["demo", "--processes", "500", "-vv"], home.path(), 120, 36);
    pty.until("No search yet");
    pty.send("\u{1b}[200~cmdline:\"a\nb\u{1b}[2J\u{202e}\" %0a\u{1b}[201~\r");
    pty.until("No processes match");
    pty.send("\x03\x03");
    assert!(pty.wait().success());
    // The demo's token follows from its seed.
    let token = "8ae8fd9ba2a2bd9524767affb34ecd43a1ee7827";
    let logs = home.path().join(".local/state/lampblack/demo/log");
    let file = fs::read_dir(logs).unwrap().next().unwrap().unwrap();
    let log = fs::read_to_string(file.path()).unwrap();
    assert!(log.contains("HTTP GET /api/v1/process?"), "{log}");
    assert!(!log.contains(token), "{log}");
    for line in log.lines() {
        assert!(line.starts_with("20") && line.contains("Z "), "{line:?}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}
