//! What a pane shows and what a key there acts on is the row under the cursor, whatever becomes of the answers.

use crate::support;

mod answers;
mod opened;
mod record;
mod views;
mod walk;

use support::stage::Stage;
use views::{VIEWS, WAYS};

fn walk(name: &str) {
    let mut views = VIEWS.iter();
    views.find(|view| view.name == name).unwrap().walk();
}

#[test]
fn the_hunt_is_about_the_process_under_the_cursor() {
    walk("hunt");
}

#[test]
fn a_process_opened_from_the_hunt_is_the_one_that_was_opened() {
    walk("process opened from the hunt");
}

#[test]
fn the_tree_is_about_the_relative_under_the_cursor() {
    walk("tree");
}

#[test]
fn the_alerts_are_about_the_alert_under_the_cursor() {
    walk("alerts");
}

#[test]
fn a_process_opened_from_an_alert_is_that_of_the_alert() {
    walk("process opened from an alert");
}

#[test]
fn the_alert_groups_are_about_the_group_under_the_cursor() {
    walk("alert groups");
}

#[test]
fn the_sensors_are_about_the_host_under_the_cursor() {
    walk("sensors");
}

#[test]
fn the_binaries_are_about_the_file_under_the_cursor() {
    walk("binaries");
}

#[test]
fn the_watchlists_are_about_the_watchlist_under_the_cursor() {
    walk("watchlists");
}

#[test]
fn the_feeds_are_about_the_feed_under_the_cursor() {
    walk("feeds");
}

#[test]
fn the_reports_are_about_the_report_under_the_cursor() {
    walk("reports");
}

#[test]
fn the_bans_are_about_the_hash_under_the_cursor() {
    walk("bans");
}

#[test]
fn the_administration_is_about_the_group_under_the_cursor() {
    walk("admin");
}

#[test]
fn the_isolated_hosts_are_about_the_host_under_the_cursor() {
    walk("isolated");
}

#[test]
fn the_users_teams_and_sites_are_about_the_one_under_the_cursor() {
    for name in ["users", "teams", "sites"] {
        walk(name);
    }
}

#[test]
fn the_activity_is_about_the_action_under_the_cursor() {
    walk("activity");
}

/// Walks every way whose name has a word; each word is a test, so that they go side by side.
fn go(is_meant: impl Fn(&str) -> bool) {
    let ways: Vec<_> = WAYS.iter().filter(|way| is_meant(way.name)).collect();
    assert!(!ways.is_empty());
    for way in ways {
        way.walk();
    }
}

#[test]
fn a_process_that_is_opened_is_the_one_that_was_meant() {
    go(|name| name.contains("opened") || name.contains("forth"));
}

#[test]
fn a_list_that_is_opened_is_about_the_row_that_it_was_opened_from() {
    go(|name| (name.contains(" of a") || name.contains("changed")) && !name.contains("opened"));
}

#[test]
fn a_pivot_is_about_the_row_that_it_began_at() {
    go(|name| name.contains("pivot"));
}

#[test]
fn every_way_is_walked() {
    let is_walked =
        |name: &str| ["opened", "forth", " of a", "changed", "pivot"].iter().any(|word| name.contains(word));
    assert!(WAYS.iter().all(|way| is_walked(way.name)));
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
