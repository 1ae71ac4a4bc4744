//! Ignoring a threat report, and letting it raise alerts again (reference 2.12).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    blast_radius::ImpactSubject,
    operation::{Operation, WriteContext, immediate_stage},
    snapshot::Snapshot,
};
use crate::api::{Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Report, ReportId};
use crate::text::{self, Untrusted};

/// A change of whether a threat report raises alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Returns whether the report on the server satisfies the change; `None` if the server does not say.
    fn is_satisfied_by(&self, current: &ReportSnapshot) -> Option<bool> {
        let is_ignored = current.report.as_ref()?.is_ignored?;
        Some(is_ignored == self.is_ignored)
    }
}

impl Operation for ReportChange {
    type State = ReportSnapshot;

    fn verb(&self) -> &'static str {
        if self.is_ignored { "ignore report" } else { "restore report" }
    }

    fn aspect(&self) -> Aspect {
        Aspect::Ignored
    }

    fn needs_reason(&self) -> bool {
        self.is_ignored
    }

    fn target(&self) -> Target {
        Target::Report(self.report.clone())
    }

    fn desired(&self, _: &Justification) -> Value {
        json!({"is_ignored": self.is_ignored})
    }

    async fn read(&self, client: &Client) -> Result<ReportSnapshot, Error> {
        let report = match client.report(&self.report).await {
            Ok(report) => Some(report),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let name = format!("report {}", self.report.raw()).into();
        Ok(ReportSnapshot { report, name })
    }

    fn write_requests(&self, current: &ReportSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        let members = json!({"is_ignored": self.is_ignored});
        current.report.as_ref().map(|report| WriteRequest::report(&report.id, &members)).into_iter().collect()
    }

    fn stage(&self, current: &ReportSnapshot) -> LoggedStage {
        immediate_stage(self.is_satisfied_by(current))
    }

    fn inverse(&self, _: &Value, _: &Value) -> Result<Self, &'static str> {
        Ok(Self { report: self.report.clone(), is_ignored: !self.is_ignored })
    }

    fn no_op_reason(&self, current: &ReportSnapshot) -> Option<String> {
        let text = if self.is_ignored { "is already ignored" } else { "already raises alerts" };
        (self.is_satisfied_by(current) == Some(true)).then(|| text.into())
    }

    fn rejection(&self, current: &ReportSnapshot) -> Option<(&'static str, &'static str)> {
        current.report.is_none().then_some(("no longer exists", "its feed removed it, or the feed was deleted"))
    }

    fn describe(&self, current: &ReportSnapshot) -> String {
        match current.report.as_ref().map(|report| report.is_ignored) {
            Some(Some(true)) => "ignored".into(),
            Some(Some(false)) => "raises alerts".into(),
            Some(None) => "the server does not say whether the report is ignored".into(),
            None => "no such report".into(),
        }
    }

    async fn assess(&self, current: &ReportSnapshot, _: &PlanContext) -> Result<Result<Assessment, Rejection>, Error> {
        let name = text::make_visible(&current.target_name());
        let (feed, n_indicators) = match &current.report {
            Some(report) => (text::make_visible(&report.feed_name), report.indicators.len()),
            None => (String::new(), 0),
        };
        let transition = if self.is_ignored { "raises alerts -> ignored" } else { "ignored -> raises alerts" };
        let mut effects = vec![format!("{name}  report of {feed}: {transition}")];
        if n_indicators > 0 {
            effects.push(format!("Contains {}", text::pluralize(n_indicators, "indicator", "indicators")));
        }
        let impact = if self.is_ignored { ImpactSubject::Report(self.report.clone()) } else { ImpactSubject::None };
        Ok(Ok(Assessment { effects, impact, ..Assessment::default() }))
    }
}

impl Snapshot for ReportSnapshot {
    fn target_name(&self) -> Untrusted {
        self.report.as_ref().map(|report| &report.title).and_then(Untrusted::non_empty).unwrap_or(&self.name).clone()
    }

    fn snapshot_json(&self) -> Value {
        let is_ignored = self.report.as_ref().map(|report| report.is_ignored);
        json!({"is_ignored": is_ignored})
    }
}
