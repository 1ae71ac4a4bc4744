//! Ingress filters: what is kept away from the store of events (reference 2.16).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found, with_object_body};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

/// What only the server writes.
const READ_ONLY: [&str; 6] =
    ["id", "hit_rate", "create_timestamp", "modify_timestamp", "create_user_id", "modify_user_id"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "ingress_whitelist", rest @ ..] = path.as_slice() else {
        return None;
    };
    Some(match (method, rest) {
        ("GET", []) => server.with_admin(|admin| ApiResponse::json_compact(json!(admin.filters))),
        ("POST", []) => match request.json() {
            Ok(Value::Array(wanted)) => create_filters(server, &wanted),
            _ => ApiResponse::app_error(400),
        },
        ("GET", [id]) => server.with_admin(|admin| {
            let filter = admin.filters.iter().find(|one| admin::text_member(one, "id") == *id);
            or_not_found(filter.map(|filter| ApiResponse::json_compact(json!(filter))))
        }),
        ("PUT", [id]) => with_object_body(request, |wanted| update_filter(server, id, wanted)),
        ("DELETE", [id]) => server.with_admin(|admin| {
            let before = admin.filters.len();
            admin.filters.retain(|one| admin::text_member(one, "id") != *id);
            or_not_found((admin.filters.len() < before).then(ApiResponse::success_result))
        }),
        (_, [] | [_]) => method_not_allowed(),
        _ => return None,
    })
}

/// Makes filters. The ids are the caller's, and all are good or none is made.
fn create_filters(server: &Server, wanted: &[Value]) -> ApiResponse {
    let now = format::local_time(server.now().as_millisecond());
    server.with_admin(|admin| {
        let mut made: Vec<Record> = Vec::new();
        for wanted in wanted {
            let Some(filter) = wanted.as_object().and_then(|wanted| new_filter(wanted, &now)) else {
                return ApiResponse::app_error(400);
            };
            let id = admin::text_member(&filter, "id");
            if admin.filters.iter().chain(&made).any(|one| admin::text_member(one, "id") == id) {
                return ApiResponse::text(409, &format!("A filter '{id}' already exists"));
            }
            made.push(filter);
        }
        let ids: Vec<Value> = made.iter().map(|filter| filter["id"].clone()).collect();
        admin.filters.extend(made);
        ApiResponse::json_compact(ids.into())
    })
}

fn update_filter(server: &Server, id: &str, wanted: &Record) -> ApiResponse {
    let now = format::local_time(server.now().as_millisecond());
    server.with_admin(|admin| {
        let mut filters = admin.filters.iter_mut();
        let filter = filters.find(|one| admin::text_member(one, "id") == id);
        or_not_found(filter.map(|filter| {
            if admin::merge_known(filter, wanted, &READ_ONLY).is_err() {
                return ApiResponse::app_error(400);
            }
            filter.insert("modify_timestamp".into(), json!(now));
            ApiResponse::success_result()
        }))
    })
}

/// A new filter; none without an id of letters, digits and dashes, a name and a description.
fn new_filter(wanted: &Record, now: &str) -> Option<Record> {
    let id = admin::text_member(wanted, "id");
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if id.is_empty() || !id.chars().all(is_plain) {
        return None;
    }
    let filter = json!({
        "id": id,
        "name": "",
        "description": "",
        "enabled": true,
        "priority": 0,
        "version": 1,
        "internal": false,
        "os_mask": 7,
        "global": true,
        "group_ids": [],
        "sensor_ids": [],
        "path_filters": [],
        "cmdline_filters": [],
        "md5_filters": [],
        "descendant_filtering_level": 0,
        "filter_all_events": true,
        "regmod_filters": [],
        "modload_filters": [],
        "filemod_filters": [],
        "non_binary_filemod_filters": [],
        "netconn_filters": [],
        "crossproc_filters": [],
        "filter_on_sensor": false,
        "filter_on_server": true,
        "track_metrics": true,
        "hit_rate": 0.0,
        "create_timestamp": now,
        "modify_timestamp": now,
        "create_user_id": 1,
        "modify_user_id": 1,
    });
    let Value::Object(mut filter) = filter else {
        return None;
    };
    admin::merge_known(&mut filter, wanted, &READ_ONLY).ok()?;
    let is_told = ["name", "description"].iter().all(|name| wanted.contains_key(*name));
    is_told.then_some(filter)
}
