//! What holds of standard output and standard error in every command and format.

use std::{collections::BTreeSet, io, process::Stdio};

use clap::CommandFactory;
use lampblack::cli::Cli;

use super::bench::{Bench, finish};

const FORMATS: [&str; 4] = ["table", "jsonl", "json", "csv"];

/// Every command that ends by itself, with arguments for which it has something to write. Changes are only shown.
async fn commands(bench: &Bench) -> Vec<Vec<String>> {
    let id = bench.ids("process_name:net.exe").await.swap_remove(0);
    let md5 = "9e107d9d372bb6826bd81d3542a419d6";
    let known = bench.rows(&["binary", "search", ""]).await[0]["md5"].clone();
    let known = known.as_str().unwrap().to_owned();
    let watchlists = bench.rows(&["watchlist", "list"]).await;
    let watchlist = watchlists[0]["id"].to_string().replace('"', "");
    let feed = bench.rows(&["feed", "list"]).await[0]["id"].to_string();
    let report = bench.rows(&["report", "list", "feed_id:*"]).await;
    let report = format!("{}:{}", report[0]["feed_id"], report[0]["id"].as_str().unwrap());
    let alert = bench.rows(&["alert", "list", ""]).await[0]["unique_id"].clone();
    let alert = alert.as_str().unwrap().to_owned();
    let because = ["--reason", "Grüße", "--dry-run"];
    let shown: &[&[&str]] = &[
        &["search", "", "--format", "{}"],
        &["facets", "", "--format", "{}"],
        &["tree", &id, "--format", "{}"],
        &["events", &id, "--format", "{}"],
        &["sensor", "list", "--format", "{}"],
        &["sensor", "show", "3", "--format", "{}"],
        &["lr", "ps", "3", "--format", "{}"],
        &["lr", "ls", "3", r"c:\windows\", "--format", "{}"],
        &["lr", "reg", "query", "3", r"HKLM\Software", "--format", "{}"],
        &["lr", "sessions", "--format", "{}"],
        &["ban", "list", "--format", "{}"],
        &["log", "show", "--format", "{}"],
        &["log", "verify"],
        &["alert", "list", "", "--format", "{}"],
        &["watchlist", "list", "--format", "{}"],
        &["watchlist", "show", &watchlist, "--format", "{}"],
        &["watchlist", "search", &watchlist, "--format", "{}"],
        &["watchlist", "action", &watchlist, "list", "--format", "{}"],
        &["feed", "list", "--format", "{}"],
        &["ingress-filter", "list", "--format", "{}"],
        &["feed", "show", &feed, "--format", "{}"],
        &["report", "list", "feed_id:*", "--format", "{}"],
        &["group", "list", "--format", "{}"],
        &["user", "list", "--format", "{}"],
        &["binary", "search", "", "--format", "{}"],
        &["binary", "show", &known, "--format", "{}"],
        &["doctor"],
        &["keys"],
        &["completions", "bash"],
        &["man"],
    ];
    let changes: &[&[&str]] = &[
        &["sensor", "isolate", "3"],
        &["sensor", "unisolate", "3"],
        &["sensor", "move", "3", "--group", "Default Group"],
        &["sensor", "flush", "3"],
        &["sensor", "restart", "3"],
        &["sensor", "uninstall", "3"],
        &["lr", "close", "3"],
        &["lr", "mkdir", "3", r"c:\windows\temp\x"],
        &["lr", "rm", "3", r"c:\windows\system32\drivers\etc\hosts"],
        &["lr", "kill", "3", "4"],
        &["lr", "memdump", "3"],
        &["lr", "put", "3", "/proc/self/status", r"c:\windows\temp\x"],
        &["lr", "reg", "set", "3", r"HKLM\Software", "x", "y"],
        &["lr", "reg", "create", "3", r"HKLM\Software\x"],
        &["lr", "reg", "delete", "3", r"HKLM\Software", "x"],
        &["ban", "add", md5],
        &["ban", "remove", md5],
        &["alert", "status", "resolved", &alert],
        &["alert", "assign", "jgarman", &alert],
        &["alert", "ignore", &alert],
        &["watchlist", "create", "Grüße", "process_name:a.exe"],
        &["watchlist", "enable", &watchlist],
        &["watchlist", "disable", &watchlist],
        &["watchlist", "delete", &watchlist],
        &["watchlist", "action", &watchlist, "add", "alert"],
        &["watchlist", "action", &watchlist, "remove", "1"],
        &["feed", "add", "https://feeds.example.com/x.json"],
        &["ingress-filter", "enable", "inventory-2019"],
        &["ingress-filter", "disable", "backup-agent"],
        &["feed", "enable", &feed],
        &["feed", "disable", &feed],
        &["feed", "sync", &feed],
        &["feed", "delete", &feed],
        &["report", "ignore", &report],
        &["report", "restore", &report],
        &["group", "create", "Grüße"],
    ];
    let mut all = Vec::new();
    for command in shown {
        let formats = if command.contains(&"{}") { &FORMATS[..] } else { &FORMATS[..1] };
        for format in formats {
            let command = command.iter().map(|word| word.replace("{}", format));
            all.push(command.collect());
        }
    }
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    all.extend(changes.iter().map(|command| words(&[command, &because[..]].concat())));
    all
}

/// The names of all commands that do something: `sensor isolate`.
fn names(command: &clap::Command, above: &str) -> BTreeSet<String> {
    let own = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    own.flat_map(|sub| {
        let name = format!("{above} {}", sub.get_name()).trim().to_owned();
        if sub.has_subcommands() { names(sub, &name) } else { BTreeSet::from([name]) }
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_is_closed_ends_no_command_with_an_error() {
    let bench = Bench::start().await;
    let all = commands(&bench).await;
    for arguments in &all {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let open = bench.run(&arguments).await;
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = bench.command(&arguments);
        command.stdout(writer).stderr(Stdio::piped()).stdin(Stdio::null());
        let closed = command.output().await.unwrap();
        let said = String::from_utf8(closed.stderr).unwrap();
        let exit = closed.status.code();
        assert!(exit == Some(0) || exit == Some(open.exit), "{arguments:?}: {exit:?}, not {}\n{said}", open.exit);
        assert!(!said.contains("cannot write"), "{arguments:?}: {said}");
    }
    // None is left out.
    let tried = |name: &String| {
        let words: Vec<_> = name.split(' ').collect();
        all.iter().any(|arguments| {
            let mut words = words.iter();
            let mut word = words.next();
            for argument in arguments {
                if word.is_some_and(|word| word == argument) {
                    word = words.next();
                }
            }
            word.is_none()
        })
    };
    let mut missing = names(&Cli::command(), "");
    missing.retain(|name| !tried(name));
    // These run until they are stopped, need a terminal, or write a file.
    for known in ["demo", "simulate", "user create", "binary download", "lr get", "lr exec", "lr collect"] {
        missing.remove(known);
    }
    assert_eq!(missing, BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_locale_no_command_writes_anything_but_ascii() {
    let bench = Bench::start().await;
    let mut all = commands(&bench).await;
    for name in names(&Cli::command(), "") {
        let words = name.split(' ').map(str::to_owned);
        all.push(words.chain(["--help".to_owned()]).collect());
    }
    // Mistakes are told in ASCII as well.
    all.push(vec!["search".into(), "größe:(".into()]);
    all.push(vec!["--größe".into()]);
    for (arguments, locale) in all.iter().zip(["", "C", "POSIX"].into_iter().cycle()) {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let mut command = bench.command(&arguments);
        command.env("LANG", locale);
        let ran = finish(command, "").await;
        for said in [&ran.out, &ran.notes] {
            let line = said.lines().find(|line| !line.is_ascii());
            assert_eq!(line, None, "{arguments:?} in {locale:?}");
        }
    }
}
