//! The change that undoes each kind of change.

use serde_json::json;

use super::*;
use crate::audit::{Actor, LoggedTarget};
use crate::changes::{
    CommandLimit, ExpectedEntry, FileContent, FileHash, HostChange, HostCommand, NewHostFile, Password, PreviousAlert,
    WatchlistDraft,
};
use crate::model::{ActionKind, IngressFilterId, Md5, StoredIndex};

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

/// One change of each kind, with each word that the log has for its parts.
fn every_kind() -> Vec<Change> {
    let sensor = SensorId(3);
    let md5 = Md5([0xab; 16]);
    let watchlist = WatchlistId(14);
    let sensors = [
        SensorChange::Isolate(sensor),
        SensorChange::Unisolate(sensor),
        SensorChange::Move { sensor, group: GroupId(5) },
        SensorChange::Flush { sensor, until: "2026-03-04T10:20:00Z".parse().unwrap() },
        SensorChange::Restart(sensor),
        SensorChange::Annotate { sensor, notes: "n".into() },
        SensorChange::Uninstall(sensor),
    ];
    let bans = [
        BanChange::Ban { md5, note: Some("dropper".into()) },
        BanChange::Ban { md5, note: None },
        BanChange::Unban(md5),
    ];
    let alert = AlertId("x".into());
    let statuses = AlertStatus::ALL.into_iter().chain([AlertStatus::Other("odd".into())]);
    let previous =
        |status| PreviousAlert { id: alert.clone(), status, assigned_to: "kim".into(), report_restored: true };
    let dispositions = statuses.clone().map(Disposition::Status).chain([
        Disposition::Assigned("kim".into()),
        Disposition::Ignored,
        Disposition::Previous(statuses.map(previous).collect()),
    ]);
    let alerts = dispositions.map(|desired| AlertChange { alerts: [alert.clone()].into(), desired });
    let create = |index| {
        let draft = WatchlistDraft { name: "n".into(), description: "d".into(), search_query: "q=a".into() };
        let actions =
            [ActionKind::Email, ActionKind::Syslog, ActionKind::Http, ActionKind::Alert, ActionKind::Other(9)];
        WatchlistChange::Create(NewWatchlist { draft, index, actions: actions.into(), is_enabled: true })
    };
    let edit = WatchlistEdit { name: Some("n".into()), description: Some("d".into()), search_query: None };
    let watchlists = [
        create(StoredIndex::Events),
        create(StoredIndex::Modules),
        create(StoredIndex::Other("odd".into())),
        WatchlistChange::Edit { id: watchlist, change: Box::new(edit) },
        WatchlistChange::Switch { id: watchlist, is_enabled: false },
        WatchlistChange::Delete(watchlist),
        WatchlistChange::AddAction { id: watchlist, kind: ActionKind::Email, recipients: vec![7] },
        WatchlistChange::RemoveAction { id: watchlist, action: 9 },
    ];
    let feeds = [
        FeedChange::Add { url: "https://intel.example/feed".into(), is_enabled: true },
        FeedChange::Switch { id: FeedId(12), is_enabled: false },
        FeedChange::Synchronize(FeedId(12)),
        FeedChange::Delete(FeedId(12)),
    ];
    let report = ReportChange { report: ReportId { feed: FeedId(12), id: "r".into() }, is_ignored: true };
    let user = NewUser { username: "ana".into(), teams: vec![(2, "t".into())], is_admin: true, ..NewUser::default() };
    let admin = [
        AdminChange::CreateGroup { name: "g".into(), site: 1 },
        AdminChange::EditGroup { id: GroupId(5), name: Some("g".into()), site: None },
        AdminChange::CreateUser(Box::new(user)),
        AdminChange::CreateTeam { name: "t".into() },
        AdminChange::SwitchIngressFilter { id: IngressFilterId("backup-agent".into()), is_enabled: true },
    ];
    let sensors = sensors.into_iter().map(Change::Sensor).chain(bans.map(Change::Ban));
    let detections = alerts.map(Change::Triage).chain(watchlists.map(Change::Watch)).chain(feeds.map(Change::Feed));
    let hosts = every_host_action().into_iter();
    let hosts = hosts.map(|action| Change::Host(HostChange { sensor, action, limit: CommandLimit::default() }));
    let others = [Change::Ignore(report)].into_iter().chain(admin.map(Change::Admin)).chain(hosts);
    sensors.chain(detections).chain(others).collect()
}

/// Returns one action of each kind on a host.
fn every_host_action() -> Vec<HostCommand> {
    let path = || r"c:\a".to_owned();
    let hash = FileHash { size: 3, md5: Md5([0xab; 16]) };
    let new = NewHostFile { path: path(), name: "a".into(), hash, content: FileContent::default() };
    vec![
        HostCommand::Kill { pid: 4242, started: Some("2026-03-04T10:20:00Z".parse().unwrap()) },
        HostCommand::Execute { command_line: "ipconfig /all".into(), output_file: Some(path()) },
        HostCommand::PutFile(new),
        HostCommand::DeleteFile { path: path(), expected: ExpectedEntry::Any },
        HostCommand::DeleteFile { path: path(), expected: ExpectedEntry::File(hash) },
        HostCommand::DeleteFile { path: path(), expected: ExpectedEntry::Directory },
        HostCommand::CreateDirectory { path: path() },
        HostCommand::SetValue { value: r"HKLM\a\x".into(), kind: "REG_MULTI_SZ".into(), data: json!(["b", "c"]) },
        HostCommand::DeleteValue { value: r"HKLM\a\x".into() },
        HostCommand::CreateKey { key: r"HKLM\a".into() },
        HostCommand::DeleteKey { key: r"HKLM\a".into() },
        HostCommand::DumpMemory { path: path() },
        HostCommand::CloseSession { session: 5 },
    ]
}

/// Returns the tags that the log may have in place of `TAG` in `change`: the reader names them where it knows none.
fn known_tags(change: &str) -> Vec<String> {
    let refusal = serde_json::from_str::<Change>(&change.replace("TAG", "no such tag")).unwrap_err().to_string();
    let (_, expected) = refusal.split_once(", expected ").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_word_of_a_change_in_the_log_is_pinned() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/goldens/nets/audit/changes.jsonl");
    let changes = every_kind();
    let lines: Vec<_> = changes.iter().map(|change| serde_json::to_string(change).unwrap()).collect();
    let text = format!("{}\n", lines.join("\n"));
    if std::env::var_os("NETS_UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap();
    assert_eq!(golden, text, "NETS_UPDATE=1 writes {path}");
    let read: Vec<Change> = golden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, changes);
    for (change, family) in [
        (r#"{"TAG":0}"#, ""),
        (r#"{"sensor":{"TAG":0}}"#, r#"{"sensor":"#),
        (r#"{"ban":{"TAG":0}}"#, r#"{"ban":"#),
        (r#"{"alerts":{"alerts":[],"desired":{"TAG":0}}}"#, r#"{"alerts":"#),
        (r#"{"alerts":{"alerts":[],"desired":{"status":"TAG"}}}"#, r#"{"alerts":"#),
        (r#"{"watchlist":{"TAG":0}}"#, r#"{"watchlist":"#),
        (r#"{"watchlist":{"add_action":{"id":1,"kind":"TAG"}}}"#, r#"{"watchlist":"#),
        (r#"{"feed":{"TAG":0}}"#, r#"{"feed":"#),
        (r#"{"admin":{"TAG":0}}"#, r#"{"admin":"#),
        (r#"{"host":{"sensor":3,"action":{"TAG":0}}}"#, r#"{"host":"#),
    ] {
        let tags = known_tags(change);
        assert!(tags.len() > 1, "{change}: {tags:?}");
        for tag in tags {
            let quoted = format!("\"{tag}\"");
            assert!(lines.iter().any(|line| line.starts_with(family) && line.contains(&quoted)), "{tag} has no line");
        }
    }
}
