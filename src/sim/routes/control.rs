//! The simulation itself: faults, what was asked, what is true.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::not_allowed;
use crate::query::Index;
use crate::sim::{
    format,
    http::{fault::Fault, request::Ask, response::Answer},
    search::{request::Search, run},
    state::server::Server,
};

/// Answers what no real server has, to whoever is on this machine.
pub(crate) fn answer(server: &Server, ask: &Ask) -> Answer {
    let (method, path) = ask.route();
    match (method, path.as_slice()) {
        ("GET", ["_sim", "log"]) => Answer::compact(json!(server.seen())),
        ("DELETE", ["_sim", "log"]) => {
            server.forget();
            Answer::success()
        }
        ("GET", ["_sim", "faults"]) => Answer::compact(json!(server.faults())),
        ("POST", ["_sim", "faults"]) => switch_on(server, ask),
        ("DELETE", ["_sim", "faults"]) => {
            server.clear_faults();
            Answer::success()
        }
        ("GET", ["_sim", "truth"]) => truth(server, ask),
        ("POST", ["_sim", "alerts"]) => raise(server, ask),
        ("POST", ["_sim", "index"]) => {
            server.intel.catch_up();
            Answer::success()
        }
        (_, ["_sim", "log" | "faults" | "truth" | "alerts" | "index"]) => not_allowed(),
        _ => Answer::werkzeug(404),
    }
}

/// Raises as many alerts as the body says, one if it says nothing: a number, or an object with a `count`.
fn raise(server: &Server, ask: &Ask) -> Answer {
    let count = match ask.json() {
        Ok(Value::Null) => Some(1),
        Ok(Value::Object(body)) => body.get("count").map_or(Some(1), Value::as_u64),
        Ok(count) => count.as_u64(),
        Err(_) => None,
    };
    let Some(count) = count else {
        return Answer::text(400, "How many? A number, or {\"count\": 3}");
    };
    Answer::compact(json!({"raised": server.raise(count)}))
}

/// Takes one fault or a list of them.
fn switch_on(server: &Server, ask: &Ask) -> Answer {
    let faults = ask.json().and_then(|body| match body {
        Value::Array(_) => serde_json::from_value::<Vec<Fault>>(body),
        one => serde_json::from_value(one).map(|fault| vec![fault]),
    });
    match faults {
        Ok(faults) => {
            for fault in faults {
                server.fault(fault);
            }
            Answer::success()
        }
        Err(error) => Answer::text(400, &error.to_string()),
    }
}

/// The whole result of a process search, by the parameters of one; `rows` bounds the ids, and is no bound by default.
fn truth(server: &Server, ask: &Ask) -> Answer {
    let mut search = match Search::read(server, Index::Process, ask) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    search.rows = ask.number("rows").unwrap_or(u64::MAX);
    let matches = search.matches(server);
    let processes: HashSet<u128> = matches
        .iter()
        .filter_map(|&number| run::document(server, number))
        .map(|document| document.process.id().0)
        .collect();
    let (mut ids, mut unique_ids) = (Vec::new(), Vec::new());
    for number in search.page(server) {
        if let Some(document) = run::document(server, number) {
            let id = document.process.id();
            ids.push(id.to_string());
            unique_ids.push(format::unique_id(id, document.segment_id(), &server.release));
        }
    }
    let answer = Answer::compact(json!({
        "count": matches.len(),
        "processes": processes.len(),
        "ids": ids,
        "unique_ids": unique_ids,
    }));
    search.in_time(answer)
}
