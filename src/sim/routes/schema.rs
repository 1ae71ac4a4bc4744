//! Validation of request bodies: servers with `ValidateApiPayloadSchema` accept writable members only (reference 7).

use serde_json::{Value, json};

use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::sensors::SensorState,
};

/// Returns the error response for a body with a read-only or unknown member; `None` if it is valid or not validated.
pub(super) fn validation_error(request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let writable = match (method, path.as_slice()) {
        ("PUT", ["api", "v1", "sensor", _]) => &SensorState::WRITABLE,
        ("POST" | "PUT", ["api", "v1", "watchlist"] | ["api", "v1", "watchlist", _]) => WATCHLIST,
        ("POST", ["api", "v1", "watchlist" | "feed", _, "action"]) => ACTION,
        ("POST" | "PUT", ["api", "v1", "feed"] | ["api", "v1", "feed", _]) => FEED,
        ("POST", ["api", "v1", "feed", _, "synchronize"]) => &["full_sync"],
        ("POST" | "PUT", ["api", "v1", "banning", ..]) => &["md5hash", "text", "enabled"],
        ("POST", ["api", "v1", "alert", _]) => &["unique_id", "status", "assigned_to"],
        ("POST", ["api", "v1", "alerts"]) => ALERTS,
        ("POST", ["api", "v1", "threat_report"]) => &["ids", "query", "updates"],
        ("POST" | "PUT", ["api", "user"] | ["api", "user", _]) => USER,
        ("POST" | "PUT", ["api", "team"] | ["api", "team", _]) => &["name", "group_access"],
        ("POST" | "PUT", ["api", "group"] | ["api", "group", _]) => {
            return unexpected_member(request, |name| !matches!(name, "id" | "number_of_hosts"));
        }
        _ => return None,
    };
    unexpected_member(request, |name| writable.contains(&name))
}

const WATCHLIST: &[&str] =
    &["id", "name", "description", "search_query", "index_type", "enabled", "readonly", "group_id"];

const ACTION: &[&str] = &["action_type", "watchlist_id", "group_id", "action_data"];

const FEED: &[&str] = &[
    "feed_url",
    "enabled",
    "manually_added",
    "local_rating",
    "order",
    "use_proxy",
    "validate_server_cert",
    "username",
    "password",
    "ssl_client_crt",
    "ssl_client_key",
];

const ALERTS: &[&str] = &["alert_ids", "query", "requested_status", "assigned_to", "set_ignored"];

const USER: &[&str] = &[
    "username",
    "first_name",
    "last_name",
    "email",
    "global_admin",
    "teams",
    "password",
    "current_password",
    "confirm_password",
];

fn unexpected_member(request: &ApiRequest, is_writable: impl Fn(&str) -> bool) -> Option<ApiResponse> {
    let Ok(Value::Object(body)) = request.json() else {
        return None;
    };
    let name = body.keys().find(|name| !is_writable(name))?;
    let reason = format!("Additional properties are not allowed ('{name}' was unexpected)");
    Some(ApiResponse::with_status(400, Some(&json!({"reason": reason}).to_string())))
}
