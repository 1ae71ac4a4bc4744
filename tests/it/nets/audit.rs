//! The action log: one of today, with every kind of change, is shown, verified and gone on with; and what is written now
//! has the same keys.
//!
//! The logs below `tests/goldens/nets/audit` were written by version 0.1.0 and are never written again: only
//! `NETS_UPDATE=log` does that, by a program that is known to write what it always wrote.

use std::{collections::BTreeSet, env, fs};

use crate::nets::chain::{self, Line};
use crate::nets::changes::{self, Console};
use crate::nets::golden;
use crate::nets::json::{self, Json};
use crate::nets::program::{Home, Server, until};

/// The address that the golden logs have for their server.
const SERVER: &str = "127.0.0.1:18443";

/// A simulator that does at once what it is asked.
fn brisk() -> Server {
    Server::start(&["--checkin", "50", "--index-lag", "20"])
}

/// Puts one of the golden logs into a home.
fn put(home: &Home, name: &str) {
    for entry in fs::read_dir(golden::folder().join("audit").join(name)).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let file = entry.file_name().into_string().unwrap();
        home.put(&format!(".local/state/lampblack/{file}"), &text);
    }
}

#[test]
fn a_line_of_every_kind_has_the_keys_of_the_golden() {
    let server = brisk();
    let home = Home::of(&server);
    changes::make_all(&home, &server);
    let lines = chain::read(&home.state(""));
    for line in &lines {
        // Else the logs that are made of these lines would not be what the program writes.
        assert_eq!(line.json.to_string(), line.text);
    }
    golden::check("audit/lines.txt", &describe(&lines));
    if env::var_os("NETS_UPDATE").is_some_and(|value| value == "log") {
        write_goldens(&home, &server);
    }
}

/// What the lines of a log are made of, without what depends on the moment.
fn describe(lines: &[Line]) -> String {
    let of = |line: &Json| lines.iter().find(|other| other.json.text("line") == line.text("of"));
    let mut found = BTreeSet::new();
    let mut held: Vec<(String, Json)> = Vec::new();
    for Line { json, .. } in lines {
        let event = json.text("event");
        let Json::Record(members) = json else {
            panic!("{json}");
        };
        let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
        found.insert(format!("{event}: {}", names.join(" ")));
        let kind = |line: &Json| line.get("target").unwrap().text("kind").to_owned();
        match event {
            "sending" => {
                let verb = json.text("deed");
                for name in ["who", "target", "wanted", "change"] {
                    found.insert(format!("{event} {verb}, {name}: {}", json.get(name).unwrap().outline()));
                }
                found.insert(format!("{event} {verb}, target is: {}", kind(json)));
                for request in json.get("requests").unwrap().list() {
                    found.insert(format!("{event} {verb}, sent: {}", request_of(request)));
                }
                held.push((format!("before, {}", kind(json)), json.get("before").unwrap().clone()));
            }
            "known" => {
                found.insert(format!("{event} as: {}", json.text("stage")));
                let sent = of(json).expect("it is said to be sent");
                if let Some(after) = json.get("after") {
                    held.push((format!("after, {}", kind(&sent.json)), after.clone()));
                }
            }
            _ => {
                found.insert(format!("{event}: {}", json.outline()));
            }
        }
    }
    let kinds: BTreeSet<_> = held.iter().map(|(kind, _)| kind.clone()).collect();
    for kind in kinds {
        let records = held.iter().filter(|(other, _)| *other == kind);
        let records: Vec<_> = records.map(|(_, record)| record.clone()).collect();
        for key in json::keys(&records) {
            found.insert(format!("{kind}: {key}"));
        }
    }
    found.into_iter().map(|line| line + "\n").collect()
}

/// A request as a line of the log has it, without the values.
fn request_of(request: &Json) -> String {
    let path = request.text("path").split('/').map(|part| {
        let is_id = part.len() > 8 && part.contains(|c: char| c.is_ascii_digit());
        if is_id || part.parse::<u64>().is_ok() { "N" } else { part }
    });
    let path: Vec<_> = path.collect();
    let body = request.get("body").map_or(String::new(), |body| format!(" {}", body.outline()));
    format!("{} {}{body}", request.text("method"), path.join("/"))
}

/// Makes golden logs of what was just written: one over three months, and one that is damaged.
fn write_goldens(home: &Home, server: &Server) {
    let state = home.state("");
    let n_lines = chain::read(&state).len();
    let directory = home.dir.path().display().to_string();
    let anonymous = |json: &mut Json| {
        chain::replace(json, server.address(), SERVER);
        chain::replace(json, &directory, "/srv/feeds");
        if let Some(who) = chain::member(json, "who") {
            chain::set(who, "os_user", "ana (uid 1000)");
            chain::set(who, "machine", "soc-3");
        }
    };
    // Of earlier months, so that the next line moves them into archives.
    chain::rewrite(&state, |at, json| {
        anonymous(json);
        let month = if at < n_lines / 2 { 9 } else { 10 };
        let when = format!("2026-{month:02}-17T08:{:02}:{:02}.123456789Z", at / 60, at % 60);
        chain::set(json, "at", &when);
    });
    changes::ban(home, "0cc175b9c0f1b6a831c399e269772661");
    changes::tear(home);
    changes::ban(home, "92eb5ffee6ae2fec3ad71c777531578f");
    chain::rewrite(&state, |_, json| anonymous(json));
    chain::copy(&state, &golden::folder().join("audit/whole"));

    let home = Home::of(server);
    changes::ban(&home, "4a8a08f09d37b73795649038408b5f33");
    let head = fs::read_to_string(home.state("actions.head")).unwrap();
    home.put(".local/state/lampblack/actions.head", &head.replace("\"lines\":2", "\"lines\":7"));
    changes::ban(&home, "8277e0910d750195b448797616e091ad");
    chain::rewrite(&home.state(""), |_, json| anonymous(json));
    chain::copy(&home.state(""), &golden::folder().join("audit/damaged"));
}

#[test]
fn a_log_of_today_is_shown_in_every_format() {
    let home = Home::empty();
    for (log, exit) in [("whole", 0), ("damaged", 0)] {
        put(&home, log);
        for format in ["table", "csv", "json", "jsonl"] {
            let ran = home.run(&["log", "show", "--format", format]);
            assert_eq!(ran.exit, exit, "{ran:#?}");
            golden::check(&format!("audit/{log}.{format}.txt"), &ran.out);
        }
        fs::remove_dir_all(home.state("")).unwrap();
    }
}

#[test]
fn a_log_of_today_is_verified_and_whoever_changes_it_is_found_out() {
    let home = Home::empty();
    put(&home, "whole");
    let lines = chain::read(&home.state(""));
    let out = home.prints(&["log", "verify"]);
    assert!(out.contains(&lines.len().to_string()), "{out}");
    assert!(out.contains(&chain::hash(&lines[lines.len() - 1].text)), "{out}");
    let log = fs::read_to_string(home.state("actions-2026-10.jsonl")).unwrap();
    let name = ".local/state/lampblack/actions-2026-10.jsonl";
    for changed in [log.replacen("case 7", "case 8", 1), log.lines().skip(1).collect::<Vec<_>>().join("\n")] {
        assert_ne!(changed, log);
        home.put(name, &changed);
        assert_eq!(home.run(&["log", "verify"]).exit, 1);
    }
    home.put(name, &log);
    assert_eq!(home.run(&["log", "verify"]).exit, 0);
    fs::remove_dir_all(home.state("")).unwrap();
    put(&home, "damaged");
    assert_eq!(home.run(&["log", "verify"]).exit, 1);
}

#[test]
fn the_chain_of_a_log_of_today_goes_on() {
    let server = brisk();
    let home = Home::of(&server);
    put(&home, "whole");
    let before = chain::read(&home.state("")).len();
    changes::ban(&home, "0cc175b9c0f1b6a831c399e269772661");
    let after = chain::read(&home.state(""));
    assert_eq!(after.len(), before + 2);
    assert_eq!(after[before].json.text("prev"), chain::hash(&after[before - 1].text));
    home.prints(&["log", "verify"]);
}

#[test]
fn what_a_log_of_today_leaves_open_is_taken_up_by_a_console() {
    let server = brisk();
    let home = Home::of(&server);
    put(&home, "whole");
    chain::rewrite(&home.state(""), |_, json| {
        if json.text("server") == SERVER {
            chain::set(json, "server", server.address());
        }
    });
    home.prints(&["log", "verify"]);
    let before = chain::read(&home.state("")).len();
    let expected = fs::read_to_string(golden::folder().join("audit/resumed.txt"));
    let n_expected = expected.map_or(1, |text| text.lines().count());
    let mut console = Console::open(&home);
    console.type_and_rest("3@");
    until("what is open is looked after", || {
        console.read();
        chain::read(&home.state("")).len() >= before + n_expected
    });
    console.rest();
    let mut n_lines = 0;
    while golden::is_update() && n_lines < chain::read(&home.state("")).len() {
        n_lines = chain::read(&home.state("")).len();
        console.rest_long();
    }
    let screen = console.text();
    assert!(screen.contains("92eb5ffee6ae2fec3"), "{screen}");
    console.quit();
    let lines = chain::read(&home.state(""));
    let resumed = lines.iter().skip(before).map(|line| {
        let of = line.json.text("of");
        let sent = lines.iter().find(|other| other.json.text("line") == of).unwrap();
        format!("{} {of}: {}\n", sent.json.text("deed"), line.json.text("stage"))
    });
    let mut resumed: Vec<_> = resumed.collect();
    resumed.sort();
    golden::check("audit/resumed.txt", &resumed.concat());
    home.prints(&["log", "verify"]);
}

#[test]
fn a_change_of_a_log_of_today_is_taken_back_by_a_console() {
    let server = brisk();
    let home = Home::of(&server);
    changes::ban(&home, "0cc175b9c0f1b6a831c399e269772661");
    // As if another version had written it.
    chain::rewrite(&home.state(""), |_, _| {});
    let mut console = Console::open(&home);
    console.type_and_rest("z");
    console.until("/api/v1/banning/blacklist/0cc175b9c0f1b6a831c399e269772661");
    console.type_and_rest("undone\t\t\r");
    console.until_known(&home, "unban", "confirmed");
    let lines = chain::read(&home.state(""));
    let unban = lines.iter().find(|line| line.json.text("deed") == "unban").unwrap();
    assert_eq!(unban.json.text("undoes"), "1");
    console.quit();
}
