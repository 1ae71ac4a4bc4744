//! The changes that can be made to a server, and their targets.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::LoggedStage;
use super::{
    AdminChange, AlertChange, Disposition, FeedChange, Justification, ReportChange, Snapshot, WatchlistChange,
    alert::Coverage, ban, sensor, snapshot,
};
use crate::api::WriteRequest;
use crate::model::{AlertId, FeedId, GroupId, Md5, ReportId, SensorId, WatchlistId};

/// A change of server state that the user requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Isolates a host from the network, except for the server and the exclusions of its group.
    Isolate(SensorId),
    Unisolate(SensorId),
    /// Bans a hash: sensors block files that have it.
    Ban {
        md5: Md5,
        /// The text of the ban; `None` for the reason of the change.
        note: Option<String>,
    },
    /// Disables the ban of a hash, which stays listed.
    Unban(Md5),
    /// Moves a sensor to another group.
    Move {
        sensor: SensorId,
        group: GroupId,
    },
    /// Lets a sensor send all queued events at once, without throttling.
    Flush {
        sensor: SensorId,
        /// Until when, in UTC; the server ends the flush earlier once all events are sent.
        until: Timestamp,
    },
    /// Restarts the service of a sensor at its next check-in.
    Restart(SensorId),
    /// Replaces the notes of a sensor.
    Annotate {
        sensor: SensorId,
        notes: String,
    },
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

/// The target of a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    Sensor(SensorId),
    /// All files that have this hash, on all hosts.
    Hash(Md5),
    Alerts(Arc<[AlertId]>),
    Watchlist(WatchlistId),
    Feed(FeedId),
    Report(ReportId),
    Group(GroupId),
    /// An object that is to be created: its kind and its name.
    New(&'static str, String),
}

impl Target {
    /// Returns the kind of the target, as written to the audit log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sensor(_) => "sensor",
            Self::Hash(_) => "hash",
            Self::Alerts(_) => "alerts",
            Self::Watchlist(_) => "watchlist",
            Self::Feed(_) => "feed",
            Self::Report(_) => "report",
            Self::Group(_) => "group",
            Self::New(kind, _) => kind,
        }
    }

    /// Returns the plural noun of its kind.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Sensor(_) => "hosts",
            Self::Hash(_) => "hashes",
            Self::Alerts(_) => "alerts",
            Self::Watchlist(_) => "watchlists",
            Self::Feed(_) => "feeds",
            Self::Report(_) => "reports",
            Self::Group(_) => "groups",
            Self::New(..) => "new ones",
        }
    }

    /// Returns the server's ID of the target, or the name of an object that is to be created.
    pub fn id(&self) -> String {
        match self {
            Self::Sensor(id) => id.to_string(),
            Self::Hash(md5) => md5.to_string(),
            Self::Alerts(ids) => {
                let ids: Vec<_> = ids.iter().map(|id| id.0.raw()).collect();
                ids.join(",")
            }
            Self::Watchlist(id) => id.to_string(),
            Self::Feed(id) => id.to_string(),
            Self::Report(id) => id.raw(),
            Self::Group(id) => id.to_string(),
            Self::New(_, name) => name.clone(),
        }
    }

    /// Returns the number of objects: several for alerts, otherwise 1.
    pub fn len(&self) -> usize {
        match self {
            Self::Alerts(ids) => ids.len(),
            _ => 1,
        }
    }

    /// Returns whether there is no object, as for an empty list of alerts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Change {
    /// Returns the verb of the change on the screen.
    pub fn label(&self) -> &'static str {
        super::label(self.verb())
    }

    /// Returns the verb of the change in the audit log: a name on disk that must stay as it is.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Isolate(_) => "isolate",
            Self::Unisolate(_) => "release",
            Self::Ban { .. } => "ban",
            Self::Unban(_) => "unban",
            Self::Move { .. } => "move",
            Self::Flush { .. } => "flush",
            Self::Restart(_) => "restart",
            Self::Annotate { .. } => "annotate",
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
            Self::Isolate(_) | Self::Unisolate(_) => "isolation",
            Self::Ban { .. } | Self::Unban(_) => "ban",
            Self::Triage(_) => "status",
            Self::Watch(WatchlistChange::Switch { .. }) | Self::Feed(FeedChange::Switch { .. }) => "switch",
            Self::Ignore(_) => "voice",
            other => other.verb(),
        }
    }

    /// Returns the target of the change.
    pub fn target(&self) -> Target {
        match self {
            Self::Isolate(sensor)
            | Self::Unisolate(sensor)
            | Self::Move { sensor, .. }
            | Self::Flush { sensor, .. }
            | Self::Restart(sensor)
            | Self::Annotate { sensor, .. } => Target::Sensor(*sensor),
            Self::Ban { md5, .. } | Self::Unban(md5) => Target::Hash(*md5),
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
            Self::Isolate(_) | Self::Unisolate(_) | Self::Ban { .. } | Self::Unban(_) => true,
            Self::Move { .. } | Self::Flush { .. } | Self::Restart(_) | Self::Annotate { .. } | Self::Admin(_) => false,
            Self::Triage(change) => change.desired == Disposition::Ignored,
            Self::Watch(change) => change.needs_reason(),
            Self::Feed(change) => change.needs_reason(),
            Self::Ignore(change) => change.is_ignored,
        }
    }

    /// Returns the state that the server should hold afterwards, as written to the audit log.
    pub(super) fn desired(&self, justification: &Justification) -> Value {
        match self {
            Self::Isolate(_) => json!({"is_isolating": true}),
            Self::Unisolate(_) => json!({"is_isolating": false}),
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| justification.note())})
            }
            Self::Unban(_) => json!({"enabled": false}),
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Flush { until, .. } => json!({"event_log_flush_time": until}),
            Self::Restart(_) => json!({"restart_queued": true}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Triage(change) => change.desired(),
            Self::Watch(change) => change.desired(),
            Self::Feed(change) => change.desired(),
            Self::Ignore(change) => change.desired(),
            Self::Admin(change) => change.desired(),
        }
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
            (_, Snapshot::Sensor(sensor)) => sensor::write_requests(self, sensor, release),
            (_, Snapshot::Hash { md5, ban, list }) => {
                ban::write_requests(self, (*md5, ban.as_ref(), *list), justification)
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
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
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
            (_, Snapshot::Sensor(sensor)) => sensor::no_op_reason(self, sensor),
            (_, Snapshot::Hash { ban, .. }) => ban::no_op_reason(self, ban.as_ref()),
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
        match state {
            Snapshot::Sensor(sensor) => {
                let (is_requested, is_applied) = sensor::is_satisfied_by(self, sensor);
                is_requested == Some(true) && is_applied != Some(true)
            }
            _ => false,
        }
    }

    /// Returns why the change is impossible for this target, with a hint.
    pub(super) fn rejection(&self, state: &Snapshot) -> Option<(&'static str, &'static str)> {
        match (self, state) {
            (_, Snapshot::Sensor(sensor)) => sensor::rejection(self, sensor),
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
            (_, Snapshot::Sensor(sensor)) => sensor::is_satisfied_by(self, sensor),
            (_, Snapshot::Hash { ban, .. }) => same(ban::is_satisfied_by(self, ban.as_ref())),
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
            (_, Snapshot::Sensor(sensor)) => {
                let suffix = format!("; the sensor was last seen {}", sensor::last_seen(sensor));
                return (sensor::describe(self, sensor), suffix);
            }
            (_, Snapshot::Hash { ban, .. }) => ban::describe(ban.as_ref()),
            (Self::Triage(change), Snapshot::Alerts(current)) => change.describe(current),
            (Self::Watch(change), Snapshot::Watchlist(current)) => change.describe(current),
            (Self::Feed(change), Snapshot::Feed(current)) => change.describe(current),
            (Self::Ignore(_), Snapshot::Report(current)) => ReportChange::describe(current),
            (Self::Admin(change), Snapshot::Admin(current)) => change.describe(current),
            _ => String::new(),
        };
        (text, String::new())
    }

    /// Returns the change without the alerts that another user changed between `planned` and `current`, and describes
    /// those alerts.
    pub(super) fn without_conflicts(&self, planned: &Snapshot, current: &Snapshot) -> (Self, Vec<String>) {
        match (self, planned, current) {
            (Self::Triage(change), Snapshot::Alerts(planned), Snapshot::Alerts(current)) => {
                let (change, conflicts) = change.without_conflicts(planned, current);
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
