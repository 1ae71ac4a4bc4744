//! What stands beside a list: the host, the watchlist, the report under its cursor, and what is asked because of it.

use std::sync::Arc;

use super::{Cx, context::open_alerts};
use crate::fetch::Fetch;
use crate::model::{Corpus, Feed, Group, Report, Sensor, StoredIndex, Watchlist};
use crate::query::{self, Index, Stored};
use crate::session::{Awaiting, Remote, Session};
use crate::worker::{Slot, Urgency};

impl Cx<'_> {
    /// Asks what the sensor groups are called, unless that is known or on its way.
    pub fn name_groups(&mut self) {
        self.load::<Group>();
    }

    /// Asks what the watchlists are called, unless that is known or on its way.
    pub(super) fn name_watchlists(&mut self) {
        self.load::<Watchlist>();
    }

    /// Makes this host the one that is looked at.
    pub fn attend_host(&mut self, host: Option<&Arc<Sensor>>) {
        self.session.host = host.cloned();
    }

    /// Asks which alerts are open on the host that is looked at, unless that was asked.
    pub fn attend_alerts(&mut self) {
        let host = self.session.host.as_ref();
        let name = host.and_then(|host| host.computer_name.non_empty());
        self.want(Slot::HostAlerts, name.map(open_alerts));
    }

    /// Makes this watchlist the one that is looked at, and asks what it sets off.
    pub fn consider_watchlist(&mut self, watchlist: Option<&Arc<Watchlist>>) {
        self.session.watchlist = watchlist.cloned();
        let actions = watchlist.map(|watchlist| Fetch::WatchActions(watchlist.id));
        self.want(Slot::WatchActions, actions);
    }

    /// Counts on the server what the watchlist that is looked at finds now.
    pub fn count_hits(&mut self) {
        let Some(watchlist) = self.session.watchlist.clone() else {
            return self.notify("No watchlist selected");
        };
        match hits(&watchlist) {
            Some(fetch) => self.fetch_for(Slot::WatchCount, fetch, Urgency::Fresh),
            None => self.notify(why_not_runnable(&watchlist)),
        }
    }

    /// No feed is looked at yet: what is asked for stays when the cursor comes to one.
    pub fn leave_feed(&mut self) {
        self.session.feed = None;
    }

    /// Makes this feed the one that is looked at. Its reports are shown; whatever else was asked for stays until another
    /// feed is looked at.
    pub fn browse(&mut self, feed: Option<&Arc<Feed>>) {
        let before = self.session.feed.take();
        self.session.feed = feed.cloned();
        let (Some(feed), reports) = (feed, &self.session.reports) else {
            return;
        };
        let is_same = before.as_ref().is_some_and(|before| before.id == feed.id);
        let query = reports_of(feed);
        let asked = reports.search().map(|search| &search.query);
        let is_browsing = match (asked, &before) {
            (None, _) => true,
            (Some(asked), Some(before)) => {
                let is_of_it = asked.split(' ').next() == Some(query.as_str());
                *asked == reports_of(before) || !is_same && !is_of_it
            }
            (Some(_), None) => false,
        };
        if is_browsing && !(is_same && asked.is_some()) {
            self.propose(Index::Report, query.clone());
            self.look_into::<Report>(query);
        }
    }

    /// Makes this report the one that is looked at, and asks for all that it looks for and how many alerts it has raised.
    pub fn look_up(&mut self, report: Option<&Arc<Report>>) {
        self.session.looked_up = report.cloned();
        let whole = report.map(|report| Fetch::Report(report.id.clone()));
        self.want(Slot::Report, whole);
        let raised = report.map(|report| count_alerts(report));
        self.want(Slot::ReportAlerts, raised);
    }

    /// Asks what the server is licensed for and where it keeps events, unless that was asked.
    pub fn ask_server(&mut self) {
        self.greet();
        if self.session.license.asked().is_none() {
            self.fetch(Fetch::License, Urgency::Now);
        }
        if self.session.partitions.asked().is_none() {
            self.fetch(Fetch::Partitions, Urgency::Now);
        }
    }

    /// Asks again for what stands beside the lists of a view, past the cache.
    pub fn renew_values(&mut self, slots: &[Slot]) {
        let session = &self.session;
        let asked = |slot: &Slot| {
            let fetch = match slot {
                Slot::Info => session.info.asked(),
                Slot::HostAlerts => session.host_alerts.asked(),
                Slot::WatchActions => session.watch_actions.asked(),
                Slot::WatchCount => session.watch_count.asked(),
                Slot::Report => session.report.asked(),
                Slot::ReportAlerts => session.report_alerts.asked(),
                Slot::License => session.license.asked(),
                Slot::Partitions => session.partitions.asked(),
                _ => None,
            };
            fetch.map(|fetch| (*slot, fetch.clone()))
        };
        let asked: Vec<_> = slots.iter().filter_map(asked).collect();
        for (slot, fetch) in asked {
            self.fetch_for(slot, fetch, Urgency::Fresh);
        }
    }

    /// Asks for what is to be known beside a row, unless that was asked; nothing: nothing is known there.
    pub(super) fn want(&mut self, slot: Slot, fetch: Option<Fetch>) {
        let Some(fetch) = fetch else {
            self.cancel(slot);
            if let Some(remote) = self.session.awaiting_mut(slot) {
                remote.empty();
            }
            return;
        };
        let asked = self.session.awaiting(slot);
        let asked = asked.and_then(Awaiting::question);
        if asked.is_none_or(|asked| !asked.is_same_question(&fetch)) {
            self.fetch_for(slot, fetch, Urgency::Settled);
        }
    }
}

impl Session {
    /// How much a watchlist was last counted to find, if that is the one that was counted.
    pub fn hits_of(&self, watchlist: &Watchlist) -> Option<&Remote<u64>> {
        self.watch_count.about(&hits(watchlist)?)
    }
}

/// The query of a watchlist as it can be run, its facet filters behind it. `None` where it is malformed, or searches what
/// only the server can.
pub fn runnable(watchlist: &Watchlist) -> Option<(Index, String)> {
    let index = match watchlist.index {
        StoredIndex::Events => Index::Process,
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Other(_) => return None,
    };
    let stored = Stored::read(watchlist.search_query.raw());
    stored.malformed().is_none().then(|| (index, query::one_line(&stored.query())))
}

/// Why a watchlist cannot be run from here.
pub fn why_not_runnable(watchlist: &Watchlist) -> String {
    match Stored::read(watchlist.search_query.raw()).malformed() {
        Some(why) => format!("Not run: its stored query is malformed: {why}"),
        None => "This watchlist's index cannot be searched".into(),
    }
}

/// The query that finds the alerts of a report.
pub fn alerts_of(report: &Report) -> String {
    let id = query::quote(report.id.id.raw());
    format!("feed_id:{} watchlist_id:{id}", report.id.feed)
}

/// The question how many alerts a report has raised.
pub(in crate::session) fn count_alerts(report: &Report) -> Fetch {
    Fetch::Count { corpus: Corpus::Alerts, query: alerts_of(report) }
}

/// The query that finds the reports of a feed.
pub fn reports_of(feed: &Feed) -> String {
    format!("feed_id:{}", feed.id)
}

fn hits(watchlist: &Watchlist) -> Option<Fetch> {
    let (index, query) = runnable(watchlist)?;
    let corpus = match index {
        Index::Process => Corpus::Processes,
        _ => Corpus::Binaries,
    };
    Some(Fetch::Count { corpus, query })
}
