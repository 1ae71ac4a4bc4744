//! Actions of watchlists and feeds (reference 2.10, 2.11).

use serde_json::{Value, json};

use super::{
    json_body::{non_null, parse_integer, take_note},
    method_not_allowed, or_not_found,
};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        detections::{Action, Actions, Owner},
        server::Server,
    },
};

/// Answers for the actions of something that is there, by what follows in the address.
pub(super) fn handle(server: &Server, request: &ApiRequest, owner: Owner, rest: &[&str]) -> ApiResponse {
    match (request.method.as_str(), rest) {
        ("GET", []) => {
            let listed = |actions: &mut Actions| actions.of_owner(owner).map(to_record).collect();
            ApiResponse::json_compact(server.detections.with_actions(listed))
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

/// The kind and the data of what was sent. Those of a feed must name a watchlist, which is none.
fn parse_body(request: &ApiRequest, owner: Owner) -> Option<(u64, Option<String>)> {
    const KINDS: u64 = 4;
    let Ok(Value::Object(sent)) = request.json() else {
        return None;
    };
    let kind = non_null(&sent, "action_type").and_then(parse_integer)?;
    let kind = u64::try_from(kind).ok().filter(|kind| *kind < KINDS)?;
    if matches!(owner, Owner::Feed(_)) && !sent.contains_key("watchlist_id") {
        return None;
    }
    let mut data = None;
    take_note(&sent, "action_data", &mut data).ok()?;
    Some((kind, data))
}

fn to_record(action: &Action) -> Value {
    let (group, watchlist) = match action.owner {
        Owner::Watchlist(id) => (Value::Null, json!(id)),
        // The number of a feed travels as that of a group.
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
