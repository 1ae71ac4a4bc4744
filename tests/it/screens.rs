//! Each state of the hunt view at each size has a picture.

use std::time::Duration;

use crate::support::{stage::Stage, world};
use insta::assert_snapshot;
use lampblack::api::Error;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 36), (200, 60)];

/// A picture at every size of a console brought into a state.
fn check(name: &str, bring: impl Fn(&mut Stage)) {
    for (width, height) in SIZES {
        let mut stage = Stage::new(width, height);
        bring(&mut stage);
        assert_snapshot!(format!("{name}-{width}x{height}"), stage.picture());
    }
}

fn unreachable() -> Error {
    Error::Unreachable { url: "https://cb-prod-01".into(), reason: "connection refused".into() }
}

#[test]
fn nothing_asked_yet() {
    check("empty", |stage| {
        stage.answer_all(world::answer);
    });
}

#[test]
fn a_search_on_its_way() {
    check("loading", |stage| {
        stage.answer_all(world::answer).write("process_name:rundll32.exe").press("enter");
    });
}

#[test]
fn processes_with_chain_sensor_and_binary() {
    check("ready", |stage| {
        stage.search("process_name:rundll32.exe").press("j j").answer_all(world::answer);
    });
}

#[test]
fn a_failed_refresh_keeps_what_is_known_and_says_so() {
    check("stale", |stage| {
        stage.search("process_name:rundll32.exe").press("r").answer_all(|_| Err(unreachable()));
    });
}

#[test]
fn a_search_that_failed() {
    check("failed", |stage| {
        stage
            .write("process_name:rundll32.exe")
            .press("enter")
            .answer_all(|_| Err(Error::Timeout(Duration::from_mins(2))));
    });
}

#[test]
fn the_parent_chain_alone() {
    check("lineage", |stage| {
        stage.search("a").press("tab k").answer_all(world::answer);
    });
}

#[test]
fn the_sensor_alone() {
    check("sensor", |stage| {
        stage.search("a").press("backtab backtab").answer_all(world::answer);
    });
}

#[test]
fn a_query_with_a_mistake() {
    check("mistake", |stage| {
        stage.answer_all(world::answer).write("(process_name:net.exe or cmdline:blah").press("enter");
    });
}

#[test]
fn completions_below_the_cursor() {
    check("completion", |stage| {
        stage.answer_all(world::answer).write("process_name:net.exe cmd");
    });
}

#[test]
fn the_help() {
    check("help", |stage| {
        stage.search("a").press("?");
    });
}

#[test]
fn an_error_in_full() {
    check("error", |stage| {
        stage.search("a").press("r").answer_all(|_| Err(unreachable())).press("!");
    });
}

#[test]
fn the_query_history() {
    check("history", |stage| {
        stage.search("process_name:net.exe").press("ctrl-r");
    });
}

#[test]
fn binaries_and_what_is_known_of_one() {
    check("binaries", |stage| {
        stage.answer_all(world::answer).press("esc 5").search("digsig_publisher:Microsoft*").press("esc j");
    });
}

#[test]
fn the_first_bytes_of_a_file() {
    check("bytes", |stage| {
        stage.answer_all(world::answer).press("esc 5").search("a").press("esc b").answer_all(world::answer);
    });
}

#[test]
fn a_prefix_shows_what_may_follow() {
    check("prefix", |stage| {
        stage.search("a").press("y");
    });
}
