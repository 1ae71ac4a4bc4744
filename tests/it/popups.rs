//! Popups: which rows they are about, whose marks are removed by an action, and that nothing typed is lost.

use crate::support::changes::{changes, fault, ready};
use crate::support::console::{Console, small};
use serde_json::json;

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// A console of a user before the open alerts.
async fn queue() -> Console {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3").await;
    console
}

/// Hides all rows of a list, so that a popup about marked rows says that they are hidden.
async fn hide_rows(console: &mut Console) {
    console.press("/").await.write("nothing-has-this").await.press("enter").await;
}

#[tokio::test]
async fn bans_of_a_pasted_list_are_about_no_marked_row_and_leave_the_marks() {
    let mut console = ready().await;
    console.press("8 space").await.shows(&["1 marked"]);
    hide_rows(&mut console).await;
    console.press("a").await.paste(MD5).await.press("enter").await;
    console.shows(&["BAN", MD5]).lacks("HIDDEN").lacks("not shown");
    console.write("list of the CERT").await.press("tab tab enter").await.until("Bans  2").await;
    console.shows(&["1 marked"]);
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn a_new_watchlist_is_about_no_marked_row_and_leaves_the_marks() {
    let mut console = ready().await;
    console.press("6 space space").await.shows(&["2 marked"]);
    hide_rows(&mut console).await;
    console.press("n").await.lacks("not shown");
    console.write("Seven zip").await.press("tab tab").await.write("process_name:7zg.exe").await;
    console.press("tab enter").await.shows(&["CREATE", "Seven zip"]).lacks("HIDDEN");
    console.press("tab tab enter").await.until("CONFIRMED").await;
    console.press("esc").await.shows(&["2 marked"]);
}

#[tokio::test]
async fn an_undo_of_the_last_action_is_about_no_marked_row_and_leaves_the_marks() {
    let mut console = queue().await;
    console.press("d d").await.until("CONFIRMED").await;
    console.press("space space").await.shows(&["2 marked"]);
    hide_rows(&mut console).await;
    console.press("z").await.shows(&["Undo: resolve"]).lacks("HIDDEN");
    console.press("tab tab enter").await.until("Unresolved (verified").await;
    console.press("esc").await.shows(&["2 marked"]);
}

#[tokio::test]
async fn an_undo_names_the_host_that_cannot_be_read_as_the_log_named_it() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await.press("tab tab enter").await.until("CONFIRMED").await;
    console.press("8").await;
    fault(&console, json!({"mode": "500", "match": "^/api/v1/sensor/3"}));
    console.press("z").await.shows(&["WIN-IA9NQ1GN8OI  sensor 3"]);
}

#[tokio::test]
async fn an_action_on_marked_rows_removes_their_marks() {
    let mut console = queue().await;
    console.press("space space").await.shows(&["2 marked"]);
    console.press("d d").await.until("2 of 2").await;
    console.lacks("2 marked");
}

#[tokio::test]
async fn an_action_on_the_rows_of_one_pane_leaves_the_marks_of_another() {
    let mut console = ready().await;
    console.press("7 space").await.shows(&["1 marked"]);
    // The reports of a feed are ignored, whatever feeds are marked.
    console.press("tab M").await.shows(&["IGNORE"]).lacks("HIDDEN");
    console.write("noise").await.press("tab tab tab enter").await.until("CONFIRMED").await;
    console.shows(&["1 marked"]);
}

#[tokio::test]
async fn a_popup_about_marked_rows_names_those_that_are_hidden() {
    let mut console = ready().await;
    console.press("6 space").await;
    hide_rows(&mut console).await;
    console.press("e").await.shows(&["hidden by the filter"]);
    console.press("esc E").await.shows(&["1 of 1 marked row is not shown"]);
}

#[tokio::test]
async fn a_form_keeps_what_was_typed_whatever_key_is_pressed() {
    let mut console = Console::start().await;
    console.press("esc 9 n").await.write("Quarantine").await;
    for key in ["ctrl-t", "ctrl-r", "ctrl-s"] {
        console.press(key).await.shows(&["Quarantine", "is not available in this pane"]);
    }
    // Over the help there are keys that lead elsewhere.
    console.press("f1").await.shows(&["Keys: "]);
    for key in ["1", "r", "i", "g t", "I", "z", "["] {
        console.press(key).await.shows(&["Keys: "]);
    }
    console.press("1").await.shows(&["what was typed could be lost"]);
    console.press("esc").await.shows(&["New sensor group", "Quarantine"]);
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn the_query_of_the_view_is_not_explained_over_a_form_with_another_query() {
    let mut console = ready().await;
    console.press("W").await.write("Shares").await.press("f1 g q").await;
    console.shows(&["what was typed could be lost"]).lacks("How the server reads the query");
    console.press("esc").await.shows(&["New process watchlist", "Shares"]);
    console.press("esc ? g q").await.shows(&["How the server reads the query"]);
}

#[tokio::test]
async fn a_popup_that_is_only_read_is_left_by_the_key_of_a_view() {
    let mut console = ready().await;
    console.press("? 4").await.shows(&["Sensors  "]).lacks("Keys: ");
}

#[tokio::test]
async fn a_key_that_finds_no_target_says_why() {
    let mut console = ready().await;
    console.press("8 t").await.shows(&["no host or no time known here"]);
    console.press("5 esc D").await.shows(&["download: no row selected"]);
    fault(&console, json!({"mode": "500", "match": "/action$"}));
    console.press("6 A").await.shows(&["the actions of the watchlist are not loaded"]);
    console.press("space A").await.shows(&["select the watchlist, so that its actions are loaded"]);
}
