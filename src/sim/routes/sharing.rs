//! Data sharing of sensor groups with other services (reference 2.7).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found, with_object_body};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
};

/// Writable members of an entry: the service, and what is shared.
const TEXT_FIELDS: [&str; 2] = ["who", "what"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "group", group, "datasharing", subpath @ ..] = path.as_slice() else {
        return None;
    };
    let group = group.parse().ok();
    let Some(group) = group.filter(|&group| server.with_admin(|admin| admin.has_group(group))) else {
        return Some(ApiResponse::app_error(404));
    };
    Some(match (method, subpath) {
        ("GET", []) => server.with_admin(|admin| {
            ApiResponse::json_compact(group_entries(admin, group).map(|(_, entry)| json!(entry)).collect())
        }),
        ("POST", []) => with_object_body(request, |body| create_entry(server, group, body)),
        ("GET", [id]) => server.with_admin(|admin| {
            let entry = group_entries(admin, group).find(|(entry_id, _)| entry_id.to_string() == *id);
            or_not_found(entry.map(|(_, entry)| ApiResponse::json_compact(json!(entry))))
        }),
        ("PUT", [id]) => with_object_body(request, |body| update_entry(server, group, id, body)),
        ("DELETE", [id]) => server.with_admin(|admin| {
            let id = parse_entry_id(admin, group, id);
            or_not_found(id.and_then(|id| admin.sharing.remove(id)).map(|_| ApiResponse::success_result()))
        }),
        (_, [] | [_]) => method_not_allowed(),
        _ => return None,
    })
}

fn group_entries(admin: &AdminRecords, group: u64) -> impl Iterator<Item = (u64, &Record)> {
    admin.sharing.records().filter(move |(_, entry)| admin::number_member(entry, "group_id") == Some(group))
}

/// Parses the id of an entry; `None` if the group has no such entry.
fn parse_entry_id(admin: &AdminRecords, group: u64, id: &str) -> Option<u64> {
    let id = id.parse().ok()?;
    group_entries(admin, group).any(|(entry_id, _)| entry_id == id).then_some(id)
}

fn create_entry(server: &Server, group: u64, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let mut entry = Record::from_iter([("group_id".into(), json!(group))]);
        if !write_entry(&mut entry, body) {
            return ApiResponse::app_error(400);
        }
        if is_duplicate(admin, group, None, &entry) {
            return ApiResponse::text(409, "That is shared already");
        }
        ApiResponse::json_compact(json!({"id": admin.sharing.add(entry)}))
    })
}

fn update_entry(server: &Server, group: u64, id: &str, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let Some(id) = parse_entry_id(admin, group, id) else {
            return ApiResponse::app_error(404);
        };
        let mut entry = admin.sharing.get(id).cloned().unwrap_or_default();
        if !write_entry(&mut entry, body) {
            return ApiResponse::app_error(400);
        }
        if is_duplicate(admin, group, Some(id), &entry) {
            return ApiResponse::text(409, "That is shared already");
        }
        if let Some(old) = admin.sharing.get_mut(id) {
            *old = entry;
        }
        ApiResponse::success_result()
    })
}

/// Whether the group has an equal entry with an id other than `id`.
fn is_duplicate(admin: &AdminRecords, group: u64, id: Option<u64>, entry: &Record) -> bool {
    let is_equal = |other: &Record| TEXT_FIELDS.iter().all(|name| other.get(*name) == entry.get(*name));
    group_entries(admin, group).any(|(entry_id, other)| Some(entry_id) != id && is_equal(other))
}

/// Applies the members of a body; returns `false` if one is then missing or no text.
fn write_entry(entry: &mut Record, body: &Record) -> bool {
    for name in TEXT_FIELDS {
        if let Some(value) = body.get(name) {
            entry.insert(name.into(), value.clone());
        }
    }
    let has_text = |name: &&str| entry.get(*name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    TEXT_FIELDS.iter().all(has_text)
}
