//! Actions of watchlists and feeds (reference 2.10, 2.11).

use serde_json::{Value, json};

use super::{
    found,
    json_body::{given, take_note, whole},
    not_allowed,
};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{
        detections::{Action, Actions, Owner},
        server::Server,
    },
};

/// Answers for the actions of something that is there, by what follows in the address.
pub(super) fn answer(server: &Server, ask: &Ask, owner: Owner, rest: &[&str]) -> Answer {
    match (ask.method.as_str(), rest) {
        ("GET", []) => {
            let listed = |actions: &mut Actions| actions.of_owner(owner).map(record).collect();
            Answer::compact(server.intel.actions(listed))
        }
        ("POST", []) => match sent(ask, owner) {
            Some((kind, data)) => {
                let add = |actions: &mut Actions| record(actions.add(owner, kind, data));
                Answer::compact(server.intel.actions(add))
            }
            None => Answer::werkzeug(400),
        },
        ("PUT", [id]) => {
            let Some((kind, data)) = sent(ask, owner) else {
                return Answer::werkzeug(400);
            };
            let changed = id.parse().ok().and_then(|id| {
                server.intel.actions(|actions| {
                    let action = actions.get_mut(owner, id)?;
                    action.kind = kind;
                    action.data = data;
                    Some(Answer::success())
                })
            });
            found(changed)
        }
        ("DELETE", [id]) => {
            let removed = id.parse().is_ok_and(|id| server.intel.actions(|actions| actions.remove(owner, id)));
            found(removed.then(Answer::success))
        }
        (_, [] | [_]) => not_allowed(),
        _ => Answer::werkzeug(404),
    }
}

/// The kind and the data of what was sent. Those of a feed must name a watchlist, which is none.
fn sent(ask: &Ask, owner: Owner) -> Option<(u64, Option<String>)> {
    const KINDS: u64 = 4;
    let Ok(Value::Object(sent)) = ask.json() else {
        return None;
    };
    let kind = given(&sent, "action_type").and_then(whole)?;
    let kind = u64::try_from(kind).ok().filter(|kind| *kind < KINDS)?;
    if matches!(owner, Owner::Feed(_)) && !sent.contains_key("watchlist_id") {
        return None;
    }
    let mut data = None;
    take_note(&sent, "action_data", &mut data).ok()?;
    Some((kind, data))
}

fn record(action: &Action) -> Value {
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
