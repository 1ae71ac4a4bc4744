//! Changes of alerts (reference 2.13).

use serde_json::{Map, Value, json};

use super::{ADMINISTRATOR, ANALYST, WriteRequest};
use crate::api::request::{RequestSpec, segment};
use crate::model::{AlertId, AlertStatus};

impl WriteRequest {
    /// Sets the status of one alert.
    pub fn alert(id: &AlertId, status: &AlertStatus) -> Self {
        let body = json!({"unique_id": id.0.raw(), "status": status.server_word().raw()});
        let path = format!("/api/v1/alert/{}", segment(id.0.raw()));
        Self(RequestSpec::post(path, "an alert", body)).with_permission("change alerts", ANALYST)
    }

    /// Changes alerts, by their ids: a query would be another set by the time the server has read it.
    pub fn alerts<'a>(ids: impl IntoIterator<Item = &'a AlertId>, to: AlertUpdate<'_>) -> Self {
        let ids: Vec<_> = ids.into_iter().map(|id| id.0.raw()).collect();
        let mut body = Map::new();
        body.insert("alert_ids".into(), ids.into());
        if let Some(status) = to.status {
            body.insert("requested_status".into(), status.server_word().raw().into());
        }
        if let Some(user) = to.assigned_to {
            body.insert("assigned_to".into(), user.into());
        }
        if let Some(is_ignored) = to.is_ignored {
            body.insert("set_ignored".into(), is_ignored.into());
        }
        let change = Self(RequestSpec::post("/api/v1/alerts", "alerts", Value::Object(body)));
        change.with_permission("change several alerts at once", ADMINISTRATOR)
    }
}

/// What alerts are to have; what is not named stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlertUpdate<'a> {
    /// Their status.
    pub status: Option<&'a AlertStatus>,
    /// Their owner, by the name of the user.
    pub assigned_to: Option<&'a str>,
    /// Whether the report behind them is ignored.
    pub is_ignored: Option<bool>,
}
