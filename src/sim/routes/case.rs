//! Investigations, and the events tagged for them (reference 2.14).

use serde_json::{Map, Value, json};

use super::{method_not_allowed, or_not_found, with_object_body};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
};

/// Members that only the server sets.
const READ_ONLY: [&str; 5] = ["id", "event_id", "investigation_id", "date_tagged", "tagged_by_user_id"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "investigations"]) => server.with_admin(|admin| {
            ApiResponse::json_compact(admin.investigations.records().map(|(_, case)| json!(case)).collect())
        }),
        // Here `id` is that of the investigation, in all other routes that of the event.
        ("GET", ["api", "tagged_event", id]) => server.with_admin(|admin| {
            let id = id.parse().ok();
            let id = id.filter(|&id| admin.investigations.get(id).is_some());
            or_not_found(id.map(|id| list_tags(admin, |tag| admin::number_member(tag, "investigation_id") == Some(id))))
        }),
        ("GET", ["api", "tagged_events", process]) => server.with_admin(|admin| {
            list_tags(admin, |tag| {
                admin::text_member(tag, "unique_id").starts_with(process)
                    || admin::text_member(tag, "process_id") == *process
            })
        }),
        ("POST", ["api", "tagged_event"]) => with_object_body(request, |body| create_tag(server, body)),
        ("PUT", ["api", "tagged_event", id]) => with_object_body(request, |body| {
            server.with_admin(|admin| {
                let tag = id.parse().ok().and_then(|id| admin.tags.get_mut(id));
                or_not_found(tag.map(|tag| match admin::merge_known(tag, body, &READ_ONLY) {
                    Ok(()) => ApiResponse::success_result(),
                    Err(_) => ApiResponse::app_error(400),
                }))
            })
        }),
        ("DELETE", ["api", "tagged_event", id]) => server.with_admin(|admin| {
            let tag = id.parse().ok().and_then(|id| admin.tags.remove(id));
            or_not_found(tag.map(|_| ApiResponse::success_result()))
        }),
        (_, ["api", "investigations" | "tagged_event"] | ["api", "tagged_event" | "tagged_events", _]) => {
            method_not_allowed()
        }
        _ => return None,
    })
}

fn list_tags(admin: &AdminRecords, is_listed: impl Fn(&Record) -> bool) -> ApiResponse {
    let tags = admin.tags.records().filter(|(_, tag)| is_listed(tag));
    ApiResponse::json_compact(tags.map(|(_, tag)| json!(tag)).collect())
}

fn create_tag(server: &Server, body: &Record) -> ApiResponse {
    let now = format::local_time(server.now().as_millisecond());
    let tag = json!({
        "event_type": "",
        "event_data": {},
        "unique_id": "",
        "process_id": "",
        "segment_id": 0,
        "start_date": now,
        "notes": "",
        "date_tagged": now,
        "tagged_by_user_id": "1",
    });
    let Value::Object(mut tag) = tag else {
        return ApiResponse::app_error(400);
    };
    server.with_admin(|admin| {
        let case = admin::number_member(body, "investigation_id");
        let Some((id, case)) = case.and_then(|id| Some((id, admin.investigations.get_mut(id)?))) else {
            return ApiResponse::app_error(400);
        };
        if admin::merge_known(&mut tag, body, &READ_ONLY).is_err() {
            return ApiResponse::app_error(400);
        }
        case.insert("last_updated".into(), json!(now));
        tag.insert("investigation_id".into(), json!(id));
        let id = admin.tags.add(tag);
        if let Some(tag) = admin.tags.get_mut(id) {
            tag.insert("event_id".into(), json!(id));
        }
        ApiResponse::json_compact(json!({"id": id}))
    })
}

/// Returns the investigations of every tagged process, which each process search includes.
pub(super) fn tagged_processes(server: &Server) -> Value {
    server.with_admin(|admin| {
        let mut tagged: Map<String, Value> = Map::new();
        for (_, tag) in admin.tags.records() {
            let process = admin::text_member(tag, "unique_id");
            let case = admin::number_member(tag, "investigation_id").unwrap_or(0);
            if process.is_empty() {
                continue;
            }
            let entry = tagged.entry(process).or_insert_with(|| json!([]));
            if let Some(entry) = entry.as_array_mut() {
                entry.push(json!({"name": admin.investigations.name(case), "id": case}));
            }
        }
        Value::Object(tagged)
    })
}
