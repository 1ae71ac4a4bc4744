//! Selects a row of a list and fetches the details shown in the pane beside it.

use std::sync::Arc;

use super::{Cx, context::open_alerts_fetch};
use crate::fetch::{CountFetch, LicenseFetch, ReportFetch, Resource, WatchActionsFetch};
use crate::model::{Corpus, Feed, Group, Partition, Report, Sensor, StoredIndex, Watchlist};
use crate::query::{self, Index, StoredQuery};
use crate::session::{Remote, Session, SlotOf, slots};
use crate::worker::{FetchPolicy, Slot};

/// The operations on the rows under cursors, whose details are shown beside lists.
#[derive(Debug)]
pub struct DetailsCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl DetailsCx<'_, '_> {
    /// Fetches the names of the sensor groups, unless they were requested.
    pub fn fetch_group_names(&mut self) {
        self.cx.lists().load_once::<Group>();
    }

    /// Fetches the names of the watchlists, unless they were requested.
    pub(super) fn fetch_watchlist_names(&mut self) {
        self.cx.lists().load_once::<Watchlist>();
    }

    /// Selects a sensor.
    pub fn select_sensor(&mut self, sensor: Option<&Arc<Sensor>>) {
        self.cx.session.selection.sensor = sensor.cloned();
    }

    /// Fetches the open alerts of the selected sensor's host, unless they were requested.
    pub fn fetch_host_alerts(&mut self) {
        let sensor = self.cx.session.selection.sensor.as_ref();
        let name = sensor.and_then(|sensor| sensor.computer_name.non_empty());
        self.fetch_details(slots::HOST_ALERTS, name.map(open_alerts_fetch));
    }

    /// Selects a watchlist and fetches its actions.
    pub fn select_watchlist(&mut self, watchlist: Option<&Arc<Watchlist>>) {
        self.cx.session.selection.watchlist = watchlist.cloned();
        let actions = watchlist.map(|watchlist| WatchActionsFetch(watchlist.id));
        self.fetch_details(slots::WATCH_ACTIONS, actions);
    }

    /// Counts the current matches of the selected watchlist on the server.
    pub fn count_watchlist_hits(&mut self) {
        let Some(watchlist) = self.cx.session.selection.watchlist.clone() else {
            return self.cx.notify("No watchlist selected");
        };
        match hit_count_fetch(&watchlist) {
            Some(question) => self.cx.requests().fetch(slots::WATCH_COUNT, question, FetchPolicy::NoCache),
            None => self.cx.notify(not_runnable_reason(&watchlist)),
        }
    }

    /// Clears the selected feed, so that the shown reports stay when the cursor reaches a feed.
    pub fn clear_feed(&mut self) {
        self.cx.session.selection.feed = None;
    }

    /// Selects a feed and searches its reports, unless the user is viewing the results of a report search of their own.
    /// Returns the query if there is a new search.
    pub fn select_feed(&mut self, feed: Option<&Arc<Feed>>) -> Option<String> {
        let previous = self.cx.session.selection.feed.take();
        self.cx.session.selection.feed = feed.cloned();
        let (feed, reports) = (feed?, self.cx.session.lists.pages::<Report>());
        let is_same = previous.as_ref().is_some_and(|previous| previous.id == feed.id);
        let query = feed_reports_query(feed);
        let current = reports.search().map(|search| &search.query);
        let is_browsing = match (current, &previous) {
            (None, _) => true,
            (Some(current), Some(previous)) => {
                let is_restricted_to_feed = current.split(' ').next() == Some(query.as_str());
                *current == feed_reports_query(previous) || !is_same && !is_restricted_to_feed
            }
            (Some(_), None) => false,
        };
        if !is_browsing || is_same && current.is_some() {
            return None;
        }
        self.cx.lists().search_debounced::<Report>(query.clone());
        Some(query)
    }

    /// Selects a report, and fetches its indicators and the number of alerts it raised.
    pub fn select_report(&mut self, report: Option<&Arc<Report>>) {
        self.cx.session.selection.report = report.cloned();
        self.fetch_details(slots::REPORT, report.map(|report| ReportFetch(report.id.clone())));
        self.fetch_details(slots::REPORT_ALERTS, report.map(|report| alert_count_fetch(report)));
    }

    /// Fetches the license and the event-store partitions of the server, unless they were requested.
    pub fn fetch_server_details(&mut self) {
        self.cx.requests().fetch_server_info();
        if self.cx.session.values.question(slots::LICENSE).is_none() {
            self.cx.requests().fetch(slots::LICENSE, LicenseFetch, FetchPolicy::CacheFirst);
        }
        self.cx.lists().load_once::<Partition>();
    }

    /// Refreshes the details beside the lists of a view, past the cache.
    pub fn refresh_details(&mut self, slots: &[Slot]) {
        for slot in slots {
            self.cx.requests().refresh(*slot, FetchPolicy::NoCache);
        }
    }

    /// Fetches details into their slot once the cursor rests, unless they were requested; `None` clears the slot.
    pub(super) fn fetch_details<R: Resource>(&mut self, place: SlotOf<R>, question: Option<R>) {
        match question {
            None => self.clear_slot(place.slot),
            Some(question) if self.cx.session.value_of(place, &question).is_some() => {}
            Some(question) => self.cx.requests().fetch(place, question, FetchPolicy::Debounced),
        }
    }

    /// Clears a slot and cancels its pending request.
    pub(super) fn clear_slot(&mut self, slot: Slot) {
        self.cx.requests().cancel_slot(slot);
        if let Some(remote) = self.cx.session.state_mut(slot) {
            remote.clear();
        }
    }
}

impl Session {
    /// Returns the last count of matches of `watchlist`; `None` if another one was counted.
    pub fn watchlist_hits_of(&self, watchlist: &Watchlist) -> Option<&Remote<CountFetch>> {
        self.value_of(slots::WATCH_COUNT, &hit_count_fetch(watchlist)?)
    }
}

/// Returns the runnable query of a watchlist, including its facet filters; `None` if it is malformed or its index
/// cannot be searched.
pub fn runnable_query(watchlist: &Watchlist) -> Option<(Index, String)> {
    let index = match watchlist.index {
        StoredIndex::Events => Index::Process,
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Other(_) => return None,
    };
    let stored = StoredQuery::parse(watchlist.search_query.raw());
    stored.malformed_reason().is_none().then(|| (index, query::one_line(&stored.combined_query())))
}

/// Returns why a watchlist cannot be run.
pub fn not_runnable_reason(watchlist: &Watchlist) -> String {
    match StoredQuery::parse(watchlist.search_query.raw()).malformed_reason() {
        Some(reason) => format!("Not run: its stored query is malformed: {reason}"),
        None => "This watchlist's index cannot be searched".into(),
    }
}

/// Returns the query for the alerts of a report.
pub fn report_alerts_query(report: &Report) -> String {
    let id = query::quote(report.id.id.raw());
    format!("feed_id:{} watchlist_id:{id}", report.id.feed)
}

/// Returns the request that counts the alerts of a report.
pub(in crate::session) fn alert_count_fetch(report: &Report) -> CountFetch {
    CountFetch { corpus: Corpus::Alerts, query: report_alerts_query(report) }
}

/// Returns the query for the reports of a feed.
pub fn feed_reports_query(feed: &Feed) -> String {
    format!("feed_id:{}", feed.id)
}

fn hit_count_fetch(watchlist: &Watchlist) -> Option<CountFetch> {
    let (index, query) = runnable_query(watchlist)?;
    let corpus = match index {
        Index::Process => Corpus::Processes,
        _ => Corpus::Binaries,
    };
    Some(CountFetch { corpus, query })
}
