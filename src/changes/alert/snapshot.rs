//! Alerts on the server, and their description.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use crate::api::{Client, Error};
use crate::changes::snapshot::Snapshot;
use crate::model::{Alert, AlertId, AlertStatus};
use crate::text::{self, Untrusted};

/// The state of several alerts on the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertSnapshot {
    /// The alerts that exist, in the requested order.
    pub present: Vec<Arc<Alert>>,
    /// The alerts that no longer exist.
    pub missing: Vec<AlertId>,
}

impl AlertSnapshot {
    /// Reads the alerts from the server, past every cache.
    pub(super) async fn read(ids: &[AlertId], client: &Client) -> Result<Self, Error> {
        let mut by_id: HashMap<_, _> =
            client.alerts_by_id(ids).await?.into_iter().map(|alert| (alert.id.clone(), Arc::new(alert))).collect();
        let mut alerts = Self::default();
        for id in ids {
            match by_id.remove(id) {
                Some(alert) => alerts.present.push(alert),
                None => alerts.missing.push(id.clone()),
            }
        }
        Ok(alerts)
    }
}

impl Snapshot for AlertSnapshot {
    /// Returns a name for the alerts: the report or watchlist that raised them, the host of a single one, and the
    /// number of several.
    fn target_name(&self) -> Untrusted {
        let Some(first) = self.present.first() else {
            return "alert".into();
        };
        let name = alert_source(first);
        let is_same_source = self.present.iter().all(|alert| alert_source(alert) == name);
        match (self.present.len(), is_same_source) {
            (1, _) if first.host.is_empty() => name.clone(),
            (1, _) => format!("{} on {}", name.raw(), first.host.raw()).into(),
            (n, true) => format!("{n} x {}", name.raw()).into(),
            (n, false) => format!("{n} alerts").into(),
        }
    }

    fn snapshot_json(&self) -> Value {
        let alerts = self.present.iter().map(|alert| {
            json!({
                "unique_id": alert.id.0.raw(),
                "status": alert.status.server_word().raw(),
                "assigned_to": alert.assigned_to.raw(),
                "report_ignored": alert.is_report_ignored,
            })
        });
        json!({"alerts": alerts.collect::<Vec<_>>()})
    }
}

/// Returns the name of the report or watchlist that raised the alert.
pub(super) fn alert_source(alert: &Alert) -> &Untrusted {
    alert.source_name.non_empty().unwrap_or(&alert.source_id)
}

pub(super) fn describe_current(alert: &Alert) -> String {
    describe_status(&alert.status, alert.assigned_to.raw())
}

pub(super) fn describe_status(status: &AlertStatus, owner: &str) -> String {
    let status = text::make_visible(&status.server_word());
    if owner.is_empty() { status } else { format!("{status}, {}", display_owner(owner)) }
}

pub(super) fn display_id(id: &AlertId) -> String {
    /// The width of a UUID, in cells.
    const UUID: usize = 36;
    text::fit(&id.0, UUID)
}

pub(super) fn display_owner(name: &str) -> String {
    /// Maximum width of a user name, in cells.
    const USER: usize = 24;
    text::fit(&name.into(), USER)
}
