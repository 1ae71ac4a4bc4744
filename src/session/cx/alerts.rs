//! The alert queue: fetching all of it, grouping it, and fetching the context of the alert under the cursor.

use std::sync::Arc;

use jiff::ToSpan;
use strum::IntoEnumIterator;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search, Span};
use crate::query;
use crate::session::{AlertGroup, GroupBy, alerts::shared_status};
use crate::worker::{AlertContextPart, FetchPolicy, List, Slot};

/// Number of ancestors that fit in the one-line parent chain.
const MAX_CHAIN: usize = 4;

impl Cx<'_> {
    /// Period in which past outcomes of a report's alerts are counted, in days.
    pub const PRECEDENT_DAYS: i64 = 90;

    /// Groups alerts by `by`; `None` shows them ungrouped.
    pub fn group_alerts_by(&mut self, by: Option<GroupBy>) {
        let state = &mut self.session.alert_state;
        if std::mem::replace(&mut state.group_by, by) != by {
            self.regroup_alerts();
        }
    }

    /// Refreshes the list or the groups, if one is older than the other, so that both show one answer.
    pub fn align_alerts(&mut self) {
        if !self.is_digest_current() {
            return;
        }
        let state = &mut self.session.alert_state;
        if state.group_by.is_some() {
            if std::mem::take(&mut state.is_digest_stale) {
                self.refresh_alert_digest();
            }
            return;
        }
        if std::mem::take(&mut state.is_list_stale) {
            self.refresh_loaded::<Alert>();
        }
    }

    /// Records that the list of alerts is being refreshed, which makes the digest the older one.
    pub fn mark_digest_stale(&mut self) {
        let state = &mut self.session.alert_state;
        (state.is_digest_stale, state.is_list_stale) = (true, false);
    }

    /// Returns to alert groups shown before, identified by their search.
    pub fn restore_alert_groups(&mut self, by: Option<GroupBy>, shown: Option<Arc<Search>>) {
        self.session.alert_state.group_by = by;
        let groups = &mut self.session.alert_state.groups;
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
        let (of, search) = (&self.session.alert_state.digest_search, self.session.lists.alerts.search());
        matches!((of, search), (Some(of), Some(search)) if Arc::ptr_eq(of, search))
    }

    /// Fetches the alerts of the current search for grouping, unless they are there, pending or cancelled.
    pub fn fetch_alert_digest(&mut self) {
        if self.is_digest_current() {
            return;
        }
        let Some(search) = self.session.lists.alerts.search().cloned() else {
            return;
        };
        self.session.alert_state.digest_search = Some(search.clone());
        self.start_grouping();
        let is_restored = self.session.alert_state.is_restored_search;
        self.session.alert_state.is_digest_stale = false;
        self.session.alert_state.is_list_stale = !is_restored;
        let policy = if is_restored { FetchPolicy::CacheFirst } else { FetchPolicy::NoCache };
        self.fetch(digest_fetch(&search), policy);
    }

    /// Refreshes the digest, past the cache.
    pub fn refresh_alert_digest(&mut self) {
        if let Some(search) = self.session.alert_state.digest_search.clone() {
            let state = &mut self.session.alert_state;
            (state.is_digest_stale, state.is_list_stale) = (false, true);
            self.fetch(digest_fetch(&search), FetchPolicy::NoCache);
        }
    }

    /// Switches to the next order of alert groups.
    pub fn sort_alert_groups(&mut self) {
        *self.session.search.sort_orders.entry(List::AlertGroups).or_default() += 1;
        if let Some(order) = self.session.sort_order(List::AlertGroups) {
            self.notify(order.description);
        }
        self.regroup_alerts();
    }

    /// Starts an empty list of groups if the search or the grouping changed.
    fn start_grouping(&mut self) {
        let state = &mut self.session.alert_state;
        let (Some(search_of_digest), Some(by)) = (&state.digest_search, state.group_by) else {
            return;
        };
        let search =
            Search { query: search_of_digest.query.clone(), group_by: Some(by.label().into()), ..Search::default() };
        if state.groups.search().is_none_or(|current| **current != search) {
            state.groups.set_search(Arc::new(search));
        }
    }

    /// Groups the alerts of the digest; called once per answer.
    pub(super) fn regroup_alerts(&mut self) {
        let order = self.session.sort_order(List::AlertGroups);
        let state = &self.session.alert_state;
        let (Some(by), Some(search)) = (state.group_by, state.digest_search.clone()) else {
            return;
        };
        self.start_grouping();
        let state = &mut self.session.alert_state;
        let Some(fetched) = state.digest.latest() else {
            return;
        };
        state.shared_status = shared_status(&fetched.value);
        let groups = AlertGroup::group_alerts(&fetched.value, &search, by).into_iter();
        let mut groups: Vec<_> = groups.map(Arc::new).collect();
        if let Some(order) = order {
            AlertGroup::sort_groups(&mut groups, order);
        }
        state.groups.set_rows(groups, fetched.as_of);
    }

    /// Selects an alert group, and fetches its newest alert.
    pub fn select_alert_group(&mut self, group: Option<&Arc<AlertGroup>>) {
        self.session.alert_state.selected_group = group.cloned();
        let newest = group.map(|group| Fetch::Alerts {
            search: Arc::new(Search {
                query: group.query(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: 1 },
        });
        self.fetch_details(Slot::AlertContext(AlertContextPart::NewestAlert), newest);
        self.session.selection.alert = self.session.alert_state.context.newest_alert().cloned();
    }

    /// Fetches the context of the alert under the cursor, unless it was requested.
    pub fn fetch_alert_context(&mut self) {
        let alert = self.session.selection.alert.clone();
        for part in AlertContextPart::iter().filter(|part| *part != AlertContextPart::NewestAlert) {
            let fetch = alert.as_ref().and_then(|alert| self.context_fetch(part, alert));
            self.fetch_details(Slot::AlertContext(part), fetch);
        }
    }

    /// Refreshes the parts of the alert context that may have changed or could not be fetched, past the cache.
    pub fn refresh_alert_context(&mut self) {
        for part in AlertContextPart::iter() {
            let remote = self.session.alert_state.context.remote(part);
            let may_change = !matches!(part, AlertContextPart::Binary | AlertContextPart::Lineage);
            let fetch = match remote.question() {
                Some(Fetch::Lineage { id, .. }) => Some(Fetch::Lineage { id: *id, n_known_ancestors: 0 }),
                question => question.cloned(),
            };
            if let Some(fetch) = fetch.filter(|_| may_change || !remote.has_answer()) {
                self.fetch_into(Slot::AlertContext(part), fetch, FetchPolicy::NoCache);
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
            let remote = self.session.alert_state.context.remote(part);
            if let Some(fetch) = remote.question().cloned() {
                self.fetch_into(Slot::AlertContext(part), fetch, FetchPolicy::CacheFirst);
            }
        }
        if let Some(fetch) = self.session.details.host_alerts.last_question().cloned() {
            self.fetch_into(Slot::HostAlerts, fetch, FetchPolicy::CacheFirst);
        }
    }

    /// Fetches the next part of the parent chain, up to the number of ancestors that are shown.
    pub(super) fn fetch_chain(&mut self, next: Option<Fetch>) {
        if let Some(Fetch::Lineage { id, n_known_ancestors }) = next.filter(is_below_limit) {
            let slot = Slot::AlertContext(AlertContextPart::Lineage);
            self.fetch_into(slot, Fetch::Lineage { id, n_known_ancestors }, FetchPolicy::CacheFirst);
        }
    }

    /// Returns the request for a part of the context of `alert`; `None` if the alert lacks the value.
    fn context_fetch(&self, part: AlertContextPart, alert: &Alert) -> Option<Fetch> {
        let count = |query: String| Fetch::Alerts {
            search: Arc::new(Search { query, ..Search::default() }),
            span: Span { start: 0, rows: 0 },
        };
        Some(match part {
            AlertContextPart::NewestAlert => return None,
            AlertContextPart::Lineage => Fetch::Lineage { id: alert.process?, n_known_ancestors: 0 },
            AlertContextPart::Sensor => Fetch::Sensor(alert.sensor?),
            AlertContextPart::Binary => Fetch::Binary(alert.md5?),
            AlertContextPart::HostAlerts => {
                let host = query::quote(alert.host.non_empty()?.raw());
                count(format!("hostname:{host} ({OPEN_ALERTS})"))
            }
            AlertContextPart::HashAlerts => count(format!("md5:{} ({OPEN_ALERTS})", alert.md5?)),
            AlertContextPart::PastOutcomes => {
                let since = self.now.checked_sub((24 * Self::PRECEDENT_DAYS).hours()).ok()?;
                // Rounded to the day, so that the cache serves all alerts of the report.
                let since = since.strftime("%Y-%m-%dT00:00:00");
                let same_source = same_source_condition(alert)?;
                Fetch::AlertFacets {
                    query: format!("{same_source} created_time:[{since} TO *]").into(),
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
fn digest_fetch(search: &Search) -> Fetch {
    Fetch::AlertDigest {
        search: Arc::new(Search {
            query: search.query.clone(),
            sort: Some("alert_severity desc".into()),
            ..Search::default()
        }),
    }
}

/// Returns whether `next` adds ancestors that would still be shown.
fn is_below_limit(next: &Fetch) -> bool {
    matches!(next, Fetch::Lineage { n_known_ancestors, .. } if *n_known_ancestors < MAX_CHAIN)
}
