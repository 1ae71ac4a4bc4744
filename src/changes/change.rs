//! The changes that can be made to a server.

use std::sync::Arc;

use serde_json::Value;

use super::{
    AdminChange, AlertChange, AlertSnapshot, BanChange, Disposition, FeedChange, Justification, LoggedStage,
    ReportChange, SensorChange, Snapshot, Target, WatchlistChange, alert::Coverage, sensor, snapshot,
};
use crate::api::{Client, Error, WriteRequest};

/// A change of server state that the user requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Isolates, moves, flushes or restarts a sensor, or replaces its notes.
    Sensor(SensorChange),
    /// Bans or unbans a hash.
    Ban(BanChange),
    /// Sets the status or the owner of alerts, or ignores their reports.
    Triage(AlertChange),
    /// Creates, edits or deletes a watchlist.
    Watch(WatchlistChange),
    /// Adds, enables, disables, synchronizes or deletes a feed.
    Feed(FeedChange),
    /// Ignores a threat report, or lets it raise alerts again.
    Ignore(ReportChange),
    /// Creates or edits a sensor group, or creates a user or a team.
    Admin(AdminChange),
}

impl Change {
    /// Returns the verb of the change on the screen.
    pub fn label(&self) -> &'static str {
        super::label(self.verb())
    }

    /// Returns the verb of the change in the audit log: a name on disk that must stay as it is.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Sensor(change) => change.verb(),
            Self::Ban(change) => change.verb(),
            Self::Triage(change) => change.verb(),
            Self::Watch(change) => change.verb(),
            Self::Feed(change) => change.verb(),
            Self::Ignore(change) => change.verb(),
            Self::Admin(change) => change.verb(),
        }
    }

    /// Returns the property of the target that the change sets: of two changes with one aspect, the later counts.
    pub(super) fn aspect(&self) -> &'static str {
        match self {
            Self::Sensor(SensorChange::Isolate(_) | SensorChange::Unisolate(_)) => "isolation",
            Self::Ban(_) => "ban",
            Self::Triage(_) => "status",
            Self::Watch(WatchlistChange::Switch { .. }) | Self::Feed(FeedChange::Switch { .. }) => "switch",
            Self::Ignore(_) => "voice",
            other => other.verb(),
        }
    }

    /// Returns the target of the change.
    pub fn target(&self) -> Target {
        match self {
            Self::Sensor(change) => change.target(),
            Self::Ban(change) => change.target(),
            Self::Triage(change) => Target::Alerts(change.alerts.clone()),
            Self::Watch(change) => change.target(),
            Self::Feed(change) => change.target(),
            Self::Ignore(change) => change.target(),
            Self::Admin(change) => change.target(),
        }
    }

    /// Returns whether the server applies the change asynchronously, as it does for alerts: a missing effect may appear
    /// later.
    pub fn is_eventual(&self) -> bool {
        matches!(self, Self::Triage(_))
    }

    /// Returns whether more requests follow once the server has answered.
    pub(super) fn has_follow_ups(&self) -> bool {
        matches!(self, Self::Watch(WatchlistChange::Create(new)) if !new.actions.is_empty())
    }

    /// Returns whether the server keeps no evidence of the change, so that its answer is the only proof.
    pub(super) fn is_unverifiable(&self) -> bool {
        matches!(self, Self::Feed(FeedChange::Synchronize(_)))
    }

    /// Returns whether a reason is required: the change removes a protection or isolates a host.
    pub fn needs_reason(&self) -> bool {
        match self {
            Self::Sensor(change) => change.needs_reason(),
            Self::Ban(_) => true,
            Self::Admin(_) => false,
            Self::Triage(change) => change.desired == Disposition::Ignored,
            Self::Watch(change) => change.needs_reason(),
            Self::Feed(change) => change.needs_reason(),
            Self::Ignore(change) => change.is_ignored,
        }
    }

    /// Returns the state that the server should hold afterwards, as written to the audit log.
    pub(super) fn desired(&self, justification: &Justification) -> Value {
        match self {
            Self::Sensor(change) => change.desired(),
            Self::Ban(change) => change.desired(justification),
            Self::Triage(change) => change.desired(),
            Self::Watch(change) => change.desired(),
            Self::Feed(change) => change.desired(),
            Self::Ignore(change) => change.desired(),
            Self::Admin(change) => change.desired(),
        }
    }

    /// Reads the target from the server, past every cache.
    pub async fn read(&self, client: &Client) -> Result<Snapshot, Error> {
        Ok(match self {
            Self::Sensor(change) => Snapshot::Sensor(Box::new(client.sensor(change.sensor()).await?)),
            Self::Ban(change) => {
                let md5 = change.md5();
                Snapshot::Hash { md5, ban: client.ban(md5).await?, list: client.ban_list() }
            }
            Self::Triage(change) => Snapshot::Alerts(Arc::new(AlertSnapshot::read(&change.alerts, client).await?)),
            Self::Watch(change) => Snapshot::Watchlist(Box::new(change.read(client).await?)),
            Self::Feed(change) => Snapshot::Feed(Box::new(change.read(client).await?)),
            Self::Ignore(change) => Snapshot::Report(Box::new(change.read(client).await?)),
            Self::Admin(change) => Snapshot::Admin(Box::new(change.read(client).await?)),
        })
    }

    /// Returns the exact requests, in the order in which they are sent, for a target in this state. `release` is the
    /// server's version.
    pub(super) fn write_requests(
        &self,
        state: &Snapshot,
        justification: &Justification,
        release: Option<(u32, u32)>,
    ) -> Vec<WriteRequest> {
        match (self, state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => change.write_requests(current, release),
            (Self::Ban(change), Snapshot::Hash { ban, list, .. }) => {
                change.write_requests(ban.as_ref(), *list, justification)
            }
            (Self::Triage(change), Snapshot::Alerts(current)) => change.write_requests(current),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.write_requests(current),
            (Self::Feed(change), Snapshot::Feed(current)) => change.write_requests(current),
            (Self::Ignore(change), Snapshot::Report(current)) => change.write_requests(current),
            (Self::Admin(change), Snapshot::Admin(current)) => change.write_requests(current),
            _ => Vec::new(),
        }
    }

    /// Returns the changes that follow once the server has accepted this one and holds `state`.
    pub(super) fn follow_ups(&self, state: &Snapshot) -> Vec<Self> {
        match (self, state) {
            (Self::Watch(change), Snapshot::Watchlist(current)) => {
                change.follow_ups(current).into_iter().map(Self::Watch).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Describes what another user has changed, between `planned` and `current`, of the members that this change would
    /// overwrite.
    pub(super) fn conflict(&self, planned: &Snapshot, current: &Snapshot) -> Option<String> {
        let written = match self {
            Self::Sensor(change @ (SensorChange::Move { .. } | SensorChange::Annotate { .. })) => change.desired(),
            Self::Watch(change @ WatchlistChange::Edit { .. }) => change.desired(),
            Self::Admin(change @ AdminChange::EditGroup { .. }) => change.desired(),
            _ => return None,
        };
        let changed = snapshot::changed_members(&written, &planned.snapshot_json(), &current.snapshot_json());
        let changed = changed.first()?;
        Some(format!("was changed meanwhile: {changed}"))
    }

    /// Returns why the change would have no effect on a target in this state; `None` if it would have one.
    pub(super) fn no_op_reason(&self, state: &Snapshot) -> Option<String> {
        match (self, state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => change.no_op_reason(current),
            (Self::Ban(change), Snapshot::Hash { ban, .. }) => change.no_op_reason(ban.as_ref()),
            (Self::Triage(change), Snapshot::Alerts(current)) => change.no_op_reason(current),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.no_op_reason(current),
            (Self::Feed(change), Snapshot::Feed(current)) => change.no_op_reason(current),
            (Self::Ignore(change), Snapshot::Report(current)) => change.no_op_reason(current),
            (Self::Admin(change), Snapshot::Admin(current)) => change.no_op_reason(current),
            _ => None,
        }
    }

    /// Returns whether the server has recorded the change, but the sensor has yet to apply it.
    pub(super) fn is_pending(&self, state: &Snapshot) -> bool {
        match (self, state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => {
                let (is_requested, is_applied) = change.is_satisfied_by(current);
                is_requested == Some(true) && is_applied != Some(true)
            }
            _ => false,
        }
    }

    /// Returns why the change is impossible for this target, with a hint.
    pub(super) fn rejection(&self, state: &Snapshot) -> Option<(&'static str, &'static str)> {
        match (self, state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => change.rejection(current),
            (Self::Triage(change), Snapshot::Alerts(current)) => change.rejection(current),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.rejection(current),
            (Self::Feed(change), Snapshot::Feed(current)) => change.rejection(current),
            (Self::Ignore(_), Snapshot::Report(current)) => ReportChange::rejection(current),
            (Self::Admin(change), Snapshot::Admin(current)) => change.rejection(current),
            _ => None,
        }
    }

    /// Returns the stage of the change, as far as the server's `state` shows it.
    pub(super) fn stage(&self, state: &Snapshot) -> LoggedStage {
        let same = |is_satisfied: Option<bool>| (is_satisfied, is_satisfied);
        let (is_requested, is_applied) = match (self, state) {
            (Self::Triage(change), Snapshot::Alerts(current)) => return coverage_stage(change.coverage(current)),
            (Self::Watch(change), Snapshot::Watchlist(current)) if change.is_partly_satisfied_by(current) => {
                return LoggedStage::Partly;
            }
            (Self::Sensor(change), Snapshot::Sensor(current)) => change.is_satisfied_by(current),
            (Self::Ban(change), Snapshot::Hash { ban, .. }) => same(change.is_satisfied_by(ban.as_ref())),
            (Self::Watch(change), Snapshot::Watchlist(current)) => same(change.is_satisfied_by(current)),
            (Self::Feed(change), Snapshot::Feed(current)) => same(change.is_satisfied_by(current)),
            (Self::Ignore(change), Snapshot::Report(current)) => same(change.is_satisfied_by(current)),
            (Self::Admin(change), Snapshot::Admin(current)) => same(change.is_satisfied_by(current)),
            _ => same(None),
        };
        match (is_requested, is_applied) {
            (Some(true), Some(true)) => LoggedStage::Confirmed,
            (Some(true), _) => LoggedStage::Accepted,
            (Some(false), _) => LoggedStage::NotApplied,
            (None, _) => LoggedStage::Unknown,
        }
    }

    /// Describes the server's `state`, with a suffix for a change that is not applied yet.
    pub(super) fn describe(&self, state: &Snapshot) -> (String, String) {
        let text = match (self, state) {
            (Self::Sensor(change), Snapshot::Sensor(current)) => {
                let suffix = format!("; the sensor was last seen {}", sensor::last_seen(current));
                return (change.describe(current), suffix);
            }
            (Self::Ban(_), Snapshot::Hash { ban, .. }) => BanChange::describe(ban.as_ref()),
            (Self::Triage(change), Snapshot::Alerts(current)) => change.describe(current),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.describe(current),
            (Self::Feed(change), Snapshot::Feed(current)) => change.describe(current),
            (Self::Ignore(_), Snapshot::Report(current)) => ReportChange::describe(current),
            (Self::Admin(change), Snapshot::Admin(current)) => change.describe(current),
            _ => String::new(),
        };
        (text, String::new())
    }

    /// Returns the change without the alerts that changed between `planned` and `current`, and describes those alerts:
    /// another user changed them, or the `undone` change, if it was still pending.
    pub(super) fn without_conflicts(
        &self,
        planned: &Snapshot,
        current: &Snapshot,
        undone: Option<&Self>,
    ) -> (Self, Vec<String>) {
        match (self, planned, current) {
            (Self::Triage(change), Snapshot::Alerts(planned), Snapshot::Alerts(current)) => {
                let undone = undone.and_then(|undone| match undone {
                    Self::Triage(undone) => Some(undone),
                    _ => None,
                });
                let (change, conflicts) = change.without_conflicts(planned, current, undone);
                (Self::Triage(change), conflicts)
            }
            _ => (self.clone(), Vec::new()),
        }
    }
}

fn coverage_stage(coverage: Coverage) -> LoggedStage {
    match coverage {
        Coverage::All => LoggedStage::Confirmed,
        Coverage::Some => LoggedStage::Partly,
        Coverage::None => LoggedStage::NotApplied,
    }
}
