//! Changes, each with the state of its target.

use std::sync::Arc;

use serde_json::Value;

use super::{Change, dispatch};
use crate::api::{Client, Error, WriteReply, WriteRequest};
use crate::audit::LoggedStage;
use crate::changes::{
    AdminChange, AdminSnapshot, AlertChange, AlertSnapshot, BanChange, BanSnapshot, FeedChange, FeedSnapshot,
    HostChange, HostSnapshot, PlanContext, Rejection, ReportChange, ReportSnapshot, SensorChange, WatchlistChange,
    WatchlistSnapshot,
    assessment::Assessment,
    operation::{Operation, WriteContext},
    snapshot::{Snapshot, changed_members},
};
use crate::model::Sensor;
use crate::text::{self, Untrusted};

/// A change of one family, with the state of its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<C, S> {
    pub change: C,
    /// The state that was read from the server for this change.
    pub state: S,
}

/// A change with the state of its target, which was read from the server for it.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeReading {
    Sensor(Arc<Reading<SensorChange, Sensor>>),
    Ban(Arc<Reading<BanChange, BanSnapshot>>),
    Triage(Arc<Reading<AlertChange, AlertSnapshot>>),
    Watch(Arc<Reading<WatchlistChange, WatchlistSnapshot>>),
    Feed(Arc<Reading<FeedChange, FeedSnapshot>>),
    Ignore(Arc<Reading<ReportChange, ReportSnapshot>>),
    Admin(Arc<Reading<AdminChange, AdminSnapshot>>),
    Host(Arc<Reading<HostChange, HostSnapshot>>),
}

/// A target that was read again right before its change is sent.
pub(in crate::changes) struct Reread {
    /// The planned change, with the state as it is now.
    pub(in crate::changes) current: ChangeReading,
    /// The change without the objects that changed since it was planned.
    pub(in crate::changes) sendable: ChangeReading,
    /// Describes what was left out, and why.
    pub(in crate::changes) skipped: Vec<String>,
}

impl ChangeReading {
    /// Returns the change.
    pub fn change(&self) -> Change {
        dispatch!(Self => Change, self, (reading, wrap) => wrap(reading.change.clone()))
    }

    /// Returns the name of the target, as the server sent it.
    pub fn target_name(&self) -> Untrusted {
        dispatch!(Self, self, reading => reading.state.target_name())
    }

    /// Returns the name of the target, safe to display; its kind and ID if it has no name.
    pub fn name(&self) -> String {
        let name = text::make_visible(&self.target_name());
        if !name.trim().is_empty() {
            return name;
        }
        let target = self.change().target();
        format!("{} {}", target.kind(), text::make_visible(&target.id().into()))
    }

    /// Returns the state as JSON for the audit log.
    pub(in crate::changes) fn snapshot_json(&self) -> Value {
        dispatch!(Self, self, reading => reading.state.snapshot_json())
    }

    /// Returns the exact requests, in the order in which they are sent.
    pub(in crate::changes) fn write_requests(&self, context: &WriteContext<'_>) -> Vec<WriteRequest> {
        dispatch!(Self, self, reading => reading.change.write_requests(&reading.state, context))
    }

    /// Sends one of the requests; `previous` is the reply to the one before it.
    pub(in crate::changes) async fn send(
        &self,
        request: &WriteRequest,
        previous: Option<&WriteReply>,
        client: &Client,
    ) -> Result<WriteReply, Error> {
        dispatch!(Self, self, reading => reading.change.send(&reading.state, request, previous, client).await)
    }

    /// Closes what was opened to read the state, once it is not used any more.
    pub(in crate::changes) async fn release(&self, client: &Client) {
        dispatch!(Self, self, reading => reading.change.release(&reading.state, client).await);
    }

    /// Reads the target again, past every cache. `undone` is the change that this one undoes, which may still be pending.
    pub(in crate::changes) async fn read_again(
        &self,
        undone: Option<&Change>,
        client: &Client,
    ) -> Result<Reread, Error> {
        dispatch!(Self => Self, self, (planned, wrap) => {
            let Reading { change, state } = &**planned;
            let current = change.read(client).await?;
            let undone = undone.and_then(Change::as_family);
            let (reduced, skipped) = change.without_conflicts(state, &current, undone);
            let sendable = Reading { change: reduced, state: current.clone() };
            let current = Reading { change: change.clone(), state: current };
            Ok(Reread { current: wrap(Arc::new(current)), sendable: wrap(Arc::new(sendable)), skipped })
        })
    }

    /// Returns the changes that follow once the server has accepted this one, with the state that was read for it.
    pub(in crate::changes) fn follow_ups(&self) -> Vec<Self> {
        dispatch!(Self => Self, self, (reading, wrap) => {
            let follow_ups = reading.change.follow_ups(&reading.state).into_iter();
            follow_ups.map(|change| wrap(Arc::new(Reading { change, state: reading.state.clone() }))).collect()
        })
    }

    /// Returns why the change would have no effect; `None` if it would have one.
    pub(in crate::changes) fn no_op_reason(&self) -> Option<String> {
        dispatch!(Self, self, reading => reading.change.no_op_reason(&reading.state))
    }

    /// Returns whether the server has recorded the change, but the target has yet to apply it.
    pub(in crate::changes) fn is_pending(&self) -> bool {
        dispatch!(Self, self, reading => reading.change.is_pending(&reading.state))
    }

    /// Returns what cannot be restored afterwards.
    pub(in crate::changes) fn loss(&self) -> Option<&'static str> {
        dispatch!(Self, self, reading => reading.change.loss())
    }

    /// Returns why the change is impossible for this target, with a hint.
    pub(in crate::changes) fn rejection(&self) -> Option<(&'static str, &'static str)> {
        dispatch!(Self, self, reading => reading.change.rejection(&reading.state))
    }

    /// Returns the stage of the change, as far as the state shows it.
    pub(in crate::changes) fn stage(&self) -> LoggedStage {
        dispatch!(Self, self, reading => reading.change.stage(&reading.state))
    }

    /// Describes the state, as far as the change is about it.
    pub(in crate::changes) fn describe(&self) -> String {
        dispatch!(Self, self, reading => reading.change.describe(&reading.state))
    }

    /// Returns what to add to the description while the target has yet to apply the change.
    pub(in crate::changes) fn describe_wait(&self) -> String {
        dispatch!(Self, self, reading => reading.change.describe_wait(&reading.state))
    }

    /// Returns the number of objects that change.
    pub(in crate::changes) fn n_changed(&self) -> usize {
        dispatch!(Self, self, reading => reading.change.n_changed(&reading.state))
    }

    /// Finds out what the change does to its target, and what speaks against it.
    pub(in crate::changes) async fn assess(
        &self,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        dispatch!(Self, self, reading => reading.change.assess(&reading.state, context).await)
    }

    /// Describes what another user has changed between this planned reading and the `current` one, of the members that
    /// the change replaces.
    pub(in crate::changes) fn conflict(&self, current: &Self) -> Option<String> {
        let written = dispatch!(Self, self, reading => reading.change.replaced_members())?;
        let changed = changed_members(&written, &self.snapshot_json(), &current.snapshot_json());
        Some(format!("was changed meanwhile: {}", changed.first()?))
    }

    /// Describes what others have changed since a logged change that this one undoes: `undone` if it can be read,
    /// `desired` as logged without what the server holds, and `after` the state then.
    pub(in crate::changes) fn changed_since(
        &self,
        undone: Option<&Change>,
        desired: &Value,
        after: &Value,
    ) -> Vec<String> {
        dispatch!(Self, self, reading => {
            let undone = undone.and_then(Change::as_family);
            reading.change.changed_since(undone, desired, after, &reading.state)
        })
    }
}
