//! The process view: who started a process, what it started, and what is known of each of them.

use crate::support::{
    SIZES, SNAPSHOT_SIZE,
    console::{Console, small},
    family::{self, N_CHILDREN, child, grandchild},
    stage::Stage,
    world,
};
use insta::assert_snapshot;
use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, SummaryFetch};
use lampblack::model::{ProcessId, Top};
use lampblack::session::RemoteState;
use lampblack::worker::Slot;
use serde_json::json;

/// A console of a size that shows the tree of the first process found.
fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.search("a").press("esc 2").answer_all(family::answer);
    stage
}

/// The numbers of children requested for a process, in order.
fn asked_of(stage: &Stage, of: ProcessId) -> Vec<u32> {
    let asked = stage.asked.iter().filter_map(|(_, _, fetch)| match fetch {
        Fetch::Summary(SummaryFetch { id, children }) if *id == of => Some(*children),
        _ => None,
    });
    asked.collect()
}

/// How many requests wait that are about relatives.
fn n_summaries(stage: &Stage) -> usize {
    let slots = stage.asked.iter().map(|(_, slot, _)| slot);
    slots.filter(|slot| matches!(slot, Slot::Summary(_))).count()
}

#[test]
fn the_tree_has_parents_above_and_children_below() {
    let mut stage = opened(220, 60);
    stage.shows(&[
        "2 Process",
        "Tree  rundll32.exe 4000",
        "3 ancestors, 15 or more children",
        "explorer.exe 2516: not on the server",
        "└ + userinit.exe",
        "explorer.exe",
        "- rundll32.exe",
        "├ + child00.exe",
        "child14.exe",
        "23 children, Enter loads all",
        "1 sibling, Enter shows them",
    ]);
    stage.lacks("child15.exe");
}

#[test]
fn the_number_of_children_is_raised_for_every_level() {
    let mut stage = opened(220, 60);
    stage.press("G k enter");
    assert_eq!(asked_of(&stage, world::id(0)), [100]);
    // What is here stays while more is awaited.
    stage.shows(&["child14.exe", "Loading", "Up to 100 children"]);
    stage.answer_all(family::answer);
    stage.shows(&["child22.exe", "23 children"]).lacks("Enter loads all");
    // The next to be unfolded is asked for as many, if it may have them.
    stage.press("g g j j j j j j").answer_all(family::answer);
    stage.press("l");
    assert_eq!(asked_of(&stage, child(1)), [100]);
}

#[test]
fn a_server_that_lists_no_more_is_reported() {
    let mut stage = opened(220, 60);
    stage.press("G k enter").answer_all(|fetch| match fetch {
        Fetch::Summary(SummaryFetch { id, .. }) => Ok(family::summary_answer(&family::summary(*id, 15))),
        other => world::answer(other),
    });
    stage.shows(&["15 of 23"]);
    stage.press("G k enter");
    stage.shows(&["Nothing more to load"]);
    assert_eq!(n_summaries(&stage), 0);
}

#[test]
fn children_that_cannot_be_fetched_leave_the_others_and_are_asked_for_again() {
    let mut stage = opened(220, 60);
    let busy = || Err(Error::Busy(None));
    stage.press("j j l").answer_all(|fetch| match fetch {
        Fetch::Summary(_) => busy(),
        other => world::answer(other),
    });
    stage.shows(&["- child01.exe", "not loaded, Enter retries", "child14.exe", "the server is busy"]);
    stage.press("j enter");
    assert_eq!(asked_of(&stage, child(1)), [15]);
    stage.answer_all(family::answer);
    stage.shows(&["grandchild.exe", "6001"]).lacks("not loaded");
}

#[test]
fn more_children_that_cannot_be_fetched_leave_those_that_are_known() {
    let mut stage = opened(220, 60);
    stage.press("G k enter").answer_all(|_| Err(Error::Internal));
    stage.shows(&["child14.exe", "not loaded, Enter retries"]);
    stage.press("r").answer_all(family::answer);
    stage.shows(&["child22.exe"]).lacks("not loaded");
}

#[test]
fn a_child_that_the_server_no_longer_has_is_a_gap_and_no_failure() {
    let mut stage = opened(220, 60);
    let gone = |what: &str| Err(Error::NotFound { what: what.into() });
    stage.press("j j l").answer_all(|fetch| match fetch {
        Fetch::Summary(_) => gone("this process"),
        other => world::answer(other),
    });
    stage.shows(&["not on the server"]).lacks("not found on the server");
}

#[test]
fn a_process_that_cannot_be_fetched_says_so_and_is_asked_for_again() {
    let mut stage = Stage::new(220, 60);
    stage.search("a").press("esc 2").answer_all(|_| Err(Error::Internal));
    stage.shows(&["internal error in lampblack"]);
    stage.press("r").answer_all(family::answer);
    stage.shows(&["child00.exe", "explorer.exe"]).lacks("failed");
}

#[test]
fn an_unknown_parent_is_a_row_that_says_so() {
    let orphan = |fetch: &Fetch| match fetch {
        Fetch::Lineage(_) => {
            let chain = world::chain(0, 0, Top::Unknown);
            Ok(Answer::from(world::known(chain)))
        }
        other => family::answer(other),
    };
    let mut stage = Stage::new(220, 60);
    stage.write("a").press("enter").answer_all(orphan);
    stage.press("esc 2").answer_all(orphan);
    stage.shows(&["parent not recorded", "- rundll32.exe", "0 ancestors", "child00.exe"]);
}

#[test]
fn siblings_come_when_they_are_asked_for() {
    let mut stage = opened(220, 60);
    stage.lacks("notepad.exe");
    stage.press("G");
    stage.press("enter");
    assert_eq!(asked_of(&stage, world::ancestor(0)), [15]);
    stage.answer_all(family::answer);
    stage.shows(&["- explorer.exe", "├ - rundll32.exe", "└   notepad.exe"]).lacks("1 sibling");
}

#[test]
fn a_child_that_the_sensor_filtered_out_is_shown_and_cannot_be_opened() {
    let mut stage = Stage::new(220, 60);
    stage.search("a").press("esc 2").answer_all(|fetch| match fetch {
        Fetch::Summary(SummaryFetch { id, .. }) => {
            let mut hidden = family::relative(child(0), *id, "conhost.exe");
            hidden["is_suppressed"] = true.into();
            Ok(family::summary_answer(&json!({"process": world::document(0), "children": [hidden]})))
        }
        other => world::answer(other),
    });
    stage.shows(&["conhost.exe", "filtered"]);
    stage.press("j");
    assert_eq!(n_summaries(&stage), 0);
    stage.press("enter").shows(&["No record of this process on the server"]);
    stage.press("l").shows(&["No children loaded"]);
}

#[test]
fn a_child_that_is_its_own_ancestor_ends_there() {
    let mut stage = Stage::new(220, 60);
    stage.search("a").press("esc 2").answer_all(|fetch| match fetch {
        Fetch::Summary(SummaryFetch { id, .. }) if *id == world::id(0) => {
            let again = family::relative(*id, *id, "again.exe");
            let twice = family::relative(child(1), *id, "twice.exe");
            let children = json!([again, twice, twice, {}]);
            Ok(family::summary_answer(&json!({"process": world::document(0), "children": children})))
        }
        other => family::answer(other),
    });
    stage.shows(&["loop detected: it is its own ancestor", "1 unreadable"]);
    assert_eq!(stage.text().matches("twice.exe ").count(), 1);
}

#[test]
fn opening_a_relative_keeps_the_tree_and_so_does_going_back() {
    let mut stage = opened(220, 60);
    stage.press("j j l").answer_all(family::answer);
    stage.press("j enter").answer_all(family::answer);
    let session = stage.app.session();
    assert_eq!((session.opened.id, session.opened.chain_start), (Some(grandchild(0)), Some(world::id(0))));
    stage.shows(&["Tree  child00.exe 6000", "explorer.exe", "child01.exe", "6001"]);
    stage.press("[").answer_all(family::answer);
    assert_eq!(stage.app.session().opened.id, Some(world::id(0)));
    stage.shows(&["Tree  rundll32.exe 4000", "6001"]);
    // An unrelated process has a tree of its own.
    stage.press("1 j 2").answer_all(family::answer);
    assert_eq!(stage.app.session().opened.chain_start, Some(world::id(1)));
    stage.shows(&["Tree  child01.exe 4001"]).lacks("6001");
    // And the other one is as it was left.
    stage.press("[ [").answer_all(family::answer);
    stage.shows(&["Tree  rundll32.exe 4000", "6001"]);
}

#[test]
fn the_keys_of_a_tree_fold_it_and_walk_it() {
    let mut stage = opened(220, 60);
    stage.press("L");
    assert_eq!(n_summaries(&stage), 15);
    stage.answer_all(family::answer);
    stage.shows(&["6001", "no children"]);
    stage.press("H").lacks("6001");
    stage.press("h").lacks("child00.exe");
    stage.shows(&["+ rundll32.exe"]);
    // Folding what is folded goes to the parent; the root is two above that.
    stage.press("h y g g p y g g r y g");
    let ids = [0, 1, 2].map(|height| world::ancestor(height).to_string());
    assert_eq!(stage.copied, ids);
    stage.press("l").answer_all(family::answer).press("l y g");
    assert_eq!(stage.copied.len(), 4);
}

#[test]
fn what_follows_the_cursor_is_asked_for_once_and_only_where_it_rests() {
    let mut stage = opened(220, 60);
    stage.press("j j j");
    assert_eq!(n_summaries(&stage), 1);
    assert_eq!(asked_of(&stage, child(2)), [15]);
    stage.answer_all(family::answer);
    stage.press("k j");
    assert_eq!(asked_of(&stage, child(2)), [] as [u32; 0]);
    let family = &stage.app.session().opened.relatives;
    assert!(family.values().all(|remote| remote.has_answer() || remote.is_pending()));
    stage.press("ctrl-c");
    assert_eq!(n_summaries(&stage), 0);
}

#[test]
fn without_a_process_the_tree_says_how_to_get_one() {
    let mut stage = Stage::new(220, 60);
    stage.answer_all(world::answer).press("esc 2 j enter g p");
    stage.shows(&["Open a process to see its parents", "No process open"]);
}

#[test]
fn the_tree_fits_every_size() {
    for size in SIZES {
        let mut stage = opened(size.0, size.1);
        stage.press("j j l").answer_all(family::answer);
        stage.shows(&[
            "explorer.exe 2516: not on the server",
            "└ + userinit.exe",
            "├ - rundll32.exe",
            "├ + child00.exe",
            "├ - child01.exe",
            "├ + grandchild.exe",
        ]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("tree", stage.picture());
        }
    }
    assert_eq!(N_CHILDREN, 23);
}

#[tokio::test]
async fn from_the_payload_up_to_the_mail_and_down_to_every_child() {
    let mut console = Console::with(small(), 220, 60, |_| {}).await;
    console.search("process_name:svch0st.exe").await.press("esc enter").await;
    console.shows(&["outlook.exe", "winword.exe", "- svch0st.exe", "3 children"]);
    console.asked();
    console.press("L").await;
    console.shows(&["whoami.exe", "nltest.exe", "no children", "sc.exe"]);
    let asked = console.asked();
    assert_eq!(asked.len(), 3, "{asked:#?}");
    // Up to the mail program, which becomes the one that is open.
    console.press("g p g p g p enter").await;
    console.shows(&["Tree  outlook.exe", "whoami.exe", "8 ancestors"]);
    console.press("l").await;
    console.shows(&["- outlook.exe"]);
    assert!(console.asked().len() < 20);
    console.press("[").await;
    console.shows(&["Tree  svch0st.exe", "whoami.exe"]);
}
