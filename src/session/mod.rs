//! What the investigation knows: shared by every pane, drawn by all, owned by none.

mod alerts;
mod changes;
mod column_choice;
mod cx;
mod destination;
mod downloads;
mod effect;
mod facets;
mod join_store;
mod keyed;
mod lists;
mod pages;
mod period_input;
mod relatives;
mod remote;
mod replies;
mod request_log;
mod saved_query;
mod slot_state;
mod sort_order;
mod timeline;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

pub use alerts::{AlertContext, AlertGroup, AlertState, GroupBy, LiveMode, LiveUpdates, NewAlerts};
use changes::ReasonDraft;
pub use changes::{Preview, RunningChange};
pub use column_choice::ColumnChoice;
pub use cx::{Cx, feed_reports_query, not_runnable_reason, report_alerts_query, runnable_query};
pub use destination::Destination;
pub use downloads::DownloadState;
pub use effect::Effect;
pub use facets::{FacetComparison, FacetCounts};
pub use join_store::{JoinStore, Joined};
pub use lists::ListRow;
pub use pages::{Awaited, Pages, RowState};
pub use period_input::PeriodInput;
pub use remote::{Awaiting, Remote};
pub use request_log::RequestLogEntry;
pub use saved_query::NamedQuery;
pub use sort_order::{SortOrder, sort_orders};
pub use timeline::{RowRef, Timeline, TimelineGap, TimelineProgress};

use crate::api::RequestTrace;
use crate::changes::{Actor, ChangeHistory, LoggedChange};
use crate::fetch::{AlertRows, CacheStats};
use crate::model::{
    Alert, Ban, Binary, Facets, Feed, FileHead, Group, GroupId, IsolatedSensor, License, Lineage, Md5, Page, Partition,
    PathCheck, Prevalence, Process, ProcessId, Report, Search, Sensor, SensorId, ServerInfo, Site, Summary, Team, User,
    WatchAction, Watchlist, Zone,
};
use crate::query::Index;
use crate::text::Untrusted;
use crate::worker::List;

/// Where the console is, and as whom: what the header says whatever happens.
#[derive(Clone, Debug, Default)]
pub struct ConnectionInfo {
    /// Host and port of the server.
    pub server: String,
    /// Its address, as requests begin with it.
    pub url: String,
    /// Its host and port, as the action log names it.
    pub host: String,
    /// Who is at the keyboard, as the action log names them.
    pub actor: Actor,
    /// Where address and token were found.
    pub source: String,
    /// The profile's name, if there is one.
    pub profile: String,
    /// The configured user; the server cannot say whose token it is.
    pub user: Option<String>,
    /// Whether every change is refused.
    pub is_read_only: bool,
    /// The color of the profile's frame.
    pub color: Option<String>,
    /// The zone of the hosts, where somebody said it.
    pub host_zone: Option<TimeZone>,
    /// The zone of whoever sits before the screen, where it is not UTC.
    pub user_zone: Option<TimeZone>,
    /// How others could read or fake what is said to the server, in a word.
    pub transport_risk: Option<&'static str>,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What is to be told.
    pub text: String,
    /// Whether it is a warning.
    pub is_warning: bool,
    /// Whether it stands where the warnings of the start stood, before any key was pressed: it says how they are read.
    pub names_start_warnings: bool,
}

/// A query asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The query, as typed.
    pub query: String,
    /// When the last event had to be.
    pub period: PeriodInput,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How many rows it had, if that was ever known.
    pub total: Option<u64>,
    /// How long its first page took, in milliseconds.
    pub took_ms: Option<u64>,
}

/// What the console asked of the server so far.
#[derive(Clone, Debug, Default)]
pub struct RequestCounts {
    /// Calls made.
    pub n_requests: u64,
    /// The last call.
    pub last_call: Option<RequestTrace>,
    /// How often the cache had the answer.
    pub cache_stats: CacheStats,
    /// Until when the server, which is busy, has asked to wait.
    pub busy_until: Option<Timestamp>,
    /// Whether the server did not answer since it last did.
    pub was_down: bool,
}

/// Everything that is known.
#[derive(Debug, Default)]
pub struct Session {
    /// Where the console is, and as whom.
    pub connection: ConnectionInfo,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// What the server says of itself.
    pub server_info: Remote<ServerInfo>,
    /// The processes last searched for.
    pub processes: Pages<Process>,
    /// The alerts last searched for.
    pub alerts: Pages<Alert>,
    /// The binaries last searched for.
    pub binaries: Pages<Binary>,
    /// The banned hashes.
    pub bans: Pages<Ban>,
    /// The hosts that are isolated, or are to be.
    pub isolated_sensors: Pages<IsolatedSensor>,
    /// All sensors, or those that were looked for.
    pub sensors: Pages<Sensor>,
    /// The sensor under the cursor of that list.
    pub selected_sensor: Option<Arc<Sensor>>,
    /// The sensor groups.
    pub sensor_groups: Pages<Group>,
    /// The watchlists.
    pub watchlists: Pages<Watchlist>,
    /// The watchlist under the cursor.
    pub selected_watchlist: Option<Arc<Watchlist>>,
    /// What it sets off.
    watchlist_actions: Remote<Page<WatchAction>>,
    /// How much it finds now, if anybody asked.
    watchlist_hits: Remote<u64>,
    /// The feeds.
    pub feeds: Pages<Feed>,
    /// The feed under the cursor.
    pub selected_feed: Option<Arc<Feed>>,
    /// The threat reports last searched for.
    pub reports: Pages<Report>,
    /// The threat report under the cursor, as the search has it.
    pub selected_report: Option<Arc<Report>>,
    /// The same with all that it looks for.
    report_details: Remote<Report>,
    /// How many alerts it has raised.
    report_alert_count: Remote<u64>,
    /// The users.
    pub users: Pages<User>,
    /// The teams.
    pub teams: Pages<Team>,
    /// The sites.
    pub sites: Pages<Site>,
    /// What the server is licensed for.
    pub license: Remote<License>,
    /// The parts of its store of events.
    pub store_partitions: Remote<Vec<Partition>>,
    /// What was changed on servers, the newest first.
    pub activity: Pages<LoggedChange>,
    /// What was asked of the server, the newest first.
    pub request_log: Pages<RequestLogEntry>,
    /// What the log of changes tells; `None` until it was read.
    pub change_history: Option<Arc<ChangeHistory>>,
    /// Whether an action waits for another program that holds the lock of the action log.
    pub is_log_locked: bool,
    /// How many deeds of it are open on this server; counted once, since every frame shows it.
    n_pending_changes: usize,
    /// How many of these have nothing known of them yet.
    n_unanswered_changes: usize,
    /// The reason last typed for deeds that were not done, to be typed no second time for these.
    draft_reason: Option<ReasonDraft>,
    /// What deeds would do that are looked at.
    pub preview: Option<Preview>,
    /// The deeds of this run.
    pub running_changes: Vec<RunningChange>,
    /// The ticket that the last deed belonged to.
    pub last_ticket: Option<String>,
    /// What is known of the queue of alerts as a whole, and around the one under the cursor.
    pub alert_state: AlertState,
    /// The alert under the cursor.
    pub selected_alert: Option<Arc<Alert>>,
    /// The file under the cursor of the list of binaries.
    pub selected_binary: Option<Arc<Binary>>,
    /// The first bytes of a file.
    pub file_head: Remote<FileHead>,
    /// What belongs to the rows of lists.
    pub joins: JoinStore,
    /// Files on their way to the disk.
    pub downloads: Vec<DownloadState>,
    /// Whether the rows that were last to be exported were written; `None` until that is known.
    pub is_exported: Option<bool>,
    /// The place for a new file that was last looked at.
    pub path_check: Option<PathCheck>,
    /// When the last search was asked, and of when, for the history.
    pending_history_entry: Option<(Timestamp, PeriodInput)>,
    /// The process that was opened.
    pub opened_id: Option<ProcessId>,
    /// Whose relatives are known: the process that was opened, or one of them that was opened before it.
    pub relatives_origin: Option<ProcessId>,
    /// What is known of it and of each of them.
    pub relatives: BTreeMap<ProcessId, Remote<Summary>>,
    /// What it did.
    pub timeline: Timeline,
    /// The process under examination.
    pub subject: Option<Arc<Process>>,
    /// Its parent chain, or that of the process whose tree is shown.
    lineage: Remote<Lineage>,
    /// The process whose facts are shown: the subject, or one of its relatives.
    details_process: Option<Arc<Process>>,
    /// Its host.
    subject_sensor: Remote<Sensor>,
    /// The group of its host.
    subject_group: Remote<Group>,
    /// Its executable.
    subject_binary: Remote<Binary>,
    /// How common that file is.
    subject_prevalence: Remote<Prevalence>,
    /// The alerts that are open on its host, or on the one under the cursor of the sensors.
    host_alerts: Remote<AlertRows>,
    /// What is counted of the processes last searched for.
    pub facet_counts: FacetCounts,
    /// Values of the field that is typed.
    pub value_suggestions: Remote<Facets>,
    /// In which order each list is asked for, where it is not the first of its orders.
    sort_orders: BTreeMap<List, usize>,
    /// Whether every segment is a row of its own.
    pub is_split_by_segment: bool,
    /// The columns that were chosen, by the name of their list.
    pub chosen_columns: BTreeMap<String, Vec<ColumnChoice>>,
    /// When the last event of the processes searched for must have been.
    pub period: PeriodInput,
    /// Queries asked before, the newest first.
    pub query_history: Vec<HistoryEntry>,
    /// Queries kept under a name.
    pub saved_queries: Vec<NamedQuery>,
    /// A query picked elsewhere, for the editor of its index to take.
    pending_query: Option<(Index, String)>,
    /// Where the last key leads.
    destination: Option<Destination>,
    /// The last warning, in full.
    pub last_warning: Option<String>,
    /// What was warned of at the start, each by itself, until it is read in full.
    pub start_warnings: Vec<String>,
    /// What was last told that is no warning.
    pub last_notice: Option<String>,
    /// What was last to be told.
    pub notice: Option<Notice>,
    /// What was asked of the server so far.
    pub request_stats: RequestCounts,
    ticket_count: u64,
}

impl Session {
    /// Starts with nothing asked.
    pub fn new(identity: ConnectionInfo, history: Vec<HistoryEntry>) -> Self {
        Self { connection: identity, query_history: history, ..Self::default() }
    }

    /// Whether each segment of a process has a row of its own: because that is wanted, or because the server, before 6.0,
    /// cannot group them.
    pub fn is_by_segment(&self) -> bool {
        let release = self.server_info.latest().and_then(|known| known.value.release());
        self.is_split_by_segment || release.is_some_and(|release| release < (6, 0))
    }

    /// A sensor, if anything has asked for it.
    pub fn find_sensor(&self, id: SensorId) -> Option<&Sensor> {
        let looked_at = self.subject_sensor.latest().map(|known| &*known.value);
        let under_cursor = self.selected_sensor.as_deref();
        let mut known = looked_at.into_iter().chain(under_cursor);
        known.find(|sensor| sensor.id == id).or_else(|| match self.joins.sensor(id) {
            Joined::Ready(sensor) => Some(sensor),
            _ => None,
        })
    }

    /// What a sensor group is called, if anything has asked for it.
    pub fn group_name(&self, id: GroupId) -> Option<&Untrusted> {
        let looked_at = self.subject_group.latest().map(|known| &*known.value);
        let mut groups = self.sensor_groups.loaded_rows().map(|(_, group)| &**group);
        let group = looked_at.filter(|group| group.id == id);
        group.or_else(|| groups.find(|group| group.id == id)).map(|group| &group.name)
    }

    /// What a file is called, if anything that is shown tells.
    pub fn find_file_name(&self, md5: Md5) -> Option<Untrusted> {
        let looked_at = self.details_process.as_ref();
        let process = looked_at.filter(|process| process.md5 == Some(md5));
        let file = self.selected_binary.as_ref().filter(|file| file.md5 == md5);
        let name = process.map(|process| process.name.clone());
        name.or_else(|| file.map(|file| file.name()))
    }

    /// From when an answer is, in the zone that times are shown in.
    pub fn describe_answer_time(&self, at: Timestamp) -> String {
        format!("as of {}", self.zone.time_of_day(at))
    }

    /// Whether an answer is on its way.
    pub fn is_waiting(&self) -> bool {
        self.n_pending() > 0
    }

    /// In which order a list is asked for, where there are several.
    pub fn sort_order(&self, list: List) -> Option<SortOrder> {
        let orders = sort_orders(list);
        let at = self.sort_orders.get(&list).copied().unwrap_or_default();
        orders.get(at % orders.len().max(1)).copied()
    }

    /// Sets order and grouping to those of a question put before.
    fn restore_order(&mut self, list: List, search: &Search) {
        let is_its = |order: &SortOrder| search.sort.as_deref() == Some(order.sort);
        let at = sort_orders(list).iter().position(is_its);
        self.sort_orders.insert(list, at.unwrap_or_default());
        if list == List::Processes {
            self.is_split_by_segment = search.group_by.is_none();
            self.period = PeriodInput::from_search(search);
        }
    }

    /// The columns that were chosen for a list.
    pub fn chosen_columns(&self, list: &str) -> Option<&[ColumnChoice]> {
        self.chosen_columns.get(list).map(Vec::as_slice)
    }
}
