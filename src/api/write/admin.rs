//! Changes of sensor groups, users and teams (reference 2.7, 2.8).

use serde_json::{Value, json};

use super::{ADMINISTRATOR, WriteRequest, updated_record};
use crate::api::request::RequestSpec;
use crate::model::Group;

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
