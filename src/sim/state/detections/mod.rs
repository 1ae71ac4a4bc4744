//! Alerts as people leave them, watchlists, feeds and reports: what changes of what the world begins with.
//!
//! What is asked of an alert or a report is true at once and known to searches later, as the index lags behind. A search
//! takes what is [`Known`] at its beginning and sees nothing else.

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
pub(in crate::sim) use alert_updates::{Ignored, Mark, Names, ReportId, Turn};
pub(in crate::sim) use feed_document::read as read_paper;
pub(in crate::sim) use feeds::{About, Feed, Feeds, Filed, Report};
pub(in crate::sim) use tags::{Tagged, Tags};
pub(in crate::sim) use watchlists::{Found, List, Lists};

use super::super::{
    search::request::Search,
    world::{Alert, Origin, World, arise},
};
use super::server::Server;
use crate::query::Index;
use alert_updates::Change;

/// More at once are not news but a mistyped number.
const MOST_RAISED: u64 = 100_000;

/// All of it, behind one lock of its own.
#[derive(Debug)]
pub(in crate::sim) struct Intel {
    lag: Duration,
    state: Mutex<State>,
    lists: Mutex<Lists>,
    tags: Tags,
    actions: Mutex<Actions>,
    feeds: Mutex<Feeds>,
}

/// What searches see.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Known {
    /// Counts the changes, so that the result of a search is not taken for that of a later one.
    pub(in crate::sim) generation: u64,
    pub(in crate::sim) names: Names,
    /// One for each alert, in the order of their numbers.
    marks: Vec<Mark>,
    /// Alerts that are not of the world's beginning, the oldest first. Their numbers follow those of the world's.
    raised: Vec<Arc<Alert>>,
    pub(in crate::sim) ignored: Ignored,
    /// All reports, in the order of their numbers.
    pub(in crate::sim) reports: Arc<Vec<Filed>>,
}

#[derive(Debug, Default)]
struct State {
    known: Arc<Known>,
    /// What the index does not know yet, and when it will.
    late: VecDeque<(Instant, Change)>,
    /// The numbers of all alerts, by what their ids stand for.
    numbers: HashMap<u128, u32>,
    /// Reports that are ignored, whether or not the index knows.
    ignored: Ignored,
}

impl Intel {
    /// What a world begins with; changes reach searches after `lag`.
    pub(in crate::sim) fn of(world: &World, lag: Duration) -> Self {
        let users = world.fleet.users.iter();
        let feeds = Feeds::of(world);
        let known = Known {
            names: Names::new(users.map(|user| user.username.clone())),
            marks: world.alerts.iter().map(Mark::of).collect(),
            reports: Arc::new(feeds.filed()),
            ..Known::default()
        };
        let ids = world.alerts.iter().map(|alert| number_of(&alert.id));
        let numbers = ids.zip(0..).filter_map(|(id, number)| Some((id?, number))).collect();
        Self {
            lag,
            state: Mutex::new(State { known: Arc::new(known), numbers, ..State::default() }),
            lists: Mutex::new(Lists::of(world)),
            tags: Tags::default(),
            actions: Mutex::new(Actions::of(world)),
            feeds: Mutex::new(feeds),
        }
    }

    /// What a search that begins now sees.
    pub(in crate::sim) fn known(&self) -> Arc<Known> {
        let mut state = self.state();
        state.settle(Instant::now());
        Arc::clone(&state.known)
    }

    /// Lets the index know everything at once.
    pub(in crate::sim) fn catch_up(&self) {
        let mut state = self.state();
        if let Some((last, _)) = state.late.back() {
            let last = *last;
            state.settle(last);
        }
    }

    /// The number of an alert.
    pub(in crate::sim) fn alert(&self, world: &World, id: &str) -> Option<u32> {
        let state = self.state();
        let number = *state.numbers.get(&number_of(id)?)?;
        let alert = state.known.alert(world, number)?;
        (alert.id == id).then_some(number)
    }

    /// Changes alerts.
    pub(in crate::sim) fn turn(&self, numbers: Vec<u32>, to: Turn) {
        self.later(Change::Alerts { numbers, to });
    }

    /// Raises new alerts, which searches see at once, and gives their ids. What is ignored raises none.
    pub(in crate::sim) fn raise(&self, world: &World, count: u64, at: i64) -> Vec<String> {
        let lists = self.raising(world);
        let feeds = self.raising_feeds(world);
        let mut state = self.state();
        let first = u64::try_from(state.known.raised.len()).unwrap_or(u64::MAX);
        let last = first.saturating_add(count.min(MOST_RAISED));
        let alerts = arise(world, first..last, at, |origin| match origin {
            Origin::Watchlist(place) => lists[place],
            Origin::Report(place, _) => {
                let report = report_of(world, origin).filter(|_| feeds[place]);
                report.is_some_and(|(feed, id)| !state.ignored.has(feed, &id))
            }
        });
        let known = Arc::make_mut(&mut state.known);
        known.generation += 1;
        let mut numbers = Vec::new();
        for alert in &alerts {
            let number = u32::try_from(known.marks.len()).unwrap_or(u32::MAX);
            known.marks.push(Mark::of(alert));
            known.raised.push(Arc::new(alert.clone()));
            numbers.extend(number_of(&alert.id).map(|id| (id, number)));
        }
        state.numbers.extend(numbers);
        alerts.into_iter().map(|alert| alert.id).collect()
    }

    /// Which watchlists of the world raise alerts, by place.
    fn raising(&self, world: &World) -> Vec<bool> {
        let lists = locked(&self.lists);
        let actions = locked(&self.actions);
        let raises = |id: u64| lists.get(id).is_some_and(|list| list.enabled) && actions.alerts(Owner::Watchlist(id));
        let ids = world.intelligence.watchlists.iter();
        ids.map(|list| list.id.parse().is_ok_and(raises)).collect()
    }

    /// Which feeds of the world do.
    fn raising_feeds(&self, world: &World) -> Vec<bool> {
        let feeds = locked(&self.feeds);
        let actions = locked(&self.actions);
        let raises = |id: u32| feeds.get(id).is_some_and(|feed| feed.enabled) && actions.alerts(Owner::Feed(id.into()));
        let all = world.intelligence.feeds.iter();
        all.map(|feed| raises(feed.id)).collect()
    }

    /// Ignores reports, or stops doing so.
    pub(in crate::sim) fn ignore(&self, ids: Vec<ReportId>, ignored: bool) {
        self.state().ignored.set(&ids, ignored);
        self.later(Change::Reports { ids, ignored });
    }

    fn later(&self, change: Change) {
        let mut state = self.state();
        state.late.push_back((Instant::now() + self.lag, change));
    }

    /// Looks at the watchlists, or changes them. One that is due has run before.
    pub(in crate::sim) fn lists<T>(&self, server: &Server, look: impl FnOnce(&mut Lists) -> T) -> T {
        let due = {
            let mut lists = locked(&self.lists);
            lists.tell(&server.world);
            lists.due()
        };
        // A search takes its time, which others need not spend waiting.
        for (id, index, search) in due {
            let found = found(server, &index, &search);
            let at = server.now().as_millisecond();
            let count = found.as_ref().map(|(_, count)| *count);
            if let Some((caught, 1..)) = found {
                self.tags.add(id, caught, at);
            }
            locked(&self.lists).ran(id, &search, count, at);
        }
        look(&mut locked(&self.lists))
    }

    /// What watchlists have tagged besides what the world was tagged with at its beginning.
    pub(in crate::sim) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Looks at the actions, or changes them.
    pub(in crate::sim) fn actions<T>(&self, look: impl FnOnce(&mut Actions) -> T) -> T {
        look(&mut locked(&self.actions))
    }

    /// Looks at the feeds.
    pub(in crate::sim) fn feeds<T>(&self, look: impl FnOnce(&Feeds) -> T) -> T {
        look(&locked(&self.feeds))
    }

    /// Whether a report raises no alerts any more, whatever the index knows.
    pub(in crate::sim) fn is_ignored(&self, feed: u32, report: &str) -> bool {
        self.state().ignored.has(feed, report)
    }

    /// Adds a feed under a number of its own; the error is the name, which another has.
    pub(in crate::sim) fn add_feed(&self, mut feed: Feed) -> Result<Feed, String> {
        let mut feeds = locked(&self.feeds);
        let mut all = feeds.all().iter();
        if all.any(|known| known.name.eq_ignore_ascii_case(&feed.name)) {
            return Err(feed.name);
        }
        feed.id = feeds.next();
        feeds.put(feed.clone());
        self.file(&feeds);
        Ok(feed)
    }

    /// Changes a feed.
    pub(in crate::sim) fn put_feed(&self, feed: Feed) {
        let mut feeds = locked(&self.feeds);
        feeds.put(feed);
        self.file(&feeds);
    }

    /// Deletes a feed, its reports, and what is done about their hits.
    pub(in crate::sim) fn forget_feed(&self, id: u32) {
        let mut feeds = locked(&self.feeds);
        feeds.remove(id);
        self.file(&feeds);
        locked(&self.actions).remove_all(Owner::Feed(id.into()));
    }

    /// Lets searches know of all reports.
    fn file(&self, feeds: &Feeds) {
        let mut state = self.state();
        let known = Arc::make_mut(&mut state.known);
        known.generation += 1;
        known.reports = Arc::new(feeds.filed());
    }

    /// Deletes a watchlist, and what is done about its hits.
    pub(in crate::sim) fn forget_list(&self, id: u64) {
        locked(&self.lists).remove(id);
        locked(&self.actions).remove_all(Owner::Watchlist(id));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl State {
    /// Lets the index know what it should by then.
    fn settle(&mut self, by: Instant) {
        while let Some((_, change)) = self.late.pop_front_if(|(due, _)| *due <= by) {
            let known = Arc::make_mut(&mut self.known);
            known.generation += 1;
            match change {
                Change::Alerts { numbers, to } => {
                    for number in numbers {
                        if let Some(mark) = known.marks.get_mut(place(number)) {
                            mark.turn(&to, &mut known.names);
                        }
                    }
                }
                Change::Reports { ids, ignored } => known.ignored.set(&ids, ignored),
            }
        }
    }
}

impl Known {
    /// The alert of a number.
    pub(in crate::sim) fn alert<'k>(&'k self, world: &'k World, number: u32) -> Option<&'k Alert> {
        let place = place(number);
        let told = world.alerts.get(place);
        told.or_else(|| {
            let raised = place.checked_sub(world.alerts.len())?;
            self.raised.get(raised).map(|alert| &**alert)
        })
    }

    /// What has become of the alert of a number.
    pub(in crate::sim) fn mark(&self, number: u32) -> Option<Mark> {
        self.marks.get(place(number)).copied()
    }

    /// The numbers of all alerts, the newest first.
    pub(in crate::sim) fn alerts(&self, world: &World) -> impl Iterator<Item = u32> + use<> {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let (told, all) = (count(world.alerts.len()), count(self.marks.len()));
        (told..all).rev().chain(0..told)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing that holds the lock can panic")
}

/// What a stored search finds, and how much that is; none if it cannot be read.
fn found(server: &Server, index: &str, search: &str) -> Option<(tags::Caught, u64)> {
    let index = match index {
        "modules" => Index::Binary,
        _ => Index::Process,
    };
    let search = Search::stored(server, index, search).ok()?;
    let matches = search.matches(server);
    let found = match index {
        Index::Binary => {
            let all = &server.world.binaries.all;
            let binaries = matches.iter().filter_map(|number| all.get(place(*number)));
            tags::Caught::Binaries(binaries.map(|binary| binary.md5.as_str().into()).collect())
        }
        _ => tags::Caught::Segments(matches.iter().copied().collect()),
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
fn number_of(id: &str) -> Option<u128> {
    u128::from_str_radix(&id.replace('-', ""), 16).ok()
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
