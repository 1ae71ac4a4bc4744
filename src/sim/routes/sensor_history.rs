//! What a sensor told of itself over time: what waits to be sent, when it was heard, what it costs (reference 2.6).

use serde_json::{Value, json};

use super::{SensorRecord, method_not_allowed, or_not_found};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::server::Server,
    world::{Host, hash_text},
};

/// So many entries are kept.
const MAX_ENTRIES: i64 = 24;
/// They are this far apart, in milliseconds.
const ENTRY_INTERVAL: i64 = 5 * 60_000;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "sensor", id, what] = path.as_slice() else {
        return None;
    };
    let entry = match *what {
        "queued" => queue_entry,
        "activity" => activity_entry,
        "resourcestatus" => resource_entry,
        _ => return None,
    };
    if method != "GET" {
        return Some(method_not_allowed());
    }
    let host = id.parse().ok().and_then(|id| server.world.fleet.host(id));
    Some(or_not_found(host.map(|host| history_response(server, host, entry))))
}

/// The entries, the newest first. Whoever has been silent for weeks has none left.
fn history_response(server: &Server, host: &Host, entry: fn(&Host, u64, u64) -> Value) -> ApiResponse {
    let sensor = server.with_sensors(|sensors| sensors.state_of(host));
    let last = SensorRecord::new(server, host, sensor).last_checkin();
    let oldest = server.now().as_millisecond() - 14 * 86_400_000;
    let entries: Vec<Value> = (0..MAX_ENTRIES)
        .map(|step| last - last.rem_euclid(ENTRY_INTERVAL) - step * ENTRY_INTERVAL)
        .take_while(|&at| at > oldest)
        .filter_map(|at| {
            let number = u64::try_from(at / ENTRY_INTERVAL).unwrap_or(0);
            let draw = hash_text(&format!("history {} {number}", host.id)) >> 8;
            let mut scripted = Some(entry(host, number, draw)).filter(Value::is_object)?;
            scripted["id"] = json!((number * 64 + u64::from(host.id % 64)).to_string());
            scripted["sensor_id"] = json!(host.id);
            scripted["timestamp"] = json!(format::local_time(at));
            Some(scripted)
        })
        .collect();
    if entries.is_empty() {
        return ApiResponse::no_content();
    }
    ApiResponse::json_compact(entries.into())
}

/// Counts are text here and numbers there, as the server has them. Nothing is told of an empty queue.
fn queue_entry(host: &Host, _: u64, draw: u64) -> Value {
    let logs = host.eventlog.min(host.eventlog / 2 + draw % (host.eventlog / 2 + 1));
    let files = host.storefiles / 2 + draw % (host.storefiles / 2 + 1);
    if logs + files == 0 {
        return Value::Null;
    }
    json!({
        "num_eventlogs": logs.div_ceil(500_000).to_string(),
        "num_eventlog_bytes": logs.to_string(),
        "num_storefiles": files.div_ceil(4_000_000),
        "num_storefile_bytes": files.to_string(),
    })
}

fn activity_entry(host: &Host, _: u64, _: u64) -> Value {
    json!({
        "computer_name": host.name,
        "computer_dns_name": host.dns,
        "os_environment_id": 1 + host.build,
        "build_version_string": host.version,
    })
}

/// A sensor that is not well has more memory every time.
fn resource_entry(host: &Host, number: u64, draw: u64) -> Value {
    let grown = if host.health < 100 { number % 288 } else { 0 };
    json!({
        "commit_charge": (18_000_000 + draw % 4_000_000 + grown * 400_000).to_string(),
        "page_faults": (40_000 + draw % 9_000).to_string(),
        "handles": 280 + draw % 60,
    })
}
