//! What the log says was done, read back as a deed; and the deed that takes it back.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    Admin, Deed, Feeding, Ignoring, NewUser, NewWatchlist, Triage, Verdict, Watching, WatchlistChange, WatchlistDraft,
    alert,
};
use crate::audit::Sending;
use crate::model::{
    ActionKind, AlertId, AlertStatus, FeedId, GroupId, Md5, ReportId, SensorId, StoredIndex, WatchlistId,
};

/// What was done, as far as this program knows such deeds.
pub(super) fn of(sending: &Sending) -> Option<Deed> {
    let (target, wanted) = (&sending.target, &sending.wanted);
    match target.kind.as_str() {
        "alerts" => return alerts(sending).map(Deed::Triage),
        "watchlist" => return watching(sending).map(Deed::Watch),
        "feed" => return feeding(sending).map(Deed::Feed),
        "report" => {
            let report = ReportId::parse(&target.id)?;
            let on = flag(wanted, "is_ignored")?;
            return Some(Deed::Ignore(Ignoring { report, on }));
        }
        "group" | "user" | "team" => return admin(sending).map(Deed::Admin),
        _ => {}
    }
    let sensor = || target.id.parse().ok().map(SensorId);
    let hash = || target.id.parse::<Md5>().ok();
    Some(match sending.deed.as_str() {
        "isolate" => Deed::Isolate(sensor()?),
        "release" => Deed::Release(sensor()?),
        "ban" => Deed::Ban { md5: hash()?, note: text(wanted, "text") },
        "unban" => Deed::Lift(hash()?),
        "move" => Deed::Move { sensor: sensor()?, group: GroupId(number(wanted, "group_id")?) },
        "flush" => Deed::Flush { sensor: sensor()?, until: text(wanted, "event_log_flush_time")?.parse().ok()? },
        "restart" => Deed::Restart(sensor()?),
        "annotate" => Deed::Annotate { sensor: sensor()?, notes: text(wanted, "notes")? },
        _ => return None,
    })
}

/// What takes back what was done, by what the server held before and after; `None` where nothing does. An isolation is
/// taken back by a release.
pub(super) fn undoing(sending: &Sending, after: &Value) -> Option<Deed> {
    let before = &sending.before;
    Some(match of(sending)? {
        Deed::Isolate(sensor) => Deed::Release(sensor),
        Deed::Release(sensor) => Deed::Isolate(sensor),
        Deed::Ban { md5, .. } => Deed::Lift(md5),
        Deed::Lift(md5) => Deed::Ban { md5, note: text(before, "text") },
        Deed::Move { sensor, .. } => Deed::Move { sensor, group: GroupId(number(before, "group_id")?) },
        Deed::Annotate { sensor, .. } => Deed::Annotate { sensor, notes: text(before, "notes").unwrap_or_default() },
        Deed::Triage(done) => Deed::Triage(alert::undoing(before, &done)?),
        Deed::Watch(done) => Deed::Watch(unwatching(&done, before, after)?),
        Deed::Feed(Feeding::Switch { id, on }) => Deed::Feed(Feeding::Switch { id, on: !on }),
        // What was there before is none of its making.
        Deed::Feed(Feeding::Add { .. }) if number(before, "id").is_some() => return None,
        Deed::Feed(Feeding::Add { .. }) => Deed::Feed(Feeding::Delete(FeedId(number(after, "id")?))),
        Deed::Feed(Feeding::Delete(_)) if flag(before, "manually_added") == Some(true) => Deed::Feed(Feeding::Add {
            url: text(before, "feed_url")?,
            is_enabled: flag(before, "enabled").unwrap_or(true),
        }),
        Deed::Ignore(Ignoring { report, on }) => Deed::Ignore(Ignoring { report, on: !on }),
        Deed::Admin(Admin::EditGroup { id, name, site }) => Deed::Admin(Admin::EditGroup {
            id,
            name: name.and_then(|_| text(before, "name")),
            site: site.and_then(|_| number(before, "site_id")),
        }),
        Deed::Flush { .. } | Deed::Restart(_) | Deed::Feed(_) | Deed::Admin(_) => return None,
    })
}

fn alerts(sending: &Sending) -> Option<Triage> {
    let ids = sending.target.id.split(',');
    let alerts = ids.map(|id| AlertId(id.into())).collect();
    let wanted = &sending.wanted;
    let status = || Some(AlertStatus::read(&text(wanted, "status")?.into()));
    let to = match sending.deed.as_str() {
        "assign" => Verdict::Assigned(text(wanted, "assigned_to")?),
        "ignore" => Verdict::Ignored,
        "put back" => {
            let each = wanted.get("alerts")?.as_array()?.iter();
            Verdict::Before(each.filter_map(|was| alert::read_was(was, false)).collect())
        }
        _ => Verdict::Status(status()?),
    };
    Some(Triage { alerts, to })
}

fn watching(sending: &Sending) -> Option<Watching> {
    let wanted = &sending.wanted;
    let id = || sending.target.id.parse().ok().map(WatchlistId);
    Some(match sending.deed.as_str() {
        "create watchlist" => Watching::Create(created(wanted)?),
        "edit watchlist" => Watching::Edit {
            id: id()?,
            change: Box::new(WatchlistChange {
                name: text(wanted, "name"),
                description: text(wanted, "description"),
                search_query: text(wanted, "search_query"),
            }),
        },
        "enable watchlist" | "disable watchlist" => Watching::Switch { id: id()?, on: flag(wanted, "enabled")? },
        "delete watchlist" => Watching::Delete(id()?),
        "add action" => {
            let (kind, recipients) = action(wanted)?;
            Watching::AddAction { id: id()?, kind, recipients }
        }
        "remove action" => Watching::RemoveAction { id: id()?, action: number(wanted, "removed_action")? },
        _ => return None,
    })
}

fn unwatching(done: &Watching, before: &Value, after: &Value) -> Option<Watching> {
    Some(match done {
        // What was there before is none of its making.
        Watching::Create(_) if number(before, "id").is_some() => return None,
        Watching::Create(_) => Watching::Delete(WatchlistId(number(after, "id")?)),
        Watching::Edit { id, change } => {
            let was = |changed: &Option<String>, name| {
                let changed = changed.as_ref();
                changed.map(|_| text(before, name).unwrap_or_default())
            };
            Watching::Edit {
                id: *id,
                change: Box::new(WatchlistChange {
                    name: was(&change.name, "name"),
                    description: was(&change.description, "description"),
                    search_query: was(&change.search_query, "search_query"),
                }),
            }
        }
        Watching::Switch { id, on } => Watching::Switch { id: *id, on: !on },
        Watching::Delete(_) => Watching::Create(created(before)?),
        Watching::AddAction { id, kind, recipients } => {
            let mut actions = after.get("actions")?.as_array()?.iter();
            let is_it = |(other, users): (ActionKind, Vec<u64>)| other == *kind && users == *recipients;
            let made = actions.rfind(|one| action(one).is_some_and(is_it));
            Watching::RemoveAction { id: *id, action: number(made?, "id")? }
        }
        Watching::RemoveAction { id, action: gone } => {
            let mut actions = before.get("actions")?.as_array()?.iter();
            let was = actions.find(|one| number(one, "id") == Some(*gone))?;
            let (kind, recipients) = action(was)?;
            Watching::AddAction { id: *id, kind, recipients }
        }
    })
}

fn feeding(sending: &Sending) -> Option<Feeding> {
    let id = || sending.target.id.parse().ok().map(FeedId);
    Some(match sending.deed.as_str() {
        "add feed" => Feeding::Add {
            url: sending.target.id.clone(),
            is_enabled: flag(&sending.wanted, "enabled").unwrap_or(true),
        },
        "enable feed" | "disable feed" => Feeding::Switch { id: id()?, on: flag(&sending.wanted, "enabled")? },
        "sync feed" => Feeding::Synchronize(id()?),
        "delete feed" => Feeding::Delete(id()?),
        _ => return None,
    })
}

/// A user is read without a password: nobody makes it a second time from this.
fn admin(sending: &Sending) -> Option<Admin> {
    let wanted = &sending.wanted;
    let named = |name: &str| text(wanted, name).unwrap_or_default();
    Some(match sending.deed.as_str() {
        "create group" => Admin::CreateGroup { name: text(wanted, "name")?, site: number(wanted, "site_id")? },
        "edit group" => Admin::EditGroup {
            id: GroupId(sending.target.id.parse().ok()?),
            name: text(wanted, "name"),
            site: number(wanted, "site_id"),
        },
        "create user" => Admin::CreateUser(Box::new(NewUser {
            username: text(wanted, "username")?,
            first_name: named("first_name"),
            last_name: named("last_name"),
            email: named("email"),
            is_admin: flag(wanted, "global_admin")?,
            ..NewUser::default()
        })),
        "create team" => Admin::CreateTeam { name: text(wanted, "name")? },
        _ => return None,
    })
}

fn draft(record: &Value) -> Option<WatchlistDraft> {
    Some(WatchlistDraft {
        name: text(record, "name")?,
        description: text(record, "description").unwrap_or_default(),
        search_query: text(record, "search_query")?,
    })
}

/// A watchlist that was made, or that was there; with what it set off, but for e-mails, whose readers only it knew.
fn created(record: &Value) -> Option<NewWatchlist> {
    let kinds = record.get("action_types").and_then(Value::as_array);
    let kinds = kinds.into_iter().flatten().filter_map(Value::as_i64);
    let mut sets_off: Vec<_> = kinds.map(ActionKind::read).collect();
    let actions = record.get("actions").and_then(Value::as_array);
    let actions = actions.into_iter().flatten().filter_map(action);
    let plain = actions.filter(|(_, recipients)| recipients.is_empty());
    sets_off.extend(plain.map(|(kind, _)| kind));
    Some(NewWatchlist {
        draft: draft(record)?,
        index: StoredIndex::read(&text(record, "index_type")?.into()),
        sets_off,
        is_enabled: flag(record, "enabled").unwrap_or(true),
    })
}

fn action(record: &Value) -> Option<(ActionKind, Vec<u64>)> {
    let kind = record.get("action_type")?.as_i64()?;
    let recipients = record.get("email_recipients").and_then(Value::as_array);
    let recipients = recipients.into_iter().flatten().filter_map(Value::as_u64);
    Some((ActionKind::read(kind), recipients.collect()))
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
