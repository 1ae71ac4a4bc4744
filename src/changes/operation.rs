//! What every kind of change says about itself: each family implements it, and `Change` dispatches to the families.

use serde_json::Value;

use super::{Aspect, Justification, PlanContext, Rejection, Target, assessment::Assessment, snapshot::Snapshot};
use crate::api::{Client, Error, WriteReply, WriteRequest};
use crate::audit::LoggedStage;

/// A change of one family, with the state of its target that it is planned from and verified by.
pub(super) trait Operation: Clone + 'static {
    /// The state of a target on the server.
    type State: Snapshot;

    /// Returns the verb of the change in the audit log: a name on disk that must stay as it is.
    fn verb(&self) -> &'static str;

    /// Returns the property of the target that the change sets.
    fn aspect(&self) -> Aspect;

    fn target(&self) -> Target;

    /// Returns whether a reason is required: the change removes a protection or isolates a host.
    fn needs_reason(&self) -> bool;

    /// Returns the state that the server should hold afterwards, as written to the audit log.
    fn desired(&self, justification: &Justification) -> Value;

    /// Reads the target from the server, past every cache.
    async fn read(&self, client: &Client) -> Result<Self::State, Error>;

    /// Returns the exact requests, in the order in which they are sent, for a target in this state.
    fn write_requests(&self, state: &Self::State, context: &WriteContext<'_>) -> Vec<WriteRequest>;

    /// Sends one of the requests; `previous` is the reply to the one before it.
    async fn send(
        &self,
        _state: &Self::State,
        request: &WriteRequest,
        _previous: Option<&WriteReply>,
        client: &Client,
    ) -> Result<WriteReply, Error> {
        client.send_write(request).await
    }

    /// Closes what was opened to read a `state`, once it is not used any more.
    async fn release(&self, _state: &Self::State, _client: &Client) {}

    /// Returns where the state is, for messages.
    fn place(&self) -> &'static str {
        "server"
    }

    /// Returns whether the target may be read again later, without a user who asks for it.
    fn is_read_unasked(&self) -> bool {
        true
    }

    /// Returns the stage of the change, as far as the server's `state` shows it.
    fn stage(&self, state: &Self::State) -> LoggedStage;

    /// Returns why the change would have no effect on a target in this state; `None` if it would have one.
    fn no_op_reason(&self, state: &Self::State) -> Option<String>;

    /// Describes the server's `state`, as far as the change is about it.
    fn describe(&self, state: &Self::State) -> String;

    /// Finds out what the change does to its target, and what speaks against it.
    async fn assess(&self, state: &Self::State, context: &PlanContext) -> Result<Result<Assessment, Rejection>, Error>;

    /// Returns the change that undoes this one, by the logged states `before` and `after` it, or why there is none.
    fn inverse(&self, before: &Value, after: &Value) -> Result<Self, &'static str>;

    /// Returns why nothing restores the state before, for [`describe_loss`]; `None` if an undo does.
    /// Such a change is confirmed alone and by the name of its target.
    fn loss(&self) -> Option<&'static str> {
        None
    }

    /// Returns why the change is impossible for this target, with a hint.
    fn rejection(&self, _state: &Self::State) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Returns the members that the change replaces: another user's later value must not be lost.
    fn replaced_members(&self) -> Option<Value> {
        None
    }

    /// Returns whether the server has recorded the change, but the target has yet to apply it.
    fn is_pending(&self, _state: &Self::State) -> bool {
        false
    }

    /// Returns what to add to the description while the target has yet to apply the change.
    fn describe_wait(&self, _state: &Self::State) -> String {
        String::new()
    }

    /// Returns the number of objects that change.
    fn n_changed(&self, _state: &Self::State) -> usize {
        1
    }

    /// Returns whether the server applies the change asynchronously, as it does for alerts: a missing effect may appear
    /// later.
    fn is_eventual(&self) -> bool {
        false
    }

    /// Returns whether the server keeps no evidence of the change, so that its answer is the only proof.
    fn is_unverifiable(&self) -> bool {
        false
    }

    /// Returns whether more requests follow once the server has answered.
    fn has_follow_ups(&self) -> bool {
        false
    }

    /// Returns the changes that follow once the server has accepted this one and holds `state`.
    fn follow_ups(&self, _state: &Self::State) -> Vec<Self> {
        Vec::new()
    }

    /// Returns the change without the objects that changed between `planned` and `current`, and describes those: another
    /// user changed them, or the `undone` change, if it was still pending.
    fn without_conflicts(
        &self,
        _planned: &Self::State,
        _current: &Self::State,
        _undone: Option<&Self>,
    ) -> (Self, Vec<String>) {
        (self.clone(), Vec::new())
    }

    /// Describes what others have changed since a logged change that this one undoes: `undone` if it can be read, `desired`
    /// as logged without what the server holds, `after` the state then, and the `current` one.
    fn changed_since(
        &self,
        _undone: Option<&Self>,
        desired: &Value,
        after: &Value,
        current: &Self::State,
    ) -> Vec<String> {
        super::snapshot::changed_members(desired, after, &current.snapshot_json())
    }
}

/// What requests depend on besides the change and its target.
#[derive(Clone, Copy, Debug)]
pub(super) struct WriteContext<'a> {
    pub(super) justification: &'a Justification,
    /// The server's version, which decides how some members are written.
    pub(super) release: Option<(u32, u32)>,
}

/// Returns the sentence that says why nothing restores the state before a change.
pub(super) fn describe_loss(why: &str) -> String {
    format!("This cannot be undone: {why}")
}

/// Why a change is not undone whose state before is not in the log.
pub(super) const NOTHING_LOGGED: &str = "the audit log does not have the state before it";

/// Why a change is not undone that created an object whose ID is not in the log.
pub(super) const ID_UNKNOWN: &str = "the audit log does not have the ID of what was created";

/// Returns the stage of a change that takes effect at once; `None` if the server does not say whether it has.
pub(super) fn immediate_stage(is_satisfied: Option<bool>) -> LoggedStage {
    match is_satisfied {
        Some(true) => LoggedStage::Confirmed,
        Some(false) => LoggedStage::NotApplied,
        None => LoggedStage::Unknown,
    }
}
