//! The queue of alerts by what they share: grouped, ordered, filtered, gone into and come back from.

use crate::support::changes::fault;
use crate::support::console::{Console, settings, small};
use lampblack::api::{Client, WriteRequest};
use lampblack::model::{AlertStatus, Search, Span};
use serde_json::json;

/// A console before the open alerts, grouped by report.
async fn grouped() -> Console {
    let mut console = Console::start().await;
    console.press("esc 3 ,").await;
    console
}

/// The row of the list that the cursor stands in.
fn row(console: &Console) -> String {
    let screen = console.text();
    let row = screen.lines().find(|line| line.starts_with("│>"));
    row.expect("a row under the cursor").to_owned()
}

#[tokio::test]
async fn the_queue_is_grouped_by_report_host_hash_and_user_and_then_not() {
    let mut console = grouped().await;
    console.shows(&["3 Alerts", "groups, by report", "GROUP", "FUZZYWOMBAT"]);
    for by in ["host", "hash", "user"] {
        console.press(",").await;
        console.shows(&[&format!("groups, by {by}")]);
    }
    console.press(",").await;
    console.shows(&["not grouped"]).lacks("groups, by");
    // The key of the view comes back to what was left.
    console.press(", 1 3").await;
    console.shows(&["groups, by report"]);
}

#[tokio::test]
async fn all_pages_are_read_once_whatever_they_are_grouped_by() {
    let mut console = grouped().await;
    let whole = |path: &String| path.contains("rows=1000");
    let asked = console.asked();
    assert_eq!(asked.iter().filter(|path| whole(path)).count(), 1);
    console.press(", , s").await;
    assert_eq!(console.asked().iter().filter(|path| whole(path)).count(), 0);
    console.press("r").await;
    assert_eq!(console.asked().iter().filter(|path| whole(path)).count(), 1);
}

#[tokio::test]
async fn a_group_is_gone_into_and_left_again() {
    let mut console = grouped().await;
    console.press("/").await.write("PowerShell").await;
    console.press("enter G").await;
    let before = row(&console);
    console.press("enter").await;
    console.shows(&["watchlist_id:", "In Progress\") "]);
    console.lacks("groups, by");
    console.press("[").await;
    console.shows(&["groups, by report", "/PowerShell"]);
    assert_eq!(row(&console), before);
    console.press("]").await;
    console.shows(&["watchlist_id:"]).lacks("groups, by");
}

#[tokio::test]
async fn groups_are_ordered_by_score_number_and_age() {
    let mut console = grouped().await;
    for (words, title) in [
        ("most alerts first", "N v"),
        ("newest alert first", "NEWEST"),
        ("oldest alert first", ""),
        ("highest score first", "SCORE v"),
    ] {
        console.press("s").await;
        console.shows(&[words, title]);
    }
}

#[tokio::test]
async fn what_is_done_to_a_group_is_done_to_all_its_alerts() {
    let console = Console::with(small(), 160, 45, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3 , /").await.write("service").await;
    console.press("enter").await.shows(&["3 on 2 hosts"]);
    console.press("a").await.shows(&["ASSIGN 3 alerts"]);
    // From the panel too, and for all that are marked.
    console.press("esc esc * a").await.shows(&["ASSIGN "]);
    console.lacks("ASSIGN 3 alerts");
}

#[tokio::test]
async fn the_panel_says_what_a_group_is_and_why_its_newest_alert_was_raised() {
    let mut console = Console::with(small(), 160, 60, |_| {}).await;
    console.press("esc 3 , /").await.write("service").await;
    console.press("enter").await.shows(&[
        "Group summary",
        "FUZZYWOMBAT service (soc)",
        "3 on 2 hosts",
        "Newest:",
        "winupdsvc.exe",
        "history",
    ]);
    // It leads to the process of the newest.
    console.press("tab enter").await.shows(&["Tree  winupdsvc.exe"]);
}

#[tokio::test]
async fn a_queue_that_cannot_be_read_says_so_and_is_read_when_asked_again() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    fault(&console, json!({"mode": "500", "match": "rows=1000"}));
    console.press(",").await;
    console.lacks("groups, by").shows(&["the server answered 500"]);
    console.sim.clear_faults();
    console.press("r").await.shows(&["groups, by report"]);
}

#[tokio::test]
async fn groups_fit_a_small_terminal() {
    for (width, height) in [(80, 24), (60, 16)] {
        let mut console = Console::with(small(), width, height, |_| {}).await;
        console.press("esc 3 ,").await;
        console.shows(&["in ", "groups", "SCORE v", "FUZZYWOMBAT", "HOST"]);
    }
}

#[tokio::test]
async fn the_key_of_the_alerts_leads_from_some_of_them_to_the_queue() {
    let mut console = grouped().await;
    console.press("j enter").await;
    console.lacks("groups, by");
    console.press("8 3").await;
    // What was looked at last comes first, and the queue behind it.
    console.lacks("groups, by");
    console.press("3").await;
    console.shows(&["groups, by report, row 2"]);
    console.press("[").await;
    console.lacks("groups, by");
    // Where no groups lie behind, it is all that is open.
    let mut console = Console::start().await;
    console.press("esc 3 i").await.write(" score:[90 TO *]").await;
    console.press("enter 3").await;
    console.lacks("score:[90").shows(&["status:Unresolved OR"]);
}

/// Has somebody else resolve the open alert of the highest score.
async fn resolved_elsewhere(console: &Console) {
    let client = Client::new(settings(&console.sim), None).unwrap();
    let search =
        Search { query: "status:Unresolved".into(), sort: Some("alert_severity desc".into()), ..Search::default() };
    let found = client.alerts(&search, Span { start: 0, rows: 1 }).await;
    let alert = found.unwrap().rows.remove(0);
    let resolved = WriteRequest::alert(&alert.id, &AlertStatus::Resolved);
    client.send_write(&resolved).await.unwrap();
}

/// The number of alerts in the title of the list or of the groups.
fn n_alerts(console: &Console) -> u64 {
    let screen = console.text();
    let title = screen.lines().find(|line| line.starts_with('╭') && line.contains("Alerts  "));
    let words = title.expect("a title").split([' ', ',']);
    let numbers = words.filter_map(|word| word.parse().ok());
    numbers.max().unwrap_or_else(|| panic!("no number: {screen}"))
}

#[tokio::test]
async fn the_list_shows_what_the_groups_showed_after_they_were_read_again() {
    let mut console = grouped().await;
    let before = n_alerts(&console);
    resolved_elsewhere(&console).await;
    console.press("r").await;
    let after = n_alerts(&console);
    assert_ne!(before, after);
    console.press(", , , ,").await.shows(&["not grouped"]);
    assert_eq!(n_alerts(&console), after);
}

#[tokio::test]
async fn the_groups_show_what_the_list_showed_after_it_was_read_again() {
    let mut console = grouped().await;
    console.press(", , , ,").await.shows(&["not grouped"]);
    resolved_elsewhere(&console).await;
    console.press("r").await;
    let after = n_alerts(&console);
    console.press(",").await.shows(&["groups, by report"]);
    assert_eq!(n_alerts(&console), after);
}

#[tokio::test]
async fn alerts_of_a_watchlist_are_not_called_ignored() {
    let console = Console::with(small(), 160, 45, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3 , /").await.write("PowerShell").await;
    console.press("enter G X").await;
    console.shows(&["IGNORE 0 of 77 alerts", "there is no report to ignore"]);
    console.lacks("cannot be ignored");
}
