//! Coming to a view: what is asked for so that it has something to show, and what is asked again.

use jiff::Timestamp;

use super::{App, View};
use crate::model::{Ban, FeedId, OPEN_ALERTS, Sensor, Severed};
use crate::panes::{PaneId, State};
use crate::query::Index;
use crate::session::{Cx, Effect, Lead, When};
use crate::worker::Slot;

impl App {
    /// Goes where a pane leads.
    pub(super) fn follow(&mut self, lead: Lead, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        match lead {
            Lead::Process(id) => {
                cx.open(id);
                self.go_to(View::Process);
            }
            Lead::Search(index, query) => {
                if index == Index::Alert {
                    cx.group_by(None);
                }
                let feed = query.split(' ').next().and_then(|term| term.strip_prefix("feed_id:"));
                if let Some(Ok(feed)) = feed.filter(|_| index == Index::Report).map(str::parse) {
                    self.panes.feeds.seek(FeedId(feed));
                }
                // What narrows counted values stays in their time. Everywhere else it is another question: a time range that
                // was set for the query before would leave out most of "the same hash" without a word.
                let is_narrowing = self.view == View::Facets;
                if index == Index::Process && !is_narrowing {
                    cx.keep_when(When::default());
                }
                self.panes.editor_mut(index).set(&query);
                cx.submit(index, query);
                // Whoever narrows what is counted goes on counting; whoever looks into a group wants its alerts.
                let is_here = self.view.index() == Some(index) && self.view != View::Queue;
                let here = is_here.then_some(self.view);
                if let Some(view) = here.or_else(|| View::searching(index)) {
                    self.prepare(view, now, effects);
                    self.go_to(view);
                    if index == Index::Report {
                        self.focus = PaneId::Reports;
                    }
                }
            }
            Lead::Sensors(filter) => {
                cx.name_groups();
                cx.ask::<Sensor>(filter);
                self.go_to(View::Sensors);
            }
            Lead::Watchlist(id) => {
                self.prepare(View::Watchlists, now, effects);
                self.panes.watchlists.seek(id);
                self.go_to(View::Watchlists);
            }
        }
    }

    /// Sees to it that a view has something to show, where that is plain: the process that is looked at, the open alerts.
    pub(super) fn prepare(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) {
        let session = &self.session;
        let process = match self.view {
            View::Hunt | View::Facets => session.subject.as_ref().map(|subject| subject.id),
            View::Alerts | View::Queue => session.alert.as_ref().and_then(|alert| alert.process),
            _ => None,
        };
        let mut cx = Cx::new(&mut self.session, effects, now);
        match view {
            View::Process => {
                if let Some(id) = process {
                    cx.open(id);
                }
            }
            View::Alerts | View::Queue if cx.session().alerts.search().is_none() => {
                self.panes.alert_query.set(OPEN_ALERTS);
                cx.submit(Index::Alert, OPEN_ALERTS.into());
            }
            View::Sensors => cx.name_groups(),
            // Who is cut off is worth knowing anew each time.
            View::Isolated => cx.reload::<Severed>(),
            View::Activity => {
                cx.read_journal();
                // Whoever comes here wants to see what was done last.
                self.panes.acts.restore(State::default());
            }
            _ => {}
        }
    }

    /// Asks again for what a view shows, past the cache.
    pub(super) fn refresh(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        // Whoever tries again wants to see what comes of it.
        self.overlay = None;
        let mut cx = Cx::new(&mut self.session, effects, now);
        cx.retry();
        let panes = &self.panes;
        match self.view {
            View::Hunt => {
                panes.results.refresh(&mut cx);
                cx.refresh();
            }
            View::Process => {
                panes.tree.refresh(&mut cx);
                cx.unroll_again();
                cx.refresh();
            }
            View::Alerts | View::Queue => panes.refresh_alerts(self.view, &mut cx),
            View::Binaries => panes.binaries.refresh(&mut cx),
            View::Sensors => {
                panes.sensors.refresh(&mut cx);
                panes.groups.refresh(&mut cx);
                cx.renew_values(&[Slot::HostAlerts]);
            }
            View::Watchlists => {
                panes.watchlists.refresh(&mut cx);
                cx.renew_values(&[Slot::WatchActions, Slot::WatchCount]);
            }
            View::Feeds => {
                panes.feeds.refresh(&mut cx);
                panes.reports.refresh(&mut cx);
                cx.renew_values(&[Slot::Report, Slot::ReportAlerts]);
            }
            View::Admin => {
                panes.groups.refresh(&mut cx);
                panes.users.refresh(&mut cx);
                panes.teams.refresh(&mut cx);
                panes.sites.refresh(&mut cx);
                cx.renew_values(&[Slot::Info, Slot::License, Slot::Partitions]);
            }
            View::Bans => cx.reload::<Ban>(),
            View::Isolated => {
                cx.read_journal();
                cx.reload::<Severed>();
            }
            View::Activity => cx.read_journal(),
            View::Facets => {
                panes.results.refresh(&mut cx);
                cx.recount();
            }
        }
    }
}
