//! Values fetched about the selected rows; each is returned only for the row that it is about.

use std::sync::Arc;

use super::{
    Remote, Session, SlotOf,
    cx::{alert_count_fetch, open_alerts_fetch},
    slots,
};
use crate::fetch::{
    AlertsFetch, BinaryFetch, CountFetch, LineageFetch, PrevalenceFetch, ReportFetch, Resource, SensorFetch,
    WatchActionsFetch,
};
use crate::model::{Alert, Process, ProcessId, Report, ReportId, SensorId, WatchlistId};
use crate::text::Untrusted;

impl Session {
    /// Returns the process whose details are shown: the one under the cursor of a list, a parent chain or a tree.
    pub fn details_process(&self) -> Option<&Arc<Process>> {
        self.selection.details_process.as_ref()
    }

    /// Returns the value of a slot; `None` if another question was asked.
    pub(super) fn value_of<R: Resource>(&self, place: SlotOf<R>, question: &R) -> Option<&Remote<R>> {
        self.values.get(place)?.if_about(question)
    }

    /// Returns the parent chain of process `id`; `None` if another chain was requested.
    pub fn lineage_of(&self, id: ProcessId) -> Option<&Remote<LineageFetch>> {
        self.value_of(slots::LINEAGE, &LineageFetch::new(id))
    }

    /// Returns the sensor `id`; `None` if another sensor was requested.
    pub fn sensor_of(&self, id: SensorId) -> Option<&Remote<SensorFetch>> {
        self.value_of(slots::SENSOR, &SensorFetch(id))
    }

    /// Returns the file of `process`; `None` if it has no hash or another file was requested.
    pub fn binary_of(&self, process: &Process) -> Option<&Remote<BinaryFetch>> {
        self.value_of(slots::BINARY, &BinaryFetch(process.md5?))
    }

    /// Returns how common the file of `process` is; `None` if it has no hash or another file was requested.
    pub fn prevalence_of(&self, process: &Process) -> Option<&Remote<PrevalenceFetch>> {
        self.value_of(slots::PREVALENCE, &PrevalenceFetch(process.md5?))
    }

    /// Returns the open alerts of `host`; `None` if those of another host were requested.
    pub fn host_alerts_of(&self, host: &Untrusted) -> Option<&Remote<AlertsFetch>> {
        self.value_of(slots::HOST_ALERTS, &open_alerts_fetch(host.non_empty()?))
    }

    /// Returns the actions of watchlist `id`; `None` if those of another watchlist were requested.
    pub fn watchlist_actions_of(&self, id: WatchlistId) -> Option<&Remote<WatchActionsFetch>> {
        self.value_of(slots::WATCH_ACTIONS, &WatchActionsFetch(id))
    }

    /// Returns the threat report `id` with its indicators; `None` if another report was requested.
    pub fn report_details_of(&self, id: &ReportId) -> Option<&Remote<ReportFetch>> {
        self.value_of(slots::REPORT, &ReportFetch(id.clone()))
    }

    /// Returns the number of alerts that `report` raised; `None` if those of another report were counted.
    pub fn report_alert_count(&self, report: &Report) -> Option<&Remote<CountFetch>> {
        self.value_of(slots::REPORT_ALERTS, &alert_count_fetch(report))
    }

    /// Returns the newest alert of the selected group, if it was fetched.
    pub(super) fn newest_alert(&self) -> Option<&Arc<Alert>> {
        self.values.latest(slots::NEWEST_ALERT)?.value.rows.first()
    }
}
