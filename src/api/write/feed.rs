//! Changes of feeds and of threat reports (reference 2.11, 2.12).

use serde_json::{Map, Value, json};

use super::{ADMINISTRATOR, ANALYST, WriteRequest, updated_record};
use crate::api::request::RequestSpec;
use crate::model::{Feed, FeedId, ReportId};

/// The path of the feeds.
const PATH: &str = "/api/v1/feed";

/// The members of a feed that can be written.
const WRITABLE_FIELDS: [&str; 11] = [
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

impl WriteRequest {
    /// Adds a feed, whose address the server reads immediately. `members` are `feed_url` and `enabled`.
    pub fn new_feed(members: Value) -> Self {
        let defaults = json!({
            "manually_added": true,
            "validate_server_cert": false,
            "use_proxy": false,
            "username": null,
            "password": null,
            "ssl_client_crt": null,
            "ssl_client_key": null,
        });
        let body = updated_record(&defaults.to_string(), |_| true, members);
        Self(RequestSpec::post(PATH, "a feed", body)).with_permission("add feeds", ADMINISTRATOR)
    }

    /// Updates `members` of a feed. All writable members are sent back, with their secrets.
    pub fn feed(feed: &Feed, members: Value) -> Self {
        let id = feed.id;
        let body = updated_record(feed.full_record.reveal(), |name| WRITABLE_FIELDS.contains(&name), members);
        Self(RequestSpec::put(format!("{PATH}/{id}"), format!("feed {id}"), body))
            .with_permission("change feeds", ADMINISTRATOR)
    }

    /// Requests that the server reads all reports of a feed again.
    pub fn synchronize(id: FeedId) -> Self {
        Self(RequestSpec::post(format!("{PATH}/{id}/synchronize"), format!("feed {id}"), json!({"full_sync": true})))
            .with_permission("resync feeds", ADMINISTRATOR)
    }

    /// Deletes a feed and its reports.
    pub fn delete_feed(id: FeedId) -> Self {
        Self(RequestSpec::delete(format!("{PATH}/{id}"), format!("feed {id}")))
            .with_permission("delete feeds", ADMINISTRATOR)
    }

    /// Updates `members` of a threat report: one that is ignored raises no alerts.
    pub fn report(id: &ReportId, members: &Value) -> Self {
        let ids = Map::from_iter([(id.feed.to_string(), json!([id.id.raw()]))]);
        let body = json!({"ids": Value::Object(ids), "updates": members});
        Self(RequestSpec::post("/api/v1/threat_report", "threat reports", body))
            .with_permission("ignore or restore threat reports", ANALYST)
    }
}
