//! `sensor isolate` and `sensor unisolate`: known before, proven after, logged in between.

use std::{fs, process::Command, time::Duration};

use lampblack::sim::Options;
use serde_json::json;

use super::bench::{Bench, Members, world};

/// The documentation's own host.
const HOST: &str = "WIN-IA9NQ1GN8OI";

/// A server whose sensors check in at once.
async fn brisk() -> Bench {
    Bench::with(Options { checkin: Duration::from_millis(1), ..world() }).await
}

impl Bench {
    async fn isolation(&self) -> (String, String) {
        let ran = self.run(&["sensor", "show", HOST, "--format", "jsonl"]).await;
        let row = ran.check(0).json_lines().remove(0);
        let flag = |name: &str| row.text(name);
        (flag("network_isolation_enabled"), flag("is_isolating"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_isolated_and_released_with_proof_and_the_log_has_both() {
    let bench = brisk().await;
    let ran = bench.run(&["sensor", "isolate", HOST, "--reason", "case 7", "--ticket", "INC-7", "--yes"]).await;
    let said = &ran.check(0).out;
    assert!(said.contains("isolate: confirmed; isolated (verified"), "{said}");
    ran.notes_say("not isolated -> isolated").notes_say("PUT /api/v1/sensor/3").notes_say("Still reachable: CB server");
    assert_eq!(bench.isolation().await, ("true".into(), "true".into()));

    let ran = bench.run(&["sensor", "unisolate", "3", "--reason", "clean", "--yes"]).await;
    assert!(ran.check(0).out.contains("unisolate: confirmed"));
    assert_eq!(bench.changes(), 2);

    let ran = bench.run(&["log", "show", "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    let told: Vec<_> = rows.iter().map(|row| (row.text("action"), row.text("reason"), row.text("ticket"))).collect();
    assert_eq!(
        told,
        [("isolate".into(), "case 7".into(), "INC-7".into()), ("release".into(), "clean".into(), "null".into()),]
    );
    let last = rows[0]["outcomes"].as_array().unwrap().last().unwrap();
    assert_eq!(last.text("stage"), "confirmed");
    bench.run(&["log", "verify"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_already_so_is_said_and_sends_nothing() {
    let bench = brisk().await;
    let ran = bench.run(&["sensor", "unisolate", HOST, "--reason", "x", "--yes"]).await;
    assert_eq!(ran.check(0).out, format!("{HOST} is not isolated; nothing was sent\n"));
    assert_eq!(bench.changes(), 0);
    let ran = bench.run(&["log", "show"]).await;
    ran.check(0).notes_say("no actions yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_a_reason_a_yes_or_when_it_is_only_tried() {
    let bench = brisk().await;
    let isolate = |more: &'static [&'static str]| [&["sensor", "isolate", HOST], more].concat();
    let ran = bench.run(&isolate(&["--yes"])).await;
    ran.check(2).notes_say("--reason is required");
    let ran = bench.run(&isolate(&["--reason", " ", "--yes"])).await;
    ran.check(2).notes_say("--reason is required");
    let ran = bench.run(&isolate(&["--reason", "x"])).await;
    ran.check(5).notes_say("cannot prompt (no terminal)");
    let ran = bench.run(&isolate(&["--dry-run"])).await;
    assert!(ran.check(0).out.contains("request: PUT /api/v1/sensor/3 {"));
    let ran = bench.run(&isolate(&["--read-only", "--reason", "x", "--yes"])).await;
    ran.check(5).notes_say("read-only");
    let ran = bench.run(&["sensor", "isolate", HOST, "NO-SUCH-HOST", "--reason", "x", "--yes"]).await;
    ran.check(3).notes_say("no sensor is named");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_does_not_confirm_in_time_is_said_to_be_pending() {
    let bench = brisk().await;
    bench.fault(json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"}));
    let ran = bench.run(&["sensor", "isolate", "3", "--reason", "x", "--yes", "--timeout", "1s"]).await;
    assert!(ran.check(4).out.contains("not confirmed in time"));
    assert_eq!(bench.isolation().await, ("true".into(), "false".into()));
    let ran = bench.run(&["sensor", "isolate", "3", "--reason", "x", "--yes"]).await;
    assert!(ran.check(4).out.contains("already waiting to be isolated"));
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_change_is_settled_by_reading() {
    let bench = brisk().await;
    bench.fault(json!({"mode": "lost-answer", "match": "/api/v1/sensor/3", "method": "PUT"}));
    let ran = bench.run(&["sensor", "isolate", "3", "--reason", "x", "--yes"]).await;
    let said = &ran.check(0).out;
    assert!(said.contains("isolate: confirmed"), "{said}");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_back_is_read_again() {
    let bench = brisk().await;
    for fault in [
        json!({"mode": "lost-answer", "match": "/api/v1/sensor/3", "method": "PUT"}),
        json!({"mode": "latency", "match": "/api/v1/sensor/3", "method": "PUT", "ms": 500}),
    ] {
        bench.fault(fault);
    }
    // The looks before it is sent still work; the first one after it does not.
    let unreadable = async {
        while bench.changes() == 0 {
            tokio::task::yield_now().await;
        }
        bench.fault(json!({"mode": "broken-json", "match": "/api/v1/sensor/3$", "method": "GET", "times": 1}));
    };
    let isolate = ["sensor", "isolate", "3", "--reason", "x", "--yes"];
    let (ran, ()) = tokio::join!(bench.run(&isolate), unreadable);
    assert!(ran.check(0).out.contains("isolate: confirmed"), "{}", ran.out);
    let ran = bench.run(&["log", "show", "--format", "jsonl"]).await;
    let stages: Vec<_> = ran.check(0).json_lines()[0]["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|outcome| outcome.text("stage"))
        .collect();
    assert_eq!(stages, ["unknown", "confirmed"]);
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_before_the_change_is_not_taken_for_success_and_nothing_is_sent_twice() {
    let bench = brisk().await;
    for (mode, words) in [("500", "not applied"), ("403", "not applied"), ("cut", "confirmed")] {
        bench.fault(json!({"mode": mode, "match": "/api/v1/sensor/3", "method": "PUT", "times": 1}));
        let before = bench.changes();
        let ran = bench.run(&["sensor", "isolate", "3", "--reason", "x", "--yes"]).await;
        assert!(ran.out.contains(words), "{mode}: {} {}", ran.out, ran.notes);
        assert_eq!(bench.changes(), before + 1, "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_host_is_left_out_of_many_and_takes_its_name_alone() {
    let bench = brisk().await;
    let config = bench.home.path().join("config/lampblack/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let url = &bench.server.url;
    let text =
        format!("[profiles.lab]\nurl = {url:?}\ntoken = {:?}\nprotected_hosts = [\"WIN-*\"]\n", bench.server.token);
    fs::write(&config, text).unwrap();
    let with = |more: &'static [&'static str]| [&["--profile", "lab", "sensor", "isolate"], more].concat();
    let ran = bench.run(&with(&["3", "--reason", "x", "--yes"])).await;
    ran.check(5).notes_say("PROTECTED: protected_hosts contains WIN-*");
    let ran = bench.run(&with(&["3", "4", "--reason", "x", "--yes"])).await;
    ran.check(5).notes_say("WIN-IA9NQ1GN8OI (sensor 3) is skipped");
    assert_eq!(bench.isolation().await, ("false".into(), "false".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_group_is_not_known_is_protected_where_any_group_is() {
    let bench = brisk().await;
    let config = bench.home.path().join("config/lampblack/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let url = &bench.server.url;
    let text = format!(
        "[profiles.lab]\nurl = {url:?}\ntoken = {:?}\nprotected_hosts = [\"group:Servers\"]\n",
        bench.server.token
    );
    fs::write(&config, text).unwrap();
    let isolate = ["--profile", "lab", "sensor", "isolate", "14", "--reason", "x", "--yes"];
    let ran = bench.run(&isolate).await;
    ran.check(5).notes_say("PROTECTED: protected_hosts contains group:Servers");
    bench.fault(json!({"mode": "403", "match": "/api/group"}));
    let ran = bench.run(&isolate).await;
    ran.check(5).notes_say("PROTECTED: protected_hosts contains group:Servers, and its group is unknown");
    assert_eq!(bench.changes(), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_written_stops_it_before_it_is_sent() {
    let bench = brisk().await;
    let log = bench.home.path().join("state/lampblack/actions.jsonl");
    fs::create_dir_all(&log).unwrap();
    let ran = bench.run(&["sensor", "isolate", "3", "--reason", "x", "--yes"]).await;
    ran.check(1).notes_say("actions.jsonl").notes_say("nothing was sent");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_log_is_found() {
    let bench = brisk().await;
    bench.run(&["sensor", "isolate", "3", "--reason", "case 7", "--yes"]).await.check(0);
    let log = bench.home.path().join("state/lampblack/actions.jsonl");
    let text = fs::read_to_string(&log).unwrap().replace("case 7", "case 8");
    fs::write(&log, text).unwrap();
    let ran = bench.run(&["log", "verify"]).await;
    ran.check(1).notes_say("line 2 does not follow the line before it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_wait_says_that_the_request_stays_in_force() {
    for signal in ["-INT", "-TERM"] {
        let bench = brisk().await;
        bench.fault(json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"}));
        let isolate = ["sensor", "isolate", "3", "--reason", "x", "--yes", "--timeout", "none"];
        let child = bench.command(&isolate).spawn().unwrap();
        let looks = || {
            let seen = bench.server.seen_requests().into_iter();
            let after = seen.skip_while(|seen| seen.method != "PUT");
            after.filter(|seen| seen.method == "GET").count()
        };
        // It is read back once, and looked at again by whoever waits.
        while looks() < 2 {
            tokio::task::yield_now().await;
        }
        let pid = child.id().unwrap().to_string();
        Command::new("kill").args([signal, &pid]).status().unwrap();
        let ended = child.wait_with_output().await.unwrap();
        let (out, notes) = (ended.stdout, ended.stderr);
        let (out, notes) = (String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap());
        assert_eq!(ended.status.code(), Some(4), "{signal}: {out}{notes}");
        assert!(out.contains("isolate: sent, not confirmed"), "{out}");
        assert!(notes.contains("sent requests stay in force"), "{notes}");
        assert_eq!(bench.changes(), 1);
        bench.run(&["log", "verify"]).await.check(0);
    }
}
