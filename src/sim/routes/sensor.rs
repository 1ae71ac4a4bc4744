//! Sensors: the two lists, one record, and what one can be asked to do (reference 2.6).

use serde_json::{Map, Value, json};

use super::{SensorRecord, method_not_allowed, or_not_found};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{sensor_list::SensorQuery, sensors::SensorState, server::Server},
    world::Host,
};

/// The unpaged list ends here.
const MAX_UNPAGED: usize = 1_000;
/// What a server from 7.1 on lets be changed.
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
    let question = SensorQuery::parse_filters(request);
    let records: Vec<Value> = server.with_sensors(|sensors| {
        let hosts = question.matching_hosts(&server.world.fleet, sensors).take(MAX_UNPAGED);
        hosts.map(|host| SensorRecord::new(server, host, sensors.state_of(host)).to_record()).collect()
    });
    if records.is_empty() {
        return ApiResponse::no_content();
    }
    ApiResponse::json_pretty(Value::Array(records))
}

fn sensor_page(server: &Server, request: &ApiRequest) -> ApiResponse {
    let roster = server.sensor_list(SensorQuery::parse_page(request));
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let start = request.number("start").unwrap_or(0);
    let rows = request.number("rows").unwrap_or(10);
    let rows = server.options.max_rows.map_or(rows, |most| rows.min(most));
    let ids = roster.ids.iter().skip(size(start)).take(size(rows));
    let results: Vec<Value> = server.with_sensors(|sensors| {
        ids.filter_map(|&id| server.world.fleet.host(id))
            .map(|host| SensorRecord::new(server, host, sensors.state_of(host)).to_record())
            .collect()
    });
    ApiResponse::json_pretty(json!({
        "results": results,
        "total_results": roster.ids.len(),
        "start": start,
        "facets": roster.facets,
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

/// Writes down what is asked; the sensor acts on it later.
fn update_sensor(server: &Server, request: &ApiRequest, id: &str) -> Option<ApiResponse> {
    let host = find_host(server, id)?;
    let Ok(Value::Object(wanted)) = request.json() else {
        return Some(ApiResponse::app_error(400));
    };
    if server.version.is_at_least(7, 1, 0) && wanted.keys().any(|key| !WRITABLE_FIELDS.contains(&key.as_str())) {
        return Some(ApiResponse::app_error(400));
    }
    let group = wanted.get("group_id").and_then(Value::as_u64);
    if group.is_some_and(|group| server.with_admin(|admin| !admin.has_group(group))) {
        return Some(ApiResponse::app_error(400));
    }
    server.with_sensors(|sensors| {
        sensors.request_change(host, server.options.checkin, |sensor| {
            sensor.ignores_requests |= request.drops_change;
            apply_body(sensor, &wanted, server.version.is_at_least_6());
        });
    });
    Some(ApiResponse::no_content())
}

/// Takes over what can be changed, and ignores the rest of a record.
fn apply_body(sensor: &mut SensorState, wanted: &Map<String, Value>, wants_mail_time: bool) {
    let flag = |name: &str, old: bool| match wanted.get(name) {
        Some(Value::Bool(flag)) => *flag,
        // The server has always taken Python's words too.
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => old,
    };
    sensor.isolation_requested = flag("network_isolation_enabled", sensor.isolation_requested);
    sensor.restart_queued = flag("restart_queued", sensor.restart_queued);
    sensor.uninstall = flag("uninstall", sensor.uninstall);
    if let Some(group) = wanted.get("group_id").and_then(Value::as_u64) {
        sensor.group = u32::try_from(group).unwrap_or(sensor.group);
    }
    match wanted.get("notes") {
        Some(Value::String(notes)) => sensor.notes = Some(notes.clone()),
        Some(Value::Null) => sensor.notes = None,
        _ => {}
    }
    match wanted.get("event_log_flush_time") {
        // `Wed, 05 Jan 2022 10:01:07 GMT`; other spellings are ignored from 6.0 on.
        Some(Value::String(at)) if !wants_mail_time || at.ends_with("GMT") => {
            sensor.flush = Some(at.clone());
        }
        Some(Value::Null) => sensor.flush = None,
        _ => {}
    }
}
