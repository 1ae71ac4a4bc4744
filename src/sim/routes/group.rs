//! Sensor groups; a single one is sent as an array of one (reference 2.7).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{method_not_allowed, name_conflict, or_not_found, with_object_body};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
};

/// Members that are constant, derived, or written separately.
const READ_ONLY: [&str; 4] = ["id", "number_of_hosts", "team_access", "isolation_exclusions"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let subpath = match path.as_slice() {
        ["api", "group", subpath @ ..] => subpath,
        ["api", "v1" | "v3", "group", subpath @ ..] if subpath.len() < 2 => subpath,
        _ => return None,
    };
    Some(match (method, subpath) {
        ("GET", []) => server.with_admin(|admin| {
            let hosts = count_hosts(server);
            ApiResponse::json_compact(
                admin.groups.records().map(|(id, _)| to_record(server, admin, id, &hosts)).collect(),
            )
        }),
        ("POST", []) => with_object_body(request, |body| create_group(server, body)),
        ("GET", [id]) => server.with_admin(|admin| {
            let id = id.parse().ok().filter(|&id| admin.has_group(id));
            or_not_found(
                id.map(|id| ApiResponse::json_compact(json!([to_record(server, admin, id, &count_hosts(server))]))),
            )
        }),
        ("PUT", [id]) => with_object_body(request, |body| update_group(server, id, body)),
        ("DELETE", [id]) => delete_group(server, id),
        (_, [] | [_]) => method_not_allowed(),
        _ => return None,
    })
}

/// Returns the number of sensors of each group.
pub(super) fn count_hosts(server: &Server) -> BTreeMap<u64, u64> {
    server.with_sensors(|sensors| {
        let mut counts = BTreeMap::new();
        for host in &server.world.fleet.hosts {
            *counts.entry(u64::from(sensors.group_of(host))).or_default() += 1;
        }
        counts
    })
}

fn to_record(server: &Server, admin: &AdminRecords, id: u64, hosts: &BTreeMap<u64, u64>) -> Value {
    let mut record = admin.groups.get(id).cloned().unwrap_or_default();
    for name in admin::unsupported_fields(&server.version) {
        record.remove(*name);
    }
    let access: Vec<Value> = admin
        .teams
        .records()
        .filter_map(|(team_id, team)| {
            let entry = access_of(team, id)?;
            Some(json!({
                "team_id": team_id,
                "team_name": admin.teams.name(team_id),
                "access_category": admin::text_member(entry, "access_category"),
            }))
        })
        .collect();
    record.insert("team_access".into(), access.into());
    let hosts = hosts.get(&id).copied().unwrap_or_default();
    record.insert("number_of_hosts".into(), json!(hosts));
    Value::Object(record)
}

/// Returns the entry of a group in the access list of a team.
fn access_of(team: &Record, group: u64) -> Option<&Record> {
    let entries = team.get("group_access")?.as_array()?.iter();
    entries.filter_map(Value::as_object).find(|entry| admin::number_member(entry, "group_id") == Some(group))
}

fn create_group(server: &Server, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let mut group = admin::default_group();
        match write_group(server, admin, &mut group, None, body) {
            Ok(()) => {
                let id = admin.groups.add(group);
                set_exclusions(server, admin, id, body);
                set_team_access(admin, id, body);
                ApiResponse::json_compact(json!({"id": id}))
            }
            Err(response) => response,
        }
    })
}

/// Changes a group; the body is a complete record or a part of one.
fn update_group(server: &Server, id: &str, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let id = id.parse().unwrap_or(0);
        let Some(mut group) = admin.groups.get(id).cloned() else {
            return ApiResponse::app_error(404);
        };
        if let Err(response) = write_group(server, admin, &mut group, Some(id), body) {
            return response;
        }
        if let Some(old) = admin.groups.get_mut(id) {
            *old = group;
        }
        set_exclusions(server, admin, id, body);
        set_team_access(admin, id, body);
        ApiResponse::success_result()
    })
}

fn write_group(
    server: &Server,
    admin: &AdminRecords,
    group: &mut Record,
    id: Option<u64>,
    body: &Record,
) -> Result<(), ApiResponse> {
    let mut fixed = READ_ONLY.to_vec();
    fixed.extend(admin::unsupported_fields(&server.version));
    if admin::merge_known(group, body, &fixed).is_err() {
        return Err(ApiResponse::app_error(400));
    }
    let name = admin::text_member(group, "name");
    let site = admin::number_member(group, "site_id").and_then(|site| admin.sites.get(site));
    if name.trim().is_empty() || site.is_none() {
        return Err(ApiResponse::app_error(400));
    }
    if admin.groups.is_name_taken(name, id) {
        return Err(name_conflict("sensor group", name));
    }
    Ok(())
}

/// Sets the addresses that isolated hosts of the group may still connect to. Entries without an id are new.
fn set_exclusions(server: &Server, admin: &mut AdminRecords, id: u64, body: &Record) {
    let Some(entries) = body.get("isolation_exclusions").and_then(Value::as_array) else {
        return;
    };
    let now = format::local_time(server.now().as_millisecond());
    let existing = |(_, group): (u64, &Record)| group["isolation_exclusions"].as_array().cloned();
    let existing = admin.groups.records().filter_map(existing).flatten();
    let mut last_id = existing.filter_map(|entry| entry["id"].as_u64()).max();
    let complete = |entry: &Value| {
        let mut entry = entry.as_object()?.clone();
        if admin::number_member(&entry, "id").is_none() {
            last_id = Some(last_id.unwrap_or(0) + 1);
            entry.insert("id".into(), json!(last_id));
            entry.insert("group_id".into(), json!(id));
            entry.insert("uploader_id".into(), json!(1));
            entry.insert("uploader_username".into(), json!("admin"));
            entry.insert("added_time".into(), json!(now));
            entry.insert("changed_time".into(), json!(now));
        }
        Some(Value::Object(entry))
    };
    let entries: Vec<Value> = entries.iter().filter_map(complete).collect();
    if let Some(group) = admin.groups.get_mut(id) {
        group.insert("isolation_exclusions".into(), entries.into());
    }
}

/// Sets the access of teams to a group, which is stored in the team records.
fn set_team_access(admin: &mut AdminRecords, id: u64, body: &Record) {
    let Some(entries) = body.get("team_access").and_then(Value::as_array) else {
        return;
    };
    for (team, record) in admin.teams.records_mut() {
        let entry = entries
            .iter()
            .filter_map(Value::as_object)
            .find(|entry| admin::number_member(entry, "team_id") == Some(team));
        if let Some(Value::Array(access)) = record.get_mut("group_access") {
            access.retain(|entry| entry["group_id"].as_u64() != Some(id));
            access.extend(
                entry.map(
                    |entry| json!({"group_id": id, "access_category": admin::text_member(entry, "access_category")}),
                ),
            );
        }
    }
}

/// Deletes a group and moves its sensors to the default group.
fn delete_group(server: &Server, id: &str) -> ApiResponse {
    let id: u64 = id.parse().unwrap_or(0);
    if id == admin::DEFAULT_ID {
        return ApiResponse::text(409, "The default group cannot be deleted");
    }
    server.with_admin(|admin| {
        if admin.groups.remove(id).is_none() {
            return ApiResponse::app_error(404);
        }
        set_team_access(admin, id, &Record::from_iter([("team_access".into(), json!([]))]));
        server.with_sensors(|sensors| {
            for host in &server.world.fleet.hosts {
                if u64::from(sensors.group_of(host)) == id {
                    sensors.request_change(host, server.options.checkin, |sensor| sensor.group = 1);
                }
            }
        });
        ApiResponse::success_result()
    })
}
