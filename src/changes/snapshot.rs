//! What a server holds of the target of a deed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Administered, Alerts, Deed, Fed, Ignored, Watched};
use crate::api::{BanList, Client, Error};
use crate::model::{Ban, Md5, Sensor};
use crate::text;
use crate::text::Untrusted;

/// What a server holds of a target.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
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
    Alerts(Arc<Alerts>),
    /// A watchlist, or that there is none.
    Watchlist(Box<Watched>),
    /// A feed, or that there is none.
    Feed(Box<Fed>),
    /// A threat report, or that there is none.
    Report(Box<Ignored>),
    /// A sensor group, a user or a team, or that there is none.
    Admin(Box<Administered>),
}

impl State {
    /// Reads what counts for a deed from the server, past every cache.
    pub async fn read(deed: &Deed, client: &Client) -> Result<Self, Error> {
        Ok(match deed {
            Deed::Triage(triage) => Self::Alerts(Arc::new(Alerts::read(&triage.alerts, client).await?)),
            Deed::Watch(watching) => Self::Watchlist(Box::new(watching.read(client).await?)),
            Deed::Feed(feeding) => Self::Feed(Box::new(feeding.read(client).await?)),
            Deed::Ignore(ignoring) => Self::Report(Box::new(ignoring.read(client).await?)),
            Deed::Admin(admin) => Self::Admin(Box::new(admin.read(client).await?)),
            Deed::Ban { md5, .. } | Deed::Lift(md5) => {
                Self::Hash { md5: *md5, ban: client.ban(*md5).await?, list: client.ban_list() }
            }
            Deed::Isolate(sensor)
            | Deed::Release(sensor)
            | Deed::Move { sensor, .. }
            | Deed::Flush { sensor, .. }
            | Deed::Restart(sensor)
            | Deed::Annotate { sensor, .. } => Self::Sensor(Box::new(client.sensor(*sensor).await?)),
        })
    }

    /// What people call the target, as it came from the server.
    pub fn raw_name(&self) -> Untrusted {
        match self {
            Self::Sensor(sensor) => sensor.computer_name.clone(),
            Self::Hash { md5, .. } => md5.to_string().as_str().into(),
            Self::Alerts(now) => now.raw_name(),
            Self::Watchlist(now) => now.raw_name().clone(),
            Self::Feed(now) => now.raw_name().clone(),
            Self::Report(now) => now.raw_name().clone(),
            Self::Admin(now) => now.raw_name().clone(),
        }
    }

    /// What people call the target, fit to be shown.
    pub fn name(&self) -> String {
        text::visible(&self.raw_name())
    }

    /// The sensor, if it is one.
    pub fn sensor(&self) -> Option<&Sensor> {
        match self {
            Self::Sensor(sensor) => Some(sensor),
            _ => None,
        }
    }

    /// What counts of it, for the log.
    pub(super) fn json(&self) -> Value {
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
            Self::Alerts(now) => now.json(),
            Self::Watchlist(now) => now.json(),
            Self::Feed(now) => now.json(),
            Self::Report(now) => now.json(),
            Self::Admin(now) => now.json(),
        }
    }
}

/// Which of the members that are written have another value now than they had then, in words.
pub(super) fn changed(written: &Value, then: &Value, now: &Value) -> Vec<String> {
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
