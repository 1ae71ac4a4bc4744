//! What a console keeps: `session.json`, `history.jsonl` and `queries.toml` of today are read, and are written with the
//! same names.

use std::{fmt::Write, fs};

use crate::nets::changes::Console;
use crate::nets::golden;
use crate::nets::json::Json;
use crate::nets::program::{Home, Server, until};

const QUERIES: &str = ".config/lampblack/queries.toml";

/// One of the files that a console of today has written.
fn of_today(name: &str) -> String {
    fs::read_to_string(golden::folder().join("state").join(name)).unwrap()
}

/// A home with all that a console of today has left.
fn lived_in(server: &Server) -> Home {
    let home = Home::of(server);
    for name in ["session.json", "history.jsonl"] {
        home.put(&format!(".local/state/lampblack/{name}"), &of_today(name));
    }
    home.put(QUERIES, &of_today("queries.toml"));
    home
}

/// Makes the first column of the focused list wider, if there is a list.
fn widen(console: &mut Console) {
    console.type_and_rest("w");
    console.type_and_rest(">");
    console.type_and_rest("\x1b");
}

#[test]
fn the_columns_of_every_list_are_kept_under_the_names_of_the_golden() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let mut console = Console::open(&home);
    console.type_and_rest("iprocess_name:net.exe\r");
    console.until("ntoskrnl.exe");
    widen(&mut console);
    // Every view that has lists, and in each the panes that are one.
    for keys in ["3", ",", "4", "6", "7", "\t", "8", "9", "\t", "\t\t", "\t", "gi", "ge", "gx", "@", "\t"] {
        console.type_and_rest(keys);
        widen(&mut console);
    }
    console.type_and_rest("5md5:*\r");
    console.until("svch0st.exe");
    widen(&mut console);
    console.quit();
    let kept = Json::read(&fs::read_to_string(home.state("session.json")).unwrap());
    golden::check("state/session.txt", &columns(&kept));
}

#[test]
fn a_clean_console_has_nothing_of_the_last_session_and_leaves_its_columns_alone() {
    let server = Server::start(&[]);
    let home = lived_in(&server);
    let shown = |arguments: &[&str]| {
        let mut console = Console::open_with(&home, arguments);
        console.type_and_rest("4");
        console.until("WIN-IA9NQ1GN8OI");
        let columns = console.text();
        console.type_and_rest("1i\x12");
        let queries = console.text();
        console.type_and_rest("\x1b\x1b4");
        widen(&mut console);
        console.quit();
        (columns, queries)
    };
    let (columns, queries) = shown(&["--clean"]);
    assert_eq!(fs::read_to_string(home.state("session.json")).unwrap(), of_today("session.json"));
    assert!(fs::read_to_string(home.state("history.jsonl")).unwrap().starts_with(&of_today("history.jsonl")));
    let (columns_of_last, queries_of_last) = shown(&[]);
    assert_ne!(columns, columns_of_last);
    assert!(!queries.contains("process_name:of-today.exe"), "{queries}");
    assert!(queries_of_last.contains("process_name:of-today.exe"), "{queries_of_last}");
}

#[test]
fn clean_is_of_the_console_alone() {
    let home = Home::empty();
    let ran = home.run(&["--clean", "doctor"]);
    assert_eq!(ran.exit, 2, "{ran:#?}");
    assert!(ran.notes.contains("--clean opens the console"), "{ran:#?}");
}

/// The lists of a session, each with the names of its columns.
fn columns(session: &Json) -> String {
    let mut text = String::new();
    let Some(Json::Record(lists)) = session.get("columns") else {
        panic!("{session}");
    };
    for (list, columns) in lists {
        writeln!(text, "{list}").unwrap();
        for column in columns.list() {
            writeln!(text, "  {}", column.outline().replace("text", column.text("name"))).unwrap();
        }
    }
    text
}

#[test]
fn the_columns_of_a_session_of_today_are_those_on_the_screen_and_stay() {
    let server = Server::start(&[]);
    let home = lived_in(&server);
    let mut console = Console::open(&home);
    console.type_and_rest("4");
    console.until("WIN-IA9NQ1GN8OI");
    let screen = console.text();
    let is_row = |line: &&str| {
        let row = line.split('│').nth(1).unwrap_or_default();
        let cells: Vec<_> = row.trim_start_matches(['>', ' ']).split_whitespace().collect();
        cells == ["3", "WIN-IA9NQ1GN8OI"]
    };
    assert!(screen.lines().any(|line| is_row(&line)), "{screen}");
    console.quit();
    assert_eq!(fs::read_to_string(home.state("session.json")).unwrap(), of_today("session.json"));

    let mut console = Console::open(&home);
    console.type_and_rest("8");
    widen(&mut console);
    console.quit();
    let kept = fs::read_to_string(home.state("session.json")).unwrap();
    let (kept, before) = (Json::read(&kept), Json::read(&of_today("session.json")));
    let list = |session: &Json, name: &str| session.get("columns").unwrap().get(name).cloned();
    for name in ["Sensors", "Processes", "A list of tomorrow"] {
        assert_eq!(list(&kept, name), list(&before, name), "{name}");
    }
    assert_ne!(list(&kept, "Bans"), list(&before, "Bans"));
}

#[test]
fn the_history_of_today_is_offered_and_goes_on() {
    let server = Server::start(&[]);
    let home = lived_in(&server);
    let mut console = Console::open(&home);
    console.type_and_rest("\x12");
    console.until("process_name:of-today.exe");
    console.until("-720d");
    // Out of the popup, and out of the editor that it is for.
    console.type_and_rest("\x1b");
    console.type_and_rest("\x1b");
    console.type_and_rest("iprocess_name:net.exe\r");
    console.until("ntoskrnl.exe");
    until("the query is in the history", || {
        console.read();
        let history = fs::read_to_string(home.state("history.jsonl")).unwrap();
        history.lines().count() > of_today("history.jsonl").lines().count()
    });
    console.quit();
    let history = fs::read_to_string(home.state("history.jsonl")).unwrap();
    let new = history.strip_prefix(&of_today("history.jsonl")).unwrap();
    assert_eq!(
        Json::read(new.trim_end()).outline(),
        "{query: text, at: text, total: number, took_ms: number, server: text}"
    );
    // With a period there are two keys more, as the golden has them.
    let golden = Json::read_lines(&of_today("history.jsonl"));
    assert_eq!(
        golden[1].outline(),
        "{query: text, period: text, is_server_clock: flag, at: text, total: number, took_ms: number, server: text}"
    );
}

#[test]
fn a_query_with_a_period_is_written_to_the_history_with_the_keys_of_today() {
    let server = Server::start(&[]);
    let home = Home::of(&server);
    let mut console = Console::open(&home);
    console.type_and_rest("iprocess_name:net.exe");
    console.type_and_rest("\x14");
    console.type_and_rest("-720d\t\r");
    console.type_and_rest("\r");
    console.until("fin-ws-042");
    let path = home.state("history.jsonl");
    until("the query is in the history", || {
        console.read();
        fs::read_to_string(&path).is_ok_and(|history| history.ends_with('\n'))
    });
    console.quit();
    let line = Json::read(fs::read_to_string(&path).unwrap().trim_end());
    let golden = Json::read_lines(&of_today("history.jsonl"));
    assert_eq!(line.outline(), golden[1].outline());
    assert_eq!((line.text("query"), line.text("period")), ("process_name:net.exe", "-720d"));
}

#[test]
fn the_saved_queries_of_today_are_offered_and_kept_with_their_comments() {
    let server = Server::start(&[]);
    let home = lived_in(&server);
    let mut console = Console::open(&home);
    console.type_and_rest("iprocess_name:net.exe");
    console.type_and_rest("\x14");
    console.type_and_rest("-720d\t\r");
    console.type_and_rest("\x13");
    console.until("Shares of this morning");
    console.until("-720d");
    console.type_and_rest("s");
    console.type_and_rest("nets\r");
    until("the query is saved", || {
        console.read();
        fs::read_to_string(home.path(QUERIES)).unwrap() != of_today("queries.toml")
    });
    console.quit();
    let written = fs::read_to_string(home.path(QUERIES)).unwrap();
    let new = written.strip_prefix(&of_today("queries.toml")).unwrap();
    let expected =
        "\n[[query]]\nname = \"nets\"\nquery = \"process_name:net.exe\"\nperiod = \"-720d\"\nclock = \"server\"\n";
    assert_eq!(new, expected);
}
