//! `ban`: what is stopped from running.

use serde_json::json;

use super::bench::{Bench, Members};

#[tokio::test(flavor = "multi_thread")]
async fn bans_are_listed_with_what_they_have_stopped() {
    let bench = Bench::start().await;
    let ran = bench.run(&["ban", "list"]).await;
    let out = &ran.check(0).out;
    assert!(
        out.contains("banned") && out.contains("known tool of an earlier case"),
        "{out}"
    );
    let ran = bench.run(&["ban", "list", "--format", "jsonl"]).await;
    assert_eq!(ran.check(0).json_lines()[0].text("block_count"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_the_right_is_told_so() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "403", "match": "/banning"}));
    let ran = bench.run(&["ban", "list"]).await;
    ran.check(1)
        .notes_say("the token's user has no right to see bans");
}
