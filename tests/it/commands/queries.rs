//! What holds wherever a command takes a query: lists of indicators, mistakes, `--as-typed`, what a server refuses.

use lampblack::sim::Options;
use serde_json::json;

use super::bench::{Bench, NET, Ran, world};

/// Every command that takes a query, with the place of the query empty.
const COMMANDS: [&[&str]; 11] = [
    &["search", "?"],
    &["search", "?", "--count"],
    &["facets", "?"],
    &["binary", "search", "?"],
    &["alert", "list", "?"],
    &["report", "list", "?"],
    &["alert", "status", "resolved", "--query", "?", "--dry-run"],
    &["alert", "assign", "aruiz", "--query", "?", "--dry-run"],
    &["alert", "ignore", "--query", "?", "--reason", "noise", "--dry-run"],
    &["report", "ignore", "--query", "?", "--reason", "noise", "--dry-run"],
    &["watchlist", "create", "a name", "?", "--dry-run"],
];

/// The command with a query.
fn asking<'a>(command: &[&'a str], query: &'a str) -> Vec<&'a str> {
    command.iter().map(|word| if *word == "?" { query } else { word }).collect()
}

/// It was refused for its query, and the server heard nothing.
#[track_caller]
fn check_refused(bench: &Bench, ran: &Ran, said: &str) {
    ran.check(2).notes_say("error: ").notes_say(said);
    assert_eq!(ran.out, "");
    assert_eq!(bench.server.seen_requests().len(), 0, "{}", ran.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_indicators_is_no_query_for_any_command() {
    let bench = Bench::start().await;
    let hash = |n: u8| format!("{n:032x}");
    for command in COMMANDS {
        for end in ["\n", "\r\n", "\r"] {
            let list = [hash(1), hash(2), "hxxp://evil[.]example/x".into()].join(end);
            let ran = bench.run(&asking(command, &list)).await;
            check_refused(&bench, &ran, "This is a list of 3 indicators, not a query");
            ran.notes_say("join them with OR").notes_say("nothing was sent");
            let piped = format!("# of ticket 7{end}{end}{list}{end}");
            let ran = bench.fed(&asking(command, "-"), &piped).await;
            check_refused(&bench, &ran, "This is a list of 3 indicators, not a query");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_with_a_mistake_is_sent_as_typed_only_to_who_insists() {
    let bench = Bench::start().await;
    for command in COMMANDS {
        let ran = bench.run(&asking(command, "(a")).await;
        check_refused(&bench, &ran, "Unclosed (");
        ran.notes_say("--as-typed sends it");
        let insisting = [asking(command, "(a"), vec!["--as-typed"]].concat();
        let ran = bench.run(&insisting).await;
        ran.notes_say("warning: query, sent as typed: Unclosed (");
        let is_of_the_server = ran.notes.contains("the server cannot read the query") || command[0] == "watchlist";
        assert!(is_of_the_server, "{insisting:?}: {}", ran.notes);
        bench.server.forget_requests();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_sent_as_typed_is_what_was_typed() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "10.0.0.1\n10.0.0.2", "--as-typed", "--count"]).await;
    assert_eq!(ran.check(0).out, "0\n");
    ran.notes_say("warning: query, sent as typed: This is a list of 2 indicators");
    let seen = bench.server.seen_requests();
    assert!(seen.iter().any(|seen| seen.target.contains("q=10.0.0.1%0A10.0.0.2")), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_and_blank_lines_on_standard_input_are_no_part_of_a_query() {
    let bench = Bench::start().await;
    let piped = format!("\u{feff}# the example\r\n\r\n{NET}\r\n# the end");
    let ran = bench.fed(&["search", "-", "--count"], &piped).await;
    assert_eq!(ran.check(0).out, "2\n");
    bench.server.forget_requests();
    ran.notes_say("note: 2 lines of stdin skipped");
    for nothing in ["", "\n", "# nothing\n"] {
        let ran = bench.fed(&["search", "-"], nothing).await;
        check_refused(&bench, &ran, "no query on stdin");
    }
    let ids = bench.ids(NET).await;
    let piped = format!("# processes\n\n{}\r\n  # and\n{}\n", ids[0], ids[1]);
    let ran = bench.fed(&["tree", "-", "--format", "jsonl"], &piped).await;
    let selves = ran.check(0).json_lines();
    assert_eq!(selves.iter().filter(|row| row["relation"] == "self").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_address_gets_the_hint_of_its_field() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "10.0.0.1"]).await;
    ran.check(3).notes_say("warning: query: an address without a field").notes_say("Write ipaddr:10.0.0.1");
    let ran = bench.run(&["search", "00000000000000000000000000000001"]).await;
    ran.check(3).notes_say("note: query: a hash").notes_say("Write md5:");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wildcard_at_the_beginning_is_the_reason_once_a_server_has_refused_it() {
    // Servers before 6.2.3 take it, and nothing but a note is said of it.
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "process_name:*net.exe"]).await;
    ran.check(0).notes_say("note: query: Leading wildcard: some servers refuse it");
    let bench = Bench::with(Options { server_version: "7.2.0".into(), ..world() }).await;
    for command in [["search", "process_name:*net.exe"], ["facets", "process_name:*net.exe"]] {
        let ran = bench.run(&command).await;
        ran.check(2)
            .notes_say("this server refuses leading wildcards, such as *net.exe")
            .notes_say("start the value with the known part");
        assert!(!ran.notes.contains("Unclosed ("), "{}", ran.notes);
    }
    // A query that is too long for an address travels in a body, and is known all the same.
    let long = format!("process_name:*net.exe ({})", vec!["cmdline:nothing"; 400].join(" OR "));
    let ran = bench.run(&["search", &long]).await;
    ran.check(2).notes_say("such as *net.exe");
    let ran = bench.run(&["search", "process_name:(", "--as-typed"]).await;
    ran.check(2).notes_say("the server cannot read the query");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_unusual_is_found_without_a_warning() {
    let bench = Bench::start().await;
    let pid = bench.rows_of(&["search", NET]).await[0]["process_pid"].clone();
    let query = format!("process_pid:{pid} {NET}");
    for query in [query.as_str(), "process_name:net.exe netconn_count:[0 to *]"] {
        let ran = bench.run(&["search", query]).await;
        ran.check(0);
        assert!(!ran.notes.contains("warning: "), "{}", ran.notes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_listed_without_a_query_are_those_that_are_open() {
    let bench = Bench::start().await;
    let open = bench.rows(&["alert", "list"]).await;
    let taken = open[0]["unique_id"].as_str().unwrap().to_owned();
    bench
        .send(
            reqwest::Method::POST,
            &format!("/api/v1/alert/{taken}"),
            json!({"unique_id": taken, "status": "In Progress"}),
        )
        .await;
    let ids = |rows: &[serde_json::Value]| {
        let mut ids: Vec<String> = rows.iter().map(|row| row["unique_id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&bench.rows(&["alert", "list"]).await), ids(&open), "it is open still");
    let named = bench.rows(&["alert", "list", "status:Unresolved OR status:\"In Progress\""]).await;
    assert_eq!(ids(&named), ids(&open));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_and_watchlists_are_counted_and_reports_need_no_query() {
    let bench = Bench::start().await;
    let all = bench.rows(&["report", "list"]).await.len();
    assert!(all > 0);
    let ran = bench.run(&["report", "list", "--count"]).await;
    assert_eq!(ran.check(0).out, format!("{all}\n"));
    let ran = bench.run(&["report", "list", "title:nosuchword", "--count"]).await;
    assert_eq!(ran.check(0).out, "0\n");
    for list in bench.rows(&["watchlist", "list"]).await {
        let id = list["id"].as_str().unwrap();
        let ran = bench.run(&["watchlist", "search", id, "--count"]).await;
        if ran.exit == 2 {
            // One of them cannot be read.
            ran.notes_say("Unclosed (");
            continue;
        }
        assert!(ran.check(0).out.trim().parse::<u64>().is_ok(), "{}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_no_field_of_alerts_leads_to_the_one_that_is() {
    let bench = Bench::start().await;
    let ran = bench.run(&["alert", "list", "severity:high"]).await;
    ran.notes_say("Unknown field severity").notes_say("Did you mean alert_severity?");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_read_as_one_query_are_said() {
    let bench = Bench::start().await;
    let two = "process_name:cmd.exe\n\nprocess_name:net.exe\n";
    let ran = bench.fed(&["search", "-", "--count"], two).await;
    assert_eq!(ran.check(0).out, "0\n");
    ran.notes_say("note: 2 lines of stdin form one query").notes_say("must both match (AND)");
    let ran = bench.fed(&["search", "-", "--count"], NET).await;
    assert!(!ran.notes.contains("form one query"), "{}", ran.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_end_before_they_begin_are_refused() {
    let bench = Bench::start().await;
    for clock in ["", "server-"] {
        let (min, max) = (format!("--min-last-{clock}update"), format!("--max-last-{clock}update"));
        let ran = bench.run(&["search", NET, "--count", &min, "-1d", &max, "-2d"]).await;
        ran.check(2).notes_say(&format!("{min} is later than {max}")).notes_say("hint: swap the two times");
        let ran = bench.run(&["search", NET, "--count", &min, "-2d", &max, "-1d"]).await;
        ran.check(0);
    }
    let inverted = "start:[2026-11-30T00:00:00 TO 2026-11-01T00:00:00]";
    let ran = bench.run(&["search", inverted, "--count"]).await;
    ran.check(0).notes_say("ends before it begins").notes_say("start:[2026-11-01T00:00:00 TO 2026-11-30T00:00:00]");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_in_the_place_of_guids_are_not_repeated() {
    let bench = Bench::start().await;
    let record = format!("{{\"id\":\"x\",\"cmdline\":\"{}\"}}\n", "a".repeat(1_500));
    let ran = bench.fed(&["tree", "-"], &record).await;
    ran.check(2).notes_say("jq -r .id");
    assert!(ran.notes.len() < 400, "{}", ran.notes);
}
