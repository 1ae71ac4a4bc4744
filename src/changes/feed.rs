//! Changes of feeds (reference 2.11).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    members,
    operation::{ID_UNKNOWN, NOTHING_LOGGED, Operation, WriteContext, immediate_stage},
    snapshot::Snapshot,
    unreadable_rows,
};
use crate::api::{Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Feed, FeedId, Search, Span};
use crate::text::{self, Untrusted};

/// A change of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedChange {
    /// Adds a feed, which the server fetches at once.
    Add {
        url: String,
        /// Whether the server searches for its indicators.
        is_enabled: bool,
    },
    /// Enables or disables a feed.
    Switch { id: FeedId, is_enabled: bool },
    /// Has the server fetch the entire feed again.
    Synchronize(FeedId),
    /// Deletes a feed and its reports.
    Delete(FeedId),
}

/// A feed on the server, or its absence.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedSnapshot {
    pub feed: Option<Feed>,
    /// The number of feeds that could not be read.
    n_unreadable: usize,
    /// The name to display if there is no such feed.
    name: Untrusted,
}

impl FeedChange {
    /// Returns why `url` cannot be a feed URL, with a hint; `None` if it can.
    pub fn invalid_url_reason(url: &str) -> Option<(&'static str, &'static str)> {
        let schemes = ["https://", "http://", "file://"];
        let Some(address) = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)) else {
            return Some(("is not a feed URL", "a feed URL begins with https://, http:// or file://"));
        };
        address.split(['/', '?', '#']).next().unwrap_or_default().contains('@').then_some((
            "contains a username or password, which would appear in logs and on screens",
            "add it in the web console, which has fields for them",
        ))
    }

    /// Returns whether the feed on the server satisfies the change; `None` if the server does not say, as for a
    /// synchronization.
    fn is_satisfied_by(&self, current: &FeedSnapshot) -> Option<bool> {
        match (self, &current.feed) {
            (Self::Add { .. }, None) if current.n_unreadable > 0 => None,
            (Self::Add { .. } | Self::Switch { .. } | Self::Synchronize(_), None) => Some(false),
            (Self::Add { is_enabled, .. } | Self::Switch { is_enabled, .. }, Some(feed)) => {
                feed.is_enabled.map(|is| is == *is_enabled)
            }
            (Self::Delete(_), feed) => Some(feed.is_none()),
            // A disabled feed is not fetched again.
            (Self::Synchronize(_), Some(feed)) => feed.is_enabled.filter(|is| !is),
        }
    }
}

impl Operation for FeedChange {
    type State = FeedSnapshot;

    fn verb(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add feed",
            Self::Switch { is_enabled: true, .. } => "enable feed",
            Self::Switch { is_enabled: false, .. } => "disable feed",
            Self::Synchronize(_) => "sync feed",
            Self::Delete(_) => "delete feed",
        }
    }

    fn aspect(&self) -> Aspect {
        match self {
            Self::Add { .. } => Aspect::Creation,
            Self::Switch { .. } => Aspect::Switch,
            Self::Synchronize(_) => Aspect::Synchronization,
            Self::Delete(_) => Aspect::Deletion,
        }
    }

    fn target(&self) -> Target {
        match self {
            Self::Add { url, .. } => Target::New("feed", url.clone()),
            Self::Switch { id, .. } | Self::Synchronize(id) | Self::Delete(id) => Target::Feed(*id),
        }
    }

    fn needs_reason(&self) -> bool {
        matches!(self, Self::Switch { is_enabled: false, .. } | Self::Delete(_))
    }

    fn desired(&self, _: &Justification) -> Value {
        match self {
            Self::Add { url, is_enabled } => json!({"feed_url": url, "enabled": is_enabled}),
            Self::Switch { is_enabled, .. } => json!({"enabled": is_enabled}),
            Self::Synchronize(_) => json!({"synchronized": true}),
            Self::Delete(_) => json!({"deleted": true}),
        }
    }

    async fn read(&self, client: &Client) -> Result<FeedSnapshot, Error> {
        match self {
            Self::Add { url, .. } => {
                let feeds = client.feeds().await?;
                Ok(FeedSnapshot {
                    n_unreadable: feeds.n_unreadable,
                    feed: feeds.rows.into_iter().find(|feed| feed.url.raw() == url),
                    name: url.as_str().into(),
                })
            }
            Self::Switch { id, .. } | Self::Synchronize(id) | Self::Delete(id) => {
                let feed = match client.feed(*id).await {
                    Ok(feed) => Some(feed),
                    Err(Error::NotFound { .. }) => None,
                    Err(error) => return Err(error),
                };
                let name = format!("feed {id}").into();
                Ok(FeedSnapshot { feed, n_unreadable: 0, name })
            }
        }
    }

    fn write_requests(&self, current: &FeedSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        let request = match (self, &current.feed) {
            (Self::Add { url, is_enabled }, None) => {
                WriteRequest::new_feed(json!({"feed_url": url, "enabled": is_enabled}))
            }
            (Self::Switch { is_enabled, .. }, Some(feed)) => WriteRequest::feed(feed, json!({"enabled": is_enabled})),
            (Self::Synchronize(id), Some(_)) => WriteRequest::synchronize(*id),
            (Self::Delete(id), Some(_)) => WriteRequest::delete_feed(*id),
            (Self::Add { .. }, Some(_)) | (_, None) => return Vec::new(),
        };
        vec![request]
    }

    fn stage(&self, current: &FeedSnapshot) -> LoggedStage {
        immediate_stage(self.is_satisfied_by(current))
    }

    fn is_unverifiable(&self) -> bool {
        matches!(self, Self::Synchronize(_))
    }

    fn inverse(&self, before: &Value, after: &Value) -> Result<Self, &'static str> {
        match self {
            Self::Switch { id, is_enabled } => Ok(Self::Switch { id: *id, is_enabled: !is_enabled }),
            Self::Add { .. } if members::number(before, "id").is_some() => Err("the feed existed before"),
            Self::Add { .. } => members::number(after, "id").map(|id| Self::Delete(FeedId(id))).ok_or(ID_UNKNOWN),
            Self::Delete(_) if members::flag(before, "manually_added") == Some(true) => Ok(Self::Add {
                url: members::text(before, "feed_url").ok_or(NOTHING_LOGGED)?,
                is_enabled: members::flag(before, "enabled").unwrap_or(true),
            }),
            Self::Delete(_) => Err("a vendor feed cannot be added again by URL"),
            Self::Synchronize(_) => Err("a sync changes nothing that could be restored"),
        }
    }

    fn no_op_reason(&self, current: &FeedSnapshot) -> Option<String> {
        let text = match self {
            Self::Add { .. } => "already exists",
            Self::Switch { is_enabled: true, .. } => "is enabled already",
            Self::Switch { is_enabled: false, .. } => "is disabled already",
            Self::Delete(_) => "no longer exists",
            Self::Synchronize(_) => return None,
        };
        (self.is_satisfied_by(current) == Some(true)).then(|| text.into())
    }

    fn rejection(&self, current: &FeedSnapshot) -> Option<(&'static str, &'static str)> {
        match (self, &current.feed) {
            (Self::Add { url, .. }, None) => Self::invalid_url_reason(url),
            // It may belong to another user.
            (Self::Add { is_enabled: true, .. }, Some(_)) => Some(("already exists and is disabled", "enable it")),
            (Self::Add { .. }, Some(_)) => Some(("already exists and is enabled", "disable it")),
            (_, None) => Some(("no longer exists", "reload the feeds (r)")),
            (Self::Synchronize(_), Some(feed)) if feed.is_enabled == Some(false) => {
                Some(("is disabled, and a disabled feed cannot be synced", "enable it first"))
            }
            _ => None,
        }
    }

    fn describe(&self, current: &FeedSnapshot) -> String {
        let Some(feed) = &current.feed else {
            let among_readable = if current.n_unreadable > 0 { " among those that could be read" } else { "" };
            return format!("no such feed{among_readable}");
        };
        if let Self::Synchronize(_) = self {
            return "the server does not report when a sync is done".into();
        }
        let state = match feed.is_enabled {
            Some(true) => "enabled",
            Some(false) => "disabled",
            None => "unknown whether it is enabled",
        };
        format!("feed {}, {state}", feed.id)
    }

    async fn assess(
        &self,
        current: &FeedSnapshot,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        let name = text::make_visible(&current.target_name());
        let unreadable_warning =
            unreadable_rows::unreadable_rows_warning(current.n_unreadable, ("feed", "feeds"), "have this URL");
        let mut warnings = Vec::new();
        let mut notes: Vec<_> = unreadable_warning.into_iter().collect();
        let mut effects = vec![match self {
            Self::Add { url, .. } => {
                if url.starts_with("https://") {
                    notes.push("The server does not verify the certificate of this URL".into());
                }
                format!("{name}: new feed; the server fetches it immediately and looks for its indicators")
            }
            Self::Switch { is_enabled: true, .. } => format!("{name}: disabled -> enabled"),
            Self::Switch { is_enabled: false, .. } => format!("{name}: enabled -> disabled"),
            Self::Synchronize(_) => format!("{name}: full resync"),
            Self::Delete(_) => format!("{name}: will be DELETED with all its reports"),
        }];
        if let Some(feed) = &current.feed {
            effects.push(format!("URL: {}", text::make_visible(&feed.url)));
        }
        if let Self::Switch { is_enabled: false, id } | Self::Delete(id) = self {
            match n_reports(*id, &context.client).await {
                Ok(0) => {}
                Ok(n) => {
                    notes.push(format!("Its {} will no longer raise alerts", text::pluralize(n, "report", "reports")));
                }
                Err(error) => {
                    notes.push(format!("Could not count its reports: {error}"));
                }
            }
        }
        let is_vendor_feed = current.feed.as_ref().is_some_and(|feed| feed.is_manual == Some(false));
        if matches!(self, Self::Delete(_)) {
            if is_vendor_feed {
                warnings.push("A vendor feed cannot be added again by URL".to_owned());
            } else {
                notes.push("Its stored credentials are deleted and cannot be restored".into());
            }
        }
        Ok(Ok(Assessment { effects, warnings, notes, ..Assessment::default() }))
    }
}

/// Returns the number of reports of a feed.
async fn n_reports(id: FeedId, client: &Client) -> Result<u64, Error> {
    let search = Search { query: format!("feed_id:{id}"), ..Search::default() };
    Ok(client.reports(&search, Span { start: 0, rows: 0 }).await?.total)
}

impl Snapshot for FeedSnapshot {
    fn target_name(&self) -> Untrusted {
        self.feed.as_ref().map_or(&self.name, Feed::title).clone()
    }

    fn snapshot_json(&self) -> Value {
        match &self.feed {
            None => json!({"exists": false}),
            Some(feed) => json!({
                "id": feed.id.0,
                "name": feed.name.raw(),
                "feed_url": feed.url.raw(),
                "enabled": feed.is_enabled,
                "manually_added": feed.is_manual,
            }),
        }
    }
}
