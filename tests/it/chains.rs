//! Parent chains on the screen: they grow while they are walked, and every end says why it is one.

use crate::support::{stage::Stage, world};
use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, LineageFetch};
use lampblack::model::Top;
use lampblack::worker::Slot;

/// A console that shows the first of many processes, whose chain is still awaited.
fn awaiting() -> Stage {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).write("a").press("enter esc");
    stage.answer(0, world::answer);
    let slots = stage.asked.iter().map(|(_, slot, _)| *slot);
    let is_subject = |slot: &Slot| !matches!(slot, Slot::Joined(_));
    let slots: Vec<_> = slots.filter(is_subject).collect();
    assert_eq!(slots, [Slot::Lineage, Slot::Sensor, Slot::Binary]);
    stage
}

/// The next part of the chain of the first process arrives.
fn arrive(stage: &mut Stage, n_ancestors: usize, top: &Top) {
    let at = place(stage);
    stage.answer(at, |_| {
        let lineage = world::chain(0, n_ancestors, top.clone());
        Ok(Answer::from(world::known(lineage)))
    });
}

/// The chain does not arrive.
fn fail(stage: &mut Stage) {
    let at = place(stage);
    stage.answer(at, |_| Err(Error::Internal));
}

fn place(stage: &Stage) -> usize {
    let is_chain = |(_, slot, _): &(_, Slot, _)| *slot == Slot::Lineage;
    stage.asked.iter().position(is_chain).expect("a chain is awaited")
}

/// How many ancestors the request for more of the chain names as known.
fn asked_beyond(stage: &Stage) -> Option<usize> {
    stage.asked.iter().find_map(|(_, _, fetch)| match fetch {
        Fetch::Lineage(LineageFetch { n_known_ancestors: known, .. }) => Some(*known),
        _ => None,
    })
}

#[test]
fn every_end_of_a_chain_says_why_it_is_one() {
    for (top, expected) in [
        (Top::Unknown, "parent not recorded"),
        (Top::NotRecorded(world::ancestor(3)), "explorer.exe 2516: not on the server"),
        (Top::Suppressed(world::ancestor(3)), "explorer.exe suppressed by"),
        (Top::Loop(world::ancestor(0)), "loop detected: the parent is a descendant"),
        (Top::TooDeep(500), "only 500 ancestors loaded"),
    ] {
        let mut stage = awaiting();
        arrive(&mut stage, 3, &top);
        stage.shows(&[expected, "winlogon.exe", "explorer.exe"]);
        assert_eq!(asked_beyond(&stage), None);
    }
    let mut stage = awaiting();
    arrive(&mut stage, 3, &Top::Root);
    stage.shows(&["winlogon.exe"]);
    for reason in ["not recorded", "not on the server", "suppressed", "loop detected", "ancestors"] {
        stage.lacks(reason);
    }
}

#[test]
fn a_process_without_any_known_ancestor_says_so_too() {
    let mut stage = awaiting();
    arrive(&mut stage, 0, &Top::Unknown);
    stage.shows(&["parent not recorded", "rundll32.exe"]);
}

#[test]
fn a_chain_grows_while_it_is_walked() {
    let mut stage = awaiting();
    arrive(&mut stage, 1, &Top::Walking);
    stage.shows(&["explorer.exe", "Loading ancestors…"]);
    assert_eq!(asked_beyond(&stage), Some(1));
    arrive(&mut stage, 2, &Top::Walking);
    stage.shows(&["userinit.exe", "Loading ancestors…"]);
    assert_eq!(asked_beyond(&stage), Some(2));
    arrive(&mut stage, 3, &Top::Root);
    stage.shows(&["winlogon.exe"]);
    assert_eq!(asked_beyond(&stage), None);
}

#[test]
fn a_walk_that_fails_keeps_what_it_has_and_asks_for_no_more() {
    let mut stage = awaiting();
    arrive(&mut stage, 2, &Top::Walking);
    fail(&mut stage);
    stage.shows(&["userinit.exe", "more ancestors not loaded", "not current"]);
    assert_eq!(asked_beyond(&stage), None);
    // The next try begins anew.
    stage.press("r");
    assert_eq!(asked_beyond(&stage), Some(0));
    arrive(&mut stage, 3, &Top::Root);
    stage.lacks("not current");
}

#[test]
fn a_walk_that_is_given_up_says_so() {
    let mut stage = awaiting();
    arrive(&mut stage, 2, &Top::Walking);
    stage.press("ctrl-c");
    stage.shows(&["userinit.exe", "more ancestors not loaded"]);
    let mut stage = awaiting();
    stage.press("ctrl-c");
    stage.shows(&["more ancestors not loaded"]);
    stage.press("r");
    assert_eq!(asked_beyond(&stage), Some(0));
}

/// A console that shows the tree of the first process, whose chain is still awaited.
fn awaiting_in_tree() -> Stage {
    let mut stage = awaiting();
    stage.press("enter");
    let is_summary = |(_, slot, _): &(_, Slot, _)| *slot == Slot::Summary(world::id(0));
    let at = stage.asked.iter().position(is_summary).expect("the process is awaited");
    stage.answer(at, world::answer);
    arrive(&mut stage, 2, &Top::Walking);
    stage.shows(&["Tree  rundll32.exe", "userinit.exe", "Loading ancestors…"]);
    stage
}

#[test]
fn a_walk_that_was_given_up_says_so_when_one_returns_to_its_tree() {
    let mut stage = awaiting_in_tree();
    stage.press("ctrl-c esc 2").shows(&["Tree  rundll32.exe", "userinit.exe", "more ancestors not loaded, r retries"]);
    assert_eq!(asked_beyond(&stage), None);
    stage.press("r").shows(&["Loading ancestors…"]);
    assert_eq!(asked_beyond(&stage), Some(0));
}

#[test]
fn a_walk_that_the_cursor_left_goes_on_when_one_returns_to_its_tree() {
    let mut stage = awaiting_in_tree();
    stage.press("esc j k 2").shows(&["Tree  rundll32.exe 4000", "Loading"]).lacks("not loaded");
    assert_eq!(asked_beyond(&stage), Some(0));
    arrive(&mut stage, 3, &Top::Root);
    stage.shows(&["winlogon.exe"]).lacks("Loading ancestors…");
}

#[test]
fn a_refreshed_chain_stays_until_the_new_one_is_as_long() {
    let mut stage = awaiting();
    arrive(&mut stage, 3, &Top::Root);
    stage.answer_all(world::answer).press("tab k k r");
    stage.shows(&["cmdline userinit.exe"]);
    arrive(&mut stage, 1, &Top::Walking);
    assert_eq!(asked_beyond(&stage), Some(1));
    // The cursor stands where it stood, and so does what it stands on.
    stage.shows(&["winlogon.exe", "cmdline userinit.exe"]);
    stage.lacks("Loading");
    fail(&mut stage);
    stage.shows(&["winlogon.exe", "cmdline userinit.exe", "not current"]);
    stage.press("r");
    arrive(&mut stage, 1, &Top::Walking);
    // What the server says in the end is what counts.
    arrive(&mut stage, 2, &Top::NotRecorded(world::ancestor(2)));
    stage.shows(&["explorer.exe 2616: not on the server"]);
    stage.lacks("winlogon.exe");
}

#[test]
fn the_chain_of_another_process_is_gone_as_soon_as_one_is_asked_for() {
    let mut stage = awaiting();
    arrive(&mut stage, 3, &Top::Root);
    stage.answer_all(world::answer).press("j");
    // Of the one asked for, its row is known.
    stage.shows(&["Parent chain  rundll32.exe 4001", "Loading ancestors…"]);
    stage.lacks("winlogon.exe").lacks("rundll32.exe 4000");
    fail(&mut stage);
    stage.shows(&["internal error in lampblack"]);
    stage.lacks("winlogon.exe");
    stage.lacks("rundll32.exe 4000");
}
