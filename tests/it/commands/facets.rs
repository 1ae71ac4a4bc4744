//! `facets`: the histogram, the other formats, and answers with something missing.

use lampblack::text;
use serde_json::{Value, json};

use super::bench::{Bench, Members};

const EXAMPLE: &str = "hostname:WIN-IA9NQ1GN8OI username:bit9rad";

#[tokio::test(flavor = "multi_thread")]
async fn the_histogram_is_the_documentations() {
    let bench = Bench::start().await;
    let ran = bench.run(&["facets", EXAMPLE, "--field", "process_name", "--limit", "7"]).await;
    let expected = [
        format!("     chrome.exe:  23.4% {}", "■".repeat(50)),
        format!("thumbnailextrac:  15.4% {}", "■".repeat(32)),
        format!("   adobearm.exe:   8.6% {}", "■".repeat(18)),
        format!("   taskhost.exe:   6.0% {}", "■".repeat(12)),
        format!("    conhost.exe:   4.7% {}", "■".repeat(9)),
        format!("       ping.exe:   4.0% {}", "■".repeat(8)),
        format!("     wermgr.exe:   3.5% {}", "■".repeat(7)),
    ];
    assert_eq!(ran.check(0).out.lines().collect::<Vec<_>>(), expected);
    ran.notes_say("602 segments");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_fields_are_one_request_and_each_has_its_name() {
    let bench = Bench::start().await;
    let ran = bench.run(&["facets", EXAMPLE]).await;
    let headings: Vec<&str> = ran.check(0).out.lines().filter(|line| !line.is_empty() && !line.contains(':')).collect();
    assert_eq!(headings, ["process_name", "parent_name", "username", "hostname"]);
    let seen = bench.server.seen_requests();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen[0].target.contains("rows=0"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_same_values() {
    let bench = Bench::start().await;
    let fields = ["--field", "username", "--field", "day_of_week"];
    let run = async |format: &str| {
        let arguments = [&["facets", "", "--format", format][..], &fields].concat();
        bench.run(&arguments).await
    };
    let lines = run("jsonl").await.check(0).json_lines();
    let values = |rows: &[Value]| -> Vec<(String, String, String)> {
        let of = |row: &Value| (row.text("field"), row.text("name"), row.text("value"));
        rows.iter().map(of).collect()
    };
    let listed: Vec<Value> = serde_json::from_str(&run("json").await.check(0).out).unwrap();
    assert_eq!(listed, lines);
    let csv = run("csv").await;
    let mut reader = csv::Reader::from_reader(csv.check(0).out.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["field", "name", "value", "ratio", "percent"]);
    let cells: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let found: Vec<_> = cells.iter().map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned())).collect();
    let inert = values(&lines).into_iter();
    let inert: Vec<_> = inert.map(|(field, name, value)| (field, text::csv_cell(&name.into()), value)).collect();
    assert_eq!(found, inert);
    // The server gives a histogram along the time no shares, and JSON adds none; for the eye they are worked out.
    let day = lines.last().unwrap();
    assert_eq!((day.text("field"), &day["ratio"]), ("day_of_week".into(), &Value::Null));
    let sum: f64 = cells.iter().filter(|row| &row[0] == "day_of_week").map(|row| row[3].parse::<f64>().unwrap()).sum();
    assert!((99.0..=101.0).contains(&sum), "{sum}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_period_and_the_query_are_those_of_search() {
    let bench = Bench::start().await;
    let counted = async |arguments: &[&str]| {
        let arguments = [arguments, &["--field", "os_type", "--format", "jsonl", "--limit", "0"]];
        let ran = bench.fed(&arguments.concat(), "process_name:cmd.exe\n").await;
        let counts = ran.json_lines();
        counts.iter().map(|row| row["value"].as_u64().unwrap()).sum::<u64>()
    };
    let bound = ["--min-last-update", "2026-11-23T12:00:00Z"];
    for bounds in [&[][..], &bound] {
        let count = bench.run(&[&["search", "process_name:cmd.exe", "--count"], bounds].concat()).await;
        let count: u64 = count.check(0).out.trim().parse().unwrap();
        assert!(count > 0);
        assert_eq!(counted(&[&["facets", "-"], bounds].concat()).await, count);
    }
    let ran = bench.run(&["facets", "a (b"]).await;
    ran.check(2).notes_say("Unclosed (");
    let ran = bench.run(&["facets", "", "--feild", "x"]).await;
    ran.check(2).notes_say("--field");
    let ran = bench.run(&["facets", "", "--max-last-update", "soon"]).await;
    ran.check(2).notes_say("--max-last-update: ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_shown_is_said() {
    let bench = Bench::start().await;
    let few = ["facets", "", "--field", "process_name", "--limit", "3"];
    let ran = bench.run(&few).await;
    assert_eq!(ran.check(0).out.lines().count(), 3);
    ran.notes_say("3 of ").notes_say("--limit 0 shows all");
    let ran = bench.run(&["facets", "", "--field", "no_such_field"]).await;
    ran.check(3).notes_say("no_such_field is not a facet field");
    assert_eq!(ran.out, "");
    for (format, out) in [("table", ""), ("json", "[]\n"), ("csv", "field,name,value,ratio,percent\n")] {
        let nothing = ["facets", "process_name:no-such-thing.exe", "--format", format];
        let ran = bench.run(&nothing).await;
        assert_eq!(ran.check(3).out, out);
        ran.notes_say("no process matches");
    }
    let ran = bench.run(&["facets", "", "--field", "parent_id", "--limit", "0"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 200);
    ran.notes_say("at most 200 values");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_or_answers_falsely_is_reported() {
    let bench = Bench::start().await;
    for (mode, exit, words) in [
        ("broken-json", 1, "unexpected response from"),
        ("403", 1, "no permission"),
        ("wrong-types", 0, "values could not be read"),
    ] {
        bench.fault(json!({"mode": mode, "match": "^/api/v1/process", "times": 9}));
        let ran = bench.run(&["facets", "", "--field", "process_name"]).await;
        ran.check(exit).notes_say(words);
        bench.server.clear_faults();
    }
}
