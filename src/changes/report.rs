//! Letting a threat report raise alerts, or no longer (reference 2.12).

use serde_json::{Value, json};

use super::{Plan, PlanContext, Prepared, Snapshot, Target};
use crate::api::{Client, Error, WriteRequest};
use crate::model::{Report, ReportId};
use crate::text::{self, Untrusted};

/// A report is ignored, or heard again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportChange {
    /// Which one.
    pub report: ReportId,
    /// Whether it is to be ignored.
    pub is_ignored: bool,
}

/// A report as the server has it, if it has it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportSnapshot {
    /// The report.
    pub report: Option<Report>,
    /// What one is called that is not there.
    name: Untrusted,
}

impl ReportChange {
    /// What it is called to ignore a report, and to hear it again.
    pub const VERBS: [&str; 2] = ["ignore report", "restore report"];

    pub(super) fn verb(&self) -> &'static str {
        let [ignore, restore] = Self::VERBS;
        if self.is_ignored { ignore } else { restore }
    }

    pub(super) fn target(&self) -> Target {
        Target::Report(self.report.clone())
    }

    pub(super) fn desired(&self) -> Value {
        json!({"is_ignored": self.is_ignored})
    }

    /// Reads what the server has, past every cache.
    pub(super) async fn read(&self, client: &Client) -> Result<ReportSnapshot, Error> {
        let report = match client.report(&self.report).await {
            Ok(report) => Some(report),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let name = format!("report {}", self.report.raw()).into();
        Ok(ReportSnapshot { report, name })
    }

    pub(super) fn write_requests(&self, now: &ReportSnapshot) -> Vec<WriteRequest> {
        let change = now.report.as_ref();
        let change = change.map(|report| WriteRequest::report(&report.id, self.is_ignored));
        change.into_iter().collect()
    }

    /// Whether the server holds it.
    pub(super) fn is_satisfied_by(&self, now: &ReportSnapshot) -> Option<bool> {
        let is_ignored = now.report.as_ref()?.is_ignored?;
        Some(is_ignored == self.is_ignored)
    }

    pub(super) fn no_op_reason(&self, now: &ReportSnapshot) -> Option<String> {
        let said = if self.is_ignored { "is already ignored" } else { "already raises alerts" };
        (self.is_satisfied_by(now) == Some(true)).then(|| said.into())
    }

    pub(super) fn rejection(now: &ReportSnapshot) -> Option<(&'static str, &'static str)> {
        now.report.is_none().then_some(("no longer exists", "its feed removed it, or the feed was deleted"))
    }

    pub(super) fn describe(now: &ReportSnapshot) -> String {
        match now.report.as_ref().map(|report| report.is_ignored) {
            Some(Some(true)) => "ignored".into(),
            Some(Some(false)) => "raises alerts".into(),
            Some(None) => "the server does not say whether the report is ignored".into(),
            None => "no such report".into(),
        }
    }

    /// Finds out what it would do.
    pub(super) fn prepare(self, now: ReportSnapshot, estate: &PlanContext) -> Prepared {
        let name = text::make_visible(now.target_name());
        let (feed, n) = match &now.report {
            Some(report) => (text::make_visible(&report.feed_name), report.indicators.len()),
            None => (String::new(), 0),
        };
        let what = if self.is_ignored { "raises alerts -> ignored" } else { "ignored -> raises alerts" };
        let mut effects = vec![format!("{name}  report of {feed}: {what}")];
        if n > 0 {
            effects.push(format!("Contains {}", text::pluralize(n, "indicator", "indicators")));
        }
        Prepared::Ready(Box::new(Plan {
            effects,
            ..Plan::new(super::Change::Ignore(self), Snapshot::Report(Box::new(now)), estate)
        }))
    }
}

impl ReportSnapshot {
    /// What people call it.
    pub(super) fn target_name(&self) -> &Untrusted {
        let own = self.report.as_ref().map(|report| &report.title);
        own.and_then(Untrusted::non_empty).unwrap_or(&self.name)
    }

    /// What counts of it, for the log.
    pub(super) fn snapshot_json(&self) -> Value {
        let is_ignored = self.report.as_ref().map(|report| report.is_ignored);
        json!({"is_ignored": is_ignored})
    }
}
