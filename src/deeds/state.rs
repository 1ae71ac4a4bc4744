//! What a server holds of the target of a deed.

use serde_json::{Value, json};

use super::Target;
use crate::api::{Client, Error};
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
    },
}

impl State {
    /// Reads it from the server, past every cache.
    pub async fn read(target: Target, client: &Client) -> Result<Self, Error> {
        Ok(match target {
            Target::Sensor(id) => Self::Sensor(Box::new(client.sensor(id).await?)),
            Target::Hash(md5) => {
                let ban = client.ban(md5).await?;
                Self::Hash { md5, ban }
            }
        })
    }

    /// What people call the target, as it came from the server.
    pub fn raw_name(&self) -> Untrusted {
        match self {
            Self::Sensor(sensor) => sensor.computer_name.clone(),
            Self::Hash { md5, .. } => md5.to_string().as_str().into(),
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
            Self::Hash { .. } => None,
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
        }
    }
}
