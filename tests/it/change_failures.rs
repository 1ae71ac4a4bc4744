//! Changes that are prevented: by the policy, by a server that fails, by an end in the middle.

use std::fs::{self, File};

use crate::support::changes::{changes, fault, ready};
use crate::support::console::settings;
use lampblack::api::{Client, WriteRequest};
use lampblack::model::{SensorId, Timings};
use serde_json::json;
use tokio::{task::yield_now, time::timeout};

#[tokio::test]
async fn a_protected_host_takes_its_name_typed() {
    let mut console = ready().await;
    console.search("group:\"Domain Controllers\"").await;
    console.press("I").await.shows(&["PROTECTED", "protected_hosts contains group:Domain Controllers"]);
    console.write("x").await;
    console.press("tab tab tab enter").await.shows(&["type the host name"]);
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn what_is_pending_is_taken_up_after_a_restart() {
    let mut console = ready().await;
    let never = json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"});
    console.sim.add_fault(serde_json::from_value(never).unwrap());
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("accepted, waiting").await;
    let mut console = console.again().await;
    console.press("esc @").await;
    console.until("ACCEPTED").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn quitting_during_a_change_needs_a_second_confirmation_and_the_end_says_what_is_open() {
    let mut console = ready().await;
    let late = json!({"mode": "latency", "ms": 500, "match": "/api/v1/sensor/3", "method": "PUT"});
    let never = json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"});
    for fault in [late, never] {
        console.sim.add_fault(serde_json::from_value(fault).unwrap());
    }
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.press("q").await.shows(&["isolate WIN-IA9NQ1GN8OI is still pending"]);
    console.until("accepted, waiting").await;
    let said = console.app.session().exit_summary();
    assert_eq!(said[0], "isolate WIN-IA9NQ1GN8OI: accepted; it will be checked the next time you start lampblack");
    assert!(said[1].starts_with("Audit log: 2 entries, head "), "{said:?}");
}

#[tokio::test]
async fn what_could_not_be_read_is_unknown_until_it_can_be() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    let lost = json!({"mode": "lost-answer", "match": "/api/v1/sensor/3", "method": "PUT"});
    let late = json!({"mode": "latency", "ms": 500, "match": "/api/v1/sensor/3", "method": "PUT"});
    for fault in [lost, late] {
        console.sim.add_fault(serde_json::from_value(fault).unwrap());
    }
    // The look before it is sent still works; those after it do not.
    let broken = json!({"mode": "broken-json", "match": "/api/v1/sensor/3$", "method": "GET"});
    console.press("tab tab enter").await;
    while changes(&console).is_empty() {
        tokio::task::yield_now().await;
    }
    console.sim.add_fault(serde_json::from_value(broken).unwrap());
    console.until("OUTCOME UNKNOWN, check before retrying").await;
    console.sim.clear_faults();
    console.until("CONFIRMED; isolated (verified").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn of_several_changes_the_refused_one_is_not_hidden_by_those_that_were_done() {
    let mut console = ready().await;
    fault(&console, json!({"mode": "403", "match": "/banning/blacklist$", "method": "POST", "times": 1}));
    console.press("8 a").await;
    console.paste("9e107d9d372bb6826bd81d3542a419d6 9e107d9d372bb6826bd81d3542a419d7").await;
    console.press("enter").await.write("x").await;
    console.press("tab tab").await.write("2").await;
    console.press("tab enter").await;
    console.until("ban 2: 1 NOT APPLIED (9e107d9d372bb6826bd81d3542a419d6), 1 CONFIRMED").await;
    // In full, however narrow the screen is.
    console.press("!").await.shows(&["1 NOT APPLIED (9e107d9d372bb6826bd81d3542a419d6)"]);
}

#[tokio::test]
async fn a_key_skips_the_impact_lookups_and_keeps_the_dialog() {
    let mut console = ready().await;
    fault(&console, json!({"mode": "hang", "match": "facet=true"}));
    console.begin("I").until("role").await;
    console.shows(&["more lookups running; ^c cancels"]);
    console.begin("x").begin("ctrl-c");
    console.shows(&["connections in unknown: cancelled", "users in 24 h  unknown: cancelled"]);
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
}

#[tokio::test]
async fn an_open_change_is_named_before_another_on_the_same_host() {
    let mut console = ready().await;
    fault(&console, json!({"mode": "never-confirm", "match": "/api/v1/sensor/3"}));
    console.press("I").await.write("x").await;
    console.press("tab tab enter").await;
    console.until("accepted, waiting").await;
    console.press("U").await.shows(&["isolate WIN-IA9NQ1GN8OI is still pending, by ana (uid 7) at 2026-"]);
}

#[tokio::test]
async fn another_console_does_not_call_off_what_this_one_is_just_sending() {
    let mut console = ready().await;
    let lost = json!({"mode": "hang", "match": "/api/v1/sensor/3", "method": "PUT"});
    fault(&console, lost);
    console.press("I").await.write("x").await;
    console.press("tab tab enter").await;
    while changes(&console).is_empty() {
        tokio::task::yield_now().await;
    }
    console.press("@").await.until("SENDING").await;
    console.shows(&["sent, no response yet", "1 action pending"]);
    // The next console on this log finds it sent, without an answer, and nothing of it on the server.
    let mut console = console.again().await;
    console.press("esc @").await.until("PENDING").await;
    console.lacks("NOT APPLIED");
    // It arrives after all.
    console.sim.clear_faults();
    let client = Client::new(settings(&console.sim), None).unwrap();
    let sensor = client.sensor(SensorId(3)).await.unwrap();
    let isolation = WriteRequest::isolate(&sensor);
    client.send_write(&isolation).await.unwrap();
    console.until("CONFIRMED").await;
}

#[tokio::test]
async fn marked_rows_are_meant_wherever_the_focus_is() {
    let mut console = ready().await;
    console.search("process_name:svchost.exe").await;
    console.press("* tab tab I").await;
    console.shows(&["of 27 hosts"]);
}

#[tokio::test]
async fn whatever_was_answered_the_console_says_what_it_read_back() {
    let mut console = ready().await;
    let answers = [
        json!({"mode": "lost-answer", "status": 400}),
        json!({"mode": "lost-answer", "status": 401}),
        json!({"mode": "lost-answer", "status": 403}),
        json!({"mode": "lost-answer", "status": 404}),
        json!({"mode": "lost-answer", "status": 409}),
        json!({"mode": "lost-answer", "status": 500}),
        json!({"mode": "lost-answer", "status": 200, "body": "<html><title>Sign in</title>"}),
    ];
    for (mut answer, key) in answers.into_iter().zip(["I", "U"].into_iter().cycle()) {
        answer["method"] = "PUT".into();
        answer["times"] = 1.into();
        fault(&console, answer);
        console.press(key).await.write("x").await;
        console.press("tab tab enter").await;
        console.until("CONFIRMED").await;
        console.lacks("NOT APPLIED");
        console.press("esc").await;
    }
    assert_eq!(changes(&console).len(), 7);
}

#[tokio::test]
async fn what_was_refused_and_not_done_is_not_applied_with_the_words_of_the_refusal() {
    let mut console = ready().await;
    for (status, words) in [(403, "has no permission"), (409, "answered 409")] {
        fault(&console, json!({"mode": "answer", "status": status, "method": "PUT", "times": 1}));
        console.press("I").await.write("x").await;
        console.press("tab tab enter").await;
        console.until("NOT APPLIED").await.shows(&[words]);
        console.press("esc").await;
    }
}

#[tokio::test]
async fn an_action_waits_for_a_locked_log_beside_the_screen_and_can_be_cancelled() {
    let mut console = ready().await;
    let log = File::open(console.state.path().join("actions.jsonl")).unwrap();
    log.lock().unwrap();
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("AUDIT LOG LOCKED").await;
    console.shows(&["Waiting: another program has locked the audit log"]);
    // Everything else works.
    console.press("4").await.shows(&["Sensors  "]);
    console.press("ctrl-c").await;
    console.until("not sent: ").await;
    console.until("isolate WIN-IA9NQ1GN8OI").await;
    console.lacks("AUDIT LOG LOCKED");
    assert_eq!(changes(&console), [""; 0]);
    // Once it is free, the same is done.
    log.unlock().unwrap();
    console.press("1 I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn q_leaves_while_another_program_holds_the_log_and_nothing_is_sent_after_that() {
    let mut console = ready().await;
    let log = File::open(console.state.path().join("actions.jsonl")).unwrap();
    log.lock().unwrap();
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("AUDIT LOG LOCKED").await;
    console.press("esc q").await;
    console.shows(&["Press q again to quit"]);
    let parting = console.app.session().exit_summary().join("\n");
    assert!(parting.contains("isolate WIN-IA9NQ1GN8OI: another program had locked the audit log"), "{parting}");
    let (sim, _state) = console.leave("q").await;
    // The worker sees that the screen is gone.
    for _ in 0..100 {
        yield_now().await;
    }
    log.unlock().unwrap();
    // A console that waits for the log checks it every few milliseconds.
    let sent = async {
        while sim.seen_requests().iter().all(|seen| seen.method == "GET") {
            yield_now().await;
        }
    };
    let sent = timeout(Timings::for_tests().lock_poll_interval * 20, sent).await;
    assert!(sent.is_err(), "it is sent though the console has ended");
}

#[tokio::test]
async fn q_leaves_a_console_that_has_started_beside_a_locked_log() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    let log = File::open(console.state.path().join("actions.jsonl")).unwrap();
    log.lock().unwrap();
    console.again().await.leave("esc q").await;
}

#[tokio::test]
async fn a_console_starts_beside_a_program_that_holds_the_log_and_says_so() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    let log = File::open(console.state.path().join("actions.jsonl")).unwrap();
    log.lock().unwrap();
    let mut console = console.again().await;
    console.until("Another program has locked the audit log; actions will wait").await;
    console.press("esc @").await.shows(&["Activity  1", "isolate", "case 7"]);
    console.press("1").await;
    console.search("process_name:net.exe").await.shows(&["Processes  "]);
}

#[tokio::test]
async fn what_another_program_has_logged_is_read_by_the_refresh_key() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("CONFIRMED").await;
    console.press("esc @").await.shows(&["Activity  1", "case 7"]);
    let log = console.state.path().join("actions.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    // A line that repeats a number shows that the log was read again.
    fs::write(&log, format!("{text}{text}")).unwrap();
    console.press("r").await.until("AUDIT LOG DAMAGED: line 3 has the number 1").await;
}

#[tokio::test]
async fn an_action_that_cannot_be_logged_is_not_sent() {
    let mut console = ready().await;
    let path = console.state.path().join("actions.jsonl");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    console.press("I").await.write("case 7").await;
    console.press("tab tab enter").await;
    console.until("not sent: cannot open ").await;
    assert_eq!(changes(&console), [""; 0]);
}
