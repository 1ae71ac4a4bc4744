//! Every host on the screen: listed however many there are, found on the server, and led on from.

use crate::support::changes::fault;
use crate::support::console::{Console, small};
use crate::support::{stage::Stage, world};
use lampblack::model::Sensor;
use lampblack::sim::Options;
use serde_json::json;

/// A console at the sensors.
async fn at_sensors() -> Console {
    let mut console = Console::start().await;
    console.press("esc 4").await;
    console
}

/// A console at the sensors of a large company.
async fn at_many(sensors: u64) -> Console {
    let options = Options { sensors, ..small() };
    let mut console = Console::with(options, 120, 36, |_| {}).await;
    console.press("esc 4").await;
    console
}

#[tokio::test]
async fn every_host_is_a_row_and_the_one_under_the_cursor_is_shown_in_full() {
    let mut console = at_sensors().await;
    console.shows(&[
        "Sensors  40, row 1",
        "HOST",
        "STATE",
        "CORP-DC-01",
        "ISOLATED",
        "Domain Controllers",
        "CORP-DC-01 #1",
        "NOT ISOLATED",
        "backlog",
        "registered",
    ]);
    // Moving asks for the alerts of the host where the cursor rests, and for nothing else.
    console.asked();
    console.press("j").await;
    console.shows(&["Sensors  40, row 2", "ENG-WS-023 #"]);
    let asked = console.asked();
    assert!(asked.iter().all(|path| path.contains("/alert")), "{asked:?}");
}

#[tokio::test]
async fn nothing_is_asked_before_the_view_is_opened_or_while_it_is_idle() {
    let mut console = Console::start().await;
    console.press("esc").await;
    let before = console.asked();
    let is_theirs = |path: &&String| path.contains("sensor") || path.contains("group");
    assert_eq!(before.iter().filter(is_theirs).count(), 0, "{before:?}");
    console.press("4").await;
    let opened = console.asked();
    assert_eq!(opened.iter().filter(|path| path.contains("/v2/sensor")).count(), 1, "{opened:?}");
    console.press("T 1 4").await;
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn fifty_thousand_hosts_come_page_by_page() {
    let mut console = at_many(50_000).await;
    console.shows(&["Sensors  50,000, row 1"]);
    let pages = |asked: Vec<String>| asked.iter().filter(|path| path.contains("/v2/sensor")).count();
    assert_eq!(pages(console.asked()), 1);
    console.press("G").await;
    console.shows(&["Sensors  50,000, row 50,000"]);
    assert!(pages(console.asked()) <= 2);
    // Far pages are let go of: memory is that of what is looked at.
    let held = console.app.session().lists.pages::<Sensor>().loaded_rows().count();
    assert!(held <= 1_000, "{held} rows are kept");
}

#[tokio::test]
async fn hosts_are_looked_for_on_the_server_by_name_address_and_group() {
    let mut console = at_sensors().await;
    console.press("i").await;
    console.shows(&["Find sensors", "hostname:FIN", "Finance"]);
    console.write("FIN-WS").await.press("enter").await;
    console.shows(&["filter: hostname:\"FIN-WS\"", "FIN-WS-042"]);
    console.lacks("CORP-DC-01");
    console.press("i ctrl-u").await;
    console.write("ip:10.20.1.10").await.press("enter").await;
    console.shows(&["Sensors  1", "filter: ip:\"10.20.1.10\"", "CORP-DC-01"]);
    console.press("i ctrl-u").await;
    console.write("group:\"human resources\"").await.press("enter").await;
    console.shows(&["filter: group:\"Human Resources\"", "HR-WS-011"]);
    // What was looked for before is a place to go back to.
    console.press("[").await.shows(&["filter: ip:\"10.20.1.10\""]);
    console.press("i ctrl-u enter").await.shows(&["Sensors  40"]);
}

#[tokio::test]
async fn hosts_are_looked_for_by_what_no_server_looks_for() {
    let mut console = at_many(2_500).await;
    console.asked();
    console.press("i").await.write("status:offline").await;
    console.press("enter").await;
    console.shows(&["filter: status:\"offline\"", "offline"]);
    console.lacks(" online ");
    let session = console.app.session();
    let n = session.lists.pages::<Sensor>().loaded_rows().count();
    assert!(n > 100 && session.lists.pages::<Sensor>().total() == u64::try_from(n).ok(), "{n}");
    // All are looked at, as many at once as the server gives, and none twice.
    let asked = console.asked();
    let pages = asked.iter().filter(|path| path.contains("/v2/sensor"));
    assert_eq!(pages.count(), 3, "{asked:?}");
    console.press("G").await;
    assert_eq!(console.asked().iter().filter(|path| path.contains("/v2/sensor")).count(), 0);
    console.press("i ctrl-u").await.write("state:offline").await;
    console.press("enter").await;
    console.shows(&["unknown sensor field state: use hostname"]);
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_said_and_not_sent() {
    let mut console = at_sensors().await;
    console.asked();
    console.press("i").await.write("group:Nobody").await.press("enter").await;
    console.shows(&["no sensor group is named", "Find sensors"]);
    console.press("ctrl-u").await.write("ip:10 FIN").await.press("enter").await;
    console.shows(&["a name or an IP address"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn loaded_rows_are_filtered_marked_and_copied() {
    let mut console = at_sensors().await;
    console.press("/").await.write("status:offline").await.press("enter").await;
    console.shows(&["of 40 loaded", "FIN-WS-021"]).lacks("CORP-DC-01");
    console.press("*").await.shows(&["marked"]);
    console.press("y n").await;
    let copied = console.outside.copied.pop().unwrap();
    assert!(copied.contains("FIN-WS-021"), "{copied}");
    console.press("esc esc y j").await;
    assert!(console.outside.copied.pop().unwrap().contains("\"computer_name\""));
}

#[tokio::test]
async fn a_host_leads_to_its_processes_and_alerts_and_back() {
    let mut console = at_sensors().await;
    console.press("/").await.write("FIN-WS-042").await.press("enter").await;
    console.press("enter").await.shows(&["sensor_id:7", "Processes"]);
    console.press("[").await.shows(&["Sensors  40", "FIN-WS-042 #7"]);
    console.press("g a").await.shows(&["hostname:", "Alerts"]);
    // And every row with a host leads to it.
    console.press("g h").await.shows(&["filter: id:7", "FIN-WS-042 #7"]);
}

#[tokio::test]
async fn a_confirmation_dialog_is_about_the_marked_hosts() {
    let mut console = at_sensors().await;
    console.press("j space space I").await;
    console.shows(&["ISOLATE", "ENG-WS-023", "ENG-WS-025"]);
}

#[tokio::test]
async fn one_pane_is_shown_where_there_is_room_for_one() {
    let mut console = Console::with(small(), 80, 24, |_| {}).await;
    console.press("esc 4").await;
    console.shows(&["9 Admin", "Sensors  40", "Host", "CORP-DC-01"]);
    console.press("tab").await.shows(&["CORP-DC-01 #1", "NOT ISOLATED"]);
    console.resize(60, 16).await;
    console.shows(&["CORP-DC-01 #1"]);
}

#[tokio::test]
async fn escape_brings_no_filter_back_that_was_given_up() {
    let mut console = at_sensors().await;
    for filter in ["health:<90", "group:Finance", ""] {
        console.press("i ctrl-u").await.write(filter).await;
        console.press("enter").await;
    }
    console.shows(&["Sensors  40"]);
    console.press("esc").await.shows(&["Sensors  40", "Nothing to close"]);
    console.press("[").await.shows(&["filter: group:"]);
}

#[tokio::test]
async fn groups_that_the_token_may_not_see_are_not_said_to_be_missing() {
    let mut console = Console::start().await;
    let forbidden = json!({"mode": "403", "match": "/api/group"});
    fault(&console, forbidden);
    console.press("esc 4 i").await.write("group:fin").await;
    console.press("enter").await.shows(&["sensor groups unknown"]);
}

#[tokio::test]
async fn the_processes_of_a_host_are_not_only_those_of_the_hunt_s_time() {
    let mut console = Console::start().await;
    console.press("esc g t").await.write("-1h").await.press("enter").await;
    console.press("4 enter").await.lacks("last event -1h");
}

#[test]
fn that_no_host_is_selected_is_said_no_longer_than_it_is_so() {
    let mut stage = Stage::new(120, 36);
    stage.press("esc 4 I").shows(&["isolate: no host selected"]);
    stage.answer_all(world::answer).lacks("no host selected");
}
