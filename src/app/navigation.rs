//! How one came here: places to go back to, as they were left.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, View};
use crate::model::{Alert, ProcessId, Search};
use crate::panes::{
    Acts, Alerts, Bans, Binaries, Bundles, EventsState, Feeds, Isolated, Kind, ListPane, PaneId, Processes, QueryPane,
    Reports, SensorGroups, Sensors, State, TreeState, Watchlists,
};
use crate::session::{By, Cx, Effect, Listed, Session};
use crate::text;

/// As many places are kept; the oldest are forgotten.
const KEPT: usize = 64;

/// Cells of a crumb.
const CRUMB: usize = 28;

/// Places behind and ahead.
#[derive(Debug, Default)]
pub(super) struct Trail {
    behind: Vec<Place>,
    ahead: Vec<Place>,
}

impl Trail {
    /// Whether there is anything to go back to.
    pub(super) fn has_way_back(&self) -> bool {
        !self.behind.is_empty()
    }

    /// Whether something there was followed here: where one is lies on top of it.
    pub(super) fn was_followed(&self) -> bool {
        self.behind.last().is_some_and(|place| place.is_followed)
    }
}

/// Where one was, and what was shown there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    view: View,
    focus: PaneId,
    shown: Shown,
    crumb: String,
    /// Whether one went on from there by something it shows, rather than by asking for something else.
    is_followed: bool,
}

/// What a view shows: enough to show it again.
#[derive(Clone, Debug)]
enum Shown {
    Hunt(Asked<Processes>),
    Process(Option<ProcessId>, TreeState, EventsState),
    Alerts(Asked<Alerts>),
    Queue(Option<By>, Asked<Bundles>),
    Binaries(Asked<Binaries>),
    Sensors(Asked<Sensors>),
    Watchlists(State<Watchlists>),
    Feeds(Asked<Reports>, State<Feeds>),
    Admin(State<SensorGroups>),
    Bans(State<Bans>),
    Isolated(State<Isolated>),
    Activity(State<Acts>),
}

/// A question, and how one looked at the answer.
#[derive(Debug)]
struct Asked<K: Kind> {
    query: String,
    search: Option<Arc<Search>>,
    state: State<K>,
}

// Kinds are but names, which nobody copies.
impl<K: Kind> Clone for Asked<K> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), search: self.search.clone(), state: self.state.clone() }
    }
}

impl<K: Kind> Asked<K> {
    fn of(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
        Self::by::<K::Row>(editor, list, session)
    }

    /// The same, with the question of the list that its rows are made of.
    fn by<T: Listed>(editor: Option<&QueryPane>, list: &ListPane<K>, session: &Session) -> Self {
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

    fn restore_by<T: Listed>(self, editor: Option<&mut QueryPane>, list: &mut ListPane<K>, cx: &mut Cx<'_>) {
        if let Some(editor) = editor
            && editor.text() != self.query
        {
            editor.set(&self.query);
        }
        cx.return_to::<T>(self.search);
        list.restore(self.state);
    }

    fn is_same(&self, other: &Self) -> bool {
        match (&self.search, &other.search) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Shown {
    /// Whether the same is shown there, wherever the cursor is.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Hunt(one), Self::Hunt(other)) => one.is_same(other),
            (Self::Process(one, ..), Self::Process(other, ..)) => one == other,
            (Self::Alerts(one), Self::Alerts(other)) => one.is_same(other),
            (Self::Queue(by, one), Self::Queue(other_by, other)) => by == other_by && one.is_same(other),
            (Self::Binaries(one), Self::Binaries(other)) => one.is_same(other),
            (Self::Sensors(one), Self::Sensors(other)) => one.is_same(other),
            (Self::Feeds(one, _), Self::Feeds(other, _)) => one.is_same(other),
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
            Self::Queue(_, asked) => asked.search.is_none(),
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
    pub(super) fn place(&self) -> Place {
        let (panes, session) = (&self.panes, &self.session);
        Place {
            view: self.view,
            focus: self.focus,
            shown: match self.view {
                View::Hunt | View::Facets => Shown::Hunt(Asked::of(Some(&panes.query), &panes.results, session)),
                View::Process => {
                    let (tree, events) = (panes.tree.state(), panes.events.state());
                    Shown::Process(session.opened, tree.clone(), events.clone())
                }
                View::Alerts => Shown::Alerts(Asked::of(Some(&panes.alert_query), &panes.alerts, session)),
                View::Queue => {
                    let (editor, list) = (&panes.alert_query, &panes.bundles);
                    let asked = Asked::by::<Alert>(Some(editor), list, session);
                    Shown::Queue(session.triage.by, asked)
                }
                View::Binaries => Shown::Binaries(Asked::of(Some(&panes.binary_query), &panes.binaries, session)),
                View::Sensors => Shown::Sensors(Asked::of(None, &panes.sensors, session)),
                View::Watchlists => Shown::Watchlists(panes.watchlists.state().clone()),
                View::Feeds => {
                    let reports = Asked::of(Some(&panes.report_query), &panes.reports, session);
                    Shown::Feeds(reports, panes.feeds.state().clone())
                }
                View::Admin => Shown::Admin(panes.groups.state().clone()),
                View::Bans => Shown::Bans(panes.bans.state().clone()),
                View::Isolated => Shown::Isolated(panes.isolated.state().clone()),
                View::Activity => Shown::Activity(panes.acts.state().clone()),
            },
            crumb: self.crumb(),
            is_followed: false,
        }
    }

    /// Whether something else is shown than there.
    pub(super) fn has_left(&self, place: &Place) -> bool {
        !place.shown.is_same(&self.place().shown)
    }

    /// Remembers where one was, if that is not where one still is, and whether something there was followed.
    pub(super) fn leave(&mut self, place: Place, is_followed: bool) {
        if place.shown.is_empty() || !self.has_left(&place) {
            return;
        }
        self.trail.ahead.clear();
        self.trail.behind.push(Place { is_followed, ..place });
        if self.trail.behind.len() > KEPT {
            self.trail.behind.remove(0);
        }
    }

    /// Goes back, or forward again; false when there is nothing that way.
    pub(super) fn travel(&mut self, is_back: bool, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let here = self.place();
        let trail = &mut self.trail;
        let (from, to) =
            if is_back { (&mut trail.behind, &mut trail.ahead) } else { (&mut trail.ahead, &mut trail.behind) };
        let Some(place) = from.pop() else {
            return false;
        };
        // Between two places the way is the same, whichever way it is gone.
        to.push(Place { is_followed: place.is_followed, ..here });
        self.arrive(place, now, effects);
        true
    }

    /// Shows the last place of a view that lies behind; false when none does.
    pub(super) fn return_to(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let mut behind = self.trail.behind.iter();
        let Some(place) = behind.rfind(|place| place.view == view).cloned() else {
            return false;
        };
        self.arrive(place, now, effects);
        true
    }

    /// Shows a place as it was left. What is still known is not asked again.
    fn arrive(&mut self, place: Place, now: Timestamp, effects: &mut Vec<Effect>) {
        self.view = place.view;
        // Whoever comes back wants the rows, not the text that asked for them.
        self.focus = if let PaneId::Query(_) = place.focus { place.view.main() } else { place.focus };
        self.overlay = None;
        let panes = &mut self.panes;
        let mut cx = Cx::new(&mut self.session, effects, now);
        match place.shown {
            Shown::Hunt(asked) => {
                asked.restore(Some(&mut panes.query), &mut panes.results, &mut cx);
            }
            Shown::Process(opened, tree, events) => {
                if let (Some(id), Some(origin)) = (opened, tree.origin) {
                    cx.open_within(id, origin);
                }
                panes.tree.restore(tree, opened);
                panes.events.restore(events);
            }
            Shown::Queue(by, asked) => {
                let shown = asked.state.of().cloned();
                asked.restore_by::<Alert>(Some(&mut panes.alert_query), &mut panes.bundles, &mut cx);
                cx.return_to_groups(by, shown);
                cx.align_alerts();
            }
            Shown::Alerts(asked) => {
                cx.group_by(None);
                asked.restore(Some(&mut panes.alert_query), &mut panes.alerts, &mut cx);
                cx.align_alerts();
            }
            Shown::Sensors(asked) => asked.restore(None, &mut panes.sensors, &mut cx),
            Shown::Watchlists(state) => panes.watchlists.restore(state),
            Shown::Feeds(asked, feeds) => {
                cx.leave_feed();
                panes.feeds.restore(feeds);
                asked.restore(Some(&mut panes.report_query), &mut panes.reports, &mut cx);
            }
            Shown::Admin(state) => panes.groups.restore(state),
            Shown::Bans(state) => panes.bans.restore(state),
            Shown::Isolated(state) => panes.isolated.restore(state),
            Shown::Activity(state) => panes.acts.restore(state),
            Shown::Binaries(asked) => {
                asked.restore(Some(&mut panes.binary_query), &mut panes.binaries, &mut cx);
            }
        }
    }

    /// What is shown, in a few words.
    fn crumb(&self) -> String {
        let search = match self.view {
            View::Hunt | View::Facets => self.session.results.search(),
            View::Alerts | View::Queue => self.session.alerts.search(),
            View::Binaries => self.session.binaries.search(),
            View::Feeds => self.session.reports.search(),
            View::Sensors => {
                let search = self.session.sensors.search();
                let query = search.map_or("", |search| &search.query);
                let what = format!("sensors {query}");
                return text::fit(&what.trim_end().into(), CRUMB);
            }
            View::Watchlists | View::Admin | View::Bans | View::Isolated | View::Activity => {
                return self.view.title().to_lowercase();
            }
            View::Process => {
                let opened = self.session.opened_process();
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
    pub(super) fn crumbs(&self) -> Vec<String> {
        /// More would tell nobody anything.
        const SHOWN: usize = 3;
        let behind = &self.trail.behind;
        let last = &behind[behind.len().saturating_sub(SHOWN)..];
        let mut crumbs: Vec<_> = last.iter().map(|place| place.crumb.clone()).collect();
        crumbs.push(self.crumb());
        crumbs.retain(|crumb| !crumb.is_empty());
        crumbs
    }
}
