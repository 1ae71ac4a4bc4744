//! Teams of console users, with their access to sensor groups (reference 2.8).

use serde_json::{Value, json};

use super::{method_not_allowed, name_conflict, or_not_found, with_object_body};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "teams"]) => server.with_admin(|admin| {
            ApiResponse::json_compact(admin.teams.records().map(|(_, team)| to_record(admin, team)).collect())
        }),
        ("POST", ["api", "team" | "teams"]) => with_object_body(request, |body| create_team(server, body)),
        ("GET", ["api", "team", id]) => server.with_admin(|admin| {
            let team = id.parse().ok().and_then(|id| admin.teams.get(id));
            or_not_found(team.map(|team| ApiResponse::json_compact(to_record(admin, team))))
        }),
        ("PUT", ["api", "team", id]) => with_object_body(request, |body| update_team(server, id, body)),
        ("DELETE", ["api", "team", id]) => server.with_admin(|admin| {
            let id = id.parse().unwrap_or(0);
            for user in &mut admin.users {
                user.teams.retain(|team| u64::from(*team) != id);
            }
            or_not_found(admin.teams.remove(id).map(|_| ApiResponse::success_result()))
        }),
        (_, ["api", "team" | "teams"] | ["api", "team", _]) => method_not_allowed(),
        _ => return None,
    })
}

/// Returns the record of a team, with the current names of its groups.
fn to_record(admin: &AdminRecords, team: &Record) -> Value {
    let mut team = team.clone();
    let access = team.get_mut("group_access").and_then(Value::as_array_mut);
    for entry in access.into_iter().flatten() {
        let group = entry["group_id"].as_u64().unwrap_or(0);
        entry["group_name"] = json!(admin.groups.name(group));
    }
    Value::Object(team)
}

fn create_team(server: &Server, body: &Record) -> ApiResponse {
    server.with_admin(|admin| match parse_team(admin, body, None) {
        // The response has no id, unlike that for a group: the official client would take it for the complete team.
        Ok(team) => {
            admin.teams.add(team);
            ApiResponse::success_result()
        }
        Err(response) => response,
    })
}

fn update_team(server: &Server, id: &str, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let id = id.parse().unwrap_or(0);
        let Some(mut merged) = admin.teams.get(id).cloned() else {
            return ApiResponse::app_error(404);
        };
        merged.extend(body.clone());
        match parse_team(admin, &merged, Some(id)) {
            Ok(team) => {
                if let Some(old) = admin.teams.get_mut(id) {
                    old.extend(team);
                }
                ApiResponse::success_result()
            }
            Err(response) => response,
        }
    })
}

/// Parses a team, which needs a unique name and existing groups; the error is the response.
fn parse_team(admin: &AdminRecords, body: &Record, id: Option<u64>) -> Result<Record, ApiResponse> {
    let name = admin::text_member(body, "name");
    if name.trim().is_empty() {
        return Err(ApiResponse::app_error(400));
    }
    if admin.teams.is_name_taken(name, id) {
        return Err(name_conflict("team", name));
    }
    let mut access = Vec::new();
    for entry in body.get("group_access").and_then(Value::as_array).into_iter().flatten() {
        let entry = entry.as_object();
        let group = entry.and_then(|entry| admin::number_member(entry, "group_id"));
        let (Some(entry), Some(group)) = (entry, group.filter(|&group| admin.has_group(group))) else {
            return Err(ApiResponse::app_error(400));
        };
        let category = admin::text_member(entry, "access_category");
        access.push(json!({"group_id": group, "access_category": category}));
    }
    Ok(Record::from_iter([("name".into(), json!(name)), ("group_access".into(), access.into())]))
}
