//! Reading changes from the audit log: as they were written, and by their verbs from lines of older versions.

#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::Value;

use super::{
    AdminChange, AlertChange, BanChange, Change, Disposition, FeedChange, NewUser, NewWatchlist, ReportChange,
    SensorChange, WatchlistChange, WatchlistEdit,
    alert::read_previous_alert,
    members::{flag, number, text},
    watchlist::logged_action,
};
use crate::audit::Submitted;
use crate::model::{AlertId, AlertStatus, FeedId, GroupId, ReportId, SensorId, WatchlistId};

/// Returns the name of an action on the screen for its name in the log, where some names are older.
pub fn label(logged: &str) -> &str {
    match logged {
        "release" => "unisolate",
        "annotate" => "edit notes",
        "begin" => "set in progress",
        "put back" => "restore status",
        other => other,
    }
}

impl Change {
    /// Returns the verb of the change on the screen.
    pub fn label(&self) -> &'static str {
        label(self.verb())
    }
}

/// Returns whether a logged verb isolates a host (`true`) or unisolates it (`false`); `None` for any other.
pub(super) fn isolation_by(verb: &str) -> Option<bool> {
    match verb {
        "isolate" => Some(true),
        "release" => Some(false),
        _ => None,
    }
}

/// Reads the change from its log entry; `None` for a kind that this version does not know.
pub(super) fn read_change(submitted: &Submitted) -> Option<Change> {
    match &submitted.change {
        Value::Null => from_verb(submitted),
        change => Change::deserialize(change).ok(),
    }
}

/// Reads a change that an older version logged, by its verb and the members that it set.
fn from_verb(submitted: &Submitted) -> Option<Change> {
    let (target, desired) = (&submitted.target, &submitted.desired);
    match target.kind.as_str() {
        "alerts" => alert_change(submitted).map(Change::Triage),
        "watchlist" => watchlist_change(submitted).map(Change::Watch),
        "feed" => feed_change(submitted).map(Change::Feed),
        "report" => {
            let report = ReportId::parse(&target.id)?;
            let is_ignored = flag(desired, "is_ignored")?;
            Some(Change::Ignore(ReportChange { report, is_ignored }))
        }
        "group" | "user" | "team" => admin_change(submitted).map(Change::Admin),
        _ => sensor_change(submitted).map(Change::Sensor).or_else(|| ban_change(submitted).map(Change::Ban)),
    }
}

fn sensor_change(submitted: &Submitted) -> Option<SensorChange> {
    let desired = &submitted.desired;
    let sensor = || submitted.target.id.parse().ok().map(SensorId);
    Some(match submitted.verb.as_str() {
        "isolate" => SensorChange::Isolate(sensor()?),
        "release" => SensorChange::Unisolate(sensor()?),
        "move" => SensorChange::Move { sensor: sensor()?, group: GroupId(number(desired, "group_id")?) },
        "flush" => {
            SensorChange::Flush { sensor: sensor()?, until: text(desired, "event_log_flush_time")?.parse().ok()? }
        }
        "restart" => SensorChange::Restart(sensor()?),
        "annotate" => SensorChange::Annotate { sensor: sensor()?, notes: text(desired, "notes")? },
        _ => return None,
    })
}

fn ban_change(submitted: &Submitted) -> Option<BanChange> {
    let hash = || submitted.target.id.parse().ok();
    Some(match submitted.verb.as_str() {
        "ban" => BanChange::Ban { md5: hash()?, note: text(&submitted.desired, "text") },
        "unban" => BanChange::Unban(hash()?),
        _ => return None,
    })
}

fn alert_change(submitted: &Submitted) -> Option<AlertChange> {
    let ids = submitted.target.id.split(',');
    let alerts = ids.map(|id| AlertId(id.into())).collect();
    let desired = &submitted.desired;
    let status = || Some(AlertStatus::parse(&text(desired, "status")?.into()));
    let disposition = match submitted.verb.as_str() {
        "assign" => Disposition::Assigned(text(desired, "assigned_to")?),
        "ignore" => Disposition::Ignored,
        "put back" => {
            let alerts = desired.get("alerts")?.as_array()?.iter();
            Disposition::Previous(alerts.filter_map(read_previous_alert).collect())
        }
        _ => Disposition::Status(status()?),
    };
    Some(AlertChange { alerts, desired: disposition })
}

fn watchlist_change(submitted: &Submitted) -> Option<WatchlistChange> {
    let desired = &submitted.desired;
    let id = || submitted.target.id.parse().ok().map(WatchlistId);
    Some(match submitted.verb.as_str() {
        "create watchlist" => WatchlistChange::Create(NewWatchlist::from_logged(desired)?),
        "edit watchlist" => WatchlistChange::Edit {
            id: id()?,
            change: Box::new(WatchlistEdit {
                name: text(desired, "name"),
                description: text(desired, "description"),
                search_query: text(desired, "search_query"),
            }),
        },
        "enable watchlist" | "disable watchlist" => {
            WatchlistChange::Switch { id: id()?, is_enabled: flag(desired, "enabled")? }
        }
        "delete watchlist" => WatchlistChange::Delete(id()?),
        "add action" => {
            let (kind, recipients) = logged_action(desired)?;
            WatchlistChange::AddAction { id: id()?, kind, recipients }
        }
        "remove action" => WatchlistChange::RemoveAction { id: id()?, action: number(desired, "removed_action")? },
        _ => return None,
    })
}

fn feed_change(submitted: &Submitted) -> Option<FeedChange> {
    let id = || submitted.target.id.parse().ok().map(FeedId);
    Some(match submitted.verb.as_str() {
        "add feed" => FeedChange::Add {
            url: submitted.target.id.clone(),
            is_enabled: flag(&submitted.desired, "enabled").unwrap_or(true),
        },
        "enable feed" | "disable feed" => {
            FeedChange::Switch { id: id()?, is_enabled: flag(&submitted.desired, "enabled")? }
        }
        "sync feed" => FeedChange::Synchronize(id()?),
        "delete feed" => FeedChange::Delete(id()?),
        _ => return None,
    })
}

/// Parses a change of a group, a user or a team. A user has no password, since it is never logged and no user is
/// created again.
fn admin_change(submitted: &Submitted) -> Option<AdminChange> {
    let desired = &submitted.desired;
    let text_or_empty = |name: &str| text(desired, name).unwrap_or_default();
    Some(match submitted.verb.as_str() {
        "create group" => AdminChange::CreateGroup { name: text(desired, "name")?, site: number(desired, "site_id")? },
        "edit group" => AdminChange::EditGroup {
            id: GroupId(submitted.target.id.parse().ok()?),
            name: text(desired, "name"),
            site: number(desired, "site_id"),
        },
        "create user" => AdminChange::CreateUser(Box::new(NewUser {
            username: text(desired, "username")?,
            first_name: text_or_empty("first_name"),
            last_name: text_or_empty("last_name"),
            email: text_or_empty("email"),
            is_admin: flag(desired, "global_admin")?,
            ..NewUser::default()
        })),
        "create team" => AdminChange::CreateTeam { name: text(desired, "name")? },
        _ => return None,
    })
}
