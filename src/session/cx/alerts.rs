//! The queue of alerts: read whole and put together, and what is to be known around the alert under the cursor.

use std::sync::Arc;

use jiff::ToSpan;
use strum::IntoEnumIterator;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search, Span};
use crate::query;
use crate::session::{AlertGroup, GroupBy, alerts::shared_status};
use crate::worker::{AlertContextPart, FetchPolicy, List, Slot};

/// Ancestors of which one line has room.
const MAX_CHAIN: usize = 4;

impl Cx<'_> {
    /// How far back it is looked how alerts of a report ended, in days.
    pub const PRECEDENT_DAYS: i64 = 90;

    /// Puts alerts together by this, or shows each by itself.
    pub fn group_alerts_by(&mut self, by: Option<GroupBy>) {
        let triage = &mut self.session.alert_state;
        if std::mem::replace(&mut triage.group_by, by) != by {
            self.regroup_alerts();
        }
    }

    /// Fetches again whichever of the flat list and the groups is older than the other, so that both show the same answer.
    pub fn align_alerts(&mut self) {
        if !self.is_digest_current() {
            return;
        }
        let triage = &mut self.session.alert_state;
        if triage.group_by.is_some() {
            if std::mem::take(&mut triage.is_queue_old) {
                self.refresh_alert_digest();
            }
            return;
        }
        if std::mem::take(&mut triage.is_list_old) {
            self.refresh_loaded::<Alert>();
        }
    }

    /// Notes that the alerts are asked for again as a list: what was read whole is older then.
    pub fn outdate_queue(&mut self) {
        let triage = &mut self.session.alert_state;
        (triage.is_queue_old, triage.is_list_old) = (true, false);
    }

    /// Goes back to groups that were shown before, by the question they answered.
    pub fn restore_alert_groups(&mut self, by: Option<GroupBy>, shown: Option<Arc<Search>>) {
        self.session.alert_state.group_by = by;
        let bundles = &mut self.session.alert_state.groups;
        if let Some(shown) = shown
            && bundles.search().is_none_or(|now| !Arc::ptr_eq(now, &shown))
        {
            bundles.set_search(shown);
        }
        if self.is_digest_current() {
            self.regroup_alerts();
        }
    }

    /// Whether the queue is that of the search.
    fn is_digest_current(&self) -> bool {
        let (of, search) = (&self.session.alert_state.digest_search, self.session.lists.alerts.search());
        matches!((of, search), (Some(of), Some(search)) if Arc::ptr_eq(of, search))
    }

    /// Sees to it that the queue of the search is here or on its way. What was given up is not asked again.
    pub fn fetch_alert_digest(&mut self) {
        if self.is_digest_current() {
            return;
        }
        let Some(search) = self.session.lists.alerts.search().cloned() else {
            return;
        };
        self.session.alert_state.digest_search = Some(search.clone());
        self.start_grouping();
        let is_back = self.session.alert_state.is_restored_search;
        self.session.alert_state.is_queue_old = false;
        self.session.alert_state.is_list_old = !is_back;
        let urgency = if is_back { FetchPolicy::CacheFirst } else { FetchPolicy::NoCache };
        self.fetch(digest_fetch(&search), urgency);
    }

    /// Reads the queue again, past the cache.
    pub fn refresh_alert_digest(&mut self) {
        if let Some(search) = self.session.alert_state.digest_search.clone() {
            let triage = &mut self.session.alert_state;
            (triage.is_queue_old, triage.is_list_old) = (false, true);
            self.fetch(digest_fetch(&search), FetchPolicy::NoCache);
        }
    }

    /// Shows groups in the next order.
    pub fn sort_alert_groups(&mut self) {
        *self.session.search.sort_orders.entry(List::AlertGroups).or_default() += 1;
        if let Some(order) = self.session.sort_order(List::AlertGroups) {
            self.notify(order.description);
        }
        self.regroup_alerts();
    }

    /// Of another question, no group is known yet.
    fn start_grouping(&mut self) {
        let triage = &mut self.session.alert_state;
        let (Some(of), Some(by)) = (&triage.digest_search, triage.group_by) else {
            return;
        };
        let search = Search { query: of.query.clone(), group_by: Some(by.label().into()), ..Search::default() };
        if triage.groups.search().is_none_or(|now| **now != search) {
            triage.groups.set_search(Arc::new(search));
        }
    }

    /// Puts together what belongs together, once for each answer.
    pub(super) fn regroup_alerts(&mut self) {
        let order = self.session.sort_order(List::AlertGroups);
        let triage = &self.session.alert_state;
        let (Some(by), Some(of)) = (triage.group_by, triage.digest_search.clone()) else {
            return;
        };
        self.start_grouping();
        let triage = &mut self.session.alert_state;
        let Some(known) = triage.digest.latest() else {
            return;
        };
        triage.shared_status = shared_status(&known.value);
        let bundles = AlertGroup::group_alerts(&known.value, &of, by).into_iter();
        let mut bundles: Vec<_> = bundles.map(Arc::new).collect();
        if let Some(order) = order {
            AlertGroup::sort_groups(&mut bundles, order);
        }
        triage.groups.set_rows(bundles, known.as_of);
    }

    /// Makes this group the one that is looked at, and its newest alert.
    pub fn select_alert_group(&mut self, bundle: Option<&Arc<AlertGroup>>) {
        self.session.alert_state.selected_group = bundle.cloned();
        let newest = bundle.map(|bundle| Fetch::Alerts {
            search: Arc::new(Search {
                query: bundle.query(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: 1 },
        });
        self.fetch_details(Slot::AlertContext(AlertContextPart::NewestAlert), newest);
        self.session.selection.alert = self.session.alert_state.context.newest_alert().cloned();
    }

    /// Sees to it that what sets the alert under the cursor in its place is here or on its way.
    pub fn fetch_alert_context(&mut self) {
        let alert = self.session.selection.alert.clone();
        for aside in AlertContextPart::iter().filter(|aside| *aside != AlertContextPart::NewestAlert) {
            let fetch = alert.as_ref().and_then(|alert| self.context_fetch(aside, alert));
            self.fetch_details(Slot::AlertContext(aside), fetch);
        }
    }

    /// Asks again for what may have changed around the alert, or did not come, past the cache.
    pub fn refresh_alert_context(&mut self) {
        for aside in AlertContextPart::iter() {
            let part = self.session.alert_state.context.remote(aside);
            let may_change = !matches!(aside, AlertContextPart::Binary | AlertContextPart::Lineage);
            let again = match part.question() {
                Some(Fetch::Lineage { id, .. }) => Some(Fetch::Lineage { id: *id, n_known_ancestors: 0 }),
                asked => asked.cloned(),
            };
            if let Some(fetch) = again.filter(|_| may_change || !part.has_answer()) {
                self.fetch_into(Slot::AlertContext(aside), fetch, FetchPolicy::NoCache);
            }
        }
    }

    /// Alerts were changed: those around the one under the cursor are counted again, and those of the host that
    /// is looked at.
    pub(super) fn refresh_alert_counts(&mut self) {
        for aside in [
            AlertContextPart::HostAlerts,
            AlertContextPart::HashAlerts,
            AlertContextPart::PastOutcomes,
            AlertContextPart::LastResolved,
        ] {
            let part = self.session.alert_state.context.remote(aside);
            if let Some(fetch) = part.question().cloned() {
                self.fetch_into(Slot::AlertContext(aside), fetch, FetchPolicy::CacheFirst);
            }
        }
        if let Some(fetch) = self.session.details.host_alerts.last_question().cloned() {
            self.fetch_into(Slot::HostAlerts, fetch, FetchPolicy::CacheFirst);
        }
    }

    /// A chain that is not whole yet is asked for on, as far as a line has room for it.
    pub(super) fn fetch_chain(&mut self, rest: Option<Fetch>) {
        if let Some(Fetch::Lineage { id, n_known_ancestors: known }) = rest.filter(is_below_limit) {
            let slot = Slot::AlertContext(AlertContextPart::Lineage);
            self.fetch_into(slot, Fetch::Lineage { id, n_known_ancestors: known }, FetchPolicy::CacheFirst);
        }
    }

    /// How a part is asked for.
    fn context_fetch(&self, aside: AlertContextPart, alert: &Alert) -> Option<Fetch> {
        let counted = |query: String| Fetch::Alerts {
            search: Arc::new(Search { query, ..Search::default() }),
            span: Span { start: 0, rows: 0 },
        };
        Some(match aside {
            AlertContextPart::NewestAlert => return None,
            AlertContextPart::Lineage => Fetch::Lineage { id: alert.process?, n_known_ancestors: 0 },
            AlertContextPart::Sensor => Fetch::Sensor(alert.sensor?),
            AlertContextPart::Binary => Fetch::Binary(alert.md5?),
            AlertContextPart::HostAlerts => {
                let host = query::quote(alert.host.non_empty()?.raw());
                counted(format!("hostname:{host} ({OPEN_ALERTS})"))
            }
            AlertContextPart::HashAlerts => counted(format!("md5:{} ({OPEN_ALERTS})", alert.md5?)),
            AlertContextPart::PastOutcomes => {
                let since = self.now.checked_sub((24 * Self::PRECEDENT_DAYS).hours()).ok()?;
                // By the day: the same for every alert of the report, and all day long.
                let since = since.strftime("%Y-%m-%dT00:00:00");
                let raised = same_source_condition(alert)?;
                Fetch::AlertFacets {
                    query: format!("{raised} created_time:[{since} TO *]").into(),
                    fields: ["status".to_owned()].into(),
                }
            }
            AlertContextPart::LastResolved => Fetch::Alerts {
                search: Arc::new(Search {
                    query: format!("{} (status:Resolved OR status:\"False Positive\")", same_source_condition(alert)?),
                    sort: Some("resolved_time desc".into()),
                    ..Search::default()
                }),
                span: Span { start: 0, rows: 1 },
            },
        })
    }
}

/// The condition that finds all alerts of the report or watchlist of this one.
fn same_source_condition(alert: &Alert) -> Option<String> {
    let id = alert.source_id.non_empty()?;
    let feed = match alert.source {
        AlertSource::Report(Some(feed)) => format!("feed_id:{feed} "),
        AlertSource::Report(None) | AlertSource::Watchlist => String::new(),
    };
    Some(format!("{feed}watchlist_id:{}", query::quote(id.raw())))
}

/// All alerts that a search finds; of too many, the highest scores.
fn digest_fetch(search: &Search) -> Fetch {
    Fetch::AlertDigest {
        search: Arc::new(Search {
            query: search.query.clone(),
            sort: Some("alert_severity desc".into()),
            ..Search::default()
        }),
    }
}

/// Whether a line has room for more of this chain.
fn is_below_limit(rest: &Fetch) -> bool {
    matches!(rest, Fetch::Lineage { n_known_ancestors, .. } if *n_known_ancestors < MAX_CHAIN)
}
