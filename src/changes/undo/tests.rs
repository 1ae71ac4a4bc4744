//! What takes back what.

use serde_json::json;

use super::*;
use crate::audit::{Actor, LoggedTarget};

fn inverse_of(deed: &str, (kind, id): (&str, &str), [before, wanted, after]: [Value; 3]) -> Option<Change> {
    let sending = Submitted {
        who: Actor::default(),
        server: String::new(),
        deed: deed.into(),
        target: LoggedTarget { kind: kind.into(), id: id.into(), name: String::new() },
        reason: None,
        ticket: None,
        undoes: None,
        batch: None,
        follows: None,
        requests: Vec::new(),
        before,
        wanted,
    };
    inverse(&sending, &after)
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
    let Some(Change::Triage(back)) = inverse_of("ignore", ("alerts", "x,y"), [before, json!({}), json!({})]) else {
        panic!("it can be taken back");
    };
    let Disposition::Previous(each) = back.desired else {
        panic!("to what was before");
    };
    let told: Vec<_> = each.iter().map(|was| (was.id.0.raw(), was.assigned_to.as_str(), was.report_restored)).collect();
    assert_eq!(told, [("x", "kim", true), ("y", "", false)]);
}

#[test]
fn a_watchlist_comes_back_with_what_it_set_off_and_goes_by_the_number_it_got() {
    let none = json!({});
    let back = inverse_of("delete watchlist", WATCHLIST, [watchlist(), none.clone(), none.clone()]);
    let Some(Change::Watch(WatchlistChange::Create(new))) = back else {
        panic!("it is made again");
    };
    assert_eq!((new.draft.name.as_str(), &new.index), ("n", &StoredIndex::Modules));
    // Whom an e-mail went to is told by the sheet, and not guessed.
    assert_eq!(new.actions, [ActionKind::Alert]);
    let made = ("watchlist", "n");
    let gone = inverse_of("create watchlist", made, [none, watchlist(), watchlist()]);
    assert_eq!(gone, Some(Change::Watch(WatchlistChange::Delete(WatchlistId(14)))));
}

#[test]
fn an_action_comes_back_with_its_readers_and_goes_by_its_number() {
    let id = WatchlistId(14);
    let removed = [watchlist(), json!({"removed_action": 10}), json!({})];
    let again = WatchlistChange::AddAction { id, kind: ActionKind::Email, recipients: vec![7] };
    assert_eq!(inverse_of("remove action", WATCHLIST, removed), Some(Change::Watch(again)));
    let added = [json!({}), json!({"action_type": 3}), watchlist()];
    let gone = WatchlistChange::RemoveAction { id, action: 9 };
    assert_eq!(inverse_of("add action", WATCHLIST, added), Some(Change::Watch(gone)));
}

#[test]
fn what_nothing_restores_is_not_offered() {
    let none = || [json!({}), json!({}), json!({})];
    assert_eq!(inverse_of("sync feed", ("feed", "12"), none()), None);
    let vendors = [json!({"manually_added": false, "feed_url": "https://x"}), json!({}), json!({})];
    assert_eq!(inverse_of("delete feed", ("feed", "12"), vendors), None);
    let made = [json!({}), json!({"name": "g", "site_id": 1}), json!({"id": 9})];
    assert_eq!(inverse_of("create group", ("group", "g"), made), None);
}
