//! What a pane shows and what a key there acts on is the row under the cursor, however the answers come.

use crate::support;

mod answers;
mod opened;
mod record;
mod views;
mod walk;

use std::thread;

use support::stage::Stage;
use views::{VIEWS, View, WAYS};

/// Checks all of these views at once, each in a thread of its own.
fn check_side_by_side(views: &[View]) {
    thread::scope(|scope| {
        for view in views {
            scope.spawn(|| view.walk());
        }
    });
}

#[test]
fn every_view_is_about_the_row_under_the_cursor() {
    check_side_by_side(VIEWS);
}

#[test]
fn what_is_opened_from_a_row_is_about_that_row_on_every_way_to_another_view() {
    check_side_by_side(WAYS);
}

#[test]
fn what_is_shown_stays_when_it_is_asked_for_again_and_does_not_come() {
    for view in VIEWS {
        view.keep();
    }
}

#[test]
fn every_list_loads_by_itself_whatever_was_asked_before() {
    // Users are asked for by the form that assigns alerts; groups by the sensors.
    for way in ["esc 3 A esc 9", "esc 4 9", "esc 9", "esc 3 A esc 6 9"] {
        let mut stage = Stage::new(160, 50);
        stage.press(way).answer_all(answers::good);
        for list in ["Sensor groups", "Users", "Teams", "Sites"] {
            let screen = stage.text();
            assert!(screen.contains(list), "{way}: {list}\n{screen}");
        }
        stage.lacks("cancelled");
    }
}
