//! With whom a group's sensors share what they see (reference 2.7).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found, with_object_body};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
};

/// What can be said of an entry.
const TEXT_FIELDS: [&str; 2] = ["who", "what"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "group", group, "datasharing", rest @ ..] = path.as_slice() else {
        return None;
    };
    let group = group.parse().ok();
    let Some(group) = group.filter(|&group| server.with_admin(|admin| admin.has_group(group))) else {
        return Some(ApiResponse::app_error(404));
    };
    Some(match (method, rest) {
        ("GET", []) => server.with_admin(|admin| {
            let all = group_entries(admin, group).map(|(_, entry)| json!(entry));
            ApiResponse::json_compact(all.collect())
        }),
        ("POST", []) => with_object_body(request, |wanted| create_entry(server, group, wanted)),
        ("GET", [id]) => server.with_admin(|admin| {
            let mut all = group_entries(admin, group);
            let entry = all.find(|(known, _)| known.to_string() == *id);
            or_not_found(entry.map(|(_, entry)| ApiResponse::json_compact(json!(entry))))
        }),
        ("PUT", [id]) => with_object_body(request, |wanted| update_entry(server, group, id, wanted)),
        ("DELETE", [id]) => server.with_admin(|admin| {
            let id = parse_entry_id(admin, group, id);
            or_not_found(id.and_then(|id| admin.sharing.remove(id)).map(|_| ApiResponse::success_result()))
        }),
        (_, [] | [_]) => method_not_allowed(),
        _ => return None,
    })
}

fn group_entries(admin: &AdminRecords, group: u64) -> impl Iterator<Item = (u64, &Record)> {
    let all = admin.sharing.records();
    all.filter(move |(_, entry)| admin::number_member(entry, "group_id") == Some(group))
}

/// The number of an entry, if it is one of the group.
fn parse_entry_id(admin: &AdminRecords, group: u64, id: &str) -> Option<u64> {
    let id = id.parse().ok()?;
    group_entries(admin, group).any(|(known, _)| known == id).then_some(id)
}

fn create_entry(server: &Server, group: u64, wanted: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let mut entry = Record::from_iter([("group_id".into(), json!(group))]);
        if !write_entry(&mut entry, wanted) {
            return ApiResponse::app_error(400);
        }
        if is_duplicate(admin, group, None, &entry) {
            return ApiResponse::text(409, "That is shared already");
        }
        ApiResponse::json_compact(json!({"id": admin.sharing.add(entry)}))
    })
}

fn update_entry(server: &Server, group: u64, id: &str, wanted: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let Some(id) = parse_entry_id(admin, group, id) else {
            return ApiResponse::app_error(404);
        };
        let mut entry = admin.sharing.get(id).cloned().unwrap_or_default();
        if !write_entry(&mut entry, wanted) {
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

/// Whether the group shares the same with the same under another number.
fn is_duplicate(admin: &AdminRecords, group: u64, id: Option<u64>, entry: &Record) -> bool {
    let is_same = |other: &Record| TEXT_FIELDS.iter().all(|name| other.get(*name) == entry.get(*name));
    group_entries(admin, group).any(|(known, other)| Some(known) != id && is_same(other))
}

/// Takes over what is said; false if something is missing or is no text.
fn write_entry(entry: &mut Record, wanted: &Record) -> bool {
    for name in TEXT_FIELDS {
        if let Some(value) = wanted.get(name) {
            entry.insert(name.into(), value.clone());
        }
    }
    let is_said = |name: &&str| entry.get(*name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    TEXT_FIELDS.iter().all(is_said)
}
