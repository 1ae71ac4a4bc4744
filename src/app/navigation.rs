//! How one came here: places to go back to, as they were left.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, View};
use crate::model::{Alert, ProcessId, Search};
use crate::panes::{
    Activity, AlertGroups, Alerts, Bans, Binaries, EventsState, Feeds, IsolatedSensors, ListPane, ListState, ListView,
    PaneId, Processes, QueryPane, Reports, SensorGroups, Sensors, TreeState, Watchlists,
};
use crate::session::{Cx, Effect, GroupBy, Session, SessionRow};
use crate::text;

/// As many places are kept; the oldest are forgotten.
const MAX_LOCATIONS: usize = 64;

/// Cells of a crumb.
const CRUMB: usize = 28;

/// Places behind and ahead.
#[derive(Debug, Default)]
pub(super) struct NavHistory {
    back_stack: Vec<Location>,
    forward_stack: Vec<Location>,
}

impl NavHistory {
    /// Whether there is anything to go back to.
    pub(super) fn can_go_back(&self) -> bool {
        !self.back_stack.is_empty()
    }

    /// Whether something there was followed here: where one is lies on top of it.
    pub(super) fn was_drilled_into(&self) -> bool {
        self.back_stack.last().is_some_and(|place| place.is_drilled_into)
    }
}

/// Where one was, and what was shown there.
#[derive(Clone, Debug)]
pub(super) struct Location {
    view: View,
    focus: PaneId,
    view_state: ViewState,
    label: String,
    /// Whether one went on from there by something it shows, rather than by asking for something else.
    is_drilled_into: bool,
}

/// What a view shows: enough to show it again.
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

/// A question, and how one looked at the answer.
#[derive(Debug)]
struct SearchState<K: ListView> {
    query: String,
    search: Option<Arc<Search>>,
    state: ListState<K>,
}

// Kinds are but names, which nobody copies.
impl<K: ListView> Clone for SearchState<K> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), search: self.search.clone(), state: self.state.clone() }
    }
}

impl<K: ListView> SearchState<K> {
    fn capture(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
        Self::capture_by::<K::Row>(editor, list, session)
    }

    /// The same, with the question of the list that its rows are made of.
    fn capture_by<T: SessionRow>(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
        let search = T::pages(session).search().cloned();
        // What was typed since belongs to where one goes.
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

    fn restore_by<T: SessionRow>(self, editor: Option<&mut QueryPane>, list: &mut ListPane<K>, cx: &mut Cx<'_>) {
        if let Some(editor) = editor
            && editor.text() != self.query
        {
            editor.set_text(&self.query);
        }
        cx.restore_search::<T>(self.search);
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
    /// Whether the same is shown there, wherever the cursor is.
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

    /// Whether there is nothing to come back to.
    fn is_empty(&self) -> bool {
        match self {
            Self::Hunt(asked) => asked.search.is_none(),
            Self::Process(opened, ..) => opened.is_none(),
            Self::Alerts(asked) => asked.search.is_none(),
            Self::AlertGroups(_, asked) => asked.search.is_none(),
            Self::Binaries(asked) => asked.search.is_none(),
            Self::Sensors(asked) => asked.search.is_none(),
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
    /// Where one is.
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
                    let asked = SearchState::capture_by::<Alert>(Some(editor), list, session);
                    ViewState::AlertGroups(session.alert_state.group_by, asked)
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

    /// Whether something else is shown than there.
    pub(super) fn has_moved_from(&self, place: &Location) -> bool {
        !place.view_state.is_same_view(&self.location().view_state)
    }

    /// Remembers where one was, if that is not where one still is, and whether something there was followed.
    pub(super) fn push_location(&mut self, place: Location, is_followed: bool) {
        if place.view_state.is_empty() || !self.has_moved_from(&place) {
            return;
        }
        self.history.forward_stack.clear();
        self.history.back_stack.push(Location { is_drilled_into: is_followed, ..place });
        if self.history.back_stack.len() > MAX_LOCATIONS {
            self.history.back_stack.remove(0);
        }
    }

    /// Goes back, or forward again; false when there is nothing that way.
    pub(super) fn navigate_history(&mut self, is_back: bool, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let here = self.location();
        let trail = &mut self.history;
        let (from, to) = if is_back {
            (&mut trail.back_stack, &mut trail.forward_stack)
        } else {
            (&mut trail.forward_stack, &mut trail.back_stack)
        };
        let Some(place) = from.pop() else {
            return false;
        };
        // Between two places the way is the same, whichever way it is gone.
        to.push(Location { is_drilled_into: place.is_drilled_into, ..here });
        self.restore_location(place, now, effects);
        true
    }

    /// Shows the last place of a view that lies behind; false when none does.
    pub(super) fn return_to_view(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let mut behind = self.history.back_stack.iter();
        let Some(place) = behind.rfind(|place| place.view == view).cloned() else {
            return false;
        };
        self.restore_location(place, now, effects);
        true
    }

    /// Shows a place as it was left. What is still known is not asked again.
    fn restore_location(&mut self, place: Location, now: Timestamp, effects: &mut Vec<Effect>) {
        self.view = place.view;
        // Whoever comes back wants the rows, not the text that asked for them.
        self.focus = if let PaneId::Query(_) = place.focus { place.view.main() } else { place.focus };
        self.overlay = None;
        let panes = &mut self.panes;
        let mut cx = Cx::new(&mut self.session, effects, now);
        match place.view_state {
            ViewState::Hunt(asked) => {
                asked.restore(Some(&mut panes.query), &mut panes.processes, &mut cx);
            }
            ViewState::Process(opened, tree, events) => {
                if let (Some(id), Some(origin)) = (opened, tree.relatives_origin) {
                    cx.open_relative(id, origin);
                }
                panes.tree.restore_state(tree, opened);
                panes.events.restore_state(events);
            }
            ViewState::AlertGroups(by, asked) => {
                let shown = asked.state.search_shown().cloned();
                asked.restore_by::<Alert>(Some(&mut panes.alert_query), &mut panes.alert_groups, &mut cx);
                cx.restore_alert_groups(by, shown);
                cx.align_alerts();
            }
            ViewState::Alerts(asked) => {
                cx.group_alerts_by(None);
                asked.restore(Some(&mut panes.alert_query), &mut panes.alerts, &mut cx);
                cx.align_alerts();
            }
            ViewState::Sensors(asked) => asked.restore(None, &mut panes.sensors, &mut cx),
            ViewState::Watchlists(state) => panes.watchlists.restore_state(state),
            ViewState::Feeds(asked, feeds) => {
                cx.clear_feed();
                panes.feeds.restore_state(feeds);
                asked.restore(Some(&mut panes.report_query), &mut panes.reports, &mut cx);
            }
            ViewState::Admin(state) => panes.groups.restore_state(state),
            ViewState::Bans(state) => panes.bans.restore_state(state),
            ViewState::Isolated(state) => panes.isolated_sensors.restore_state(state),
            ViewState::Activity(state) => panes.activity.restore_state(state),
            ViewState::Binaries(asked) => {
                asked.restore(Some(&mut panes.binary_query), &mut panes.binaries, &mut cx);
            }
        }
    }

    /// What is shown, in a few words.
    fn breadcrumb_label(&self) -> String {
        let search = match self.view {
            View::Hunt | View::Facets => self.session.lists.processes.search(),
            View::Alerts | View::AlertGroups => self.session.lists.alerts.search(),
            View::Binaries => self.session.lists.binaries.search(),
            View::Feeds => self.session.lists.reports.search(),
            View::Sensors => {
                let search = self.session.lists.sensors.search();
                let query = search.map_or("", |search| &search.query);
                let what = format!("sensors {query}");
                return text::fit(&what.trim_end().into(), CRUMB);
            }
            View::Watchlists | View::Admin | View::Bans | View::Isolated | View::Activity => {
                return self.view.title().to_lowercase();
            }
            View::Process => {
                let opened = self.session.find_opened();
                return opened.map_or(String::new(), |process| {
                    let name = text::fit(&process.name, CRUMB);
                    let pid = process.pid.map(|pid| format!(" {pid}"));
                    name + &pid.unwrap_or_default()
                });
            }
        };
        match search {
            Some(search) if search.query.is_empty() => "everything".into(),
            Some(search) => text::fit(&search.query.as_str().into(), CRUMB),
            None => String::new(),
        }
    }

    /// How one came here, the latest last.
    pub(super) fn breadcrumbs(&self) -> Vec<String> {
        /// More would tell nobody anything.
        const SHOWN: usize = 3;
        let behind = &self.history.back_stack;
        let last = &behind[behind.len().saturating_sub(SHOWN)..];
        let mut crumbs: Vec<_> = last.iter().map(|place| place.label.clone()).collect();
        crumbs.push(self.breadcrumb_label());
        crumbs.retain(|crumb| !crumb.is_empty());
        crumbs
    }
}
