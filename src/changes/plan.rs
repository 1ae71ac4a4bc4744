//! What is known of a deed before it is done.

use super::{Change, Justification, PlanContext, Snapshot, ban, role::HostRole, sensor};
use crate::api::{Error, WriteRequest};

/// What is known of a deed before it is done.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// It can be done.
    Ready(Box<Plan>),
    /// Nothing would change, and nothing is sent.
    NoOp {
        /// What is so already, in words.
        said: String,
        /// Whether it is only asked for, and the sensor has yet to do it.
        is_pending: bool,
    },
    /// It must not be done, or cannot.
    Rejected(Rejection),
}

/// Why a deed is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Rejection {
    /// In words.
    pub why: String,
    /// What to do about it.
    pub hint: &'static str,
    /// Whether a guard of this program refuses, rather than the target.
    pub is_policy: bool,
}

/// A deed that can be done, with everything that is to be known before.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is to be done.
    pub change: Change,
    /// The target as it is now.
    pub state: Snapshot,
    /// What it will do, one line each.
    pub effects: Vec<String>,
    /// What speaks against it, one line each: `--yes` alone does not pass them, nor does one key.
    pub warnings: Vec<String>,
    /// What is to be known of it and speaks against nothing, one line each.
    pub notes: Vec<String>,
    /// Why the host is protected, if it is: then its name must be typed.
    pub protection: Option<String>,
    /// The role of the host, where it was read.
    pub(super) role: HostRole,
    /// The line of the deed that it takes back, if it does.
    pub(super) undoes: Option<u64>,
    /// The server's release, on which depends how some things are written.
    pub(super) release: Option<(u32, u32)>,
}

impl Plan {
    /// What can be done to a target as it is now. Nothing is said of it yet, and nothing protects it.
    pub(super) fn new(deed: Change, state: Snapshot, estate: &PlanContext) -> Self {
        Self {
            change: deed,
            state,
            effects: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            protection: None,
            role: HostRole::NotRead,
            undoes: None,
            release: estate.client.release(),
        }
    }

    /// The same as what takes back the deed of a line of the log, if it does.
    #[must_use]
    pub fn with_undone_line(mut self, line: Option<u64>) -> Self {
        self.undoes = line;
        self
    }

    /// Exactly what is sent, on these grounds, one after the other.
    pub fn write_requests(&self, grounds: &Justification) -> Vec<WriteRequest> {
        self.change.write_requests(&self.state, grounds, self.release)
    }

    /// How many things it changes: of several alerts, those that are not so already.
    pub fn count(&self) -> usize {
        match (&self.change, &self.state) {
            (Change::Triage(triage), Snapshot::Alerts(now)) => triage.n_open(now),
            _ => 1,
        }
    }
}

impl Change {
    /// Finds out what it would do, as things are now.
    pub async fn prepare(self, estate: &PlanContext) -> Result<Prepared, Error> {
        if let Some(refusal) = estate.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(refusal));
        }
        let state = Snapshot::read(&self, &estate.client).await?;
        self.plan_from(state, estate).await
    }

    /// Finds out what it would do to a target that was read just now.
    pub async fn plan_from(self, state: Snapshot, estate: &PlanContext) -> Result<Prepared, Error> {
        if let Some(refusal) = estate.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(refusal));
        }
        if let Some(done) = self.no_op_reason(&state) {
            return Ok(Prepared::NoOp {
                said: format!("{} {done}", state.name()),
                is_pending: self.is_pending(&state),
            });
        }
        if let Some((why, hint)) = self.rejection(&state) {
            return Ok(Prepared::Rejected(Rejection {
                why: format!("{} {why}", state.name()),
                hint,
                is_policy: false,
            }));
        }
        match (self, state) {
            (deed, Snapshot::Sensor(known)) => sensor::prepare(deed, *known, estate).await,
            (deed, Snapshot::Hash { md5, ban, list }) => ban::prepare(deed, (md5, ban, list), estate).await,
            (Self::Triage(triage), Snapshot::Alerts(now)) => Ok(triage.prepare(now, estate)),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => Ok(watching.prepare(*now, estate)),
            (Self::Feed(feeding), Snapshot::Feed(now)) => Ok(feeding.prepare(*now, estate).await),
            (Self::Ignore(ignoring), Snapshot::Report(now)) => Ok(ignoring.prepare(*now, estate)),
            (Self::Admin(admin), Snapshot::Admin(now)) => Ok(admin.prepare(*now, estate)),
            // What is read for a deed is what it is about.
            _ => Err(Error::Internal),
        }
    }
}
