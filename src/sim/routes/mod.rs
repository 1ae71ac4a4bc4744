//! Resources of the API: each file matches its routes and writes its JSON.

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
mod license;
mod live_response;
mod process;
mod process_evidence;
mod process_json;
mod report;
mod schema;
mod sensor;
mod sensor_history;
mod sensor_list;
mod sensor_record;
mod sharing;
mod site;
mod team;
mod triage;
mod user;
mod watchlist;

pub(super) use control::handle as control;

use serde_json::Value;

use super::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{admin::Record, server::Server},
};

/// Handles an authorized request: the first resource that knows the route responds.
pub(super) fn handle(server: &Server, request: &ApiRequest) -> ApiResponse {
    if server.options.validates
        && let Some(response) = schema::validation_error(request)
    {
        return response;
    }
    live_response::run_due(server);
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
        live_response::handle,
    ];
    resources.into_iter().find_map(|resource| resource(server, request)).unwrap_or_else(|| ApiResponse::app_error(404))
}

/// Returns the response, or a 404 if there is none.
fn or_not_found(answer: Option<ApiResponse>) -> ApiResponse {
    answer.unwrap_or_else(|| ApiResponse::app_error(404))
}

/// Returns the response to a method that a route does not have.
fn method_not_allowed() -> ApiResponse {
    ApiResponse::app_error(405)
}

/// Calls `f` with the JSON object of the body; returns a 400 if the body is anything else.
fn with_object_body(request: &ApiRequest, f: impl FnOnce(&Record) -> ApiResponse) -> ApiResponse {
    match request.json() {
        Ok(Value::Object(body)) => f(&body),
        _ => ApiResponse::app_error(400),
    }
}

/// Returns the response to a name that another record of the kind has.
fn name_conflict(kind: &str, name: &str) -> ApiResponse {
    ApiResponse::text(409, &format!("A {kind} named '{name}' already exists"))
}
