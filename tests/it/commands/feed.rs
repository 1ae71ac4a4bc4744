//! `feed`: where the server has its threat reports from.

use reqwest::Method;
use serde_json::json;

use super::bench::{Bench, Members, Ran};

impl Bench {
    /// Runs something that changes a feed, without being asked.
    async fn feed(&self, arguments: &[&str]) -> Ran {
        let arguments = [&["feed"], arguments, &["--reason", "x", "--yes"]].concat();
        self.run(&arguments).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_listed_and_shown_without_what_they_log_in_with() {
    let bench = Bench::start().await;
    let secrets = json!({"username": "cb", "password": "s3cret-feed", "ssl_client_key": "PRIVATE KEY"});
    bench.send(Method::PUT, "/api/v1/feed/12", secrets).await;
    for format in ["table", "jsonl", "json", "csv"] {
        for command in [&["feed", "list"][..], &["feed", "show", "soc"]] {
            let ran = bench.run(&[command, &["--format", format]].concat()).await;
            ran.check(0).says("soc");
            for secret in ["s3cret-feed", "PRIVATE KEY", "iVBOR"] {
                assert!(!ran.out.contains(secret), "{command:?} {format}: {}", ran.out);
            }
        }
    }
    // The record goes back whole when it is changed, and what is shown and logged of that has no secret either.
    let ran = bench.feed(&["disable", "soc"]).await;
    ran.check(0).notes_say("PUT /api/v1/feed/12");
    let log = bench.home.path().join("state/lampblack/actions.jsonl");
    let log = std::fs::read_to_string(log).unwrap();
    for said in [&ran.out, &ran.notes, &log] {
        assert!(!said.contains("s3cret-feed") && !said.contains("PRIVATE KEY"), "{said}");
    }
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_found_by_number_name_or_title() {
    let bench = Bench::start().await;
    for word in ["12", "SOC", "soc"] {
        let ran = bench.run(&["feed", "show", word]).await;
        ran.check(0).says("feed           12\n").says("reports        6\n");
    }
    let ran = bench.run(&["feed", "show", "malware DOMAINS"]).await;
    ran.check(0).says("from           vendor\n");
    for word in ["99", "so"] {
        let ran = bench.run(&["feed", "show", word]).await;
        assert_eq!(ran.check(3).out, "");
        ran.notes_say("error: no feed has the ").notes_say("`lampblack feed list`");
    }
    let ran = bench.run(&["feed", "list", "--limit", "1"]).await;
    ran.check(0).notes_say("note: 1 of ");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_switched_synchronized_and_deleted_with_proof() {
    let bench = Bench::start().await;
    let ran = bench.run(&["feed", "disable", "soc", "--yes"]).await;
    ran.check(2).notes_say("--reason is required");
    let ran = bench.run(&["feed", "sync", "soc", "--yes"]).await;
    ran.check(0).says("sync feed: confirmed; accepted by the server");
    let ran = bench.feed(&["disable", "soc"]).await;
    ran.check(0).says("disable feed: confirmed").notes_say("Its 6 reports will no longer raise alerts");
    let ran = bench.feed(&["disable", "soc"]).await;
    ran.check(0).says("is disabled already; nothing was sent");
    let ran = bench.feed(&["sync", "soc"]).await;
    ran.check(1).notes_say("a disabled feed cannot be synced");
    let ran = bench.feed(&["enable", "soc"]).await;
    ran.check(0).says("enable feed: confirmed");
    let ran = bench.feed(&["delete", "soc"]).await;
    ran.check(0).says("delete feed: confirmed; no such feed");
    bench.feed(&["delete", "soc"]).await.check(3);
    assert_eq!(bench.changes(), 4);
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_new_feed_is_the_feed_s_and_not_the_server_s() {
    let bench = Bench::start().await;
    let feed = bench.home.path().join("feed.json");
    let paper = json!({
        "feedinfo": {"name": "corpintel", "display_name": "Corp Intel", "provider_url": "https://intel.example",
            "summary": "ours", "tech_data": "none", "version": 2},
        "reports": [{"id": "CI-118", "title": "Loader in temp", "link": "https://intel.example/CI-118",
            "timestamp": 1_614_852_931, "score": 75, "iocs": {"dns": ["cdn.example.net"]}}],
    });
    std::fs::write(&feed, paper.to_string()).unwrap();
    let url = format!("file://{}", feed.display());
    let ran = bench.run(&["feed", "add", &url, "--yes"]).await;
    ran.check(0).says("add feed: confirmed");
    let ran = bench.run(&["feed", "add", &url, "--yes"]).await;
    ran.check(0).says("already exists; nothing was sent");
    let ran = bench.run(&["feed", "show", "corp intel"]).await;
    ran.check(0).says("from           local").says(&url);
    let ran = bench.run(&["feed", "add", "file:///no/such/feed", "--yes"]).await;
    ran.check(1).says("add feed: not applied");
    let ran = bench.run(&["feed", "add", "nonsense", "--dry-run"]).await;
    ran.check(2)
        .notes_say("error: \"nonsense\" is not a feed URL")
        .notes_say("hint: a feed URL begins with https://, http:// or file://");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_server_gives_no_feed_alone_and_one_is_found_all_the_same() {
    let bench =
        Bench::with(lampblack::sim::Options { server_version: "5.0.0.150122.1654".into(), ..super::bench::world() })
            .await;
    let rows = bench.rows_of(&["feed", "show", "12"]).await;
    assert_eq!(rows[0].text("name"), "soc");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_has_deleted_first_is_gone_as_was_wanted() {
    for (kind, path, id) in [("feed", "^/api/v1/feed/12", "12"), ("watchlist", "^/api/v1/watchlist/7", "7")] {
        let bench = Bench::start().await;
        let delete = [kind, "delete", id, "--reason", "x", "--yes"];
        let fault = json!({"mode": "404", "match": path, "method": "DELETE", "times": 1});
        bench.fault(fault.clone());
        let ran = bench.run(&delete).await;
        ran.check(1).says(&format!("delete {kind}: not applied; ")).says(" not found on the server; server state: ");
        let mut fault = fault;
        fault["after"] = true.into();
        bench.fault(fault);
        let ran = bench.run(&delete).await;
        ran.check(0).says(&format!("delete {kind}: confirmed; already deleted (verified on the server)"));
        bench.run(&["log", "verify"]).await.check(0);
    }
}
