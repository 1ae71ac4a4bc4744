//! What stands beside a list: the host, the watchlist, the report under its cursor, and what is asked because of it.

use std::sync::Arc;

use super::{Cx, context::open_alerts_fetch};
use crate::fetch::Fetch;
use crate::model::{Corpus, Feed, Group, Report, Sensor, StoredIndex, Watchlist};
use crate::query::{self, Index, StoredQuery};
use crate::session::{Awaiting, Remote, Session};
use crate::worker::{FetchPolicy, Slot};

impl Cx<'_> {
    /// Asks what the sensor groups are called, unless that is known or on its way.
    pub fn fetch_group_names(&mut self) {
        self.load_once::<Group>();
    }

    /// Asks what the watchlists are called, unless that is known or on its way.
    pub(super) fn fetch_watchlist_names(&mut self) {
        self.load_once::<Watchlist>();
    }

    /// Makes this host the one that is looked at.
    pub fn select_sensor(&mut self, host: Option<&Arc<Sensor>>) {
        self.session.selection.sensor = host.cloned();
    }

    /// Asks which alerts are open on the host that is looked at, unless that was asked.
    pub fn fetch_host_alerts(&mut self) {
        let host = self.session.selection.sensor.as_ref();
        let name = host.and_then(|host| host.computer_name.non_empty());
        self.fetch_details(Slot::HostAlerts, name.map(open_alerts_fetch));
    }

    /// Makes this watchlist the one that is looked at, and asks what it sets off.
    pub fn select_watchlist(&mut self, watchlist: Option<&Arc<Watchlist>>) {
        self.session.selection.watchlist = watchlist.cloned();
        let actions = watchlist.map(|watchlist| Fetch::WatchActions(watchlist.id));
        self.fetch_details(Slot::WatchActions, actions);
    }

    /// Counts on the server what the watchlist that is looked at finds now.
    pub fn count_watchlist_hits(&mut self) {
        let Some(watchlist) = self.session.selection.watchlist.clone() else {
            return self.notify("No watchlist selected");
        };
        match hit_count_fetch(&watchlist) {
            Some(fetch) => self.fetch_into(Slot::WatchCount, fetch, FetchPolicy::NoCache),
            None => self.notify(not_runnable_reason(&watchlist)),
        }
    }

    /// No feed is looked at yet: what is asked for stays when the cursor comes to one.
    pub fn clear_feed(&mut self) {
        self.session.selection.feed = None;
    }

    /// Makes this feed the one that is looked at. Its reports are shown; whatever else was asked for stays until another
    /// feed is looked at.
    pub fn select_feed(&mut self, feed: Option<&Arc<Feed>>) {
        let before = self.session.selection.feed.take();
        self.session.selection.feed = feed.cloned();
        let (Some(feed), reports) = (feed, &self.session.lists.reports) else {
            return;
        };
        let is_same = before.as_ref().is_some_and(|before| before.id == feed.id);
        let query = feed_reports_query(feed);
        let asked = reports.search().map(|search| &search.query);
        let is_browsing = match (asked, &before) {
            (None, _) => true,
            (Some(asked), Some(before)) => {
                let is_of_it = asked.split(' ').next() == Some(query.as_str());
                *asked == feed_reports_query(before) || !is_same && !is_of_it
            }
            (Some(_), None) => false,
        };
        if is_browsing && !(is_same && asked.is_some()) {
            self.set_pending_query(Index::Report, query.clone());
            self.search_debounced::<Report>(query);
        }
    }

    /// Makes this report the one that is looked at, and asks for all that it looks for and how many alerts it has raised.
    pub fn select_report(&mut self, report: Option<&Arc<Report>>) {
        self.session.selection.report = report.cloned();
        let whole = report.map(|report| Fetch::Report(report.id.clone()));
        self.fetch_details(Slot::Report, whole);
        let raised = report.map(|report| alert_count_fetch(report));
        self.fetch_details(Slot::ReportAlerts, raised);
    }

    /// Asks what the server is licensed for and where it keeps events, unless that was asked.
    pub fn fetch_server_details(&mut self) {
        self.fetch_server_info();
        if self.session.connection.license.last_question().is_none() {
            self.fetch(Fetch::License, FetchPolicy::CacheFirst);
        }
        if self.session.connection.store_partitions.last_question().is_none() {
            self.fetch(Fetch::Partitions, FetchPolicy::CacheFirst);
        }
    }

    /// Asks again for what stands beside the lists of a view, past the cache.
    pub fn refresh_details(&mut self, slots: &[Slot]) {
        let session = &self.session;
        let asked = |slot: &Slot| {
            let fetch = match slot {
                Slot::ServerInfo => session.connection.server_info.last_question(),
                Slot::HostAlerts => session.details.host_alerts.last_question(),
                Slot::WatchActions => session.details.watchlist_actions.last_question(),
                Slot::WatchCount => session.details.watchlist_hits.last_question(),
                Slot::Report => session.details.report.last_question(),
                Slot::ReportAlerts => session.details.report_alert_count.last_question(),
                Slot::License => session.connection.license.last_question(),
                Slot::Partitions => session.connection.store_partitions.last_question(),
                _ => None,
            };
            fetch.map(|fetch| (*slot, fetch.clone()))
        };
        let asked: Vec<_> = slots.iter().filter_map(asked).collect();
        for (slot, fetch) in asked {
            self.fetch_into(slot, fetch, FetchPolicy::NoCache);
        }
    }

    /// Asks for what is to be known beside a row, unless that was asked; nothing: nothing is known there.
    pub(super) fn fetch_details(&mut self, slot: Slot, fetch: Option<Fetch>) {
        let Some(fetch) = fetch else {
            self.cancel_slot(slot);
            if let Some(remote) = self.session.remote_mut(slot) {
                remote.reset();
            }
            return;
        };
        let asked = self.session.remote(slot);
        let asked = asked.and_then(Awaiting::question);
        if asked.is_none_or(|asked| !asked.covers_same_request(&fetch)) {
            self.fetch_into(slot, fetch, FetchPolicy::Debounced);
        }
    }
}

impl Session {
    /// How much a watchlist was last counted to find, if that is the one that was counted.
    pub fn watchlist_hits_of(&self, watchlist: &Watchlist) -> Option<&Remote<u64>> {
        self.details.watchlist_hits.if_about(&hit_count_fetch(watchlist)?)
    }
}

/// The query of a watchlist as it can be run, its facet filters behind it. `None` where it is malformed, or searches what
/// only the server can.
pub fn runnable_query(watchlist: &Watchlist) -> Option<(Index, String)> {
    let index = match watchlist.index {
        StoredIndex::Events => Index::Process,
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Other(_) => return None,
    };
    let stored = StoredQuery::parse(watchlist.search_query.raw());
    stored.malformed_reason().is_none().then(|| (index, query::one_line(&stored.combined_query())))
}

/// Why a watchlist cannot be run from here.
pub fn not_runnable_reason(watchlist: &Watchlist) -> String {
    match StoredQuery::parse(watchlist.search_query.raw()).malformed_reason() {
        Some(why) => format!("Not run: its stored query is malformed: {why}"),
        None => "This watchlist's index cannot be searched".into(),
    }
}

/// The query that finds the alerts of a report.
pub fn report_alerts_query(report: &Report) -> String {
    let id = query::quote(report.id.id.raw());
    format!("feed_id:{} watchlist_id:{id}", report.id.feed)
}

/// The question how many alerts a report has raised.
pub(in crate::session) fn alert_count_fetch(report: &Report) -> Fetch {
    Fetch::Count { corpus: Corpus::Alerts, query: report_alerts_query(report) }
}

/// The query that finds the reports of a feed.
pub fn feed_reports_query(feed: &Feed) -> String {
    format!("feed_id:{}", feed.id)
}

fn hit_count_fetch(watchlist: &Watchlist) -> Option<Fetch> {
    let (index, query) = runnable_query(watchlist)?;
    let corpus = match index {
        Index::Process => Corpus::Processes,
        _ => Corpus::Binaries,
    };
    Some(Fetch::Count { corpus, query })
}
