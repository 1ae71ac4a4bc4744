//! The queue of alerts worked: taken, resolved, called false positives, put back, and proven each time.

use std::time::Duration;

use crate::support::changes::{changes, fault};
use crate::support::console::{Console, settings, small};
use lampblack::api::{Client, WriteRequest};
use lampblack::model::{AlertStatus, Search, Span};
use lampblack::panes::PaneId;
use lampblack::sim::Options;
use serde_json::json;

/// A console of a user before the open alerts.
async fn queue() -> Console {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3").await;
    console
}

#[tokio::test]
async fn an_alert_is_resolved_by_one_key_twice_and_proven() {
    let mut console = queue().await;
    console
        .press("d")
        .await
        .shows(&["RESOLVE", "Unresolved -> Resolved", "POST /api/v1/alert/"])
        .shows(&["press d again to confirm"]);
    assert_eq!(changes(&console), [""; 0]);
    console.press("d").await.until("CONFIRMED; Resolved").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn marked_alerts_are_taken_together_and_put_back_as_each_was() {
    let mut console = queue().await;
    console.press("space space space a").await;
    console.shows(&[
        "ASSIGN 3 alerts",
        "Unresolved -> In Progress, ana",
        "POST /api/v1/alerts",
        r#""assigned_to":"ana""#,
    ]);
    console.press("a").await.until("CONFIRMED; 3 of 3 alerts changed").await;
    console.press("z").await.shows(&["RESTORE STATUS 3 alerts", "In Progress, ana -> Unresolved"]);
    console.press("tab tab enter").await;
    console.until("restore status 3 x").await;
    console.press("@").await.shows(&["undone"]);
}

#[tokio::test]
async fn the_list_tells_what_is_mine_and_the_rest_is_counted_anew() {
    let mut console = queue().await;
    console.shows(&["2 in 90 days (2 Unresolved)", "Unresolved, unassigned"]);
    console.press("a a").await.until("CONFIRMED").await;
    console.until("> M        73").await;
    console.shows(&["In Progress, ana"]);
    // Of the others one is in progress now.
    console.press("j").await;
    console.shows(&["2 in 90 days (1 Unresolved, 1"]);
}

#[tokio::test]
async fn alerts_are_not_assigned_to_me_without_a_user() {
    let mut console = Console::start().await;
    console.press("esc 3 a").await.shows(&["No user name configured"]);
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn many_alerts_are_counted_by_whoever_changes_them() {
    let mut console = queue().await;
    console.press("* f").await.shows(&["FALSE POSITIVE", "number of alerts"]);
    console.press("f").await.shows(&["type the number of alerts"]);
    assert_eq!(changes(&console), [""; 0]);
    // One is there already where it is typed.
    let screen = console.text();
    let n = screen.split("type ").nth(1).unwrap();
    let n = n.split(' ').next().unwrap().to_owned();
    console.press("ctrl-u").await.write(&n).await;
    console.press("tab enter").await.until("CONFIRMED").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn what_the_server_shows_late_is_waited_for() {
    let options = Options { index_lag: Duration::from_millis(300), ..small() };
    let mut console = Console::with(options, 120, 36, |_| {}).await;
    console.press("esc 3 f f").await;
    console.until("accepted, waiting; Unresolved so far").await;
    console.until("CONFIRMED; False Positive").await;
}

#[tokio::test]
async fn what_is_applied_only_in_part_is_named_and_never_called_done() {
    let mut console = queue().await;
    fault(&console, json!({"mode": "partial", "match": "/api/v1/alerts"}));
    console.press("space space space d d").await;
    console.until("2 of 3 alerts changed").await;
    console.lacks("CONFIRMED");
}

#[tokio::test]
async fn what_is_applied_by_and_by_is_counted_while_it_is_waited_for_and_is_nobody_elses_change() {
    let options = Options { index_lag: Duration::from_millis(300), ..small() };
    let console = Console::with(options, 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    fault(&console, json!({"mode": "partial", "match": "/api/v1/alerts"}));
    console.press("esc 3 space space space d d").await;
    console.until("0 of 3 alerts changed").await;
    console.until("accepted, waiting; 2 of 3 alerts changed").await;
    // So does the log, and what `z` compares with is what it has.
    console.press("z").await.shows(&["RESTORE STATUS", "is still pending"]).lacks("changed since");
    console.press("esc @").await.shows(&["2 of 3 alerts changed"]).lacks("0 of 3 alerts changed");
}

#[tokio::test]
async fn an_alert_that_somebody_else_changed_meanwhile_is_left_alone() {
    let mut console = queue().await;
    console.press("space space d").await.shows(&["RESOLVE 2 alerts"]);
    let client = Client::new(settings(&console.sim), None).unwrap();
    let search =
        Search { query: "status:Unresolved".into(), sort: Some("alert_severity desc".into()), ..Search::default() };
    let first = client.alerts(&search, Span { start: 0, rows: 1 }).await.unwrap();
    let begun = WriteRequest::alert(&first.rows[0].id, &AlertStatus::InProgress);
    client.send_write(&begun).await.unwrap();
    console.press("d").await;
    console.until("was changed meanwhile").await;
    console.press("!").await.shows(&["is skipped: In Progress"]);
}

#[tokio::test]
async fn an_alert_that_the_undone_action_changes_only_now_is_not_said_to_be_changed_by_others() {
    let options = Options { index_lag: Duration::from_millis(300), ..small() };
    let console = Console::with(options, 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    fault(&console, json!({"mode": "partial", "match": "/api/v1/alerts"}));
    console.press("esc 3 space space space d d").await;
    console.until("accepted, waiting; 2 of 3 alerts changed").await;
    console.press("z").await.shows(&["RESTORE STATUS 2 of 3 alerts", "already has this status and is skipped"]);
    // The last of the three is resolved while the undo is looked at.
    let client = Client::new(settings(&console.sim), None).unwrap();
    let search =
        Search { query: "status:Unresolved".into(), sort: Some("alert_severity desc".into()), ..Search::default() };
    let first = Span { start: 0, rows: 1 };
    let last_of_three = client.alerts(&search, first).await.unwrap().rows[0].id.clone();
    client.send_write(&WriteRequest::alert(&last_of_three, &AlertStatus::Resolved)).await.unwrap();
    while client.alerts(&search, first).await.unwrap().rows[0].id == last_of_three {}
    console.press("tab tab enter").await;
    console.until("restore status 3 x FUZZYWOMBAT service: accepted").await;
    console
        .press("!")
        .await
        .shows(&["only now changed by the undone action", "is skipped: Resolved"])
        .lacks("meanwhile");
}

#[tokio::test]
async fn what_was_marked_is_acted_on_once() {
    let mut console = queue().await;
    console.press("space space f").await.shows(&["2 alerts"]);
    console.press("esc").await.shows(&["2 marked"]);
    console.press("f f").await.until("CONFIRMED; 2 of 2 alerts").await;
    console.lacks("marked");
}

#[tokio::test]
async fn alerts_that_the_filter_hides_are_not_confirmed_by_one_key() {
    let mut console = queue().await;
    let screen = console.text();
    let host = screen.lines().find(|line| line.contains("│>")).unwrap();
    let host = host.split_whitespace().find(|word| word.contains('-') && !word.contains(':'));
    let host = host.unwrap().to_owned();
    console.press("space space /").await.write(&format!("!{host}")).await;
    console.press("enter").await.shows(&["2 marked", "hidden by the filter"]);
    console.press("d").await.shows(&["RESOLVE 2 alerts", "HIDDEN", "of 2 marked rows"]);
    console.press("d d d").await.shows(&["RESOLVE 2 alerts"]);
    assert_eq!(changes(&console), [""; 0]);
    // Then the user moves to the button.
    console.press("tab tab tab enter").await;
    console.until("CONFIRMED; 2 of 2 alerts").await;
    console.lacks("2 marked");
}

/// Every list whose rows can be marked, and the keys there that act on them.
const MARKABLE: [(&str, &str); 10] = [
    ("1", "I U B M"),
    ("3", "a d f u A M I B"),
    ("4", "I U N"),
    ("5", "B D"),
    ("6", "e o x d"),
    ("7", "o x d u"),
    ("7 tab", "M u"),
    (", 3", "a d f u A M"),
    ("8", "U"),
    ("@", "z"),
];

#[tokio::test]
async fn in_every_list_and_for_every_action_hidden_marks_are_named() {
    let mut console = queue().await;
    // Something is isolated, banned and in the log.
    console.press("1").await.search("net use").await.press("B").await.write("case 1").await;
    console.press("tab tab enter").await.until("CONFIRMED").await;
    console.press("5 enter").await;
    for (view, actions) in MARKABLE {
        console.press("esc").await.press(view).await;
        console.press("space /").await.write("no-row-has-this").await;
        console.press("enter").await;
        console.shows(&["1 marked, 1 hidden by "]);
        let mut n_opened = 0;
        for action in actions.split(' ') {
            console.press(action).await;
            if console.app.focus() == PaneId::Overlay {
                n_opened += 1;
                assert!(
                    console.text().contains("1 of 1 marked row is not shown"),
                    "{view} {action}:\n{}",
                    console.text()
                );
                console.press("esc").await;
            }
        }
        assert!(n_opened > 0, "no action opens anything in {view}:\n{}", console.text());
        console.press("esc esc").await.lacks("1 marked");
    }
}

#[tokio::test]
async fn what_somebody_else_has_closed_is_marked_no_longer() {
    let mut console = queue().await;
    console.press(", G space").await.shows(&["1 marked"]);
    let other = Client::new(settings(&console.sim), None).unwrap();
    let search = Search { query: "status:Unresolved feed_id:2".into(), ..Search::default() };
    let found = other.alerts(&search, Span { start: 0, rows: 100 }).await;
    for alert in found.unwrap().rows {
        let closed = WriteRequest::alert(&alert.id, &AlertStatus::Resolved);
        other.send_write(&closed).await.unwrap();
    }
    console.press("r").await.until("1 of 1 marked rows are no longer in the list").await;
    console.lacks("1 marked,");
}

#[tokio::test]
async fn what_is_open_on_a_host_is_counted_anew() {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 4 /").await.write("FIN-WS-042").await;
    console.press("enter").await;
    let open = |console: &Console| {
        let screen = console.text();
        let line = screen.lines().find(|line| line.contains(" open, as of "));
        let line = line.unwrap_or_else(|| panic!("{screen}"));
        let (before, _) = line.split_once(" open, as of ").unwrap();
        let n = before.split_whitespace().last().unwrap();
        n.parse::<usize>().unwrap()
    };
    let before = open(&console);
    console.press("g a").await.shows(&["Unresolved"]);
    console.press("d d").await.until("CONFIRMED; Resolved").await;
    console.press("[").await.shows(&["FIN-WS-042 #7"]);
    assert_eq!(open(&console), before - 1);
}

#[tokio::test]
async fn many_blocks_of_alerts_have_the_queue_read_again_once() {
    let options = Options { alerts: 3_000, ..small() };
    let console = Console::with(options, 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3 , * d").await.shows(&["RESOLVE"]);
    let screen = console.text();
    let (_, n) = screen.split_once("type ").unwrap();
    let (n, _) = n.split_once(' ').unwrap();
    console.press("ctrl-u").await.write(n).await;
    console.asked();
    console.press("tab enter").await;
    console.until(&format!(": {n} CONFIRMED")).await;
    console.press("esc").await.shows(&["Alerts  0 in 0 groups"]);
    let asked = console.asked();
    let n_asked = |what: &str| asked.iter().filter(|path| path.contains(what)).count();
    assert!(n_asked("/api/v1/alerts") >= 3, "{n} alerts are several blocks");
    assert_eq!(n_asked("rows=1000&"), 1, "the whole queue");
    assert_eq!(n_asked("rows=100&"), 1, "the page in sight");
}

#[tokio::test]
async fn alerts_are_given_to_nobody_who_is_not_there() {
    let mut console = queue().await;
    console.press("A").await.shows(&["users: admin, ", "kim"]);
    console.write("kmi").await.press("enter").await;
    console.shows(&["no user is named \"kmi\""]);
    console.press("ctrl-u").await.write("Kim").await;
    console.press("enter").await.shows(&["ASSIGN", "In Progress, Kim"]);
}

#[tokio::test]
async fn a_reason_of_a_cancelled_dialog_is_offered_and_not_sent_by_one_key() {
    let mut console = queue().await;
    console.press("d").await.write("xyz").await;
    console.press("esc").await.lacks("RESOLVE");
    console.press("d").await.shows(&["RESOLVE", "xyz"]);
    console.lacks("press d again");
    console.press("d").await.shows(&["RESOLVE", "xyz"]);
    assert_eq!(changes(&console), [""; 0]);
    console.press("tab tab tab enter").await.until("CONFIRMED").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn that_answers_are_awaited_is_said_no_longer_than_they_are() {
    let mut console = queue().await;
    console.begin("d d").shows(&["RESOLVE", "waiting for"]);
    console.until("Unresolved -> Resolved").await.press_and_read("", |_| {}).await.lacks("waiting for");
    assert_eq!(changes(&console), [""; 0]);
}
