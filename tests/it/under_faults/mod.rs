//! Changes on a server that drops answers, fails after it has applied them, hangs, and applies them after a time-out.

use crate::support;

mod analyst;
mod fault_plan;
mod late_requests;
mod objects;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use analyst::{Analyst, Own, Sent, held, is_held};
use lampblack::api::Client;
use lampblack::audit::{self, AuditLog};
use lampblack::changes::{Change, ChangeHistory, LoggedStage, SensorChange, Target};
use lampblack::model::{GroupId, Md5, SensorFilter, SensorId, Span};
use lampblack::sim::{self, Options, Running};
use support::{console::settings, random::Random};
use tokio::{sync::mpsc, task::JoinSet};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long one answer is waited for: what hangs takes as long.
const TIMEOUT: Duration = Duration::from_millis(200);

const ANALYSTS: u64 = 8;
const CHANGES: usize = 1_000;

/// What the script is drawn from.
const SEED: u64 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_changes_on_a_bad_server_none_is_sent_twice_falsely_confirmed_or_missing_in_the_log() {
    let options = Options {
        processes: 100,
        alerts: 0,
        sensors: 72,
        checkin: Duration::from_millis(1),
        ..support::console::small()
    };
    let sim = Arc::new(sim::start(options).await.unwrap());
    let dir = tempfile::tempdir().unwrap();
    let (shares, groups) = shares(&client(&sim).0).await;
    // After a client of ours, which has brought the cryptography that this one is built without.
    let witness = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut analysts = JoinSet::new();
    for (n, own) in (0..ANALYSTS).zip(shares) {
        let (client, calls) = client(&sim);
        let analyst = Analyst {
            sim: sim.clone(),
            client,
            calls,
            witness: witness.clone(),
            log: AuditLog::open(dir.path()).unwrap(),
            random: Random::new(SEED + n),
            own,
            groups: groups.clone(),
            sent: Vec::new(),
        };
        let dir = dir.path().to_owned();
        let n_changes = CHANGES / usize::try_from(ANALYSTS).unwrap();
        analysts.spawn(async move { analyst.work(n_changes, &dir).await });
    }
    let sent: Vec<_> = analysts.join_all().await.into_iter().flatten().collect();
    sim.clear_faults();

    let verdict = audit::verify(dir.path()).unwrap();
    assert_eq!(verdict.faults, []);
    assert_eq!(verdict.recorded_head.as_ref(), Some(&verdict.log_head));
    let journal = ChangeHistory::from(verdict);
    nothing_is_missing(&journal, &sent);
    nothing_is_sent_twice(&journal, &sent, &sim);
    what_is_confirmed_is_held(&journal, &sim, &witness).await;
    all_of_it_has_happened(&journal, &sent);
}

/// A client that tells what leaves.
fn client(sim: &Running) -> (Client, mpsc::UnboundedReceiver<lampblack::api::RequestTrace>) {
    let (tx, calls) = mpsc::unbounded_channel();
    let mut settings = settings(sim);
    settings.timeout = TIMEOUT;
    (Client::new(settings, Some(tx)).unwrap(), calls)
}

/// What each analyst has for itself, and the groups that there are.
async fn shares(client: &Client) -> (Vec<Own>, Vec<GroupId>) {
    let span = Span { start: 0, rows: 1_000 };
    let page = client.sensors(&SensorFilter::default(), span).await;
    let sensors = page.unwrap().rows.into_iter();
    let sensors = sensors.filter(|sensor| sensor.uninstalled != Some(true));
    let (online, others): (Vec<_>, Vec<_>) = sensors.partition(|sensor| sensor.status.raw() == "Online");
    let (late, online) = online.split_at(usize::try_from(ANALYSTS).unwrap());
    let sensors: Vec<SensorId> = online.iter().chain(&others).map(|one| one.id).collect();
    let mut random = Random::new(SEED);
    let mut share = |n: usize| Own {
        sensors: sensors.iter().copied().skip(n).step_by(late.len()).collect(),
        hashes: (0..5).map(|_| md5(&mut random)).collect(),
        late: late[n].id,
    };
    let shares = (0..late.len()).map(&mut share).collect();
    let groups = client.groups().await.unwrap().rows.into_iter();
    (shares, groups.map(|group| group.id).collect())
}

fn md5(random: &mut Random) -> Md5 {
    let text = format!("{:016x}{:016x}", random.roll(), random.roll());
    text.parse().unwrap()
}

/// Every change has a line from before it was sent, and one of what came of it; and no line is of a change that nobody did.
fn nothing_is_missing(journal: &ChangeHistory, sent: &[Sent]) {
    let logged: BTreeSet<u64> = journal.activity.iter().map(|act| act.line).collect();
    let done: BTreeSet<u64> = sent.iter().map(|sent| sent.line).collect();
    assert_eq!(logged, done);
    assert_eq!(done.len(), sent.len(), "two changes have one line");
    for act in &journal.activity {
        assert!(!act.steps.is_empty(), "what became of line {}?", act.line);
    }
}

/// What left for a change is what the log says of it, up to where it failed; and the server has seen no more of it.
fn nothing_is_sent_twice(journal: &ChangeHistory, sent: &[Sent], sim: &Running) {
    let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
    for Sent { line, requests } in sent {
        let act = journal.activity.iter().find(|act| act.line == *line).unwrap();
        let logged = act.submitted.requests.iter();
        let logged: Vec<_> = logged.map(|request| (request.method.clone(), request.path.clone())).collect();
        assert!(!requests.is_empty(), "nothing was sent on line {line}");
        assert!(logged.starts_with(requests), "line {line} has {logged:?}, and {requests:?} left");
        for request in requests {
            *left.entry(request.clone()).or_default() += 1;
        }
    }
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for request in sim.seen_requests() {
        if request.method != "GET" {
            *seen.entry((request.method, request.target)).or_default() += 1;
        }
    }
    // One that meets a connection which the server has just closed arrives nowhere; that is rare.
    for (request, n) in &seen {
        let n_left = left.get(request).copied().unwrap_or_default();
        assert!(*n <= n_left, "{request:?}: {n} were seen of {n_left}");
    }
    let (n_seen, n_left) = (seen.values().sum::<usize>(), left.values().sum::<usize>());
    assert!(n_seen + 10 > n_left, "{n_seen} were seen of {n_left}");
}

/// The last word on each target is true of it now that the weather is fine again.
async fn what_is_confirmed_is_held(journal: &ChangeHistory, sim: &Running, witness: &reqwest::Client) {
    let mut logged: BTreeSet<(Target, &str)> = BTreeSet::new();
    let mut n_checked = 0;
    // The newest is the first.
    for act in &journal.activity {
        let change = act.change().expect("the log has the whole change");
        let part = match change {
            Change::Sensor(SensorChange::Move { .. }) => "group",
            _ => "isolation or ban",
        };
        let is_last = logged.insert((change.target(), part));
        if is_last && act.stage() == LoggedStage::Confirmed {
            let held = held(sim, witness, change.target()).await;
            assert!(is_held(&change, &held).1, "{change:?} is not held: {held}");
            n_checked += 1;
        }
    }
    assert!(n_checked > 50, "{n_checked} are too few to show anything");
}

/// The script was a bad one: everything that can become of a change became of many.
fn all_of_it_has_happened(journal: &ChangeHistory, sent: &[Sent]) {
    let steps = journal.activity.iter().flat_map(|act| &act.steps);
    let stages: Vec<_> = steps.map(|(_, outcome)| outcome.stage).collect();
    let n_of = |stage| stages.iter().filter(|is| **is == stage).count();
    for stage in [
        LoggedStage::Confirmed,
        LoggedStage::Accepted,
        LoggedStage::NotApplied,
        LoggedStage::Pending,
        LoggedStage::Unknown,
    ] {
        assert!(n_of(stage) > 20, "{} are {stage}", n_of(stage));
    }
    let n_not_sent = CHANGES - sent.len();
    assert!(n_not_sent > 20, "{n_not_sent} could not be sent");
}
