//! Actions of watchlists and feeds (reference 2.10, 2.11).

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found};
use crate::sim::http::json_body::{non_null, parse_integer, take_optional_text};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        detections::{Action, Actions, Owner},
        server::Server,
    },
};

/// Handles the routes below `action` of an existing watchlist or feed; `subpath` is the path after it.
pub(super) fn handle(server: &Server, request: &ApiRequest, owner: Owner, subpath: &[&str]) -> ApiResponse {
    match (request.method.as_str(), subpath) {
        ("GET", []) => {
            let list = |actions: &mut Actions| actions.of_owner(owner).map(to_record).collect();
            ApiResponse::json_compact(server.detections.with_actions(list))
        }
        ("POST", []) => match parse_body(request, owner) {
            Some((kind, data)) => {
                let add = |actions: &mut Actions| to_record(actions.add(owner, kind, data));
                ApiResponse::json_compact(server.detections.with_actions(add))
            }
            None => ApiResponse::app_error(400),
        },
        ("PUT", [id]) => {
            let Some((kind, data)) = parse_body(request, owner) else {
                return ApiResponse::app_error(400);
            };
            let changed = id.parse().ok().and_then(|id| {
                server.detections.with_actions(|actions| {
                    let action = actions.get_mut(owner, id)?;
                    action.kind = kind;
                    action.data = data;
                    Some(ApiResponse::success_result())
                })
            });
            or_not_found(changed)
        }
        ("DELETE", [id]) => {
            let removed =
                id.parse().is_ok_and(|id| server.detections.with_actions(|actions| actions.remove(owner, id)));
            or_not_found(removed.then(ApiResponse::success_result))
        }
        (_, [] | [_]) => method_not_allowed(),
        _ => ApiResponse::app_error(404),
    }
}

/// Parses type and data of an action; `None` if the body is invalid. For a feed, the body must have a `watchlist_id`,
/// whose value is ignored.
fn parse_body(request: &ApiRequest, owner: Owner) -> Option<(u64, Option<String>)> {
    const KINDS: u64 = 4;
    let Ok(Value::Object(body)) = request.json() else {
        return None;
    };
    let kind = non_null(&body, "action_type").and_then(parse_integer)?;
    let kind = u64::try_from(kind).ok().filter(|kind| *kind < KINDS)?;
    if matches!(owner, Owner::Feed(_)) && !body.contains_key("watchlist_id") {
        return None;
    }
    let mut data = None;
    take_optional_text(&body, "action_data", &mut data).ok()?;
    Some((kind, data))
}

fn to_record(action: &Action) -> Value {
    let (group, watchlist) = match action.owner {
        Owner::Watchlist(id) => (Value::Null, json!(id)),
        // The feed id is sent as the group id.
        Owner::Feed(id) => (json!(id), json!(-1)),
    };
    json!({
        "id": action.id,
        "action_type": action.kind,
        "watchlist_id": watchlist,
        "group_id": group,
        "action_data": action.data,
    })
}
