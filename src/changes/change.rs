//! What can be done to a server, and to what.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Stage;
use super::{Admin, Feeding, Grounds, Ignoring, State, Triage, Verdict, Watching, alert::Held, ban, sensor, snapshot};
use crate::api::Change;
use crate::model::{AlertId, FeedId, GroupId, Md5, ReportId, SensorId, WatchlistId};

/// What can be done to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Cuts a host off from everything but the server.
    Isolate(SensorId),
    /// Ends that.
    Release(SensorId),
    /// Lets sensors stop what has this hash.
    Ban {
        /// The hash.
        md5: Md5,
        /// What the ban says; the reason, unless it said something before.
        note: Option<String>,
    },
    /// Ends that; the ban stays listed.
    Lift(Md5),
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
    Triage(Triage),
    /// Makes, changes or takes away a watchlist.
    Watch(Watching),
    /// Adds, changes or takes away a feed.
    Feed(Feeding),
    /// Lets a threat report raise alerts, or no longer.
    Ignore(Ignoring),
    /// Makes or changes a sensor group, a user or a team.
    Admin(Admin),
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
    pub fn several(&self) -> &'static str {
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

impl Deed {
    /// Returns what it is called on the screen.
    pub fn label(&self) -> &'static str {
        super::label(self.verb())
    }

    /// Returns its name in the log.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Isolate(_) => "isolate",
            Self::Release(_) => "release",
            Self::Ban { .. } => "ban",
            Self::Lift(_) => "unban",
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
    pub(super) fn matter(&self) -> &'static str {
        match self {
            Self::Isolate(_) | Self::Release(_) => "isolation",
            Self::Ban { .. } | Self::Lift(_) => "ban",
            Self::Triage(_) => "status",
            Self::Watch(Watching::Switch { .. }) | Self::Feed(Feeding::Switch { .. }) => "switch",
            Self::Ignore(_) => "voice",
            other => other.verb(),
        }
    }

    /// To what it is done.
    pub fn target(&self) -> Target {
        match self {
            Self::Isolate(sensor)
            | Self::Release(sensor)
            | Self::Move { sensor, .. }
            | Self::Flush { sensor, .. }
            | Self::Restart(sensor)
            | Self::Annotate { sensor, .. } => Target::Sensor(*sensor),
            Self::Ban { md5, .. } | Self::Lift(md5) => Target::Hash(*md5),
            Self::Triage(triage) => Target::Alerts(triage.alerts.clone()),
            Self::Watch(watching) => watching.target(),
            Self::Feed(feeding) => feeding.target(),
            Self::Ignore(ignoring) => ignoring.target(),
            Self::Admin(admin) => admin.target(),
        }
    }

    /// Whether it is about alerts: the server carries that out late, so that it is waited for what does not show yet.
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Triage(_))
    }

    /// Whether more is sent once the server has answered.
    pub(super) fn has_sequel(&self) -> bool {
        matches!(self, Self::Watch(Watching::Create(new)) if !new.sets_off.is_empty())
    }

    /// Whether the server keeps nothing that would show it, so that its answer is all there is.
    pub(super) fn leaves_no_trace(&self) -> bool {
        matches!(self, Self::Feed(Feeding::Synchronize(_)))
    }

    /// Whether somebody must say why: where a protection is taken away or a host is cut off.
    pub fn needs_reason(&self) -> bool {
        match self {
            Self::Isolate(_) | Self::Release(_) | Self::Ban { .. } | Self::Lift(_) => true,
            Self::Move { .. } | Self::Flush { .. } | Self::Restart(_) | Self::Annotate { .. } | Self::Admin(_) => false,
            Self::Triage(triage) => triage.to == Verdict::Ignored,
            Self::Watch(watching) => watching.needs_reason(),
            Self::Feed(feeding) => feeding.needs_reason(),
            Self::Ignore(ignoring) => ignoring.on,
        }
    }

    /// What the log says that the server is to hold afterwards.
    pub(super) fn wanted(&self, grounds: &Grounds) -> Value {
        match self {
            Self::Isolate(_) => json!({"is_isolating": true}),
            Self::Release(_) => json!({"is_isolating": false}),
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| grounds.note())})
            }
            Self::Lift(_) => json!({"enabled": false}),
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Flush { until, .. } => json!({"event_log_flush_time": until}),
            Self::Restart(_) => json!({"restart_queued": true}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Triage(triage) => triage.wanted(),
            Self::Watch(watching) => watching.wanted(),
            Self::Feed(feeding) => feeding.wanted(),
            Self::Ignore(ignoring) => ignoring.wanted(),
            Self::Admin(admin) => admin.wanted(),
        }
    }

    /// Exactly what is sent, one after the other, as things are now.
    pub(super) fn changes(&self, state: &State, grounds: &Grounds, release: Option<(u32, u32)>) -> Vec<Change> {
        match (self, state) {
            (_, State::Sensor(known)) => sensor::changes(self, known, release),
            (_, State::Hash { md5, ban, list }) => ban::changes(self, (*md5, ban.as_ref(), *list), grounds),
            (Self::Triage(triage), State::Alerts(now)) => triage.changes(now),
            (Self::Watch(watching), State::Watchlist(now)) => watching.changes(now),
            (Self::Feed(feeding), State::Feed(now)) => feeding.changes(now),
            (Self::Ignore(ignoring), State::Report(now)) => ignoring.changes(now),
            (Self::Admin(admin), State::Admin(now)) => admin.changes(now),
            _ => Vec::new(),
        }
    }

    /// What is done after all of that was taken, now that the server holds this.
    pub(super) fn then(&self, state: &State) -> Vec<Self> {
        match (self, state) {
            (Self::Watch(watching), State::Watchlist(now)) => watching.then(now).into_iter().map(Self::Watch).collect(),
            _ => Vec::new(),
        }
    }

    /// What somebody else has changed since then of what this would write over, in words.
    pub(super) fn overtaken(&self, then: &State, now: &State) -> Option<String> {
        let written = match self {
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Watch(watching @ Watching::Edit { .. }) => watching.wanted(),
            Self::Admin(admin @ Admin::EditGroup { .. }) => admin.wanted(),
            _ => return None,
        };
        let changed = snapshot::changed(&written, &then.json(), &now.json());
        let changed = changed.first()?;
        Some(format!("was changed meanwhile: {changed}"))
    }

    /// Why nothing would change, if that is so.
    pub(super) fn already(&self, state: &State) -> Option<String> {
        match (self, state) {
            (_, State::Sensor(known)) => sensor::already(self, known),
            (_, State::Hash { ban, .. }) => ban::already(self, ban.as_ref()),
            (Self::Triage(triage), State::Alerts(now)) => triage.already(now),
            (Self::Watch(watching), State::Watchlist(now)) => watching.already(now),
            (Self::Feed(feeding), State::Feed(now)) => feeding.already(now),
            (Self::Ignore(ignoring), State::Report(now)) => ignoring.already(now),
            (Self::Admin(admin), State::Admin(now)) => admin.already(now),
            _ => None,
        }
    }

    /// Whether it is asked for already, and the sensor has yet to do it.
    pub(super) fn is_pending(&self, state: &State) -> bool {
        match state {
            State::Sensor(known) => {
                let (asked, done) = sensor::holds(self, known);
                asked == Some(true) && done != Some(true)
            }
            _ => false,
        }
    }

    /// Why it cannot be done to this target at all, and what to do about it.
    pub(super) fn impossible(&self, state: &State) -> Option<(&'static str, &'static str)> {
        match (self, state) {
            (_, State::Sensor(known)) => sensor::impossible(self, known),
            (Self::Triage(triage), State::Alerts(now)) => triage.impossible(now),
            (Self::Watch(watching), State::Watchlist(now)) => watching.impossible(now),
            (Self::Feed(feeding), State::Feed(now)) => feeding.impossible(now),
            (Self::Ignore(_), State::Report(now)) => Ignoring::impossible(now),
            (Self::Admin(admin), State::Admin(now)) => admin.impossible(now),
            _ => None,
        }
    }

    /// How far the server is with it, by what it holds.
    pub(super) fn stage(&self, state: &State) -> Stage {
        let both = |holds: Option<bool>| (holds, holds);
        let (asked, done) = match (self, state) {
            (Self::Triage(triage), State::Alerts(now)) => return part(triage.held(now)),
            (Self::Watch(watching), State::Watchlist(now)) if watching.is_half(now) => {
                return Stage::Partly;
            }
            (_, State::Sensor(known)) => sensor::holds(self, known),
            (_, State::Hash { ban, .. }) => both(ban::holds(self, ban.as_ref())),
            (Self::Watch(watching), State::Watchlist(now)) => both(watching.holds(now)),
            (Self::Feed(feeding), State::Feed(now)) => both(feeding.holds(now)),
            (Self::Ignore(ignoring), State::Report(now)) => both(ignoring.holds(now)),
            (Self::Admin(admin), State::Admin(now)) => both(admin.holds(now)),
            _ => both(None),
        };
        match (asked, done) {
            (Some(true), Some(true)) => Stage::Confirmed,
            (Some(true), _) => Stage::Accepted,
            (Some(false), _) => Stage::NotApplied,
            (None, _) => Stage::Unknown,
        }
    }

    /// What the server holds, in words, and what is to be added while it is not done.
    pub(super) fn words(&self, state: &State) -> (String, String) {
        let held = match (self, state) {
            (_, State::Sensor(known)) => {
                let seen = sensor::last_seen(known);
                let seen = format!("; the sensor was last seen {seen}");
                return (sensor::words(self, known), seen);
            }
            (_, State::Hash { ban, .. }) => ban::words(ban.as_ref()),
            (Self::Triage(triage), State::Alerts(now)) => triage.words(now),
            (Self::Watch(watching), State::Watchlist(now)) => watching.words(now),
            (Self::Feed(feeding), State::Feed(now)) => feeding.words(now),
            (Self::Ignore(_), State::Report(now)) => Ignoring::words(now),
            (Self::Admin(admin), State::Admin(now)) => admin.words(now),
            _ => String::new(),
        };
        (held, String::new())
    }

    /// The same without what somebody else has changed since it was looked at; and what that is, in words.
    pub(super) fn without_changed(&self, then: &State, now: &State) -> (Self, Vec<String>) {
        match (self, then, now) {
            (Self::Triage(triage), State::Alerts(then), State::Alerts(now)) => {
                let (left, said) = triage.without_changed(then, now);
                (Self::Triage(left), said)
            }
            _ => (self.clone(), Vec::new()),
        }
    }
}

fn part(held: Held) -> Stage {
    match held {
        Held::All => Stage::Confirmed,
        Held::Some => Stage::Partly,
        Held::None => Stage::NotApplied,
    }
}
