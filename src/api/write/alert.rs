//! Changes of alerts (reference 2.13).

use serde_json::{Map, Value, json};

use super::{ADMINISTRATOR, ANALYST, WriteRequest};
use crate::api::request::{RequestSpec, segment};
use crate::model::{AlertId, AlertStatus};

impl WriteRequest {
    /// Sets the status of an alert.
    pub fn alert(id: &AlertId, status: &AlertStatus) -> Self {
        let body = json!({"unique_id": id.0.raw(), "status": status.server_word().raw()});
        let path = format!("/api/v1/alert/{}", segment(id.0.raw()));
        Self(RequestSpec::post(path, "an alert", body)).with_permission("change alerts", ANALYST)
    }

    /// Updates alerts by their IDs, because the alerts that match a query may have changed when the server runs it.
    pub fn alerts<'a>(ids: impl IntoIterator<Item = &'a AlertId>, update: AlertUpdate<'_>) -> Self {
        let ids: Vec<_> = ids.into_iter().map(|id| id.0.raw()).collect();
        let mut body = Map::new();
        body.insert("alert_ids".into(), ids.into());
        if let Some(status) = update.status {
            body.insert("requested_status".into(), status.server_word().raw().into());
        }
        if let Some(user) = update.assigned_to {
            body.insert("assigned_to".into(), user.into());
        }
        if let Some(is_ignored) = update.is_ignored {
            body.insert("set_ignored".into(), is_ignored.into());
        }
        Self(RequestSpec::post("/api/v1/alerts", "alerts", Value::Object(body)))
            .with_permission("change several alerts at once", ADMINISTRATOR)
    }
}

/// The changes to make to alerts; `None` leaves a value unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlertUpdate<'a> {
    pub status: Option<&'a AlertStatus>,
    /// The user name of the owner.
    pub assigned_to: Option<&'a str>,
    /// Whether the threat report that raised them is ignored.
    pub is_ignored: Option<bool>,
}
