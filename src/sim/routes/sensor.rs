//! Sensors: both lists, one record, and requests to a sensor (reference 2.6).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found, sensor_list, sensor_record::SensorRecord};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{sensor_list::SensorQuery, sensors::SensorState, server::Server},
    world::Host,
};

/// Limit of the unpaged list.
const MAX_UNPAGED: usize = 1_000;

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
    if server.version.is_at_least(7, 1, 0) && body.keys().any(|key| !SensorState::WRITABLE.contains(&key.as_str())) {
        return Some(ApiResponse::app_error(400));
    }
    let group = body.get("group_id").and_then(Value::as_u64);
    if group.is_some_and(|group| server.with_admin(|admin| !admin.has_group(group))) {
        return Some(ApiResponse::app_error(400));
    }
    server.with_sensors(|sensors| {
        sensors.request_change(host, server.options.checkin, |sensor| {
            sensor.ignores_requests |= request.drops_change;
            sensor.request(&body, &server.version);
        });
    });
    Some(ApiResponse::no_content())
}
