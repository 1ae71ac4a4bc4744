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

/// A file that several hosts of the world have.
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

impl Bench {
    /// Whether a hash is banned, and the note of its ban.
    async fn banned(&self, md5: &str) -> Option<(String, String)> {
        let ran = self
            .run(&["ban", "list", "--format", "jsonl", "--limit", "0"])
            .await;
        let rows = ran.check(0).json_lines();
        let ban = rows.iter().find(|row| row.text("md5hash") == md5)?;
        Some((ban.text("enabled"), ban.text("text")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_is_banned_lifted_with_its_note_and_banned_again_with_proof() {
    let bench = Bench::start().await;
    let ban = |verb: &'static str, reason: &'static str| {
        [
            "ban", verb, MD5, "--reason", reason, "--ticket", "INC-7", "--yes",
        ]
    };
    let ran = bench.run(&ban("add", "dropper")).await;
    ran.check(0).notes_say("POST /api/v1/banning/blacklist");
    assert!(
        ran.out.contains("ban: confirmed; banned by admin on"),
        "{}",
        ran.out
    );
    let held = |enabled: &str, text: &str| Some((enabled.to_owned(), text.to_owned()));
    assert_eq!(bench.banned(MD5).await, held("true", "dropper (INC-7)"));

    let ran = bench.run(&ban("add", "again")).await;
    let said = &ran.check(0).out;
    assert!(
        said.contains("is already banned by admin on")
            && said.contains(": dropper (INC-7); nothing was sent"),
        "{said}"
    );

    let ran = bench.run(&ban("remove", "false alarm")).await;
    ran.check(0)
        .notes_say("DELETE /api/v1/banning/blacklist/")
        .notes_say("PUT /api/v1/banning/blacklist/");
    assert!(
        ran.out
            .contains("unban: confirmed; a ban that was lifted: dropper (INC-7)"),
        "{}",
        ran.out
    );
    assert_eq!(bench.banned(MD5).await, held("false", "dropper (INC-7)"));

    let ran = bench.run(&ban("remove", "again")).await;
    assert!(ran.check(0).out.contains("is not banned any more"));
    let ran = bench.run(&ban("add", "back")).await;
    ran.check(0)
        .notes_say("a ban that was lifted: dropper (INC-7) > banned again");
    assert_eq!(bench.banned(MD5).await, held("true", "back (INC-7)"));

    let ran = bench.run(&["log", "show", "--format", "csv"]).await;
    let deeds: Vec<_> = ran.check(0).out.lines().skip(1).collect();
    assert_eq!(deeds.len(), 3, "{}", ran.out);
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_that_is_no_hash_is_answered_and_nothing_is_sent() {
    let bench = Bench::start().await;
    let ran = bench
        .fed(
            &["ban", "add", "-", "--reason", "x", "--yes"],
            &format!("{MD5}\nmd5\n{MD5}\nabc\n"),
        )
        .await;
    ran.check(2)
        .notes_say("\"md5\" is no MD5")
        .notes_say("\"abc\" is no MD5")
        .notes_say("is named twice")
        .notes_say("Nothing was sent");
    assert_eq!(bench.banned(MD5).await, None);
    let ran = bench
        .fed(&["ban", "add", "-", "--reason", "x", "--yes"], "\n")
        .await;
    ran.check(2).notes_say("there is no MD5");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_whose_answer_is_lost_is_read_back_and_never_sent_again() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "lost-answer", "match": "/banning", "method": "POST"}));
    let ran = bench
        .run(&["ban", "add", MD5, "--reason", "x", "--yes"])
        .await;
    assert!(
        ran.check(0)
            .out
            .contains("confirmed; the answer was lost; banned by admin"),
        "{}",
        ran.out
    );
    let posts = bench
        .server
        .requests()
        .into_iter()
        .filter(|seen| seen.method == "POST");
    assert_eq!(posts.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lift_whose_note_cannot_be_written_back_says_so() {
    let bench = Bench::start().await;
    bench
        .run(&["ban", "add", MD5, "--reason", "x", "--yes"])
        .await
        .check(0);
    bench.fault(json!({"mode": "403", "match": "/banning", "method": "PUT"}));
    let ran = bench
        .run(&["ban", "remove", MD5, "--reason", "y", "--yes"])
        .await;
    let said = &ran.check(0).out;
    assert!(said.contains("confirmed; lifted; its note is gone, read back from the server; then: the token's user has no right"), "{said}");
}
