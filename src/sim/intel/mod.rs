//! Alerts as people leave them, watchlists, feeds and reports: what changes of what the world begins with.
//!
//! What is asked of an alert or a report is true at once and known to searches later, as the index lags behind. A search
//! takes what is [`Known`] at its beginning and sees nothing else.

mod marks;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

pub(super) use marks::{Ignored, Mark, Names, ReportId, Turn};

use super::world::{Alert, Origin, World, arise};
use marks::Change;

/// More at once are not news but a mistyped number.
const MOST_RAISED: u64 = 100_000;

/// All of it, behind one lock of its own.
#[derive(Debug)]
pub(super) struct Intel {
    lag: Duration,
    state: Mutex<State>,
}

/// What searches see.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Counts the changes, so that the result of a search is not taken for that of a later one.
    pub(super) generation: u64,
    pub(super) names: Names,
    /// One for each alert, in the order of their numbers.
    marks: Vec<Mark>,
    /// Alerts that are not of the world's beginning, the oldest first. Their numbers follow those of the world's.
    raised: Vec<Arc<Alert>>,
    pub(super) ignored: Ignored,
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
    pub(super) fn of(world: &World, lag: Duration) -> Self {
        let users = world.fleet.users.iter();
        let known = Known {
            names: Names::new(users.map(|user| user.username.clone())),
            marks: world.alerts.iter().map(Mark::of).collect(),
            ..Known::default()
        };
        let ids = world.alerts.iter().map(|alert| number_of(&alert.id));
        let numbers = ids
            .zip(0..)
            .filter_map(|(id, number)| Some((id?, number)))
            .collect();
        Self {
            lag,
            state: Mutex::new(State {
                known: Arc::new(known),
                numbers,
                ..State::default()
            }),
        }
    }

    /// What a search that begins now sees.
    pub(super) fn known(&self) -> Arc<Known> {
        let mut state = self.state();
        state.settle(Instant::now());
        Arc::clone(&state.known)
    }

    /// Lets the index know everything at once.
    pub(super) fn catch_up(&self) {
        let mut state = self.state();
        if let Some((last, _)) = state.late.back() {
            let last = *last;
            state.settle(last);
        }
    }

    /// The number of an alert.
    pub(super) fn alert(&self, world: &World, id: &str) -> Option<u32> {
        let state = self.state();
        let number = *state.numbers.get(&number_of(id)?)?;
        let alert = state.known.alert(world, number)?;
        (alert.id == id).then_some(number)
    }

    /// Changes alerts.
    pub(super) fn turn(&self, numbers: Vec<u32>, to: Turn) {
        self.later(Change::Alerts { numbers, to });
    }

    /// Raises new alerts, which searches see at once, and gives their ids. What is ignored raises none.
    pub(super) fn raise(&self, world: &World, count: u64, at: i64) -> Vec<String> {
        let mut state = self.state();
        let first = u64::try_from(state.known.raised.len()).unwrap_or(u64::MAX);
        let last = first.saturating_add(count.min(MOST_RAISED));
        let alerts = arise(world, first..last, at, |origin| {
            report_of(world, origin).is_none_or(|(feed, id)| !state.ignored.has(feed, &id))
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

    /// Ignores reports, or stops doing so.
    pub(super) fn ignore(&self, ids: Vec<ReportId>, ignored: bool) {
        self.state().ignored.set(&ids, ignored);
        self.later(Change::Reports { ids, ignored });
    }

    fn later(&self, change: Change) {
        let mut state = self.state();
        state.late.push_back((Instant::now() + self.lag, change));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing that holds the lock can panic")
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
    pub(super) fn alert<'k>(&'k self, world: &'k World, number: u32) -> Option<&'k Alert> {
        let place = place(number);
        let told = world.alerts.get(place);
        told.or_else(|| {
            let raised = place.checked_sub(world.alerts.len())?;
            self.raised.get(raised).map(|alert| &**alert)
        })
    }

    /// What has become of the alert of a number.
    pub(super) fn mark(&self, number: u32) -> Option<Mark> {
        self.marks.get(place(number)).copied()
    }

    /// The numbers of all alerts, the newest first.
    pub(super) fn alerts(&self, world: &World) -> impl Iterator<Item = u32> + use<> {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let (told, all) = (count(world.alerts.len()), count(self.marks.len()));
        (told..all).rev().chain(0..told)
    }
}

/// The report that raised an alert; none for a watchlist.
pub(super) fn report_of(world: &World, origin: Origin) -> Option<ReportId> {
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
