//! Changes from within the console: previewed, confirmed, verified, undone, and taken up again after a restart.

use crate::support::changes::{changes, fault, ready};
use crate::support::console::{Console, settings, small};
use crate::support::{SIZES, SNAPSHOT_SIZE};
use lampblack::api::{Client, WriteRequest};
use lampblack::audit;
use lampblack::model::SensorId;
use serde_json::json;

#[tokio::test]
async fn a_host_is_isolated_and_its_hash_banned_in_few_keys_and_two_undos_restore_the_server() {
    let mut console = ready().await;
    console.press("I").await.shows(&[
        "ISOLATE",
        "not isolated -> isolated",
        "Still reachable: CB server",
        "request",
        "PUT /api/v1/sensor/3",
        "a reason is required",
    ]);
    console.write("lateral movement").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED; isolated (verified").await;
    console.press("B").await;
    console.shows(&["BAN", "not banned -> banned"]);
    console.write("dropper").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED; banned by admin").await;
    assert_eq!(changes(&console).len(), 2);

    // The same verbs again change nothing, and say why.
    console.press("I").await.shows(&["is already isolated", "nothing to change"]);
    console.press("tab tab enter").await.shows(&["nothing to change"]);
    console.press("esc B").await.shows(&["is already banned by admin"]);
    console.press("esc").await;
    assert_eq!(changes(&console).len(), 2);

    console.press("z").await.shows(&["Undo: ban", "undo of ban"]);
    console.press("tab tab enter").await;
    console.until("unban").await.until("CONFIRMED; unbanned: dropper").await;
    console.press("z").await.shows(&["Undo: isolate WIN-IA9NQ1GN8OI"]);
    console.press("tab tab enter").await;
    console.until("CONFIRMED; not isolated").await;
    console.press("z").await.shows(&["Nothing of yours to undo in the last 24 h"]);

    let verdict = audit::verify(console.state.path()).unwrap();
    assert_eq!(verdict.faults, []);
    console.press("r").await.shows(&["NOT ISOLATED"]);
}

#[tokio::test]
async fn nothing_is_sent_by_enter_alone_by_escape_or_from_a_field() {
    let mut console = ready().await;
    console.press("I enter").await.shows(&["Tab to [ isolate ], Enter to confirm"]);
    console.press("tab tab enter").await.shows(&["a reason is required"]);
    console.press("esc").await.lacks("reason (required)");
    console.press("I").await.write("x").await;
    console.press("backtab enter").await.lacks("reason (required)");
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn what_was_done_is_listed_with_proof_and_so_is_every_request() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press("@").await;
    console.until("case 7").await;
    console.shows(&["Activity  1", "isolate", "WIN-IA9NQ1GN8OI", "CONFIRMED", "Requests"]);
    console.press("enter").await.shows(&["before", "\"is_isolating\":false", "sent", "PUT /api/v1/sensor/3 {"]);
    console.press("esc tab / P U T enter").await;
    console.shows(&["PUT", "204", "/api/v1/sensor/3"]);
    console.press("y r").await.shows(&["No curl to copy"]);
    console.press("esc / a p i / i n f o enter y r").await;
    assert_eq!(console.outside.copied, ["curl -sS -H \"X-Auth-Token: $TOKEN\" 'https://cb.example.com/api/info'"]);
}

#[tokio::test]
async fn bans_have_a_view_of_their_own_where_hashes_are_pasted_and_bans_lifted() {
    let mut console = ready().await;
    console.press("8").await.shows(&["Bans  1", "BANNED", "known tool of an earlier case"]);
    console.press("a").await;
    console
        .paste("md5\n9e107d9d372bb6826bd81d3542a419d6\n9e107d9d372bb6826bd81d3542a419d7,a.exe\n")
        .await
        .shows(&["2 hashes, 1 not MD5"]);
    console.press("enter").await.shows(&["BAN 2 hashes", "Skipped \"a.exe\": not an MD5"]);
    console.write("list of the CERT").await;
    console.press("tab tab tab enter").await.shows(&["type the number of hashes"]);
    console.press("backtab 2 tab enter").await;
    console.until("Bans  3").await;
    console.press("/ C E R T enter U").await.shows(&["UNBAN", "banned by admin on", "kept in the list"]);
    console.write("wrong list").await;
    console.press("tab tab enter").await;
    console.until("REMOVED").await;
    assert_eq!(changes(&console).len(), 4);
}

#[tokio::test]
async fn the_isolated_board_says_since_when_by_whom_and_why_and_what_drifted() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press(":").await.write("isolated").await;
    console.press("enter").await;
    console.shows(&["Isolated", "ISOLATED", "WIN-IA9NQ1GN8OI", "case 7", "ana", "unknown"]);
    // Another user unisolates it.
    let client = Client::new(settings(&console.sim), None).unwrap();
    let sensor = client.sensor(SensorId(3)).await.unwrap();
    let release = WriteRequest::unisolate(&sensor);
    client.send_write(&release).await.unwrap();
    while client.sensor(SensorId(3)).await.unwrap().is_isolating != Some(false) {}
    console.press("r").await;
    console.shows(&["DRIFT: log says isolated, server says not: WIN-IA9NQ1GN8OI"]);
}

#[tokio::test]
async fn a_host_that_is_let_back_leaves_the_board() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press(":").await.write("isolated").await;
    console.press("enter").await.shows(&["Isolated  2,", "WIN-IA9NQ1GN8OI"]);
    console.press("U").await.shows(&["UNISOLATE"]);
    console.write("clean").await.press("tab tab enter").await;
    console.until("CONFIRMED; not isolated").await.until("Isolated  1,").await;
}

#[tokio::test]
async fn what_can_be_done_is_found_by_its_name() {
    let mut console = ready().await;
    console.press(":").await.write("isolate").await;
    console.shows(&["isolate", "Isolate host"]).lacks("repaint");
    console.press("enter").await.shows(&["ISOLATE", "reason (required)"]);
    console.press("esc :").await.write("no such thing").await;
    console.shows(&["No match for no such thing"]);
}

#[tokio::test]
async fn a_host_is_moved_to_a_group_that_is_picked_and_its_notes_are_written() {
    let mut console = ready().await;
    console.press("S m").await.shows(&[
        "Move WIN-IA9NQ1GN8OI (sensor 3) to group",
        "Domain Controllers",
        "Engineering",
    ]);
    console.press("j j j j j enter").await.shows(&["MOVE", "to group Engineering"]);
    console.press("tab tab enter").await;
    console.until("move WIN-IA9NQ1GN8OI: CONFIRMED").await;
    console.press("S n").await.write("image before release").await;
    console.press("enter").await.shows(&["EDIT NOTES", "\"image before release\""]);
    console.press("tab tab enter").await;
    console.until("edit notes WIN-IA9NQ1GN8OI: CONFIRMED").await;
    // Both are undone: the group and the notes.
    console.press("z").await.shows(&["Undo: edit notes"]);
    console.press("tab tab enter").await;
    console.until("edit notes WIN-IA9NQ1GN8OI: CONFIRMED; no notes").await;
    console.press("z").await.shows(&["Undo: move", "move to group Default Group"]);
    console.press("esc S f").await.shows(&["FLUSH", "Queued on the host"]);
    console.press("esc S r").await.shows(&["RESTART"]);
}

#[tokio::test]
async fn a_confirmation_dialog_fits_every_size() {
    for (width, height) in SIZES {
        let mut console = Console::with(small(), width, height, |_| {}).await;
        console.search("process_name:svchost.exe").await.press("B").await;
        console.shows(&[
            "60abd3bf21907e677a0aa19daac50c46: not banned -> banned",
            "Sensors will block it from starting and kill running",
            "Microsoft-signed; may be an OS component",
            "Seen on 13 of 40 hosts (32 %)",
            "a reason is required",
            "[ cancel ]",
        ]);
        if (width, height) == SNAPSHOT_SIZE {
            insta::assert_snapshot!("ban", console.picture());
        }
        console.press("esc space space space I").await;
        insta::assert_snapshot!(format!("isolate-{width}x{height}"), console.picture());
    }
}

#[tokio::test]
async fn undo_on_a_row_of_the_log_is_about_that_row_or_about_none() {
    let mut console = ready().await;
    console.press("I").await.write("x").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press("z").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED; not isolated").await;
    console.press("@").await;
    console.until("undone").await;
    console.press("z").await.shows(&["Undo: unisolate WIN-IA9NQ1GN8OI"]);
    console.press("esc j z").await.shows(&["Cannot undo"]);
}

#[tokio::test]
async fn a_sensor_is_uninstalled_by_the_name_of_its_host_and_nothing_undoes_it() {
    let mut console = ready().await;
    console.press("S X").await;
    console.shows(&["UNINSTALL", "This cannot be undone: once it has checked in, only an installer", "as uninstalled"]);
    console.press("tab tab tab enter").await.shows(&["a reason is required"]);
    console.press("tab tab").await.write("decommissioned").await;
    console.press("tab tab tab enter").await.shows(&["type the host name"]);
    assert_eq!(changes(&console), [""; 0]);
    console.press("backtab").await.write("win-ia9nq1gn8oi").await;
    console.press("tab enter").await;
    console.until("CONFIRMED; uninstalled (verified on the server)").await;
    assert_eq!(changes(&console), ["PUT /api/v1/sensor/3"]);
    let log = std::fs::read_to_string(console.state.path().join("actions.jsonl")).unwrap();
    assert!(log.contains(r#""change":{"sensor":{"uninstall":3}}"#), "{log}");
    console.press("z").await.shows(&["uninstall WIN-IA9NQ1GN8OI, cannot be undone: once it has checked in, only an"]);
    console.press("@").await.until("CONFIRMED").await;
    console
        .press("z")
        .await
        .shows(&["Cannot undo: once it has checked in, only an installer on the host brings the sensor back"]);
}

#[tokio::test]
async fn a_reason_that_was_typed_is_not_typed_again_until_something_was_done_for_it() {
    let mut console = ready().await;
    console.press("I").await.write("lateral movement").await;
    console.press("esc I").await.shows(&["lateral movement"]);
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press("B").await.lacks("lateral movement");
}

#[tokio::test]
async fn the_request_in_the_dialog_is_shown_to_its_end_however_long_it_is() {
    let mut console = Console::with(small(), 60, 30, |_| {}).await;
    console.press("esc 8 U").await;
    console.shows(&["UNBAN", "\"enabled\":false"]).lacks("…");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_hashes_the_number_of_requests_is_bounded_and_said_before() {
    for (n, most) in [(5, 10), (50, 10), (500, 46), (3000, 246)] {
        let mut console = ready().await;
        console.press("8 a").await;
        let list: Vec<_> = (0..n).map(|n| format!("{n:032x}")).collect();
        console.paste(&list.join("\n")).await;
        let cost = format!("{n} hashes: up to {most} API requests for this preview");
        console.shows(&[&cost]);
        console.sim.forget_requests();
        console.press("enter").await;
        console.shows(&[&format!("BAN {n} hashes"), &cost]);
        let asked = console.sim.seen_requests();
        assert!(asked.len() <= most, "{n} hashes: {} requests", asked.len());
        console.shows(&["a reason is required"]);
    }
}

#[tokio::test]
async fn the_hashes_of_marked_rows_are_looked_up_together_too() {
    let mut console = ready().await;
    console.search("process_name:*").await.press("esc *").await;
    console.sim.forget_requests();
    console.press("B").await;
    console.shows(&["hashes: up to ", "API requests for this preview"]);
    let asked = console.sim.seen_requests();
    assert!(asked.len() <= 14, "{} requests: {asked:?}", asked.len());
    // What holds for several targets is shown once.
    let screen = console.text();
    let n = screen.matches("more: Microsoft-signed").count();
    assert_eq!(n, 1, "{screen}");
}

#[tokio::test]
async fn the_lookups_of_many_hashes_are_cancelled_together() {
    let mut console = ready().await;
    fault(&console, json!({"mode": "hang", "match": "facet=true"}));
    let list: Vec<_> = (0..20).map(|n| format!("{n:032x}")).collect();
    console.press("8 a").await.paste(&list.join("\n")).await;
    console.begin("enter").until("no binary record").await;
    console.shows(&["more lookups running; ^c cancels"]);
    console.begin("ctrl-c").shows(&[
        "unknown: cancelled",
        "a reason is required",
        "cannot tell whether domain controllers ran it",
    ]);
}

#[tokio::test]
async fn z_without_a_row_never_takes_back_what_a_colleague_did() {
    let mut console = ready().await.of("kim").await;
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    // The same account on the same machine, for another user.
    let mut console = console.of("ana").await;
    console.press("esc z").await.shows(&["Nothing of yours"]);
    // On its row it is another matter.
    console.press("@").await.until("CONFIRMED").await;
    console.press("z").await.shows(&["Undo: isolate"]);
}

#[tokio::test]
async fn a_pasted_list_of_three_thousand_hashes_is_taken_whole() {
    let mut console = ready().await;
    let hashes: Vec<_> = (0..3000).map(|n| format!("{n:032x}")).collect();
    console.press("8 a").await;
    console.paste(&hashes.join("\n")).await.shows(&["3000 hashes, 0 not MD5"]);
    // A list that is longer than any is refused as a whole.
    console.paste(&"f".repeat(1_000_000)).await;
    console.shows(&["Not pasted: 1000000 characters; this field takes at most 1000000"]);
    console.shows(&["3000 hashes, 0 not MD5"]);
}
