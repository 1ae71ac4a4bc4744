//! Reading a change from the audit log, and finding the change that undoes it.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    AdminChange, AlertChange, BanChange, Change, Disposition, FeedChange, NewUser, NewWatchlist, ReportChange,
    SensorChange, WatchlistChange, WatchlistDraft, WatchlistEdit, alert,
};
use crate::audit::Submitted;
use crate::model::{ActionKind, AlertId, AlertStatus, FeedId, GroupId, ReportId, SensorId, StoredIndex, WatchlistId};

/// Parses the change from its log entry; `None` for a kind that this version does not know.
pub(super) fn from_submitted(submitted: &Submitted) -> Option<Change> {
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

/// Returns the change that undoes a logged one, by the states before and `after` it; `None` if there is none. An
/// isolation is undone by an unisolation.
pub(super) fn inverse(submitted: &Submitted, after: &Value) -> Option<Change> {
    let before = &submitted.before;
    Some(match from_submitted(submitted)? {
        Change::Sensor(change) => Change::Sensor(inverse_sensor_change(&change, before)?),
        Change::Ban(BanChange::Ban { md5, .. }) => Change::Ban(BanChange::Unban(md5)),
        Change::Ban(BanChange::Unban(md5)) => Change::Ban(BanChange::Ban { md5, note: text(before, "text") }),
        Change::Triage(change) => Change::Triage(alert::inverse(before, &change)?),
        Change::Watch(change) => Change::Watch(inverse_watchlist_change(&change, before, after)?),
        Change::Feed(FeedChange::Switch { id, is_enabled }) => {
            Change::Feed(FeedChange::Switch { id, is_enabled: !is_enabled })
        }
        // It existed before: this change did not create it.
        Change::Feed(FeedChange::Add { .. }) if number(before, "id").is_some() => return None,
        Change::Feed(FeedChange::Add { .. }) => Change::Feed(FeedChange::Delete(FeedId(number(after, "id")?))),
        Change::Feed(FeedChange::Delete(_)) if flag(before, "manually_added") == Some(true) => {
            Change::Feed(FeedChange::Add {
                url: text(before, "feed_url")?,
                is_enabled: flag(before, "enabled").unwrap_or(true),
            })
        }
        Change::Ignore(ReportChange { report, is_ignored: is_enabled }) => {
            Change::Ignore(ReportChange { report, is_ignored: !is_enabled })
        }
        Change::Admin(AdminChange::EditGroup { id, name, site }) => Change::Admin(AdminChange::EditGroup {
            id,
            name: name.and_then(|_| text(before, "name")),
            site: site.and_then(|_| number(before, "site_id")),
        }),
        Change::Feed(_) | Change::Admin(_) => return None,
    })
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

fn inverse_sensor_change(change: &SensorChange, before: &Value) -> Option<SensorChange> {
    Some(match *change {
        SensorChange::Isolate(sensor) => SensorChange::Unisolate(sensor),
        SensorChange::Unisolate(sensor) => SensorChange::Isolate(sensor),
        SensorChange::Move { sensor, .. } => SensorChange::Move { sensor, group: GroupId(number(before, "group_id")?) },
        SensorChange::Annotate { sensor, .. } => {
            SensorChange::Annotate { sensor, notes: text(before, "notes").unwrap_or_default() }
        }
        SensorChange::Flush { .. } | SensorChange::Restart(_) => return None,
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
            Disposition::Previous(alerts.filter_map(|alert| alert::read_previous_alert(alert, false)).collect())
        }
        _ => Disposition::Status(status()?),
    };
    Some(AlertChange { alerts, desired: disposition })
}

fn watchlist_change(submitted: &Submitted) -> Option<WatchlistChange> {
    let desired = &submitted.desired;
    let id = || submitted.target.id.parse().ok().map(WatchlistId);
    Some(match submitted.verb.as_str() {
        "create watchlist" => WatchlistChange::Create(created_watchlist(desired)?),
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
            let (kind, recipients) = watch_action(desired)?;
            WatchlistChange::AddAction { id: id()?, kind, recipients }
        }
        "remove action" => WatchlistChange::RemoveAction { id: id()?, action: number(desired, "removed_action")? },
        _ => return None,
    })
}

fn inverse_watchlist_change(change: &WatchlistChange, before: &Value, after: &Value) -> Option<WatchlistChange> {
    Some(match change {
        // It existed before: this change did not create it.
        WatchlistChange::Create(_) if number(before, "id").is_some() => return None,
        WatchlistChange::Create(_) => WatchlistChange::Delete(WatchlistId(number(after, "id")?)),
        WatchlistChange::Edit { id, change } => {
            let previous =
                |changed: &Option<String>, name| changed.as_ref().map(|_| text(before, name).unwrap_or_default());
            WatchlistChange::Edit {
                id: *id,
                change: Box::new(WatchlistEdit {
                    name: previous(&change.name, "name"),
                    description: previous(&change.description, "description"),
                    search_query: previous(&change.search_query, "search_query"),
                }),
            }
        }
        WatchlistChange::Switch { id, is_enabled } => WatchlistChange::Switch { id: *id, is_enabled: !is_enabled },
        WatchlistChange::Delete(_) => WatchlistChange::Create(created_watchlist(before)?),
        WatchlistChange::AddAction { id, kind, recipients } => {
            let mut actions = after.get("actions")?.as_array()?.iter();
            let is_it = |(other, users): (ActionKind, Vec<u64>)| other == *kind && users == *recipients;
            let added = actions.rfind(|one| watch_action(one).is_some_and(is_it));
            WatchlistChange::RemoveAction { id: *id, action: number(added?, "id")? }
        }
        WatchlistChange::RemoveAction { id, action: removed } => {
            let mut actions = before.get("actions")?.as_array()?.iter();
            let previous = actions.find(|one| number(one, "id") == Some(*removed))?;
            let (kind, recipients) = watch_action(previous)?;
            WatchlistChange::AddAction { id: *id, kind, recipients }
        }
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

fn watchlist_draft(record: &Value) -> Option<WatchlistDraft> {
    Some(WatchlistDraft {
        name: text(record, "name")?,
        description: text(record, "description").unwrap_or_default(),
        search_query: text(record, "search_query")?,
    })
}

/// Parses a watchlist that was created or existed, with its actions, except e-mails: their recipients cannot be
/// restored.
fn created_watchlist(record: &Value) -> Option<NewWatchlist> {
    let kinds = record.get("action_types").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64);
    let mut action_kinds: Vec<_> = kinds.map(ActionKind::from_number).collect();
    let actions = record.get("actions").and_then(Value::as_array).into_iter().flatten().filter_map(watch_action);
    let without_recipients = actions.filter(|(_, recipients)| recipients.is_empty());
    action_kinds.extend(without_recipients.map(|(kind, _)| kind));
    Some(NewWatchlist {
        draft: watchlist_draft(record)?,
        index: StoredIndex::parse(&text(record, "index_type")?.into()),
        actions: action_kinds,
        is_enabled: flag(record, "enabled").unwrap_or(true),
    })
}

fn watch_action(record: &Value) -> Option<(ActionKind, Vec<u64>)> {
    let kind = record.get("action_type")?.as_i64()?;
    let recipients =
        record.get("email_recipients").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
    Some((ActionKind::from_number(kind), recipients.collect()))
}

fn text(record: &Value, name: &str) -> Option<String> {
    record.get(name)?.as_str().map(str::to_owned)
}

fn number(record: &Value, name: &str) -> Option<u64> {
    record.get(name)?.as_u64()
}

fn flag(record: &Value, name: &str) -> Option<bool> {
    record.get(name)?.as_bool()
}
