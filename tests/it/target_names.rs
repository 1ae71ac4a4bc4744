//! A popup says whom it is about: the host or file that the row named, whether its record can be read or not.

use crate::support::changes::{changes, fault, ready};
use crate::support::console::Console;
use serde_json::json;

use lampblack::model::Watchlist;

async fn at_sensors() -> Console {
    let mut console = ready().await;
    console.press("esc 4").await;
    console
}

#[tokio::test]
async fn a_confirmation_says_nothing_of_a_host_that_it_leaves_out() {
    let mut console = at_sensors().await;
    // The first host is a domain controller, which is protected.
    console.press("g g space space I").await.shows(&["ISOLATE 1 of 2 hosts", "CORP-DC-01 (sensor 1): protected_hosts"]);
    let screen = console.text();
    let of_it = screen.lines().filter(|line| line.contains("CORP-DC-01"));
    let others: Vec<_> = of_it.filter(|line| !line.contains("skipped")).collect();
    assert_eq!(others, [""; 0], "{screen}");
    // Nor is anything asked about it.
    let asked = console.asked();
    let is_probe = |path: &&String| path.contains("hostname") && path.contains("CORP-DC-01");
    let probes: Vec<_> = asked.iter().filter(is_probe).collect();
    assert!(probes.iter().all(|path| path.contains("/alert")), "{probes:?}");
}

#[tokio::test]
async fn an_open_action_on_a_host_that_is_left_out_is_no_warning() {
    let mut console = at_sensors().await;
    fault(&console, json!({"mode": "never-confirm", "match": "/api/v1/sensor/1$"}));
    console.press("g g I").await.write("x").await;
    console.press("tab tab").await.write("CORP-DC-01").await;
    console.press("tab enter").await;
    console.until("accepted, waiting").await;
    console.press("esc g g space space U").await.lacks("is still pending");
}

#[tokio::test]
async fn a_host_whose_record_cannot_be_read_is_named_as_its_row_named_it() {
    let mut console = ready().await;
    for mode in ["404", "500", "broken-json"] {
        console.sim.clear_faults();
        fault(&console, json!({"mode": mode, "match": "^/api/v1/sensor/3"}));
        for key in ["I", "U", "S f", "S r", "S X"] {
            console.press(key).await.shows(&["WIN-IA9NQ1GN8OI  sensor 3"]);
            console.press("esc").await;
        }
    }
}

#[tokio::test]
async fn of_several_hosts_the_one_that_cannot_be_read_is_named_with_the_reason() {
    let mut console = at_sensors().await;
    fault(&console, json!({"mode": "500", "match": "^/api/v1/sensor/23$"}));
    console.press("g g j space space I").await;
    let screen = console.text();
    let name = screen.lines().find(|line| line.contains("unknown") && line.contains("sensor 23"));
    assert!(name.is_some_and(|line| line.contains("ENG-WS")), "{screen}");
}

#[tokio::test]
async fn a_child_whose_ban_cannot_be_read_is_named_as_its_event_named_it() {
    let mut console = ready().await;
    console.search("process_name:services.exe").await;
    console.press("enter tab e c").await;
    fault(&console, json!({"mode": "500", "match": "/banning/blacklist"}));
    console.press("B").await;
    let screen = console.text();
    let named = screen.lines().find(|line| line.contains(".exe") && !line.contains("services.exe"));
    assert!(screen.contains("BAN") && named.is_some(), "{screen}");
}

#[tokio::test]
async fn watchlists_and_feeds_that_cannot_be_read_are_named_as_their_rows_named_them() {
    let mut console = ready().await;
    console.press("esc 6").await;
    let name = console.app.session().lists.pages::<Watchlist>().loaded_rows().next().unwrap().1.name.raw().to_owned();
    fault(&console, json!({"mode": "500", "match": "/watchlist/"}));
    console.press("g g o").await;
    let screen = console.text();
    assert!(screen.contains(&format!("{name}  watchlist")), "{screen}");
}

#[tokio::test]
async fn notes_and_moves_name_the_host_that_they_are_about() {
    let mut console = ready().await;
    console.press("S n").await.shows(&["Notes of WIN-IA9NQ1GN8OI (sensor 3)"]).lacks("which are unknown");
    console.press("esc S m").await.shows(&["Move WIN-IA9NQ1GN8OI (sensor 3) to group"]);
    console.press("esc esc 4 g g j space space S m").await.shows(&["Move 2 hosts to group: ENG-WS-023 (sensor"]);
    console.press("esc S n").await.shows(&["Notes of 2 hosts", "ENG-WS-023 (sensor", "ENG-WS-025 (sensor"]);
}

#[tokio::test]
async fn notes_that_are_not_known_are_said_to_be_replaced() {
    let mut console = Console::start().await;
    fault(&console, json!({"mode": "500", "match": "^/api/v1/sensor/"}));
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console.press("S n").await;
    console.shows(&["Notes of win-ia9nq1gn8oi (sensor 3)", "Saving replaces the present notes, which are unknown"]);
    // What cannot be read is not written over.
    console.write("new").await.press("enter").await.press("tab tab enter").await;
    console.shows(&["the target could not be read"]).lacks("nothing to change");
    assert_eq!(changes(&console), [""; 0]);
}
