//! `ban`: what is stopped from running.

use lampblack::sim::Options;
use serde_json::json;

use super::bench::{Bench, Members, world};

#[tokio::test(flavor = "multi_thread")]
async fn bans_are_listed_with_what_they_have_stopped() {
    let bench = Bench::start().await;
    let ran = bench.run(&["ban", "list"]).await;
    let out = &ran.check(0).out;
    assert!(out.contains("banned") && out.contains("known tool of an earlier case"), "{out}");
    let ran = bench.run(&["ban", "list", "--format", "jsonl"]).await;
    assert_eq!(ran.check(0).json_lines()[0].text("block_count"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_the_right_gets_an_error_that_says_so() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "403", "match": "/banning"}));
    let ran = bench.run(&["ban", "list"]).await;
    ran.check(1).notes_say("the token has no permission to see bans");
}

/// A file that several hosts of the world have.
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

impl Bench {
    /// Whether a hash is banned, and the note of its ban.
    async fn banned(&self, md5: &str) -> Option<(String, String)> {
        let ran = self.run(&["ban", "list", "--format", "jsonl", "--limit", "0"]).await;
        let rows = ran.check(0).json_lines();
        let ban = rows.iter().find(|row| row.text("md5hash") == md5)?;
        Some((ban.text("enabled"), ban.text("text")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_is_banned_lifted_with_its_note_and_banned_again_with_proof() {
    let bench = Bench::start().await;
    let ban =
        |verb: &'static str, reason: &'static str| ["ban", verb, MD5, "--reason", reason, "--ticket", "INC-7", "--yes"];
    let ran = bench.run(&ban("add", "dropper")).await;
    ran.check(0).notes_say("POST /api/v1/banning/blacklist");
    assert!(ran.out.contains("ban: confirmed; banned by admin on"), "{}", ran.out);
    let held = |enabled: &str, text: &str| Some((enabled.to_owned(), text.to_owned()));
    assert_eq!(bench.banned(MD5).await, held("true", "dropper (INC-7)"));

    let ran = bench.run(&ban("add", "again")).await;
    let said = &ran.check(0).out;
    assert!(
        said.contains("is already banned by admin on") && said.contains(": dropper (INC-7); nothing was sent"),
        "{said}"
    );

    let ran = bench.run(&ban("remove", "false alarm")).await;
    ran.check(0).notes_say("DELETE /api/v1/banning/blacklist/").notes_say("PUT /api/v1/banning/blacklist/");
    assert!(ran.out.contains("unban: confirmed; unbanned: dropper (INC-7)"), "{}", ran.out);
    assert_eq!(bench.banned(MD5).await, held("false", "dropper (INC-7)"));

    let ran = bench.run(&ban("remove", "again")).await;
    assert!(ran.check(0).out.contains("is already unbanned"));
    let ran = bench.run(&ban("add", "back")).await;
    ran.check(0).notes_say("unbanned: dropper (INC-7) -> banned again");
    assert_eq!(bench.banned(MD5).await, held("true", "back (INC-7)"));

    let ran = bench.run(&["log", "show", "--format", "csv"]).await;
    let changes: Vec<_> = ran.check(0).out.lines().skip(1).collect();
    assert_eq!(changes.len(), 3, "{}", ran.out);
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_list_the_hashes_are_taken_and_the_rest_is_named_and_counted() {
    let bench = Bench::start().await;
    let other = "e4d909c290d0fb1ca068ffaddf22cbd0";
    let list = format!(
        "\u{FEFF}# from the report\r\nmd5,sha256,name\r\n\"{MD5}\",{},evil.exe\r\nMD5:{MD5}\r\nmd5={}\r\n",
        "ab".repeat(32),
        other.to_uppercase(),
    );
    let add = ["ban", "add", "-", "--reason", "x", "--yes"];
    let ran = bench.fed(&[&add[..], &["--strict"]].concat(), &list).await;
    ran.check(2)
        .notes_say("2 entries are not an MD5: \"name\", \"evil.exe\"")
        .notes_say("1 SHA-256")
        .notes_say("Nothing was sent");
    assert_eq!(bench.changes(), 0);
    let ran = bench.fed(&add, &list).await;
    ran.check(0)
        .notes_say("skipped: 2 entries are not an MD5: \"name\", \"evil.exe\"; 1 SHA-256")
        .notes_say("1 hash is given twice");
    for md5 in [MD5, other] {
        assert_eq!(bench.banned(md5).await, Some(("true".into(), "x".into())));
    }
    // Standard input may be what PowerShell has written.
    let wide: Vec<u8> = format!("\u{FEFF}{MD5}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut command = bench.command(&["ban", "remove", "-", "--reason", "x", "--yes"]);
    let file = bench.home.path().join("list.txt");
    std::fs::write(&file, wide).unwrap();
    command.stdin(std::fs::File::open(&file).unwrap());
    let ended = command.output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(bench.banned(MD5).await, Some(("false".into(), "x".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_single_hash_nothing_is_sent() {
    let bench = Bench::start().await;
    let add = ["ban", "add", "-", "--reason", "x", "--yes"];
    for (list, words) in [
        ("\n".to_owned(), "no MD5 given"),
        ("md5\nabc\n".to_owned(), "no MD5 given: 1 entry is not an MD5: \"abc\""),
        ("ab".repeat(32), "no MD5 given: 1 SHA-256"),
    ] {
        bench.fed(&add, &list).await.check(2).notes_say(words);
    }
    // What is named as a word is meant.
    let ran = bench.run(&["ban", "add", MD5, "abc", "--reason", "x", "--yes"]).await;
    ran.check(2).notes_say("\"abc\" is not a valid MD5").notes_say("Nothing was sent");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_hashes_are_looked_up_together_and_how_much_that_takes_is_said_before() {
    let bench = Bench::start().await;
    let list: Vec<_> = (0..50).map(|n| format!("9e107d9d372bb6826bd81d3542a4{n:04x}")).collect();
    let add = |more: &'static str| ["ban", "add", "-", "--reason", "x", more];
    let ran = bench.fed(&add("--dry-run"), &list.join("\n")).await;
    ran.check(0)
        .notes_say("50 hashes: up to 10 API requests for this preview, then up to 4 for each hash that changes")
        .says("all 50 hashes")
        .says("last 30 days: ");
    let n_looks = bench.server.seen_requests().len();
    assert!(n_looks <= 10, "{n_looks} requests: {:?}", bench.server.seen_requests());
    bench.server.forget_requests();
    let ran = bench.fed(&add("--yes"), &list.join("\n")).await;
    assert_eq!(ran.check(0).out.matches("ban: confirmed").count(), 50);
    let n = bench.server.seen_requests().len();
    assert!(n <= 10 + 4 * 50, "{n} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_its_bans_under_the_other_name_is_asked_there_from_then_on() {
    let bench = Bench::with(Options { server_version: "7.8".into(), ..world() }).await;
    bench.run(&["ban", "list"]).await.check(0);
    let n_old = || {
        let seen = bench.server.seen_requests().into_iter();
        seen.filter(|seen| seen.target.contains("blacklist")).count()
    };
    assert_eq!(n_old(), 1);
    bench.server.forget_requests();
    for verb in ["add", "remove"] {
        let ran = bench.run(&["ban", verb, MD5, "--reason", "x", "--yes"]).await;
        ran.check(0).says(": confirmed").notes_say("/api/v1/banning/bannedlist");
        // One hash, and then the list that tells whether there is one.
        assert!(n_old() <= 2, "{:?}", bench.server.seen_requests());
        bench.server.forget_requests();
    }
    let ran = bench.run(&["ban", "add", MD5, "--reason", "x", "--yes"]).await;
    ran.check(0).says(": confirmed");
    let ran = bench.run(&["ban", "add", MD5, "--reason", "x", "--yes"]).await;
    ran.check(0).says("is already banned");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_license_is_reported_before_a_ban_and_by_the_doctor() {
    let bench = Bench::start().await;
    let license = |end: &str| {
        let body = json!({"license_valid": true, "license_expired": true, "license_end_date": end});
        json!({"mode": "answer", "match": "/api/v1/license", "body": body.to_string()})
    };
    for (end, words) in [
        ("2020-01-31", "expired on 2020-01-31, more than 30 days ago: the server accepts no new bans"),
        ("2099-01-31", "30 days later the server accepts no new bans"),
    ] {
        bench.server.clear_faults();
        bench.fault(license(end));
        let ran = bench.run(&["ban", "add", MD5, "--reason", "x", "--dry-run"]).await;
        ran.check(0).says(words);
        let ran = bench.run(&["doctor"]).await;
        ran.check(1).says(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_whose_answer_is_lost_is_read_back_and_never_sent_again() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "lost-answer", "match": "/banning", "method": "POST"}));
    let ran = bench.run(&["ban", "add", MD5, "--reason", "x", "--yes"]).await;
    assert!(ran.check(0).out.contains("confirmed; the response was lost; banned by admin"), "{}", ran.out);
    let posts = bench.server.seen_requests().into_iter().filter(|seen| seen.method == "POST");
    assert_eq!(posts.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lift_whose_note_cannot_be_written_back_says_so() {
    let bench = Bench::start().await;
    bench.run(&["ban", "add", MD5, "--reason", "x", "--yes"]).await.check(0);
    bench.fault(json!({"mode": "403", "match": "/banning", "method": "PUT"}));
    let ran = bench.run(&["ban", "remove", MD5, "--reason", "y", "--yes"]).await;
    let said = &ran.check(0).out;
    assert!(
        said.contains(
            "confirmed; unbanned; its note was lost (verified on the server); then: the token has no permission"
        ),
        "{said}"
    );
}
