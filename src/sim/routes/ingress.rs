//! Ingress filters, which exclude events from the event store (reference 2.16).

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

/// Members that only the server sets.
const READ_ONLY: [&str; 6] =
    ["id", "hit_rate", "create_timestamp", "modify_timestamp", "create_user_id", "modify_user_id"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "ingress_whitelist", subpath @ ..] = path.as_slice() else {
        return None;
    };
    Some(match (method, subpath) {
        ("GET", []) => server.with_admin(|admin| ApiResponse::json_compact(json!(admin.filters))),
        ("POST", []) => match request.json() {
            Ok(Value::Array(body)) => create_filters(server, &body),
            _ => ApiResponse::app_error(400),
        },
        ("GET", [id]) => server.with_admin(|admin| {
            let filter = admin.filters.iter().find(|filter| admin::text_member(filter, "id") == *id);
            or_not_found(filter.map(|filter| ApiResponse::json_compact(json!(filter))))
        }),
        ("PUT", [id]) => with_object_body(request, |body| update_filter(server, id, body)),
        ("DELETE", [id]) => server.with_admin(|admin| {
            let old_len = admin.filters.len();
            admin.filters.retain(|filter| admin::text_member(filter, "id") != *id);
            or_not_found((admin.filters.len() < old_len).then(ApiResponse::success_result))
        }),
        (_, [] | [_]) => method_not_allowed(),
        _ => return None,
    })
}

/// Creates filters with ids set by the client: either all, or none if one is invalid.
fn create_filters(server: &Server, bodies: &[Value]) -> ApiResponse {
    let now = format::local_time(server.now().as_millisecond());
    server.with_admin(|admin| {
        let mut new: Vec<Record> = Vec::new();
        for body in bodies {
            let Some(filter) = body.as_object().and_then(|body| new_filter(body, &now)) else {
                return ApiResponse::app_error(400);
            };
            let id = admin::text_member(&filter, "id");
            if admin.filters.iter().chain(&new).any(|other| admin::text_member(other, "id") == id) {
                return ApiResponse::text(409, &format!("A filter '{id}' already exists"));
            }
            new.push(filter);
        }
        let ids: Vec<Value> = new.iter().map(|filter| filter["id"].clone()).collect();
        admin.filters.extend(new);
        ApiResponse::json_compact(ids.into())
    })
}

fn update_filter(server: &Server, id: &str, body: &Record) -> ApiResponse {
    let now = format::local_time(server.now().as_millisecond());
    server.with_admin(|admin| {
        let mut filters = admin.filters.iter_mut();
        let filter = filters.find(|filter| admin::text_member(filter, "id") == id);
        or_not_found(filter.map(|filter| {
            if admin::merge_known(filter, body, &READ_ONLY).is_err() {
                return ApiResponse::app_error(400);
            }
            filter.insert("modify_timestamp".into(), json!(now));
            ApiResponse::success_result()
        }))
    })
}

/// Creates a filter; `None` without a name, a description and an id of letters, digits, dashes and underscores.
fn new_filter(body: &Record, now: &str) -> Option<Record> {
    let id = admin::text_member(body, "id");
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if id.is_empty() || !id.chars().all(is_plain) {
        return None;
    }
    let mut filter = admin::default_filter(id, now);
    admin::merge_known(&mut filter, body, &READ_ONLY).ok()?;
    let is_complete = ["name", "description"].iter().all(|name| body.contains_key(*name));
    is_complete.then_some(filter)
}
