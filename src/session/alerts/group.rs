//! Alert groups: alerts that share a report, host, hash or user.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};

use jiff::Timestamp;
use serde_json::json;

use super::shared_fields::SharedFields;
use crate::model::{AlertDigest, AlertId, AlertSource, AlertStatus, AlertSummary, Document, Search};
use crate::query;
use crate::session::SortOrder;
use crate::text::Untrusted;

/// The field by which alerts are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// The report or watchlist that raised them.
    Report,
    Host,
    Hash,
    User,
}

impl GroupBy {
    /// Returns the name of the field.
    pub fn label(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Host => "host",
            Self::Hash => "hash",
            Self::User => "user",
        }
    }

    /// Returns the grouping that follows `by` when cycling through them; `None` is "not grouped".
    pub fn next(by: Option<Self>) -> Option<Self> {
        match by {
            None => Some(Self::Report),
            Some(Self::Report) => Some(Self::Host),
            Some(Self::Host) => Some(Self::Hash),
            Some(Self::Hash) => Some(Self::User),
            Some(Self::User) => None,
        }
    }

    /// Returns the key of the group that `alert` belongs to.
    fn group_key(self, alert: &AlertSummary) -> AlertGroupId {
        let folded = |text: &Untrusted| text.raw().to_lowercase().into();
        let (feed, value) = match self {
            Self::Report => {
                let feed = match alert.source {
                    AlertSource::Watchlist => None,
                    AlertSource::Report(feed) => Some(feed.unwrap_or(u64::MAX)),
                };
                (feed, alert.source_id.clone())
            }
            Self::Host => (None, folded(&alert.host)),
            Self::Hash => {
                let md5 = alert.md5.map(|md5| md5.to_string());
                (None, md5.unwrap_or_default().into())
            }
            Self::User => (None, folded(&alert.user)),
        };
        AlertGroupId { group_by: self, feed, value }
    }
}

/// Identifies an alert group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertGroupId {
    group_by: GroupBy,
    /// The feed of a report; `None` for a watchlist.
    feed: Option<u64>,
    /// The shared value.
    value: Untrusted,
}

/// Alerts that share a value; at least one.
#[derive(Debug)]
pub struct AlertGroup {
    pub id: AlertGroupId,
    /// Highest score.
    pub severity: Option<f64>,
    /// Time of the newest alert.
    pub newest: Option<Timestamp>,
    /// Time of the oldest alert.
    pub oldest: Option<Timestamp>,
    pub shared: SharedFields,
    pub n_hosts: usize,
    /// Number of reports and watchlists that raised them.
    pub n_reports: usize,
    /// Assignees, sorted.
    pub owners: Vec<Untrusted>,
    /// Number of unassigned alerts.
    pub n_unowned: usize,
    /// Number of alerts per status, in the order of the workflow.
    pub statuses: Vec<(AlertStatus, usize)>,
    /// Indexes of its alerts in the digest, newest first.
    digest_rows: Vec<usize>,
    digest: Arc<AlertDigest>,
    search: Arc<Search>,
    document: OnceLock<Document>,
}

impl AlertGroup {
    /// Groups the alerts of `queue`, which `search` has found.
    pub fn group_alerts(queue: &Arc<AlertDigest>, search: &Arc<Search>, by: GroupBy) -> Vec<Self> {
        let mut members: HashMap<AlertGroupId, Vec<usize>> = HashMap::new();
        for (row, alert) in queue.rows.iter().enumerate() {
            members.entry(by.group_key(alert)).or_default().push(row);
        }
        let group = |(id, members)| Self::from_members(id, members, queue, search);
        members.into_iter().map(group).collect()
    }

    fn from_members(id: AlertGroupId, mut rows: Vec<usize>, queue: &Arc<AlertDigest>, search: &Arc<Search>) -> Self {
        let alerts = &queue.rows;
        rows.sort_by_key(|row| std::cmp::Reverse(alerts[*row].created));
        let all = || rows.iter().map(|row| &alerts[*row]);
        let created = || all().filter_map(|alert| alert.created);
        let owners: BTreeSet<_> = all().filter_map(|alert| alert.assigned_to.non_empty()).collect();
        let hosts: BTreeSet<_> = all().filter_map(|alert| alert.host.non_empty()).collect();
        let reports: BTreeSet<_> = all().map(|alert| &alert.source_id).collect();
        let mut statuses: Vec<(AlertStatus, usize)> = Vec::new();
        for alert in all() {
            match statuses.iter_mut().find(|(of, _)| *of == alert.status) {
                Some((_, n)) => *n += 1,
                None => statuses.push((alert.status.clone(), 1)),
            }
        }
        let rank = |status: &AlertStatus| AlertStatus::ALL.iter().take_while(|other| *other != status).count();
        statuses.sort_by_key(|(status, _)| rank(status));
        Self {
            id,
            severity: all().filter_map(|alert| alert.severity).max_by(f64::total_cmp),
            newest: created().max(),
            oldest: created().min(),
            shared: SharedFields::from_alerts(&all()),
            n_hosts: hosts.len(),
            n_reports: reports.len(),
            owners: owners.into_iter().cloned().collect(),
            n_unowned: all().filter(|alert| alert.assigned_to.is_empty()).count(),
            statuses,
            digest_rows: rows,
            digest: queue.clone(),
            search: search.clone(),
            document: OnceLock::new(),
        }
    }

    /// Sorts groups by `order`, then by score, number of alerts, and key.
    pub fn sort_groups(groups: &mut [Arc<Self>], order: SortOrder) {
        let severity = |group: &Self| group.severity.unwrap_or(-1.0);
        groups.sort_by(|one, other| {
            let first = match (order.field, order.is_descending) {
                ("n", _) => other.len().cmp(&one.len()),
                ("newest", _) => other.newest.cmp(&one.newest),
                // A group without a time is sorted last.
                ("oldest", _) => {
                    let at = |group: &Self| group.oldest.unwrap_or(Timestamp::MAX);
                    at(one).cmp(&at(other))
                }
                _ => std::cmp::Ordering::Equal,
            };
            first
                .then_with(|| severity(other).total_cmp(&severity(one)))
                .then_with(|| other.len().cmp(&one.len()))
                .then_with(|| one.id.cmp(&other.id))
        });
    }

    /// Returns the number of alerts.
    pub fn len(&self) -> usize {
        self.digest_rows.len()
    }

    /// Whether the group is empty; never true.
    pub fn is_empty(&self) -> bool {
        self.digest_rows.is_empty()
    }

    /// Returns its alerts, newest first.
    pub fn alerts(&self) -> impl Iterator<Item = &AlertSummary> {
        self.digest_rows.iter().map(|row| &self.digest.rows[*row])
    }

    /// Returns the ids of its alerts, newest first.
    pub fn alert_ids(&self) -> Vec<AlertId> {
        self.alerts().map(|alert| alert.id.clone()).collect()
    }

    /// Returns the field by which its alerts are grouped.
    pub fn group_by(&self) -> GroupBy {
        self.id.group_by
    }

    /// Returns the shared value for display; empty if the value is missing in all of them.
    pub fn label(&self) -> &Untrusted {
        let Some(first) = self.alerts().next() else {
            return &self.id.value;
        };
        match self.id.group_by {
            GroupBy::Report => first.source_name.non_empty().unwrap_or(&first.source_id),
            GroupBy::Host => &first.host,
            GroupBy::Hash => &self.id.value,
            GroupBy::User => &first.user,
        }
    }

    /// Returns the query for exactly these alerts: that of the queue, restricted to the shared value.
    pub fn query(&self) -> String {
        let value = self.id.value.raw();
        let field = match self.id.group_by {
            GroupBy::Report => "watchlist_id",
            GroupBy::Host => "hostname",
            GroupBy::Hash => "md5",
            GroupBy::User => "username",
        };
        let condition = if value.is_empty() {
            format!("-{field}:*")
        } else {
            let feed = self.id.feed.filter(|feed| *feed != u64::MAX);
            let feed = feed.map_or(String::new(), |feed| format!("feed_id:{feed} "));
            format!("{feed}{field}:{}", query::quote(value))
        };
        query::and_condition(&self.search.query, &condition)
    }

    /// Returns the group as JSON.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let texts = |of: &dyn Fn(&AlertSummary) -> &Untrusted| {
                let texts: BTreeSet<_> = self.alerts().map(|alert| of(alert).raw()).collect();
                texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>()
            };
            let statuses = self.statuses.iter();
            let statuses: serde_json::Map<_, _> =
                statuses.map(|(status, n)| (status.server_word().raw().to_owned(), json!(n))).collect();
            let ids: Vec<_> = self.alerts().map(|alert| alert.id.0.raw()).collect();
            let record = json!({
                "group_by": self.id.group_by.label(),
                "name": self.label().raw(),
                "query": self.query(),
                "alerts": self.len(),
                "alert_severity": self.severity,
                "newest": self.newest,
                "oldest": self.oldest,
                "hostname": texts(&|alert| &alert.host),
                "username": texts(&|alert| &alert.user),
                "process_name": texts(&|alert| &alert.process_name),
                "assigned_to": texts(&|alert| &alert.assigned_to),
                "status": statuses,
                "unique_id": ids,
            });
            Document::new(record.to_string())
        })
    }
}
