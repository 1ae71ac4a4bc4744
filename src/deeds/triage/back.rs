//! Putting alerts back to what they had before.

use std::sync::Arc;

use serde_json::Value;

use super::{Triage, Verdict, Was};
use crate::api::{AlertChange, Change};
use crate::model::{Alert, AlertId, AlertStatus};

/// What takes it back, by what the log says of before: the status, the owner, and the report's voice.
pub(in crate::deeds) fn undoing(was: &Value, triage: &Triage) -> Option<Triage> {
    let is_ignoring = triage.to == Verdict::Ignored;
    let each = was.get("alerts")?.as_array()?.iter();
    let each = each.filter_map(|alert| read_was(alert, is_ignoring));
    let each: Vec<_> = each.filter(|was| triage.alerts.contains(&was.id)).collect();
    (!each.is_empty()).then(|| Triage {
        alerts: each.iter().map(|was| was.id.clone()).collect(),
        to: Verdict::Before(each.into()),
    })
}

/// What the log has of an alert.
pub(in crate::deeds) fn read_was(alert: &Value, is_ignoring: bool) -> Option<Was> {
    let text = |name: &str| alert.get(name).and_then(Value::as_str);
    let flag = |name: &str| alert.get(name).and_then(Value::as_bool);
    Some(Was {
        id: AlertId(text("unique_id")?.into()),
        status: AlertStatus::read(&text("status")?.into()),
        assigned_to: text("assigned_to").unwrap_or_default().to_owned(),
        is_heard_again: flag("is_heard_again")
            .unwrap_or(is_ignoring && flag("report_ignored") == Some(false)),
    })
}

/// One request for all that had the same.
pub(super) fn changes(each: &[Was], open: &[&Arc<Alert>]) -> Vec<Change> {
    let mut alike: Vec<(&Was, Vec<&AlertId>)> = Vec::new();
    for was in each
        .iter()
        .filter(|was| open.iter().any(|alert| alert.id == was.id))
    {
        let is_alike = |other: &Was| {
            (&other.status, &other.assigned_to, other.is_heard_again)
                == (&was.status, &was.assigned_to, was.is_heard_again)
        };
        match alike.iter_mut().find(|(other, _)| is_alike(other)) {
            Some((_, ids)) => ids.push(&was.id),
            None => alike.push((was, vec![&was.id])),
        }
    }
    let change = |(was, ids): (&Was, Vec<&AlertId>)| {
        let to = AlertChange {
            status: Some(&was.status),
            assigned_to: (!was.assigned_to.is_empty()).then_some(&*was.assigned_to),
            is_ignored: was.is_heard_again.then_some(false),
        };
        Change::alerts(ids, to)
    };
    alike.into_iter().map(change).collect()
}
