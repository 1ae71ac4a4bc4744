//! Answers to a change that are not true: each command reports what it read back, and ends with it.

use std::time::Duration;

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, world};

/// What is said with every command.
const YES: [&str; 4] = ["--reason", "case 7", "--yes", "--override-warnings"];

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// Commands that change something. Each finds what those before it have left.
fn commands<'c>(alert: &'c str, report: &'c str, feed: &'c str) -> Vec<Vec<&'c str>> {
    vec![
        vec!["alert", "status", "resolved", alert],
        vec!["alert", "assign", "kim", alert],
        vec!["alert", "ignore", alert],
        vec!["sensor", "isolate", "3"],
        vec!["sensor", "unisolate", "3"],
        vec!["sensor", "move", "3", "--group", "2"],
        vec!["ban", "add", MD5],
        vec!["ban", "remove", MD5],
        vec!["watchlist", "create", "own", "cmdline:blah"],
        vec!["watchlist", "disable", "own"],
        vec!["watchlist", "enable", "own"],
        vec!["watchlist", "action", "own", "add", "syslog"],
        vec!["watchlist", "delete", "own"],
        vec!["report", "ignore", report],
        vec!["report", "restore", report],
        vec!["feed", "add", feed],
        vec!["feed", "disable", "ownfeed"],
        vec!["feed", "enable", "ownfeed"],
        vec!["feed", "delete", "ownfeed"],
        vec!["group", "create", "Quarantine"],
    ]
}

/// Answers that say no, or nothing that can be understood.
fn answers() -> Vec<Value> {
    let mut answers: Vec<_> =
        [400, 401, 403, 404, 409, 500].iter().map(|status| json!({"mode": "answer", "status": status})).collect();
    answers.push(json!({"mode": "answer", "body": "<html><title>Sign in</title></html>"}));
    answers
}

/// Both fall to the request that changes something, and to no other.
fn once(mut fault: Value, method: &str, is_made: bool) -> Value {
    fault["method"] = method.into();
    fault["times"] = 1.into();
    fault["after"] = is_made.into();
    fault
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_reports_what_it_read_back_whatever_was_answered() {
    let bench = Bench::with(Options { checkin: Duration::from_millis(1), ..world() }).await;
    let alert = bench.rows(&["alert", "list", "status:Unresolved"]).await[0]["unique_id"].clone();
    let report = bench.rows(&["report", "list", "feed_id:12"]).await[0].clone();
    let report = format!("12:{}", report["id"].as_str().unwrap());
    let paper = bench.home.path().join("feed.json");
    let feed = json!({"feedinfo": {"name": "ownfeed", "display_name": "Own", "summary": "", "tech_data": "",
        "provider_url": "https://intel.example"}, "reports": []});
    std::fs::write(&paper, feed.to_string()).unwrap();
    let paper = format!("file://{}", paper.display());
    let answers = answers();
    let all = commands(alert.as_str().unwrap(), &report, &paper);
    for (at, command) in all.iter().enumerate() {
        let method = match command[1] {
            "isolate" | "unisolate" | "move" | "enable" | "disable" => "PUT",
            "delete" | "remove" => "DELETE",
            _ => "POST",
        };
        let full = [&command[..], &YES].concat();
        let answer = &answers[at % answers.len()];
        bench.fault(once(answer.clone(), method, false));
        let ran = bench.run(&full).await;
        assert!(matches!(ran.exit, 1 | 4), "{command:?} {answer}: {} {}", ran.out, ran.notes);
        assert!(!ran.out.contains(": confirmed"), "{command:?} {answer}: {}", ran.out);
        bench.server.clear_faults();
        bench.fault(once(answer.clone(), method, true));
        let ran = bench.run(&full).await;
        assert_eq!(ran.exit, 0, "{command:?} {answer}: {} {}", ran.out, ran.notes);
        assert!(ran.out.contains(": confirmed"), "{command:?} {answer}: {}", ran.out);
        bench.server.clear_faults();
    }
    bench.run(&["log", "verify"]).await.check(0);
}
