//! What people have made of alerts, and how that reaches the index.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::world::{Alert, Status};

/// What has become of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct AlertMark {
    pub(in crate::sim) status: Status,
    /// Milliseconds since 1970.
    pub(in crate::sim) resolved_at: Option<i64>,
    /// The place of whoever has it, in [`Names`].
    pub(in crate::sim) assignee: Option<usize>,
}

/// A report: its feed, and its id there.
pub(in crate::sim) type ReportId = (u32, String);

/// The reports that raise no alerts, by feed.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Ignored(BTreeMap<u32, BTreeSet<String>>);

/// Something that the index does not know yet.
#[derive(Clone, Debug)]
pub(super) enum PendingUpdate {
    /// These alerts, by number, are changed.
    Alerts { numbers: Vec<u32>, to: AlertUpdateRun },
    /// These reports are ignored, or no longer.
    Reports { ids: Vec<ReportId>, ignored: bool },
}

/// What is asked of alerts; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct AlertUpdateRun {
    pub(in crate::sim) status: Option<Status>,
    /// An empty name takes it away from whoever has it.
    pub(in crate::sim) assignee: Option<String>,
    /// When it was asked, in milliseconds since 1970.
    pub(in crate::sim) requested_at: i64,
}

/// Whoever alerts are assigned to: the users of the world, and whoever else was named.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Names(Vec<String>);

impl AlertMark {
    /// As an alert was raised.
    pub(super) fn from_alert(alert: &Alert) -> Self {
        Self { status: alert.status, resolved_at: alert.resolved_at, assignee: alert.assignee }
    }

    /// Changes it.
    pub(super) fn apply(&mut self, to: &AlertUpdateRun, names: &mut Names) {
        if let Some(status) = to.status {
            self.status = status;
            self.resolved_at = status.is_closed().then_some(to.requested_at);
        }
        if let Some(name) = &to.assignee {
            self.assignee = (!name.is_empty()).then(|| names.index_of(name));
        }
    }
}

impl Names {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(names.collect())
    }

    pub(in crate::sim) fn get(&self, place: usize) -> Option<&str> {
        self.0.get(place).map(String::as_str)
    }

    fn index_of(&mut self, name: &str) -> usize {
        let known = self.0.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

impl Ignored {
    /// Whether a report is among them.
    pub(in crate::sim) fn contains(&self, feed: u32, report: &str) -> bool {
        self.0.get(&feed).is_some_and(|reports| reports.contains(report))
    }

    /// Puts reports among them, or takes them out.
    pub(super) fn set_ignored(&mut self, ids: &[ReportId], ignored: bool) {
        for (feed, report) in ids {
            let reports = self.0.entry(*feed).or_default();
            if ignored {
                reports.insert(report.clone());
            } else {
                reports.remove(report);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_resolved_until_it_is_opened_again() {
        let mut names = Names::new(["ana".to_owned()].into_iter());
        let mut mark = AlertMark { status: Status::Unresolved, resolved_at: None, assignee: None };
        let turn = |status, assigned: Option<&str>, at| AlertUpdateRun {
            status,
            assignee: assigned.map(str::to_owned),
            requested_at: at,
        };
        mark.apply(&turn(Some(Status::FalsePositive), None, 5), &mut names);
        assert_eq!((mark.resolved_at, mark.assignee), (Some(5), None));
        mark.apply(&turn(None, Some("kim"), 6), &mut names);
        assert_eq!(mark.resolved_at, Some(5), "only the status says");
        assert_eq!(mark.assignee.and_then(|place| names.get(place)), Some("kim"));
        mark.apply(&turn(Some(Status::InProgress), Some("ana"), 7), &mut names);
        assert_eq!((mark.resolved_at, mark.assignee), (None, Some(0)));
        mark.apply(&turn(None, Some(""), 8), &mut names);
        assert_eq!(mark.assignee, None);
    }
}
