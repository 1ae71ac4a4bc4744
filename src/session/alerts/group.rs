//! Alerts that belong together: all of one report, host, hash or user.

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

/// By what alerts are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// The report or watchlist that raised them.
    Report,
    /// The host they were seen on.
    Host,
    /// The hash of the file they are about.
    Hash,
    /// The user whose process they are about.
    User,
}

impl GroupBy {
    /// In a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Host => "host",
            Self::Hash => "hash",
            Self::User => "user",
        }
    }

    /// What comes after it, or after no grouping at all; after the last, none.
    pub fn next(by: Option<Self>) -> Option<Self> {
        match by {
            None => Some(Self::Report),
            Some(Self::Report) => Some(Self::Host),
            Some(Self::Host) => Some(Self::Hash),
            Some(Self::Hash) => Some(Self::User),
            Some(Self::User) => None,
        }
    }

    /// What alerts must share.
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

/// What tells a bundle from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertGroupId {
    group_by: GroupBy,
    /// The feed of a report; a watchlist has none.
    feed: Option<u64>,
    /// What its alerts share.
    value: Untrusted,
}

/// Alerts of the queue that belong together; there is at least one.
#[derive(Debug)]
pub struct AlertGroup {
    /// What tells it from others.
    pub id: AlertGroupId,
    /// The highest score.
    pub severity: Option<f64>,
    /// When the newest was raised.
    pub newest: Option<Timestamp>,
    /// When the oldest was raised.
    pub oldest: Option<Timestamp>,
    /// What they have in common.
    pub shared: SharedFields,
    /// How many hosts they were seen on.
    pub n_hosts: usize,
    /// How many reports and watchlists raised them.
    pub n_reports: usize,
    /// Who has them, in the order of their names.
    pub owners: Vec<Untrusted>,
    /// How many of them nobody has.
    pub n_unowned: usize,
    /// How far somebody has looked, and at how many, in the order of work.
    pub statuses: Vec<(AlertStatus, usize)>,
    /// Where they stand in the queue, the newest first.
    digest_rows: Vec<usize>,
    digest: Arc<AlertDigest>,
    search: Arc<Search>,
    document: OnceLock<Document>,
}

impl AlertGroup {
    /// Puts all alerts of a queue together that share something. `search` has found them.
    pub fn group_alerts(queue: &Arc<AlertDigest>, search: &Arc<Search>, by: GroupBy) -> Vec<Self> {
        let mut places: HashMap<AlertGroupId, Vec<usize>> = HashMap::new();
        for (place, alert) in queue.rows.iter().enumerate() {
            places.entry(by.group_key(alert)).or_default().push(place);
        }
        let bundle = |(id, places)| Self::from_members(id, places, queue, search);
        places.into_iter().map(bundle).collect()
    }

    fn from_members(id: AlertGroupId, mut places: Vec<usize>, queue: &Arc<AlertDigest>, search: &Arc<Search>) -> Self {
        let rows = &queue.rows;
        places.sort_by_key(|place| std::cmp::Reverse(rows[*place].created));
        let all = || places.iter().map(|place| &rows[*place]);
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
        let place = |status: &AlertStatus| {
            let known = AlertStatus::ALL.iter();
            known.take_while(|known| *known != status).count()
        };
        statuses.sort_by_key(|(status, _)| place(status));
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
            digest_rows: places,
            digest: queue.clone(),
            search: search.clone(),
            document: OnceLock::new(),
        }
    }

    /// Puts bundles in an order; those that are equal in it by their score, their number, and what they are.
    pub fn sort_groups(bundles: &mut [Arc<Self>], order: SortOrder) {
        let severity = |bundle: &Self| bundle.severity.unwrap_or(-1.0);
        bundles.sort_by(|one, other| {
            let first = match (order.field, order.is_descending) {
                ("n", _) => other.len().cmp(&one.len()),
                ("newest", _) => other.newest.cmp(&one.newest),
                // What has no time was not raised before all others.
                ("oldest", _) => {
                    let at = |bundle: &Self| bundle.oldest.unwrap_or(Timestamp::MAX);
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

    /// How many they are.
    pub fn len(&self) -> usize {
        self.digest_rows.len()
    }

    /// Whether there is none, which never is so.
    pub fn is_empty(&self) -> bool {
        self.digest_rows.is_empty()
    }

    /// Its alerts, the newest first.
    pub fn alerts(&self) -> impl Iterator<Item = &AlertSummary> {
        self.digest_rows.iter().map(|place| &self.digest.rows[*place])
    }

    /// Their ids, the newest first.
    pub fn alert_ids(&self) -> Vec<AlertId> {
        self.alerts().map(|alert| alert.id.clone()).collect()
    }

    /// By what they are put together.
    pub fn group_by(&self) -> GroupBy {
        self.id.group_by
    }

    /// What they share, for people; empty where they share that nothing is known.
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

    /// The query that finds them and no others: that of the queue, with what they share.
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

    /// The same as JSON.
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
            let whole = json!({
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
            Document::new(whole.to_string())
        })
    }
}
