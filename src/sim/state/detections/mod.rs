//! Alerts as people leave them, watchlists, feeds and reports: what changes of what the world begins with.
//!
//! What is asked of an alert or a report is true at once and known to searches later, as the index lags behind. A search
//! takes what is [`IndexState`] at its beginning and sees nothing else.

mod actions;
mod alert_updates;
mod feed_document;
mod feeds;
mod initial_feeds;
mod tags;
mod watchlists;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

pub(in crate::sim) use actions::{Action, Actions, Owner};
pub(in crate::sim) use alert_updates::{AlertMark, AlertUpdateRun, Ignored, Names, ReportId};
pub(in crate::sim) use feed_document::fetch_document as read_paper;
pub(in crate::sim) use feeds::{About, Feeds, Filed, StoredFeed, StoredReport};
pub(in crate::sim) use tags::{TaggedDocuments, Tags};
pub(in crate::sim) use watchlists::{StoredWatchlist, StoredWatchlists, WatchlistRun};

use super::super::{
    search::request::Search,
    world::{Alert, Origin, World, raise_alerts},
};
use super::server::Server;
use crate::query::Index;
use alert_updates::PendingUpdate;

/// More at once are not news but a mistyped number.
const MAX_RAISED: u64 = 100_000;

/// All of it, behind one lock of its own.
#[derive(Debug)]
pub(in crate::sim) struct Detections {
    index_lag: Duration,
    state: Mutex<ReportState>,
    lists: Mutex<StoredWatchlists>,
    tags: Tags,
    actions: Mutex<Actions>,
    feeds: Mutex<Feeds>,
}

/// What searches see.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct IndexState {
    /// Counts the changes, so that the result of a search is not taken for that of a later one.
    pub(in crate::sim) revision: u64,
    pub(in crate::sim) names: Names,
    /// One for each alert, in the order of their numbers.
    alert_states: Vec<AlertMark>,
    /// Alerts that are not of the world's beginning, the oldest first. Their numbers follow those of the world's.
    raised_alerts: Vec<Arc<Alert>>,
    pub(in crate::sim) ignored: Ignored,
    /// All reports, in the order of their numbers.
    pub(in crate::sim) reports: Arc<Vec<Filed>>,
}

#[derive(Debug, Default)]
struct ReportState {
    index_state: Arc<IndexState>,
    /// What the index does not know yet, and when it will.
    pending_updates: VecDeque<(Instant, PendingUpdate)>,
    /// The numbers of all alerts, by what their ids stand for.
    numbers: HashMap<u128, u32>,
    /// Reports that are ignored, whether or not the index knows.
    ignored: Ignored,
}

impl Detections {
    /// What a world begins with; changes reach searches after `lag`.
    pub(in crate::sim) fn from_world(world: &World, lag: Duration) -> Self {
        let users = world.fleet.users.iter();
        let feeds = Feeds::from_world(world);
        let known = IndexState {
            names: Names::new(users.map(|user| user.username.clone())),
            alert_states: world.alerts.iter().map(AlertMark::from_alert).collect(),
            reports: Arc::new(feeds.filed_reports()),
            ..IndexState::default()
        };
        let ids = world.alerts.iter().map(|alert| parse_alert_id(&alert.id));
        let numbers = ids.zip(0..).filter_map(|(id, number)| Some((id?, number))).collect();
        Self {
            index_lag: lag,
            state: Mutex::new(ReportState { index_state: Arc::new(known), numbers, ..ReportState::default() }),
            lists: Mutex::new(StoredWatchlists::from_world(world)),
            tags: Tags::default(),
            actions: Mutex::new(Actions::from_world(world)),
            feeds: Mutex::new(feeds),
        }
    }

    /// What a search that begins now sees.
    pub(in crate::sim) fn index_state(&self) -> Arc<IndexState> {
        let mut state = self.state();
        state.apply_due_updates(Instant::now());
        Arc::clone(&state.index_state)
    }

    /// Lets the index know everything at once.
    pub(in crate::sim) fn index_now(&self) {
        let mut state = self.state();
        if let Some((last, _)) = state.pending_updates.back() {
            let last = *last;
            state.apply_due_updates(last);
        }
    }

    /// The number of an alert.
    pub(in crate::sim) fn alert(&self, world: &World, id: &str) -> Option<u32> {
        let state = self.state();
        let number = *state.numbers.get(&parse_alert_id(id)?)?;
        let alert = state.index_state.alert(world, number)?;
        (alert.id == id).then_some(number)
    }

    /// Changes alerts.
    pub(in crate::sim) fn update_alerts(&self, numbers: Vec<u32>, to: AlertUpdateRun) {
        self.schedule_update(PendingUpdate::Alerts { numbers, to });
    }

    /// Raises new alerts, which searches see at once, and gives their ids. What is ignored raises none.
    pub(in crate::sim) fn raise_alerts(&self, world: &World, count: u64, at: i64) -> Vec<String> {
        let lists = self.raising_watchlists(world);
        let feeds = self.raising_feeds(world);
        let mut state = self.state();
        let first = u64::try_from(state.index_state.raised_alerts.len()).unwrap_or(u64::MAX);
        let last = first.saturating_add(count.min(MAX_RAISED));
        let alerts = raise_alerts(world, first..last, at, |origin| match origin {
            Origin::Watchlist(place) => lists[place],
            Origin::Report(place, _) => {
                let report = report_of(world, origin).filter(|_| feeds[place]);
                report.is_some_and(|(feed, id)| !state.ignored.contains(feed, &id))
            }
        });
        let known = Arc::make_mut(&mut state.index_state);
        known.revision += 1;
        let mut numbers = Vec::new();
        for alert in &alerts {
            let number = u32::try_from(known.alert_states.len()).unwrap_or(u32::MAX);
            known.alert_states.push(AlertMark::from_alert(alert));
            known.raised_alerts.push(Arc::new(alert.clone()));
            numbers.extend(parse_alert_id(&alert.id).map(|id| (id, number)));
        }
        state.numbers.extend(numbers);
        alerts.into_iter().map(|alert| alert.id).collect()
    }

    /// Which watchlists of the world raise alerts, by place.
    fn raising_watchlists(&self, world: &World) -> Vec<bool> {
        let lists = lock(&self.lists);
        let actions = lock(&self.actions);
        let raises =
            |id: u64| lists.get(id).is_some_and(|list| list.enabled) && actions.raises_alerts(Owner::Watchlist(id));
        let ids = world.intelligence.watchlists.iter();
        ids.map(|list| list.id.parse().is_ok_and(raises)).collect()
    }

    /// Which feeds of the world do.
    fn raising_feeds(&self, world: &World) -> Vec<bool> {
        let feeds = lock(&self.feeds);
        let actions = lock(&self.actions);
        let raises =
            |id: u32| feeds.get(id).is_some_and(|feed| feed.enabled) && actions.raises_alerts(Owner::Feed(id.into()));
        let all = world.intelligence.feeds.iter();
        all.map(|feed| raises(feed.id)).collect()
    }

    /// Ignores reports, or stops doing so.
    pub(in crate::sim) fn set_reports_ignored(&self, ids: Vec<ReportId>, ignored: bool) {
        self.state().ignored.set_ignored(&ids, ignored);
        self.schedule_update(PendingUpdate::Reports { ids, ignored });
    }

    fn schedule_update(&self, change: PendingUpdate) {
        let mut state = self.state();
        state.pending_updates.push_back((Instant::now() + self.index_lag, change));
    }

    /// Looks at the watchlists, or changes them. One that is due has run before.
    pub(in crate::sim) fn with_watchlists<T>(
        &self,
        server: &Server,
        look: impl FnOnce(&mut StoredWatchlists) -> T,
    ) -> T {
        let due = {
            let mut lists = lock(&self.lists);
            lists.load_initial_hits(&server.world);
            lists.due_searches()
        };
        // A search takes its time, which others need not spend waiting.
        for (id, index, search) in due {
            let found = run_stored_search(server, &index, &search);
            let at = server.now().as_millisecond();
            let count = found.as_ref().map(|(_, count)| *count);
            if let Some((caught, 1..)) = found {
                self.tags.add_run(id, caught, at);
            }
            lock(&self.lists).record_run(id, &search, count, at);
        }
        look(&mut lock(&self.lists))
    }

    /// What watchlists have tagged besides what the world was tagged with at its beginning.
    pub(in crate::sim) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Looks at the actions, or changes them.
    pub(in crate::sim) fn with_actions<T>(&self, look: impl FnOnce(&mut Actions) -> T) -> T {
        look(&mut lock(&self.actions))
    }

    /// Looks at the feeds.
    pub(in crate::sim) fn with_feeds<T>(&self, look: impl FnOnce(&Feeds) -> T) -> T {
        look(&lock(&self.feeds))
    }

    /// Whether a report raises no alerts any more, whatever the index knows.
    pub(in crate::sim) fn is_ignored(&self, feed: u32, report: &str) -> bool {
        self.state().ignored.contains(feed, report)
    }

    /// Adds a feed under a number of its own; the error is the name, which another has.
    pub(in crate::sim) fn add_feed(&self, mut feed: StoredFeed) -> Result<StoredFeed, String> {
        let mut feeds = lock(&self.feeds);
        let mut all = feeds.feeds().iter();
        if all.any(|known| known.name.eq_ignore_ascii_case(&feed.name)) {
            return Err(feed.name);
        }
        feed.id = feeds.next_id();
        feeds.upsert(feed.clone());
        self.index_reports(&feeds);
        Ok(feed)
    }

    /// Changes a feed.
    pub(in crate::sim) fn update_feed(&self, feed: StoredFeed) {
        let mut feeds = lock(&self.feeds);
        feeds.upsert(feed);
        self.index_reports(&feeds);
    }

    /// Deletes a feed, its reports, and what is done about their hits.
    pub(in crate::sim) fn delete_feed(&self, id: u32) {
        let mut feeds = lock(&self.feeds);
        feeds.remove(id);
        self.index_reports(&feeds);
        lock(&self.actions).remove_all(Owner::Feed(id.into()));
    }

    /// Lets searches know of all reports.
    fn index_reports(&self, feeds: &Feeds) {
        let mut state = self.state();
        let known = Arc::make_mut(&mut state.index_state);
        known.revision += 1;
        known.reports = Arc::new(feeds.filed_reports());
    }

    /// Deletes a watchlist, and what is done about its hits.
    pub(in crate::sim) fn delete_watchlist(&self, id: u64) {
        lock(&self.lists).remove(id);
        lock(&self.actions).remove_all(Owner::Watchlist(id));
    }

    fn state(&self) -> MutexGuard<'_, ReportState> {
        lock(&self.state)
    }
}

impl ReportState {
    /// Lets the index know what it should by then.
    fn apply_due_updates(&mut self, by: Instant) {
        while let Some((_, change)) = self.pending_updates.pop_front_if(|(due, _)| *due <= by) {
            let known = Arc::make_mut(&mut self.index_state);
            known.revision += 1;
            match change {
                PendingUpdate::Alerts { numbers, to } => {
                    for number in numbers {
                        if let Some(mark) = known.alert_states.get_mut(to_index(number)) {
                            mark.apply(&to, &mut known.names);
                        }
                    }
                }
                PendingUpdate::Reports { ids, ignored } => known.ignored.set_ignored(&ids, ignored),
            }
        }
    }
}

impl IndexState {
    /// The alert of a number.
    pub(in crate::sim) fn alert<'k>(&'k self, world: &'k World, number: u32) -> Option<&'k Alert> {
        let place = to_index(number);
        let told = world.alerts.get(place);
        told.or_else(|| {
            let raised = place.checked_sub(world.alerts.len())?;
            self.raised_alerts.get(raised).map(|alert| &**alert)
        })
    }

    /// What has become of the alert of a number.
    pub(in crate::sim) fn alert_state(&self, number: u32) -> Option<AlertMark> {
        self.alert_states.get(to_index(number)).copied()
    }

    /// The numbers of all alerts, the newest first.
    pub(in crate::sim) fn alerts(&self, world: &World) -> impl Iterator<Item = u32> + use<> {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let (told, all) = (count(world.alerts.len()), count(self.alert_states.len()));
        (told..all).rev().chain(0..told)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing that holds the lock can panic")
}

/// What a stored search finds, and how much that is; none if it cannot be read.
fn run_stored_search(server: &Server, index: &str, search: &str) -> Option<(tags::TagTarget, u64)> {
    let index = match index {
        "modules" => Index::Binary,
        _ => Index::Process,
    };
    let search = Search::parse_stored(server, index, search).ok()?;
    let matches = search.matches(server);
    let found = match index {
        Index::Binary => {
            let all = &server.world.binaries.entries;
            let binaries = matches.iter().filter_map(|number| all.get(to_index(*number)));
            tags::TagTarget::Binaries(binaries.map(|binary| binary.md5.as_str().into()).collect())
        }
        _ => tags::TagTarget::Segments(matches.iter().copied().collect()),
    };
    Some((found, u64::try_from(matches.len()).ok()?))
}

/// The report that raised an alert; none for a watchlist.
pub(in crate::sim) fn report_of(world: &World, origin: Origin) -> Option<ReportId> {
    let Origin::Report(feed, report) = origin else {
        return None;
    };
    let feed = world.intelligence.feeds.get(feed)?;
    Some((feed.id, feed.reports.get(report)?.id.clone()))
}

/// What the digits of a UUID stand for.
fn parse_alert_id(id: &str) -> Option<u128> {
    u128::from_str_radix(&id.replace('-', ""), 16).ok()
}

fn to_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
