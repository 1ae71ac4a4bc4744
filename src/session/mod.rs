//! The state of the investigation, shared and drawn by every pane.

mod alerts;
mod changes;
mod column_choice;
mod connection;
mod cx;
mod destination;
mod details;
mod effect;
mod facets;
mod join_store;
mod list_row;
mod lists;
mod opened_process;
mod outbox;
mod pages;
mod period_input;
mod remote;
mod request_log;
mod saved_query;
mod search_settings;
mod selection;
mod slot_state;
pub mod slots;
mod sort_order;
mod timeline;
mod transfers;
mod value_store;

use jiff::Timestamp;

pub use alerts::{AlertGroup, AlertState, GroupBy, LiveMode, LiveUpdates, NewAlerts};
pub use changes::{ChangeState, Preview, RunningChange};
pub use column_choice::ColumnChoice;
pub use connection::{Connection, ConnectionInfo, RequestCounts};
pub use cx::{
    AlertCx, ChangeCx, Cx, DetailsCx, FileCx, ListCx, ProcessCx, RequestCx, feed_reports_query, not_runnable_reason,
    report_alerts_query, runnable_query,
};
pub use destination::Destination;
pub use effect::Effect;
pub use facets::{FacetComparison, FacetCounts};
pub use join_store::{JoinStore, Joined};
pub use list_row::{ListRow, RowSource};
pub use lists::Lists;
pub use opened_process::OpenedProcess;
pub use outbox::{Notice, Outbox};
pub use pages::{Pages, PagesState, RowState};
pub use period_input::PeriodInput;
pub use remote::{Remote, RemoteState};
pub use request_log::RequestLogEntry;
pub use saved_query::NamedQuery;
pub use search_settings::{HistoryEntry, SearchSettings};
pub use selection::Selection;
pub use sort_order::SortOrder;
pub use timeline::{RowRef, Timeline, TimelineGap, TimelineProgress};
pub use transfers::{DownloadState, TransferState};
pub use value_store::{SlotOf, ValueStore};

use crate::model::{Group, GroupId, Md5, Search, Sensor, SensorId};
use crate::text::Untrusted;
use crate::worker::List;

/// The whole state of the console, in one group for each purpose.
#[derive(Debug, Default)]
pub struct Session {
    pub connection: Connection,
    pub lists: Lists,
    pub selection: Selection,
    /// Fetched values, other than pages of lists and what belongs to the opened process.
    pub values: ValueStore,
    pub opened: OpenedProcess,
    pub alert_state: AlertState,
    pub changes: ChangeState,
    pub search: SearchSettings,
    pub transfers: TransferState,
    pub outbox: Outbox,
}

impl Session {
    /// Returns a session in which nothing was requested yet.
    pub fn new(info: ConnectionInfo, history: Vec<HistoryEntry>) -> Self {
        Self {
            connection: Connection { info, ..Connection::default() },
            search: SearchSettings { query_history: history, ..SearchSettings::default() },
            ..Self::default()
        }
    }

    /// Returns whether each segment of a process has a row of its own: by the user's choice, or because a server before
    /// 6.0 cannot group them.
    pub fn is_by_segment(&self) -> bool {
        let release = self.values.latest(slots::SERVER_INFO).and_then(|fetched| fetched.value.release());
        self.search.is_split_by_segment || release.is_some_and(|release| release < (6, 0))
    }

    /// Returns a sensor if any answer so far contains it.
    pub fn find_sensor(&self, id: SensorId) -> Option<&Sensor> {
        let in_details = self.values.latest(slots::SENSOR).map(|fetched| &*fetched.value);
        let selected = self.selection.sensor.as_deref();
        let mut sensors = in_details.into_iter().chain(selected);
        let sensor = sensors.find(|sensor| sensor.id == id).or_else(|| match self.lists.joins.sensor(id) {
            Joined::Ready(sensor) => Some(sensor),
            _ => None,
        });
        let listed =
            || self.lists.pages::<Sensor>().loaded_rows().map(|(_, sensor)| &**sensor).find(|sensor| sensor.id == id);
        sensor.or_else(listed)
    }

    /// Returns the name of a sensor group if any answer so far contains it.
    pub fn group_name(&self, id: GroupId) -> Option<&Untrusted> {
        let in_details = self.values.latest(slots::SENSOR_GROUP).map(|fetched| &*fetched.value);
        let mut groups = self.lists.pages::<Group>().loaded_rows().map(|(_, group)| &**group);
        let group = in_details.filter(|group| group.id == id);
        group.or_else(|| groups.find(|group| group.id == id)).map(|group| &group.name)
    }

    /// Returns the name of a file if anything on screen has it.
    pub fn find_file_name(&self, md5: Md5) -> Option<Untrusted> {
        let in_details = self.selection.details_process.as_ref();
        let process = in_details.filter(|process| process.md5 == Some(md5));
        let file = self.selection.binary.as_ref().filter(|file| file.md5 == md5);
        let name = process.map(|process| process.name.clone());
        name.or_else(|| file.map(|file| file.name()))
    }

    /// Returns the time of an answer as text, in the zone in which times are shown.
    pub fn describe_answer_time(&self, at: Timestamp) -> String {
        format!("as of {}", self.connection.zone.time_of_day(at))
    }

    /// Returns whether any answer is pending.
    pub fn is_waiting(&self) -> bool {
        self.n_pending() > 0
    }

    /// Returns the order in which a list is requested; `None` if it has only one.
    pub fn sort_order(&self, list: List) -> Option<SortOrder> {
        let orders = self.lists.state(list).sort_orders();
        let at = self.search.sort_orders.get(&list).copied().unwrap_or_default();
        orders.get(at % orders.len().max(1)).copied()
    }

    /// Sets order, grouping and period to those of an earlier `search`.
    fn restore_order(&mut self, list: List, search: &Search) {
        let is_its = |order: &SortOrder| search.sort.as_deref() == Some(order.sort);
        let at = self.lists.state(list).sort_orders().iter().position(is_its);
        self.search.sort_orders.insert(list, at.unwrap_or_default());
        if list == List::Processes {
            self.search.is_split_by_segment = search.group_by.is_none();
            self.search.period = PeriodInput::from_search(search);
        }
    }

    /// Returns the columns that the user chose for a list.
    pub fn chosen_columns(&self, list: &str) -> Option<&[ColumnChoice]> {
        self.search.chosen_columns.get(list).map(Vec::as_slice)
    }
}
