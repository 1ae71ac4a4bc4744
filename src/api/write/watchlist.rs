//! Changes of watchlists and of what they set off (reference 2.10).

use serde_json::{Value, json};

use super::{ANALYST, WriteRequest, record};
use crate::api::request::RequestSpec;
use crate::model::{ActionKind, Watchlist, WatchlistId};

/// Where watchlists live.
const PATH: &str = "/api/v1/watchlist";

/// What can be written of a watchlist.
const WRITABLE_FIELDS: [&str; 8] =
    ["id", "name", "description", "search_query", "index_type", "enabled", "readonly", "group_id"];

impl WriteRequest {
    /// Makes a watchlist of these members. Its `search_query` is encoded as in an address.
    pub fn new_watchlist(members: Value) -> Self {
        Self(RequestSpec::post(PATH, "a watchlist", members)).with_permission("make watchlists", ANALYST)
    }

    /// Writes a watchlist back with some of its members as they are to be.
    pub fn watchlist(watchlist: &Watchlist, members: Value) -> Self {
        let id = watchlist.id;
        let body = record(watchlist.document.json(), |name| WRITABLE_FIELDS.contains(&name), members);
        Self(RequestSpec::put(format!("{PATH}/{id}"), format!("watchlist {id}"), body))
            .with_permission("change watchlists", ANALYST)
    }

    /// Takes a watchlist away.
    pub fn delete_watchlist(id: WatchlistId) -> Self {
        Self(RequestSpec::delete(format!("{PATH}/{id}"), format!("watchlist {id}")))
            .with_permission("delete watchlists", ANALYST)
    }

    /// Lets a watchlist set something off.
    pub fn new_action(id: WatchlistId, kind: ActionKind, recipients: &[u64]) -> Self {
        // JSON inside a string, as the server's own console sends it.
        let data = (!recipients.is_empty()).then(|| json!({"email_recipients": recipients}).to_string());
        let body = json!({
            "action_type": kind.number(),
            "watchlist_id": id.0,
            "group_id": null,
            "action_data": data,
        });
        Self(RequestSpec::post(format!("{PATH}/{id}/action"), format!("actions of watchlist {id}"), body))
            .with_permission("change what watchlists set off", ANALYST)
    }

    /// Lets a watchlist set something off no longer.
    pub fn delete_action(id: WatchlistId, action: u64) -> Self {
        Self(RequestSpec::delete(format!("{PATH}/{id}/action/{action}"), format!("action {action} of watchlist {id}")))
            .with_permission("change what watchlists set off", ANALYST)
    }
}
