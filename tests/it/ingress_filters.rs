//! Ingress filters: enabled and disabled with a preview of what they hide, and undone.

use crate::support::changes::{changes, fault, ready};
use crate::support::console::Console;
use serde_json::{Value, json};

const FILTERS: &str = "/api/v1/ingress_whitelist";

/// Changes a filter as another user, past the console.
async fn send(console: &Console, method: reqwest::Method, path: &str, body: Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{path}", console.sim.url);
    let answer = http.request(method, url).header("X-Auth-Token", &console.sim.token).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

#[tokio::test]
async fn enabling_says_what_is_not_stored_and_for_whom_and_is_undone() {
    let mut console = ready().await;
    console.press("g x").await.shows(&["Ingress filters  3", "2 enabled"]);
    console.press("G o").await.shows(&[
        "ENABLE INGRESS FILTER",
        "Inventory tool (retired): disabled -> enabled",
        r"Not stored while it is enabled: all events of processes with command line *\invscan.exe",
        "Applies to: all hosts (",
        "on: sensor and server",
        "do not find events that are not stored",
        "nothing can restore them",
        "PUT /api/v1/ingress_whitelist/inventory-2019",
    ]);
    console.press("tab tab enter").await.shows(&["a reason is required"]);
    console.press("esc G o").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("enable ingress filter Inventory tool (retired): CONFIRMED; enabled").await;
    console.until("3 enabled").await;
    console.press("z").await.shows(&["Undo: enable ingress filter", "enabled -> disabled", "remain missing"]);
    console.press("tab tab enter").await;
    console.until("disable ingress filter Inventory tool (retired): CONFIRMED; disabled").await;
    console.until("2 enabled").await;
    let sent = format!("PUT {FILTERS}/inventory-2019");
    assert_eq!(changes(&console), [sent.clone(), sent]);
    console.press("@").await.shows(&["enable ingress", "disable ingress"]);
}

#[tokio::test]
async fn disabling_says_what_is_stored_again() {
    let mut console = ready().await;
    console.press("g x x").await.shows(&["DISABLE INGRESS FILTER", "Stored again", "Applies to: Finance ("]);
    console.press("tab tab enter").await.until("CONFIRMED; disabled").await;
    assert_eq!(changes(&console), [format!("PUT {FILTERS}/backup-agent")]);
}

#[tokio::test]
async fn a_filter_that_another_user_widened_meanwhile_is_not_enabled() {
    let mut console = ready().await;
    console.press("g x G o").await.write("case 7").await;
    let wider = json!({"cmdline_filters": ["*"]});
    send(&console, reqwest::Method::PUT, &format!("{FILTERS}/inventory-2019"), wider).await;
    let before = changes(&console).len();
    console.press("tab tab enter").await.until("was changed meanwhile").await;
    console.press("!").await.shows(&["hides is"]);
    assert_eq!(changes(&console).len(), before);
    console.press("esc r").await.press("o").await.shows(&["It matches every process"]);
}

#[tokio::test]
async fn a_token_without_the_right_changes_nothing() {
    let mut console = ready().await;
    fault(&console, json!({"mode": "403", "match": FILTERS, "method": "PUT"}));
    console.press("g x x tab tab enter").await.until("NOT APPLIED").await;
    console.press("!").await.shows(&["no permission to change ingress", "global administrator"]);
    fault(&console, json!({"mode": "403", "match": FILTERS, "method": "GET"}));
    console.press("esc r").await.shows(&["Backup agent", "permission"]);
}

#[tokio::test]
async fn hostile_names_and_patterns_of_filters_are_made_visible() {
    let mut console = ready().await;
    let hostile = json!({
        "id": "evil", "name": "evil\u{1b}[2J\u{202e}", "description": "\u{7}", "path_filters": ["c:\\\u{1b}]0;x\u{7}"],
    });
    send(&console, reqwest::Method::POST, FILTERS, json!([hostile])).await;
    console.press("g x G").await.shows(&["evil␛[2J<U+202E>"]);
    console.press("x").await.shows(&["evil␛[2J<U+202E>: enabled -> disabled", "c:\\␛]0;x"]);
    console.lacks("\u{1b}").lacks("\u{202e}");
}

#[tokio::test]
async fn what_is_not_known_of_a_filter_is_said_in_the_preview() {
    let mut console = ready().await;
    let all = json!([
        {"id": "z1", "name": "z1", "description": "", "global": false, "sensor_ids": [7, 9], "enabled": false,
         "path_filters": ["c:\\*"]},
        {"id": "z2", "name": "z2", "description": "", "global": false, "group_ids": [4711], "enabled": false},
    ]);
    for filter in all.as_array().unwrap() {
        send(&console, reqwest::Method::POST, FILTERS, json!([filter])).await;
    }
    console.press("g x G o").await.shows(&["z2: disabled", "group 4711 (number of hosts unknown)", "every process"]);
    console.press("esc k o").await.shows(&[
        "z1: disabled",
        "Applies to: sensor 7, sensor 9 (2 hosts by their IDs)",
        "It matches every process, or nearly every one",
    ]);
}
