//! Ignoring a threat report, and letting it raise alerts again (reference 2.12).

use serde_json::{Value, json};

use super::{Target, assessment::Assessment};
use crate::api::{Client, Error, WriteRequest};
use crate::model::{Report, ReportId};
use crate::text::{self, Untrusted};

/// A change of whether a threat report raises alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportChange {
    pub report: ReportId,
    pub is_ignored: bool,
}

/// A report on the server, or its absence.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportSnapshot {
    pub report: Option<Report>,
    /// The name to display if there is no such report.
    name: Untrusted,
}

impl ReportChange {
    /// The verbs of ignoring a report and of restoring it.
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

    /// Reads the report from the server, past every cache.
    pub(super) async fn read(&self, client: &Client) -> Result<ReportSnapshot, Error> {
        let report = match client.report(&self.report).await {
            Ok(report) => Some(report),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let name = format!("report {}", self.report.raw()).into();
        Ok(ReportSnapshot { report, name })
    }

    pub(super) fn write_requests(&self, current: &ReportSnapshot) -> Vec<WriteRequest> {
        current.report.as_ref().map(|report| WriteRequest::report(&report.id, self.is_ignored)).into_iter().collect()
    }

    /// Returns whether the report on the server satisfies the change; `None` if the server does not say.
    pub(super) fn is_satisfied_by(&self, current: &ReportSnapshot) -> Option<bool> {
        let is_ignored = current.report.as_ref()?.is_ignored?;
        Some(is_ignored == self.is_ignored)
    }

    pub(super) fn no_op_reason(&self, current: &ReportSnapshot) -> Option<String> {
        let text = if self.is_ignored { "is already ignored" } else { "already raises alerts" };
        (self.is_satisfied_by(current) == Some(true)).then(|| text.into())
    }

    pub(super) fn rejection(current: &ReportSnapshot) -> Option<(&'static str, &'static str)> {
        current.report.is_none().then_some(("no longer exists", "its feed removed it, or the feed was deleted"))
    }

    pub(super) fn describe(current: &ReportSnapshot) -> String {
        match current.report.as_ref().map(|report| report.is_ignored) {
            Some(Some(true)) => "ignored".into(),
            Some(Some(false)) => "raises alerts".into(),
            Some(None) => "the server does not say whether the report is ignored".into(),
            None => "no such report".into(),
        }
    }

    /// Finds out what the change does to the report.
    pub(super) fn assess(&self, current: &ReportSnapshot) -> Assessment {
        let name = text::make_visible(current.target_name());
        let (feed, n_indicators) = match &current.report {
            Some(report) => (text::make_visible(&report.feed_name), report.indicators.len()),
            None => (String::new(), 0),
        };
        let transition = if self.is_ignored { "raises alerts -> ignored" } else { "ignored -> raises alerts" };
        let mut effects = vec![format!("{name}  report of {feed}: {transition}")];
        if n_indicators > 0 {
            effects.push(format!("Contains {}", text::pluralize(n_indicators, "indicator", "indicators")));
        }
        Assessment { effects, ..Assessment::default() }
    }
}

impl ReportSnapshot {
    /// Returns the title of the report, or its ID if there is none.
    pub(super) fn target_name(&self) -> &Untrusted {
        self.report.as_ref().map(|report| &report.title).and_then(Untrusted::non_empty).unwrap_or(&self.name)
    }

    /// Returns the state as JSON for the audit log.
    pub(super) fn snapshot_json(&self) -> Value {
        let is_ignored = self.report.as_ref().map(|report| report.is_ignored);
        json!({"is_ignored": is_ignored})
    }
}
