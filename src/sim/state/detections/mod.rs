//! Mutable state of alerts, watchlists, feeds and reports.
//!
//! A change of an alert or report takes effect at once, and reaches searches after the index lag. A search uses the
//! snapshot [`IndexState`] taken at its beginning.

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
pub(in crate::sim) use alert_updates::{AlertState, AlertUpdate, IgnoredReports, ReportId, ReportUpdate, UserNames};
pub(in crate::sim) use feed_document::fetch_document;
pub(in crate::sim) use feeds::{FeedInfo, FeedReport, Feeds, StoredFeed, StoredReport};
pub(in crate::sim) use tags::{TaggedHits, Tags, WatchlistTag};
pub(in crate::sim) use watchlists::{StoredWatchlist, StoredWatchlists, WatchlistRun};

use super::super::world::{Alert, Origin, World, raise_alerts};
use alert_updates::PendingUpdate;

/// Limit of the alerts raised at once, against a mistyped number.
const MAX_RAISED: u64 = 100_000;

/// Alerts, watchlists, feeds and reports, each behind a lock of its own.
#[derive(Debug)]
pub(in crate::sim) struct Detections {
    index_lag: Duration,
    state: Mutex<AlertIndex>,
    lists: Mutex<StoredWatchlists>,
    tags: Tags,
    actions: Mutex<Actions>,
    feeds: Mutex<Feeds>,
}

/// Snapshot of alerts and reports for searches.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct IndexState {
    /// Number of changes, which invalidates cached search results.
    pub(in crate::sim) revision: u64,
    pub(in crate::sim) names: UserNames,
    /// By alert number.
    alert_states: Vec<AlertState>,
    /// Alerts raised since the world was generated, the oldest first. Their numbers follow those of the world's alerts.
    raised_alerts: Vec<Arc<Alert>>,
    pub(in crate::sim) ignored: IgnoredReports,
    /// By report number.
    pub(in crate::sim) reports: Arc<Vec<FeedReport>>,
}

/// Current index state with its pending updates.
#[derive(Debug, Default)]
struct AlertIndex {
    index_state: Arc<IndexState>,
    /// Changes that are not in the index yet, with the time when they are due.
    pending_updates: VecDeque<(Instant, PendingUpdate)>,
    /// Alert numbers by parsed alert id.
    numbers: HashMap<u128, u32>,
    /// Ignored reports, including pending changes.
    ignored: IgnoredReports,
}

impl Detections {
    /// Creates the state that a world begins with; changes reach searches after `lag`.
    pub(in crate::sim) fn from_world(world: &World, lag: Duration) -> Self {
        let users = world.fleet.users.iter();
        let feeds = Feeds::new(initial_feeds::load_feeds(world));
        let index = IndexState {
            names: UserNames::new(users.map(|user| user.username.clone())),
            alert_states: world.alerts.iter().map(AlertState::from_alert).collect(),
            reports: Arc::new(feeds.feed_reports()),
            ..IndexState::default()
        };
        let ids = world.alerts.iter().map(|alert| parse_alert_id(&alert.id));
        let numbers = ids.zip(0..).filter_map(|(id, number)| Some((id?, number))).collect();
        Self {
            index_lag: lag,
            state: Mutex::new(AlertIndex { index_state: Arc::new(index), numbers, ..AlertIndex::default() }),
            lists: Mutex::new(StoredWatchlists::from_world(world)),
            tags: Tags::default(),
            actions: Mutex::new(Actions::from_world(world)),
            feeds: Mutex::new(feeds),
        }
    }

    /// Returns the snapshot for a search that begins now.
    pub(in crate::sim) fn index_state(&self) -> Arc<IndexState> {
        let mut state = self.state();
        state.apply_due_updates(Instant::now());
        Arc::clone(&state.index_state)
    }

    /// Applies all pending updates to the index at once.
    pub(in crate::sim) fn index_now(&self) {
        let mut state = self.state();
        if let Some((last, _)) = state.pending_updates.back() {
            let last = *last;
            state.apply_due_updates(last);
        }
    }

    /// Returns the number of an alert.
    pub(in crate::sim) fn alert(&self, world: &World, id: &str) -> Option<u32> {
        let state = self.state();
        let number = *state.numbers.get(&parse_alert_id(id)?)?;
        let alert = state.index_state.alert(world, number)?;
        (alert.id == id).then_some(number)
    }

    /// Changes alerts by number.
    pub(in crate::sim) fn update_alerts(&self, numbers: Vec<u32>, update: AlertUpdate) {
        self.schedule_update(PendingUpdate::Alerts { numbers, update });
    }

    /// Raises up to `count` new alerts, which searches see at once, and returns their ids. Ignored reports, disabled
    /// watchlists and disabled feeds raise none; `at` is in milliseconds since 1970.
    pub(in crate::sim) fn raise_alerts(&self, world: &World, count: u64, at: i64) -> Vec<String> {
        let lists = self.raising_watchlists(world);
        let feeds = self.raising_feeds(world);
        let mut state = self.state();
        let first = u64::try_from(state.index_state.raised_alerts.len()).unwrap_or(u64::MAX);
        let last = first.saturating_add(count.min(MAX_RAISED));
        let alerts = raise_alerts(world, first..last, at, |origin| match origin {
            Origin::Watchlist(index) => lists[index],
            Origin::Report(feed, _) => {
                let report = report_of(world, origin).filter(|_| feeds[feed]);
                report.is_some_and(|(feed, id)| !state.ignored.contains(feed, &id))
            }
        });
        let index = Arc::make_mut(&mut state.index_state);
        index.revision += 1;
        let mut numbers = Vec::new();
        for alert in &alerts {
            let number = u32::try_from(index.alert_states.len()).unwrap_or(u32::MAX);
            index.alert_states.push(AlertState::from_alert(alert));
            index.raised_alerts.push(Arc::new(alert.clone()));
            numbers.extend(parse_alert_id(&alert.id).map(|id| (id, number)));
        }
        state.numbers.extend(numbers);
        alerts.into_iter().map(|alert| alert.id).collect()
    }

    /// Returns for each watchlist of the world whether it raises alerts.
    fn raising_watchlists(&self, world: &World) -> Vec<bool> {
        let lists = lock(&self.lists);
        let actions = lock(&self.actions);
        let raises =
            |id: u64| lists.get(id).is_some_and(|list| list.enabled) && actions.raises_alerts(Owner::Watchlist(id));
        world.intelligence.watchlists.iter().map(|list| list.id.parse().is_ok_and(raises)).collect()
    }

    /// Returns for each feed of the world whether it raises alerts.
    fn raising_feeds(&self, world: &World) -> Vec<bool> {
        let feeds = lock(&self.feeds);
        let actions = lock(&self.actions);
        let raises =
            |id: u32| feeds.get(id).is_some_and(|feed| feed.enabled) && actions.raises_alerts(Owner::Feed(id.into()));
        world.intelligence.feeds.iter().map(|feed| raises(feed.id)).collect()
    }

    /// Ignores reports or restores them.
    pub(in crate::sim) fn update_reports(&self, update: ReportUpdate) {
        self.state().ignored.apply(&update);
        self.schedule_update(PendingUpdate::Reports(update));
    }

    fn schedule_update(&self, update: PendingUpdate) {
        let mut state = self.state();
        state.pending_updates.push_back((Instant::now() + self.index_lag, update));
    }

    /// Calls `f` with the watchlists, locked, as of their last runs.
    pub(in crate::sim) fn with_watchlists<T>(&self, f: impl FnOnce(&mut StoredWatchlists) -> T) -> T {
        f(&mut lock(&self.lists))
    }

    /// Returns id, index type and search of the watchlists that are due.
    pub(in crate::sim) fn due_searches(&self, world: &World) -> Vec<(u64, String, String)> {
        let mut lists = lock(&self.lists);
        lists.load_initial_hits(world);
        lists.due_searches()
    }

    /// Records a run of a watchlist's `search` with its hits and their number; without a result the search was invalid.
    pub(in crate::sim) fn record_run(&self, id: u64, search: &str, result: Option<(TaggedHits, u64)>, at: i64) {
        let count = result.as_ref().map(|(_, count)| *count);
        if let Some((hits, 1..)) = result {
            self.tags.add_run(id, hits, at);
        }
        lock(&self.lists).record_run(id, search, count, at);
    }

    /// Returns the watchlist tags added since the world was generated.
    pub(in crate::sim) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Calls `f` with the actions, locked.
    pub(in crate::sim) fn with_actions<T>(&self, f: impl FnOnce(&mut Actions) -> T) -> T {
        f(&mut lock(&self.actions))
    }

    /// Calls `f` with the feeds, locked.
    pub(in crate::sim) fn with_feeds<T>(&self, f: impl FnOnce(&Feeds) -> T) -> T {
        f(&lock(&self.feeds))
    }

    /// Whether a report is ignored, including changes that the index does not have yet.
    pub(in crate::sim) fn is_ignored(&self, feed: u32, report: &str) -> bool {
        self.state().ignored.contains(feed, report)
    }

    /// Adds a feed with a new id and returns it; the error is its name if another feed has it.
    pub(in crate::sim) fn add_feed(&self, mut feed: StoredFeed) -> Result<StoredFeed, String> {
        let mut feeds = lock(&self.feeds);
        if feeds.feeds().iter().any(|other| other.name.eq_ignore_ascii_case(&feed.name)) {
            return Err(feed.name);
        }
        feed.id = feeds.next_id();
        feeds.upsert(feed.clone());
        self.index_reports(&feeds);
        Ok(feed)
    }

    /// Replaces a feed by its id.
    pub(in crate::sim) fn update_feed(&self, feed: StoredFeed) {
        let mut feeds = lock(&self.feeds);
        feeds.upsert(feed);
        self.index_reports(&feeds);
    }

    /// Deletes a feed with its reports and actions.
    pub(in crate::sim) fn delete_feed(&self, id: u32) {
        let mut feeds = lock(&self.feeds);
        feeds.remove(id);
        self.index_reports(&feeds);
        lock(&self.actions).remove_all(Owner::Feed(id.into()));
    }

    /// Puts all reports of `feeds` into the index.
    fn index_reports(&self, feeds: &Feeds) {
        let mut state = self.state();
        let index = Arc::make_mut(&mut state.index_state);
        index.revision += 1;
        index.reports = Arc::new(feeds.feed_reports());
    }

    /// Deletes a watchlist with its actions.
    pub(in crate::sim) fn delete_watchlist(&self, id: u64) {
        lock(&self.lists).remove(id);
        lock(&self.actions).remove_all(Owner::Watchlist(id));
    }

    fn state(&self) -> MutexGuard<'_, AlertIndex> {
        lock(&self.state)
    }
}

impl AlertIndex {
    /// Applies the updates that are due at `by`.
    fn apply_due_updates(&mut self, by: Instant) {
        while let Some((_, update)) = self.pending_updates.pop_front_if(|(due, _)| *due <= by) {
            let index = Arc::make_mut(&mut self.index_state);
            index.revision += 1;
            match update {
                PendingUpdate::Alerts { numbers, update } => {
                    for number in numbers {
                        if let Some(alert) = index.alert_states.get_mut(to_index(number)) {
                            alert.apply(&update, &mut index.names);
                        }
                    }
                }
                PendingUpdate::Reports(update) => index.ignored.apply(&update),
            }
        }
    }
}

impl IndexState {
    /// Returns the alert with a number.
    pub(in crate::sim) fn alert<'k>(&'k self, world: &'k World, number: u32) -> Option<&'k Alert> {
        let index = to_index(number);
        world.alerts.get(index).or_else(|| {
            let raised = index.checked_sub(world.alerts.len())?;
            self.raised_alerts.get(raised).map(|alert| &**alert)
        })
    }

    /// Returns the state of the alert with a number.
    pub(in crate::sim) fn alert_state(&self, number: u32) -> Option<AlertState> {
        self.alert_states.get(to_index(number)).copied()
    }

    /// Returns the numbers of all alerts, the newest first.
    pub(in crate::sim) fn alerts(&self, world: &World) -> impl Iterator<Item = u32> + use<> {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        // The alerts of the world are sorted by age already, raised ones are appended.
        let (initial, total) = (count(world.alerts.len()), count(self.alert_states.len()));
        (initial..total).rev().chain(0..initial)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder of the lock panics")
}

/// Returns the report that raised an alert; `None` for a watchlist.
pub(in crate::sim) fn report_of(world: &World, origin: Origin) -> Option<ReportId> {
    let Origin::Report(feed, report) = origin else {
        return None;
    };
    let feed = world.intelligence.feeds.get(feed)?;
    Some((feed.id, feed.reports.get(report)?.id.clone()))
}

/// Parses the digits of a UUID as one number.
fn parse_alert_id(id: &str) -> Option<u128> {
    u128::from_str_radix(&id.replace('-', ""), 16).ok()
}

fn to_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
