//! What the investigation knows: shared by every pane, drawn by all, owned by none.

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
mod lists;
mod opened_process;
mod outbox;
mod pages;
mod period_input;
mod remote;
mod replies;
mod request_log;
mod saved_query;
mod search_settings;
mod selection;
mod slot_state;
mod sort_order;
mod timeline;
mod transfers;

use jiff::Timestamp;

pub use alerts::{AlertContext, AlertGroup, AlertState, GroupBy, LiveMode, LiveUpdates, NewAlerts};
pub use changes::{ChangeState, Preview, RunningChange};
pub use column_choice::ColumnChoice;
pub use connection::{Connection, ConnectionInfo, RequestCounts};
pub use cx::{Cx, feed_reports_query, not_runnable_reason, report_alerts_query, runnable_query};
pub use destination::Destination;
pub use details::SelectionDetails;
pub use effect::Effect;
pub use facets::{FacetComparison, FacetCounts};
pub use join_store::{JoinStore, Joined};
pub use lists::{ListRow, Lists};
pub use opened_process::OpenedProcess;
pub use outbox::{Notice, Outbox};
pub use pages::{Awaited, Pages, RowState};
pub use period_input::PeriodInput;
pub use remote::{Awaiting, Remote};
pub use request_log::RequestLogEntry;
pub use saved_query::NamedQuery;
pub use search_settings::{HistoryEntry, SearchSettings};
pub use selection::Selection;
pub use sort_order::{SortOrder, sort_orders};
pub use timeline::{RowRef, Timeline, TimelineGap, TimelineProgress};
pub use transfers::{DownloadState, TransferState};

use crate::model::{GroupId, Md5, Search, Sensor, SensorId};
use crate::text::Untrusted;
use crate::worker::List;

/// Everything that the console knows, in one group for each purpose.
#[derive(Debug, Default)]
pub struct Session {
    /// The server, the account, and how the two are reached.
    pub connection: Connection,
    /// The pages of every list.
    pub lists: Lists,
    /// The rows under the cursors.
    pub selection: Selection,
    /// What was fetched about the selected rows.
    pub details: SelectionDetails,
    /// The process that was opened, with its relatives and events.
    pub opened: OpenedProcess,
    /// The alert groups, live updates, and the context of the selected alert.
    pub alert_state: AlertState,
    /// Changes: previewed, running, and in the audit log.
    pub changes: ChangeState,
    /// How lists are searched, sorted and shown.
    pub search: SearchSettings,
    /// Downloads and exports.
    pub transfers: TransferState,
    /// What the last input leaves for the app to show or to follow.
    pub outbox: Outbox,
}

impl Session {
    /// Starts with nothing asked.
    pub fn new(info: ConnectionInfo, history: Vec<HistoryEntry>) -> Self {
        Self {
            connection: Connection { info, ..Connection::default() },
            search: SearchSettings { query_history: history, ..SearchSettings::default() },
            ..Self::default()
        }
    }

    /// Whether each segment of a process has a row of its own: because that is wanted, or because the server, before 6.0,
    /// cannot group them.
    pub fn is_by_segment(&self) -> bool {
        let release = self.connection.server_info.latest().and_then(|known| known.value.release());
        self.search.is_split_by_segment || release.is_some_and(|release| release < (6, 0))
    }

    /// A sensor, if anything has asked for it.
    pub fn find_sensor(&self, id: SensorId) -> Option<&Sensor> {
        let looked_at = self.details.sensor.latest().map(|known| &*known.value);
        let under_cursor = self.selection.sensor.as_deref();
        let mut known = looked_at.into_iter().chain(under_cursor);
        known.find(|sensor| sensor.id == id).or_else(|| match self.lists.joins.sensor(id) {
            Joined::Ready(sensor) => Some(sensor),
            _ => None,
        })
    }

    /// What a sensor group is called, if anything has asked for it.
    pub fn group_name(&self, id: GroupId) -> Option<&Untrusted> {
        let looked_at = self.details.group.latest().map(|known| &*known.value);
        let mut groups = self.lists.sensor_groups.loaded_rows().map(|(_, group)| &**group);
        let group = looked_at.filter(|group| group.id == id);
        group.or_else(|| groups.find(|group| group.id == id)).map(|group| &group.name)
    }

    /// What a file is called, if anything that is shown tells.
    pub fn find_file_name(&self, md5: Md5) -> Option<Untrusted> {
        let looked_at = self.details.process.as_ref();
        let process = looked_at.filter(|process| process.md5 == Some(md5));
        let file = self.selection.binary.as_ref().filter(|file| file.md5 == md5);
        let name = process.map(|process| process.name.clone());
        name.or_else(|| file.map(|file| file.name()))
    }

    /// From when an answer is, in the zone that times are shown in.
    pub fn describe_answer_time(&self, at: Timestamp) -> String {
        format!("as of {}", self.connection.zone.time_of_day(at))
    }

    /// Whether an answer is on its way.
    pub fn is_waiting(&self) -> bool {
        self.n_pending() > 0
    }

    /// In which order a list is asked for, where there are several.
    pub fn sort_order(&self, list: List) -> Option<SortOrder> {
        let orders = sort_orders(list);
        let at = self.search.sort_orders.get(&list).copied().unwrap_or_default();
        orders.get(at % orders.len().max(1)).copied()
    }

    /// Sets order and grouping to those of a question put before.
    fn restore_order(&mut self, list: List, search: &Search) {
        let is_its = |order: &SortOrder| search.sort.as_deref() == Some(order.sort);
        let at = sort_orders(list).iter().position(is_its);
        self.search.sort_orders.insert(list, at.unwrap_or_default());
        if list == List::Processes {
            self.search.is_split_by_segment = search.group_by.is_none();
            self.search.period = PeriodInput::from_search(search);
        }
    }

    /// The columns that were chosen for a list.
    pub fn chosen_columns(&self, list: &str) -> Option<&[ColumnChoice]> {
        self.search.chosen_columns.get(list).map(Vec::as_slice)
    }
}
