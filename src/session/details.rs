//! Details fetched about the selected rows; each is returned only for the row that it is about.

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

/// Details fetched about the selected rows. Private, since a value may be about a row that is no longer selected: the
/// functions below return it only for the row that it is about.
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
    pub file_head: Remote<FileHead>,
    /// Open alerts of the host.
    pub(super) host_alerts: Remote<AlertRows>,
    pub(super) watchlist_actions: Remote<Page<WatchAction>>,
    /// Current number of matches of the watchlist.
    pub(super) watchlist_hits: Remote<u64>,
    /// The threat report with its indicators.
    pub(super) report: Remote<Report>,
    pub(super) report_alert_count: Remote<u64>,
}

impl Session {
    /// Returns the process whose details are shown: the one under the cursor of a list, a parent chain or a tree.
    pub fn details_process(&self) -> Option<&Arc<Process>> {
        self.details.process.as_ref()
    }

    /// Returns the parent chain of process `id`; `None` if another chain was requested.
    pub fn lineage_of(&self, id: ProcessId) -> Option<&Remote<Lineage>> {
        self.details.lineage.if_about(&Fetch::Lineage { id, n_known_ancestors: 0 })
    }

    /// Returns the sensor `id`; `None` if another sensor was requested.
    pub fn sensor_of(&self, id: SensorId) -> Option<&Remote<Sensor>> {
        self.details.sensor.if_about(&Fetch::Sensor(id))
    }

    /// Returns the file of `process`; `None` if it has no hash or another file was requested.
    pub fn binary_of(&self, process: &Process) -> Option<&Remote<Binary>> {
        self.details.binary.if_about(&Fetch::Binary(process.md5?))
    }

    /// Returns how common the file of `process` is; `None` if it has no hash or another file was requested.
    pub fn prevalence_of(&self, process: &Process) -> Option<&Remote<Prevalence>> {
        self.details.prevalence.if_about(&Fetch::Prevalence(process.md5?))
    }

    /// Returns the open alerts of `host`; `None` if those of another host were requested.
    pub fn host_alerts_of(&self, host: &Untrusted) -> Option<&Remote<AlertRows>> {
        self.details.host_alerts.if_about(&open_alerts_fetch(host.non_empty()?))
    }

    /// Returns the actions of watchlist `id`; `None` if those of another watchlist were requested.
    pub fn watchlist_actions_of(&self, id: WatchlistId) -> Option<&Remote<Page<WatchAction>>> {
        self.details.watchlist_actions.if_about(&Fetch::WatchActions(id))
    }

    /// Returns the threat report `id` with its indicators; `None` if another report was requested.
    pub fn report_details_of(&self, id: &ReportId) -> Option<&Remote<Report>> {
        self.details.report.if_about(&Fetch::Report(id.clone()))
    }

    /// Returns the number of alerts that `report` raised; `None` if those of another report were counted.
    pub fn report_alert_count(&self, report: &Report) -> Option<&Remote<u64>> {
        self.details.report_alert_count.if_about(&alert_count_fetch(report))
    }
}
