//! History of a sensor: queued data, activity and resource usage (reference 2.6).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found, sensor_record::SensorRecord};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::server::Server,
    world::{Host, hash_text},
};

/// Number of stored entries.
const MAX_ENTRIES: i64 = 24;
/// Time between two entries, in milliseconds.
const ENTRY_INTERVAL: i64 = 5 * 60_000;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "sensor", id, name] = path.as_slice() else {
        return None;
    };
    let entry = match *name {
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

/// Returns the entries, the newest first. Entries older than two weeks are not stored.
fn history_response(server: &Server, host: &Host, entry: fn(&Host, u64, u64) -> Value) -> ApiResponse {
    let sensor = server.with_sensors(|sensors| sensors.state_of(host));
    let last = SensorRecord::new(server, host, sensor).last_checkin();
    let oldest = server.now().as_millisecond() - 14 * 86_400_000;
    let entries: Vec<Value> = (0..MAX_ENTRIES)
        .map(|step| last - last.rem_euclid(ENTRY_INTERVAL) - step * ENTRY_INTERVAL)
        .take_while(|&at| at > oldest)
        .filter_map(|at| {
            let number = u64::try_from(at / ENTRY_INTERVAL).unwrap_or(0);
            let random = hash_text(&format!("history {} {number}", host.id)) >> 8;
            let mut record = Some(entry(host, number, random)).filter(Value::is_object)?;
            record["id"] = json!((number * 64 + u64::from(host.id % 64)).to_string());
            record["sensor_id"] = json!(host.id);
            record["timestamp"] = json!(format::local_time(at));
            Some(record)
        })
        .collect();
    if entries.is_empty() {
        return ApiResponse::no_content();
    }
    ApiResponse::json_compact(entries.into())
}

/// Returns a queue entry, `null` for an empty queue. As in the real server, some counts are text and some numbers.
fn queue_entry(host: &Host, _: u64, random: u64) -> Value {
    let logs = host.eventlog.min(host.eventlog / 2 + random % (host.eventlog / 2 + 1));
    let files = host.storefiles / 2 + random % (host.storefiles / 2 + 1);
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

/// Returns a resource entry. An unhealthy sensor uses more memory with every entry of a day.
fn resource_entry(host: &Host, number: u64, random: u64) -> Value {
    let growth = if host.health < 100 { number % 288 } else { 0 };
    json!({
        "commit_charge": (18_000_000 + random % 4_000_000 + growth * 400_000).to_string(),
        "page_faults": (40_000 + random % 9_000).to_string(),
        "handles": 280 + random % 60,
    })
}
