//! Segments in any order: late, failed, cancelled, requested again.

use lampblack::api::Error;
use lampblack::fetch::{EventsFetch, Fetch};
use lampblack::model::Segment;
use lampblack::session::Effect;
use lampblack::worker::Request;

use crate::support::{self, world};
use crate::timeline::bench::{answer, awaited, broken, list, opened, opening};

#[test]
fn the_segment_that_was_found_is_shown_before_the_others_are_known() {
    let mut stage = opening(160, 48);
    assert_eq!(awaited(&stage), [1]);
    answer(&mut stage, 1, world::answer);
    stage.shows(&["1 segment loaded", "10:15:30.201", "loaded c:\\windows\\system32\\rundll32.exe"]);
    list(&mut stage);
    stage.shows(&["1 of 3 segments loaded"]);
    assert_eq!(awaited(&stage), [2, 3]);
    stage.answer_all(world::answer);
    stage.shows(&["Events  rundll32.exe 4000  19, 3 segments", "row 1", "as of 10:20:00Z"]);
}

#[test]
fn the_cursor_stays_on_its_event_while_segments_come_in_above() {
    let mut stage = opening(160, 48);
    list(&mut stage);
    answer(&mut stage, 3, world::answer);
    stage.press("j");
    let before = stage.cursor_line();
    assert!(before.contains("c:\\temp\\next.exe"), "{before}");
    answer(&mut stage, 1, world::answer);
    answer(&mut stage, 2, world::answer);
    assert!(stage.cursor_line().contains("c:\\temp\\next.exe"));
    stage.press("g g");
    assert!(stage.cursor_line().contains("10:15:30.201"));
}

#[test]
fn a_segment_that_fails_is_a_gap_and_the_others_come() {
    let mut stage = opening(160, 48);
    list(&mut stage);
    answer(&mut stage, 2, |_| Err(broken()));
    stage.answer_all(world::answer);
    stage.shows(&[
        "gap     6 events of segment 2 could not be loaded",
        "r retries",
        "2 of 3 segments loaded",
        "c:\\temp\\next.exe",
    ]);
    // Its row stands where its events would be, and cannot be copied or opened.
    stage.press("e b").shows(&["gap     6 events of segment 2 could not be loaded, r retries"]);
    stage.press("j y y").shows(&["no event selected"]);
    stage.press("enter").shows(&["No event selected"]);
    stage.press("e a r");
    assert_eq!(awaited(&stage), [2]);
    stage.answer_all(world::answer);
    stage.lacks("gap  ").shows(&["Events  rundll32.exe 4000  19, 3 segments"]);
}

#[test]
fn what_is_given_up_says_so_and_is_not_asked_for_again_by_itself() {
    let mut stage = opening(160, 48);
    list(&mut stage);
    answer(&mut stage, 1, world::answer);
    stage
        .press("ctrl-c")
        .shows(&["6 events of segment 2 could not be loaded, r retries: cancelled", "4 events of segment 3"]);
    stage.press("j k");
    assert_eq!(awaited(&stage), Vec::<u64>::new());
    stage.press("r");
    assert_eq!(awaited(&stage), [2, 3]);
}

#[test]
fn a_refresh_asks_for_the_list_and_for_nothing_that_has_not_changed() {
    let mut stage = opened();
    let before = stage.n_asked;
    stage.press("r");
    let asked: Vec<_> = stage.asked.iter().map(|(_, _, fetch)| fetch).collect();
    assert!(asked.iter().any(|fetch| matches!(fetch, Fetch::Segments(_))));
    stage.answer_all(world::answer);
    assert!(stage.n_asked > before);
    assert_eq!(awaited(&stage), Vec::<u64>::new());
    stage.shows(&["Events  rundll32.exe 4000  19, 3 segments"]);
}

#[test]
fn a_process_that_the_server_does_not_have_says_so_in_the_pane() {
    let mut stage = opening(160, 48);
    stage.answer_all(|fetch| match fetch {
        Fetch::Segments(_) | Fetch::Events(_) => Err(Error::NotFound { what: "process".into() }),
        other => world::answer(other),
    });
    stage.shows(&["gap     events of segment 1 could not be loaded", "not found on the server"]);
}

#[test]
fn another_process_gives_up_what_the_first_still_awaits() {
    let mut stage = opening(160, 48);
    list(&mut stage);
    assert_eq!(awaited(&stage), [1, 2, 3]);
    stage.press("1 j 2");
    assert_eq!(awaited(&stage), [1]);
}

#[test]
fn unused_segment_numbers_are_never_asked_for() {
    let mut stage = opened();
    let all = |fetch: &Fetch| matches!(fetch, Fetch::Events(EventsFetch { segment: Segment::ALL, .. }));
    assert!(!stage.asked.iter().any(|(_, _, fetch)| all(fetch)));
    let effects = stage.app.handle(lampblack::app::Input::Resize, support::now());
    let is_fetch = |effect: &Effect| matches!(effect, Effect::Send(Request::Fetch { .. }));
    assert!(!effects.iter().any(is_fetch));
}
