//! Changes of sensor groups, users and teams (reference 2.7, 2.8).

use serde_json::{Value, json};

use super::{ADMINISTRATOR, WriteRequest, record};
use crate::api::request::RequestSpec;
use crate::model::Group;

impl WriteRequest {
    /// Makes a sensor group.
    pub fn new_group(name: &str, site: u64) -> Self {
        let body = json!({"name": name, "site_id": site});
        let change = Self(RequestSpec::post("/api/group", "a sensor group", body));
        change.with_permission("make sensor groups", ADMINISTRATOR)
    }

    /// Writes a sensor group back with some of its members as they are to be.
    pub fn sensor_group(group: &Group, members: Value) -> Self {
        // What follows from elsewhere. The other members differ from server to server.
        let is_writable = |name: &str| !matches!(name, "id" | "number_of_hosts");
        let id = group.id;
        Self(RequestSpec::put(
            format!("/api/group/{id}"),
            format!("sensor group {id}"),
            record(group.document.json(), is_writable, members),
        ))
        .with_permission("change sensor groups", ADMINISTRATOR)
    }

    /// Makes a user. The body has the password, which is never told.
    pub fn new_user(body: Value) -> Self {
        Self(RequestSpec::post("/api/user", "a user", body)).with_permission("make users", ADMINISTRATOR)
    }

    /// Makes a team. Without access to a group its members see nothing.
    pub fn new_team(name: &str, access: &Value) -> Self {
        let body = json!({"name": name, "group_access": access});
        Self(RequestSpec::post("/api/team", "a team", body)).with_permission("make teams", ADMINISTRATOR)
    }
}
