//! License of the server (reference 2.1).

use serde_json::{Value, json};

use super::{method_not_allowed, with_object_body};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

const DAY: i64 = 86_400_000;
/// Licensed sensors are a multiple of this.
const LICENSE_STEP: usize = 500;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let (["api", "license"] | ["api", "v1", "license"]) = path.as_slice() else {
        return None;
    };
    Some(match method {
        "GET" => ApiResponse::json_compact(license_info(server)),
        "POST" => with_object_body(request, |body| apply_license(server, body)),
        _ => method_not_allowed(),
    })
}

fn license_info(server: &Server) -> Value {
    let hosts = &server.world.fleet.hosts;
    let active = server.with_sensors(|sensors| {
        hosts.iter().filter(|host| !sensors.is_uninstalled(host) && host.silent_for.unwrap_or(0) < DAY).count()
    });
    let licensed = hosts.len().next_multiple_of(LICENSE_STEP);
    let end = server.with_admin(|admin| admin.license_end);
    let date = format::solr_time(end);
    json!({
        "license_valid": true,
        "license_expired": end < server.now().as_millisecond(),
        "license_end_date": date.split('T').next(),
        "licensed_sensor_count": licensed,
        "licensed_sensor_count_exceeded": active > licensed,
        "actual_sensor_count": active,
        "server_token": server.token.chars().rev().collect::<String>(),
        "license_request_block": "-----BEGIN CB LICENSE REQUEST-----\nc2ltdWxhdGVk\n-----END CB LICENSE REQUEST-----\n",
    })
}

/// Accepts any text with the header of a license, for a year.
fn apply_license(server: &Server, body: &Record) -> ApiResponse {
    let block = admin::text_member(body, "license").trim();
    if !block.starts_with("-----BEGIN CB LICENSE") {
        return ApiResponse::app_error(400);
    }
    let end = server.now().as_millisecond() + 365 * DAY;
    server.with_admin(|admin| admin.license_end = end);
    ApiResponse::json_compact(json!({"status": "success"}))
}
