//! Events in words, what is copied of them, and where they lead.

use lampblack::fetch::{Fetch, SegmentsFetch, SummaryFetch};
use lampblack::model::ProcessId;

use crate::support::{process_events, world};
use crate::timeline::bench::opened;

#[test]
fn every_kind_stands_in_one_order_with_the_time_between() {
    let mut stage = opened();
    stage.shows(&[
        "TIME (UTC)",
        "child   started cmd.exe /c whoami, pid 5120",
        "cross   opened process c:\\windows\\system32\\lsass.exe, PROCESS_VM_READ",
        "+1.8s  net     connected to cdn.example.net (203.0.113.9:443), TCP",
        "script  ran script Invoke-Expression $x<U+202E>",
        "block   blocked out.exe -x, a-ProcessTerminated",
        "services\\carbonblackk, tampering with the sensor",
        "1 unreadable",
    ]);
    // What has no time comes last.
    stage.press("G");
    let last = stage.cursor_line();
    assert!(last.contains("unknown") && last.contains("lost.txt"), "{last}");
}

#[test]
fn the_selected_event_is_described_in_words() {
    let mut stage = opened();
    stage.shows(&["time      2026-03-04 10:15:30.201Z (sensor clock)", "signature Signed by Microsoft Corporation"]);
    stage.press("j").shows(&["signature Unsigned"]);
    stage.press("/").write("lsass").press("enter");
    stage.shows(&[
        "action  opened process",
        "process 00000007-0000-0270-01d7-10c0a1b2c3d4",
        "access  PROCESS_VM_READ | ",
    ]);
    stage.press("esc e n");
    stage.shows(&[
        "protocol  TCP",
        "direction outbound",
        "local     192.168.50.7:49822",
        "remote    203.0.113.9:443",
        "domain    cdn.example.net",
    ]);
}

#[test]
fn a_child_is_opened_and_going_back_finds_filter_and_cursor() {
    let mut stage = opened();
    stage.press("/").write("kind:child").press("enter").shows(&["2 of 19 loaded"]);
    stage.press("j enter").shows(&["This child was suppressed by the sensor filter"]);
    stage.press("k enter");
    let child: ProcessId = process_events::CHILD.parse().unwrap();
    let is_asked = |fetch: &Fetch| matches!(fetch, Fetch::Summary(SummaryFetch { id, .. }) if *id == child);
    assert!(stage.asked.iter().any(|(_, _, fetch)| is_asked(fetch)));
    let is_asked = |fetch: &Fetch| matches!(fetch, Fetch::Segments(SegmentsFetch(id)) if *id == child);
    assert!(stage.asked.iter().any(|(_, _, fetch)| is_asked(fetch)));
    stage.lacks("/kind:child").answer_all(world::answer);
    stage.press("[").answer_all(world::answer);
    stage.shows(&["/kind:child", "2 of 19 loaded"]);
    assert!(stage.cursor_line().contains("started cmd.exe"));
}

#[test]
fn only_what_names_another_process_is_opened() {
    let mut stage = opened();
    stage.press("enter").shows(&["Only child and cross-process events can be opened"]);
    stage.press("e x enter");
    assert!(
        stage
            .asked
            .iter()
            .any(|(_, _, fetch)| matches!(fetch, Fetch::Summary(SummaryFetch { id, .. }) if id.pid() == Some(0x270)))
    );
}

#[test]
fn what_is_copied_is_defanged_unless_asked_for_raw() {
    let mut stage = opened();
    stage.press("e n y y");
    let row = "2026-03-04T10:15:35Z\tnetconn\tconnected to\tcdn[.]example[.]net (203[.]0[.]113[.]9:443)\t\t";
    assert!(stage.copied.last().unwrap().starts_with(row), "{:?}", stage.copied);
    stage.press("y d");
    assert!(stage.copied.last().unwrap().contains("cdn.example.net (203.0.113.9:443)"));
    stage.press("y h").shows(&["No hash to copy"]);
    stage.press("e a e m y h");
    assert_eq!(stage.copied.last().unwrap(), "3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4");
    stage.press("e a e c y c");
    assert_eq!(stage.copied.last().unwrap(), "cmd.exe /c whoami");
    stage.press("y g");
    assert_eq!(stage.copied.last().unwrap(), process_events::CHILD);
    stage.press("e a e s y h y j");
    assert!(stage.copied.last().unwrap().contains("Invoke-Expression"));
    assert!(stage.copied[stage.copied.len() - 2].starts_with("efef"));
}
