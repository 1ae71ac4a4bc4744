//! `alert list`: what is listed, in which order, and what is said beside it.

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, Members, world};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_query_the_open_alerts_are_listed_by_severity() {
    let bench = Bench::start().await;
    let ran = bench.run(&["alert", "list", "--limit", "0", "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert!(rows.len() > 50, "{}", rows.len());
    let open = ["Unresolved", "In Progress"];
    assert!(rows.iter().all(|row| open.contains(&row.text("status").as_str())));
    let severity = |row: &Value| row["alert_severity"].as_f64().unwrap();
    assert!(rows.iter().map(severity).rev().is_sorted());
    assert!(rows[0].text("watchlist_name").starts_with("FUZZYWOMBAT"));
    assert_eq!(ran.notes, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_leads_to_its_process() {
    let bench = Bench::start().await;
    let query = "watchlist_name:\"FUZZYWOMBAT beacon\" alert_type:*process";
    let ran = bench.run(&["alert", "list", query, "--format", "csv"]).await;
    let mut reader = csv::Reader::from_reader(ran.check(0).out.as_bytes());
    let row: std::collections::HashMap<String, String> = reader.deserialize().next().unwrap().unwrap();
    assert_eq!(row["host"], "fin-ws-042");
    assert_eq!(row["process"], "svch0st.exe");
    assert_eq!((row["severity"].as_str(), row["feed"].as_str()), ("72.8", "soc"));
    assert_eq!(row["indicator"], bench.md5("svch0st.exe").await);
    let tree = bench.run(&["tree", &row["process_id"], "--format", "jsonl"]).await;
    let tree = tree.check(0).json_lines();
    assert!(tree.iter().any(|row| row.text("process_name") == "outlook.exe"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_of_a_watchlist_is_shown_as_a_person_writes_it() {
    let bench = Bench::start().await;
    let ran = bench.fed(&["alert", "list", "-", "--format", "table"], "watchlist_id:22\n").await;
    let lines: Vec<&str> = ran.check(0).out.lines().collect();
    assert!(lines[0].starts_with("CREATED"), "{}", ran.out);
    assert!(lines[1].contains("  cmdline:minidump  "), "{}", ran.out);
    assert!(lines[1].contains("  watchlist  "), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_and_the_exit_code_say_what_there_is() {
    let bench = Bench::start().await;
    let ran = bench.run(&["alert", "list", "--limit", "3"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 4);
    ran.notes_say("3 rows of up to ").notes_say("--limit 0");
    let ran = bench.run(&["alert", "list", "hostname:nowhere"]).await;
    assert_eq!(ran.check(3).out, "");
    ran.notes_say("no alert matches");
    let ran = bench.run(&["alert", "list", "status:resolved (a"]).await;
    ran.check(2).notes_say("error: ");
    let ran = bench.run(&["alert", "list", "cmdline:net", "--limit", "1"]).await;
    ran.notes_say("warning: query: ");
    let ran = bench.run(&["alert", "list", "--formt", "csv"]).await;
    ran.check(2).notes_say("'--format'");
    let ran = bench.run(&["alert", "list", "-status:resolved", "--limit", "1"]).await;
    ran.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_join_and_broken_rows_are_counted() {
    let bench = Bench::with(Options { max_rows: Some(7), ..world() }).await;
    let arguments = ["alert", "list", "", "--limit", "0", "--format", "jsonl"];
    let ran = bench.run(&arguments).await;
    let mut ids: Vec<String> = ran.check(0).json_lines().iter().map(|row| row.text("unique_id")).collect();
    let n_rows = ids.len();
    ids.sort();
    ids.dedup();
    assert!(n_rows > 400 && ids.len() == n_rows, "{n_rows} rows, {} ids", ids.len());
    bench.fault(json!({"mode": "wrong-types", "match": "^/api/v2/alert"}));
    let ran = bench.run(&["alert", "list", "", "--limit", "7", "--format", "jsonl"]).await;
    let n_read = ran.check(0).json_lines().len();
    ran.notes_say(&format!("warning: {} rows could not be read", 7 - n_read));
    assert!(n_read < 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_server_is_asked_in_its_own_way() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "404", "match": "^/api/v2/alert"}));
    let ran = bench.run(&["alert", "list", "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert_eq!(rows.len(), 100);
    assert!(rows[0]["observed_hosts"].is_object());
    bench.fault(json!({"mode": "403", "match": "^/api/v1/alert"}));
    let ran = bench.run(&["alert", "list"]).await;
    ran.check(1).notes_say("error: ");
}
