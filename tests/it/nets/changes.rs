//! Every kind of change there is, made by commands and by the keys of a console, so that the action log has a line of each.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::nets::chain;
use crate::nets::json::Json;
use crate::nets::program::{Home, Server, finish, until};
use crate::support::pty::Pty;

/// How long nothing is written before a screen has come to rest.
const QUIET: Duration = Duration::from_millis(150);

/// How long is waited for a piece of output.
const MOMENT: Duration = Duration::from_millis(50);

/// How long a change may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

const FIRST: &str = "5d41402abc4b2a76b9719d911017c592";
const SECOND: &str = "7d793037a0760186574b0282f2f435e7";
/// A feed as a server reads it.
const FEED: &str = r#"{"feedinfo":{"name":"corpintel","display_name":"Corp Intel",
    "provider_url":"https://intel.example","summary":"ours","tech_data":"none","version":2},
    "reports":[{"id":"CI-118","title":"Loader in temp","link":"https://intel.example/CI-118",
    "timestamp":1614852931,"score":75,"iocs":{"dns":["cdn.example.net"]}}]}"#;
const REPORT: &str = "12:fuzzywombat-beacon-1";

/// A console that is worked by its keys.
pub(crate) struct Console {
    pty: Pty,
    /// How many lines of the log were there when it was last looked at.
    n_lines: usize,
}

impl Console {
    /// Opens the console of a home, and waits until it is drawn.
    pub(crate) fn open(home: &Home) -> Self {
        Self::open_with(home, &[])
    }

    /// The same with these options.
    pub(crate) fn open_with(home: &Home, arguments: &[&str]) -> Self {
        let mut console = Self { pty: home.console(arguments), n_lines: chain::read(&home.state("")).len() };
        until("the console is drawn", || {
            console.read();
            console.pty.is_alternate() && !console.text().trim().is_empty()
        });
        console.rest();
        // Out of the editor, in which it begins.
        console.type_and_rest("\x1b");
        console
    }

    /// Takes what has been written meanwhile.
    pub(crate) fn read(&mut self) {
        self.pty.next(MOMENT);
    }

    /// Waits until nothing is written any more.
    pub(crate) fn rest(&mut self) {
        self.pty.settle(QUIET);
    }

    /// Waits until nothing is written for longer than anything takes.
    pub(crate) fn rest_long(&mut self) {
        self.pty.settle(Duration::from_secs(3));
    }

    /// Presses keys.
    pub(crate) fn type_and_rest(&mut self, keys: &str) {
        self.pty.send(keys);
        self.rest();
    }

    /// Waits until the screen shows a text, which is that of the server or of a request.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) {
        self.pty.until(text);
        self.rest();
    }

    /// What is on the screen.
    pub(crate) fn text(&self) -> String {
        self.pty.text()
    }

    /// Waits until the log says how far a change of this kind has got that was not there before, and the screen shows its
    /// requests no more.
    #[track_caller]
    pub(crate) fn until_known(&mut self, home: &Home, verb: &str, stage: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.read();
            let last = last_stage(home, verb, self.n_lines);
            if last.as_deref() == Some(stage) && !self.text().contains(" /api/") {
                break;
            }
            let is_late = Instant::now() > deadline;
            assert!(!is_late, "{verb} is {last:?}, not {stage}:\n{}", self.text());
        }
        self.n_lines = chain::read(&home.state("")).len();
        self.rest();
    }

    /// Quits, whatever popup is open.
    pub(crate) fn quit(mut self) {
        self.pty.send("\x03\x03");
        assert!(self.pty.wait().success());
    }
}

/// How far the last change of a kind has got that stands after so many lines, as the log says.
fn last_stage(home: &Home, verb: &str, n_lines: usize) -> Option<String> {
    let lines = chain::read(&home.state(""));
    let mut new = lines.iter().skip(n_lines);
    let sent = new.rfind(|line| line.json.text("deed") == verb)?;
    let number = sent.json.text("line");
    let known = lines.iter().rfind(|line| line.json.text("of") == number)?;
    Some(known.json.text("stage").to_owned())
}

/// Bans a hash.
pub(crate) fn ban(home: &Home, hash: &str) {
    home.prints(&["ban", "add", hash, "--reason", "case 7", "--yes"]);
}

/// Leaves half a line at the end of the log, as a crash does.
pub(crate) fn tear(home: &Home) {
    let path = home.state("actions.jsonl");
    let log = fs::read_to_string(&path).unwrap();
    fs::write(&path, log + "{\"line\":9999,\"at\":\"2026-").unwrap();
}

/// Makes them all.
pub(crate) fn make_all(home: &Home, server: &Server) {
    by_commands(home);
    in_trouble(home, server);
    by_keys(home, server);
}

/// Runs a command that changes something, with a reason.
#[track_caller]
fn change(home: &Home, arguments: &[&str], exit: i32) {
    let ran = home.run(&[arguments, &["--reason", "case 7", "--yes"]].concat());
    assert_eq!(ran.exit, exit, "{arguments:?}: {ran:#?}");
}

/// A member of the records that a list command prints.
fn listed(home: &Home, arguments: &[&str], key: &str) -> Vec<String> {
    let out = home.prints(&[arguments, &["--format", "jsonl", "--limit", "0"]].concat());
    let rows = Json::read_lines(&out);
    rows.iter().map(|row| row.text(key).to_owned()).collect()
}

/// The number of what bears a name.
fn number_of(home: &Home, list: &[&str], key: &str, name: &str) -> String {
    let names = listed(home, list, key);
    let at = names.iter().position(|other| other == name);
    let at = at.unwrap_or_else(|| panic!("{name:?} is not in {names:?}"));
    listed(home, list, "id").remove(at)
}

fn by_commands(home: &Home) {
    change(home, &["ban", "add", FIRST, SECOND, "--ticket", "INC-7"], 0);
    change(home, &["ban", "remove", FIRST], 0);
    for arguments in [
        &["sensor", "isolate", "3", "--ticket", "INC-7"][..],
        &["sensor", "unisolate", "3"],
        &["sensor", "move", "3", "--group", "Engineering"],
        &["sensor", "flush", "3"],
        &["sensor", "restart", "3"],
    ] {
        change(home, arguments, 0);
    }
    let alerts = listed(home, &["alert", "list", "status:unresolved"], "unique_id");
    for status in ["in-progress", "resolved", "false-positive", "unresolved"] {
        change(home, &["alert", "status", status, &alerts[0], &alerts[1]], 0);
    }
    change(home, &["alert", "assign", "kim", &alerts[alerts.len() - 1]], 0);
    change(home, &["alert", "ignore", &alerts[2]], 0);
    change(home, &["report", "ignore", REPORT], 0);
    change(home, &["report", "restore", REPORT], 0);

    change(home, &["watchlist", "create", "theirs", "process_name:7z.exe", "--description", "case 7"], 0);
    let watchlist = number_of(home, &["watchlist", "list"], "name", "theirs");
    for arguments in [
        &["watchlist", "disable", &watchlist][..],
        &["watchlist", "enable", &watchlist],
        &["watchlist", "action", &watchlist, "add", "alert"],
        &["watchlist", "action", &watchlist, "add", "syslog"],
        &["watchlist", "action", &watchlist, "add", "email", "--to", "1", "3"],
    ] {
        change(home, arguments, 0);
    }
    let actions = listed(home, &["watchlist", "action", &watchlist, "list"], "id");
    change(home, &["watchlist", "action", &watchlist, "remove", &actions[0]], 0);
    change(home, &["watchlist", "delete", &watchlist], 0);

    let feed = home.path("feed.json");
    home.put("feed.json", FEED);
    let url = format!("file://{}", feed.display());
    change(home, &["feed", "add", &url], 0);
    let feed = number_of(home, &["feed", "list"], "name", "corpintel");
    for verb in ["sync", "disable", "enable", "delete"] {
        change(home, &["feed", verb, &feed], 0);
    }
    change(home, &["group", "create", "Quarantine"], 0);
    let user = home.command(&[
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
        "--yes",
    ]);
    assert_eq!(finish(user, "s3cret pass\n").exit, 0);
}

/// What is not confirmed: pending, not applied, not known, and a program that ended before it knew.
fn in_trouble(home: &Home, server: &Server) {
    let never = |path: &str, method: &str| {
        server.fault(&format!(r#"{{"mode":"never-confirm","match":"{path}","method":"{method}"}}"#));
    };
    never("/api/v1/sensor/5", "PUT");
    never("/api/v1/sensor/5", "GET");
    change(home, &["sensor", "isolate", "5", "--timeout", "1s"], 4);
    server.clear_faults();
    never("/api/v1/watchlist/7", "PUT");
    change(home, &["watchlist", "disable", "7"], 1);
    server.clear_faults();
    let alerts = listed(home, &["alert", "list", "status:unresolved"], "unique_id");
    let [first, second, third, ..] = &alerts[..] else {
        panic!("{alerts:?}");
    };
    server.fault(r#"{"mode":"partial","match":"/api/v1/alert"}"#);
    change(home, &["alert", "status", "resolved", first, second, third, "--timeout", "1s"], 4);
    server.clear_faults();

    let isolate = |host: &str| {
        let arguments = ["sensor", "isolate", host, "--reason", "case 7", "--yes"];
        home.command(&arguments).spawn().unwrap()
    };
    let until_sent = |host: &str| {
        let target = format!("/api/v1/sensor/{host}");
        until("it is sent", || {
            let seen = Json::read(&server.ask("GET", "/_sim/log", ""));
            let mut seen = seen.list().iter();
            seen.any(|seen| seen.text("method") == "PUT" && seen.text("target") == target)
        });
    };
    server.fault(r#"{"mode":"lost-answer","match":"/api/v1/sensor/8","method":"PUT","ms":700}"#);
    let mut child = isolate("8");
    until_sent("8");
    server.fault(r#"{"mode":"broken-json","match":"/api/v1/sensor/8$","method":"GET"}"#);
    until("it is not known", || last_stage(home, "isolate", 0).as_deref() == Some("unknown"));
    child.kill().unwrap();
    child.wait().unwrap();
    server.clear_faults();

    server.fault(r#"{"mode":"hang","match":"/api/v1/sensor/10","method":"PUT"}"#);
    let mut child = isolate("10");
    until_sent("10");
    child.kill().unwrap();
    child.wait().unwrap();
    server.clear_faults();
    tear(home);
}

/// What only a console does: notes, undo, put back, edits, a watchlist with its action, a team.
fn by_keys(home: &Home, server: &Server) {
    let mut console = Console::open(home);
    console.type_and_rest("iprocess_name:net.exe hostname:WIN-IA9NQ1GN8OI\r");
    console.until("ntoskrnl.exe");
    console.type_and_rest("Sn");
    console.type_and_rest("image before release\r");
    console.until("PUT /api/v1/sensor/3");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "annotate", "confirmed");
    console.type_and_rest("z");
    console.until("PUT /api/v1/sensor/3");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "annotate", "confirmed");

    console.type_and_rest("3");
    console.until("FUZZYWOMBAT");
    console.type_and_rest("   a");
    console.until("POST /api/v1/alerts");
    console.type_and_rest("a");
    console.until_known(home, "assign", "confirmed");
    console.type_and_rest("z");
    console.until("POST /api/v1/alerts");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "put back", "confirmed");
    console.type_and_rest("\x1b");

    console.type_and_rest("6");
    console.until("PowerShell");
    console.type_and_rest("/archives\r");
    console.type_and_rest("e");
    console.type_and_rest(" 2\t\t\r");
    console.until("PUT /api/v1/watchlist/11");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "edit watchlist", "confirmed");
    console.type_and_rest("\x1b");
    for (name, stage) in [("ours", "confirmed"), ("half of ours", "partly")] {
        if stage == "partly" {
            server.fault(r#"{"mode":"403","match":"/action","method":"POST"}"#);
        }
        console.type_and_rest("n");
        console.type_and_rest(name);
        console.type_and_rest("\t\tprocess_name:7z.exe\t ");
        console.type_and_rest("\r");
        console.until("POST /api/v1/watchlist ");
        console.type_and_rest("\t\t\r");
        console.until_known(home, "create watchlist", stage);
        console.type_and_rest("\x1b");
    }
    server.clear_faults();

    console.type_and_rest("9");
    console.until("rmercer");
    console.type_and_rest("e");
    console.type_and_rest(" 2\t\r");
    console.until("PUT /api/group/");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "edit group", "confirmed");
    console.type_and_rest("\t\t\tn");
    console.type_and_rest("Hunters\r");
    console.until("POST /api/team");
    console.type_and_rest("\t\t\r");
    console.until_known(home, "create team", "confirmed");
    console.quit();
}
