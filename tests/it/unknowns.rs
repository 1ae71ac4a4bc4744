//! What the server leaves out or says in a way that cannot be read is unknown: never zero, never harmless.

use crate::support::changes::{changes, fault, ready};
use crate::support::console::{Console, small};
use lampblack::sim;
use serde_json::{Value, json};

/// Lets the simulator send this in place of its own answer.
fn answer(console: &Console, target: &str, body: &Value) {
    fault(console, json!({"mode": "answer", "status": 200, "match": target, "body": body.to_string()}));
}

#[tokio::test]
async fn a_file_whose_hosts_are_named_only_in_part_may_be_on_a_protected_host() {
    let mut console = ready().await;
    let md5 = console.app.session().selection.process.as_ref().and_then(|process| process.md5).unwrap();
    let record = |hosts: Value, n: u64| json!({"md5": md5.to_upper_hex(), "host_count": n, "endpoint": hosts});
    answer(&console, "^/api/v1/binary/", &record(json!(["ENG-WS-023|23"]), 3));
    console.press("B").await.shows(&["Only 1 of its 3 hosts are named: cannot tell whether protected"]);
    // One without a name is not named.
    console.press("esc").await.sim.clear_faults();
    answer(&console, "^/api/v1/binary/", &record(json!(["ENG-WS-023|23", "|24"]), 2));
    console.press("r B").await.shows(&["Only 1 of its 2 hosts are named"]);
    console.press("esc").await.sim.clear_faults();
    answer(&console, "^/api/v1/binary/", &record(json!(["ENG-WS-023|23"]), 1));
    console.press("r B").await.lacks("cannot tell whether protected");
}

#[tokio::test]
async fn a_host_without_a_name_may_be_any_that_is_protected_by_its_name() {
    let mut console = ready().await;
    let record = json!({
        "id": 3, "group_id": 1, "status": "Online", "os_type": 1,
        "network_isolation_enabled": false, "is_isolating": false,
    });
    answer(&console, "^/api/v1/sensor/3$", &record);
    console.press("I").await.shows(&["Host name unknown: cannot tell whether protected_hosts names it"]);
}

#[tokio::test]
async fn a_search_without_a_number_of_matches_is_incomplete_and_not_empty() {
    let mut console = Console::start().await;
    answer(&console, "^/api/v1/process?", &json!({"results": [], "start": 0}));
    console.search("process_name:net.exe").await.shows(&["INCOMPLETE"]);
}

#[tokio::test]
async fn a_comparison_with_a_host_that_does_not_exist_says_so_and_a_backward_time_range_is_refused() {
    let mut console = Console::start().await;
    console.search("process_name:svchost.exe").await;
    console.press("esc F K ctrl-u").await.write("hostname:nowhere").await.press("enter").await;
    console.shows(&["B  nothing matches  same query with hostname:nowhere"]);
    console.press("K ctrl-u").await.write("-7d..-30d").await.press("enter").await;
    console.shows(&["The time range ends before it begins"]);
}

#[tokio::test]
async fn the_binaries_begin_with_their_query_where_nothing_was_searched() {
    let mut console = Console::start().await;
    console.press("esc 5").await.write("original_filename:cmd.exe").await.press("enter").await;
    console.shows(&["cmd.exe"]);
    // Once something was, the list has the focus again.
    console.press("esc 4 5 j").await.shows(&["original_filename:cmd.exe"]).lacks("cmd.exej");
}

#[tokio::test]
async fn user_and_zone_stay_in_the_header_whatever_else_there_is_to_say() {
    let console = Console::start().await;
    let mut console = console.of("a.long.name.of.an.analyst@example.com").await;
    fault(&console, json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"}));
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console.press("I").await.write("x").await;
    console.press("tab tab enter").await;
    console.until("1 action pending").await;
    console.shows(&["a.long.name.of.an.analyst@example.com  UTC"]);
}

#[tokio::test]
async fn a_version_that_is_none_is_not_shown_as_one() {
    let sim = sim::start(small()).await.unwrap();
    let body = json!({"version": "-1"}).to_string();
    let odd = json!({"mode": "answer", "status": 200, "match": "/api/info", "body": body});
    sim.add_fault(serde_json::from_value(odd).unwrap());
    let mut console = Console::at(sim, 120, 36, |_| {}).await;
    console.press("esc 3").await.shows(&["simulator version unknown"]).lacks("-1 ");
}

#[tokio::test]
async fn alerts_of_one_report_on_one_host_are_told_apart_in_their_confirmation() {
    let mut console = Console::start().await;
    console.press("esc 3 space space d").await;
    let screen = console.text();
    let lines: Vec<_> = screen.lines().filter(|line| line.contains("Unresolved -> Resolved")).collect();
    assert_eq!(lines.len(), 2, "{screen}");
    // Where they are alike otherwise, by the time.
    console.shows(&["(pid ", "03-03 14:02:34Z)", "03-03 13:49:18Z)"]);
}

#[tokio::test]
async fn a_host_without_a_name_is_confirmed_by_the_id_of_its_sensor() {
    let mut console = ready().await;
    let record = json!({"id": 3, "group_id": 1, "status": "Online", "os_type": 1, "uninstalled": null});
    answer(&console, "^/api/v1/sensor/3$", &record);
    console.press("S X").await.shows(&["Host name unknown: cannot tell whether protected_hosts names it"]);
    console.write("decommissioned").await;
    console.press("tab tab tab enter").await.shows(&["type the sensor ID"]);
    assert_eq!(changes(&console), [""; 0]);
    console.press("backtab").await.write("3").await;
    console.press("tab enter").await;
    console
        .until("uninstall sensor 3: OUTCOME UNKNOWN")
        .await
        .shows(&["server state: the server does not say whether"]);
    assert_eq!(changes(&console), ["PUT /api/v1/sensor/3"]);
}
