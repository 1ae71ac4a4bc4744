//! What holds for every command: streams, exit codes, configuration, hostile strings.

use std::fs;

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, NET, bare, finish, world};

#[tokio::test(flavor = "multi_thread")]
async fn hostile_strings_are_inert_in_every_format() {
    let bench = Bench::start().await;
    for format in ["table", "jsonl", "json", "csv"] {
        for command in [
            &["search", ""][..],
            &["sensor", "list"],
            &["alert", "list", ""],
            &["watchlist", "list"],
            &["feed", "list"],
            &["report", "list", "feed_id:*"],
            &["group", "list"],
            &["user", "list"],
        ] {
            let arguments = [command, &["--limit", "0", "--format", format]].concat();
            let ran = bench.run(&arguments).await;
            let strange: Vec<char> = ran
                .check(0)
                .out
                .chars()
                .filter(|c| {
                    c.is_control() && *c != '\n' || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
                })
                .collect();
            assert!(strange.is_empty(), "{arguments:?}: {strange:?}");
        }
        if format == "csv" {
            let ran = bench.run(&["search", "", "--limit", "0", "--format", "csv"]).await;
            for row in csv::Reader::from_reader(ran.out.as_bytes()).records() {
                for cell in &row.unwrap() {
                    assert!(!cell.starts_with(['=', '@', '+', '\t', '\r']), "{cell}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_s_errors_are_reported_with_what_to_do() {
    let bench = Bench::start().await;
    bench.fault(serde_json::json!({"mode": "401", "match": "^/api/v1/process"}));
    let ran = bench.run(&["search", "", "--format", "json"]).await;
    ran.check(1).notes_say("error: the server does not accept the token").notes_say("hint: ");
    assert_eq!(serde_json::from_str::<Vec<Value>>(&ran.out).unwrap(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_reading_is_not_an_error() {
    let bench = Bench::start().await;
    for arguments in [&["search", "", "--limit", "0", "--format", "jsonl"][..], &["man"], &["completions", "bash"]] {
        let mut child = bench.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_logged_for_their_owner_alone_and_without_the_token() {
    let bench = Bench::start().await;
    bench.run(&["search", NET, "-vv"]).await.check(0);
    let log = fs::read_to_string(bench.log()).unwrap();
    assert!(log.contains("HTTP GET /api/v1/process?"), "{log}");
    assert!(log.contains("(response 200)"), "{log}");
    assert!(!log.contains(&bench.server.token));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(bench.log()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_directory_that_cannot_be_written_is_a_warning() {
    let bench = Bench::start().await;
    fs::write(bench.home.path().join("state"), "a file").unwrap();
    let ran = bench.run(&["search", NET, "--count"]).await;
    assert_eq!(ran.check(0).out, "2\n");
    ran.notes_say("warning: no action can be sent, nothing is logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_two() {
    let bench = Bench::start().await;
    for arguments in [
        &["search"][..],
        &["search", "x", "--format", "xml"],
        &["search", "x", "--sort", "start sideways"],
        &["search", "x", "--segments", "--group-by", "id"],
        &["fly"],
        &["search", "x", "--profile", "nobody"],
        &["search", "x", "--profile", "a", "--url", "https://b"],
    ] {
        let ran = bench.run(arguments).await;
        ran.check(2).notes_say("error: ");
        assert_eq!(ran.out, "");
    }
    let ran = finish(bare(&bench.home, &["search", "x", "--url", "https://cb.example.com"]), "").await;
    ran.check(2).notes_say("LAMPBLACK_TOKEN");
    let ran = finish(bare(&bench.home, &["--help"]), "").await;
    assert!(ran.check(0).out.contains("simulate"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_configuration_is_reported_line_by_line() {
    let bench = Bench::start().await;
    let file = bench.home.path().join("config/lampblack/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "theme = 1\nasci = true\n").unwrap();
    let ran = bench.run(&["keys"]).await;
    ran.check(1).notes_say("config.toml:1: theme").notes_say("config.toml:2: ").notes_say("hint: did you mean ascii?");
    // The console tells all of it, too, and takes no screen.
    let ran = bench.run(&[]).await;
    ran.check(1).notes_say("config.toml:1: theme").notes_say("config.toml:2: ");
    assert_eq!(ran.out, "");
    fs::write(&file, "theme = \"paper\"\nascii = true\n").unwrap();
    bench.run(&["keys"]).await.check(0);
    bench.run(&["search", NET, "--count"]).await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_configured_names_the_demo() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["search", "x"][..], &[]] {
        let ran = finish(bare(&home, arguments), "").await;
        ran.check(1).notes_say("error: no server is configured").notes_say("lampblack demo");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_says_that_it_needs_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let ran = finish(bare(&home, &["demo"]), "").await;
    ran.check(1).notes_say("error: the console needs a terminal");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_describes_itself() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["keys"][..], "quit"),
        (&["keys", "--markdown"], "| `quit` |"),
        (&["completions", "zsh"], "#compdef lampblack"),
        (&["man"], ".TH lampblack-sensor-list"),
    ] {
        let ran = finish(bare(&home, arguments), "").await;
        assert!(ran.check(0).out.contains(words), "{arguments:?}: {}", ran.out);
        assert_eq!(ran.notes, "");
    }
    assert!(!home.path().join("state").exists(), "describing itself leaves nothing behind");
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_shown_while_it_lasts() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "429", "match": "^/api/v2/sensor", "retry_after": 3, "times": 1}));
    let ran = bench.run(&["sensor", "list", "--limit", "1"]).await;
    let note = "note: the server is busy, waiting until ";
    assert!(ran.check(0).notes.contains(note), "{}", ran.notes);
}

#[tokio::test]
async fn an_old_server_that_cannot_group_says_so_beside_its_rows() {
    let bench = Bench::with(Options { server_version: "5.2.0.161004.1206".into(), ..world() }).await;
    let ran = bench.run(&["search", "process_name:net.exe"]).await;
    ran.check(0);
    assert!(ran.notes.contains("this server (5.2) cannot group"), "{}", ran.notes);
    let bounded = ["search", "", "--min-last-server-update", "2026-11-01T00:00:00Z"];
    let ran = bench.run(&bounded).await;
    assert_eq!(ran.exit, 1, "{}", ran.notes);
    assert!(ran.out.is_empty());
    assert!(ran.notes.contains("does not support a time range on the server's clock"), "{}", ran.notes);
}
