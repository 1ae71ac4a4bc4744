//! Entries of the audit log: changes about to be sent, and their outcome.

use jiff::Timestamp;
use nix::unistd::{Uid, User};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The number of the line, from 1.
    pub line: u64,
    /// When it was written, by the clock of this machine.
    pub at: Timestamp,
    #[serde(flatten)]
    pub event: LogEvent,
    /// The SHA-256 of the previous line, in hex; zeros for the first line.
    pub prev: String,
}

/// The event of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LogEvent {
    /// A change is about to be sent.
    Sending(Box<Submitted>),
    /// The outcome of a change, or an intermediate stage.
    Known(Box<LoggedOutcome>),
    /// The last line was incomplete after a crash, and was removed.
    Repaired {
        /// How many bytes were removed.
        bytes: u64,
        /// The bytes removed, decoded as UTF-8.
        text: String,
    },
    /// The log did not match its head when the next line was written. The entry stays, because later lines do not
    /// restore what was removed.
    Damaged {
        /// What did not match.
        what: String,
    },
}

/// A change that is about to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    pub who: Actor,
    /// The URL of the server.
    pub server: String,
    /// The verb of the change, such as `isolate`.
    #[serde(rename = "deed")]
    pub verb: String,
    pub target: LoggedTarget,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The ticket number that the user has entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The line of the change that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// The line of the first change of its batch; `None` for the first itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u64>,
    /// The line of the change that this one is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// The requests in the order in which they are sent.
    pub requests: Vec<LoggedRequest>,
    /// The state of the target before.
    pub before: Value,
    /// The state of the target that the change is to achieve.
    #[serde(rename = "wanted")]
    pub desired: Value,
    /// The change itself, without secrets; null in lines of older versions.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub change: Value,
}

/// The first word of the verb of everything that only reads on a host, which is logged and changes nothing.
pub const READING: &str = "read";

impl Submitted {
    /// Whether it is no change: something was read on a host.
    pub fn is_reading(&self) -> bool {
        self.change.is_null() && is_reading_verb(&self.verb)
    }
}

/// Whether a logged verb is that of a reading. No change has such a verb.
pub fn is_reading_verb(verb: &str) -> bool {
    verb.split(' ').next() == Some(READING)
}

/// The user who makes a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account on this machine, with its number.
    pub os_user: Option<String>,
    /// The configured user of the server.
    pub user: Option<String>,
    /// The name of this machine: accounts of different machines may have equal names and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

impl Actor {
    /// Creates the actor of this process. `name` is the account by the environment; without it, the system's name for
    /// the user id is used. `user` is the configured user of the server.
    pub fn from_account(name: Option<&str>, user: Option<String>) -> Self {
        let uid = Uid::current();
        let system_name = || User::from_uid(uid).ok().flatten().map(|user| user.name);
        let name = name.map(str::to_owned).or_else(system_name);
        let name = name.unwrap_or_else(|| "unknown".into());
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_string_lossy();
        Self {
            os_user: Some(format!("{name} (uid {uid})")),
            user,
            machine: Some(machine.into_owned()).filter(|name| !name.is_empty()),
        }
    }

    /// Whether both are certainly one user: account, machine and configured user are equal. Entries of older versions
    /// lack the machine, so they never match.
    pub fn is_same_actor(&self, other: &Self) -> bool {
        let is_known = self.os_user.is_some() && self.machine.is_some();
        is_known && self == other
    }

    /// Returns the account with its machine.
    pub fn account(&self) -> Option<String> {
        let account = self.os_user.as_ref()?;
        Some(match &self.machine {
            Some(machine) => format!("{account} on {machine}"),
            None => account.clone(),
        })
    }
}

/// The target of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedTarget {
    /// The kind of target, such as `sensor` or `hash`.
    pub kind: String,
    pub id: String,
    /// The display name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A request that changes the server. It has no headers, and so no API token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedRequest {
    pub method: String,
    /// The path, beginning with `/api`.
    pub path: String,
    /// The body, without secrets.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// A stage of a change after it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedOutcome {
    /// The line of the [`LogEvent::Sending`] that it belongs to.
    pub of: u64,
    pub stage: LoggedStage,
    /// The state that was read back; null if it was not read.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub after: Value,
    /// A text for the user.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The progress of a change after it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LoggedStage {
    /// The server has accepted it; the effect is not confirmed yet.
    Accepted,
    /// The state was read back and is as desired.
    Confirmed,
    /// The state was read back and is not as desired.
    NotApplied,
    /// Of several targets, only some are as desired.
    Partly,
    /// The effect could not be confirmed in time.
    Pending,
    /// The answer was lost, and the state could not be read or does not show the effect.
    Unknown,
}

impl LoggedStage {
    /// Whether the stage cannot change any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::NotApplied | Self::Partly)
    }
}
