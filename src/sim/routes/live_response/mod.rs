//! Live Response: sessions with hosts, their commands and files (reference 2.17).

mod command;
mod file;
mod output;
mod queue;
mod session;

pub(super) use queue::run_due;

use super::method_not_allowed;
use crate::sim::{
    http::{
        request::{ApiRequest, HostFault},
        response::{ApiResponse, Caching},
    },
    state::{
        live_response::{LiveSession, SessionState},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "cblr", path @ ..] = path.as_slice() else {
        return None;
    };
    if !server.options.live_response {
        return Some(ApiResponse::text(412, "Live Response is not enabled"));
    }
    let answer = match path {
        ["session"] => match method {
            "GET" => session::list(server, request),
            "POST" => session::create(server, request),
            _ => method_not_allowed(),
        },
        ["session", id, rest @ ..] => session_route(server, request, id, rest),
        _ => ApiResponse::app_error(404),
    };
    Some(match answer.caching {
        Caching::Page => answer.with_caching(Caching::None),
        Caching::None | Caching::File { .. } => answer,
    })
}

fn session_route(server: &Server, request: &ApiRequest, id: &str, rest: &[&str]) -> ApiResponse {
    let Ok(number) = id.parse() else {
        return ApiResponse::app_error(404);
    };
    if let Some(answer) = lose_session(server, request, number) {
        return answer;
    }
    let (method, _) = request.route();
    match (method, rest) {
        ("GET", []) => session::get(server, request, number),
        ("PUT", []) => session::close(server, request, number),
        ("GET", ["keepalive"]) => session::keep_alive(server, number),
        ("GET", ["archive"]) => session::archive(server, number),
        ("GET", ["command"]) => command::list(server, request, number),
        ("POST", ["command"]) => command::create(server, request, number),
        ("GET", ["command", run]) => command::get(server, request, number, run),
        ("PUT", ["command", run]) => command::cancel(server, number, run),
        ("GET", ["file"]) => file::list(server, number),
        ("POST", ["file"]) => file::upload(server, request, number),
        ("GET", ["file", file]) => file::get(server, number, file),
        ("GET", ["file", file, "content"]) => file::content(server, number, file),
        ("DELETE" | "PUT", ["file", file]) => file::delete(server, request, number, file),
        (_, [] | ["keepalive" | "archive" | "command" | "file"] | ["command" | "file", _]) => method_not_allowed(),
        _ => ApiResponse::app_error(404),
    }
}

/// Ends the session if a fault says so, and returns the response.
fn lose_session(server: &Server, request: &ApiRequest, id: u64) -> Option<ApiResponse> {
    let fault = request.host_fault?;
    server.with_live_response(|live| {
        let session = live.session(id)?;
        match fault {
            HostFault::SessionLost => session.state = SessionState::Gone,
            HostFault::SensorGone => {
                session.state = SessionState::Gone;
                return Some(ApiResponse::text(404, &format!("Sensor {} is not connected", session.sensor)));
            }
            HostFault::AccessDenied | HostFault::DiskFull => return None,
        }
        Some(not_found(id))
    })
}

/// Calls `f` with a session that the server still knows, open or closed; else returns a 404 that names it.
fn with_session(server: &Server, id: u64, f: impl FnOnce(&mut LiveSession) -> ApiResponse) -> ApiResponse {
    server.with_live_response(|live| match live.session(id) {
        Some(session) if session.state != SessionState::Gone => {
            session.touch();
            f(session)
        }
        _ => not_found(id),
    })
}

/// Returns the response to a request in a session that does not exist.
fn not_found(id: u64) -> ApiResponse {
    ApiResponse::text(404, &format!("Session {id} not found"))
}

/// Returns the time of the server, in seconds since 1970.
fn now(server: &Server) -> f64 {
    server.now().as_duration().as_secs_f64()
}
