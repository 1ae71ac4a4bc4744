//! Changes of sensor groups, users, teams and ingress filters (reference 2.7, 2.8, 2.16).

use serde_json::{Value, json};

use super::{ADMINISTRATOR, WriteRequest, updated_record};
use crate::api::request::{RequestSpec, segment};
use crate::model::{Group, IngressFilter};
use crate::text;

impl WriteRequest {
    /// Creates a sensor group.
    pub fn new_group(name: &str, site: u64) -> Self {
        let body = json!({"name": name, "site_id": site});
        Self(RequestSpec::post("/api/group", "a sensor group", body))
            .with_permission("create sensor groups", ADMINISTRATOR)
    }

    /// Updates `members` of a sensor group.
    pub fn sensor_group(group: &Group, members: Value) -> Self {
        // The server sets these itself. Which other members there are differs between servers.
        let is_writable = |name: &str| !matches!(name, "id" | "number_of_hosts");
        let id = group.id;
        Self(RequestSpec::put(
            format!("/api/group/{id}"),
            format!("sensor group {id}"),
            updated_record(group.document.json(), is_writable, members),
        ))
        .with_permission("change sensor groups", ADMINISTRATOR)
    }

    /// Updates `members` of an ingress filter. The whole record is sent back, with members that this program does not know.
    pub fn ingress_filter(filter: &IngressFilter, members: Value) -> Self {
        /// The members that the server sets itself.
        const READ_ONLY: [&str; 5] =
            ["hit_rate", "create_timestamp", "modify_timestamp", "create_user_id", "modify_user_id"];
        let id = filter.id.0.raw();
        Self(RequestSpec::put(
            format!("/api/v1/ingress_whitelist/{}", segment(id)),
            format!("ingress filter {}", text::fit(&filter.id.0, 60)),
            updated_record(filter.document.json(), |name| !READ_ONLY.contains(&name), members),
        ))
        .with_permission("change ingress filters", ADMINISTRATOR)
    }

    /// Creates a user. The body has the password, which is never shown or logged.
    pub fn new_user(body: Value) -> Self {
        Self(RequestSpec::post("/api/user", "a user", body)).with_permission("create users", ADMINISTRATOR)
    }

    /// Creates a team. Without access to a sensor group its members see nothing.
    pub fn new_team(name: &str, access: &Value) -> Self {
        let body = json!({"name": name, "group_access": access});
        Self(RequestSpec::post("/api/team", "a team", body)).with_permission("create teams", ADMINISTRATOR)
    }
}
