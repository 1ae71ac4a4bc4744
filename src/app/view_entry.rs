//! Entering a view: what it fetches, and what is refreshed in it.

use jiff::Timestamp;

use super::{App, View, navigation::NextLocation, views::EnterCx};
use crate::model::{FeedId, Sensor};
use crate::panes::{Feeds, PaneId, Watchlists};
use crate::query::Index;
use crate::session::{Cx, Destination, Effect, PeriodInput};
use crate::worker::List;

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
                    self.panes.list_mut::<Feeds>().select_when_loaded(FeedId(feed));
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
                self.panes.list_mut::<Watchlists>().select_when_loaded(id);
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
        let cx = Cx::new(&mut self.session, effects, now);
        (view.spec().enter)(&mut EnterCx { panes: &mut self.panes, cx, process });
    }

    /// Refreshes what a view shows, past the cache.
    pub(super) fn refresh(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        // A popup would hide the result.
        self.popups.clear();
        let mut cx = Cx::new(&mut self.session, effects, now);
        cx.requests().retry_failed();
        for (id, _) in self.view.panes() {
            self.panes.get(id).refresh(&mut cx);
        }
    }
}
