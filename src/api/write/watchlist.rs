//! Changes of watchlists and of what they set off (reference 2.10).

use serde_json::{Value, json};

use super::{ANALYST, Change, record};
use crate::api::request::Ask;
use crate::model::{ActionKind, Watchlist, WatchlistId};

/// Where watchlists live.
const PATH: &str = "/api/v1/watchlist";

/// What can be written of a watchlist.
const WRITABLE: [&str; 8] =
    ["id", "name", "description", "search_query", "index_type", "enabled", "readonly", "group_id"];

impl Change {
    /// Makes a watchlist of these members. Its `search_query` is encoded as in an address.
    pub fn new_watchlist(members: Value) -> Self {
        Self(Ask::post(PATH, "a watchlist", members)).takes("make watchlists", ANALYST)
    }

    /// Writes a watchlist back with some of its members as they are to be.
    pub fn watchlist(watchlist: &Watchlist, members: Value) -> Self {
        let id = watchlist.id;
        let body = record(watchlist.document.json(), |name| WRITABLE.contains(&name), members);
        Self(Ask::put(format!("{PATH}/{id}"), format!("watchlist {id}"), body)).takes("change watchlists", ANALYST)
    }

    /// Takes a watchlist away.
    pub fn no_watchlist(id: WatchlistId) -> Self {
        Self(Ask::delete(format!("{PATH}/{id}"), format!("watchlist {id}"))).takes("delete watchlists", ANALYST)
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
        Self(Ask::post(format!("{PATH}/{id}/action"), format!("actions of watchlist {id}"), body))
            .takes("change what watchlists set off", ANALYST)
    }

    /// Lets a watchlist set something off no longer.
    pub fn no_action(id: WatchlistId, action: u64) -> Self {
        Self(Ask::delete(format!("{PATH}/{id}/action/{action}"), format!("action {action} of watchlist {id}")))
            .takes("change what watchlists set off", ANALYST)
    }
}
