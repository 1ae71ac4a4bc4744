//! Exit codes, and the situation that each stands for.

use crate::nets::json::Json;
use crate::nets::program::{Home, Ran, Server, finish};

/// A situation, the arguments, and the exit code.
type Case = (&'static str, &'static [&'static str], i32);

const HASH: &str = "9e107d9d372bb6826bd81d3542a419d6";
const HOST: &str = "WIN-IA9NQ1GN8OI";

/// Without any fault of the server, one after the other.
#[rustfmt::skip]
const PLAIN: &[Case] = &[
    ("rows", &["search", "process_name:net.exe"], 0),
    ("a count of nothing", &["search", "process_name:no-such.exe", "--count"], 0),
    ("a preview", &["ban", "add", HASH, "--reason", "x", "--dry-run"], 0),
    ("a preview in spite of --yes", &["ban", "add", HASH, "--reason", "x", "--dry-run", "--yes"], 0),
    ("a change", &["ban", "add", HASH, "--reason", "x", "--yes"], 0),
    ("what is so already", &["ban", "add", HASH, "--reason", "x", "--yes"], 0),
    ("a change that is not waited for", &["sensor", "isolate", HOST, "--reason", "x", "--yes", "--no-wait"], 0),
    ("a log that is whole", &["log", "verify"], 0),
    ("help", &["--help"], 0),
    ("the version", &["--version"], 0),
    ("keys", &["keys"], 0),
    ("completions", &["completions", "bash"], 0),
    ("the manual page", &["man"], 0),
    ("doctor", &["doctor"], 0),

    ("a configuration file that is not there", &["search", "a", "--config", "none.toml"], 1),

    ("an option that does not exist", &["search", "a", "--no-such-option"], 2),
    ("a command that does not exist", &["serach", "a"], 2),
    ("a query that cannot be read", &["search", "(process_name:a.exe"], 2),
    ("indicators that are no query", &["search", "10.0.0.1\n10.0.0.2\nevil.example"], 2),
    ("no reason", &["ban", "add", "0123456789abcdef0123456789abcdef", "--yes"], 2),
    ("no reason to isolate", &["sensor", "isolate", "7", "--yes"], 2),
    ("no reason to unisolate", &["sensor", "unisolate", HOST, "--yes"], 2),
    ("no reason to disable a watchlist", &["watchlist", "disable", "7", "--yes"], 2),
    ("no reason to ignore a report", &["report", "ignore", "12:fuzzywombat-beacon-1", "--yes"], 2),
    ("an invalid hash", &["ban", "add", "abc", "--reason", "x", "--yes"], 2),
    ("an invalid process id", &["tree", "abc"], 2),
    ("an address without its token", &["search", "a", "--url", "http://127.0.0.1:9"], 2),
    ("a profile that does not exist", &["search", "a", "--profile", "none"], 2),

    ("nothing that matches", &["search", "process_name:no-such.exe"], 3),
    ("no such host", &["sensor", "show", "NO-SUCH-HOST"], 3),
    ("no such binary", &["binary", "show", "00000000000000000000000000000000"], 3),
    ("no such watchlist", &["watchlist", "show", "999"], 3),
    ("no such feed", &["feed", "show", "999"], 3),
    ("no such group", &["sensor", "move", HOST, "--group", "none", "--yes"], 3),
    ("no such process", &["events", "00000001-0000-0001-01d0-000000000001"], 3),
    ("no alert that matches", &["alert", "list", "hostname:no-such-host"], 3),
    ("no sensor that matches", &["sensor", "list", "no-such-host"], 3),

    ("no terminal to confirm on", &["ban", "remove", HASH, "--reason", "x"], 5),
    ("read-only", &["ban", "remove", HASH, "--reason", "x", "--yes", "--read-only"], 5),
    ("a protected host", &["sensor", "isolate", "CORP-DC-01", "--reason", "x", "--yes"], 5),
    ("a warning", &["ban", "add", "d41d8cd98f00b204e9800998ecf8427e", "--reason", "x", "--yes"], 5),
];

#[track_caller]
fn check(situation: &str, ran: &Ran, exit: i32) {
    assert_eq!(ran.exit, exit, "{situation}: {ran:#?}");
    // What goes wrong is said on standard error, and by its label.
    let is_said = ran.notes.lines().any(|line| line.starts_with("error: "));
    let is_wrong = matches!(exit, 1 | 2 | 5);
    assert!(!is_wrong || is_said, "{situation}: {ran:#?}");
}

#[test]
fn each_situation_has_its_exit_code() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    for (situation, arguments, exit) in PLAIN {
        check(situation, &home.run(arguments), *exit);
    }
}

#[test]
fn what_server_network_and_files_do_wrong_is_exit_code_one() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let fault = |mode: &str, matching: &str, more: &str| {
        server.clear_faults();
        server.fault(&format!(r#"{{"mode":"{mode}","match":"{matching}"{more}}}"#));
    };
    fault("401", "/api/", "");
    check("a token that is refused", &home.run(&["search", "a"]), 1);
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.exit, 1, "{doctor:#?}");
    assert!(doctor.out.lines().any(|line| line.starts_with("fail ")), "{doctor:#?}");
    fault("404", "/api/v1/process", "");
    assert!(matches!(home.run(&["search", "a"]).exit, 1 | 3));
    fault("403", "/api/v1/process", "");
    check("a right that is missing", &home.run(&["search", "a"]), 1);
    fault("broken-json", "/api/v1/process", "");
    check("an answer that is no JSON", &home.run(&["search", "a"]), 1);
    fault("never-confirm", "/api/v1/watchlist/7", r#","method":"PUT""#);
    let lost = home.run(&["watchlist", "disable", "7", "--reason", "x", "--yes"]);
    assert_eq!(lost.exit, 1, "a change that did not come to pass: {lost:#?}");
    server.clear_faults();

    let mut closed = home.command(&["search", "a"]);
    closed.env("LAMPBLACK_URL", "http://127.0.0.1:1").env("LAMPBLACK_TOKEN", "abc");
    check("a server that is not there", &finish(closed, ""), 1);

    home.put(".local/state/lampblack/actions.jsonl", "{}\n");
    check("a log that is not whole", &home.run(&["log", "verify"]), 1);
}

#[test]
fn what_was_sent_and_not_confirmed_in_time_is_exit_code_four() {
    let server = Server::start(&["--checkin", "1"]);
    let home = Home::of(&server);
    server.fault(r#"{"mode":"never-confirm","match":"/api/v1/sensor/3"}"#);
    let isolate = ["sensor", "isolate", "3", "--reason", "x", "--yes", "--timeout", "1s"];
    check("a sensor that does not answer", &home.run(&isolate), 4);
}

#[test]
fn several_sensors_of_one_name_are_exit_code_two() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let twins = r#"{\"results\":[{\"id\":8,\"computer_name\":\"FIN-WS-042\"},{\"id\":9,\"computer_name\":\"fin-ws-042\"}],\"total_results\":2}"#;
    server.fault(&format!(r#"{{"mode":"answer","match":"/sensor?","body":"{twins}"}}"#));
    let show = home.run(&["sensor", "show", "FIN-WS-042"]);
    check("a name that two sensors have", &show, 2);
}

#[test]
fn an_existing_file_is_not_written_over_by_a_download() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let query = ["binary", "search", "observed_filename:svch0st.exe", "--format", "jsonl"];
    let found = Json::read(home.prints(&query).trim_end());
    let md5 = found.text("md5").to_lowercase();
    let download = ["binary", "download", &md5];
    assert_eq!(home.run(&download).exit, 0);
    assert!(home.path(&format!("{md5}.zip")).is_file());
    check("a file that is there", &home.run(&download), 1);
}
