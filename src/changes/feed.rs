//! What is done to feeds (reference 2.11).

use serde_json::{Value, json};

use super::{Plan, PlanContext, Prepared, Snapshot, Target, unreadable_rows};
use crate::api::{Client, Error, WriteRequest};
use crate::model::{Feed, FeedId, Search, Span};
use crate::text::{self, Untrusted};

/// Something that is done to a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedChange {
    /// The server reads one.
    Add {
        /// Where it is read.
        url: String,
        /// Whether its reports are to be looked for.
        is_enabled: bool,
    },
    /// Its reports are looked for, or no longer.
    Switch {
        /// Which one.
        id: FeedId,
        /// Whether they are to be.
        is_enabled: bool,
    },
    /// The server reads all of it again.
    Synchronize(FeedId),
    /// It goes, with its reports.
    Delete(FeedId),
}

/// A feed as the server has it, if it has it.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedSnapshot {
    /// The feed.
    pub feed: Option<Feed>,
    /// How many others could not be read.
    n_unread: usize,
    /// What one is called that is not there.
    name: Untrusted,
}

impl FeedChange {
    /// Why nothing is read from an address.
    pub fn invalid_url_reason(url: &str) -> Option<(&'static str, &'static str)> {
        let schemes = ["https://", "http://", "file://"];
        let Some(rest) = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)) else {
            return Some(("is not a feed URL", "a feed URL begins with https://, http:// or file://"));
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('@').then_some((
            "contains a user name or a password, which logs and screens would show",
            "add it in the web console, which has fields for them",
        ))
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add feed",
            Self::Switch { is_enabled: true, .. } => "enable feed",
            Self::Switch { is_enabled: false, .. } => "disable feed",
            Self::Synchronize(_) => "sync feed",
            Self::Delete(_) => "delete feed",
        }
    }

    pub(super) fn target(&self) -> Target {
        match self {
            Self::Add { url, .. } => Target::New("feed", url.clone()),
            Self::Switch { id, .. } | Self::Synchronize(id) | Self::Delete(id) => Target::Feed(*id),
        }
    }

    pub(super) fn needs_reason(&self) -> bool {
        matches!(self, Self::Switch { is_enabled: false, .. } | Self::Delete(_))
    }

    pub(super) fn desired(&self) -> Value {
        match self {
            Self::Add { url, is_enabled } => json!({"feed_url": url, "enabled": is_enabled}),
            Self::Switch { is_enabled: on, .. } => json!({"enabled": on}),
            Self::Synchronize(_) => json!({"synchronized": true}),
            Self::Delete(_) => json!({"deleted": true}),
        }
    }

    /// Reads what the server has, past every cache.
    pub(super) async fn read(&self, client: &Client) -> Result<FeedSnapshot, Error> {
        match self {
            Self::Add { url, .. } => {
                let all = client.feeds().await?;
                Ok(FeedSnapshot {
                    n_unread: all.n_unreadable,
                    feed: all.rows.into_iter().find(|feed| feed.url.raw() == url),
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
                Ok(FeedSnapshot { feed, n_unread: 0, name })
            }
        }
    }

    pub(super) fn write_requests(&self, now: &FeedSnapshot) -> Vec<WriteRequest> {
        let change = match (self, &now.feed) {
            (Self::Add { url, is_enabled }, None) => WriteRequest::new_feed(url, *is_enabled),
            (Self::Switch { is_enabled: on, .. }, Some(feed)) => WriteRequest::feed(feed, *on),
            (Self::Synchronize(id), Some(_)) => WriteRequest::synchronize(*id),
            (Self::Delete(id), Some(_)) => WriteRequest::delete_feed(*id),
            (Self::Add { .. }, Some(_)) | (_, None) => return Vec::new(),
        };
        vec![change]
    }

    /// Whether the server holds it; of a synchronization it keeps nothing.
    pub(super) fn is_satisfied_by(&self, now: &FeedSnapshot) -> Option<bool> {
        match (self, &now.feed) {
            (Self::Add { .. }, None) if now.n_unread > 0 => None,
            (Self::Add { .. } | Self::Switch { .. } | Self::Synchronize(_), None) => Some(false),
            (Self::Add { is_enabled: on, .. } | Self::Switch { is_enabled: on, .. }, Some(feed)) => {
                feed.is_enabled.map(|is| is == *on)
            }
            (Self::Delete(_), found) => Some(found.is_none()),
            // One that is disabled is not read again.
            (Self::Synchronize(_), Some(feed)) => feed.is_enabled.filter(|is| !is),
        }
    }

    pub(super) fn no_op_reason(&self, now: &FeedSnapshot) -> Option<String> {
        let said = match self {
            Self::Add { .. } => "already exists",
            Self::Switch { is_enabled: true, .. } => "is enabled already",
            Self::Switch { is_enabled: false, .. } => "is disabled already",
            Self::Delete(_) => "no longer exists",
            Self::Synchronize(_) => return None,
        };
        (self.is_satisfied_by(now) == Some(true)).then(|| said.into())
    }

    pub(super) fn rejection(&self, now: &FeedSnapshot) -> Option<(&'static str, &'static str)> {
        match (self, &now.feed) {
            (Self::Add { url, .. }, None) => Self::invalid_url_reason(url),
            // It may be somebody else's.
            (Self::Add { is_enabled: true, .. }, Some(_)) => Some(("already exists and is disabled", "enable it")),
            (Self::Add { .. }, Some(_)) => Some(("already exists and is enabled", "disable it")),
            (_, None) => Some(("no longer exists", "reload the feeds (r)")),
            (Self::Synchronize(_), Some(feed)) if feed.is_enabled == Some(false) => {
                Some(("is disabled, and a disabled feed cannot be synced", "enable it first"))
            }
            _ => None,
        }
    }

    pub(super) fn describe(&self, now: &FeedSnapshot) -> String {
        let Some(feed) = &now.feed else {
            let read = if now.n_unread > 0 { " among those that could be read" } else { "" };
            return format!("no such feed{read}");
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

    /// Finds out what it would do.
    pub(super) async fn prepare(self, now: FeedSnapshot, estate: &PlanContext) -> Prepared {
        let name = text::make_visible(now.target_name());
        let doubt = unreadable_rows::unreadable_rows_warning(now.n_unread, ("feed", "feeds"), "have this URL");
        let mut warnings = Vec::new();
        let mut notes: Vec<_> = doubt.into_iter().collect();
        let mut effects = vec![match &self {
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
        if let Some(feed) = &now.feed {
            effects.push(format!("URL: {}", text::make_visible(&feed.url)));
        }
        if let Self::Switch { is_enabled: false, id } | Self::Delete(id) = &self {
            match n_reports(*id, &estate.client).await {
                Ok(0) => {}
                Ok(n) => {
                    notes.push(format!("Its {} will no longer raise alerts", text::pluralize(n, "report", "reports")));
                }
                Err(error) => {
                    notes.push(format!("Could not count its reports: {error}"));
                }
            }
        }
        let is_vendors = now.feed.as_ref().is_some_and(|feed| feed.is_manual == Some(false));
        if matches!(self, Self::Delete(_)) {
            if is_vendors {
                warnings.push("A vendor feed cannot be added again by URL".to_owned());
            } else {
                notes.push("Its stored credentials are deleted and cannot be restored".into());
            }
        }
        Prepared::Ready(Box::new(Plan {
            effects,
            warnings,
            notes,
            ..Plan::new(super::Change::Feed(self), Snapshot::Feed(Box::new(now)), estate)
        }))
    }
}

/// How many reports a feed has.
async fn n_reports(id: FeedId, client: &Client) -> Result<u64, Error> {
    let search = Search { query: format!("feed_id:{id}"), ..Search::default() };
    Ok(client.reports(&search, Span { start: 0, rows: 0 }).await?.total)
}

impl FeedSnapshot {
    /// What people call it.
    pub(super) fn target_name(&self) -> &Untrusted {
        self.feed.as_ref().map_or(&self.name, Feed::title)
    }

    /// What counts of it, for the log.
    pub(super) fn snapshot_json(&self) -> Value {
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
