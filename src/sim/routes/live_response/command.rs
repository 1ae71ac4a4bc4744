//! Commands of a session: create, carry out, read, cancel.

use std::{sync::Arc, time::Instant};

use serde_json::{Map, Value, json};

use super::{not_found, now, output, queue::run_due, with_session};
use crate::sim::{
    http::{
        json_body::parse_integer,
        request::{ApiRequest, HostFault},
        response::ApiResponse,
    },
    routes::with_object_body,
    state::{
        live_response::{CommandRecord, LiveSession, QueuedCommand, SessionState},
        machine::code,
        server::Server,
    },
};

/// The user whose token every client has.
const USER: &str = "admin";

pub(super) fn list(server: &Server, request: &ApiRequest, id: u64) -> ApiResponse {
    let count = request.number("count").and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    with_session(server, id, |session| {
        let rows = session.commands.iter().map(|run| command_json(session, run));
        let rows = rows.filter(|row| request.param("status").is_none_or(|status| row["status"] == status));
        ApiResponse::json_compact(rows.take(count).collect())
    })
}

/// Queues a command for the host, and returns it as pending.
pub(super) fn create(server: &Server, request: &ApiRequest, id: u64) -> ApiResponse {
    with_object_body(request, |body| {
        let name = body.get("name").and_then(Value::as_str).filter(|name| output::is_command(name, body));
        let Some(name) = name else {
            return ApiResponse::app_error(400);
        };
        server.with_live_response(|live| {
            let Some(session) = live.session(id).filter(|session| session.is_open()) else {
                return not_found(id);
            };
            session.touch();
            if session.state == SessionState::Pending {
                return ApiResponse::text(404, &format!("Session {id} is not active"));
            }
            let object = body.get("object").cloned().unwrap_or(Value::Null);
            let file = match name {
                // The file is there at once, and its content comes from the host.
                "get file" => session.store(object.as_str().unwrap_or_default(), Arc::default(), 0),
                "put file" => body.get("file_id").and_then(parse_integer).and_then(|id| u64::try_from(id).ok()),
                _ => None,
            };
            let refused = request.host_fault.map(|fault| match fault {
                HostFault::DiskFull => code::DISK_FULL,
                HostFault::AccessDenied | HostFault::SessionLost | HostFault::SensorGone => code::ACCESS_DENIED,
            });
            let record = CommandRecord {
                id: 0,
                name: name.to_owned(),
                object,
                created: now(server),
                ready_at: Instant::now() + server.options.command_time,
                queued: Some(QueuedCommand { body: body.clone(), refused }),
                code: 0,
                file,
                result: Map::new(),
                is_canceled: false,
            };
            match session.add_command(record) {
                Some(number) => {
                    let run = session.commands.iter().find(|run| run.id == number);
                    run.map_or_else(|| not_found(id), |run| ApiResponse::json_compact(pending_json(session, run)))
                }
                None => ApiResponse::text(503, "Too many commands"),
            }
        })
    })
}

pub(super) fn get(server: &Server, request: &ApiRequest, id: u64, run: &str) -> ApiResponse {
    if request.param("wait") == Some("true") {
        // A client that waits is answered as soon as the host has carried it out, with the commands before it.
        let last: u64 = run.parse().unwrap_or(0);
        server.with_live_response(|live| {
            let runs = live.session(id).into_iter().flat_map(|session| &mut session.commands);
            runs.filter(|run| run.id <= last).for_each(|run| run.ready_at = run.ready_at.min(Instant::now()));
        });
        run_due(server);
    }
    with_session(server, id, |session| match find(session, run) {
        Some(run) => ApiResponse::json_compact(command_json(session, run)),
        None => ApiResponse::text(404, &format!("Command {run} not found")),
    })
}

/// Cancels a command that has not ended.
pub(super) fn cancel(server: &Server, id: u64, run: &str) -> ApiResponse {
    with_session(server, id, |session| {
        if let Some(run) = find_mut(session, run) {
            run.is_canceled |= run.queued.is_some();
        }
        match find(session, run) {
            Some(run) => ApiResponse::json_compact(command_json(session, run)),
            None => ApiResponse::text(404, &format!("Command {run} not found")),
        }
    })
}

fn find<'s>(session: &'s LiveSession, run: &str) -> Option<&'s CommandRecord> {
    let id: u64 = run.parse().ok()?;
    session.commands.iter().find(|run| run.id == id)
}

fn find_mut<'s>(session: &'s mut LiveSession, run: &str) -> Option<&'s mut CommandRecord> {
    let id: u64 = run.parse().ok()?;
    session.commands.iter_mut().find(|run| run.id == id)
}

/// Returns the record of a command as it was accepted.
fn pending_json(session: &LiveSession, run: &CommandRecord) -> Value {
    let mut record = json!({
        "status": "pending",
        "username": USER,
        "sensor_id": session.sensor,
        "create_time": run.created,
        "name": run.name,
        "object": run.object,
        "id": run.id,
        "session_id": session.id,
    });
    if let Some(file) = run.file {
        record["file_id"] = json!(file);
    }
    record
}

/// Returns the record of a command as it is now.
pub(super) fn command_json(session: &LiveSession, run: &CommandRecord) -> Value {
    let mut record = pending_json(session, run);
    if run.is_canceled {
        record["status"] = json!("cancel");
        return record;
    }
    if run.queued.is_some() {
        if run.name == "memdump" {
            record["status"] = json!("in progress");
            merge(&mut record, &output::dump_progress(40));
        }
        return record;
    }
    record["status"] = json!(if run.code == 0 { "complete" } else { "error" });
    record["completion"] = json!(run.created + 0.064);
    record["result_code"] = json!(run.code);
    record["result_type"] = json!("WinHresult");
    record["result_desc"] = json!("");
    merge(&mut record, &run.result);
    record
}

fn merge(record: &mut Value, members: &Map<String, Value>) {
    if let Value::Object(record) = record {
        record.extend(members.clone());
    }
}
