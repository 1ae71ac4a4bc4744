//! `report`: what feeds say is worth an alert, and what is not listened to any longer.

use std::time::Duration;

use lampblack::sim::Options;

use super::bench::{Bench, Members, world};

/// A server whose index knows at once.
async fn brisk() -> Bench {
    Bench::with(Options { index_lag: Duration::ZERO, ..world() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_listed_the_worst_first_with_the_ids_that_name_them() {
    let bench = Bench::start().await;
    let ran = bench.run(&["report", "list", "feed_name:soc", "--format", "csv"]).await;
    let lines: Vec<_> = ran.check(0).out.lines().collect();
    assert!(lines[1].starts_with("12:fuzzywombat-"), "{}", ran.out);
    let scores = lines[1..].iter().map(|line| line.split(',').nth(1).unwrap().parse::<i64>());
    assert!(scores.map(Result::unwrap).rev().is_sorted(), "{}", ran.out);
    let ran = bench.run(&["report", "list", "feed_name:soc", "--limit", "2"]).await;
    ran.check(0).notes_say("2 rows of up to 6; --limit 0 shows all");
    let ran = bench.run(&["report", "list", "title:nothing"]).await;
    ran.check(3).notes_say("no report matches");
    let ran = bench.run(&["report", "list", "title:(a"]).await;
    ran.check(2).notes_say("Unclosed (");
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_ignored_for_a_reason_and_restored_without_one() {
    let bench = brisk().await;
    let (one, other) = ("12:encoded-command-1", "12:exfil-webclient-1");
    let ran = bench.run(&["report", "ignore", one, "--yes"]).await;
    ran.check(2).notes_say("--reason is required");
    let ignore = ["report", "ignore", "-", "--reason", "ours", "--yes"];
    let ran = bench.fed(&ignore, &format!("{one}\n{other}\n{one}\n")).await;
    ran.check(0)
        .says("PowerShell with an encoded command  ignore report: confirmed; ignored")
        .notes_say("is given twice")
        .notes_say("{\"ids\":{\"12\":[\"exfil-webclient-1\"]},\"updates\":{\"is_ignored\":true}}");
    let ignored = ["report", "list", "is_ignored:true feed_name:soc"];
    let rows = bench.rows(&ignored).await;
    let ids: Vec<_> = rows.iter().map(|row| row.text("id")).collect();
    assert!(ids.contains(&"encoded-command-1".into()) && ids.contains(&"exfil-webclient-1".into()));
    let ran = bench.fed(&ignore, one).await;
    ran.check(0).says("is already ignored; nothing was sent");

    let restore = ["report", "restore", "--query", ignored[2], "--yes"];
    let ran = bench.run(&restore).await;
    ran.check(0).says("restore report: confirmed; raises alerts");
    assert_eq!(bench.rows(&ignored).await.len(), 0);
    let ran = bench.run(&restore).await;
    ran.check(3).notes_say("no report matches; nothing was sent");
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_that_is_no_report_is_answered_and_nothing_is_sent() {
    let bench = brisk().await;
    let ignore = |ids: &[&'static str]| [&["report", "ignore"], ids, &["--reason", "x", "--yes"]].concat();
    let ran = bench.run(&ignore(&["12", "soc:a", "12:", "12:exfil-webclient-1"])).await;
    ran.check(2)
        .notes_say("\"12\" is not a valid report ID")
        .notes_say("\"soc:a\" is not a valid report ID")
        .notes_say("\"12:\" is not a valid report ID");
    let ran = bench.run(&ignore(&["12:nope", "12:exfil-webclient-1", "99:../user"])).await;
    ran.check(3)
        .notes_say("report 12:nope not found")
        .notes_say("report 99:../user not found")
        .notes_say("nothing was sent");
    bench.run(&ignore(&["--query", " "])).await.check(2);
    bench.run(&ignore(&[])).await.check(2);
    assert_eq!(bench.changes(), 0);
}
