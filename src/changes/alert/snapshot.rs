//! Alerts as the server has them, and how they are told.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use crate::api::{Client, Error};
use crate::model::{Alert, AlertId, AlertStatus};
use crate::text::{self, Untrusted};

/// Alerts as the server has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertSnapshot {
    /// Those that are there, in the order they were asked for.
    pub present: Vec<Arc<Alert>>,
    /// Those that are not there any more.
    pub missing: Vec<AlertId>,
}

impl AlertSnapshot {
    /// Reads them, past every cache.
    pub(in crate::changes) async fn read(ids: &[AlertId], client: &Client) -> Result<Self, Error> {
        let found = client.alerts_by_id(ids).await?;
        let mut found: HashMap<_, _> = found.into_iter().map(|alert| (alert.id.clone(), Arc::new(alert))).collect();
        let mut alerts = Self::default();
        for id in ids {
            match found.remove(id) {
                Some(alert) => alerts.present.push(alert),
                None => alerts.missing.push(id.clone()),
            }
        }
        Ok(alerts)
    }

    /// What people call them: a single one by what raised it, several by their number.
    pub(in crate::changes) fn target_name(&self) -> Untrusted {
        let Some(first) = self.present.first() else {
            return "alert".into();
        };
        let name = alert_source(first);
        let is_one = self.present.iter().all(|alert| alert_source(alert) == name);
        match (self.present.len(), is_one) {
            (1, _) if first.host.is_empty() => name.clone(),
            (1, _) => format!("{} on {}", name.raw(), first.host.raw()).into(),
            (n, true) => format!("{n} x {}", name.raw()).into(),
            (n, false) => format!("{n} alerts").into(),
        }
    }

    /// What counts of them, for the log.
    pub(in crate::changes) fn snapshot_json(&self) -> Value {
        let here = self.present.iter().map(|alert| {
            json!({
                "unique_id": alert.id.0.raw(),
                "status": alert.status.server_word().raw(),
                "assigned_to": alert.assigned_to.raw(),
                "report_ignored": alert.is_report_ignored,
            })
        });
        json!({"alerts": here.collect::<Vec<_>>()})
    }
}

/// What raised it.
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
    /// A UUID is not cut.
    const UUID: usize = 36;
    text::fit(&id.0, UUID)
}

pub(super) fn display_owner(name: &str) -> String {
    /// Cells of the name of a user.
    const USER: usize = 24;
    text::fit(&name.into(), USER)
}
