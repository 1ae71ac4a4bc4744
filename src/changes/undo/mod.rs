//! What the log says was done, read back as a deed; and the deed that takes it back.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    AdminChange, AlertChange, Change, Disposition, FeedChange, NewUser, NewWatchlist, ReportChange, WatchlistChange,
    WatchlistDraft, WatchlistEdit, alert,
};
use crate::audit::Submitted;
use crate::model::{
    ActionKind, AlertId, AlertStatus, FeedId, GroupId, Md5, ReportId, SensorId, StoredIndex, WatchlistId,
};

/// What was done, as far as this program knows such deeds.
pub(super) fn from_submitted(sending: &Submitted) -> Option<Change> {
    let (target, wanted) = (&sending.target, &sending.wanted);
    match target.kind.as_str() {
        "alerts" => return alert_change(sending).map(Change::Triage),
        "watchlist" => return watchlist_change(sending).map(Change::Watch),
        "feed" => return feed_change(sending).map(Change::Feed),
        "report" => {
            let report = ReportId::parse(&target.id)?;
            let on = flag(wanted, "is_ignored")?;
            return Some(Change::Ignore(ReportChange { report, is_ignored: on }));
        }
        "group" | "user" | "team" => return admin_change(sending).map(Change::Admin),
        _ => {}
    }
    let sensor = || target.id.parse().ok().map(SensorId);
    let hash = || target.id.parse::<Md5>().ok();
    Some(match sending.deed.as_str() {
        "isolate" => Change::Isolate(sensor()?),
        "release" => Change::Unisolate(sensor()?),
        "ban" => Change::Ban { md5: hash()?, note: text(wanted, "text") },
        "unban" => Change::Unban(hash()?),
        "move" => Change::Move { sensor: sensor()?, group: GroupId(number(wanted, "group_id")?) },
        "flush" => Change::Flush { sensor: sensor()?, until: text(wanted, "event_log_flush_time")?.parse().ok()? },
        "restart" => Change::Restart(sensor()?),
        "annotate" => Change::Annotate { sensor: sensor()?, notes: text(wanted, "notes")? },
        _ => return None,
    })
}

/// What takes back what was done, by what the server held before and after; `None` where nothing does. An isolation is
/// taken back by a release.
pub(super) fn inverse(sending: &Submitted, after: &Value) -> Option<Change> {
    let before = &sending.before;
    Some(match from_submitted(sending)? {
        Change::Isolate(sensor) => Change::Unisolate(sensor),
        Change::Unisolate(sensor) => Change::Isolate(sensor),
        Change::Ban { md5, .. } => Change::Unban(md5),
        Change::Unban(md5) => Change::Ban { md5, note: text(before, "text") },
        Change::Move { sensor, .. } => Change::Move { sensor, group: GroupId(number(before, "group_id")?) },
        Change::Annotate { sensor, .. } => {
            Change::Annotate { sensor, notes: text(before, "notes").unwrap_or_default() }
        }
        Change::Triage(done) => Change::Triage(alert::inverse(before, &done)?),
        Change::Watch(done) => Change::Watch(inverse_watchlist_change(&done, before, after)?),
        Change::Feed(FeedChange::Switch { id, is_enabled: on }) => {
            Change::Feed(FeedChange::Switch { id, is_enabled: !on })
        }
        // What was there before is none of its making.
        Change::Feed(FeedChange::Add { .. }) if number(before, "id").is_some() => return None,
        Change::Feed(FeedChange::Add { .. }) => Change::Feed(FeedChange::Delete(FeedId(number(after, "id")?))),
        Change::Feed(FeedChange::Delete(_)) if flag(before, "manually_added") == Some(true) => {
            Change::Feed(FeedChange::Add {
                url: text(before, "feed_url")?,
                is_enabled: flag(before, "enabled").unwrap_or(true),
            })
        }
        Change::Ignore(ReportChange { report, is_ignored: on }) => {
            Change::Ignore(ReportChange { report, is_ignored: !on })
        }
        Change::Admin(AdminChange::EditGroup { id, name, site }) => Change::Admin(AdminChange::EditGroup {
            id,
            name: name.and_then(|_| text(before, "name")),
            site: site.and_then(|_| number(before, "site_id")),
        }),
        Change::Flush { .. } | Change::Restart(_) | Change::Feed(_) | Change::Admin(_) => return None,
    })
}

fn alert_change(sending: &Submitted) -> Option<AlertChange> {
    let ids = sending.target.id.split(',');
    let alerts = ids.map(|id| AlertId(id.into())).collect();
    let wanted = &sending.wanted;
    let status = || Some(AlertStatus::parse(&text(wanted, "status")?.into()));
    let to = match sending.deed.as_str() {
        "assign" => Disposition::Assigned(text(wanted, "assigned_to")?),
        "ignore" => Disposition::Ignored,
        "put back" => {
            let each = wanted.get("alerts")?.as_array()?.iter();
            Disposition::Previous(each.filter_map(|was| alert::read_previous_alert(was, false)).collect())
        }
        _ => Disposition::Status(status()?),
    };
    Some(AlertChange { alerts, desired: to })
}

fn watchlist_change(sending: &Submitted) -> Option<WatchlistChange> {
    let wanted = &sending.wanted;
    let id = || sending.target.id.parse().ok().map(WatchlistId);
    Some(match sending.deed.as_str() {
        "create watchlist" => WatchlistChange::Create(created_watchlist(wanted)?),
        "edit watchlist" => WatchlistChange::Edit {
            id: id()?,
            change: Box::new(WatchlistEdit {
                name: text(wanted, "name"),
                description: text(wanted, "description"),
                search_query: text(wanted, "search_query"),
            }),
        },
        "enable watchlist" | "disable watchlist" => {
            WatchlistChange::Switch { id: id()?, is_enabled: flag(wanted, "enabled")? }
        }
        "delete watchlist" => WatchlistChange::Delete(id()?),
        "add action" => {
            let (kind, recipients) = watch_action(wanted)?;
            WatchlistChange::AddAction { id: id()?, kind, recipients }
        }
        "remove action" => WatchlistChange::RemoveAction { id: id()?, action: number(wanted, "removed_action")? },
        _ => return None,
    })
}

fn inverse_watchlist_change(done: &WatchlistChange, before: &Value, after: &Value) -> Option<WatchlistChange> {
    Some(match done {
        // What was there before is none of its making.
        WatchlistChange::Create(_) if number(before, "id").is_some() => return None,
        WatchlistChange::Create(_) => WatchlistChange::Delete(WatchlistId(number(after, "id")?)),
        WatchlistChange::Edit { id, change } => {
            let was = |changed: &Option<String>, name| {
                let changed = changed.as_ref();
                changed.map(|_| text(before, name).unwrap_or_default())
            };
            WatchlistChange::Edit {
                id: *id,
                change: Box::new(WatchlistEdit {
                    name: was(&change.name, "name"),
                    description: was(&change.description, "description"),
                    search_query: was(&change.search_query, "search_query"),
                }),
            }
        }
        WatchlistChange::Switch { id, is_enabled: on } => WatchlistChange::Switch { id: *id, is_enabled: !on },
        WatchlistChange::Delete(_) => WatchlistChange::Create(created_watchlist(before)?),
        WatchlistChange::AddAction { id, kind, recipients } => {
            let mut actions = after.get("actions")?.as_array()?.iter();
            let is_it = |(other, users): (ActionKind, Vec<u64>)| other == *kind && users == *recipients;
            let made = actions.rfind(|one| watch_action(one).is_some_and(is_it));
            WatchlistChange::RemoveAction { id: *id, action: number(made?, "id")? }
        }
        WatchlistChange::RemoveAction { id, action: gone } => {
            let mut actions = before.get("actions")?.as_array()?.iter();
            let was = actions.find(|one| number(one, "id") == Some(*gone))?;
            let (kind, recipients) = watch_action(was)?;
            WatchlistChange::AddAction { id: *id, kind, recipients }
        }
    })
}

fn feed_change(sending: &Submitted) -> Option<FeedChange> {
    let id = || sending.target.id.parse().ok().map(FeedId);
    Some(match sending.deed.as_str() {
        "add feed" => FeedChange::Add {
            url: sending.target.id.clone(),
            is_enabled: flag(&sending.wanted, "enabled").unwrap_or(true),
        },
        "enable feed" | "disable feed" => {
            FeedChange::Switch { id: id()?, is_enabled: flag(&sending.wanted, "enabled")? }
        }
        "sync feed" => FeedChange::Synchronize(id()?),
        "delete feed" => FeedChange::Delete(id()?),
        _ => return None,
    })
}

/// A user is read without a password: nobody makes it a second time from this.
fn admin_change(sending: &Submitted) -> Option<AdminChange> {
    let wanted = &sending.wanted;
    let named = |name: &str| text(wanted, name).unwrap_or_default();
    Some(match sending.deed.as_str() {
        "create group" => AdminChange::CreateGroup { name: text(wanted, "name")?, site: number(wanted, "site_id")? },
        "edit group" => AdminChange::EditGroup {
            id: GroupId(sending.target.id.parse().ok()?),
            name: text(wanted, "name"),
            site: number(wanted, "site_id"),
        },
        "create user" => AdminChange::CreateUser(Box::new(NewUser {
            username: text(wanted, "username")?,
            first_name: named("first_name"),
            last_name: named("last_name"),
            email: named("email"),
            is_admin: flag(wanted, "global_admin")?,
            ..NewUser::default()
        })),
        "create team" => AdminChange::CreateTeam { name: text(wanted, "name")? },
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

/// A watchlist that was made, or that was there; with what it set off, but for e-mails, whose readers only it knew.
fn created_watchlist(record: &Value) -> Option<NewWatchlist> {
    let kinds = record.get("action_types").and_then(Value::as_array);
    let kinds = kinds.into_iter().flatten().filter_map(Value::as_i64);
    let mut sets_off: Vec<_> = kinds.map(ActionKind::from_number).collect();
    let actions = record.get("actions").and_then(Value::as_array);
    let actions = actions.into_iter().flatten().filter_map(watch_action);
    let plain = actions.filter(|(_, recipients)| recipients.is_empty());
    sets_off.extend(plain.map(|(kind, _)| kind));
    Some(NewWatchlist {
        draft: watchlist_draft(record)?,
        index: StoredIndex::parse(&text(record, "index_type")?.into()),
        actions: sets_off,
        is_enabled: flag(record, "enabled").unwrap_or(true),
    })
}

fn watch_action(record: &Value) -> Option<(ActionKind, Vec<u64>)> {
    let kind = record.get("action_type")?.as_i64()?;
    let recipients = record.get("email_recipients").and_then(Value::as_array);
    let recipients = recipients.into_iter().flatten().filter_map(Value::as_u64);
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
