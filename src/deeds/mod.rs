//! Changing the server, safely: what a deed will do is known before it, and what it did is read back after it.
//!
//! A [`Deed`] is prepared into a [`Plan`] (the target as it is now, the exact request, effects and warnings), unless it is
//! already so or must not be. A plan is performed once: logged, sent, logged again, and read back past every cache. When
//! the answer is lost, the server's state says what became of it; the request is never sent a second time.

mod guard;
mod isolate;
mod perform;

use crate::api::{Change, Client, Error};
use crate::model::{Sensor, SensorId};
use crate::record::actions::{Stage, Who};

pub use guard::Guard;
pub use perform::{Order, give_up, perform, settle};

/// What can be done to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Cuts a host off from everything but the server.
    Isolate(SensorId),
    /// Ends that.
    Release(SensorId),
}

/// What is known of a deed before it is done.
#[derive(Debug)]
pub enum Prepared {
    /// It can be done.
    Ready(Box<Plan>),
    /// Nothing would change, and nothing is sent.
    AlreadySo(String),
    /// It must not be done, or cannot.
    Refused(Refusal),
}

/// Why a deed is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// In words.
    pub why: String,
    /// What to do about it.
    pub hint: &'static str,
    /// Whether a guard of this program refuses, rather than the host.
    pub is_guard: bool,
}

/// A deed that can be done, with everything that is to be known before.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is to be done.
    pub deed: Deed,
    /// The host as it is now.
    pub sensor: Sensor,
    /// Exactly what is sent.
    pub change: Change,
    /// What it will do, one line each.
    pub effects: Vec<String>,
    /// What speaks against it, one line each.
    pub warnings: Vec<String>,
    /// Why the host is protected, if it is: then its name must be typed.
    pub protection: Option<String>,
}

/// What became of a deed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The line of the action log on which it is said to be sent.
    pub line: u64,
    /// How far it has got.
    pub stage: Stage,
    /// What is to be said of it.
    pub note: String,
    /// Why the server did not take it, or why that is not known.
    pub error: Option<Error>,
}

/// On whose behalf a deed is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grounds {
    /// Who is at the keyboard.
    pub who: Who,
    /// Why.
    pub reason: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
}

impl Deed {
    /// Its verb.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Isolate(_) => "isolate",
            Self::Release(_) => "release",
        }
    }

    /// The sensor that it is done to.
    pub fn sensor(self) -> SensorId {
        match self {
            Self::Isolate(id) | Self::Release(id) => id,
        }
    }

    /// Finds out what it would do, as things are now.
    pub async fn prepare(self, client: &Client, guard: &Guard) -> Result<Prepared, Error> {
        if let Some(refusal) = guard.refuses_all() {
            return Ok(Prepared::Refused(refusal));
        }
        isolate::prepare(self, client, guard).await
    }
}
