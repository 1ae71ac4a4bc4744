//! The analyst's desk in pictures: alerts, hosts, watchlists, feeds and administration, and what changes them.

use crate::support::console::{Console, small};
use insta::assert_snapshot;

const SIZES: [(u16, u16); 3] = [(60, 16), (80, 24), (120, 36)];

/// A picture at every size of a user's console after these keys.
async fn check(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let console = Console::with(small(), width, height, |_| {}).await;
        let mut console = console.of("ana").await;
        console.press("esc").await.press(keys).await;
        assert_snapshot!(format!("{name}-{width}x{height}"), console.picture());
    }
}

#[tokio::test]
async fn alerts_and_why_they_were_raised() {
    check("alerts", "3").await;
}

#[tokio::test]
async fn the_queue_by_report_and_what_a_group_is() {
    check("queue", "3 , j j j j").await;
}

#[tokio::test]
async fn hosts_and_one_of_them() {
    check("sensors", "4 j j").await;
}

#[tokio::test]
async fn watchlists_and_what_one_looks_for() {
    check("watchlists", "6 j j j #").await;
}

#[tokio::test]
async fn feeds_their_reports_and_indicators() {
    check("feeds", "7 j j tab").await;
}

#[tokio::test]
async fn what_administrators_keep() {
    check("admin", "9").await;
}

#[tokio::test]
async fn many_alerts_before_they_are_called_false_positives() {
    check("triage", "3 , j j j j f").await;
}

#[tokio::test]
async fn a_report_before_it_is_ignored() {
    check("ignoring", "3 , G M").await;
}

#[tokio::test]
async fn a_user_before_it_is_made() {
    check("user", "9 tab n").await;
}
