//! `watchlist`: searches that the server runs again and again, and what they set off.

use reqwest::Method;
use serde_json::json;

use super::bench::{Bench, Members};

/// What becomes a watchlist here.
const NAME: &str = "Archives on servers";
const QUERY: &str = "process_name:7z.exe cmdline:\"a -p\" -username:SYSTEM";

impl Bench {
    /// Runs something that changes a watchlist, without being asked.
    async fn watch(&self, arguments: &[&str]) -> super::bench::Ran {
        let arguments = [&["watchlist"], arguments, &["--reason", "x", "--yes"]].concat();
        self.run(&arguments).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watchlists_are_listed_with_their_queries_as_a_person_writes_them() {
    let bench = Bench::start().await;
    let ran = bench.run(&["watchlist", "list", "--format", "csv"]).await;
    ran.check(0)
        .says("22,Memory of a process dumped,enabled,processes,")
        .says(",cmdline:minidump cb.fq.os_type=windows\n");
    let ran = bench.run(&["watchlist", "list", "--limit", "2"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 3);
    ran.notes_say("note: 2 of ").notes_say("--limit 0 shows all");
    let rows = bench.rows(&["watchlist", "list"]).await;
    let stored = rows.iter().find(|row| row.text("id") == "22").unwrap();
    assert!(stored.text("search_query").contains("cmdline%3Aminidump"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_shown_by_number_or_name_with_what_it_sets_off() {
    let bench = Bench::start().await;
    for word in ["14", "office starts a SHELL"] {
        let ran = bench.run(&["watchlist", "show", word]).await;
        ran.check(0)
            .says("Office starts a shell\n")
            .says("process_name:powershell.exe")
            .says("actions")
            .says("email to users 1, 3");
    }
    let rows = bench.rows_of(&["watchlist", "show", "14"]).await;
    assert_eq!(rows[0].text("name"), "Office starts a shell");
    assert_eq!(rows[0]["actions"].as_array().unwrap().len(), 2);
    for word in ["999", "Office"] {
        let ran = bench.run(&["watchlist", "show", word]).await;
        assert_eq!(ran.check(3).out, "");
        ran.notes_say("error: no watchlist has the ").notes_say("`lampblack watchlist list`");
    }
    bench.fault(json!({"mode": "403", "match": "/action$"}));
    let ran = bench.run(&["watchlist", "show", "14"]).await;
    ran.check(0).notes_say("warning: actions: ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_would_find_now_is_what_a_search_prints() {
    let bench = Bench::start().await;
    let args = ["--format", "jsonl", "--limit", "0"];
    let by_watchlist = [&["watchlist", "search", "PowerShell"][..], &args].concat();
    let by_query = [&["search", "process_name:powershell.exe"][..], &args].concat();
    let (found, searched) = (bench.run(&by_watchlist).await, bench.run(&by_query).await);
    assert!(found.check(0).out.lines().count() > 1);
    assert_eq!(found.out, searched.out);
    // This one is of binaries.
    let ran = bench.run(&["watchlist", "search", "31", "--format", "csv"]).await;
    ran.check(0).says("svch0st.exe");
    // A query is stored that no server can read.
    let ran = bench.run(&["watchlist", "search", "33"]).await;
    ran.check(2).notes_say("Unclosed (");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_becomes_a_watchlist_and_is_there_under_its_name() {
    let bench = Bench::start().await;
    let ran = bench.run(&["watchlist", "create", NAME, QUERY, "--dry-run"]).await;
    ran.check(0)
        .says("new process watchlist")
        .says(&format!("Query: {QUERY}"))
        .says("request: POST /api/v1/watchlist {");
    assert_eq!(bench.changes(), 0);
    let ran = bench.watch(&["create", NAME, QUERY, "--description", "case 7"]).await;
    ran.check(0).says("create watchlist: confirmed");
    let rows = bench.rows_of(&["watchlist", "show", NAME]).await;
    assert_eq!(rows[0].text("index_type"), "events");
    assert_eq!(rows[0].text("description"), "case 7");
    let ran = bench.run(&["watchlist", "show", NAME]).await;
    ran.check(0).says(&format!("query          {QUERY}\n"));
    let ran = bench.watch(&["create", NAME, QUERY]).await;
    ran.check(0).says("already exists with this query; nothing was sent");
    // The same name for another query makes two, and neither is meant by it.
    let ran = bench.watch(&["create", NAME, "digsig_result:Unsigned", "--binary"]).await;
    ran.check(0).notes_say("1 watchlist has this name already");
    let ran = bench.watch(&["delete", NAME]).await;
    ran.check(2).notes_say("error: 2 watchlists have the name").notes_say("give the ID");
    assert_eq!(bench.changes(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_watchlist_should_hold_is_refused_before_anything_is_sent() {
    let bench = Bench::start().await;
    let ran = bench.watch(&["create", NAME, "(process_name:a.exe"]).await;
    ran.check(2).notes_say("Unclosed (");
    let ran = bench.watch(&["create", NAME, "digsig_result:Unsigned cmdline:a", "--binary"]).await;
    ran.notes_say("warning: query: binaries have no field cmdline");
    let before = bench.changes();
    for (name, query) in [("", QUERY), (" ", QUERY), (NAME, ""), (NAME, " ")] {
        bench.watch(&["create", name, query]).await.check(2);
    }
    assert_eq!(bench.changes(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_server_takes_every_query_and_gives_it_back_as_it_was() {
    let bench =
        Bench::with(lampblack::sim::Options { server_version: "7.5.0.200101.1000".into(), ..super::bench::world() })
            .await;
    let query = "path:usr/bin/* cmdline:\"é & = + % #\"";
    let ran = bench.fed(&["watchlist", "create", NAME, "-", "--yes"], &format!("{query}\n")).await;
    ran.check(0).says("create watchlist: confirmed");
    let ran = bench.run(&["watchlist", "show", NAME]).await;
    ran.check(0).says(&format!("query          {query}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_switched_off_for_a_reason_on_without_one_and_deleted() {
    let bench = Bench::start().await;
    let state = async || bench.rows_of(&["watchlist", "show", "7"]).await[0].text("enabled");
    let ran = bench.run(&["watchlist", "disable", "7", "--yes"]).await;
    ran.check(2).notes_say("--reason is required");
    let ran = bench.watch(&["disable", "7"]).await;
    ran.check(0).says("disable watchlist: confirmed");
    assert_eq!(state().await, "false");
    let ran = bench.watch(&["disable", "powershell"]).await;
    ran.check(0).says("is disabled already; nothing was sent");
    let ran = bench.run(&["watchlist", "enable", "7", "--yes"]).await;
    ran.check(0).says("enable watchlist: confirmed");
    assert_eq!(state().await, "true");
    let ran = bench.watch(&["delete", "7"]).await;
    ran.check(0).says("delete watchlist: confirmed").notes_say("DELETE /api/v1/watchlist/7");
    bench.watch(&["delete", "7"]).await.check(3);
    let ran = bench.watch(&["delete", "1"]).await;
    ran.check(1).notes_say("is read-only: the server does not allow changes");
    assert_eq!(bench.changes(), 3);
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_show_at_once_is_looked_for_again_before_it_is_called_not_applied() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "never-confirm", "match": "/api/v1/watchlist/7", "method": "PUT"}));
    let ran = bench.watch(&["disable", "7"]).await;
    ran.check(1).says("disable watchlist: not applied; server state: watchlist 7, enabled");
    let seen = bench.server.seen_requests();
    let after = seen.iter().skip_while(|seen| seen.method != "PUT").skip(1);
    assert_eq!(after.count(), 3);
    // One look is enough where it shows.
    bench.server.clear_faults();
    bench.server.forget_requests();
    bench.watch(&["disable", "7"]).await.check(0);
    let seen = bench.server.seen_requests();
    let after = seen.iter().skip_while(|seen| seen.method != "PUT").skip(1);
    assert_eq!(after.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_sets_off_is_listed_added_and_removed_by_number() {
    let bench = Bench::start().await;
    let action = |more: &[&'static str]| [&["action", "33"], more].concat();
    let list = &["watchlist", "action", "33", "list"];
    let before = bench.rows(list).await.len();
    let ran = bench.watch(&action(&["add", "email"])).await;
    ran.check(2).notes_say("--to <USERID>");
    let ran = bench.watch(&action(&["add", "syslog", "--to", "1"])).await;
    ran.check(2).notes_say("--to works with email only");
    let ran = bench.watch(&action(&["add", "email", "--to", "1", "3"])).await;
    ran.check(0).says("add action: confirmed").notes_say("email_recipients");
    let rows = bench.rows(list).await;
    assert_eq!(rows.len(), before + 1);
    let number = rows.last().unwrap().text("id");
    let ran = bench.run(&["watchlist", "action", "33", "list"]).await;
    ran.check(0).says("email").says("1 3");
    let ran = bench.watch(&["action", "33", "remove", "999"]).await;
    ran.check(3)
        .notes_say("the watchlist has no action 999")
        .notes_say(&format!("email to users 1, 3 (action {number})"));
    let ran = bench.watch(&["action", "33", "remove", &number]).await;
    ran.check(0).says("remove action: confirmed");
    assert_eq!(bench.rows(list).await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stored_search_asks_for_beside_its_query_is_shown_and_searched_for() {
    let bench = Bench::start().await;
    let stored = "cb.urlver=1&q=process_name%3Asvchost.exe&cb.fq.group=domain+controllers&cb.fq.group=servers";
    let list = json!({"name": NAME, "index_type": "events", "search_query": stored});
    bench.send(Method::POST, "/api/v1/watchlist", list).await;
    let query = r"process_name:svchost.exe cb.fq.group=domain\ controllers cb.fq.group=servers";
    let ran = bench.run(&["watchlist", "show", NAME]).await;
    ran.check(0)
        .says(&format!("query          {query}\n"))
        .says("filters        group is \"domain controllers\" or \"servers\"\n");
    let rows = bench.run(&["watchlist", "list", "--format", "csv"]).await;
    rows.check(0).says(query);
    let args = ["--format", "jsonl", "--limit", "0"];
    let found = bench.run(&[&["watchlist", "search", NAME][..], &args].concat()).await;
    let searched = bench.run(&[&["search", query][..], &args].concat()).await;
    assert!(found.check(0).out.lines().count() > 1);
    assert_eq!(found.out, searched.out);
    assert_eq!(found.notes, searched.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_search_that_nobody_has_encoded_is_searched_for_as_it_is_shown() {
    let bench = Bench::start().await;
    let list = json!({"name": NAME, "index_type": "events", "search_query": "process_name:cmd.exe"});
    bench.send(Method::POST, "/api/v1/watchlist", list).await;
    let ran = bench.run(&["watchlist", "show", NAME]).await;
    ran.check(0).says("query          process_name:cmd.exe\n");
    let args = ["--format", "jsonl", "--limit", "0"];
    let found = bench.run(&[&["watchlist", "search", NAME][..], &args].concat()).await;
    let searched = bench.run(&[&["search", "process_name:cmd.exe"][..], &args].concat()).await;
    assert_eq!(found.check(0).out, searched.check(0).out);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_some_cannot_be_read_none_is_said_not_to_be_there() {
    let bench = Bench::start().await;
    let spoil = |path: &str| bench.fault(json!({"mode": "wrong-types", "match": path, "method": "GET"}));
    spoil("^/api/v1/watchlist$");
    spoil("^/api/v1/feed$");
    spoil("^/api/users");
    spoil("/sensor?");
    spoil("^/api/group");
    for arguments in [
        &["watchlist", "show", "no such list"][..],
        &["feed", "show", "no such feed"],
        &["sensor", "show", "no-such-host"],
        &["sensor", "list", "group:nowhere"],
        &["sensor", "move", "3", "--group", "nowhere", "--yes"],
    ] {
        let ran = bench.run(arguments).await;
        assert_eq!(ran.check(1).out, "");
        ran.notes_say(" could not be read, and one of them may be the one; among the others: no ")
            .notes_say("\nhint: ");
    }
    let rows = bench.rows(&["alert", "list", "status:unresolved"]).await;
    let id = rows[0].text("unique_id");
    let ran = bench.run(&["alert", "assign", "nobody", &id, "--yes"]).await;
    ran.check(1).notes_say("users could not be read, and one of them may be the one");
    let ran = bench.run(&["watchlist", "create", NAME, QUERY, "--dry-run"]).await;
    ran.check(0).says("could not be read, and one of them may have this name");
    let ran = bench.run(&["group", "create", "new", "--dry-run"]).await;
    ran.check(0).says("groups could not be read, and one of them may have this name");
    let who = ["user", "create", "new", "--first-name", "N", "--last-name", "N", "--email", "n@x", "--dry-run"];
    let ran = bench.run(&who).await;
    ran.check(0).says("users could not be read, and one of them may have this name");
    // A number is asked for alone.
    bench.run(&["watchlist", "show", "7"]).await.check(0);
    assert_eq!(bench.changes(), 0);
}
