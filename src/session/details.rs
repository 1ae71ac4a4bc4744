//! What was fetched about the selected rows; each value is returned only for the row that it is about.

use std::sync::Arc;

use super::{
    Remote, Session,
    cx::{alert_count_fetch, open_alerts_fetch},
};
use crate::fetch::{AlertRows, Fetch};
use crate::model::{
    Binary, FileHead, Group, Lineage, Page, Prevalence, Process, ProcessId, Report, ReportId, Sensor, SensorId,
    WatchAction, WatchlistId,
};
use crate::text::Untrusted;

/// What was fetched about the selected rows. Private, since each value may be about another row by now: the functions
/// below return it only for the row that it is about.
#[derive(Debug, Default)]
pub struct SelectionDetails {
    /// The process whose details are shown: the selected one, or one of its relatives.
    pub(super) process: Option<Arc<Process>>,
    pub(super) lineage: Remote<Lineage>,
    pub(super) sensor: Remote<Sensor>,
    /// The sensor group of the host.
    pub(super) group: Remote<Group>,
    pub(super) binary: Remote<Binary>,
    pub(super) prevalence: Remote<Prevalence>,
    /// The first bytes of a file.
    pub file_head: Remote<FileHead>,
    /// The open alerts of the host.
    pub(super) host_alerts: Remote<AlertRows>,
    pub(super) watchlist_actions: Remote<Page<WatchAction>>,
    /// The number of matches of the watchlist now, if it was counted.
    pub(super) watchlist_hits: Remote<u64>,
    /// The threat report with its indicators.
    pub(super) report: Remote<Report>,
    pub(super) report_alert_count: Remote<u64>,
}

impl Session {
    /// The process whose facts are shown: the one under the cursor of a list, a chain or a tree, if that is a process.
    pub fn details_process(&self) -> Option<&Arc<Process>> {
        self.details.process.as_ref()
    }

    /// The parent chain of a process; nothing if another's was asked for.
    pub fn lineage_of(&self, id: ProcessId) -> Option<&Remote<Lineage>> {
        self.details.lineage.if_about(&Fetch::Lineage { id, n_known_ancestors: 0 })
    }

    /// The sensor of this number; nothing if another one was asked for.
    pub fn sensor_of(&self, id: SensorId) -> Option<&Remote<Sensor>> {
        self.details.sensor.if_about(&Fetch::Sensor(id))
    }

    /// The file of a process; nothing if it has no hash, or another file was asked for.
    pub fn binary_of(&self, process: &Process) -> Option<&Remote<Binary>> {
        self.details.binary.if_about(&Fetch::Binary(process.md5?))
    }

    /// How common the file of a process is; nothing if it has no hash, or another file was asked for.
    pub fn prevalence_of(&self, process: &Process) -> Option<&Remote<Prevalence>> {
        self.details.prevalence.if_about(&Fetch::Prevalence(process.md5?))
    }

    /// The open alerts of the host of this name; nothing if those of another host were asked for.
    pub fn host_alerts_of(&self, host: &Untrusted) -> Option<&Remote<AlertRows>> {
        self.details.host_alerts.if_about(&open_alerts_fetch(host.non_empty()?))
    }

    /// What a watchlist sets off; nothing if another one was asked about.
    pub fn watchlist_actions_of(&self, id: WatchlistId) -> Option<&Remote<Page<WatchAction>>> {
        self.details.watchlist_actions.if_about(&Fetch::WatchActions(id))
    }

    /// A threat report with all that it looks for; nothing if another one was asked for.
    pub fn report_details_of(&self, id: &ReportId) -> Option<&Remote<Report>> {
        self.details.report.if_about(&Fetch::Report(id.clone()))
    }

    /// How many alerts a threat report has raised; nothing if those of another one were counted.
    pub fn report_alert_count(&self, report: &Report) -> Option<&Remote<u64>> {
        self.details.report_alert_count.if_about(&alert_count_fetch(report))
    }
}
