//! The targets of changes: what a change is made to, as the audit log names it.

use std::sync::Arc;

use crate::model::{AlertId, FeedId, GroupId, IngressFilterId, Md5, ReportId, SensorId, WatchlistId};

/// The target of a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    Sensor(SensorId),
    /// All files that have this hash, on all hosts.
    Hash(Md5),
    Alerts(Arc<[AlertId]>),
    Watchlist(WatchlistId),
    Feed(FeedId),
    Report(ReportId),
    Group(GroupId),
    IngressFilter(IngressFilterId),
    /// An object that is to be created: its kind and its name.
    New(&'static str, String),
}

impl Target {
    /// Returns the kind of the target, as written to the audit log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sensor(_) => "sensor",
            Self::Hash(_) => "hash",
            Self::Alerts(_) => "alerts",
            Self::Watchlist(_) => "watchlist",
            Self::Feed(_) => "feed",
            Self::Report(_) => "report",
            Self::Group(_) => "group",
            Self::IngressFilter(_) => "ingress filter",
            Self::New(kind, _) => kind,
        }
    }

    /// Returns the plural noun of its kind.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Sensor(_) => "hosts",
            Self::Hash(_) => "hashes",
            Self::Alerts(_) => "alerts",
            Self::Watchlist(_) => "watchlists",
            Self::Feed(_) => "feeds",
            Self::Report(_) => "reports",
            Self::Group(_) => "groups",
            Self::IngressFilter(_) => "ingress filters",
            Self::New(..) => "new ones",
        }
    }

    /// Returns the server's ID of the target, or the name of an object that is to be created.
    pub fn id(&self) -> String {
        match self {
            Self::Sensor(id) => id.to_string(),
            Self::Hash(md5) => md5.to_string(),
            Self::Alerts(ids) => {
                let ids: Vec<_> = ids.iter().map(|id| id.0.raw()).collect();
                ids.join(",")
            }
            Self::Watchlist(id) => id.to_string(),
            Self::Feed(id) => id.to_string(),
            Self::Report(id) => id.raw(),
            Self::Group(id) => id.to_string(),
            Self::IngressFilter(id) => id.0.raw().to_owned(),
            Self::New(_, name) => name.clone(),
        }
    }

    /// Returns the number of objects: several for alerts, otherwise 1.
    pub fn len(&self) -> usize {
        match self {
            Self::Alerts(ids) => ids.len(),
            _ => 1,
        }
    }

    /// Returns whether there is no object, as for an empty list of alerts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
