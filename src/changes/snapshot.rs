//! What a server holds of the target of a deed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AdminSnapshot, AlertSnapshot, Change, FeedSnapshot, ReportSnapshot, WatchlistSnapshot};
use crate::api::{BanList, Client, Error};
use crate::model::{Ban, Md5, Sensor};
use crate::text;
use crate::text::Untrusted;

/// What a server holds of a target.
#[derive(Clone, Debug, PartialEq)]
pub enum Snapshot {
    /// The record of a sensor.
    Sensor(Box<Sensor>),
    /// The ban of a hash, if there ever was one.
    Hash {
        /// The hash.
        md5: Md5,
        /// The ban, in force or lifted.
        ban: Option<Ban>,
        /// Where the server has its bans.
        list: BanList,
    },
    /// Alerts.
    Alerts(Arc<AlertSnapshot>),
    /// A watchlist, or that there is none.
    Watchlist(Box<WatchlistSnapshot>),
    /// A feed, or that there is none.
    Feed(Box<FeedSnapshot>),
    /// A threat report, or that there is none.
    Report(Box<ReportSnapshot>),
    /// A sensor group, a user or a team, or that there is none.
    Admin(Box<AdminSnapshot>),
}

impl Snapshot {
    /// Reads what counts for a deed from the server, past every cache.
    pub async fn read(deed: &Change, client: &Client) -> Result<Self, Error> {
        Ok(match deed {
            Change::Triage(triage) => Self::Alerts(Arc::new(AlertSnapshot::read(&triage.alerts, client).await?)),
            Change::Watch(watching) => Self::Watchlist(Box::new(watching.read(client).await?)),
            Change::Feed(feeding) => Self::Feed(Box::new(feeding.read(client).await?)),
            Change::Ignore(ignoring) => Self::Report(Box::new(ignoring.read(client).await?)),
            Change::Admin(admin) => Self::Admin(Box::new(admin.read(client).await?)),
            Change::Ban { md5, .. } | Change::Unban(md5) => {
                Self::Hash { md5: *md5, ban: client.ban(*md5).await?, list: client.ban_list() }
            }
            Change::Isolate(sensor)
            | Change::Unisolate(sensor)
            | Change::Move { sensor, .. }
            | Change::Flush { sensor, .. }
            | Change::Restart(sensor)
            | Change::Annotate { sensor, .. } => Self::Sensor(Box::new(client.sensor(*sensor).await?)),
        })
    }

    /// What people call the target, as it came from the server.
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

    /// What people call the target, fit to be shown.
    pub fn name(&self) -> String {
        text::make_visible(&self.target_name())
    }

    /// The sensor, if it is one.
    pub fn sensor(&self) -> Option<&Sensor> {
        match self {
            Self::Sensor(sensor) => Some(sensor),
            _ => None,
        }
    }

    /// What counts of it, for the log.
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

/// Which of the members that are written have another value now than they had then, in words.
pub(super) fn changed_members(written: &Value, then: &Value, now: &Value) -> Vec<String> {
    /// Cells of a value.
    const WIDE: usize = 60;
    let names = written.as_object().into_iter().flat_map(|members| members.keys());
    let told = |name: &String| {
        let (then, now) = (then.get(name)?, now.get(name)?);
        let now = match now {
            _ if now == then => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let now = text::fit(&now.as_str().into(), WIDE);
        Some(format!("{} is {now:?} now", name.replace('_', " ")))
    };
    names.filter_map(told).collect()
}
