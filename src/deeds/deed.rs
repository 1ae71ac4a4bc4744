//! What can be done to a server, and to what.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Grounds, State, ban, sensor};
use crate::api::Change;
use crate::model::{GroupId, Md5, SensorId};

/// What can be done to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Cuts a host off from everything but the server.
    Isolate(SensorId),
    /// Ends that.
    Release(SensorId),
    /// Lets sensors stop what has this hash.
    Ban {
        /// The hash.
        md5: Md5,
        /// What the ban says; the reason, unless it said something before.
        note: Option<String>,
    },
    /// Ends that; the ban stays listed.
    Lift(Md5),
    /// Puts a sensor into another group.
    Move {
        /// Which one.
        sensor: SensorId,
        /// Where to.
        group: GroupId,
    },
    /// Lets a sensor send all it holds back, at once.
    Flush {
        /// Which one.
        sensor: SensorId,
        /// Until when it may; the server ends it when all is sent.
        until: Timestamp,
    },
    /// Restarts the service of a sensor.
    Restart(SensorId),
    /// Replaces the notes of a sensor.
    Annotate {
        /// Which one.
        sensor: SensorId,
        /// What they say afterwards.
        notes: String,
    },
}

/// To what something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The sensor of a host.
    Sensor(SensorId),
    /// What has this hash, on all hosts.
    Hash(Md5),
}

impl Target {
    /// Its kind, as the log has it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Sensor(_) => "sensor",
            Self::Hash(_) => "hash",
        }
    }

    /// What several of it are called.
    pub fn several(self) -> &'static str {
        match self {
            Self::Sensor(_) => "hosts",
            Self::Hash(_) => "hashes",
        }
    }

    /// The server's name for it.
    pub fn id(self) -> String {
        match self {
            Self::Sensor(id) => id.to_string(),
            Self::Hash(md5) => md5.to_string(),
        }
    }
}

impl Deed {
    /// Its verb.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Isolate(_) => "isolate",
            Self::Release(_) => "release",
            Self::Ban { .. } => "ban",
            Self::Lift(_) => "unban",
            Self::Move { .. } => "move",
            Self::Flush { .. } => "flush",
            Self::Restart(_) => "restart",
            Self::Annotate { .. } => "annotate",
        }
    }

    /// What it decides of its target: of two deeds on one matter, the later counts.
    pub(super) fn matter(&self) -> &'static str {
        match self {
            Self::Isolate(_) | Self::Release(_) => "isolation",
            Self::Ban { .. } | Self::Lift(_) => "ban",
            other => other.verb(),
        }
    }

    /// To what it is done.
    pub fn target(&self) -> Target {
        match self {
            Self::Isolate(sensor)
            | Self::Release(sensor)
            | Self::Move { sensor, .. }
            | Self::Flush { sensor, .. }
            | Self::Restart(sensor)
            | Self::Annotate { sensor, .. } => Target::Sensor(*sensor),
            Self::Ban { md5, .. } | Self::Lift(md5) => Target::Hash(*md5),
        }
    }

    /// Whether somebody must say why: where a protection is taken away or a host is cut off.
    pub fn needs_reason(&self) -> bool {
        match self {
            Self::Isolate(_) | Self::Release(_) | Self::Ban { .. } | Self::Lift(_) => true,
            Self::Move { .. } | Self::Flush { .. } | Self::Restart(_) | Self::Annotate { .. } => {
                false
            }
        }
    }

    /// What the log says that the server is to hold afterwards.
    pub(super) fn wanted(&self, grounds: &Grounds) -> Value {
        match self {
            Self::Isolate(_) => json!({"is_isolating": true}),
            Self::Release(_) => json!({"is_isolating": false}),
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| grounds.note())})
            }
            Self::Lift(_) => json!({"enabled": false}),
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Flush { until, .. } => json!({"event_log_flush_time": until}),
            Self::Restart(_) => json!({"restart_queued": true}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
        }
    }

    /// Exactly what is sent, one after the other, as things are now.
    pub(super) fn changes(
        &self,
        state: &State,
        grounds: &Grounds,
        release: Option<(u32, u32)>,
    ) -> Vec<Change> {
        match state {
            State::Sensor(known) => sensor::changes(self, known, release),
            State::Hash { md5, ban } => ban::changes(self, *md5, ban.as_ref(), grounds),
        }
    }

    /// Why nothing would change, if that is so.
    pub(super) fn already(&self, state: &State) -> Option<String> {
        match state {
            State::Sensor(known) => sensor::already(self, known),
            State::Hash { ban, .. } => ban::already(self, ban.as_ref()),
        }
    }

    /// Whether it is asked for already, and the sensor has yet to do it.
    pub(super) fn is_pending(&self, state: &State) -> bool {
        match state {
            State::Sensor(known) => {
                let (asked, done) = sensor::holds(self, known);
                asked == Some(true) && done != Some(true)
            }
            State::Hash { .. } => false,
        }
    }

    /// Why it cannot be done to this target at all, and what to do about it.
    pub(super) fn impossible(&self, state: &State) -> Option<(&'static str, &'static str)> {
        match state {
            State::Sensor(known) => sensor::impossible(self, known),
            State::Hash { .. } => None,
        }
    }
}
