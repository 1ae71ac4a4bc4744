//! `alert status`, `assign` and `ignore`: every alert named, shown before, proven after.

use std::{collections::BTreeSet, time::Duration};

use lampblack::sim::Options;
use serde_json::json;

use super::bench::{Bench, Members, Ran, world};

/// A server whose index knows at once.
async fn brisk() -> Bench {
    Bench::with(Options { index_lag: Duration::ZERO, ..world() }).await
}

/// A server whose index never hears of anything.
async fn deaf() -> Bench {
    Bench::with(Options { index_lag: Duration::from_hours(1), ..world() }).await
}

impl Bench {
    /// The first alerts that a query finds.
    async fn alerts(&self, query: &str, n: usize) -> Vec<String> {
        let mut rows = self.rows(&["alert", "list", query]).await;
        rows.truncate(n);
        rows.iter().map(|row| row.text("unique_id")).collect()
    }

    /// What an alert has: its status, and whose it is.
    async fn alert(&self, id: &str) -> (String, String) {
        let rows = self.rows(&["alert", "list", ""]).await;
        let row = rows.iter().find(|row| row.text("unique_id") == id).unwrap();
        (row.text("status"), row.text("assigned_to"))
    }

    /// Says that alerts have a status, without being asked.
    async fn status(&self, status: &str, ids: &[&str]) -> Ran {
        let arguments = [&["alert", "status", status], ids, &["--yes"]].concat();
        self.run(&arguments).await
    }
}

fn words(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_alert_is_resolved_opened_again_and_every_step_is_proven_and_logged() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    for (word, verb, server) in [
        ("in-progress", "set in progress", "In Progress"),
        ("resolved", "resolve", "Resolved"),
        ("false-positive", "false positive", "False Positive"),
        ("Unresolved", "reopen", "Unresolved"),
    ] {
        let ran = bench.status(word, &words(&ids)).await;
        ran.check(0)
            .says(&format!("{verb}: confirmed; {server} (verified on the server)"))
            .notes_say(&format!("POST /api/v1/alert/{}", ids[0]));
        assert_eq!(bench.alert(&ids[0]).await.0, server);
    }
    let ran = bench.status("unresolved", &words(&ids)).await;
    ran.check(0).says("is already Unresolved; nothing was sent");
    assert_eq!(bench.changes(), 4);
    let ran = bench.run(&["log", "show", "--format", "csv"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 5, "{}", ran.out);
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_alerts_are_assigned_in_one_request_to_a_user_who_is_there() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 3).await;
    let assign = |user: &'static str| [&["alert", "assign", user], &words(&ids)[..], &["--yes"]].concat();
    let ran = bench.run(&assign("nobody")).await;
    ran.check(3).notes_say("user \"nobody\" not found");
    assert_eq!(bench.changes(), 0);
    // The server would take any word; its own spelling of the name is sent.
    let ran = bench.run(&assign("AruiZ")).await;
    ran.check(0).says("assign: confirmed; 3 of 3 alerts changed");
    let held = ("In Progress".to_owned(), "aruiz".to_owned());
    for id in &ids {
        assert_eq!(bench.alert(id).await, held);
    }
    assert_eq!(bench.changes(), 1);
    // Another user takes one of them over, and is warned whose it was.
    let take = ["alert", "assign", "kim", &ids[0], "--yes"];
    let ran = bench.run(&take).await;
    ran.check(5).notes_say("1 of 1 is assigned to others: aruiz 1").notes_say("add --override-warnings");
    assert_eq!(bench.changes(), 1);
    let ran = bench.run(&[&take[..], &["--override-warnings"]].concat()).await;
    ran.check(0);
    assert_eq!(bench.alert(&ids[0]).await.1, "kim");
    // Whose own they are needs no warning.
    let own = ["--user", "kim", "alert", "status", "resolved", &ids[0], "--yes"];
    bench.run(&own).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_see_users_any_name_is_taken_and_that_is_said() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    bench.fault(json!({"mode": "403", "match": "^/api/users"}));
    let ran = bench.run(&["alert", "assign", "newcomer", &ids[0], "--yes"]).await;
    ran.check(0).notes_say("cannot check whether user \"newcomer\" exists");
    assert_eq!(bench.alert(&ids[0]).await.1, "newcomer");
}

#[tokio::test(flavor = "multi_thread")]
async fn to_ignore_alerts_takes_a_reason_and_silences_their_report() {
    let bench = brisk().await;
    let found = "watchlist_name:\"FUZZYWOMBAT beacon\"";
    let ignore = |more: &'static [&'static str]| [&["alert", "ignore", "--query", found, "--yes"], more].concat();
    let ran = bench.run(&ignore(&[])).await;
    ran.check(2).notes_say("--reason is required");
    let ran = bench.run(&ignore(&["--reason", "a test of ours"])).await;
    ran.check(0)
        .says("ignore: confirmed")
        .notes_say("False Positive and ignore report")
        .notes_say("\"set_ignored\":true");
    let rows = bench.rows(&["report", "list", "is_ignored:true"]).await;
    let titles: BTreeSet<_> = rows.iter().map(|row| row.text("title")).collect();
    assert!(titles.contains("FUZZYWOMBAT beacon"), "{titles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_names_all_its_alerts_and_more_than_a_server_takes_at_once_are_sent_in_blocks() {
    let bench = Bench::with(Options { index_lag: Duration::ZERO, alerts: 2_000, max_rows: Some(300), ..world() }).await;
    let open = bench.alerts("status:unresolved", usize::MAX).await;
    assert!(open.len() > 500, "{}", open.len());
    let resolve = |more: &'static str| ["alert", "status", "resolved", "--query", "status:unresolved", more];
    let ran = bench.run(&resolve("--dry-run")).await;
    for id in &open {
        ran.check(0).says(id);
    }
    assert_eq!(bench.changes(), 0);
    let ran = bench.run(&resolve("--yes")).await;
    ran.check(0).says("500 of 500 alerts changed");
    assert_eq!(bench.changes(), open.len().div_ceil(500));
    let ran = bench.run(&resolve("--yes")).await;
    ran.check(3).notes_say("no alert matches; nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_come_from_standard_input_as_the_list_prints_them() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 4).await;
    let ran = bench
        .fed(
            &["alert", "status", "resolved", "-", "--yes"],
            &format!("{}\n{}\n\n", ids.join("\n"), ids[0].to_uppercase()),
        )
        .await;
    ran.check(0).says("4 of 4 alerts changed").notes_say("is given twice");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_that_is_no_alert_is_answered_and_nothing_is_sent() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    let ran = bench.status("resolved", &["junk", &ids[0], "7"]).await;
    ran.check(2)
        .notes_say("\"junk\" is not a valid alert ID")
        .notes_say("\"7\" is not a valid alert ID")
        .notes_say("Nothing was sent");
    let strange = "6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845";
    let ran = bench.status("resolved", &[&ids[0], strange]).await;
    ran.check(3).notes_say(&format!("alert {strange} not found")).notes_say("nothing was sent");
    let ran = bench.fed(&["alert", "ignore", "-", "--yes"], "").await;
    ran.check(2).notes_say("no alert ID given");
    for arguments in [
        &["alert", "status", "resolved", "--yes"][..],
        &["alert", "status", " ", &ids[0], "--yes"],
        &["alert", "status", "resolved", "--query", "", "--yes"],
        &["alert", "status", "resolved", "--query", "(a", "--yes"],
        &["alert", "status", "resolved", &ids[0], "--query", "a"],
    ] {
        bench.run(arguments).await.check(2);
    }
    let ran = bench.run(&["alert", "status", "resolved", &ids[0]]).await;
    ran.check(5).notes_say("cannot prompt (no terminal)");
    let read_only = ["alert", "status", "resolved", &ids[0], "--yes", "--read-only"];
    bench.run(&read_only).await.check(5);
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_no_status_is_answered_with_those_there_are() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    for word in ["Escalated", "done", " "] {
        let ran = bench.status(word, &words(&ids)).await;
        ran.check(2).notes_say("hint: use unresolved, in-progress, resolved or false-positive\n");
    }
    let ran = bench.status("Escalated", &words(&ids)).await;
    ran.notes_say("error: \"Escalated\" is not a valid alert status\n");
    assert_eq!(bench.changes(), 0);
    let ran = bench.status("IN PROGRESS", &words(&ids)).await;
    ran.check(0).says("set in progress: confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_change_is_an_error_of_its_target_with_its_hint_beside_the_outcome() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    bench.fault(json!({"mode": "403", "match": "^/api/v1/alert", "method": "POST"}));
    let ran = bench.status("resolved", &words(&ids)).await;
    ran.check(1).says("  resolve: not applied; the token has no permission to ");
    let (before, error) = ran.notes.split_once("\nerror: ").unwrap();
    assert!(!before.contains("\nhint: "), "{before}");
    let (error, hint) = error.split_once("\nhint: ").unwrap();
    let target = ran.out.split_once("  resolve: ").unwrap().0;
    assert!(error.starts_with(&format!("{target}: resolve: not applied; ")), "{error}");
    assert!(hint.starts_with("ask a server administrator"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_show_in_time_is_said_to_be_open() {
    let bench = deaf().await;
    let ids = bench.alerts("status:unresolved", 2).await;
    let resolve =
        |more: &'static [&'static str]| [&["alert", "status", "resolved", "--yes"], &words(&ids)[..], more].concat();
    let ran = bench.run(&resolve(&["--timeout", "1s"])).await;
    ran.check(4).says("resolve: sent, not confirmed in time; 0 of 2 alerts changed").says(&ids[0]);
    assert_eq!(bench.changes(), 1);
    let ran = bench.run(&resolve(&["--no-wait"])).await;
    ran.check(0).says("resolve: accepted");
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_back_in_time_is_said_to_be_so() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    let sent = json!({"mode": "latency", "ms": 300, "match": "^/api/v1/alert", "method": "POST"});
    bench.fault(sent);
    let arguments = ["alert", "status", "resolved", &ids[0], "--yes", "--timeout", "1s"];
    let meanwhile = async {
        bench.until_sent().await;
        bench.fault(json!({"mode": "500", "match": "^/api/v2/alert"}));
    };
    let (ran, ()) = tokio::join!(bench.run(&arguments), meanwhile);
    ran.check(4).says(
        "resolve: sent, not confirmed in time; accepted by the server; the state could not be read back from the server: ",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_single_alert_there_are_no_others_that_may_follow() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 1).await;
    bench.fault(json!({"mode": "504", "match": "^/api/v1/alert", "method": "POST"}));
    let ran = bench.run(&["alert", "status", "resolved", &ids[0], "--yes", "--timeout", "1s"]).await;
    ran.check(4).says("server state: Unresolved; the request may still arrive");
    assert!(!ran.out.contains("the others"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_settled_by_reading_and_nothing_is_sent_twice() {
    let bench = brisk().await;
    let ids = bench.alerts("status:unresolved", 2).await;
    bench.fault(json!({"mode": "lost-answer", "match": "^/api/v1/alerts", "method": "POST"}));
    let ran = bench.status("resolved", &words(&ids)).await;
    ran.check(0).says("resolve: confirmed; the response was lost; 2 of 2 alerts changed");
    assert_eq!(bench.changes(), 1);
}
