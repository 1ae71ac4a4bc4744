//! `sensor move`, `flush` and `restart`: the same mechanism as isolation, without a wait.

use lampblack::sim::Options;
use reqwest::Method;
use serde_json::json;

use super::bench::{Bench, world};

/// The documentation's own host.
const HOST: &str = "WIN-IA9NQ1GN8OI";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_put_into_another_group_by_its_name() {
    let bench = Bench::start().await;
    let ran = bench
        .run(&["sensor", "move", HOST, "--group", "no such group", "--yes"])
        .await;
    ran.check(3)
        .notes_say("no sensor group has the name \"no such group\"")
        .notes_say("Default Group");
    let to = ["sensor", "move", HOST, "--group", "engineering", "--yes"];
    let ran = bench.run(&to).await;
    ran.check(0).notes_say("to group Engineering");
    assert!(ran.out.contains("move: confirmed"), "{}", ran.out);
    let again = bench.run(&to).await;
    assert_eq!(
        again.check(0).out,
        format!("{HOST} is already in that group; nothing was sent\n")
    );
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_is_flushed_and_restarted_as_its_server_reads_it() {
    for version in [
        "5.2.0.161004.1206",
        "6.2.0.171114.1158",
        "7.5.0.200101.1000",
    ] {
        let bench = Bench::with(Options {
            server_version: version.into(),
            ..world()
        })
        .await;
        let ran = bench.run(&["sensor", "flush", HOST, "--yes"]).await;
        assert!(
            ran.check(0).out.contains("flush: confirmed; to be flushed"),
            "{version}: {}",
            ran.out
        );
        let ran = bench.run(&["sensor", "flush", HOST, "--yes"]).await;
        assert!(ran.check(0).out.contains("is already to be flushed"));
        let ran = bench.run(&["sensor", "restart", HOST, "--yes"]).await;
        assert!(
            ran.check(0)
                .out
                .contains("restart: confirmed; to be restarted")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_that_the_server_does_not_keep_is_not_called_confirmed() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "lost-answer", "match": "/api/v1/sensor/3", "method": "PUT"}));
    let ran = bench.run(&["sensor", "flush", HOST, "--dry-run"]).await;
    assert!(ran.check(0).out.contains("event_log_flush_time"));
    let ran = bench.run(&["sensor", "flush", HOST]).await;
    ran.check(5).notes_say("nobody is here to confirm it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_name_hides_is_made_visible_once() {
    let bench = Bench::start().await;
    let group = json!({"name": "ev\x1b[31mil", "site_id": 1});
    bench.send(Method::POST, "/api/group", group).await;
    let ran = bench
        .run(&["sensor", "move", HOST, "--group", "nope", "--yes"])
        .await;
    ran.check(3).notes_say("ev\u{241b}[31mil");
}
