//! What can be done to a server, and to what.

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

/// What can be done to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Cuts a host off from everything but the server.
    Isolate(SensorId),
    /// Ends that.
    Unisolate(SensorId),
    /// Lets sensors stop what has this hash.
    Ban {
        /// The hash.
        md5: Md5,
        /// What the ban says; the reason, unless it said something before.
        note: Option<String>,
    },
    /// Ends that; the ban stays listed.
    Unban(Md5),
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
    /// Says how far somebody has looked at alerts.
    Triage(AlertChange),
    /// Makes, changes or takes away a watchlist.
    Watch(WatchlistChange),
    /// Adds, changes or takes away a feed.
    Feed(FeedChange),
    /// Lets a threat report raise alerts, or no longer.
    Ignore(ReportChange),
    /// Makes or changes a sensor group, a user or a team.
    Admin(AdminChange),
}

/// To what something is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The sensor of a host.
    Sensor(SensorId),
    /// What has this hash, on all hosts.
    Hash(Md5),
    /// Alerts.
    Alerts(Arc<[AlertId]>),
    /// A watchlist.
    Watchlist(WatchlistId),
    /// A feed.
    Feed(FeedId),
    /// A threat report.
    Report(ReportId),
    /// A sensor group.
    Group(GroupId),
    /// What is to be made, so that it has but a kind and a name.
    New(&'static str, String),
}

impl Target {
    /// Its kind, as the log has it.
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

    /// What several of it are called.
    pub fn plural_noun(&self) -> &'static str {
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

    /// The server's name for it, or its own where the server has none yet.
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

    /// How many things it is.
    pub fn len(&self) -> usize {
        match self {
            Self::Alerts(ids) => ids.len(),
            _ => 1,
        }
    }

    /// Whether it is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Change {
    /// Returns what it is called on the screen.
    pub fn label(&self) -> &'static str {
        super::label(self.verb())
    }

    /// Returns its name in the log.
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
            Self::Triage(triage) => triage.verb(),
            Self::Watch(watching) => watching.verb(),
            Self::Feed(feeding) => feeding.verb(),
            Self::Ignore(ignoring) => ignoring.verb(),
            Self::Admin(admin) => admin.verb(),
        }
    }

    /// What it decides of its target: of two deeds on one matter, the later counts.
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

    /// To what it is done.
    pub fn target(&self) -> Target {
        match self {
            Self::Isolate(sensor)
            | Self::Unisolate(sensor)
            | Self::Move { sensor, .. }
            | Self::Flush { sensor, .. }
            | Self::Restart(sensor)
            | Self::Annotate { sensor, .. } => Target::Sensor(*sensor),
            Self::Ban { md5, .. } | Self::Unban(md5) => Target::Hash(*md5),
            Self::Triage(triage) => Target::Alerts(triage.alerts.clone()),
            Self::Watch(watching) => watching.target(),
            Self::Feed(feeding) => feeding.target(),
            Self::Ignore(ignoring) => ignoring.target(),
            Self::Admin(admin) => admin.target(),
        }
    }

    /// Whether it is about alerts: the server carries that out late, so that it is waited for what does not show yet.
    pub fn is_eventual(&self) -> bool {
        matches!(self, Self::Triage(_))
    }

    /// Whether more is sent once the server has answered.
    pub(super) fn has_follow_ups(&self) -> bool {
        matches!(self, Self::Watch(WatchlistChange::Create(new)) if !new.actions.is_empty())
    }

    /// Whether the server keeps nothing that would show it, so that its answer is all there is.
    pub(super) fn is_unverifiable(&self) -> bool {
        matches!(self, Self::Feed(FeedChange::Synchronize(_)))
    }

    /// Whether somebody must say why: where a protection is taken away or a host is cut off.
    pub fn needs_reason(&self) -> bool {
        match self {
            Self::Isolate(_) | Self::Unisolate(_) | Self::Ban { .. } | Self::Unban(_) => true,
            Self::Move { .. } | Self::Flush { .. } | Self::Restart(_) | Self::Annotate { .. } | Self::Admin(_) => false,
            Self::Triage(triage) => triage.desired == Disposition::Ignored,
            Self::Watch(watching) => watching.needs_reason(),
            Self::Feed(feeding) => feeding.needs_reason(),
            Self::Ignore(ignoring) => ignoring.is_ignored,
        }
    }

    /// What the log says that the server is to hold afterwards.
    pub(super) fn desired(&self, grounds: &Justification) -> Value {
        match self {
            Self::Isolate(_) => json!({"is_isolating": true}),
            Self::Unisolate(_) => json!({"is_isolating": false}),
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| grounds.note())})
            }
            Self::Unban(_) => json!({"enabled": false}),
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Flush { until, .. } => json!({"event_log_flush_time": until}),
            Self::Restart(_) => json!({"restart_queued": true}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Triage(triage) => triage.desired(),
            Self::Watch(watching) => watching.desired(),
            Self::Feed(feeding) => feeding.desired(),
            Self::Ignore(ignoring) => ignoring.desired(),
            Self::Admin(admin) => admin.desired(),
        }
    }

    /// Exactly what is sent, one after the other, as things are now.
    pub(super) fn write_requests(
        &self,
        state: &Snapshot,
        grounds: &Justification,
        release: Option<(u32, u32)>,
    ) -> Vec<WriteRequest> {
        match (self, state) {
            (_, Snapshot::Sensor(known)) => sensor::write_requests(self, known, release),
            (_, Snapshot::Hash { md5, ban, list }) => ban::write_requests(self, (*md5, ban.as_ref(), *list), grounds),
            (Self::Triage(triage), Snapshot::Alerts(now)) => triage.write_requests(now),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => watching.write_requests(now),
            (Self::Feed(feeding), Snapshot::Feed(now)) => feeding.write_requests(now),
            (Self::Ignore(ignoring), Snapshot::Report(now)) => ignoring.write_requests(now),
            (Self::Admin(admin), Snapshot::Admin(now)) => admin.write_requests(now),
            _ => Vec::new(),
        }
    }

    /// What is done after all of that was taken, now that the server holds this.
    pub(super) fn follow_ups(&self, state: &Snapshot) -> Vec<Self> {
        match (self, state) {
            (Self::Watch(watching), Snapshot::Watchlist(now)) => {
                watching.follow_ups(now).into_iter().map(Self::Watch).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What somebody else has changed since then of what this would write over, in words.
    pub(super) fn conflict(&self, then: &Snapshot, now: &Snapshot) -> Option<String> {
        let written = match self {
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Watch(watching @ WatchlistChange::Edit { .. }) => watching.desired(),
            Self::Admin(admin @ AdminChange::EditGroup { .. }) => admin.desired(),
            _ => return None,
        };
        let changed = snapshot::changed_members(&written, &then.snapshot_json(), &now.snapshot_json());
        let changed = changed.first()?;
        Some(format!("was changed meanwhile: {changed}"))
    }

    /// Why nothing would change, if that is so.
    pub(super) fn no_op_reason(&self, state: &Snapshot) -> Option<String> {
        match (self, state) {
            (_, Snapshot::Sensor(known)) => sensor::no_op_reason(self, known),
            (_, Snapshot::Hash { ban, .. }) => ban::no_op_reason(self, ban.as_ref()),
            (Self::Triage(triage), Snapshot::Alerts(now)) => triage.no_op_reason(now),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => watching.no_op_reason(now),
            (Self::Feed(feeding), Snapshot::Feed(now)) => feeding.no_op_reason(now),
            (Self::Ignore(ignoring), Snapshot::Report(now)) => ignoring.no_op_reason(now),
            (Self::Admin(admin), Snapshot::Admin(now)) => admin.no_op_reason(now),
            _ => None,
        }
    }

    /// Whether it is asked for already, and the sensor has yet to do it.
    pub(super) fn is_pending(&self, state: &Snapshot) -> bool {
        match state {
            Snapshot::Sensor(known) => {
                let (asked, done) = sensor::is_satisfied_by(self, known);
                asked == Some(true) && done != Some(true)
            }
            _ => false,
        }
    }

    /// Why it cannot be done to this target at all, and what to do about it.
    pub(super) fn rejection(&self, state: &Snapshot) -> Option<(&'static str, &'static str)> {
        match (self, state) {
            (_, Snapshot::Sensor(known)) => sensor::rejection(self, known),
            (Self::Triage(triage), Snapshot::Alerts(now)) => triage.rejection(now),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => watching.rejection(now),
            (Self::Feed(feeding), Snapshot::Feed(now)) => feeding.rejection(now),
            (Self::Ignore(_), Snapshot::Report(now)) => ReportChange::rejection(now),
            (Self::Admin(admin), Snapshot::Admin(now)) => admin.rejection(now),
            _ => None,
        }
    }

    /// How far the server is with it, by what it holds.
    pub(super) fn stage(&self, state: &Snapshot) -> LoggedStage {
        let both = |holds: Option<bool>| (holds, holds);
        let (asked, done) = match (self, state) {
            (Self::Triage(triage), Snapshot::Alerts(now)) => return coverage_stage(triage.coverage(now)),
            (Self::Watch(watching), Snapshot::Watchlist(now)) if watching.is_partly_satisfied_by(now) => {
                return LoggedStage::Partly;
            }
            (_, Snapshot::Sensor(known)) => sensor::is_satisfied_by(self, known),
            (_, Snapshot::Hash { ban, .. }) => both(ban::is_satisfied_by(self, ban.as_ref())),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => both(watching.is_satisfied_by(now)),
            (Self::Feed(feeding), Snapshot::Feed(now)) => both(feeding.is_satisfied_by(now)),
            (Self::Ignore(ignoring), Snapshot::Report(now)) => both(ignoring.is_satisfied_by(now)),
            (Self::Admin(admin), Snapshot::Admin(now)) => both(admin.is_satisfied_by(now)),
            _ => both(None),
        };
        match (asked, done) {
            (Some(true), Some(true)) => LoggedStage::Confirmed,
            (Some(true), _) => LoggedStage::Accepted,
            (Some(false), _) => LoggedStage::NotApplied,
            (None, _) => LoggedStage::Unknown,
        }
    }

    /// What the server holds, in words, and what is to be added while it is not done.
    pub(super) fn describe(&self, state: &Snapshot) -> (String, String) {
        let held = match (self, state) {
            (_, Snapshot::Sensor(known)) => {
                let seen = sensor::last_seen(known);
                let seen = format!("; the sensor was last seen {seen}");
                return (sensor::describe(self, known), seen);
            }
            (_, Snapshot::Hash { ban, .. }) => ban::describe(ban.as_ref()),
            (Self::Triage(triage), Snapshot::Alerts(now)) => triage.describe(now),
            (Self::Watch(watching), Snapshot::Watchlist(now)) => watching.describe(now),
            (Self::Feed(feeding), Snapshot::Feed(now)) => feeding.describe(now),
            (Self::Ignore(_), Snapshot::Report(now)) => ReportChange::describe(now),
            (Self::Admin(admin), Snapshot::Admin(now)) => admin.describe(now),
            _ => String::new(),
        };
        (held, String::new())
    }

    /// The same without what somebody else has changed since it was looked at; and what that is, in words.
    pub(super) fn without_conflicts(&self, then: &Snapshot, now: &Snapshot) -> (Self, Vec<String>) {
        match (self, then, now) {
            (Self::Triage(triage), Snapshot::Alerts(then), Snapshot::Alerts(now)) => {
                let (left, said) = triage.without_conflicts(then, now);
                (Self::Triage(left), said)
            }
            _ => (self.clone(), Vec::new()),
        }
    }
}

fn coverage_stage(held: Coverage) -> LoggedStage {
    match held {
        Coverage::All => LoggedStage::Confirmed,
        Coverage::Some => LoggedStage::Partly,
        Coverage::None => LoggedStage::NotApplied,
    }
}
