//! Live updates of alerts: no row moves until they are loaded; paused where the server fails.

use crate::support::changes::fault;
use crate::support::console::Console;
use serde_json::json;

/// The rows of the list.
fn rows(console: &Console) -> Vec<String> {
    let screen = console.text();
    let rows = screen.lines().filter(|line| line.starts_with("│>") || line.starts_with("│ "));
    rows.map(|row| row.chars().take(60).collect()).collect()
}

/// Whether there will be another look.
fn is_polling(console: &Console) -> bool {
    console.app.session().is_polling()
}

#[tokio::test]
async fn new_alerts_are_counted_and_loaded_with_the_cursor_on_its_alert() {
    let mut console = Console::start().await;
    // The newest first: what comes is put before all that is shown.
    console.press("esc 3 s R j j j").await;
    console.until("no new alerts").await.shows(&["row 4"]);
    let before = rows(&console);
    assert_eq!(console.sim.raise_alerts(4).len(), 4);
    console.until("4 new, r loads them").await;
    assert_eq!(rows(&console), before);
    console.shows(&["row 4"]);
    console.press("r").await.until("no new alerts").await;
    console.shows(&["row 8"]);
    let under = |rows: &[String]| rows.iter().find(|row| row.starts_with("│>")).cloned();
    assert_eq!(under(&rows(&console)), under(&before));
}

#[tokio::test]
async fn new_alerts_are_counted_where_alerts_are_grouped() {
    let mut console = Console::start().await;
    console.press("esc 3 , R").await.until("no new alerts").await;
    console.sim.raise_alerts(3);
    console.until("3 new, r loads them").await;
    console.press("r").await.until("no new alerts").await;
}

#[tokio::test]
async fn there_is_no_poll_where_live_is_off_or_the_list_is_not_shown() {
    let mut console = Console::start().await;
    console.press("esc 3").await.lacks("live,");
    assert!(!is_polling(&console));
    console.press("R").await.until("no new alerts").await;
    assert!(is_polling(&console));
    // In another view, no look is under way.
    console.press("1").await;
    assert!(!is_polling(&console));
    console.press("3").await.until("no new alerts").await;
    console.press("R").await.shows(&["Live off"]).lacks("no new alerts");
    assert!(!is_polling(&console));
}

#[tokio::test]
async fn a_server_that_refuses_is_not_asked_again_until_somebody_wants_it() {
    let mut console = Console::start().await;
    console.press("esc 3 R").await.until("no new alerts").await;
    fault(&console, json!({"mode": "401"}));
    console.until("live paused").await;
    assert!(!is_polling(&console));
    // What is here stays as it is.
    console.shows(&["FUZZYWOMBAT"]);
    console.sim.clear_faults();
    console.press("R").await.until("no new alerts").await;
}
