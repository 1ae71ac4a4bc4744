//! Deeds on what a server keeps besides sensors: each outcome told is what the server holds.

use lampblack::api::{Change, Client};
use lampblack::audit::{self, Actions};
use lampblack::changes::{
    self, Deed, Done, Estate, Feeding, Grounds, Guard, Journal, NewWatchlist, NotSent, Order, Plan, Prepared, Stage,
    Triage, Verdict, Watching, WatchlistChange, WatchlistDraft,
};
use lampblack::model::{ActionKind, AlertStatus, FeedId, Search, SensorId, Span, StoredIndex, Watchlist, WatchlistId};
use lampblack::sim::{self, Fault, Mode, Options, Running};
use serde_json::json;
use tempfile::TempDir;

use super::support::console::{settings, small};

/// A server, somebody who changes it, and the log.
struct Desk {
    sim: Running,
    client: Client,
    log: Actions,
    state: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let options = Options { server_version: "7.8".into(), ..small() };
        let sim = sim::start(options).await.unwrap();
        let client = Client::new(settings(&sim), None).unwrap();
        let state = tempfile::tempdir().unwrap();
        Self { log: Actions::open(state.path()).unwrap(), sim, client, state }
    }

    async fn prepare(&self, deed: Deed) -> Prepared {
        let estate = Estate::new(self.client.clone(), Guard::default());
        deed.prepare(&estate).await.unwrap()
    }

    async fn plan(&self, deed: Deed) -> Plan {
        match self.prepare(deed).await {
            Prepared::Ready(plan) => *plan,
            other => panic!("it can be done: {other:?}"),
        }
    }

    async fn carry_out(&mut self, plan: &Plan) -> Result<Done, NotSent> {
        let order = Order { plan, grounds: &Grounds::default() };
        changes::perform(order, &self.client, &mut self.log).await
    }

    async fn perform(&mut self, deed: Deed) -> Done {
        let plan = self.plan(deed).await;
        self.carry_out(&plan).await.unwrap()
    }

    fn journal(&self) -> Journal {
        Journal::from(audit::verify(self.state.path()).unwrap())
    }

    async fn watchlists(&self, name: &str) -> Vec<Watchlist> {
        let all = self.client.watchlists().await.unwrap().rows;
        let named = all.into_iter().filter(|one| one.name.raw() == name);
        named.collect()
    }

    /// How many requests were sent that change something there.
    fn n_sent(&self, path: &str) -> usize {
        let seen = self.sim.requests().into_iter();
        let seen = seen.filter(|seen| seen.method != "GET" && seen.target.starts_with(path));
        seen.count()
    }
}

fn sync() -> Deed {
    Deed::Feed(Feeding::Synchronize(FeedId(12)))
}

fn watchlist(index: StoredIndex, sets_off: &[ActionKind]) -> Deed {
    Deed::Watch(Watching::Create(NewWatchlist {
        draft: WatchlistDraft {
            name: "share".into(),
            description: String::new(),
            search_query: "q=cmdline%3Ablah".into(),
        },
        index,
        sets_off: sets_off.to_vec(),
        is_enabled: true,
    }))
}

#[tokio::test]
async fn a_synchronization_whose_answer_was_lost_stays_unknown() {
    let mut desk = Desk::open().await;
    let lost = Fault::new(Mode::LostAnswer).method("POST").times(1);
    desk.sim.fault(lost.at("/synchronize"));
    let Done { deed, mut outcome } = desk.perform(sync()).await;
    assert_eq!(outcome.stage, Stage::Unknown, "{}", outcome.note);
    changes::settle(&deed, &desk.client, &mut desk.log, &mut outcome).await;
    assert_eq!(outcome.stage, Stage::Unknown, "{}", outcome.note);
    // Nobody will ever tell, so that nobody looks for it any more.
    assert!(!outcome.is_open() && !outcome.is_unread());
    assert_eq!(desk.journal().n_open(desk.client.server()), 0);
    assert_eq!(desk.perform(sync()).await.outcome.stage, Stage::Confirmed);
}

#[tokio::test]
async fn what_follows_from_a_deed_is_in_the_log_before_it_is_sent() {
    let mut desk = Desk::open().await;
    let done = desk.perform(watchlist(StoredIndex::Events, &[ActionKind::Alert])).await;
    assert_eq!(done.outcome.stage, Stage::Confirmed, "{}", done.outcome.note);
    let journal = desk.journal();
    let told = journal.acts.iter().rev().map(|act| {
        let n_requests = act.sending.requests.len();
        (act.sending.deed.as_str(), act.sending.follows, act.stage(), n_requests)
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, [("create watchlist", None, Stage::Confirmed, 1), ("add action", Some(1), Stage::Confirmed, 1),]);
    // All of it goes with the watchlist.
    let last = journal.last_reversible(desk.client.server(), jiff::Timestamp::UNIX_EPOCH, |_| true);
    let undo = last.unwrap().undo().unwrap();
    assert!(matches!(undo, Deed::Watch(Watching::Delete(_))), "{undo:?}");
}

#[tokio::test]
async fn a_watchlist_that_was_made_without_its_action_is_partly_done_and_goes_again() {
    let mut desk = Desk::open().await;
    let refused = Fault::new(Mode::Forbidden).method("POST").at("/action");
    desk.sim.fault(refused.times(1));
    let wanted = watchlist(StoredIndex::Events, &[ActionKind::Alert]);
    let done = desk.perform(wanted.clone()).await;
    assert_eq!(done.outcome.stage, Stage::Partly, "{}", done.outcome.note);
    assert!(done.outcome.aside.contains("add action"), "{}", done.outcome.aside);
    let [one] = &desk.watchlists("share").await[..] else {
        panic!("there is one");
    };
    // Somebody else might have made it by now: a second try does not touch it.
    assert!(matches!(desk.prepare(wanted).await, Prepared::Refused(_)));
    let undo = desk.journal().acts.last().unwrap().undo();
    assert_eq!(undo, Some(Deed::Watch(Watching::Delete(one.id))));
}

#[tokio::test]
async fn a_watchlist_of_binaries_is_not_one_of_processes() {
    let mut desk = Desk::open().await;
    desk.perform(watchlist(StoredIndex::Events, &[])).await;
    let done = desk.perform(watchlist(StoredIndex::Modules, &[])).await;
    assert_eq!(done.outcome.stage, Stage::Confirmed);
    assert_eq!(desk.watchlists("share").await.len(), 2);
}

#[tokio::test]
async fn a_watchlist_that_was_disabled_comes_back_disabled() {
    let mut desk = Desk::open().await;
    desk.perform(watchlist(StoredIndex::Events, &[])).await;
    let id = desk.watchlists("share").await[0].id;
    desk.perform(Deed::Watch(Watching::Switch { id, on: false })).await;
    desk.perform(Deed::Watch(Watching::Delete(id))).await;
    let undo = desk.journal().acts[0].undo().unwrap();
    desk.perform(undo).await;
    assert_eq!(desk.watchlists("share").await[0].is_enabled, Some(false));
}

#[tokio::test]
async fn an_edit_writes_only_what_it_changes_and_nothing_that_was_changed_meanwhile() {
    let mut desk = Desk::open().await;
    desk.perform(watchlist(StoredIndex::Events, &[])).await;
    let old = desk.watchlists("share").await[0].clone();
    let edit = |change| {
        let change = Box::new(change);
        Deed::Watch(Watching::Edit { id: old.id, change })
    };
    let described =
        desk.plan(edit(WatchlistChange { description: Some("mounts".into()), ..WatchlistChange::default() })).await;
    let renamed = desk.plan(edit(WatchlistChange { name: Some("shares".into()), ..WatchlistChange::default() })).await;
    let theirs = json!({"name": "kim's", "search_query": "q=cmdline%3Akim"});
    desk.client.change(&Change::watchlist(&old, theirs)).await.unwrap();
    desk.carry_out(&described).await.unwrap();
    let [now] = &desk.watchlists("kim's").await[..] else {
        panic!("the name that was given meanwhile stays");
    };
    assert_eq!(now.search_query.raw(), "q=cmdline%3Akim");
    assert_eq!(now.description.raw(), "mounts");
    let refused = desk.carry_out(&renamed).await.unwrap_err().to_string();
    assert!(refused.contains("was changed meanwhile"), "{refused}");
}

#[tokio::test]
async fn notes_that_somebody_wrote_meanwhile_are_kept_and_told_before_an_undo() {
    let mut desk = Desk::open().await;
    let annotate = |notes: &str| Deed::Annotate { sensor: SensorId(3), notes: notes.into() };
    desk.perform(annotate("mine")).await;
    let plan = desk.plan(annotate("mine again")).await;
    let sensor = desk.client.sensor(SensorId(3)).await.unwrap();
    desk.client.change(&Change::notes(&sensor, "kim's")).await.unwrap();
    let refused = desk.carry_out(&plan).await.unwrap_err().to_string();
    assert!(refused.contains("was changed meanwhile"), "{refused}");
    let act = &desk.journal().acts[0];
    let undo = desk.plan(act.undo().unwrap()).await;
    assert_eq!(act.drift(&undo.state), [r#"notes is "kim's" now"#]);
}

#[tokio::test]
async fn an_alert_that_is_left_alone_is_in_no_request() {
    let mut desk = Desk::open().await;
    let search = Search { query: "status:Unresolved".into(), ..Search::default() };
    let span = Span { start: 0, rows: 3 };
    let alerts = desk.client.alerts(&search, span).await.unwrap().rows;
    let ids: Vec<_> = alerts.iter().map(|alert| alert.id.clone()).collect();
    for to in [Verdict::Status(AlertStatus::Resolved), Verdict::Assigned("ana".into()), Verdict::Ignored] {
        let [triage] = &Triage::blocks(&ids, &to)[..] else {
            panic!("three are one block");
        };
        let plan = desk.plan(Deed::Triage(triage.clone())).await;
        let begun = Change::alert(&ids[0], &AlertStatus::InProgress);
        desk.client.change(&begun).await.unwrap();
        let done = desk.carry_out(&plan).await.unwrap();
        assert!(done.outcome.aside.contains("is skipped"), "{}", done.outcome.aside);
        let now = desk.client.alerts_of(&ids[..1]).await.unwrap();
        assert_eq!(now[0].status, AlertStatus::InProgress, "{to:?}");
        for id in &ids {
            let back = Change::alert(id, &AlertStatus::Unresolved);
            desk.client.change(&back).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_e_mail_to_somebody_else_is_another_action() {
    let mut desk = Desk::open().await;
    let add = |user| {
        Deed::Watch(Watching::AddAction { id: WatchlistId(22), kind: ActionKind::Email, recipients: vec![user] })
    };
    desk.perform(add(7)).await;
    let done = desk.perform(add(8)).await;
    assert_eq!(done.outcome.stage, Stage::Confirmed);
    assert!(matches!(desk.prepare(add(8)).await, Prepared::AlreadySo { .. }));
    assert_eq!(desk.n_sent("/api/v1/watchlist/22/action"), 2);
}

#[tokio::test]
async fn a_feed_that_was_disabled_comes_back_disabled_and_no_password_is_taken_in_an_address() {
    let mut desk = Desk::open().await;
    let feeds = desk.client.feeds().await.unwrap().rows;
    let own = feeds.iter().find(|feed| feed.is_manual == Some(true));
    let id = own.expect("one was added by hand").id;
    desk.perform(Deed::Feed(Feeding::Switch { id, on: false })).await;
    desk.perform(Deed::Feed(Feeding::Delete(id))).await;
    let undo = desk.journal().acts[0].undo().unwrap();
    assert!(matches!(&undo, Deed::Feed(Feeding::Add { is_enabled: false, .. })), "{undo:?}");
    for address in ["https://ana:s3cret@intel.example/feed.json", "intel.example"] {
        let add = Deed::Feed(Feeding::Add { url: address.into(), is_enabled: true });
        let Prepared::Refused(refusal) = desk.prepare(add).await else {
            panic!("{address} is refused");
        };
        assert!(!refusal.hint.is_empty());
    }
}
