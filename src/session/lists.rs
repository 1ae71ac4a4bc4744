//! What comes in lists that the server gives page by page.

mod whole_list;

use std::{fmt::Debug, sync::Arc};

use super::{AlertGroup, JoinStore, Pages, RequestLogEntry, Session, alerts::AlertGroupId};
use crate::changes::LoggedChange;
use crate::fetch::Fetch;
use crate::model::{
    Alert, AlertId, Ban, Binary, Document, Feed, Group, IsolatedSensor, Md5, Process, ProcessId, Report, ReportId,
    Search, Sensor, SensorFilter, SensorId, Site, Span, Team, User, Watchlist,
};
use crate::worker::List;

/// The pages of every list.
#[derive(Debug, Default)]
pub struct Lists {
    pub processes: Pages<Process>,
    pub alerts: Pages<Alert>,
    pub binaries: Pages<Binary>,
    /// Banned hashes.
    pub bans: Pages<Ban>,
    /// Sensors that are isolated, or are to be.
    pub isolated_sensors: Pages<IsolatedSensor>,
    pub sensors: Pages<Sensor>,
    pub sensor_groups: Pages<Group>,
    pub watchlists: Pages<Watchlist>,
    pub feeds: Pages<Feed>,
    pub reports: Pages<Report>,
    pub users: Pages<User>,
    pub teams: Pages<Team>,
    pub sites: Pages<Site>,
    /// Actions of the audit log, the newest first.
    pub activity: Pages<LoggedChange>,
    /// Requests of this run, the newest first.
    pub request_log: Pages<RequestLogEntry>,
    /// Sensors, groups and binaries that rows refer to.
    pub joins: JoinStore,
}

/// A row of a list that the server gives page by page.
pub trait ListRow: Debug + Sized + 'static {
    /// What tells it from other rows, wherever it stands.
    type Id: Clone + Debug + Ord;

    /// Which list they are in.
    const LIST: List;

    /// Rows asked for at once. The official client's page size, so every server is used to it.
    const PAGE_ROWS: u64 = 100;

    /// Rows asked for at once, where that depends on the question.
    fn page_rows(_: &Search) -> u64 {
        Self::PAGE_ROWS
    }

    /// Its own.
    fn id(&self) -> Self::Id;

    /// The record as the server sent it.
    fn document(&self) -> &Document;

    /// The sensor that saw it, where it names one.
    fn sensor(&self) -> Option<SensorId> {
        None
    }

    /// The file that it is about, where it names one.
    fn md5(&self) -> Option<Md5> {
        None
    }

    /// How a page of such rows is asked for; rows that are known without asking are never asked for.
    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch>;

    /// Whether two questions are about the same rows, in whatever order.
    fn is_same_search(one: &Search, other: &Search) -> bool {
        one.query == other.query
    }

    /// Where they are kept.
    fn pages(session: &Session) -> &Pages<Self>;

    /// The same, to be changed.
    fn pages_mut(session: &mut Session) -> &mut Pages<Self>;
}

impl ListRow for Process {
    /// Segments are parts of one process: what is done to a row is done to all of it.
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

    /// They come all at once (reference 2.9).
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

    /// Those that are isolated come all at once.
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

    /// Where all must be looked at, those that are found come at once.
    fn page_rows(search: &Search) -> u64 {
        if SensorFilter::parse_canonical(&search.query).client_side.is_empty() { Self::PAGE_ROWS } else { 1 << 32 }
    }

    /// What is searched for are the parts of names and addresses that a filter is made of.
    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch> {
        let filter = SensorFilter::parse_canonical(&search.query);
        Some(Fetch::Sensors { filter, span })
    }

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

    fn pages(session: &Session) -> &Pages<Self> {
        &session.lists.request_log
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.lists.request_log
    }
}
