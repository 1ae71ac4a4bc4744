//! What the log says was done, read back as a deed; and the deed that takes it back.

use serde_json::Value;

use super::{
    Admin, Deed, Feeding, Ignoring, NewUser, NewWatchlist, Triage, Verdict, Watching,
    WatchlistDraft, triage,
};
use crate::model::{
    ActionKind, AlertId, AlertStatus, FeedId, GroupId, Md5, ReportId, SensorId, StoredIndex,
    WatchlistId,
};
use crate::record::actions::Sending;

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
        "ban" => Deed::Ban {
            md5: hash()?,
            note: text(wanted, "text"),
        },
        "unban" => Deed::Lift(hash()?),
        "move" => Deed::Move {
            sensor: sensor()?,
            group: GroupId(number(wanted, "group_id")?),
        },
        "flush" => Deed::Flush {
            sensor: sensor()?,
            until: text(wanted, "event_log_flush_time")?.parse().ok()?,
        },
        "restart" => Deed::Restart(sensor()?),
        "annotate" => Deed::Annotate {
            sensor: sensor()?,
            notes: text(wanted, "notes")?,
        },
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
        Deed::Lift(md5) => Deed::Ban {
            md5,
            note: text(before, "text"),
        },
        Deed::Move { sensor, .. } => Deed::Move {
            sensor,
            group: GroupId(number(before, "group_id")?),
        },
        Deed::Annotate { sensor, .. } => Deed::Annotate {
            sensor,
            notes: text(before, "notes").unwrap_or_default(),
        },
        Deed::Triage(done) => Deed::Triage(triage::undoing(before, &done)?),
        Deed::Watch(done) => Deed::Watch(unwatching(&done, before, after)?),
        Deed::Feed(Feeding::Switch { id, on }) => Deed::Feed(Feeding::Switch { id, on: !on }),
        Deed::Feed(Feeding::Add(_)) => Deed::Feed(Feeding::Delete(FeedId(number(after, "id")?))),
        Deed::Feed(Feeding::Delete(_)) if flag(before, "manually_added") == Some(true) => {
            Deed::Feed(Feeding::Add(text(before, "feed_url")?))
        }
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
            Verdict::Before(
                each.filter_map(|was| triage::read_was(was, false))
                    .collect(),
            )
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
            draft: Box::new(draft(wanted)?),
        },
        "enable watchlist" | "disable watchlist" => Watching::Switch {
            id: id()?,
            on: flag(wanted, "enabled")?,
        },
        "delete watchlist" => Watching::Delete(id()?),
        "add action" => {
            let (kind, recipients) = action(wanted)?;
            Watching::AddAction {
                id: id()?,
                kind,
                recipients,
            }
        }
        "remove action" => Watching::RemoveAction {
            id: id()?,
            action: number(wanted, "removed_action")?,
        },
        _ => return None,
    })
}

fn unwatching(done: &Watching, before: &Value, after: &Value) -> Option<Watching> {
    Some(match done {
        Watching::Create(_) => Watching::Delete(WatchlistId(number(after, "id")?)),
        Watching::Edit { id, .. } => Watching::Edit {
            id: *id,
            draft: Box::new(draft(before)?),
        },
        Watching::Switch { id, on } => Watching::Switch { id: *id, on: !on },
        Watching::Delete(_) => Watching::Create(created(before)?),
        Watching::AddAction { id, kind, .. } => {
            let mut actions = after.get("actions")?.as_array()?.iter();
            let made = actions.rfind(|one| action(one).is_some_and(|(other, _)| other == *kind));
            Watching::RemoveAction {
                id: *id,
                action: number(made?, "id")?,
            }
        }
        Watching::RemoveAction { id, action: gone } => {
            let mut actions = before.get("actions")?.as_array()?.iter();
            let was = actions.find(|one| number(one, "id") == Some(*gone))?;
            let (kind, recipients) = action(was)?;
            Watching::AddAction {
                id: *id,
                kind,
                recipients,
            }
        }
    })
}

fn feeding(sending: &Sending) -> Option<Feeding> {
    let id = || sending.target.id.parse().ok().map(FeedId);
    Some(match sending.deed.as_str() {
        "add feed" => Feeding::Add(sending.target.id.clone()),
        "enable feed" | "disable feed" => Feeding::Switch {
            id: id()?,
            on: flag(&sending.wanted, "enabled")?,
        },
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
        "create group" => Admin::CreateGroup {
            name: text(wanted, "name")?,
            site: number(wanted, "site_id")?,
        },
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
        "create team" => Admin::CreateTeam {
            name: text(wanted, "name")?,
        },
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::record::actions::{Target, Who};

    fn undo(
        deed: &str,
        (kind, id): (&str, &str),
        [before, wanted, after]: [Value; 3],
    ) -> Option<Deed> {
        let sending = Sending {
            who: Who::default(),
            server: String::new(),
            deed: deed.into(),
            target: Target {
                kind: kind.into(),
                id: id.into(),
                name: String::new(),
            },
            reason: None,
            ticket: None,
            undoes: None,
            requests: Vec::new(),
            before,
            wanted,
        };
        undoing(&sending, &after)
    }

    const WATCHLIST: (&str, &str) = ("watchlist", "14");

    fn watchlist() -> Value {
        json!({"id": 14, "name": "n", "description": "d", "search_query": "q=a", "index_type": "modules",
            "enabled": true, "actions": [{"id": 9, "action_type": 3, "email_recipients": []},
            {"id": 10, "action_type": 0, "email_recipients": [7]}]})
    }

    #[test]
    fn alerts_get_back_what_each_of_them_had() {
        let before = json!({"alerts": [
            {"unique_id": "x", "status": "In Progress", "assigned_to": "kim", "report_ignored": false},
            {"unique_id": "y", "status": "Unresolved", "assigned_to": "", "report_ignored": true},
            {"unique_id": "left out", "status": "Resolved"}]});
        let Some(Deed::Triage(back)) =
            undo("ignore", ("alerts", "x,y"), [before, json!({}), json!({})])
        else {
            panic!("it can be taken back");
        };
        let Verdict::Before(each) = back.to else {
            panic!("to what was before");
        };
        let told: Vec<_> = each
            .iter()
            .map(|was| (was.id.0.raw(), was.assigned_to.as_str(), was.is_heard_again))
            .collect();
        assert_eq!(told, [("x", "kim", true), ("y", "", false)]);
    }

    #[test]
    fn a_watchlist_comes_back_with_what_it_set_off_and_goes_by_the_number_it_got() {
        let none = json!({});
        let back = undo(
            "delete watchlist",
            WATCHLIST,
            [watchlist(), none.clone(), none.clone()],
        );
        let Some(Deed::Watch(Watching::Create(new))) = back else {
            panic!("it is made again");
        };
        assert_eq!(
            (new.draft.name.as_str(), &new.index),
            ("n", &StoredIndex::Modules)
        );
        // Whom an e-mail went to is told by the sheet, and not guessed.
        assert_eq!(new.sets_off, [ActionKind::Alert]);
        let made = ("watchlist", "n");
        let gone = undo("create watchlist", made, [none, watchlist(), watchlist()]);
        assert_eq!(gone, Some(Deed::Watch(Watching::Delete(WatchlistId(14)))));
    }

    #[test]
    fn an_action_comes_back_with_its_readers_and_goes_by_its_number() {
        let id = WatchlistId(14);
        let removed = [watchlist(), json!({"removed_action": 10}), json!({})];
        let again = Watching::AddAction {
            id,
            kind: ActionKind::Email,
            recipients: vec![7],
        };
        assert_eq!(
            undo("remove action", WATCHLIST, removed),
            Some(Deed::Watch(again))
        );
        let added = [json!({}), json!({"action_type": 3}), watchlist()];
        let gone = Watching::RemoveAction { id, action: 9 };
        assert_eq!(
            undo("add action", WATCHLIST, added),
            Some(Deed::Watch(gone))
        );
    }

    #[test]
    fn what_nothing_restores_is_not_offered() {
        let none = || [json!({}), json!({}), json!({})];
        assert_eq!(undo("sync feed", ("feed", "12"), none()), None);
        let vendors = [
            json!({"manually_added": false, "feed_url": "https://x"}),
            json!({}),
            json!({}),
        ];
        assert_eq!(undo("delete feed", ("feed", "12"), vendors), None);
        let made = [
            json!({}),
            json!({"name": "g", "site_id": 1}),
            json!({"id": 9}),
        ];
        assert_eq!(undo("create group", ("group", "g"), made), None);
    }
}
