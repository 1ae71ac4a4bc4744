//! The alert queue: fetching all of it, grouping it, and fetching the context of the alert under the cursor.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use strum::IntoEnumIterator;

use super::Cx;
use crate::fetch::{AlertDigestFetch, AlertFacetsFetch, AlertsFetch, BinaryFetch, LineageFetch, SensorFetch};
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search, Span};
use crate::query;
use crate::session::{AlertGroup, GroupBy, alerts::shared_status, slots};
use crate::worker::{AlertContextPart, FetchPolicy, List, Slot};

/// Number of ancestors that fit in the one-line parent chain.
const MAX_CHAIN: usize = 4;

/// The operations on alerts: groups, context, live updates.
#[derive(Debug)]
pub struct AlertCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl AlertCx<'_, '_> {
    /// Period in which past outcomes of a report's alerts are counted, in days.
    pub const PRECEDENT_DAYS: i64 = 90;

    /// Groups alerts by `by`; `None` shows them ungrouped.
    pub fn group_alerts_by(&mut self, by: Option<GroupBy>) {
        let state = &mut self.cx.session.alert_state;
        if std::mem::replace(&mut state.group_by, by) != by {
            self.regroup_alerts();
        }
    }

    /// Refreshes the list or the groups, if one is older than the other, so that both show one answer.
    pub fn align_alerts(&mut self) {
        if !self.is_digest_current() {
            return;
        }
        let state = &mut self.cx.session.alert_state;
        if state.group_by.is_some() {
            if std::mem::take(&mut state.is_digest_stale) {
                self.refresh_alert_digest();
            }
            return;
        }
        if std::mem::take(&mut state.is_list_stale) {
            self.cx.lists().refresh_loaded(List::Alerts);
        }
    }

    /// Records that the list of alerts is being refreshed, which makes the digest the older one.
    pub fn mark_digest_stale(&mut self) {
        let state = &mut self.cx.session.alert_state;
        (state.is_digest_stale, state.is_list_stale) = (true, false);
    }

    /// Returns to alert groups shown before, identified by their search.
    pub fn restore_alert_groups(&mut self, by: Option<GroupBy>, shown: Option<Arc<Search>>) {
        self.cx.session.alert_state.group_by = by;
        let groups = self.cx.session.lists.pages_mut::<AlertGroup>();
        if let Some(shown) = shown
            && groups.search().is_none_or(|current| !Arc::ptr_eq(current, &shown))
        {
            groups.set_search(shown);
        }
        if self.is_digest_current() {
            self.regroup_alerts();
        }
    }

    /// Returns whether the digest belongs to the current search.
    fn is_digest_current(&self) -> bool {
        let (of, search) =
            (&self.cx.session.alert_state.digest_search, self.cx.session.lists.pages::<Alert>().search());
        matches!((of, search), (Some(of), Some(search)) if Arc::ptr_eq(of, search))
    }

    /// Fetches the alerts of the current search for grouping, unless they are there, pending or cancelled.
    pub fn fetch_alert_digest(&mut self) {
        if self.is_digest_current() {
            return;
        }
        let Some(search) = self.cx.session.lists.pages::<Alert>().search().cloned() else {
            return;
        };
        self.cx.session.alert_state.digest_search = Some(search.clone());
        self.start_grouping();
        let is_restored = self.cx.session.alert_state.is_restored_search;
        self.cx.session.alert_state.is_digest_stale = false;
        self.cx.session.alert_state.is_list_stale = !is_restored;
        let policy = if is_restored { FetchPolicy::CacheFirst } else { FetchPolicy::NoCache };
        self.cx.requests().fetch(slots::ALERT_DIGEST, digest_fetch(&search), policy);
    }

    /// Refreshes the digest, past the cache.
    pub fn refresh_alert_digest(&mut self) {
        if let Some(search) = self.cx.session.alert_state.digest_search.clone() {
            let state = &mut self.cx.session.alert_state;
            (state.is_digest_stale, state.is_list_stale) = (false, true);
            self.cx.requests().fetch(slots::ALERT_DIGEST, digest_fetch(&search), FetchPolicy::NoCache);
        }
    }

    /// Switches to the next order of alert groups.
    pub fn sort_alert_groups(&mut self) {
        *self.cx.session.search.sort_orders.entry(List::AlertGroups).or_default() += 1;
        if let Some(order) = self.cx.session.sort_order(List::AlertGroups) {
            self.cx.notify(order.description);
        }
        self.regroup_alerts();
    }

    /// Starts an empty list of groups if the search or the grouping changed.
    fn start_grouping(&mut self) {
        let state = &self.cx.session.alert_state;
        let (Some(search_of_digest), Some(by)) = (&state.digest_search, state.group_by) else {
            return;
        };
        let search =
            Search { query: search_of_digest.query.clone(), group_by: Some(by.label().into()), ..Search::default() };
        let groups = self.cx.session.lists.pages_mut::<AlertGroup>();
        if groups.search().is_none_or(|current| **current != search) {
            groups.set_search(Arc::new(search));
        }
    }

    /// Groups the alerts of the digest; called once per answer.
    pub(super) fn regroup_alerts(&mut self) {
        let order = self.cx.session.sort_order(List::AlertGroups);
        let state = &self.cx.session.alert_state;
        let (Some(by), Some(search)) = (state.group_by, state.digest_search.clone()) else {
            return;
        };
        self.start_grouping();
        let Some(fetched) = self.cx.session.values.latest(slots::ALERT_DIGEST) else {
            return;
        };
        self.cx.session.alert_state.shared_status = shared_status(&fetched.value);
        let groups = AlertGroup::group_alerts(&fetched.value, &search, by).into_iter();
        let mut groups: Vec<_> = groups.map(Arc::new).collect();
        if let Some(order) = order {
            AlertGroup::sort_groups(&mut groups, order);
        }
        self.cx.session.lists.pages_mut().set_rows(groups, fetched.as_of);
    }

    /// Selects an alert group, and fetches its newest alert.
    pub fn select_alert_group(&mut self, group: Option<&Arc<AlertGroup>>) {
        self.cx.session.alert_state.selected_group = group.cloned();
        let newest = group.map(|group| AlertsFetch {
            search: Arc::new(Search {
                query: group.query(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: 1 },
        });
        self.cx.details().fetch_details(slots::NEWEST_ALERT, newest);
        self.cx.session.selection.alert = self.cx.session.newest_alert().cloned();
    }

    /// Fetches the context of the alert under the cursor, unless it was requested.
    pub fn fetch_alert_context(&mut self) {
        let alert = self.cx.session.selection.alert.clone();
        let alert = alert.as_deref();
        let now = self.cx.now;
        let mut details = self.cx.details();
        details.fetch_details(slots::ALERT_LINEAGE, alert.and_then(|alert| Some(LineageFetch::new(alert.process?))));
        details.fetch_details(slots::ALERT_SENSOR, alert.and_then(|alert| Some(SensorFetch(alert.sensor?))));
        details.fetch_details(slots::ALERT_BINARY, alert.and_then(|alert| Some(BinaryFetch(alert.md5?))));
        details.fetch_details(slots::OPEN_ON_HOST, alert.and_then(open_on_host_fetch));
        details.fetch_details(slots::OPEN_FOR_HASH, alert.and_then(open_for_hash_fetch));
        details.fetch_details(slots::PAST_OUTCOMES, alert.and_then(|alert| past_outcomes_fetch(alert, now)));
        details.fetch_details(slots::LAST_RESOLVED, alert.and_then(last_resolved_fetch));
    }

    /// Refreshes the parts of the alert context that may have changed or could not be fetched, past the cache.
    pub fn refresh_alert_context(&mut self) {
        for part in AlertContextPart::iter() {
            let slot = Slot::AlertContext(part);
            let may_change = !matches!(part, AlertContextPart::Binary | AlertContextPart::Lineage);
            if may_change || !self.cx.session.values.has_answer(slot) {
                self.cx.requests().refresh(slot, FetchPolicy::NoCache);
            }
        }
    }

    /// Refreshes the alert counts in the alert context and of the selected host, after alerts were changed.
    pub(super) fn refresh_alert_counts(&mut self) {
        for part in [
            AlertContextPart::HostAlerts,
            AlertContextPart::HashAlerts,
            AlertContextPart::PastOutcomes,
            AlertContextPart::LastResolved,
        ] {
            self.cx.requests().refresh(Slot::AlertContext(part), FetchPolicy::CacheFirst);
        }
        self.cx.requests().refresh(Slot::HostAlerts, FetchPolicy::CacheFirst);
    }

    /// Fetches the next part of the parent chain, up to the number of ancestors that are shown.
    pub(super) fn fetch_chain(&mut self, next: Option<LineageFetch>) {
        if let Some(next) = next.filter(|next| next.n_known_ancestors < MAX_CHAIN) {
            self.cx.requests().fetch(slots::ALERT_LINEAGE, next, FetchPolicy::CacheFirst);
        }
    }
}

/// Returns the question for the number of open alerts on the host of `alert`.
fn open_on_host_fetch(alert: &Alert) -> Option<AlertsFetch> {
    let host = query::quote(alert.host.non_empty()?.raw());
    Some(alert_total_fetch(format!("hostname:{host} ({OPEN_ALERTS})")))
}

/// Returns the question for the number of open alerts of the file of `alert`.
fn open_for_hash_fetch(alert: &Alert) -> Option<AlertsFetch> {
    Some(alert_total_fetch(format!("md5:{} ({OPEN_ALERTS})", alert.md5?)))
}

fn alert_total_fetch(query: String) -> AlertsFetch {
    AlertsFetch { search: Arc::new(Search { query, ..Search::default() }), span: Span { start: 0, rows: 0 } }
}

/// Returns the question for the number of alerts per status for the report or watchlist of `alert`.
fn past_outcomes_fetch(alert: &Alert, now: Timestamp) -> Option<AlertFacetsFetch> {
    let since = now.checked_sub((24 * AlertCx::PRECEDENT_DAYS).hours()).ok()?;
    // Rounded to the day, so that the cache serves all alerts of the report.
    let since = since.strftime("%Y-%m-%dT00:00:00");
    let same_source = same_source_condition(alert)?;
    Some(AlertFacetsFetch {
        query: format!("{same_source} created_time:[{since} TO *]").into(),
        fields: ["status".to_owned()].into(),
    })
}

/// Returns the question for the most recently resolved alert of the report or watchlist of `alert`.
fn last_resolved_fetch(alert: &Alert) -> Option<AlertsFetch> {
    let query = format!("{} (status:Resolved OR status:\"False Positive\")", same_source_condition(alert)?);
    let search = Search { query, sort: Some("resolved_time desc".into()), ..Search::default() };
    Some(AlertsFetch { search: Arc::new(search), span: Span { start: 0, rows: 1 } })
}

/// Returns the condition for all alerts of the report or watchlist that raised `alert`.
fn same_source_condition(alert: &Alert) -> Option<String> {
    let id = alert.source_id.non_empty()?;
    let feed = match alert.source {
        AlertSource::Report(Some(feed)) => format!("feed_id:{feed} "),
        AlertSource::Report(None) | AlertSource::Watchlist => String::new(),
    };
    Some(format!("{feed}watchlist_id:{}", query::quote(id.raw())))
}

/// Returns the request for all alerts of a search; if they are too many, those with the highest scores.
fn digest_fetch(search: &Search) -> AlertDigestFetch {
    AlertDigestFetch {
        search: Arc::new(Search {
            query: search.query.clone(),
            sort: Some("alert_severity desc".into()),
            ..Search::default()
        }),
    }
}
