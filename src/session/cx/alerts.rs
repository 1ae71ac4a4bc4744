//! The queue of alerts: read whole and put together, and what is to be known around the alert under the cursor.

use std::sync::Arc;

use jiff::ToSpan;
use strum::IntoEnumIterator;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search, Span};
use crate::query;
use crate::session::{Bundle, By, alerts::status};
use crate::worker::{Aside, List, Slot, Urgency};

/// Ancestors of which one line has room.
const CHAIN: usize = 4;

impl Cx<'_> {
    /// How far back it is looked how alerts of a report ended, in days.
    pub const PRECEDENT_DAYS: i64 = 90;

    /// Puts alerts together by this, or shows each by itself.
    pub fn group_by(&mut self, by: Option<By>) {
        let triage = &mut self.session.triage;
        if std::mem::replace(&mut triage.by, by) != by {
            self.bundle_up();
        }
    }

    /// Fetches again whichever of the flat list and the groups is older than the other, so that both show the same answer.
    pub fn align_alerts(&mut self) {
        if !self.is_of_search() {
            return;
        }
        let triage = &mut self.session.triage;
        if triage.by.is_some() {
            if std::mem::take(&mut triage.is_queue_old) {
                self.read_queue_again();
            }
            return;
        }
        if std::mem::take(&mut triage.is_list_old) {
            self.again::<Alert>();
        }
    }

    /// Notes that the alerts are asked for again as a list: what was read whole is older then.
    pub fn outdate_queue(&mut self) {
        let triage = &mut self.session.triage;
        (triage.is_queue_old, triage.is_list_old) = (true, false);
    }

    /// Goes back to groups that were shown before, by the question they answered.
    pub fn return_to_groups(&mut self, by: Option<By>, shown: Option<Arc<Search>>) {
        self.session.triage.by = by;
        let bundles = &mut self.session.triage.bundles;
        if let Some(shown) = shown
            && bundles.search().is_none_or(|now| !Arc::ptr_eq(now, &shown))
        {
            bundles.ask(shown);
        }
        if self.is_of_search() {
            self.bundle_up();
        }
    }

    /// Whether the queue is that of the search.
    fn is_of_search(&self) -> bool {
        let (of, search) = (&self.session.triage.of, self.session.alerts.search());
        matches!((of, search), (Some(of), Some(search)) if Arc::ptr_eq(of, search))
    }

    /// Sees to it that the queue of the search is here or on its way. What was given up is not asked again.
    pub fn read_queue(&mut self) {
        if self.is_of_search() {
            return;
        }
        let Some(search) = self.session.alerts.search().cloned() else {
            return;
        };
        self.session.triage.of = Some(search.clone());
        self.start_bundles();
        let is_back = self.session.triage.is_back;
        self.session.triage.is_queue_old = false;
        self.session.triage.is_list_old = !is_back;
        let urgency = if is_back { Urgency::Now } else { Urgency::Fresh };
        self.fetch(whole(&search), urgency);
    }

    /// Reads the queue again, past the cache.
    pub fn read_queue_again(&mut self) {
        if let Some(search) = self.session.triage.of.clone() {
            let triage = &mut self.session.triage;
            (triage.is_queue_old, triage.is_list_old) = (false, true);
            self.fetch(whole(&search), Urgency::Fresh);
        }
    }

    /// Shows groups in the next order.
    pub fn sort_bundles(&mut self) {
        *self.session.orders.entry(List::Bundles).or_default() += 1;
        if let Some(order) = self.session.order(List::Bundles) {
            self.notify(order.words);
        }
        self.bundle_up();
    }

    /// Of another question, no group is known yet.
    fn start_bundles(&mut self) {
        let triage = &mut self.session.triage;
        let (Some(of), Some(by)) = (&triage.of, triage.by) else {
            return;
        };
        let search = Search { query: of.query.clone(), group_by: Some(by.word().into()), ..Search::default() };
        if triage.bundles.search().is_none_or(|now| **now != search) {
            triage.bundles.ask(Arc::new(search));
        }
    }

    /// Puts together what belongs together, once for each answer.
    pub(super) fn bundle_up(&mut self) {
        let order = self.session.order(List::Bundles);
        let triage = &self.session.triage;
        let (Some(by), Some(of)) = (triage.by, triage.of.clone()) else {
            return;
        };
        self.start_bundles();
        let triage = &mut self.session.triage;
        let Some(known) = triage.queue.current() else {
            return;
        };
        triage.status = status(&known.value);
        let bundles = Bundle::all(&known.value, &of, by).into_iter();
        let mut bundles: Vec<_> = bundles.map(Arc::new).collect();
        if let Some(order) = order {
            Bundle::sort(&mut bundles, order);
        }
        triage.bundles.hold(bundles, known.as_of);
    }

    /// Makes this group the one that is looked at, and its newest alert.
    pub fn consider_bundle(&mut self, bundle: Option<&Arc<Bundle>>) {
        self.session.triage.bundle = bundle.cloned();
        let newest = bundle.map(|bundle| Fetch::Alerts {
            search: Arc::new(Search {
                query: bundle.query(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: 1 },
        });
        self.want(Slot::Aside(Aside::Newest), newest);
        self.session.alert = self.session.triage.asides.newest().cloned();
    }

    /// Sees to it that what sets the alert under the cursor in its place is here or on its way.
    pub fn look_around(&mut self) {
        let alert = self.session.alert.clone();
        for aside in Aside::iter().filter(|aside| *aside != Aside::Newest) {
            let fetch = alert.as_ref().and_then(|alert| self.around(aside, alert));
            self.want(Slot::Aside(aside), fetch);
        }
    }

    /// Asks again for what may have changed around the alert, or did not come, past the cache.
    pub fn look_around_again(&mut self) {
        for aside in Aside::iter() {
            let part = self.session.triage.asides.awaiting(aside);
            let may_change = !matches!(aside, Aside::Binary | Aside::Chain);
            let again = match part.question() {
                Some(Fetch::Lineage { id, .. }) => Some(Fetch::Lineage { id: *id, known: 0 }),
                asked => asked.cloned(),
            };
            if let Some(fetch) = again.filter(|_| may_change || !part.is_held()) {
                self.fetch_for(Slot::Aside(aside), fetch, Urgency::Fresh);
            }
        }
    }

    /// Alerts were changed: those around the one under the cursor are counted again, and those of the host that
    /// is looked at.
    pub(super) fn recount_alerts(&mut self) {
        for aside in [Aside::OfHost, Aside::OfHash, Aside::Ended, Aside::Last] {
            let part = self.session.triage.asides.awaiting(aside);
            if let Some(fetch) = part.question().cloned() {
                self.fetch_for(Slot::Aside(aside), fetch, Urgency::Now);
            }
        }
        if let Some(fetch) = self.session.host_alerts.asked().cloned() {
            self.fetch_for(Slot::HostAlerts, fetch, Urgency::Now);
        }
    }

    /// A chain that is not whole yet is asked for on, as far as a line has room for it.
    pub(super) fn ask_chain(&mut self, rest: Option<Fetch>) {
        if let Some(Fetch::Lineage { id, known }) = rest.filter(is_short) {
            let slot = Slot::Aside(Aside::Chain);
            self.fetch_for(slot, Fetch::Lineage { id, known }, Urgency::Now);
        }
    }

    /// How a part is asked for.
    fn around(&self, aside: Aside, alert: &Alert) -> Option<Fetch> {
        let counted = |query: String| Fetch::Alerts {
            search: Arc::new(Search { query, ..Search::default() }),
            span: Span { start: 0, rows: 0 },
        };
        Some(match aside {
            Aside::Newest => return None,
            Aside::Chain => Fetch::Lineage { id: alert.process?, known: 0 },
            Aside::Sensor => Fetch::Sensor(alert.sensor?),
            Aside::Binary => Fetch::Binary(alert.md5?),
            Aside::OfHost => {
                let host = query::quote(alert.host.non_empty()?.raw());
                counted(format!("hostname:{host} ({OPEN_ALERTS})"))
            }
            Aside::OfHash => counted(format!("md5:{} ({OPEN_ALERTS})", alert.md5?)),
            Aside::Ended => {
                let since = self.now.checked_sub((24 * Self::PRECEDENT_DAYS).hours()).ok()?;
                // By the day: the same for every alert of the report, and all day long.
                let since = since.strftime("%Y-%m-%dT00:00:00");
                let raised = raised_by(alert)?;
                Fetch::AlertFacets {
                    query: format!("{raised} created_time:[{since} TO *]").into(),
                    fields: ["status".to_owned()].into(),
                }
            }
            Aside::Last => Fetch::Alerts {
                search: Arc::new(Search {
                    query: format!("{} (status:Resolved OR status:\"False Positive\")", raised_by(alert)?),
                    sort: Some("resolved_time desc".into()),
                    ..Search::default()
                }),
                span: Span { start: 0, rows: 1 },
            },
        })
    }
}

/// The condition that finds all alerts of the report or watchlist of this one.
fn raised_by(alert: &Alert) -> Option<String> {
    let id = alert.source_id.non_empty()?;
    let feed = match alert.source {
        AlertSource::Report(Some(feed)) => format!("feed_id:{feed} "),
        AlertSource::Report(None) | AlertSource::Watchlist => String::new(),
    };
    Some(format!("{feed}watchlist_id:{}", query::quote(id.raw())))
}

/// All alerts that a search finds; of too many, the highest scores.
fn whole(search: &Search) -> Fetch {
    Fetch::Queue {
        search: Arc::new(Search {
            query: search.query.clone(),
            sort: Some("alert_severity desc".into()),
            ..Search::default()
        }),
    }
}

/// Whether a line has room for more of this chain.
fn is_short(rest: &Fetch) -> bool {
    matches!(rest, Fetch::Lineage { known, .. } if *known < CHAIN)
}
