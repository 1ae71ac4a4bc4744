//! Restoring the previous state of alerts.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AlertChange, Disposition, PreviousAlert};
use crate::api::{AlertUpdate, WriteRequest};
use crate::model::{Alert, AlertId, AlertStatus};

/// The previous states of several alerts, one per alert; sorted by ID, since there may be many and each is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<PreviousAlert>")]
pub struct PreviousAlerts(Arc<[PreviousAlert]>);

impl FromIterator<PreviousAlert> for PreviousAlerts {
    fn from_iter<I: IntoIterator<Item = PreviousAlert>>(each: I) -> Self {
        let mut each: Vec<_> = each.into_iter().collect();
        each.sort_by(|a, b| a.id.cmp(&b.id));
        each.dedup_by(|a, b| a.id == b.id);
        Self(each.into())
    }
}

impl From<Vec<PreviousAlert>> for PreviousAlerts {
    fn from(each: Vec<PreviousAlert>) -> Self {
        each.into_iter().collect()
    }
}

impl PreviousAlerts {
    /// Returns the previous states, in the order of their IDs.
    pub fn iter(&self) -> impl Iterator<Item = &PreviousAlert> {
        self.0.iter()
    }

    /// Returns the previous state of an alert.
    pub(super) fn get(&self, id: &AlertId) -> Option<&PreviousAlert> {
        let index = self.0.binary_search_by(|was| was.id.cmp(id)).ok()?;
        self.0.get(index)
    }
}

/// Returns the change that undoes `change`: it restores the status and owner that the log has as `before`, and
/// unignores reports.
pub(super) fn inverse(before: &Value, change: &AlertChange) -> Option<AlertChange> {
    let was_ignored = change.desired == Disposition::Ignored;
    let alerts = before.get("alerts")?.as_array()?.iter().filter_map(|alert| {
        let previous = read_previous_alert(alert)?;
        let is_restored = alert.get("is_heard_again").is_none()
            && was_ignored
            && alert.get("report_ignored") == Some(&Value::Bool(false));
        Some(PreviousAlert { report_restored: previous.report_restored || is_restored, ..previous })
    });
    let changed: HashSet<_> = change.alerts.iter().collect();
    let alerts: Vec<_> = alerts.filter(|before| changed.contains(&before.id)).collect();
    (!alerts.is_empty()).then(|| AlertChange {
        alerts: alerts.iter().map(|before| before.id.clone()).collect(),
        desired: Disposition::Previous(alerts.into_iter().collect()),
    })
}

/// Reads the previous state of an alert from the audit log.
pub(in crate::changes) fn read_previous_alert(alert: &Value) -> Option<PreviousAlert> {
    let text = |name: &str| alert.get(name).and_then(Value::as_str);
    Some(PreviousAlert {
        id: AlertId(text("unique_id")?.into()),
        status: AlertStatus::parse(&text("status")?.into()),
        assigned_to: text("assigned_to").unwrap_or_default().to_owned(),
        report_restored: alert.get("is_heard_again").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// Returns the requests: one for all alerts that had one state.
pub(super) fn write_requests(before: &PreviousAlerts, open: &[&Arc<Alert>]) -> Vec<WriteRequest> {
    let mut groups: Vec<(&PreviousAlert, Vec<&AlertId>)> = Vec::new();
    for previous in open.iter().filter_map(|alert| before.get(&alert.id)) {
        let is_same_state = |other: &PreviousAlert| {
            (&other.status, &other.assigned_to, other.report_restored)
                == (&previous.status, &previous.assigned_to, previous.report_restored)
        };
        match groups.iter_mut().find(|(other, _)| is_same_state(other)) {
            Some((_, ids)) => ids.push(&previous.id),
            None => groups.push((previous, vec![&previous.id])),
        }
    }
    let to_request = |(previous, ids): (&PreviousAlert, Vec<&AlertId>)| {
        let update = AlertUpdate {
            status: Some(&previous.status),
            assigned_to: (!previous.assigned_to.is_empty()).then_some(&*previous.assigned_to),
            is_ignored: previous.report_restored.then_some(false),
        };
        WriteRequest::alerts(ids, update)
    };
    groups.into_iter().map(to_request).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_previous_state_of_an_alert_is_found_by_its_id_in_any_order() {
        let was = |id: &str, assigned_to: &str| PreviousAlert {
            id: AlertId(id.into()),
            status: AlertStatus::Unresolved,
            assigned_to: assigned_to.into(),
            report_restored: false,
        };
        let all = [was("c", "kim"), was("a", "ana"), was("b", "")];
        let before = PreviousAlerts::from_iter(all.clone());
        for one in &all {
            assert_eq!(before.get(&one.id), Some(one));
        }
        assert_eq!(before.get(&AlertId("d".into())), None);
        // The first entry of an alert counts.
        let twice = PreviousAlerts::from_iter([was("a", "ana"), was("a", "kim")]);
        assert_eq!(twice.iter().collect::<Vec<_>>(), [&was("a", "ana")]);
    }
}
