//! Sessions: list, open, read, keep, close, archive.

use serde_json::{Map, Value, json};

use super::{command::command_json, file::file_json, not_found, now, with_session};
use crate::sim::{
    http::{json_body::parse_integer, request::ApiRequest, response::ApiResponse},
    routes::{installer::build_zip, with_object_body},
    state::{
        live_response::{LiveResponse, LiveSession, Rejection, SESSION_TIMEOUT, SessionSettings, SessionState},
        server::Server,
    },
    world::Host,
};

/// Seconds for which the server waits for a sensor.
const CHECK_IN_TIMEOUT: u64 = 1_200;
/// Seconds for which the server waits for a request.
const SENSOR_WAIT_TIMEOUT: u64 = 120;

pub(super) fn list(server: &Server, request: &ApiRequest) -> ApiResponse {
    // Servers before 6.3 ignore the parameter.
    let only_open = server.version.is_at_least(6, 3, 0) && request.param("active_only") == Some("true");
    server.with_live_response(|live| {
        let is_listed = |session: &&LiveSession| match session.state {
            SessionState::Pending | SessionState::Active => true,
            SessionState::Timeout | SessionState::Closed => !only_open,
            SessionState::Gone => false,
        };
        let ids: Vec<u64> = live.sessions.iter().filter(is_listed).map(|session| session.id).collect();
        let mut rows: Vec<Value> = ids.into_iter().filter_map(|id| session_json(server, live, id)).collect();
        if !server.version.is_at_least(5, 2, 0) {
            for row in &mut rows {
                row["sensor_id"] = json!(row["sensor_id"].to_string());
            }
        }
        ApiResponse::json_compact(rows.into())
    })
}

pub(super) fn create(server: &Server, request: &ApiRequest) -> ApiResponse {
    with_object_body(request, |body| {
        let sensor = body.get("sensor_id").and_then(parse_integer).and_then(|id| u32::try_from(id).ok());
        let Some(sensor) = sensor else {
            return ApiResponse::app_error(400);
        };
        let Some(host) = server.world.fleet.host(sensor) else {
            return ApiResponse::text(404, &format!("Sensor {sensor} not found"));
        };
        let settings = settings(server, request, body, host);
        server.with_live_response(|live| match live.open(host, settings) {
            Ok(id) => {
                if let Some(session) = live.session(id) {
                    session.ignores_checkin = request.drops_change;
                }
                session_json(server, live, id).map_or_else(|| not_found(id), ApiResponse::json_compact)
            }
            Err(Rejection::Busy) => ApiResponse::text(404, &format!("Sensor {sensor} already has a session")),
            Err(Rejection::TooMany) => ApiResponse::text(404, "Too many sessions"),
        })
    })
}

/// Returns the settings of a new session.
fn settings(server: &Server, request: &ApiRequest, body: &Map<String, Value>, host: &Host) -> SessionSettings {
    let seconds = |name: &str, default| {
        body.get(name).and_then(parse_integer).and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(default)
    };
    let checks_in = server.with_sensors(|sensors| sensors.checks_in(host)) && !request.drops_change;
    SessionSettings {
        check_in_timeout: seconds("checkin_timeout", CHECK_IN_TIMEOUT),
        sensor_wait_timeout: seconds("sensor_wait_timeout", SENSOR_WAIT_TIMEOUT),
        checkin: checks_in.then_some(server.options.checkin),
        created: now(server),
    }
}

pub(super) fn get(server: &Server, request: &ApiRequest, id: u64) -> ApiResponse {
    server.with_live_response(|live| {
        if let Some(session) = live.session(id) {
            session.touch();
            // A client that waits is answered as soon as the sensor has checked in.
            if request.param("wait") == Some("true") && session.active_at.is_some() {
                session.active_at = Some(std::time::Instant::now());
                live.update(std::time::Instant::now());
            }
        }
        session_json(server, live, id).map_or_else(|| not_found(id), ApiResponse::json_compact)
    })
}

pub(super) fn close(server: &Server, request: &ApiRequest, id: u64) -> ApiResponse {
    with_object_body(request, |body| {
        if !matches!(body.get("status").and_then(Value::as_str), Some("close" | "closed")) {
            return ApiResponse::app_error(400);
        }
        server.with_live_response(|live| {
            if let Some(session) = live.session(id).filter(|session| session.is_open()) {
                session.state = SessionState::Closed;
            }
            session_json(server, live, id).map_or_else(|| not_found(id), ApiResponse::json_compact)
        })
    })
}

pub(super) fn keep_alive(server: &Server, id: u64) -> ApiResponse {
    server.with_live_response(|live| match live.session(id).filter(|session| session.is_open()) {
        Some(session) => {
            session.touch();
            session_json(server, live, id).map_or_else(|| not_found(id), ApiResponse::json_compact)
        }
        None => not_found(id),
    })
}

/// Returns all commands and files of a session in a zip archive.
pub(super) fn archive(server: &Server, id: u64) -> ApiResponse {
    with_session(server, id, |session| {
        let commands: Vec<Value> = session.commands.iter().map(|run| command_json(session, run)).collect();
        let files: Vec<Value> = session.files.iter().map(file_json).collect();
        let record = json!({"id": session.id, "commands": commands, "files": files}).to_string();
        let names: Vec<String> = session.files.iter().map(|file| format!("files/{}", file.id)).collect();
        let mut members = vec![("session.json", record.as_bytes())];
        members.extend(names.iter().map(String::as_str).zip(session.files.iter().map(|file| &*file.content)));
        build_zip(&members).map_or_else(|_| ApiResponse::app_error(404), ApiResponse::zip)
    })
}

/// Returns the record of a session; `None` if the server does not know it any more.
fn session_json(server: &Server, live: &mut LiveResponse, id: u64) -> Option<Value> {
    let session = live.session(id).filter(|session| session.state != SessionState::Gone)?;
    let (state, sensor, settings, size) = (session.state, session.sensor, session.settings, session.stored_size());
    let host = server.world.fleet.host(sensor)?;
    let status = match state {
        SessionState::Pending => "pending",
        SessionState::Active => "active",
        SessionState::Timeout => "timeout",
        SessionState::Closed | SessionState::Gone => "close",
    };
    let mut record = json!({
        "status": status,
        "sensor_id": sensor,
        "supported_commands": [],
        "drives": [],
        "storage_size": 0,
        "create_time": settings.created,
        "sensor_wait_timeout": settings.sensor_wait_timeout,
        "address": null,
        "check_in_timeout": settings.check_in_timeout,
        "id": id,
        "hostname": host.name,
        "storage_ttl": 7,
        "os_version": "",
        "session_timeout": SESSION_TIMEOUT,
        "current_working_directory": "",
    });
    if state != SessionState::Pending {
        let machine = live.machine(&server.world, host);
        record["supported_commands"] = json!(machine.commands);
        record["drives"] = json!(machine.drives);
        record["current_working_directory"] = json!(machine.working_directory);
        record["storage_size"] = json!(size.to_string());
        record["address"] = json!(format!("::ffff:{}", host.ip));
    }
    Some(record)
}
