//! The plan of a change: its effects and warnings, known before it is sent.

use super::{
    Change, Justification, LoggedChange, PlanContext, Rejection, Snapshot, assessment::Assessment, role::HostRole,
};
use crate::api::{Error, WriteRequest};

/// The result of planning a change.
#[derive(Clone, Debug)]
pub enum Prepared {
    Ready(Box<Plan>),
    /// The target has the desired state already: nothing is sent.
    NoOp {
        text: String,
        /// Whether the sensor has yet to apply it.
        is_pending: bool,
    },
    /// The policy forbids it, or the target makes it impossible.
    Rejected(Rejection),
}

/// A change that can be applied, with everything to know before.
#[derive(Clone, Debug)]
pub struct Plan {
    pub change: Change,
    pub state: Snapshot,
    pub effects: Vec<String>,
    /// Reasons against it, one line each: neither `--yes` alone nor a single key confirms them.
    pub warnings: Vec<String>,
    /// Facts that are no reasons against it, one line each.
    pub notes: Vec<String>,
    /// Why the host is protected; its name must then be typed.
    pub protection: Option<String>,
    pub(super) role: HostRole,
    /// The audit log line of the change that this one undoes.
    pub(super) undoes: Option<u64>,
    /// The change that this one undoes, which may still be pending.
    pub(super) undone_change: Option<Change>,
    /// The server's version, which decides how some members are written.
    pub(super) release: Option<(u32, u32)>,
}

impl Plan {
    /// Creates the plan of a change that was assessed for a target in this state. `release` is the server's version.
    fn new(change: Change, state: Snapshot, assessment: Assessment, release: Option<(u32, u32)>) -> Self {
        let Assessment { effects, warnings, notes, protection, role } = assessment;
        Self { change, state, effects, warnings, notes, protection, role, undoes: None, undone_change: None, release }
    }

    /// Sets the logged change that this plan undoes.
    #[must_use]
    pub fn with_undone_change(mut self, logged: Option<&LoggedChange>) -> Self {
        self.undoes = logged.map(|logged| logged.line);
        self.undone_change = logged.and_then(LoggedChange::change);
        self
    }

    /// Returns whether a confirmation of `n_changes` changes leaves this one out: a protected host is confirmed alone.
    pub fn is_left_out_of(&self, n_changes: usize) -> bool {
        n_changes > 1 && self.protection.is_some()
    }

    /// Returns the exact requests, in the order in which they are sent.
    pub fn write_requests(&self, justification: &Justification) -> Vec<WriteRequest> {
        self.change.write_requests(&self.state, justification, self.release)
    }

    /// Returns the number of objects that change: of several alerts, those that do not have the desired state yet.
    pub fn count(&self) -> usize {
        match (&self.change, &self.state) {
            (Change::Triage(change), Snapshot::Alerts(current)) => change.n_open(current),
            _ => 1,
        }
    }
}

impl Change {
    /// Reads the target from the server and plans the change.
    pub async fn prepare(self, context: &PlanContext) -> Result<Prepared, Error> {
        if let Some(rejection) = context.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(rejection));
        }
        let state = self.read(&context.client).await?;
        self.plan_from(state, context).await
    }

    /// Plans the change for a target that was read just now.
    pub async fn plan_from(self, state: Snapshot, context: &PlanContext) -> Result<Prepared, Error> {
        if let Some(rejection) = context.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(rejection));
        }
        if let Some(reason) = self.no_op_reason(&state) {
            return Ok(Prepared::NoOp {
                text: format!("{} {reason}", state.name()),
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
        let assessment = match (&self, &state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => change.assess(current, context).await?,
            (Self::Ban(change), Snapshot::Hash { ban, .. }) => Ok(change.assess(ban.as_ref(), context).await),
            (Self::Triage(change), Snapshot::Alerts(current)) => Ok(change.assess(current, context)),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.assess(current, context),
            (Self::Feed(change), Snapshot::Feed(current)) => Ok(change.assess(current, context).await),
            (Self::Ignore(change), Snapshot::Report(current)) => Ok(change.assess(current)),
            (Self::Admin(change), Snapshot::Admin(current)) => change.assess(current),
            // `Change::read` returns the kind that belongs to the change.
            _ => return Err(Error::Internal),
        };
        Ok(match assessment {
            Ok(assessment) => Prepared::Ready(Box::new(Plan::new(self, state, assessment, context.client.release()))),
            Err(rejection) => Prepared::Rejected(rejection),
        })
    }
}
