//! The first line: what is going on, and the counts that the loaded lists tell.

use serde_json::json;

use crate::support::{changes::fault, console::Console};

/// The first line of the screen.
fn header(console: &Console) -> String {
    console.text().lines().next().unwrap_or_default().trim_end().to_owned()
}

#[tokio::test]
async fn the_header_has_the_counts_of_what_was_loaded_and_asks_for_none_of_them() {
    let mut console = Console::start().await;
    console.press("esc").await;
    let line = header(&console);
    assert!(line.ends_with("UTC"), "{line}");
    console.press("3").await;
    let line = header(&console);
    assert!(line.ends_with("160 open alerts (2026-03-04 10:20Z)"), "{line}");
    console.press("4").await;
    let line = header(&console);
    assert!(line.contains("160 open alerts, ") && line.ends_with(" offline (2026-03-04 10:20Z)"), "{line}");
    console.asked();
    console.press("1").await;
    assert_eq!(console.asked(), [""; 0]);
    console.press("g i").await;
    let line = header(&console);
    assert!(line.contains("160 open alerts, 1 isolated, ") && line.ends_with(" offline (2026-03-04 10:20Z)"), "{line}");
}

#[tokio::test]
async fn a_list_of_other_rows_is_not_counted_in_the_header() {
    let mut console = Console::start().await;
    console.press("esc 3 i").await.press("ctrl-u").await;
    console.write("status:Resolved").await.press("enter").await;
    let line = header(&console);
    assert!(!line.contains("open alert"), "{line}");
    console.press("esc 4 i").await;
    console.write("FIN").await.press("enter").await;
    console.shows(&["FIN-"]);
    let line = header(&console);
    assert!(!line.contains("offline"), "{line}");
}

#[tokio::test]
async fn alerts_that_were_searched_only_in_part_are_not_counted_in_the_header() {
    let mut console = Console::start().await;
    let body = json!({"results": [], "total_results": 160, "start": 0, "incomplete_results": true}).to_string();
    fault(&console, json!({"mode": "answer", "status": 200, "match": "^/api/v2/alert", "body": body}));
    console.press("esc 3").await.shows(&["INCOMPLETE"]);
    let line = header(&console);
    assert!(!line.contains("open alert"), "{line}");
}

#[tokio::test]
async fn a_host_whose_sensor_is_uninstalled_is_not_counted_as_offline() {
    let mut console = Console::start().await;
    let sensor = |id: u64, uninstalled| json!({"id": id, "status": "Offline", "uninstalled": uninstalled});
    let sensors = [sensor(1, json!(true)), sensor(2, json!(null)), sensor(3, json!(false))];
    let body = json!({"results": sensors, "total_results": 3, "start": 0}).to_string();
    fault(&console, json!({"mode": "answer", "status": 200, "match": "^/api/v2/sensor", "body": body}));
    console.press("esc 4").await;
    let line = header(&console);
    assert!(line.contains("2 offline ("), "{line}");
}
