//! The simulation itself: faults, what was asked, what is true.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::method_not_allowed;
use crate::query::Index;
use crate::sim::{
    format,
    http::{fault::Fault, request::ApiRequest, response::ApiResponse},
    search::{request::Search, run},
    state::server::Server,
};

/// Answers what no real server has, to whoever is on this machine.
pub(crate) fn handle(server: &Server, request: &ApiRequest) -> ApiResponse {
    let (method, path) = request.route();
    match (method, path.as_slice()) {
        ("GET", ["_sim", "log"]) => ApiResponse::json_compact(json!(server.seen_requests())),
        ("DELETE", ["_sim", "log"]) => {
            server.clear_seen();
            ApiResponse::success_result()
        }
        ("GET", ["_sim", "faults"]) => ApiResponse::json_compact(json!(server.faults())),
        ("POST", ["_sim", "faults"]) => add_faults(server, request),
        ("DELETE", ["_sim", "faults"]) => {
            server.clear_faults();
            ApiResponse::success_result()
        }
        ("GET", ["_sim", "truth"]) => full_result(server, request),
        ("POST", ["_sim", "alerts"]) => raise_alerts(server, request),
        ("POST", ["_sim", "index"]) => {
            server.detections.index_now();
            ApiResponse::success_result()
        }
        (_, ["_sim", "log" | "faults" | "truth" | "alerts" | "index"]) => method_not_allowed(),
        _ => ApiResponse::app_error(404),
    }
}

/// Raises as many alerts as the body says, one if it says nothing: a number, or an object with a `count`.
fn raise_alerts(server: &Server, request: &ApiRequest) -> ApiResponse {
    let count = match request.json() {
        Ok(Value::Null) => Some(1),
        Ok(Value::Object(body)) => body.get("count").map_or(Some(1), Value::as_u64),
        Ok(count) => count.as_u64(),
        Err(_) => None,
    };
    let Some(count) = count else {
        return ApiResponse::text(400, "How many? A number, or {\"count\": 3}");
    };
    ApiResponse::json_compact(json!({"raised": server.raise_alerts(count)}))
}

/// Takes one fault or a list of them.
fn add_faults(server: &Server, request: &ApiRequest) -> ApiResponse {
    let faults = request.json().and_then(|body| match body {
        Value::Array(_) => serde_json::from_value::<Vec<Fault>>(body),
        one => serde_json::from_value(one).map(|fault| vec![fault]),
    });
    match faults {
        Ok(faults) => {
            for fault in faults {
                server.add_fault(fault);
            }
            ApiResponse::success_result()
        }
        Err(error) => ApiResponse::text(400, &error.to_string()),
    }
}

/// The whole result of a process search, by the parameters of one; `rows` bounds the ids, and is no bound by default.
fn full_result(server: &Server, request: &ApiRequest) -> ApiResponse {
    let mut search = match Search::parse(server, Index::Process, request) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    search.rows = request.number("rows").unwrap_or(u64::MAX);
    let matches = search.matches(server);
    let processes: HashSet<u128> = matches
        .iter()
        .filter_map(|&number| run::find_document(server, number))
        .map(|document| document.process.id().0)
        .collect();
    let (mut ids, mut unique_ids) = (Vec::new(), Vec::new());
    for number in search.page_numbers(server) {
        if let Some(document) = run::find_document(server, number) {
            let id = document.process.id();
            ids.push(id.to_string());
            unique_ids.push(format::unique_id(id, document.segment_id(), &server.version));
        }
    }
    let answer = ApiResponse::json_compact(json!({
        "count": matches.len(),
        "processes": processes.len(),
        "ids": ids,
        "unique_ids": unique_ids,
    }));
    search.or_timeout(answer)
}
