//! Field values that all alerts of a group share; computed once, since groups may be large and are drawn often.

use crate::model::{AlertDigest, AlertSource, AlertStatus, AlertSummary, Md5, SensorId};
use crate::text::Untrusted;

/// Values that all alerts of a group share; `None` where they differ or where any alert lacks the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedFields {
    pub source: Option<AlertSource>,
    /// Name of the report or watchlist, or its id.
    pub raised_by: Option<Untrusted>,
    pub feed_name: Option<Untrusted>,
    pub host: Option<Untrusted>,
    pub sensor: Option<SensorId>,
    pub md5: Option<Md5>,
    /// User of the process that they are about.
    pub user: Option<Untrusted>,
    /// File name of that process.
    pub process_name: Option<Untrusted>,
}

impl SharedFields {
    /// Returns the shared values of `alerts`.
    pub(super) fn from_alerts<'a>(alerts: &(impl Iterator<Item = &'a AlertSummary> + Clone)) -> Self {
        let text = |of: fn(&AlertSummary) -> Option<&Untrusted>| shared_value(alerts.clone(), of).cloned();
        Self {
            source: shared_value(alerts.clone(), |alert| Some(alert.source)),
            raised_by: text(|alert| {
                let name = alert.source_name.non_empty();
                name.or_else(|| alert.source_id.non_empty())
            }),
            feed_name: text(|alert| alert.feed_name.non_empty()),
            host: text(|alert| alert.host.non_empty()),
            sensor: shared_value(alerts.clone(), |alert| alert.sensor),
            md5: shared_value(alerts.clone(), |alert| alert.md5),
            user: text(|alert| alert.user.non_empty()),
            process_name: text(|alert| alert.process_name.non_empty()),
        }
    }
}

/// Returns the status of all alerts of a queue, if they agree.
pub(in crate::session) fn shared_status(queue: &AlertDigest) -> Option<AlertStatus> {
    shared_value(queue.rows.iter(), |alert| Some(&alert.status)).cloned()
}

/// Returns `value` of the alerts if all have one and it is equal.
fn shared_value<'a, T: PartialEq>(
    alerts: impl Iterator<Item = &'a AlertSummary>,
    value: impl Fn(&'a AlertSummary) -> Option<T>,
) -> Option<T> {
    let mut values = alerts.map(value);
    let first = values.next()??;
    values.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AlertId;

    fn alert(host: &str, user: &str, status: AlertStatus) -> AlertSummary {
        AlertSummary {
            id: AlertId("a".into()),
            severity: None,
            created: None,
            status,
            assigned_to: Untrusted::default(),
            source: AlertSource::Watchlist,
            source_id: "7".into(),
            source_name: Untrusted::default(),
            feed_name: Untrusted::default(),
            host: host.into(),
            sensor: Some(SensorId(7)),
            md5: None,
            user: user.into(),
            process_name: "cmd.exe".into(),
        }
    }

    #[test]
    fn a_value_is_shared_if_every_alert_has_it() {
        let rows = [alert("one", "ana", AlertStatus::Unresolved), alert("one", "kim", AlertStatus::Unresolved)];
        let expected = SharedFields {
            source: Some(AlertSource::Watchlist),
            raised_by: Some("7".into()),
            host: Some("one".into()),
            sensor: Some(SensorId(7)),
            process_name: Some("cmd.exe".into()),
            ..SharedFields::default()
        };
        assert_eq!(SharedFields::from_alerts(&rows.iter()), expected);
        assert_eq!(SharedFields::from_alerts(&[].iter()), SharedFields::default());
    }

    #[test]
    fn a_queue_has_a_status_if_all_its_alerts_have_it() {
        let mut queue = AlertDigest::default();
        assert_eq!(shared_status(&queue), None);
        for (added, expected) in [
            (AlertStatus::Resolved, Some(AlertStatus::Resolved)),
            (AlertStatus::Resolved, Some(AlertStatus::Resolved)),
            (AlertStatus::Unresolved, None),
        ] {
            queue.rows.push(alert("one", "ana", added));
            assert_eq!(shared_status(&queue), expected);
        }
    }
}
