//! `search`: formats, limits, order, and queries that cannot be read.

use std::{collections::BTreeSet, fs};

use lampblack::sim::Options;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::bench::{Bench, Members, NET, Ran, world};

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_same_processes() {
    let bench = Bench::start().await;
    let ids = bench.ids("process_name:net.exe").await;
    assert!(ids.len() >= 2, "{ids:?}");

    let json = bench.run(&["search", "process_name:net.exe", "--format", "json"]).await;
    let rows: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(rows.iter().map(|row| row.text("id")).collect::<Vec<_>>(), ids);

    let csv = bench.run(&["search", "process_name:net.exe", "--format", "csv"]).await;
    let mut reader = csv::Reader::from_reader(csv.out.as_bytes());
    let column = reader.headers().unwrap().iter().position(|name| name == "id").unwrap();
    let found: Vec<String> = reader.records().map(|row| row.unwrap()[column].to_owned()).collect();
    assert_eq!(found, ids);

    let table = bench.run(&["search", "process_name:net.exe"]).await;
    let lines: Vec<&str> = table.out.lines().collect();
    assert!(lines[0].starts_with("START"), "{}", table.out);
    for (line, id) in lines[1..].iter().zip(&ids) {
        assert!(line.ends_with(id.as_str()), "{line}");
    }
    assert_eq!(table.check(0).notes, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fields_of_a_row_are_chosen_by_the_servers_names() {
    let bench = Bench::start().await;
    let search = |fields: &'static str, format: &'static str| {
        ["search", NET, "--limit", "1", "--fields", fields, "--format", format]
    };
    let csv = bench.run(&search("HostName, process_pid,sensor_id,alliance_score_nvd", "csv")).await;
    let lines: Vec<_> = csv.check(0).out.lines().collect();
    assert_eq!(lines[0], "hostname,process_pid,sensor_id,alliance_score_nvd");
    assert!(lines[1].starts_with("win-ia9nq1gn8oi,") && lines[1].ends_with(",3,"), "{}", lines[1]);

    // A member that only some records have is no mistake.
    let json = bench.run(&search("hostname,sensor_id,alliance_score_nvd", "jsonl")).await;
    let expected = r#"{"hostname":"win-ia9nq1gn8oi","sensor_id":3,"alliance_score_nvd":null}"#;
    assert_eq!(json.check(0).out, format!("{expected}\n"));

    // The heading of a column chooses its field, whose name stands in the answer.
    let by_heading = bench.run(&search("host", "csv")).await;
    assert_eq!(by_heading.check(0).out, "hostname\nwin-ia9nq1gn8oi\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_does_not_exist_is_a_mistake_and_nothing_is_printed() {
    let bench = Bench::start().await;
    for (fields, why, hint) in [
        ("id,hostnam", "no field is named \"hostnam\"", "did you mean \"hostname\"? names: "),
        ("sensor.status", "no field is named \"sensor.status\"", "names: "),
        ("id,,start", "--fields has an empty name", "names: cmdline, "),
        ("host,Hostname", "--fields names \"hostname\" twice", "names: cmdline, "),
    ] {
        for format in ["table", "csv", "jsonl", "json"] {
            let ran = bench.run(&["search", NET, "--fields", fields, "--format", format]).await;
            ran.check(2).notes_say(why).notes_say(hint);
            assert_eq!(ran.out, "", "{fields}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_joined_is_chosen_like_any_other_field() {
    let bench = Bench::start().await;
    let join = ["--join", "sensor,group,binary", "--limit", "1", "--fields"];
    let run = async |fields: &str, format: &str| {
        let ran = bench.run(&[&["search", NET, "--format", format][..], &join, &[fields]].concat()).await;
        ran.check(0).out.clone()
    };
    let csv = run("host,host_status,group,signed,sensor.computer_dns_name", "csv").await;
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "hostname,host_status,group,signed,sensor.computer_dns_name");
    assert!(lines[1].starts_with("win-ia9nq1gn8oi,Online,Default Group,Signed,"), "{csv}");
    let json = run("host_status,sensor.id,binary.digsig_result", "jsonl").await;
    assert_eq!(json, "{\"host_status\":\"Online\",\"sensor.id\":3,\"binary.digsig_result\":\"Signed\"}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn trees_counts_and_the_log_have_their_fields_chosen_too() {
    let bench = Bench::start().await;
    let id = bench.ids(NET).await.remove(0);
    let tree = bench.run(&["tree", &id, "--fields", "depth,process_name,relation", "--format", "csv"]).await;
    let lines: Vec<_> = tree.check(0).out.lines().collect();
    assert_eq!((lines[0], lines[1]), ("depth,process_name,relation", "8,ntoskrnl.exe,ancestor"));
    let tree = bench.run(&["tree", &id, "--fields", "pid,process"]).await;
    tree.check(0).says("PROCESS_PID  PROCESS_NAME").says("└ ntoskrnl.exe");

    let facets = ["facets", NET, "--field", "hostname", "--fields", "name,value"];
    let counts = bench.run(&[&facets[..], &["--format", "jsonl"]].concat()).await;
    assert_eq!(counts.check(0).out, "{\"name\":\"win-ia9nq1gn8oi\",\"value\":2}\n");
    bench.run(&facets).await.check(0).says("NAME").says("win-ia9nq1gn8oi");

    bench.run(&["sensor", "restart", "3", "--yes", "--ticket", "INC-7"]).await.check(0);
    let log = ["log", "show", "--fields", "action,ticket,target.id", "--format"];
    let rows = bench.run(&[&log[..], &["csv"]].concat()).await;
    assert_eq!(rows.check(0).out, "action,ticket,target.id\nrestart,INC-7,3\n");
    let rows = bench.run(&[&log[..], &["jsonl"]].concat()).await;
    assert_eq!(rows.check(0).out, "{\"action\":\"restart\",\"ticket\":\"INC-7\",\"target.id\":\"3\"}\n");
    bench.run(&["log", "show", "--fields", "acton"]).await.check(2).notes_say("did you mean \"action\"?");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_report_has_one_value_in_every_format() {
    let bench = Bench::start().await;
    let list = ["report", "list", "report_id:fuzzywombat*", "--limit", "1", "--format"];
    let csv = bench.run(&[&list[..], &["csv", "--fields", "id,report_id"]].concat()).await;
    let lines: Vec<_> = csv.check(0).out.lines().collect();
    assert_eq!(lines[0], "report,report_id");
    let (report, id) = lines[1].split_once(',').unwrap();
    assert_eq!(report, format!("12:{id}"));
    let json = bench.run(&[&list[..], &["jsonl", "--fields", "report"]].concat()).await;
    assert_eq!(json.check(0).out, format!("{{\"report\":\"{report}\"}}\n"));
    // Without a choice, the heading and the record are as they were.
    let csv = bench.run(&[&list[..], &["csv"]].concat()).await;
    assert!(csv.check(0).out.starts_with("id,score,"), "{}", csv.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_example_is_found() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", NET, "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row.text("sensor_id"), "3");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_is_said() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "", "--limit", "7", "--format", "jsonl"]).await;
    assert_eq!(ran.check(0).json_lines().len(), 7);
    ran.notes_say("7 rows of up to ").notes_say("--limit 0");
    let all = bench.run(&["search", "", "--limit", "0", "--format", "jsonl"]).await;
    let ids: BTreeSet<String> = all.json_lines().iter().map(|row| row.text("id")).collect();
    assert_eq!(ids.len(), all.json_lines().len(), "one row for each process");
    assert!(ids.len() > 100);
    assert_eq!(all.check(0).notes, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_server_that_sends_few_rows_join() {
    let few = Bench::with(Options { max_rows: Some(7), ..world() }).await;
    let many = Bench::start().await;
    let (few, many) = (few.ids("os_type:windows").await, many.ids("os_type:windows").await);
    assert!(many.len() > 100);
    // Too many to be printed.
    assert!(few == many, "{} and {} rows", few.len(), many.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_is_not_failing() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", NET, "--count"]).await;
    assert_eq!(ran.check(0).out, "2\n");
    let ran = bench.run(&["search", "process_name:no-such-thing.exe", "--count"]).await;
    assert_eq!(ran.check(0).out, "0\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_match_is_exit_three() {
    let bench = Bench::start().await;
    for (format, out) in [("table", ""), ("jsonl", ""), ("json", "[]\n")] {
        let ran = bench.run(&["search", "process_name:no-such-thing.exe", "--format", format]).await;
        assert_eq!(ran.check(3).out, out);
        ran.notes_say("no process matches");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_may_come_from_standard_input() {
    let bench = Bench::start().await;
    let ran = bench.fed(&["search", "-", "--count"], &format!("{NET}\n")).await;
    assert_eq!(ran.check(0).out, "2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn order_and_time_are_passed_on() {
    let bench = Bench::start().await;
    let starts = |ran: &Ran| -> Vec<String> { ran.json_lines().iter().map(|row| row.text("start")).collect() };
    let up = bench.run(&["search", NET, "--sort", "start asc", "--format", "jsonl"]).await;
    let down = bench.run(&["search", NET, "--sort", "start desc", "--format", "jsonl"]).await;
    let mut turned = starts(&down);
    turned.reverse();
    assert_eq!(starts(&up), turned);
    assert!(starts(&up).is_sorted());
    let ran = bench.run(&["search", NET, "--min-last-update", "2999-01-01T00:00:00Z"]).await;
    ran.check(3);
    let ran = bench.run(&["search", NET, "--max-last-server-update", "-9999999w"]).await;
    ran.check(2).notes_say("hint: ");
    let ran = bench.run(&["search", NET, "--max-last-update", "-2000w"]).await;
    ran.check(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_read_is_shown_with_a_caret_and_not_sent() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "process_name:a.exe (b"]).await;
    ran.check(2).notes_say("  process_name:a.exe (b\n                     ^\n").notes_say("error: ");
    assert_eq!(ran.out, "");
    let log = fs::read_to_string(bench.log()).unwrap();
    assert!(!log.contains("HTTP"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_read_are_counted() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "wrong-types", "match": "^/api/v1/process"}));
    let ran = bench.run(&["search", "", "--format", "jsonl"]).await;
    let read = ran.check(0).json_lines().len();
    ran.notes_say(&format!("warning: {} rows could not be read", 100 - read));
    assert!(read > 0 && read < 100, "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_an_error_can_still_be_read() {
    let bench = Bench::with(Options { max_rows: Some(7), ..world() }).await;
    bench.fault(json!({"mode": "500", "match": "start=14"}));
    let ran = bench.run(&["search", "", "--format", "json"]).await;
    let rows: Vec<Value> = serde_json::from_str(&ran.check(1).out).unwrap();
    assert_eq!(rows.len(), 14);
    ran.notes_say("error: the server answered 500");
    ran.notes_say("note: 14 of about 100 rows were written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_stopped_says_how_far_it_came() {
    let bench = Bench::with(Options { max_rows: Some(7), ..world() }).await;
    bench.fault(json!({"mode": "hang", "match": "start=14"}));
    let mut child = bench.command(&["search", "", "--format", "jsonl", "--limit", "0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..14 {
        let line = lines.next_line().await.unwrap().unwrap();
        assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
    }
    let pid = child.id().unwrap().to_string();
    std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let ended = child.wait_with_output().await.unwrap();
    assert_eq!(lines.next_line().await.unwrap(), None);
    assert_eq!(ended.status.code(), Some(1));
    let notes = String::from_utf8(ended.stderr).unwrap();
    assert!(notes.contains("note: 14 of about ") && notes.contains("error: stopped"), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_is_tagged_for_stands_in_its_row() {
    let bench = Bench::start().await;
    let find = ["search", "process_name:net.exe", "--format", "jsonl"];
    let rows = |ran: &Ran| -> Vec<Value> {
        let lines = ran.out.lines();
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let before = rows(&bench.run(&find).await);
    let tag = json!({
        "investigation_id": 1, "event_type": "procstart", "unique_id": before[0]["unique_id"],
        "event_data": {"description": "first stage"},
    });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(format!("{}/api/tagged_event", bench.server.url));
    let request = request.header("X-Auth-Token", &bench.server.token).json(&tag);
    request.send().await.unwrap().error_for_status().unwrap();
    let after = rows(&bench.run(&find).await);
    let tags = json!([{"name": "Default Investigation", "id": 1}]);
    assert_eq!(after[0]["tagged_pids"], tags);
    assert_eq!(after[1].get("tagged_pids"), None);
}
