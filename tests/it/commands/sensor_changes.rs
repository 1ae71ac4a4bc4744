//! `sensor move`, `flush`, `restart` and `uninstall`: the same mechanism as isolation, without a wait.

use std::time::Duration;

use lampblack::sim::Options;
use reqwest::Method;
use serde_json::{Value, json};

use super::bench::{Bench, Members, finish, world};

/// The documentation's own host.
const HOST: &str = "WIN-IA9NQ1GN8OI";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_put_into_another_group_by_its_name() {
    let bench = Bench::start().await;
    let ran = bench.run(&["sensor", "move", HOST, "--group", "no such group", "--yes"]).await;
    ran.check(3).notes_say("no sensor group is named \"no such group\"").notes_say("Default Group");
    let to = ["sensor", "move", HOST, "--group", "engineering", "--yes"];
    let ran = bench.run(&to).await;
    ran.check(0).notes_say("to group Engineering");
    assert!(ran.out.contains("move: confirmed"), "{}", ran.out);
    let again = bench.run(&to).await;
    assert_eq!(again.check(0).out, format!("{HOST} is already in that group; nothing was sent\n"));
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_is_flushed_and_restarted_as_its_server_reads_it() {
    for version in ["5.2.0.161004.1206", "6.2.0.171114.1158", "7.5.0.200101.1000"] {
        let bench = Bench::with(Options { server_version: version.into(), ..world() }).await;
        let ran = bench.run(&["sensor", "flush", HOST, "--yes"]).await;
        assert!(ran.check(0).out.contains("flush: confirmed; flush queued"), "{version}: {}", ran.out);
        let ran = bench.run(&["sensor", "flush", HOST, "--yes"]).await;
        assert!(ran.check(0).out.contains("is already waiting to be flushed"));
        let ran = bench.run(&["sensor", "restart", HOST, "--yes"]).await;
        assert!(ran.check(0).out.contains("restart: confirmed; restart queued"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_is_uninstalled_for_a_reason_alone_and_in_spite_of_its_warning() {
    let bench = Bench::with(Options { checkin: Duration::from_hours(1), ..world() }).await;
    let uninstall = |more: &[&'static str]| [&["sensor", "uninstall", HOST, "--yes"], more].concat();
    bench.run(&uninstall(&[])).await.check(2).notes_say("--reason is required");
    let ran = bench.run(&uninstall(&["--reason", "decommissioned"])).await;
    ran.check(5).notes_say("--yes does not override 1 warning").notes_say("only an installer on the host");
    let ran = bench.run(&uninstall(&["4", "--reason", "decommissioned", "--override-warnings"])).await;
    ran.check(5).notes_say(&format!("{HOST} (sensor 3) is skipped")).notes_say("it needs a command of its own");
    assert_eq!(bench.changes(), 0);
    let alone = uninstall(&["--reason", "decommissioned", "--override-warnings"]);
    let ran = bench.run(&alone).await;
    ran.check(0).notes_say(r#"PUT /api/v1/sensor/3 {"group_id":1,"uninstall":true}"#);
    assert!(ran.out.contains("uninstall: accepted; uninstall queued for the next check-in"), "{}", ran.out);
    assert!(bench.run(&alone).await.check(0).out.contains("is already waiting to be uninstalled"));
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uninstalled_sensor_has_gone_at_its_check_in_and_nothing_reaches_it() {
    let bench = Bench::with(Options { checkin: Duration::ZERO, ..world() }).await;
    let uninstall = ["sensor", "uninstall", HOST, "--reason", "x", "--yes", "--override-warnings"];
    bench.run(&uninstall).await.check(0);
    assert_eq!(bench.rows(&["sensor", "list", "id:3"]).await[0].text("status"), "Uninstalled");
    assert!(bench.run(&uninstall).await.check(0).out.contains("is already uninstalled"));
    let ran = bench.run(&["sensor", "restart", HOST, "--yes"]).await;
    ran.check(1).notes_say("no longer has a sensor: it was uninstalled");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isolation_whose_sensor_is_uninstalled_before_it_is_applied_is_not_applied() {
    let bench = Bench::with(Options { checkin: Duration::from_millis(1), ..world() }).await;
    bench.fault(json!({"mode": "never-confirm", "match": "/api/v1/sensor/3", "method": "PUT"}));
    let isolate = ["sensor", "isolate", HOST, "--reason", "x", "--yes", "--timeout", "none"];
    let uninstalled = async {
        bench.until_sent().await;
        bench.send(Method::PUT, "/api/v1/sensor/3", json!({"uninstall": true})).await;
        bench.server.clear_faults();
    };
    let (ran, ()) = tokio::join!(bench.run(&isolate), uninstalled);
    ran.check(1).says("isolate: not applied; server state: uninstalled");
    // What the record still says of isolation is no reason to call the host isolated, or waiting.
    let ran = bench.run(&isolate).await;
    ran.check(1).notes_say("no longer has a sensor: it was uninstalled").notes_say("isolate the host on the network");
    let ran = bench.run(&["sensor", "show", HOST]).await;
    ran.check(0).says("isolation unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_for_several_hosts_shows_what_is_left_out_of_them() {
    let bench = Bench::start().await;
    let ran = bench.run(&["sensor", "uninstall", HOST, "4", "--dry-run"]).await;
    ran.check(5)
        .says("sensor 3, ")
        .says("sensor 4, ")
        .says(r#"request: PUT /api/v1/sensor/3 {"group_id":1,"uninstall":"#);
    let skipped = "  SKIPPED: This cannot be undone: once it has checked in, only an installer on the host";
    assert_eq!(ran.out.matches(skipped).count(), 2, "{}", ran.out);
    ran.says("it needs a command of its own").says("Dry run: nothing sent");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_that_the_server_does_not_keep_is_not_called_confirmed() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "lost-answer", "match": "/api/v1/sensor/3", "method": "PUT"}));
    let ran = bench.run(&["sensor", "flush", HOST, "--dry-run"]).await;
    assert!(ran.check(0).out.contains("event_log_flush_time"));
    let ran = bench.run(&["sensor", "flush", HOST]).await;
    ran.check(5).notes_say("cannot prompt (no terminal)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_name_hides_is_made_visible_once() {
    let bench = Bench::start().await;
    let group = json!({"name": "ev\x1b[31mil", "site_id": 1});
    bench.send(Method::POST, "/api/group", group).await;
    let ran = bench.run(&["sensor", "move", HOST, "--group", "nope", "--yes"]).await;
    ran.check(3).notes_say("ev\u{241b}[31mil");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_read_once_to_be_shown_and_once_before_anything_is_sent() {
    let bench = Bench::start().await;
    let rows = bench.rows(&["alert", "list", "status:unresolved"]).await;
    let alert = rows[0].text("unique_id");
    let reason = ["--reason", "x", "--yes"];
    for (change, path) in [
        (&["alert", "status", "resolved", &alert][..], "/api/v2/alert?"),
        (&["watchlist", "disable", "7"], "/api/v1/watchlist/7"),
        (&["feed", "disable", "12"], "/api/v1/feed/12"),
        (&["report", "ignore", "12:fuzzywombat-beacon-1"], "/api/v1/feed/12/report/"),
    ] {
        bench.server.forget_requests();
        bench.run(&[change, &reason].concat()).await.check(0);
        let seen = bench.server.seen_requests();
        let before = seen.iter().take_while(|seen| seen.method == "GET");
        let read = before.filter(|seen| seen.target.starts_with(path));
        assert_eq!(read.count(), 2, "{change:?}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_hosts_that_are_moved_the_groups_are_asked_for_once() {
    let bench = Bench::start().await;
    let hosts = bench.rows(&["sensor", "list"]).await;
    // Of several, domain controllers are left out.
    let movable = hosts.iter().filter(|host| {
        let name = host.text("computer_name");
        !name.contains("-DC-") && !name.starts_with("ENG-")
    });
    let ids: Vec<_> = movable.take(8).map(|host| host.text("id")).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    bench.server.forget_requests();
    let to = ["--group", "engineering", "--dry-run"];
    let ran = bench.run(&[&["sensor", "move"], &ids[..], &to].concat()).await;
    ran.check(0).says("to group Engineering");
    let seen = bench.server.seen_requests();
    let groups = seen.iter().filter(|seen| seen.target.contains("/group"));
    // To find the one that is named, and for what is shown.
    assert_eq!(groups.count(), 2, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_who_acted_by_the_account_the_configured_user_and_the_machine() {
    let bench = Bench::start().await;
    let restart = ["sensor", "restart", "3", "--yes", "--user", "kim"];
    // Nothing in the environment names the account.
    bench.run(&restart).await.check(0);
    let mut named = bench.command(&["sensor", "flush", "3", "--yes"]);
    named.env("USER", "ana");
    finish(named, "").await.check(0);
    let rows = bench.rows_of(&["log", "show"]).await;
    let id = |flag: &str| {
        let said = std::process::Command::new("id").arg(flag).output().unwrap();
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    };
    let (name, number) = (id("-un"), id("-u"));
    let who = |name: &str| {
        let row = rows.iter().find(|row| row["who"]["os_user"] == format!("{name} (uid {number})"));
        row.map(|row| row["who"].clone()).unwrap()
    };
    assert_eq!(who(&name)["user"], "kim");
    assert_eq!(who("ana")["user"], Value::Null);
    for name in [&name, "ana"] {
        assert!(who(name)["machine"].as_str().is_some_and(|name| !name.is_empty()));
    }
}
