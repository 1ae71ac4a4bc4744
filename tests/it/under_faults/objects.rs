//! Changes on what a server keeps besides sensors: each logged outcome is what the server holds.

use lampblack::api::{Client, WriteRequest};
use lampblack::audit::{self, AuditLog};
use lampblack::changes::{
    self, AlertChange, Applied, Change, ChangeHistory, Disposition, FeedChange, Justification, LoggedStage,
    NewWatchlist, NotSent, Plan, PlanContext, PlannedChange, Policy, Prepared, SensorChange, WatchlistChange,
    WatchlistDraft, WatchlistEdit,
};
use lampblack::model::{
    ActionKind, AlertSource, AlertStatus, FeedId, Search, SensorId, Span, StoredIndex, Watchlist, WatchlistId,
};
use lampblack::sim::{self, Fault, Mode, Options, Running};
use serde_json::json;
use tempfile::TempDir;

use super::support::console::{settings, small};

/// A server, a user who changes it, and the log.
struct Setup {
    sim: Running,
    client: Client,
    log: AuditLog,
    state: TempDir,
}

impl Setup {
    async fn open() -> Self {
        let options = Options { server_version: "7.8".into(), ..small() };
        let sim = sim::start(options).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        let state = tempfile::tempdir().unwrap();
        Self { log: AuditLog::open(state.path()).unwrap(), sim, client, state }
    }

    async fn prepare(&self, change: Change) -> Prepared {
        let estate = PlanContext::new(self.client.clone(), Policy::default());
        change.prepare(&estate).await.unwrap()
    }

    async fn plan(&self, change: Change) -> Plan {
        match self.prepare(change).await {
            Prepared::Ready(plan) => *plan,
            other => panic!("it can be done: {other:?}"),
        }
    }

    async fn carry_out(&mut self, plan: &Plan) -> Result<Applied, NotSent> {
        let order = PlannedChange { plan, justification: &Justification::default() };
        changes::apply(order, &self.client, &mut self.log).await
    }

    async fn perform(&mut self, change: Change) -> Applied {
        let plan = self.plan(change).await;
        self.carry_out(&plan).await.unwrap()
    }

    fn journal(&self) -> ChangeHistory {
        ChangeHistory::from(audit::verify(self.state.path()).unwrap())
    }

    async fn watchlists(&self, name: &str) -> Vec<Watchlist> {
        let all = self.client.watchlists().await.unwrap().rows;
        let named = all.into_iter().filter(|one| one.name.raw() == name);
        named.collect()
    }

    /// How many requests were sent that change something there.
    fn n_sent(&self, path: &str) -> usize {
        let seen = self.sim.seen_requests().into_iter();
        let seen = seen.filter(|seen| seen.method != "GET" && seen.target.starts_with(path));
        seen.count()
    }
}

fn sync() -> Change {
    Change::Feed(FeedChange::Synchronize(FeedId(12)))
}

fn watchlist(index: StoredIndex, sets_off: &[ActionKind]) -> Change {
    Change::Watch(WatchlistChange::Create(NewWatchlist {
        draft: WatchlistDraft {
            name: "share".into(),
            description: String::new(),
            search_query: "q=cmdline%3Ablah".into(),
        },
        index,
        actions: sets_off.to_vec(),
        is_enabled: true,
    }))
}

#[tokio::test]
async fn a_synchronization_whose_answer_was_lost_stays_unknown() {
    let mut setup = Setup::open().await;
    let lost = Fault::new(Mode::LostAnswer).method("POST").limit_times(1);
    setup.sim.add_fault(lost.for_target("/synchronize"));
    let Applied { change, mut outcome } = setup.perform(sync()).await;
    assert_eq!(outcome.stage, LoggedStage::Unknown, "{}", outcome.note);
    changes::recheck(&change, &setup.client, &mut setup.log, &mut outcome).await;
    assert_eq!(outcome.stage, LoggedStage::Unknown, "{}", outcome.note);
    // The server will never show it, so the console stops reading it back.
    assert!(!outcome.is_open() && !outcome.needs_read_back());
    assert_eq!(setup.journal().n_open(setup.client.server()), 0);
    assert_eq!(setup.perform(sync()).await.outcome.stage, LoggedStage::Confirmed);
}

#[tokio::test]
async fn the_second_request_of_a_change_is_in_the_log_before_it_is_sent() {
    let mut setup = Setup::open().await;
    let done = setup.perform(watchlist(StoredIndex::Events, &[ActionKind::Alert])).await;
    assert_eq!(done.outcome.stage, LoggedStage::Confirmed, "{}", done.outcome.note);
    let journal = setup.journal();
    let outcomes = journal.activity.iter().rev().map(|act| {
        let n_requests = act.submitted.requests.len();
        (act.submitted.verb.as_str(), act.submitted.follows, act.stage(), n_requests)
    });
    let outcomes: Vec<_> = outcomes.collect();
    assert_eq!(
        outcomes,
        [("create watchlist", None, LoggedStage::Confirmed, 1), ("add action", Some(1), LoggedStage::Confirmed, 1),]
    );
    // All of it goes with the watchlist.
    let last = journal.last_undoable(setup.client.server(), jiff::Timestamp::UNIX_EPOCH, |_| true);
    let undo = last.unwrap().inverse().unwrap();
    assert!(matches!(undo, Change::Watch(WatchlistChange::Delete(_))), "{undo:?}");
}

#[tokio::test]
async fn a_watchlist_that_was_made_without_its_action_is_partly_done_and_goes_again() {
    let mut setup = Setup::open().await;
    let refused = Fault::new(Mode::Forbidden).method("POST").for_target("/action");
    setup.sim.add_fault(refused.limit_times(1));
    let wanted = watchlist(StoredIndex::Events, &[ActionKind::Alert]);
    let done = setup.perform(wanted.clone()).await;
    assert_eq!(done.outcome.stage, LoggedStage::Partly, "{}", done.outcome.note);
    assert!(done.outcome.skipped.contains("add action"), "{}", done.outcome.skipped);
    let [one] = &setup.watchlists("share").await[..] else {
        panic!("there is one");
    };
    // Another user may have created it by now: a second try does not touch it.
    assert!(matches!(setup.prepare(wanted).await, Prepared::Rejected(_)));
    let undo = setup.journal().activity.last().unwrap().inverse();
    assert_eq!(undo, Some(Change::Watch(WatchlistChange::Delete(one.id))));
}

#[tokio::test]
async fn a_watchlist_of_binaries_is_not_one_of_processes() {
    let mut setup = Setup::open().await;
    setup.perform(watchlist(StoredIndex::Events, &[])).await;
    let done = setup.perform(watchlist(StoredIndex::Modules, &[])).await;
    assert_eq!(done.outcome.stage, LoggedStage::Confirmed);
    assert_eq!(setup.watchlists("share").await.len(), 2);
}

#[tokio::test]
async fn a_watchlist_that_was_disabled_comes_back_disabled() {
    let mut setup = Setup::open().await;
    setup.perform(watchlist(StoredIndex::Events, &[])).await;
    let id = setup.watchlists("share").await[0].id;
    setup.perform(Change::Watch(WatchlistChange::Switch { id, is_enabled: false })).await;
    setup.perform(Change::Watch(WatchlistChange::Delete(id))).await;
    let undo = setup.journal().activity[0].inverse().unwrap();
    setup.perform(undo).await;
    assert_eq!(setup.watchlists("share").await[0].is_enabled, Some(false));
}

#[tokio::test]
async fn an_edit_writes_only_what_it_changes_and_nothing_that_was_changed_meanwhile() {
    let mut setup = Setup::open().await;
    setup.perform(watchlist(StoredIndex::Events, &[])).await;
    let old = setup.watchlists("share").await[0].clone();
    let edit = |change| {
        let change = Box::new(change);
        Change::Watch(WatchlistChange::Edit { id: old.id, change })
    };
    let described =
        setup.plan(edit(WatchlistEdit { description: Some("mounts".into()), ..WatchlistEdit::default() })).await;
    let renamed = setup.plan(edit(WatchlistEdit { name: Some("shares".into()), ..WatchlistEdit::default() })).await;
    let theirs = json!({"name": "kim's", "search_query": "q=cmdline%3Akim"});
    setup.client.send_write(&WriteRequest::watchlist(&old, theirs)).await.unwrap();
    setup.carry_out(&described).await.unwrap();
    let [now] = &setup.watchlists("kim's").await[..] else {
        panic!("the name that was given meanwhile stays");
    };
    assert_eq!(now.search_query.raw(), "q=cmdline%3Akim");
    assert_eq!(now.description.raw(), "mounts");
    let refused = setup.carry_out(&renamed).await.unwrap_err().to_string();
    assert!(refused.contains("was changed meanwhile"), "{refused}");
}

#[tokio::test]
async fn notes_that_a_colleague_wrote_meanwhile_are_kept_and_shown_before_an_undo() {
    let mut setup = Setup::open().await;
    let annotate = |notes: &str| Change::Sensor(SensorChange::Annotate { sensor: SensorId(3), notes: notes.into() });
    setup.perform(annotate("mine")).await;
    let plan = setup.plan(annotate("mine again")).await;
    let sensor = setup.client.sensor(SensorId(3)).await.unwrap();
    setup.client.send_write(&WriteRequest::sensor(&sensor, "notes", "kim's")).await.unwrap();
    let refused = setup.carry_out(&plan).await.unwrap_err().to_string();
    assert!(refused.contains("was changed meanwhile"), "{refused}");
    let act = &setup.journal().activity[0];
    let undo = setup.plan(act.inverse().unwrap()).await;
    assert_eq!(act.changed_since(&undo.reading), [r#"notes is "kim's" now"#]);
}

#[tokio::test]
async fn an_alert_that_is_left_alone_is_in_no_request() {
    let mut setup = Setup::open().await;
    let search = Search { query: "status:Unresolved".into(), ..Search::default() };
    let span = Span { start: 0, rows: 50 };
    let alerts = setup.client.alerts(&search, span).await.unwrap().rows;
    // What a watchlist raised has no report that could be ignored.
    let by_reports = alerts.iter().filter(|alert| matches!(alert.source, AlertSource::Report(_)));
    let ids: Vec<_> = by_reports.map(|alert| alert.id.clone()).take(3).collect();
    for to in [Disposition::Status(AlertStatus::Resolved), Disposition::Assigned("ana".into()), Disposition::Ignored] {
        let [triage] = &AlertChange::batches(&ids, &to)[..] else {
            panic!("three are one block");
        };
        let plan = setup.plan(Change::Triage(triage.clone())).await;
        let begun = WriteRequest::alert(&ids[0], &AlertStatus::InProgress);
        setup.client.send_write(&begun).await.unwrap();
        let done = setup.carry_out(&plan).await.unwrap();
        assert!(done.outcome.skipped.contains("is skipped"), "{}", done.outcome.skipped);
        let now = setup.client.alerts_by_id(&ids[..1]).await.unwrap();
        assert_eq!(now[0].status, AlertStatus::InProgress, "{to:?}");
        for id in &ids {
            let back = WriteRequest::alert(id, &AlertStatus::Unresolved);
            setup.client.send_write(&back).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_e_mail_to_somebody_else_is_another_action() {
    let mut setup = Setup::open().await;
    let add = |user| {
        Change::Watch(WatchlistChange::AddAction {
            id: WatchlistId(22),
            kind: ActionKind::Email,
            recipients: vec![user],
        })
    };
    setup.perform(add(7)).await;
    let done = setup.perform(add(8)).await;
    assert_eq!(done.outcome.stage, LoggedStage::Confirmed);
    assert!(matches!(setup.prepare(add(8)).await, Prepared::NoOp { .. }));
    assert_eq!(setup.n_sent("/api/v1/watchlist/22/action"), 2);
}

#[tokio::test]
async fn a_feed_that_was_disabled_comes_back_disabled_and_no_password_is_taken_in_an_address() {
    let mut setup = Setup::open().await;
    let feeds = setup.client.feeds().await.unwrap().rows;
    let own = feeds.iter().find(|feed| feed.is_manual == Some(true));
    let id = own.expect("one was added by hand").id;
    setup.perform(Change::Feed(FeedChange::Switch { id, is_enabled: false })).await;
    setup.perform(Change::Feed(FeedChange::Delete(id))).await;
    let undo = setup.journal().activity[0].inverse().unwrap();
    assert!(matches!(&undo, Change::Feed(FeedChange::Add { is_enabled: false, .. })), "{undo:?}");
    for address in ["https://ana:s3cret@intel.example/feed.json", "intel.example"] {
        let add = Change::Feed(FeedChange::Add { url: address.into(), is_enabled: true });
        let Prepared::Rejected(refusal) = setup.prepare(add).await else {
            panic!("{address} is refused");
        };
        assert!(!refusal.hint.is_empty());
    }
}
