//! The lists of the console: where their rows are stored, how a page of them is fetched.

mod unpaged_lists;

use std::{fmt::Debug, sync::Arc};

use super::{AlertGroup, JoinStore, ListRow, Pages, RequestLogEntry, Session, alerts::AlertGroupId};
use crate::changes::LoggedChange;
use crate::fetch::Fetch;
use crate::model::{
    Alert, AlertId, Ban, Binary, Document, Feed, Group, IsolatedSensor, Md5, Process, ProcessId, Report, ReportId,
    Search, Sensor, SensorFilter, SensorId, Site, Span, Team, User, Watchlist,
};
use crate::worker::List;

/// Number of retained requests; the oldest are dropped.
const MAX_REQUEST_LOG_ENTRIES: usize = 500;

/// The pages of every list.
#[derive(Debug, Default)]
pub struct Lists {
    pub processes: Pages<Process>,
    pub alerts: Pages<Alert>,
    pub binaries: Pages<Binary>,
    pub bans: Pages<Ban>,
    /// Sensors that are isolated or about to be.
    pub isolated_sensors: Pages<IsolatedSensor>,
    pub sensors: Pages<Sensor>,
    pub sensor_groups: Pages<Group>,
    pub watchlists: Pages<Watchlist>,
    pub feeds: Pages<Feed>,
    pub reports: Pages<Report>,
    pub users: Pages<User>,
    pub teams: Pages<Team>,
    pub sites: Pages<Site>,
    /// Changes of the audit log, newest first.
    pub activity: Pages<LoggedChange>,
    /// Requests of this run, newest first.
    pub request_log: Pages<RequestLogEntry>,
    /// Sensors, groups and binaries that rows refer to.
    pub joins: JoinStore,
}

/// A row whose pages the session holds.
pub trait SessionRow: ListRow {
    /// Returns the pages of the list.
    fn pages(session: &Session) -> &Pages<Self>;

    /// Returns the pages of the list, to be changed.
    fn pages_mut(session: &mut Session) -> &mut Pages<Self>;
}

impl ListRow for Process {
    /// Segments are parts of one process: a change made through one row concerns the whole process.
    type Id = ProcessId;

    const LIST: List = List::Processes;

    fn id(&self) -> ProcessId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn sensor(&self) -> Option<SensorId> {
        Some(self.sensor)
    }

    fn md5(&self) -> Option<Md5> {
        self.md5
    }

    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        Some(Fetch::Processes { search, span })
    }
}

impl SessionRow for Process {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.processes
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.processes
    }
}

impl ListRow for Alert {
    type Id = AlertId;

    const LIST: List = List::Alerts;

    fn id(&self) -> AlertId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn sensor(&self) -> Option<SensorId> {
        self.sensor
    }

    fn md5(&self) -> Option<Md5> {
        self.md5
    }

    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        Some(Fetch::Alerts { search, span })
    }
}

impl SessionRow for Alert {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.alerts
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.alerts
    }
}

impl ListRow for Binary {
    type Id = Md5;

    const LIST: List = List::Binaries;

    fn id(&self) -> Md5 {
        self.md5
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        Some(Fetch::Binaries { search, span })
    }
}

impl SessionRow for Binary {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.binaries
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.binaries
    }
}

impl ListRow for Ban {
    type Id = Md5;

    const LIST: List = List::Bans;

    /// The server sends all of them in one answer (API reference 2.9).
    const PAGE_ROWS: u64 = 1 << 32;

    fn id(&self) -> Md5 {
        self.md5
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn md5(&self) -> Option<Md5> {
        Some(self.md5)
    }

    fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
        Some(Fetch::Bans)
    }
}

impl SessionRow for Ban {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.bans
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.bans
    }
}

impl ListRow for IsolatedSensor {
    type Id = SensorId;

    const LIST: List = List::IsolatedSensors;

    /// All of them come in one answer.
    const PAGE_ROWS: u64 = 1 << 32;

    fn id(&self) -> SensorId {
        self.0.id
    }

    fn document(&self) -> &Document {
        &self.0.document
    }

    fn sensor(&self) -> Option<SensorId> {
        Some(self.0.id)
    }

    fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
        Some(Fetch::IsolatedSensors)
    }
}

impl SessionRow for IsolatedSensor {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.isolated_sensors
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.isolated_sensors
    }
}

impl ListRow for Sensor {
    type Id = SensorId;

    const LIST: List = List::Sensors;

    fn id(&self) -> SensorId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn sensor(&self) -> Option<SensorId> {
        Some(self.id)
    }

    /// A filter that is evaluated by the client needs all sensors, so its matches come at once.
    fn page_rows(search: &Search) -> u64 {
        if SensorFilter::parse_canonical(&search.query).client_side.is_empty() { Self::PAGE_ROWS } else { 1 << 32 }
    }

    /// The query of a sensor search is a list of name and address parts, from which the filter is parsed.
    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        let filter = SensorFilter::parse_canonical(&search.query);
        Some(Fetch::Sensors { filter, span })
    }
}

impl SessionRow for Sensor {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.sensors
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.sensors
    }
}

impl ListRow for Report {
    type Id = ReportId;

    const LIST: List = List::Reports;

    fn id(&self) -> ReportId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        Some(Fetch::Reports { search, span })
    }
}

impl SessionRow for Report {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.reports
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.reports
    }
}

impl ListRow for AlertGroup {
    type Id = AlertGroupId;

    const LIST: List = List::AlertGroups;

    const PAGE_ROWS: u64 = 1 << 32;

    fn id(&self) -> AlertGroupId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        AlertGroup::document(self)
    }

    fn sensor(&self) -> Option<SensorId> {
        self.shared.sensor
    }

    fn md5(&self) -> Option<Md5> {
        self.shared.md5
    }

    fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
        None
    }

    fn is_same_search(one: &Search, other: &Search) -> bool {
        (&one.query, &one.group_by) == (&other.query, &other.group_by)
    }
}

impl SessionRow for AlertGroup {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.alert_state.groups
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.alert_state.groups
    }
}

impl ListRow for LoggedChange {
    type Id = u64;

    const LIST: List = List::Activity;

    const PAGE_ROWS: u64 = 1 << 32;

    fn id(&self) -> u64 {
        self.line
    }

    fn document(&self) -> &Document {
        LoggedChange::document(self)
    }

    fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
        None
    }
}

impl SessionRow for LoggedChange {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.activity
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.activity
    }
}

impl ListRow for RequestLogEntry {
    type Id = u64;

    const LIST: List = List::Requests;

    const PAGE_ROWS: u64 = 1 << 32;

    fn id(&self) -> u64 {
        self.sequence_number
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
        None
    }
}

impl SessionRow for RequestLogEntry {
    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.request_log
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.request_log
    }
}

impl Pages<RequestLogEntry> {
    /// Adds the newest entry at the top.
    pub(super) fn push_front(&mut self, entry: RequestLogEntry) {
        let at = entry.trace.at;
        let older = self.loaded_rows().map(|(_, row)| row.clone());
        let rows = [Arc::new(entry)].into_iter().chain(older);
        let rows = rows.take(MAX_REQUEST_LOG_ENTRIES).collect();
        self.set_rows(rows, at);
    }
}
