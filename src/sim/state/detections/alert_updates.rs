//! What people have made of alerts, and how that reaches the index.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::world::{Alert, Status};

/// What has become of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Mark {
    pub(in crate::sim) status: Status,
    /// Milliseconds since 1970.
    pub(in crate::sim) resolved: Option<i64>,
    /// The place of whoever has it, in [`Names`].
    pub(in crate::sim) assigned: Option<usize>,
}

/// A report: its feed, and its id there.
pub(in crate::sim) type ReportId = (u32, String);

/// The reports that raise no alerts, by feed.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Ignored(BTreeMap<u32, BTreeSet<String>>);

/// Something that the index does not know yet.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// These alerts, by number, are changed.
    Alerts { numbers: Vec<u32>, to: Turn },
    /// These reports are ignored, or no longer.
    Reports { ids: Vec<ReportId>, ignored: bool },
}

/// What is asked of alerts; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct Turn {
    pub(in crate::sim) status: Option<Status>,
    /// An empty name takes it away from whoever has it.
    pub(in crate::sim) assigned: Option<String>,
    /// When it was asked, in milliseconds since 1970.
    pub(in crate::sim) at: i64,
}

/// Whoever alerts are assigned to: the users of the world, and whoever else was named.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Names(Vec<String>);

impl Mark {
    /// As an alert was raised.
    pub(super) fn of(alert: &Alert) -> Self {
        Self { status: alert.status, resolved: alert.resolved, assigned: alert.assigned }
    }

    /// Changes it.
    pub(super) fn turn(&mut self, to: &Turn, names: &mut Names) {
        if let Some(status) = to.status {
            self.status = status;
            self.resolved = status.is_closed().then_some(to.at);
        }
        if let Some(name) = &to.assigned {
            self.assigned = (!name.is_empty()).then(|| names.place(name));
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

    fn place(&mut self, name: &str) -> usize {
        let known = self.0.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

impl Ignored {
    /// Whether a report is among them.
    pub(in crate::sim) fn has(&self, feed: u32, report: &str) -> bool {
        self.0.get(&feed).is_some_and(|reports| reports.contains(report))
    }

    /// Puts reports among them, or takes them out.
    pub(super) fn set(&mut self, ids: &[ReportId], ignored: bool) {
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
        let mut mark = Mark { status: Status::Unresolved, resolved: None, assigned: None };
        let turn = |status, assigned: Option<&str>, at| Turn { status, assigned: assigned.map(str::to_owned), at };
        mark.turn(&turn(Some(Status::FalsePositive), None, 5), &mut names);
        assert_eq!((mark.resolved, mark.assigned), (Some(5), None));
        mark.turn(&turn(None, Some("kim"), 6), &mut names);
        assert_eq!(mark.resolved, Some(5), "only the status says");
        assert_eq!(mark.assigned.and_then(|place| names.get(place)), Some("kim"));
        mark.turn(&turn(Some(Status::InProgress), Some("ana"), 7), &mut names);
        assert_eq!((mark.resolved, mark.assigned), (None, Some(0)));
        mark.turn(&turn(None, Some(""), 8), &mut names);
        assert_eq!(mark.assigned, None);
    }
}
