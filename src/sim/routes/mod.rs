//! What can be asked for: each file knows its routes and writes its JSON.

mod action;
mod alert;
mod ban;
mod binary;
mod case;
mod control;
mod dashboard;
mod detect;
mod event_store;
mod events;
mod feed;
mod file;
mod group;
mod info;
mod ingress;
mod installer;
mod json_body;
mod license;
mod process;
mod process_evidence;
mod process_json;
mod report;
mod schema;
mod sensor;
mod sensor_history;
mod sensor_record;
mod sharing;
mod site;
mod team;
mod triage;
mod user;
mod watchlist;

pub(super) use control::handle as control;
pub(super) use json_body::parse_flag;
pub(super) use sensor_record::SensorRecord;

use serde_json::Value;

use super::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{admin::Record, server::Server},
};

/// Answers an authorized request.
pub(super) fn handle(server: &Server, request: &ApiRequest) -> ApiResponse {
    if server.options.validates
        && let Some(refusal) = schema::validation_error(request)
    {
        return refusal;
    }
    let resources = [
        info::handle,
        process::handle,
        process_evidence::handle,
        binary::handle,
        sensor::handle,
        sensor_history::handle,
        group::handle,
        site::handle,
        user::handle,
        team::handle,
        license::handle,
        dashboard::handle,
        detect::handle,
        event_store::handle,
        case::handle,
        ingress::handle,
        sharing::handle,
        installer::handle,
        alert::handle,
        triage::handle,
        watchlist::handle,
        report::handle,
        feed::handle,
        ban::handle,
    ];
    resources.into_iter().find_map(|resource| resource(server, request)).unwrap_or_else(|| ApiResponse::app_error(404))
}

/// The answer about something that may not be there.
fn or_not_found(answer: Option<ApiResponse>) -> ApiResponse {
    answer.unwrap_or_else(|| ApiResponse::app_error(404))
}

/// The answer to a verb that a route does not know.
fn method_not_allowed() -> ApiResponse {
    ApiResponse::app_error(405)
}

/// The answer to a request whose body has to be an object.
fn with_object_body(request: &ApiRequest, then: impl FnOnce(&Record) -> ApiResponse) -> ApiResponse {
    match request.json() {
        Ok(Value::Object(wanted)) => then(&wanted),
        _ => ApiResponse::app_error(400),
    }
}

/// The answer to whoever wants a name that another has.
fn name_conflict(what: &str, name: &str) -> ApiResponse {
    ApiResponse::text(409, &format!("A {what} named '{name}' already exists"))
}
