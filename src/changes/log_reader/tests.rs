//! The change that undoes each kind of change.

use serde_json::json;

use super::*;
use crate::audit::{Actor, LoggedTarget};
use crate::changes::{Password, PreviousAlert, WatchlistDraft};
use crate::model::{ActionKind, Md5, StoredIndex};

fn inverse_of(verb: &str, target: (&str, &str), [before, desired, after]: [Value; 3]) -> Option<Change> {
    let submitted = Submitted { before, desired, ..submitted(verb, target) };
    read_change(&submitted)?.inverse(&submitted.before, &after).ok()
}

fn submitted(verb: &str, (kind, id): (&str, &str)) -> Submitted {
    Submitted {
        who: Actor::default(),
        server: String::new(),
        verb: verb.into(),
        target: LoggedTarget { kind: kind.into(), id: id.into(), name: String::new() },
        reason: None,
        ticket: None,
        undoes: None,
        batch: None,
        follows: None,
        requests: Vec::new(),
        before: Value::Null,
        desired: Value::Null,
        change: Value::Null,
    }
}

#[test]
fn a_change_is_read_as_it_was_written_and_never_with_a_password() {
    let alerts: std::sync::Arc<[AlertId]> = [AlertId("x".into())].into();
    let previous = PreviousAlert {
        id: AlertId("x".into()),
        status: AlertStatus::Other("odd".into()),
        assigned_to: "kim".into(),
        report_restored: true,
    };
    let draft = WatchlistDraft { name: "n".into(), description: String::new(), search_query: "q=a".into() };
    let user = NewUser { username: "ana".into(), password: Password::new("s3cret".into()), ..NewUser::default() };
    for (change, name) in [
        (Change::Sensor(SensorChange::Isolate(SensorId(3))), r#"{"sensor":{"isolate":3}}"#),
        (Change::Ban(BanChange::Unban(Md5([0xab; 16]))), "abababab"),
        (
            Change::Triage(AlertChange { alerts, desired: Disposition::Previous([previous].into_iter().collect()) }),
            "kim",
        ),
        (
            Change::Watch(WatchlistChange::Create(NewWatchlist {
                draft,
                index: StoredIndex::Modules,
                actions: vec![ActionKind::Other(9)],
                is_enabled: true,
            })),
            "q=a",
        ),
        (Change::Feed(FeedChange::Synchronize(FeedId(12))), "12"),
        (
            Change::Ignore(ReportChange { report: ReportId { feed: FeedId(1), id: "r".into() }, is_ignored: true }),
            "is_ignored",
        ),
        (Change::Admin(AdminChange::CreateUser(Box::new(user))), "ana"),
    ] {
        let written = serde_json::to_value(&change).unwrap();
        assert!(written.to_string().contains(name), "{written}");
        assert!(!written.to_string().contains("s3cret"), "{written}");
        let submitted = Submitted { change: written, ..submitted("something of tomorrow", ("", "")) };
        assert_eq!(read_change(&submitted), Some(change));
    }
    let unknown = Submitted { change: json!({"sensor": {"paint": 3}}), ..submitted("isolate", ("sensor", "3")) };
    assert_eq!(read_change(&unknown), None);
}

const WATCHLIST: (&str, &str) = ("watchlist", "14");

fn watchlist() -> Value {
    json!({"id": 14, "name": "n", "description": "d", "search_query": "q=a", "index_type": "modules",
        "enabled": true, "actions": [{"id": 9, "action_type": 3, "email_recipients": []},
        {"id": 10, "action_type": 0, "email_recipients": [7]}]})
}

#[test]
fn an_undo_restores_the_previous_state_of_each_alert() {
    let before = json!({"alerts": [
        {"unique_id": "x", "status": "In Progress", "assigned_to": "kim", "report_ignored": false},
        {"unique_id": "y", "status": "Unresolved", "assigned_to": "", "report_ignored": true},
        {"unique_id": "left out", "status": "Resolved"}]});
    let Some(Change::Triage(undo)) = inverse_of("ignore", ("alerts", "x,y"), [before, json!({}), json!({})]) else {
        panic!("it can be undone");
    };
    let Disposition::Previous(previous) = undo.desired else {
        panic!("to the previous state");
    };
    let restored: Vec<_> =
        previous.iter().map(|alert| (alert.id.0.raw(), alert.assigned_to.as_str(), alert.report_restored)).collect();
    assert_eq!(restored, [("x", "kim", true), ("y", "", false)]);
}

#[test]
fn an_undo_recreates_a_watchlist_with_its_actions_and_deletes_a_new_one_by_its_id() {
    let none = json!({});
    let undo = inverse_of("delete watchlist", WATCHLIST, [watchlist(), none.clone(), none.clone()]);
    let Some(Change::Watch(WatchlistChange::Create(new))) = undo else {
        panic!("it is created again");
    };
    assert_eq!((new.draft.name.as_str(), &new.index), ("n", &StoredIndex::Modules));
    // The recipients of an e-mail are shown in the confirmation, and not guessed.
    assert_eq!(new.actions, [ActionKind::Alert]);
    let target = ("watchlist", "n");
    let deletion = inverse_of("create watchlist", target, [none, watchlist(), watchlist()]);
    assert_eq!(deletion, Some(Change::Watch(WatchlistChange::Delete(WatchlistId(14)))));
}

#[test]
fn an_undo_adds_an_action_again_with_its_recipients_and_removes_a_new_one_by_its_id() {
    let id = WatchlistId(14);
    let removed = [watchlist(), json!({"removed_action": 10}), json!({})];
    let addition = WatchlistChange::AddAction { id, kind: ActionKind::Email, recipients: vec![7] };
    assert_eq!(inverse_of("remove action", WATCHLIST, removed), Some(Change::Watch(addition)));
    let added = [json!({}), json!({"action_type": 3}), watchlist()];
    let removal = WatchlistChange::RemoveAction { id, action: 9 };
    assert_eq!(inverse_of("add action", WATCHLIST, added), Some(Change::Watch(removal)));
}

#[test]
fn a_change_that_nothing_restores_has_no_undo() {
    let none = || [json!({}), json!({}), json!({})];
    assert_eq!(inverse_of("sync feed", ("feed", "12"), none()), None);
    let vendor_feed = [json!({"manually_added": false, "feed_url": "https://x"}), json!({}), json!({})];
    assert_eq!(inverse_of("delete feed", ("feed", "12"), vendor_feed), None);
    let created = [json!({}), json!({"name": "g", "site_id": 1}), json!({"id": 9})];
    assert_eq!(inverse_of("create group", ("group", "g"), created), None);
}
