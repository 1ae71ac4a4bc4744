//! Entering a view: what it fetches, and what is refreshed in it.

use jiff::Timestamp;

use super::{App, View, navigation::NextLocation};
use crate::model::{Alert, Ban, FeedId, IsolatedSensor, OPEN_ALERTS, Sensor};
use crate::panes::{ListState, PaneId};
use crate::query::Index;
use crate::session::{Cx, Destination, Effect, PeriodInput};
use crate::worker::{List, Slot};

impl App {
    /// Navigates to the destination that a pane requested, and adds the current location to the history.
    pub(super) fn navigate(&mut self, destination: Destination, now: Timestamp, effects: &mut Vec<Effect>) {
        let location = self.location();
        // Another filter on the list of sensors replaces the list, so it does not drill into it.
        let next = match destination {
            Destination::Sensors(_) if self.view == View::Sensors => NextLocation::Searched,
            _ => NextLocation::DrilledInto,
        };
        self.show_destination(destination, now, effects);
        self.push_location(location, next);
    }

    fn show_destination(&mut self, destination: Destination, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        match destination {
            Destination::Process(id) => {
                cx.process().open_process(id);
                self.show_view(View::Process);
            }
            Destination::Search(index, query) => {
                if index == Index::Alert {
                    cx.alerts().group_alerts_by(None);
                }
                let feed = query.split(' ').next().and_then(|term| term.strip_prefix("feed_id:"));
                if let Some(Ok(feed)) = feed.filter(|_| index == Index::Report).map(str::parse) {
                    self.panes.feeds.select_when_loaded(FeedId(feed));
                }
                // Narrowing facets keeps the time range. Any other search is a new one: the time range of the previous
                // query would silently hide most of its results.
                let is_narrowing = self.view == View::Facets;
                if index == Index::Process && !is_narrowing {
                    cx.lists().set_period(PeriodInput::default());
                }
                self.panes.editor_mut(index).set_text(&query);
                cx.lists().search_index(index, query);
                // Narrowing stays in the facets view, but opening an alert group shows its alerts.
                let stays = self.view.index() == Some(index) && self.view != View::AlertGroups;
                let current = stays.then_some(self.view);
                if let Some(view) = current.or_else(|| View::for_index(index)) {
                    self.prepare(view, now, effects);
                    self.show_view(view);
                    if index == Index::Report {
                        self.focus = PaneId::List(List::Reports);
                    }
                }
            }
            Destination::Period(period) => {
                self.popups.clear();
                cx.lists().search_period(period);
            }
            Destination::Sensors(filter) => {
                cx.details().fetch_group_names();
                cx.lists().search::<Sensor>(filter);
                self.show_view(View::Sensors);
            }
            Destination::Watchlist(id) => {
                self.prepare(View::Watchlists, now, effects);
                self.panes.watchlists.select_when_loaded(id);
                self.show_view(View::Watchlists);
            }
        }
    }

    /// Fetches the obvious content of a view: the selected process, the open alerts.
    pub(super) fn prepare(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) {
        let session = &self.session;
        let process = match self.view {
            View::Hunt | View::Facets => session.selection.process.as_ref().map(|subject| subject.id),
            View::Alerts | View::AlertGroups => session.selection.alert.as_ref().and_then(|alert| alert.process),
            _ => None,
        };
        let mut cx = Cx::new(&mut self.session, effects, now);
        match view {
            View::Process => {
                if let Some(id) = process {
                    cx.process().open_process(id);
                }
            }
            View::Alerts | View::AlertGroups if cx.session().lists.pages::<Alert>().search().is_none() => {
                self.panes.alert_query.set_text(OPEN_ALERTS);
                cx.lists().search_index(Index::Alert, OPEN_ALERTS.into());
            }
            View::Sensors => cx.details().fetch_group_names(),
            // Isolation is refreshed on every visit.
            View::Isolated => cx.lists().refresh_or_load::<IsolatedSensor>(),
            View::Activity => {
                cx.changes().fetch_change_history();
                // The cursor is reset to the newest change.
                self.panes.activity.restore_state(ListState::default());
            }
            _ => {}
        }
    }

    /// Refreshes what a view shows, past the cache.
    pub(super) fn refresh(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        // A popup would hide the result.
        self.popups.clear();
        let mut cx = Cx::new(&mut self.session, effects, now);
        cx.requests().retry_failed();
        let panes = &self.panes;
        match self.view {
            View::Hunt => {
                panes.processes.refresh_rows(&mut cx);
                cx.process().refresh_subject();
            }
            View::Process => {
                panes.tree.refresh_shown(&mut cx);
                cx.process().refresh_segments();
                cx.process().refresh_subject();
            }
            View::Alerts | View::AlertGroups => panes.refresh_alerts(self.view, &mut cx),
            View::Binaries => panes.binaries.refresh_rows(&mut cx),
            View::Sensors => {
                panes.sensors.refresh_rows(&mut cx);
                panes.groups.refresh_rows(&mut cx);
                cx.details().refresh_details(&[Slot::HostAlerts]);
            }
            View::Watchlists => {
                panes.watchlists.refresh_rows(&mut cx);
                cx.details().refresh_details(&[Slot::WatchActions, Slot::WatchCount]);
            }
            View::Feeds => {
                panes.feeds.refresh_rows(&mut cx);
                panes.reports.refresh_rows(&mut cx);
                cx.details().refresh_details(&[Slot::Report, Slot::ReportAlerts]);
            }
            View::Admin => {
                panes.refresh_accounts(&mut cx);
                cx.details().refresh_details(&[Slot::ServerInfo, Slot::License, Slot::Partitions]);
            }
            View::Bans => cx.lists().refresh_or_load::<Ban>(),
            View::Isolated => {
                cx.changes().fetch_change_history();
                cx.lists().refresh_or_load::<IsolatedSensor>();
            }
            View::Activity => cx.changes().fetch_change_history(),
            View::Facets => {
                panes.processes.refresh_rows(&mut cx);
                cx.lists().refresh_facets();
            }
        }
    }
}
