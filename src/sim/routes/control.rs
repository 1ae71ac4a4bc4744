//! Control API of the simulation (`/_sim`): request log, faults, complete search results, new alerts.

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

/// Handles a request to the control API, which no real server has.
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

/// Raises alerts. The body is their number, or an object with a `count`; the default is one.
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

/// Adds one fault or a list of faults.
fn add_faults(server: &Server, request: &ApiRequest) -> ApiResponse {
    let faults = request.json().and_then(|body| match body {
        Value::Array(_) => serde_json::from_value::<Vec<Fault>>(body),
        fault => serde_json::from_value(fault).map(|fault| vec![fault]),
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

/// Returns the complete result of a process search with its usual parameters; `rows` limits the ids, without a default.
fn full_result(server: &Server, request: &ApiRequest) -> ApiResponse {
    let mut search = match Search::parse(server, Index::Process, request) {
        Ok(search) => search,
        Err(response) => return response,
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
