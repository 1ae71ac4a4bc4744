//! Sensors: both lists, one record, and requests to a sensor (reference 2.6).

use serde_json::{Map, Value, json};

use super::{method_not_allowed, or_not_found, sensor_list, sensor_record::SensorRecord};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{sensor_list::SensorQuery, sensors::SensorState, server::Server},
    world::Host,
};

/// Limit of the unpaged list.
const MAX_UNPAGED: usize = 1_000;
/// Members that servers from 7.1 on accept in a change.
const WRITABLE_FIELDS: [&str; 7] = [
    "network_isolation_enabled",
    "restart_queued",
    "uninstall",
    "liveresponse_init",
    "group_id",
    "notes",
    "event_log_flush_time",
];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "sensor"] | ["api", "sensor"]) => list_sensors(server, request),
        ("GET", ["api", "v2", "sensor"]) if server.version.is_at_least(5, 2, 0) => sensor_page(server, request),
        ("GET", ["api", "v1", "sensor", "statistics"]) => sensor_statistics(server),
        ("GET", ["api", "v1", "sensor", id]) => or_not_found(find_host(server, id).map(|host| {
            let sensor = server.with_sensors(|sensors| {
                if request.has_rebooted {
                    sensors.reboot_host(host, server.options.checkin);
                }
                sensors.state_of(host)
            });
            ApiResponse::json_pretty(SensorRecord::new(server, host, sensor).to_record())
        })),
        ("PUT", ["api", "v1", "sensor", id]) => or_not_found(update_sensor(server, request, id)),
        (_, ["api", "v2", "sensor"]) if server.version.is_at_least(5, 2, 0) => method_not_allowed(),
        (_, ["api", "sensor"] | ["api", "v1", "sensor"] | ["api", "v1", "sensor", _]) => method_not_allowed(),
        _ => return None,
    })
}

fn find_host<'s>(server: &'s Server, id: &str) -> Option<&'s Host> {
    server.world.fleet.host(id.parse().ok()?)
}

fn list_sensors(server: &Server, request: &ApiRequest) -> ApiResponse {
    let query = SensorQuery::parse_filters(request);
    let records: Vec<Value> = server.with_sensors(|sensors| {
        let hosts = query.matching_hosts(&server.world.fleet, sensors).take(MAX_UNPAGED);
        hosts.map(|host| SensorRecord::new(server, host, sensors.state_of(host)).to_record()).collect()
    });
    if records.is_empty() {
        return ApiResponse::no_content();
    }
    ApiResponse::json_pretty(Value::Array(records))
}

fn sensor_page(server: &Server, request: &ApiRequest) -> ApiResponse {
    let list = sensor_list::find_or_build(server, SensorQuery::parse_page(request));
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let start = request.number("start").unwrap_or(0);
    let rows = request.number("rows").unwrap_or(10);
    let rows = server.options.max_rows.map_or(rows, |limit| rows.min(limit));
    let ids = list.ids.iter().skip(size(start)).take(size(rows));
    let results: Vec<Value> = server.with_sensors(|sensors| {
        ids.filter_map(|&id| server.world.fleet.host(id))
            .map(|host| SensorRecord::new(server, host, sensors.state_of(host)).to_record())
            .collect()
    });
    ApiResponse::json_pretty(json!({
        "results": results,
        "total_results": list.ids.len(),
        "start": start,
        "facets": list.facets,
    }))
}

fn sensor_statistics(server: &Server) -> ApiResponse {
    let hosts = &server.world.fleet.hosts;
    let active = hosts.iter().filter(|host| host.silent_for.unwrap_or(0) < 86_400_000);
    ApiResponse::json_compact(json!({
        "sensor_count": hosts.len(),
        "active_sensor_count": active.count(),
        "num_eventlog_bytes": hosts.iter().map(|host| host.eventlog).sum::<u64>(),
        "num_storefile_bytes": hosts.iter().map(|host| host.storefiles).sum::<u64>(),
    }))
}

/// Records the requested state, which the sensor takes on at its next check-in.
fn update_sensor(server: &Server, request: &ApiRequest, id: &str) -> Option<ApiResponse> {
    let host = find_host(server, id)?;
    let Ok(Value::Object(body)) = request.json() else {
        return Some(ApiResponse::app_error(400));
    };
    if server.version.is_at_least(7, 1, 0) && body.keys().any(|key| !WRITABLE_FIELDS.contains(&key.as_str())) {
        return Some(ApiResponse::app_error(400));
    }
    let group = body.get("group_id").and_then(Value::as_u64);
    if group.is_some_and(|group| server.with_admin(|admin| !admin.has_group(group))) {
        return Some(ApiResponse::app_error(400));
    }
    server.with_sensors(|sensors| {
        sensors.request_change(host, server.options.checkin, |sensor| {
            sensor.ignores_requests |= request.drops_change;
            apply_body(sensor, &body, server.version.is_at_least_6());
        });
    });
    Some(ApiResponse::no_content())
}

/// Applies the writable members of a record and ignores the others. From 6.0 on a flush time must be an RFC 1123 date.
fn apply_body(sensor: &mut SensorState, body: &Map<String, Value>, requires_rfc1123: bool) {
    let flag = |name: &str, old: bool| match body.get(name) {
        Some(Value::Bool(flag)) => *flag,
        // Servers accept Python's `"True"` too.
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => old,
    };
    sensor.isolation_requested = flag("network_isolation_enabled", sensor.isolation_requested);
    sensor.restart_queued = flag("restart_queued", sensor.restart_queued);
    sensor.uninstall = flag("uninstall", sensor.uninstall);
    if let Some(group) = body.get("group_id").and_then(Value::as_u64) {
        sensor.group = u32::try_from(group).unwrap_or(sensor.group);
    }
    match body.get("notes") {
        Some(Value::String(notes)) => sensor.notes = Some(notes.clone()),
        Some(Value::Null) => sensor.notes = None,
        _ => {}
    }
    match body.get("event_log_flush_time") {
        // `Wed, 05 Jan 2022 10:01:07 GMT`; other formats are ignored from 6.0 on.
        Some(Value::String(at)) if !requires_rfc1123 || at.ends_with("GMT") => {
            sensor.flush = Some(at.clone());
        }
        Some(Value::Null) => sensor.flush = None,
        _ => {}
    }
}
