//! What is known of one thing: each fact is found only under the thing that it is a fact of.

use std::sync::Arc;

use super::{
    Remote, Session,
    cx::{count_alerts, open_alerts},
};
use crate::fetch::{AlertRows, Fetch};
use crate::model::{
    Binary, Lineage, Page, Prevalence, Process, ProcessId, Report, ReportId, Sensor, SensorId, WatchAction, WatchlistId,
};
use crate::text::Untrusted;

impl Session {
    /// The process whose facts are shown: the one under the cursor of a list, a chain or a tree, if that is a process.
    pub fn looked_at(&self) -> Option<&Arc<Process>> {
        self.looked_at.as_ref()
    }

    /// The parent chain of a process; nothing if another's was asked for.
    pub fn chain_of(&self, id: ProcessId) -> Option<&Remote<Lineage>> {
        self.lineage.about(&Fetch::Lineage { id, known: 0 })
    }

    /// The sensor of this number; nothing if another one was asked for.
    pub fn sensor_of(&self, id: SensorId) -> Option<&Remote<Sensor>> {
        self.sensor.about(&Fetch::Sensor(id))
    }

    /// The file of a process; nothing if it has no hash, or another file was asked for.
    pub fn binary_of(&self, process: &Process) -> Option<&Remote<Binary>> {
        self.binary.about(&Fetch::Binary(process.md5?))
    }

    /// How common the file of a process is; nothing if it has no hash, or another file was asked for.
    pub fn prevalence_of(&self, process: &Process) -> Option<&Remote<Prevalence>> {
        self.prevalence.about(&Fetch::Prevalence(process.md5?))
    }

    /// The open alerts of the host of this name; nothing if those of another host were asked for.
    pub fn open_alerts_of(&self, host: &Untrusted) -> Option<&Remote<AlertRows>> {
        self.host_alerts.about(&open_alerts(host.non_empty()?))
    }

    /// What a watchlist sets off; nothing if another one was asked about.
    pub fn actions_of(&self, id: WatchlistId) -> Option<&Remote<Page<WatchAction>>> {
        self.watch_actions.about(&Fetch::WatchActions(id))
    }

    /// A threat report with all that it looks for; nothing if another one was asked for.
    pub fn report_of(&self, id: &ReportId) -> Option<&Remote<Report>> {
        self.report.about(&Fetch::Report(id.clone()))
    }

    /// How many alerts a threat report has raised; nothing if those of another one were counted.
    pub fn alerts_of(&self, report: &Report) -> Option<&Remote<u64>> {
        self.report_alerts.about(&count_alerts(report))
    }
}
