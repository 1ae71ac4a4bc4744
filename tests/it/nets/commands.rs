//! Every command that prints records: the columns of its table and of its CSV, and the keys of its JSON.
//!
//! A line of the table below is a command, its golden is `commands/NAME.txt`. What changes a server is looked at with
//! `--dry-run`: which requests it would send.

use std::{
    fmt::Write,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::nets::golden;
use crate::nets::json::{self, Json};
use crate::nets::program::{Home, Server};

/// How many commands are run at a time.
const LANES: usize = 3;

/// What a command prints as a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    /// A header, and a row for each record.
    Rows,
    /// A line for each thing that is known of one record.
    Card,
    /// Something of its own, which is tested elsewhere.
    Free,
}

use Table::{Card, Free, Rows};

/// A name, what the command prints, and its arguments.
type Case = (&'static str, Table, &'static [&'static str]);

/// The two processes of the official documentation's example.
const NET: &str = "process_name:net.exe hostname:win-ia9nq1gn8oi";

#[rustfmt::skip]
const RECORDS: &[Case] = &[
    ("search", Rows, &["search", "process_name:net.exe"]),
    ("search_of_anything", Rows, &["search", "", "--limit", "0"]),
    ("search_by_segment", Rows, &["search", NET, "--segments"]),
    ("search_grouped", Rows, &["search", NET, "--group-by", "process_md5", "--sort", "start asc"]),
    ("search_joined", Rows, &["search", NET, "--join", "sensor,group,binary"]),
    ("search_in_time", Rows, &["search", "process_name:net.exe", "--min-last-update=-720d", "--max-last-update=-1m", "--min-last-server-update=2020-01-01", "--max-last-server-update=2120-01-01"]),
    ("facets", Free, &["facets", "process_name:net.exe"]),
    ("facets_of_fields", Free, &["facets", "", "--field", "hostname", "--field", "process_md5"]),
    ("tree", Free, &["tree", "{process}"]),
    ("tree_joined", Free, &["tree", "{process}", "--join", "sensor,group,binary", "--depth", "1", "--descend", "0"]),
    ("events", Rows, &["events", "{process}"]),
    ("events_of_busy", Rows, &["events", "{busy}"]),
    ("sensor_list", Rows, &["sensor", "list"]),
    ("sensor_list_filtered", Rows, &["sensor", "list", "status:online os:windows"]),
    ("sensor_show", Card, &["sensor", "show", "WIN-IA9NQ1GN8OI"]),
    ("ban_list", Rows, &["ban", "list"]),
    ("log_show", Rows, &["log", "show"]),
    ("alert_list", Rows, &["alert", "list"]),
    ("alert_list_of_any", Rows, &["alert", "list", "", "--limit", "0"]),
    ("watchlist_list", Rows, &["watchlist", "list"]),
    ("watchlist_show", Card, &["watchlist", "show", "14"]),
    ("watchlist_search", Rows, &["watchlist", "search", "PowerShell"]),
    ("watchlist_search_of_binaries", Rows, &["watchlist", "search", "31"]),
    ("watchlist_action_list", Rows, &["watchlist", "action", "14", "list"]),
    ("feed_list", Rows, &["feed", "list"]),
    ("feed_show", Card, &["feed", "show", "soc"]),
    ("report_list", Rows, &["report", "list"]),
    ("report_list_queried", Rows, &["report", "list", "feed_name:soc"]),
    ("group_list", Rows, &["group", "list"]),
    ("user_list", Rows, &["user", "list"]),
    ("binary_search", Rows, &["binary", "search", "", "--limit", "0"]),
    ("binary_show", Card, &["binary", "show", "{binary}"]),
];

/// What would change the server: the requests that would be sent.
#[rustfmt::skip]
const CHANGES: &[(&str, &[&str])] = &[
    ("ban_add", &["ban", "add", "9e107d9d372bb6826bd81d3542a419d6", "--ticket", "INC-7"]),
    ("ban_remove", &["ban", "remove", "{banned}"]),
    ("sensor_isolate", &["sensor", "isolate", "WIN-IA9NQ1GN8OI"]),
    ("sensor_move", &["sensor", "move", "WIN-IA9NQ1GN8OI", "--group", "Engineering"]),
    ("sensor_flush", &["sensor", "flush", "WIN-IA9NQ1GN8OI"]),
    ("sensor_restart", &["sensor", "restart", "WIN-IA9NQ1GN8OI"]),
    ("sensor_uninstall", &["sensor", "uninstall", "WIN-IA9NQ1GN8OI", "--override-warnings"]),
    ("alert_resolved", &["alert", "status", "resolved", "{alert}"]),
    ("alert_in_progress", &["alert", "status", "in-progress", "{alert}"]),
    ("alert_false_positive", &["alert", "status", "false-positive", "{alert}"]),
    ("alert_unresolved", &["alert", "status", "unresolved", "--query", "status:resolved"]),
    ("alert_assign", &["alert", "assign", "kim", "{alert}"]),
    ("alert_ignore", &["alert", "ignore", "{alert}"]),
    ("watchlist_create", &["watchlist", "create", "mine", "process_name:7z.exe", "--description", "case 7"]),
    ("watchlist_create_of_binaries", &["watchlist", "create", "mine", "digsig_result:Unsigned", "--binary"]),
    ("watchlist_enable", &["watchlist", "enable", "{disabled}"]),
    ("watchlist_disable", &["watchlist", "disable", "7"]),
    ("watchlist_delete", &["watchlist", "delete", "7"]),
    ("watchlist_action_add_alert", &["watchlist", "action", "33", "add", "alert"]),
    ("watchlist_action_add_email", &["watchlist", "action", "33", "add", "email", "--to", "1", "3"]),
    ("watchlist_action_add_syslog", &["watchlist", "action", "33", "add", "syslog"]),
    ("watchlist_action_remove", &["watchlist", "action", "14", "remove", "4"]),
    ("feed_add", &["feed", "add", "https://feeds.example/new.json"]),
    ("feed_disable", &["feed", "disable", "soc"]),
    ("feed_sync", &["feed", "sync", "soc"]),
    ("feed_delete", &["feed", "delete", "soc"]),
    ("report_ignore", &["report", "ignore", "12:fuzzywombat-beacon-1"]),
    ("group_create", &["group", "create", "Quarantine"]),
];

/// A server on which something was changed, and what commands name on it.
struct Place {
    home: Home,
    names: Vec<(&'static str, String)>,
}

impl Place {
    fn of(server: &Server) -> Self {
        let home = Home::of(server);
        home.prints(&[
            "ban",
            "add",
            "0123456789abcdef0123456789abcdef",
            "--reason",
            "case 7",
            "--ticket",
            "INC-7",
            "--yes",
        ]);
        let first = |arguments: &[&str], key: &str| {
            let out = home.prints(&[arguments, &["--format", "jsonl", "--limit", "1"]].concat());
            Json::read_lines(&out)[0].text(key).to_owned()
        };
        let lists = home.prints(&["watchlist", "list", "--format", "jsonl", "--limit", "0"]);
        let lists = Json::read_lines(&lists);
        let is_off = |list: &&Json| list.get("enabled") == Some(&Json::Flag(false));
        let disabled = lists.iter().find(is_off).unwrap().text("id").to_owned();
        let names = vec![
            ("{process}", first(&["search", NET, "--sort", "start asc"], "id")),
            ("{busy}", first(&["search", "process_name:svch0st.exe"], "id")),
            ("{binary}", first(&["binary", "search", "md5:* signed:Unsigned", "--sort", "md5 asc"], "md5")),
            ("{alert}", first(&["alert", "list", "status:unresolved feed_name:soc"], "unique_id")),
            ("{banned}", "0123456789abcdef0123456789abcdef".to_owned()),
            ("{disabled}", disabled),
        ];
        Self { home, names }
    }

    /// The arguments with what stands for a name replaced by it.
    fn fill<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let named = |argument: &'a str| {
            let found = self.names.iter().find(|(name, _)| *name == argument);
            found.map_or(argument, |(_, value)| value.as_str())
        };
        arguments.iter().map(|argument| named(argument)).collect()
    }

    /// A text with the names back in the place of what they stand for.
    fn anonymous(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            // A short number stands for many things.
            if value.len() > 4 {
                text = text.replace(value, name);
            }
        }
        text
    }
}

#[test]
fn each_command_has_the_columns_and_keys_of_its_golden() {
    let server = Server::start(&[]);
    let place = Place::of(&server);
    let faults = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(case) = RECORDS.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let (name, ..) = case;
                    let text = describe(&place, *case);
                    let difference = golden::compare(&format!("commands/{name}.txt"), &text);
                    faults.lock().unwrap().extend(difference);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What a command prints in each format, without the values.
fn describe(place: &Place, (_, table, arguments): Case) -> String {
    let line = arguments.iter().map(|argument| {
        if argument.contains(' ') || argument.is_empty() { format!("'{argument}'") } else { (*argument).to_owned() }
    });
    let mut text = format!("$ lampblack {}\n", line.collect::<Vec<_>>().join(" "));
    let arguments = place.fill(arguments);
    let run = |format: &str| {
        let ran = place.home.run(&[&arguments[..], &["--format", format]].concat());
        assert_eq!(ran.exit, 0, "{arguments:?}: {ran:#?}");
        ran.out
    };
    match table {
        Rows => writeln!(text, "table: {}", columns(&run("table")).join(", ")).unwrap(),
        Card => writeln!(text, "table: {}", labels(&run("table")).join(", ")).unwrap(),
        Free => {}
    }
    let csv = run("csv");
    writeln!(text, "csv: {}", csv.lines().next().unwrap_or_default()).unwrap();
    let lines = Json::read_lines(&run("jsonl"));
    assert!(!lines.is_empty(), "{arguments:?}");
    let keys = json::keys(&lines);
    let whole = Json::read(&run("json"));
    assert_eq!(json::keys(whole.list()), keys, "{arguments:?}: json and jsonl");
    writeln!(text, "json: a list of what jsonl has a line each").unwrap();
    writeln!(text, "jsonl:\n  {}", keys.join("\n  ")).unwrap();
    text
}

/// The names above the columns of a table.
fn columns(table: &str) -> Vec<&str> {
    let header = table.lines().next().unwrap_or_default();
    let parts = header.split("  ").map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

/// The names at the left of a card, under its title.
fn labels(card: &str) -> Vec<&str> {
    let lines = card.lines().filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with(' '));
    let labels = lines.filter_map(|line| line.split("  ").next());
    // A label that is too long for its column stands directly before the value.
    labels.map(|label| label.split(" 2").next().unwrap_or(label)).collect()
}

#[test]
fn each_change_sends_the_requests_of_the_golden() {
    let server = Server::start(&[]);
    let place = Place::of(&server);
    let mut text = String::new();
    for (name, arguments) in CHANGES {
        let arguments = place.fill(arguments);
        let ran = place.home.run(&[&arguments[..], &["--reason", "case 7", "--dry-run"]].concat());
        assert_eq!(ran.exit, 0, "{arguments:?}: {ran:#?}");
        writeln!(text, "{name}").unwrap();
        for line in ran.out.lines() {
            if let Some(request) = request(line) {
                writeln!(text, "  {}", place.anonymous(&request)).unwrap();
            }
        }
    }
    let mut user = place.home.command(&[
        "user",
        "create",
        "mgarcia",
        "--first-name",
        "Maria",
        "--last-name",
        "Garcia",
        "--email",
        "m@corp.example",
        "--admin",
        "--team",
        "Analysts",
        "--dry-run",
    ]);
    user.stdin(std::process::Stdio::piped());
    let ran = crate::nets::program::finish(user, "s3cret\n");
    assert_eq!(ran.exit, 0, "{ran:#?}");
    assert!(!ran.out.contains("s3cret") && !ran.notes.contains("s3cret"), "{ran:#?}");
    writeln!(text, "user_create").unwrap();
    for request in ran.out.lines().filter_map(request) {
        writeln!(text, "  {request}").unwrap();
    }
    golden::check("requests.txt", &text);
    let changes = Json::read(&server.ask("GET", "/_sim/log", ""));
    let sent = changes.list().iter().filter(|seen| seen.text("method") != "GET");
    // The ban that everything begins with.
    assert_eq!(sent.count(), 1);
}

/// The request that a line of a preview names, with the keys of its body.
fn request(line: &str) -> Option<String> {
    let at = ["GET", "POST", "PUT", "DELETE"].iter().find_map(|method| line.find(&format!("{method} /api/")))?;
    let mut parts = line[at..].splitn(3, ' ');
    let (method, path) = (parts.next()?, parts.next()?);
    let body = parts.next().filter(|body| body.starts_with(['{', '[']));
    let body = body.map(|body| match serde_json::from_str::<Json>(body) {
        Ok(body) => format!(" {}", body.outline()),
        Err(_) => format!(" {body}"),
    });
    Some(format!("{method} {path}{}", body.unwrap_or_default()))
}

#[test]
fn a_count_is_a_number_and_nothing_else() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    for arguments in [
        &["search", "process_name:no-such.exe"][..],
        &["search", "process_name:net.exe"],
        &["watchlist", "search", "7"],
        &["report", "list"],
        &["binary", "search", ""],
    ] {
        let out = home.prints(&[arguments, &["--count"]].concat());
        let number = out.strip_suffix('\n').and_then(|line| line.parse::<u64>().ok());
        assert!(number.is_some(), "{arguments:?}: {out:?}");
    }
}

#[test]
fn the_histogram_is_that_of_the_official_documentation() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let query = ["facets", "process_name:net.exe", "--field", "process_name"];
    let values = Json::read_lines(&home.prints(&[&query[..], &["--format", "jsonl"]].concat()));
    let table = home.prints(&query);
    let lines: Vec<_> = table.lines().collect();
    let number = |value: &Json, key: &str| value.text(key).parse::<f64>().unwrap();
    assert!(!values.is_empty());
    for value in &values {
        let name = value.text("name");
        let percent = number(value, "percent");
        let bars = (1..=50).take_while(|bar| f64::from(bar * 2) <= percent).count();
        let expected = format!("{name:>15}: {:5.1}% {}", number(value, "ratio"), "■".repeat(bars));
        assert!(lines.contains(&expected.trim_end()), "{expected:?} of\n{table}");
    }
}

#[test]
fn doctor_prints_a_line_for_each_check() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let said = home.prints(&["doctor"]);
    let mut text = String::new();
    for line in said.lines() {
        let (state, rest) = line.split_at(5);
        let what = rest.trim().split("  ").next().unwrap_or_default();
        writeln!(text, "{} {what}", state.trim()).unwrap();
    }
    golden::check("doctor.txt", &text);
}
