//! The navigation history: earlier locations with their state, and the breadcrumbs.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, View, route::StepDirection};
use crate::model::{Alert, Binary, Process, ProcessId, Report, Search, Sensor};
use crate::panes::{
    Activity, AlertGroups, Alerts, Bans, Binaries, EventsState, Feeds, IsolatedSensors, ListPane, ListState, ListView,
    PaneId, Processes, QueryPane, Reports, SensorGroups, Sensors, TreeState, Watchlists,
};
use crate::session::{Cx, Effect, GroupBy, ListRow, Session};
use crate::text;

/// Number of retained locations; the oldest are dropped.
const MAX_LOCATIONS: usize = 64;

/// Maximum width of a breadcrumb, in columns.
const MAX_CRUMB_WIDTH: usize = 28;

/// The locations to go back and forward to.
#[derive(Debug, Default)]
pub(super) struct NavHistory {
    back_stack: Vec<Location>,
    forward_stack: Vec<Location>,
}

impl NavHistory {
    /// Returns whether there is a location to go back to.
    pub(super) fn can_go_back(&self) -> bool {
        !self.back_stack.is_empty()
    }

    /// Returns whether the current location was opened from a row of the previous one.
    pub(super) fn was_drilled_into(&self) -> bool {
        self.back_stack.last().is_some_and(|location| location.is_drilled_into)
    }
}

/// How the location after another one was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextLocation {
    /// It was opened from a row, to which closing it returns.
    DrilledInto,
    /// It is another view or search.
    Searched,
}

/// A view with the state in which it was left.
#[derive(Clone, Debug)]
pub(super) struct Location {
    view: View,
    focus: PaneId,
    view_state: ViewState,
    label: String,
    /// Whether the next location was opened from a row of this one, rather than by another search.
    is_drilled_into: bool,
}

/// The state needed to show a view again.
#[derive(Clone, Debug)]
enum ViewState {
    Hunt(SearchState<Processes>),
    Process(Option<ProcessId>, TreeState, EventsState),
    Alerts(SearchState<Alerts>),
    AlertGroups(Option<GroupBy>, SearchState<AlertGroups>),
    Binaries(SearchState<Binaries>),
    Sensors(SearchState<Sensors>),
    Watchlists(ListState<Watchlists>),
    Feeds(SearchState<Reports>, ListState<Feeds>),
    Admin(ListState<SensorGroups>),
    Bans(ListState<Bans>),
    Isolated(ListState<IsolatedSensors>),
    Activity(ListState<Activity>),
}

/// A search with the state of its list.
#[derive(Debug)]
struct SearchState<K: ListView> {
    query: String,
    search: Option<Arc<Search>>,
    state: ListState<K>,
}

// Derived `Clone` would require `K: Clone`.
impl<K: ListView> Clone for SearchState<K> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), search: self.search.clone(), state: self.state.clone() }
    }
}

impl<K: ListView> SearchState<K> {
    fn capture(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
        Self::capture_by::<K::Row>(editor, list, session)
    }

    /// Captures the search of row type `T`, from which the rows of `list` are derived.
    fn capture_by<T: ListRow>(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
        let search = session.lists.pages::<T>().search().cloned();
        // Query text that was not submitted belongs to the location that is navigated to.
        let query = search.as_ref().map(|search| search.query.clone());
        Self {
            query: query.or_else(|| editor.map(|editor| editor.text().to_owned())).unwrap_or_default(),
            search,
            state: list.state().clone(),
        }
    }

    fn restore(self, editor: Option<&mut QueryPane>, list: &mut ListPane<K>, cx: &mut Cx<'_>) {
        self.restore_by::<K::Row>(editor, list, cx);
    }

    fn restore_by<T: ListRow>(self, editor: Option<&mut QueryPane>, list: &mut ListPane<K>, cx: &mut Cx<'_>) {
        if let Some(editor) = editor
            && editor.text() != self.query
        {
            editor.set_text(&self.query);
        }
        cx.lists().restore_search::<T>(self.search);
        list.restore_state(self.state);
    }

    fn is_same_view(&self, other: &Self) -> bool {
        match (&self.search, &other.search) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl ViewState {
    /// Returns whether both show identical rows, regardless of the cursor.
    fn is_same_view(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Hunt(one), Self::Hunt(other)) => one.is_same_view(other),
            (Self::Process(one, ..), Self::Process(other, ..)) => one == other,
            (Self::Alerts(one), Self::Alerts(other)) => one.is_same_view(other),
            (Self::AlertGroups(by, one), Self::AlertGroups(other_by, other)) => {
                by == other_by && one.is_same_view(other)
            }
            (Self::Binaries(one), Self::Binaries(other)) => one.is_same_view(other),
            (Self::Sensors(one), Self::Sensors(other)) => one.is_same_view(other),
            (Self::Feeds(one, _), Self::Feeds(other, _)) => one.is_same_view(other),
            (Self::Watchlists(_), Self::Watchlists(_))
            | (Self::Admin(_), Self::Admin(_))
            | (Self::Bans(_), Self::Bans(_))
            | (Self::Isolated(_), Self::Isolated(_))
            | (Self::Activity(_), Self::Activity(_)) => true,
            _ => false,
        }
    }

    /// Returns whether there is nothing worth returning to.
    fn is_empty(&self) -> bool {
        match self {
            Self::Hunt(search) => search.search.is_none(),
            Self::Process(opened, ..) => opened.is_none(),
            Self::Alerts(search) => search.search.is_none(),
            Self::AlertGroups(_, search) => search.search.is_none(),
            Self::Binaries(search) => search.search.is_none(),
            Self::Sensors(search) => search.search.is_none(),
            Self::Watchlists(_)
            | Self::Feeds(..)
            | Self::Admin(_)
            | Self::Bans(_)
            | Self::Isolated(_)
            | Self::Activity(_) => false,
        }
    }
}

impl App {
    /// Returns the current location.
    pub(super) fn location(&self) -> Location {
        let (panes, session) = (&self.panes, &self.session);
        Location {
            view: self.view,
            focus: self.focus,
            view_state: match self.view {
                View::Hunt | View::Facets => {
                    ViewState::Hunt(SearchState::capture(Some(&panes.query), &panes.processes, session))
                }
                View::Process => {
                    let (tree, events) = (panes.tree.state(), panes.events.state());
                    ViewState::Process(session.opened.id, tree.clone(), events.clone())
                }
                View::Alerts => {
                    ViewState::Alerts(SearchState::capture(Some(&panes.alert_query), &panes.alerts, session))
                }
                View::AlertGroups => {
                    let (editor, list) = (&panes.alert_query, &panes.alert_groups);
                    let search = SearchState::capture_by::<Alert>(Some(editor), list, session);
                    ViewState::AlertGroups(session.alert_state.group_by, search)
                }
                View::Binaries => {
                    ViewState::Binaries(SearchState::capture(Some(&panes.binary_query), &panes.binaries, session))
                }
                View::Sensors => ViewState::Sensors(SearchState::capture(None, &panes.sensors, session)),
                View::Watchlists => ViewState::Watchlists(panes.watchlists.state().clone()),
                View::Feeds => {
                    let reports = SearchState::capture(Some(&panes.report_query), &panes.reports, session);
                    ViewState::Feeds(reports, panes.feeds.state().clone())
                }
                View::Admin => ViewState::Admin(panes.groups.state().clone()),
                View::Bans => ViewState::Bans(panes.bans.state().clone()),
                View::Isolated => ViewState::Isolated(panes.isolated_sensors.state().clone()),
                View::Activity => ViewState::Activity(panes.activity.state().clone()),
            },
            label: self.breadcrumb_label(),
            is_drilled_into: false,
        }
    }

    /// Returns whether the current location shows something else than `place`.
    pub(super) fn has_moved_from(&self, location: &Location) -> bool {
        !location.view_state.is_same_view(&self.location().view_state)
    }

    /// Adds a location to the history, unless it is still the current one.
    pub(super) fn push_location(&mut self, location: Location, next: NextLocation) {
        if location.view_state.is_empty() || !self.has_moved_from(&location) {
            return;
        }
        self.history.forward_stack.clear();
        let is_drilled_into = next == NextLocation::DrilledInto;
        self.history.back_stack.push(Location { is_drilled_into, ..location });
        if self.history.back_stack.len() > MAX_LOCATIONS {
            self.history.back_stack.remove(0);
        }
    }

    /// Navigates back, or forward again; returns whether there was a location.
    pub(super) fn navigate_history(
        &mut self,
        direction: StepDirection,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let current = self.location();
        let history = &mut self.history;
        let (from, to) = match direction {
            StepDirection::Back => (&mut history.back_stack, &mut history.forward_stack),
            StepDirection::Forward => (&mut history.forward_stack, &mut history.back_stack),
        };
        let Some(location) = from.pop() else {
            return false;
        };
        // Going back and forward between two locations must not change how they are connected.
        to.push(Location { is_drilled_into: location.is_drilled_into, ..current });
        self.restore_location(location, now, effects);
        true
    }

    /// Returns to the last location of `view` in the history; returns whether there was one.
    pub(super) fn return_to_view(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let mut back_stack = self.history.back_stack.iter();
        let Some(location) = back_stack.rfind(|location| location.view == view).cloned() else {
            return false;
        };
        self.restore_location(location, now, effects);
        true
    }

    /// Shows a location as it was left; cached values are not fetched again.
    fn restore_location(&mut self, location: Location, now: Timestamp, effects: &mut Vec<Effect>) {
        self.view = location.view;
        // The rows get the focus, not the query editor.
        self.focus = if let PaneId::Query(_) = location.focus { location.view.main() } else { location.focus };
        self.popups.clear();
        let panes = &mut self.panes;
        let mut cx = Cx::new(&mut self.session, effects, now);
        match location.view_state {
            ViewState::Hunt(search) => {
                search.restore(Some(&mut panes.query), &mut panes.processes, &mut cx);
            }
            ViewState::Process(opened, tree, events) => {
                if let (Some(id), Some(origin)) = (opened, tree.relatives_origin) {
                    cx.process().open_relative(id, origin);
                }
                panes.tree.restore_state(tree, opened);
                panes.events.restore_state(events);
            }
            ViewState::AlertGroups(by, search) => {
                let shown = search.state.search_shown().cloned();
                search.restore_by::<Alert>(Some(&mut panes.alert_query), &mut panes.alert_groups, &mut cx);
                cx.alerts().restore_alert_groups(by, shown);
                cx.alerts().align_alerts();
            }
            ViewState::Alerts(search) => {
                cx.alerts().group_alerts_by(None);
                search.restore(Some(&mut panes.alert_query), &mut panes.alerts, &mut cx);
                cx.alerts().align_alerts();
            }
            ViewState::Sensors(search) => search.restore(None, &mut panes.sensors, &mut cx),
            ViewState::Watchlists(state) => panes.watchlists.restore_state(state),
            ViewState::Feeds(search, feeds) => {
                cx.details().clear_feed();
                panes.feeds.restore_state(feeds);
                search.restore(Some(&mut panes.report_query), &mut panes.reports, &mut cx);
            }
            ViewState::Admin(state) => panes.groups.restore_state(state),
            ViewState::Bans(state) => panes.bans.restore_state(state),
            ViewState::Isolated(state) => panes.isolated_sensors.restore_state(state),
            ViewState::Activity(state) => panes.activity.restore_state(state),
            ViewState::Binaries(search) => {
                search.restore(Some(&mut panes.binary_query), &mut panes.binaries, &mut cx);
            }
        }
    }

    /// Returns a short description of the current location.
    fn breadcrumb_label(&self) -> String {
        let search = match self.view {
            View::Hunt | View::Facets => self.session.lists.pages::<Process>().search(),
            View::Alerts | View::AlertGroups => self.session.lists.pages::<Alert>().search(),
            View::Binaries => self.session.lists.pages::<Binary>().search(),
            View::Feeds => self.session.lists.pages::<Report>().search(),
            View::Sensors => {
                let search = self.session.lists.pages::<Sensor>().search();
                let query = search.map_or("", |search| &search.query);
                let label = format!("sensors {query}");
                return text::fit(&label.trim_end().into(), MAX_CRUMB_WIDTH);
            }
            View::Watchlists | View::Admin | View::Bans | View::Isolated | View::Activity => {
                return self.view.title().to_lowercase();
            }
            View::Process => {
                let Some(process) = self.session.find_opened() else {
                    // Its record did not come: the id still tells it from the location before.
                    let id = self.session.opened.id.map(|id| format!("process {id}"));
                    return text::fit(&id.unwrap_or_default().into(), MAX_CRUMB_WIDTH);
                };
                let name = text::fit(&process.name, MAX_CRUMB_WIDTH);
                let pid = process.pid.map(|pid| format!(" {pid}"));
                return name + &pid.unwrap_or_default();
            }
        };
        match search {
            Some(search) if search.query.is_empty() => "everything".into(),
            Some(search) => text::fit(&search.query.as_str().into(), MAX_CRUMB_WIDTH),
            None => String::new(),
        }
    }

    /// Returns the labels of the last locations, the current one last.
    pub(super) fn breadcrumbs(&self) -> Vec<String> {
        /// More are of no use.
        const MAX_CRUMBS: usize = 3;
        let back_stack = &self.history.back_stack;
        let last = &back_stack[back_stack.len().saturating_sub(MAX_CRUMBS)..];
        let mut crumbs: Vec<_> = last.iter().map(|location| location.label.clone()).collect();
        crumbs.push(self.breadcrumb_label());
        crumbs.retain(|crumb| !crumb.is_empty());
        crumbs
    }
}
