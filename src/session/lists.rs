//! The lists of the console: where their rows are stored, how a page of them is fetched.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use super::{
    AlertGroup, JoinStore, ListRow, Pages, PagesState, RequestLogEntry, SortOrder, alerts::AlertGroupId,
    list_row::RowSource, sort_order,
};
use crate::changes::LoggedChange;
use crate::fetch::{
    AlertsFetch, BansFetch, BinariesFetch, FeedsFetch, Fetch, IsolatedSensorsFetch, ProcessesFetch, ReportsFetch,
    SensorGroupsFetch, SensorsFetch, SitesFetch, TeamsFetch, UsersFetch, WatchlistsFetch,
};
use crate::model::{
    Alert, AlertId, Ban, Binary, Document, Feed, FeedId, Group, GroupId, IsolatedSensor, Md5, Process, ProcessId,
    Report, ReportId, Search, Sensor, SensorFilter, SensorId, Site, Team, User, Watchlist, WatchlistId,
};
use crate::text::Untrusted;
use crate::worker::List;

/// Number of retained requests; the oldest are dropped.
const MAX_REQUEST_LOG_ENTRIES: usize = 500;

/// The pages of every list.
#[derive(Debug, Default)]
pub struct Lists {
    pages: BTreeMap<List, Box<dyn PagesState>>,
    /// Sensors, groups and binaries that rows refer to.
    pub joins: JoinStore,
}

impl Lists {
    /// Makes room for the rows of a list, unless there is.
    pub fn add_list<T: ListRow>(&mut self) {
        self.pages.entry(T::LIST).or_insert_with(|| Box::new(Pages::<T>::default()));
    }

    /// Returns the current search of a list.
    pub fn search(&self, list: List) -> Option<&Arc<Search>> {
        self.state(list).search()
    }

    /// Returns the pages of the list of these rows.
    ///
    /// # Panics
    ///
    /// If the list was not added, or for other rows.
    pub fn pages<T: ListRow>(&self) -> &Pages<T> {
        let pages: &dyn Any = self.state(T::LIST);
        pages.downcast_ref().expect("a list has one type of rows")
    }

    /// Returns the pages of the list of these rows, to be changed.
    pub(super) fn pages_mut<T: ListRow>(&mut self) -> &mut Pages<T> {
        let pages: &mut dyn Any = self.state_mut(T::LIST);
        pages.downcast_mut().expect("a list has one type of rows")
    }

    /// Returns the loading state of a list.
    pub(super) fn state(&self, list: List) -> &dyn PagesState {
        self.pages.get(&list).expect("a list is added before it is used").as_ref()
    }

    /// Returns the loading state of a list, mutably.
    pub(super) fn state_mut(&mut self, list: List) -> &mut dyn PagesState {
        self.pages.get_mut(&list).expect("a list is added before it is used").as_mut()
    }

    /// Returns the loading states of all lists.
    pub(super) fn states(&self) -> impl Iterator<Item = &dyn PagesState> {
        self.pages.values().map(AsRef::as_ref)
    }
}

impl ListRow for Process {
    /// Segments are parts of one process: a change made through one row concerns the whole process.
    type Id = ProcessId;

    const LIST: List = List::Processes;
    const SOURCE: RowSource = RowSource::Paged(|search, span| ProcessesFetch { search, span }.into());
    const SORT_ORDERS: &'static [SortOrder] = sort_order::PROCESS_ORDERS;

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
}

impl ListRow for Alert {
    type Id = AlertId;

    const LIST: List = List::Alerts;
    const SOURCE: RowSource = RowSource::Paged(|search, span| AlertsFetch { search, span }.into());
    const SORT_ORDERS: &'static [SortOrder] = sort_order::ALERT_ORDERS;

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
}

impl ListRow for Binary {
    type Id = Md5;

    const LIST: List = List::Binaries;
    const SOURCE: RowSource = RowSource::Paged(|search, span| BinariesFetch { search, span }.into());
    const SORT_ORDERS: &'static [SortOrder] = sort_order::BINARY_ORDERS;

    fn id(&self) -> Md5 {
        self.md5
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Ban {
    type Id = Md5;

    const LIST: List = List::Bans;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Bans(BansFetch));

    fn id(&self) -> Md5 {
        self.md5
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn md5(&self) -> Option<Md5> {
        Some(self.md5)
    }
}

impl ListRow for IsolatedSensor {
    type Id = SensorId;

    const LIST: List = List::IsolatedSensors;
    const SOURCE: RowSource = RowSource::Whole(Fetch::IsolatedSensors(IsolatedSensorsFetch));

    fn id(&self) -> SensorId {
        self.0.id
    }

    fn document(&self) -> &Document {
        &self.0.document
    }

    fn sensor(&self) -> Option<SensorId> {
        Some(self.0.id)
    }
}

impl ListRow for Sensor {
    type Id = SensorId;

    const LIST: List = List::Sensors;
    const SOURCE: RowSource = RowSource::Paged(|search, span| {
        // The query of a sensor search is a list of name and address parts, from which the filter is parsed.
        SensorsFetch { filter: SensorFilter::parse_canonical(&search.query), span }.into()
    });

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
        let is_paged = SensorFilter::parse_canonical(&search.query).client_side.is_empty();
        if is_paged { Self::SOURCE.page_rows() } else { RowSource::ALL_ROWS }
    }
}

impl ListRow for Report {
    type Id = ReportId;

    const LIST: List = List::Reports;
    const SOURCE: RowSource = RowSource::Paged(|search, span| ReportsFetch { search, span }.into());
    const SORT_ORDERS: &'static [SortOrder] = sort_order::REPORT_ORDERS;

    fn id(&self) -> ReportId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Watchlist {
    type Id = WatchlistId;

    const LIST: List = List::Watchlists;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Watchlists(WatchlistsFetch));

    fn id(&self) -> WatchlistId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Feed {
    type Id = FeedId;

    const LIST: List = List::Feeds;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Feeds(FeedsFetch));

    fn id(&self) -> FeedId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Group {
    type Id = GroupId;

    const LIST: List = List::SensorGroups;
    const SOURCE: RowSource = RowSource::Whole(Fetch::SensorGroups(SensorGroupsFetch));

    fn id(&self) -> GroupId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for User {
    type Id = Untrusted;

    const LIST: List = List::Users;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Users(UsersFetch));

    fn id(&self) -> Untrusted {
        self.username.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Team {
    type Id = u64;

    const LIST: List = List::Teams;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Teams(TeamsFetch));

    fn id(&self) -> u64 {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for Site {
    type Id = u64;

    const LIST: List = List::Sites;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Sites(SitesFetch));

    fn id(&self) -> u64 {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListRow for AlertGroup {
    type Id = AlertGroupId;

    const LIST: List = List::AlertGroups;
    const SOURCE: RowSource = RowSource::Local;
    const SORT_ORDERS: &'static [SortOrder] = sort_order::ALERT_GROUP_ORDERS;

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

    fn is_same_search(one: &Search, other: &Search) -> bool {
        (&one.query, &one.group_by) == (&other.query, &other.group_by)
    }
}

impl ListRow for LoggedChange {
    type Id = u64;

    const LIST: List = List::Activity;
    const SOURCE: RowSource = RowSource::Local;

    fn id(&self) -> u64 {
        self.line
    }

    fn document(&self) -> &Document {
        LoggedChange::document(self)
    }
}

impl ListRow for RequestLogEntry {
    type Id = u64;

    const LIST: List = List::Requests;
    const SOURCE: RowSource = RowSource::Local;

    fn id(&self) -> u64 {
        self.sequence_number
    }

    fn document(&self) -> &Document {
        &self.document
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
