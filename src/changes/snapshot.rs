//! Snapshots: the state of a change's target on the server.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AdminSnapshot, AlertSnapshot, FeedSnapshot, ReportSnapshot, WatchlistSnapshot};
use crate::api::BanList;
use crate::model::{Ban, Md5, Sensor};
use crate::text;
use crate::text::Untrusted;

/// The state of a target on the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Snapshot {
    Sensor(Box<Sensor>),
    /// A hash with its ban, if there ever was one.
    Hash {
        md5: Md5,
        /// The ban, enabled or disabled.
        ban: Option<Ban>,
        /// The endpoint of the ban list, which depends on the server's version.
        list: BanList,
    },
    Alerts(Arc<AlertSnapshot>),
    /// A watchlist, or its absence.
    Watchlist(Box<WatchlistSnapshot>),
    /// A feed, or its absence.
    Feed(Box<FeedSnapshot>),
    /// A threat report, or its absence.
    Report(Box<ReportSnapshot>),
    /// A sensor group, a user or a team, or its absence.
    Admin(Box<AdminSnapshot>),
}

impl Snapshot {
    /// Returns the name of the target, as the server sent it.
    pub fn target_name(&self) -> Untrusted {
        match self {
            Self::Sensor(sensor) => sensor.computer_name.clone(),
            Self::Hash { md5, .. } => md5.to_string().as_str().into(),
            Self::Alerts(now) => now.target_name(),
            Self::Watchlist(now) => now.target_name().clone(),
            Self::Feed(now) => now.target_name().clone(),
            Self::Report(now) => now.target_name().clone(),
            Self::Admin(now) => now.target_name().clone(),
        }
    }

    /// Returns the name of the target, safe to display.
    pub fn name(&self) -> String {
        text::make_visible(&self.target_name())
    }

    /// Returns the sensor, if the target is one.
    pub fn sensor(&self) -> Option<&Sensor> {
        match self {
            Self::Sensor(sensor) => Some(sensor),
            _ => None,
        }
    }

    /// Returns the state as JSON for the audit log.
    pub(super) fn snapshot_json(&self) -> Value {
        match self {
            Self::Sensor(sensor) => json!({
                "network_isolation_enabled": sensor.isolation_wanted,
                "is_isolating": sensor.is_isolating,
                "group_id": sensor.group.map(|group| group.0),
                "restart_queued": sensor.restart_queued,
                "event_log_flush_time": sensor.flush_until.non_empty().map(Untrusted::raw),
                "notes": sensor.notes.non_empty().map(Untrusted::raw),
            }),
            Self::Hash { ban: None, .. } => json!({"enabled": false}),
            Self::Hash { ban: Some(ban), .. } => json!({
                "enabled": ban.is_enabled,
                "text": ban.text.raw(),
                "username": ban.username.raw(),
            }),
            Self::Alerts(now) => now.snapshot_json(),
            Self::Watchlist(now) => now.snapshot_json(),
            Self::Feed(now) => now.snapshot_json(),
            Self::Report(now) => now.snapshot_json(),
            Self::Admin(now) => now.snapshot_json(),
        }
    }
}

/// Describes the members of `written` whose values differ between `then` and `now`.
pub(super) fn changed_members(written: &Value, then: &Value, now: &Value) -> Vec<String> {
    /// Maximum width of a value, in cells.
    const WIDE: usize = 60;
    let names = written.as_object().into_iter().flat_map(|members| members.keys());
    let describe = |name: &String| {
        let (then, now) = (then.get(name)?, now.get(name)?);
        let now = match now {
            _ if now == then => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let now = text::fit(&now.as_str().into(), WIDE);
        Some(format!("{} is {now:?} now", name.replace('_', " ")))
    };
    names.filter_map(describe).collect()
}
