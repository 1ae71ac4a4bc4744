//! The simulator's own interface: faults, the requests that it has seen, and what is true of its world.

use crate::nets::json::{self, Json};
use crate::nets::program::Server;

/// Every way to go wrong, with every setting that some of them have.
const MODES: [&str; 21] = [
    "latency",
    "401",
    "403",
    "404",
    "429",
    "500",
    "502",
    "503",
    "504",
    "hang",
    "cut",
    "broken-json",
    "wrong-types",
    "never-confirm",
    "reboot",
    "lost-answer",
    "partial",
    "session-lost",
    "sensor-gone",
    "access-denied",
    "disk-full",
];

#[test]
fn every_fault_of_today_is_taken_alone_and_in_a_list() {
    let server = Server::start(&[]);
    for mode in MODES {
        server.fault(&format!(r#"{{"mode":"{mode}"}}"#));
        server.clear_faults();
    }
    server.fault(
        r#"[{"mode":"answer","match":"^/api/v1/process$","method":"GET","times":3,"ms":5,"status":418,"body":"{}"},
            {"mode":"429","retry_after":2},{"mode":"504","after":true},{"mode":"hang","later":7}]"#,
    );
    server.clear_faults();
}

#[test]
fn what_it_tells_of_itself_has_the_keys_of_today() {
    let server = Server::start(&[]);
    server.ask("GET", "/api/info", "");
    let seen = Json::read(&server.ask("GET", "/_sim/log", ""));
    assert_eq!(json::keys(seen.list()), ["method: text", "status: number", "target: text"]);
    let truth = server.ask("GET", "/_sim/truth?q=process_name:net.exe", "");
    assert_eq!(
        json::keys(&[Json::read(&truth)]),
        ["count: number", "ids: list", "ids[]: text", "processes: number", "unique_ids: list", "unique_ids[]: text",]
    );
}
