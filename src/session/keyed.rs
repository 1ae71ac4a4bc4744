//! What is known of one thing: each fact is found only under the thing that it is a fact of.

use std::sync::Arc;

use super::{
    Remote, Session,
    cx::{alert_count_fetch, open_alerts_fetch},
};
use crate::fetch::{AlertRows, Fetch};
use crate::model::{
    Binary, Lineage, Page, Prevalence, Process, ProcessId, Report, ReportId, Sensor, SensorId, WatchAction, WatchlistId,
};
use crate::text::Untrusted;

impl Session {
    /// The process whose facts are shown: the one under the cursor of a list, a chain or a tree, if that is a process.
    pub fn details_process(&self) -> Option<&Arc<Process>> {
        self.details_process.as_ref()
    }

    /// The parent chain of a process; nothing if another's was asked for.
    pub fn lineage_of(&self, id: ProcessId) -> Option<&Remote<Lineage>> {
        self.lineage.if_about(&Fetch::Lineage { id, n_known_ancestors: 0 })
    }

    /// The sensor of this number; nothing if another one was asked for.
    pub fn sensor_of(&self, id: SensorId) -> Option<&Remote<Sensor>> {
        self.subject_sensor.if_about(&Fetch::Sensor(id))
    }

    /// The file of a process; nothing if it has no hash, or another file was asked for.
    pub fn binary_of(&self, process: &Process) -> Option<&Remote<Binary>> {
        self.subject_binary.if_about(&Fetch::Binary(process.md5?))
    }

    /// How common the file of a process is; nothing if it has no hash, or another file was asked for.
    pub fn prevalence_of(&self, process: &Process) -> Option<&Remote<Prevalence>> {
        self.subject_prevalence.if_about(&Fetch::Prevalence(process.md5?))
    }

    /// The open alerts of the host of this name; nothing if those of another host were asked for.
    pub fn host_alerts_of(&self, host: &Untrusted) -> Option<&Remote<AlertRows>> {
        self.host_alerts.if_about(&open_alerts_fetch(host.non_empty()?))
    }

    /// What a watchlist sets off; nothing if another one was asked about.
    pub fn watchlist_actions_of(&self, id: WatchlistId) -> Option<&Remote<Page<WatchAction>>> {
        self.watchlist_actions.if_about(&Fetch::WatchActions(id))
    }

    /// A threat report with all that it looks for; nothing if another one was asked for.
    pub fn report_details_of(&self, id: &ReportId) -> Option<&Remote<Report>> {
        self.report_details.if_about(&Fetch::Report(id.clone()))
    }

    /// How many alerts a threat report has raised; nothing if those of another one were counted.
    pub fn report_alert_count(&self, report: &Report) -> Option<&Remote<u64>> {
        self.report_alert_count.if_about(&alert_count_fetch(report))
    }
}
