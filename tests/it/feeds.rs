//! Feeds and their threat reports on the screen: list, search, details, pivots.

use std::time::Duration;

use crate::support::console::{Console, small};
use lampblack::model::Report;
use lampblack::sim::Options;

/// A console at the feeds.
async fn at_feeds() -> Console {
    let mut console = Console::start().await;
    console.press("esc 7").await;
    console
}

#[tokio::test]
async fn the_reports_are_those_of_the_feed_under_the_cursor() {
    let mut console = at_feeds().await;
    console.shows(&["Feeds  7, row 1", "VirusTotal", "feed_id:2", "Reports  1"]);
    console.press("j").await;
    console.shows(&["feed_id:4", "Threat Analysis Unit"]);
    // Nothing was put into the history of places by moving.
    console.press("[").await.shows(&["Nothing to go back to"]);
}

#[tokio::test]
async fn a_report_is_shown_with_all_its_indicators_and_the_alerts_it_raised() {
    let mut console = at_feeds().await;
    console.shows(&[
        "Report vt-4471 of feed 2",
        "4 of 62 engines",
        "raises alerts",
        "(as of 10:20:00Z)",
        "hxxps://www[.]virustotal[.]example",
        "md5",
    ]);
    console.press("tab tab").await;
    console.asked();
    console.press("enter").await;
    console.shows(&["Alerts", "feed_id:2 watchlist_id:vt-4471"]);
}

#[tokio::test]
async fn reports_are_searched_by_a_query_which_the_feeds_leave_alone() {
    let mut console = at_feeds().await;
    console.search("is_ignored:false").await;
    console.shows(&["is_ignored:false", "Reports"]);
    let found = console.app.session().lists.pages::<Report>().total();
    assert!(found > Some(1), "{found:?}");
    console.press("j").await;
    console.shows(&["is_ignored:false"]);
    // The feed under the cursor, with enter, is asked for again.
    console.press("shift-tab enter").await.shows(&["│feed_id:2 "]);
    console.press("[").await.shows(&["is_ignored:false"]);
}

#[tokio::test]
async fn an_alert_of_a_feed_leads_to_its_report() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.search("-feed_id:-1").await.press("esc g f").await;
    console.shows(&["report_id:", "Reports  1", "Report "]);
    let session = console.app.session();
    let found = session.selection.report.as_ref().unwrap();
    let report = session.report_details_of(&found.id).unwrap().latest().unwrap();
    assert!(!report.value.indicators.is_empty());
}

#[tokio::test]
async fn an_alert_of_a_watchlist_has_no_report_and_says_so() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.search("feed_id:-1").await.press("esc g f").await;
    console.shows(&["report: unknown here"]);
}

#[tokio::test]
async fn idle_feeds_ask_for_nothing() {
    let mut console = at_feeds().await;
    console.asked();
    console.press("T 1 7 tab tab").await;
    assert_eq!(console.asked(), Vec::<String>::new());
    console.press("r").await;
    assert!(console.asked().len() >= 3);
}

#[tokio::test]
async fn one_pane_is_shown_where_there_is_room_for_one() {
    for (width, height) in [(80, 24), (60, 16)] {
        let mut console = Console::with(small(), width, height, |_| {}).await;
        console.press("esc 7").await.shows(&["Feeds  7"]);
        console.press("tab").await.shows(&["Reports  1"]);
        console.press("tab").await.shows(&["Report vt-4471", "score"]);
    }
}

#[tokio::test]
async fn whoever_searches_reports_is_among_those_found_and_another_feed_has_its_own() {
    let mut console = at_feeds().await;
    console.search("is_ignored:false").await;
    console.press("space M").await.shows(&["IGNORE REPORT"]);
    console.press("esc esc").await;
    console.press("i esc space M").await.shows(&["IGNORE REPORT"]);
    console.press("esc esc shift-tab j").await;
    console.lacks("is_ignored:false");
}

#[tokio::test]
async fn the_feed_of_a_report_that_was_followed_is_under_the_cursor() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.search("feed_id:12").await.press("esc g f").await;
    console.shows(&["Reports  1"]);
    let feed = console.app.session().selection.feed.as_ref();
    assert_eq!(feed.map(|feed| feed.id.0), Some(12));
}

#[tokio::test]
async fn a_report_that_was_ignored_is_shown_so_before_the_index_knows() {
    let options = Options { index_lag: Duration::from_hours(1), ..small() };
    let mut console = Console::with(options, 120, 36, |_| {}).await;
    console.press("esc 7").await;
    console.search("feed_id:12").await.press("M").await;
    console.write("noise").await.press("tab tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press("j").await.shows(&["IGNORED"]);
}

#[tokio::test]
async fn the_report_in_sight_is_ignored_from_the_feeds_as_well() {
    let mut console = at_feeds().await;
    console.press("M").await.shows(&["IGNORE REPORT", "report of virustotal"]);
}
