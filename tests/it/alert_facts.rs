//! What stands beside an alert: its host, process and file, other alerts, and how earlier ones of its kind ended.

use crate::support::changes::fault;
use crate::support::console::{Console, small};
use serde_json::json;

/// A console that is high enough for all of the panel, with the cursor on an alert of this text.
async fn beside(text: &str) -> Console {
    let mut console = Console::with(small(), 160, 60, |_| {}).await;
    console.press("esc 3 /").await.write(text).await;
    console.press("enter").await;
    console
}

#[tokio::test]
async fn an_alert_is_set_in_its_place() {
    let console = beside("beacon").await;
    console.shows(&[
        "outlook.exe › ",
        "svch0st.exe",
        "NOT ISOLATED  online",
        "Unsigned",
        "open on this host",
        "with this hash",
    ]);
}

#[tokio::test]
async fn earlier_alerts_of_the_same_kind_tell_how_they_ended() {
    let console = beside("curl").await;
    console.shows(&["history", " in 90 days (", "False Positive", "last closed"]);
}

#[tokio::test]
async fn an_alert_is_not_its_own_precedent() {
    let console = beside("encoded").await;
    console.shows(&["history     first time in 90 days"]);
    let console = beside("FUZZYWOMBAT service").await;
    console.shows(&["history     2 in 90 days (2 Unresolved)"]);
}

#[tokio::test]
async fn what_a_server_does_not_count_is_called_unknown() {
    let mut console = Console::with(small(), 160, 60, |_| {}).await;
    fault(&console, json!({"mode": "500", "match": "facet=true"}));
    console.press("esc 3").await;
    console.shows(&["history", "unknown: "]);
    // The rest is there.
    console.shows(&["NOT ISOLATED", "open on this host"]);
}

#[tokio::test]
async fn what_is_known_is_not_asked_again() {
    let mut console = beside("beacon").await;
    console.asked();
    console.press("j k j k").await;
    let first = console.asked().len();
    console.press("j k j k").await;
    assert_eq!(console.asked(), [""; 0], "after {first}");
}

#[tokio::test]
async fn an_alert_leads_to_its_host_its_report_and_its_file() {
    let mut console = beside("beacon").await;
    console.press("g h").await.shows(&["Sensors  1", "filter: id:7"]);
    console.press("[ g f").await.shows(&["feed_id:", "report_id:", "FUZZYWOMBAT beacon"]);
    console.press("[ g b").await.shows(&["Binaries", "md5:"]);
}

#[tokio::test]
async fn another_alert_is_shown_from_its_first_line() {
    let mut console = Console::start().await;
    console.press("esc 3 tab G").await.lacks("│report ");
    console.press("shift-tab j").await.shows(&["││report "]);
}
