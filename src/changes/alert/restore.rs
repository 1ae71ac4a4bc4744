//! Putting alerts back to what they had before.

use std::{collections::HashSet, sync::Arc};

use serde_json::Value;

use super::{AlertChange, Disposition, PreviousAlert};
use crate::api::{AlertUpdate, WriteRequest};
use crate::model::{Alert, AlertId, AlertStatus};

/// What each of several alerts had, each of them once; there may be many, and each is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousAlerts(
    /// In the order of their ids.
    Arc<[PreviousAlert]>,
);

impl FromIterator<PreviousAlert> for PreviousAlerts {
    fn from_iter<I: IntoIterator<Item = PreviousAlert>>(each: I) -> Self {
        let mut each: Vec<_> = each.into_iter().collect();
        each.sort_by(|one, other| one.id.cmp(&other.id));
        each.dedup_by(|one, other| one.id == other.id);
        Self(each.into())
    }
}

impl PreviousAlerts {
    /// Of each alert, what it had.
    pub fn iter(&self) -> impl Iterator<Item = &PreviousAlert> {
        self.0.iter()
    }

    /// What this alert had.
    pub(super) fn get(&self, id: &AlertId) -> Option<&PreviousAlert> {
        let place = self.0.binary_search_by(|was| was.id.cmp(id)).ok()?;
        self.0.get(place)
    }
}

/// What takes it back, by what the log says of before: the status, the owner, and the report's voice.
pub(in crate::changes) fn inverse(was: &Value, triage: &AlertChange) -> Option<AlertChange> {
    let is_ignoring = triage.desired == Disposition::Ignored;
    let each = was.get("alerts")?.as_array()?.iter();
    let each = each.filter_map(|alert| read_previous_alert(alert, is_ignoring));
    let done: HashSet<_> = triage.alerts.iter().collect();
    let each: Vec<_> = each.filter(|was| done.contains(&was.id)).collect();
    (!each.is_empty()).then(|| AlertChange {
        alerts: each.iter().map(|was| was.id.clone()).collect(),
        desired: Disposition::Previous(each.into_iter().collect()),
    })
}

/// What the log has of an alert.
pub(in crate::changes) fn read_previous_alert(alert: &Value, is_ignoring: bool) -> Option<PreviousAlert> {
    let text = |name: &str| alert.get(name).and_then(Value::as_str);
    let flag = |name: &str| alert.get(name).and_then(Value::as_bool);
    Some(PreviousAlert {
        id: AlertId(text("unique_id")?.into()),
        status: AlertStatus::parse(&text("status")?.into()),
        assigned_to: text("assigned_to").unwrap_or_default().to_owned(),
        report_restored: flag("is_heard_again").unwrap_or(is_ignoring && flag("report_ignored") == Some(false)),
    })
}

/// One request for all that had the same.
pub(super) fn write_requests(before: &PreviousAlerts, open: &[&Arc<Alert>]) -> Vec<WriteRequest> {
    let mut alike: Vec<(&PreviousAlert, Vec<&AlertId>)> = Vec::new();
    for was in open.iter().filter_map(|alert| before.get(&alert.id)) {
        let is_alike = |other: &PreviousAlert| {
            (&other.status, &other.assigned_to, other.report_restored)
                == (&was.status, &was.assigned_to, was.report_restored)
        };
        match alike.iter_mut().find(|(other, _)| is_alike(other)) {
            Some((_, ids)) => ids.push(&was.id),
            None => alike.push((was, vec![&was.id])),
        }
    }
    let change = |(was, ids): (&PreviousAlert, Vec<&AlertId>)| {
        let to = AlertUpdate {
            status: Some(&was.status),
            assigned_to: (!was.assigned_to.is_empty()).then_some(&*was.assigned_to),
            is_ignored: was.report_restored.then_some(false),
        };
        WriteRequest::alerts(ids, to)
    };
    alike.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_alert_had_is_found_by_its_id_whatever_the_order() {
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
        // Of an alert that is told of twice, the first word counts.
        let twice = PreviousAlerts::from_iter([was("a", "ana"), was("a", "kim")]);
        assert_eq!(twice.iter().collect::<Vec<_>>(), [&was("a", "ana")]);
    }
}
