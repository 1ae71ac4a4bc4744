//! Sites, a single one of which is sent as an array of one, and their throttles (reference 2.7).

use serde_json::{Value, json};

use super::{method_not_allowed, name_conflict, or_not_found, with_object_body};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "site"]) => server.with_admin(|admin| {
            ApiResponse::json_compact(admin.sites.records().map(|(_, site)| Value::Object(site.clone())).collect())
        }),
        ("POST", ["api", "site"]) => with_object_body(request, |body| create_site(server, body)),
        ("GET", ["api", "site", id]) => server.with_admin(|admin| {
            let site = id.parse().ok().and_then(|id| admin.sites.get(id));
            or_not_found(site.map(|site| ApiResponse::json_compact(json!([site]))))
        }),
        ("PUT", ["api", "site", id]) => with_object_body(request, |body| update_site(server, id, body)),
        ("DELETE", ["api", "site", id]) => delete_site(server, id),
        ("GET", ["api", "throttle"]) => server.with_admin(|admin| {
            ApiResponse::json_compact(admin.throttles.records().map(|(_, rule)| Value::Object(rule.clone())).collect())
        }),
        ("GET", ["api", "throttle", id]) => server.with_admin(|admin| {
            let rule = id.parse().ok().and_then(|id| admin.throttles.get(id));
            or_not_found(rule.map(|rule| ApiResponse::json_compact(json!(rule))))
        }),
        (_, ["api", "site" | "throttle"] | ["api", "site" | "throttle", _]) => method_not_allowed(),
        _ => return None,
    })
}

fn create_site(server: &Server, body: &Record) -> ApiResponse {
    let name = admin::text_member(body, "name");
    server.with_admin(|admin| {
        if name.trim().is_empty() {
            return ApiResponse::app_error(400);
        }
        if admin.sites.is_name_taken(name, None) {
            return name_conflict("site", name);
        }
        let site = Record::from_iter([("name".into(), json!(name))]);
        ApiResponse::json_compact(json!({"id": admin.sites.add(site)}))
    })
}

fn update_site(server: &Server, id: &str, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let id = id.parse().unwrap_or(0);
        let Some(mut site) = admin.sites.get(id).cloned() else {
            return ApiResponse::app_error(404);
        };
        if admin::merge_known(&mut site, body, &["id"]).is_err() {
            return ApiResponse::app_error(400);
        }
        let name = admin::text_member(&site, "name");
        if name.trim().is_empty() {
            return ApiResponse::app_error(400);
        }
        if admin.sites.is_name_taken(name, Some(id)) {
            return name_conflict("site", name);
        }
        if let Some(old) = admin.sites.get_mut(id) {
            *old = site;
        }
        ApiResponse::success_result()
    })
}

fn delete_site(server: &Server, id: &str) -> ApiResponse {
    server.with_admin(|admin| {
        let id = id.parse().unwrap_or(0);
        let mut groups = admin.groups.records();
        if id == admin::DEFAULT_ID || groups.any(|(_, group)| group["site_id"].as_u64() == Some(id)) {
            return ApiResponse::text(409, "The site is in use");
        }
        drop(groups);
        or_not_found(admin.sites.remove(id).map(|_| ApiResponse::success_result()))
    })
}
