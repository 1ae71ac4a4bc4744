//! What the action log has of a deed: what was about to be sent, and what came of it.

use jiff::Timestamp;
use nix::unistd::{Uid, User};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number, from 1 on.
    pub line: u64,
    /// When it was written, on this machine's clock.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: LogEvent,
    /// The SHA-256 of the line before it, in hex; zeros before the first.
    pub prev: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LogEvent {
    /// A deed is about to be sent.
    Sending(Box<Submitted>),
    /// Something became known of a deed that was sent.
    Known(Box<LoggedOutcome>),
    /// The end of the file was no whole line, as a crash leaves it; it was cut off.
    Repaired {
        /// How many bytes were cut off.
        bytes: u64,
        /// What they were, as far as they are text.
        text: String,
    },
    /// Before the next line was written, the log was found to be another than the head said. This stays: what was taken
    /// away is not made good by what comes after it.
    Damaged {
        /// What was found.
        what: String,
    },
}

/// A deed that is about to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// Who is at the keyboard.
    pub who: Actor,
    /// The server's address.
    pub server: String,
    /// The verb, as `isolate`.
    pub deed: String,
    /// To what.
    pub target: LoggedTarget,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The ticket it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The line of the deed that it takes back, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// The line of the first of the deeds that were done together, if it is a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u64>,
    /// The line of the deed that it is a part of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// Exactly what is sent, one after the other.
    pub requests: Vec<LoggedRequest>,
    /// What the server held before.
    pub before: Value,
    /// What the server is to hold afterwards.
    pub wanted: Value,
}

/// Who did it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The name of the account on this machine.
    pub os_user: Option<String>,
    /// The configured user of the server.
    pub user: Option<String>,
    /// The name of this machine: accounts of other machines have the same names and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

impl Actor {
    /// Who is at the keyboard: the name of the account is what the environment says, or else what the system has for its
    /// number.
    pub fn from_account(name: Option<&str>, user: Option<String>) -> Self {
        let number = Uid::current();
        let known = || User::from_uid(number).ok().flatten().map(|user| user.name);
        let name = name.map(str::to_owned).or_else(known);
        let name = name.unwrap_or_else(|| "unknown".into());
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_string_lossy();
        Self {
            os_user: Some(format!("{name} (uid {number})")),
            user,
            machine: Some(machine.into_owned()).filter(|name| !name.is_empty()),
        }
    }

    /// Whether both are certain to be the same: the same account on the same machine, with the same configured user. Of
    /// what older versions have logged the machine is not known.
    pub fn is_same_actor(&self, other: &Self) -> bool {
        let is_known = self.os_user.is_some() && self.machine.is_some();
        is_known && self == other
    }

    /// The account, with its machine.
    pub fn account(&self) -> Option<String> {
        let account = self.os_user.as_ref()?;
        Some(match &self.machine {
            Some(machine) => format!("{account} on {machine}"),
            None => account.clone(),
        })
    }
}

/// What a deed is done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedTarget {
    /// `sensor` or `hash`.
    pub kind: String,
    /// The server's name for it.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A request that changes the server. It has no header, and so no token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// The verb.
    pub method: String,
    /// The path, from `/api` on.
    pub path: String,
    /// The body; what is secret in it is left out before it becomes text.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// What became known of a deed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedOutcome {
    /// The line on which it is said to be sent.
    pub of: u64,
    /// How far it has got.
    pub stage: LoggedStage,
    /// What the server holds, as it was read back; null where it was not read.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub after: Value,
    /// What is to be said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// How far a deed has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LoggedStage {
    /// The server has taken it; what it is about has yet to follow.
    Accepted,
    /// It was read back, and holds.
    Confirmed,
    /// It was read back, and does not hold.
    NotApplied,
    /// It was read back of several, and holds for some of them only.
    Partly,
    /// Nobody could say in time whether it holds.
    Pending,
    /// The answer was lost, and the state could not be read or does not tell.
    Unknown,
}

impl LoggedStage {
    /// Whether nothing more is to be found out.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::NotApplied | Self::Partly)
    }
}
