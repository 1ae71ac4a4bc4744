//! Changes of alerts and of ignored reports, and their way into the index.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::world::{Alert, Status};

/// Mutable part of an alert: status and assigned user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct AlertState {
    pub(in crate::sim) status: Status,
    /// In milliseconds since 1970.
    pub(in crate::sim) resolved_at: Option<i64>,
    /// Index in [`UserNames`].
    pub(in crate::sim) assignee: Option<usize>,
}

/// Id of a report: feed id and report id.
pub(in crate::sim) type ReportId = (u32, String);

/// Reports that raise no alerts, by feed.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct IgnoredReports(BTreeMap<u32, BTreeSet<String>>);

/// Change that the index does not have yet.
#[derive(Clone, Debug)]
pub(super) enum PendingUpdate {
    Alerts { numbers: Vec<u32>, update: AlertUpdate },
    Reports(ReportUpdate),
}

/// Requested change of threat reports.
#[derive(Clone, Debug)]
pub(in crate::sim) struct ReportUpdate {
    pub(in crate::sim) ids: Vec<ReportId>,
    pub(in crate::sim) is_ignored: bool,
}

/// Requested change of alerts; absent members stay unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct AlertUpdate {
    pub(in crate::sim) status: Option<Status>,
    /// An empty name unassigns the alert.
    pub(in crate::sim) assignee: Option<String>,
    /// In milliseconds since 1970.
    pub(in crate::sim) requested_at: i64,
}

/// Users that alerts are assigned to: the users of the world, and other names set by clients.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct UserNames(Vec<String>);

impl AlertState {
    /// Returns the state in which an alert was raised.
    pub(super) fn from_alert(alert: &Alert) -> Self {
        Self { status: alert.status, resolved_at: alert.resolved_at, assignee: alert.assignee }
    }

    /// Applies an update; a new assignee is added to `names`.
    pub(super) fn apply(&mut self, update: &AlertUpdate, names: &mut UserNames) {
        if let Some(status) = update.status {
            self.status = status;
            self.resolved_at = status.is_closed().then_some(update.requested_at);
        }
        if let Some(name) = &update.assignee {
            self.assignee = (!name.is_empty()).then(|| names.index_of(name));
        }
    }
}

impl UserNames {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(names.collect())
    }

    pub(in crate::sim) fn get(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(String::as_str)
    }

    fn index_of(&mut self, name: &str) -> usize {
        self.0.iter().position(|existing| existing == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

impl IgnoredReports {
    /// Whether a report is ignored.
    pub(in crate::sim) fn contains(&self, feed: u32, report: &str) -> bool {
        self.0.get(&feed).is_some_and(|reports| reports.contains(report))
    }

    /// Adds reports, or removes them.
    pub(super) fn apply(&mut self, update: &ReportUpdate) {
        for (feed, report) in &update.ids {
            let reports = self.0.entry(*feed).or_default();
            if update.is_ignored {
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
        let mut names = UserNames::new(["ana".to_owned()].into_iter());
        let mut mark = AlertState { status: Status::Unresolved, resolved_at: None, assignee: None };
        let turn = |status, assignee: Option<&str>, at| AlertUpdate {
            status,
            assignee: assignee.map(str::to_owned),
            requested_at: at,
        };
        mark.apply(&turn(Some(Status::FalsePositive), None, 5), &mut names);
        assert_eq!((mark.resolved_at, mark.assignee), (Some(5), None));
        mark.apply(&turn(None, Some("kim"), 6), &mut names);
        assert_eq!(mark.resolved_at, Some(5), "only the status says");
        assert_eq!(mark.assignee.and_then(|index| names.get(index)), Some("kim"));
        mark.apply(&turn(Some(Status::InProgress), Some("ana"), 7), &mut names);
        assert_eq!((mark.resolved_at, mark.assignee), (None, Some(0)));
        mark.apply(&turn(None, Some(""), 8), &mut names);
        assert_eq!(mark.assignee, None);
    }
}
