//! Changes of watchlists and their actions (reference 2.10).

use serde_json::{Value, json};

use super::{ANALYST, WriteRequest, updated_record};
use crate::api::request::RequestSpec;
use crate::model::{ActionKind, Watchlist, WatchlistId};

/// The path of the watchlists.
const PATH: &str = "/api/v1/watchlist";

/// The members of a watchlist that can be written.
const WRITABLE_FIELDS: [&str; 8] =
    ["id", "name", "description", "search_query", "index_type", "enabled", "readonly", "group_id"];

impl WriteRequest {
    /// Creates a watchlist with these members. Its `search_query` is form-encoded.
    pub fn new_watchlist(members: Value) -> Self {
        Self(RequestSpec::post(PATH, "a watchlist", members)).with_permission("create watchlists", ANALYST)
    }

    /// Updates `members` of a watchlist.
    pub fn watchlist(watchlist: &Watchlist, members: Value) -> Self {
        let id = watchlist.id;
        let body = updated_record(watchlist.document.json(), |name| WRITABLE_FIELDS.contains(&name), members);
        Self(RequestSpec::put(format!("{PATH}/{id}"), format!("watchlist {id}"), body))
            .with_permission("change watchlists", ANALYST)
    }

    /// Deletes a watchlist.
    pub fn delete_watchlist(id: WatchlistId) -> Self {
        Self(RequestSpec::delete(format!("{PATH}/{id}"), format!("watchlist {id}")))
            .with_permission("delete watchlists", ANALYST)
    }

    /// Adds an action to a watchlist.
    pub fn new_action(id: WatchlistId, kind: ActionKind, recipients: &[u64]) -> Self {
        // JSON inside a string, as the server's web console sends it.
        let data = (!recipients.is_empty()).then(|| json!({"email_recipients": recipients}).to_string());
        let body = json!({
            "action_type": kind.number(),
            "watchlist_id": id.0,
            "group_id": null,
            "action_data": data,
        });
        Self(RequestSpec::post(format!("{PATH}/{id}/action"), format!("actions of watchlist {id}"), body))
            .with_permission("change watchlist actions", ANALYST)
    }

    /// Deletes an action of a watchlist.
    pub fn delete_action(id: WatchlistId, action: u64) -> Self {
        Self(RequestSpec::delete(format!("{PATH}/{id}/action/{action}"), format!("action {action} of watchlist {id}")))
            .with_permission("change watchlist actions", ANALYST)
    }
}
