//! A program that is killed in the middle of a change: its log holds together, and tells what is still to be found out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use lampblack::api::{Client, Settings};
use lampblack::audit::{self, AuditLog, LogDamage, LogEvent};
use lampblack::changes::{self, ChangeHistory, LoggedChange, LoggedStage};
use lampblack::sim::Options;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    task::{JoinSet, yield_now},
    time::timeout,
};

use super::{
    bench::{Bench, Members, world},
    random::Random,
};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_mins(2);

/// How many at a time, each on a server and in a home of its own.
const LANES: u64 = 4;
const KILLS: usize = 200;

/// What the moments are drawn from.
const SEED: u64 = 11;

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

/// When it is killed. Neither depends on how fast this machine is.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// When the server has seen so many requests.
    Seen(usize),
    /// When the log has grown by so many bytes.
    Grown(u64),
}

/// What is done: a thing, and what takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// A host that does at once what it is asked.
    Host,
    /// A host that is waited for in vain.
    Sleeper,
    Hash,
}

/// What kills have left behind, by how far the change had got.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    before_it_was_logged: usize,
    before_anything_was_known: usize,
    before_it_was_confirmed: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_two_hundred_points_the_log_verifies_and_nothing_that_is_open_is_forgotten() {
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        lanes.spawn(async move {
            let work = [Work::Host, Work::Sleeper, Work::Hash, Work::Sleeper][usize::try_from(lane).unwrap()];
            Lane::start(work, SEED + lane).await.run().await
        });
    }
    let tallies = timeout(PATIENCE, lanes.join_all()).await.unwrap();
    let of = |part: fn(&Tally) -> usize| tallies.iter().map(part).sum::<usize>();
    assert_eq!(of(|tally| tally.kills), KILLS);
    // They would show little if they all fell into one part of a change.
    for part in [
        of(|tally| tally.before_it_was_logged),
        of(|tally| tally.before_anything_was_known),
        of(|tally| tally.before_it_was_confirmed),
    ] {
        assert!(part > 4, "{tallies:?}");
    }
}

struct Lane {
    bench: Bench,
    work: Work,
    random: Random,
    tally: Tally,
    /// Whether the thing is to be done next, and not taken back.
    is_to_do: bool,
}

impl Lane {
    async fn start(work: Work, seed: u64) -> Self {
        let checkin = match work {
            Work::Sleeper => Duration::from_hours(1),
            Work::Host | Work::Hash => Duration::ZERO,
        };
        let options = Options { processes: 100, sensors: 16, checkin, ..world() };
        Self {
            bench: Bench::with(options).await,
            work,
            random: Random::new(seed),
            tally: Tally::default(),
            is_to_do: true,
        }
    }

    async fn run(mut self) -> Tally {
        let kills = KILLS / usize::try_from(LANES).unwrap();
        while self.tally.kills < kills {
            // About as many as a change has; what is beyond it is drawn again.
            let moment = match self.random.below(2) {
                0 => Moment::Seen(usize::try_from(1 + self.random.below(10)).unwrap()),
                _ => Moment::Grown(1 + self.random.below(1_200)),
            };
            let n_lines = self.n_lines();
            if self.killed_at(moment).await {
                self.tally.kills += 1;
                let is_torn = self.check(moment, n_lines);
                self.next_run_works(is_torn).await;
            }
            self.is_to_do = !self.is_to_do;
        }
        self.settle().await;
        self.tally
    }

    /// What kills have left open is found out afterwards, as far as there is anything to be found out.
    async fn settle(&self) {
        let token = SecretString::from(self.bench.server.token.clone());
        let settings = Settings::new(self.bench.server.url.parse().unwrap(), token);
        let client = Client::new(settings, None).unwrap();
        let mut log = AuditLog::open(&self.dir()).unwrap();
        for act in self.open() {
            let change = act.change().expect("the log has the whole change");
            let mut outcome = changes::Outcome {
                // Long after the kill: nothing of it comes any more.
                may_come_until: None,
                ..act.outcome()
            };
            changes::recheck(&change, &client, &mut log, &mut outcome).await;
        }
        let last = self.open().into_iter().map(|act| act.stage());
        // Only the host that does nothing can still owe something.
        let is_owed =
            |stage| self.work == Work::Sleeper && matches!(stage, LoggedStage::Accepted | LoggedStage::Pending);
        assert!(last.clone().all(is_owed), "{:?}", last.collect::<Vec<_>>());
    }

    fn open(&self) -> Vec<Arc<LoggedChange>> {
        let verdict = audit::verify(&self.dir()).unwrap();
        let acts = ChangeHistory::from(verdict).activity.into_iter();
        acts.filter(|act| act.is_open()).collect()
    }

    /// Runs it until the moment has come; false if it is done before.
    async fn killed_at(&mut self, moment: Moment) -> bool {
        self.bench.server.forget_requests();
        let length = self.length();
        let more: &[&str] = match self.work {
            Work::Sleeper => &["--timeout", "1s"],
            Work::Host | Work::Hash => &[],
        };
        let mut child = self.bench.command(&self.arguments(more)).spawn().unwrap();
        loop {
            let has_come = match moment {
                Moment::Seen(n) => self.bench.server.seen_requests().len() >= n,
                Moment::Grown(n) => self.length() >= length + n,
            };
            if has_come {
                break;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            // Both the tasks and the other programs of this machine are to get on.
            yield_now().await;
            thread::yield_now();
        }
        child.start_kill().unwrap();
        let ended = child.wait().await.unwrap();
        // It may have come to its own end in the last moment.
        ended.code().is_none()
    }

    /// Holds the log against what was seen. Gives back whether its last line is torn.
    fn check(&mut self, moment: Moment, n_before: u64) -> bool {
        let verdict = audit::verify(&self.dir()).unwrap();
        let is_torn = match verdict.faults[..] {
            [] => false,
            [LogDamage::Torn { .. }] => true,
            _ => panic!("{moment:?}: {:?}", verdict.faults),
        };
        let (logged, open) = self.read(n_before);
        let journal = ChangeHistory::from(verdict);
        let acts = journal.activity.iter().filter(|act| act.is_open());
        let listed: BTreeSet<u64> = acts.map(|act| act.line).collect();
        let lines: BTreeSet<u64> = open.keys().copied().collect();
        assert_eq!(listed, lines, "{moment:?}");

        // What has arrived was logged before it left.
        let seen = self.bench.server.seen_requests().into_iter();
        let changes = seen.filter(|seen| seen.method != "GET").count();
        assert!(changes <= logged, "{moment:?}: {changes} of {logged}");
        match open.last_key_value() {
            _ if logged == 0 => self.tally.before_it_was_logged += 1,
            Some((line, None)) if *line > n_before => self.tally.before_anything_was_known += 1,
            Some((line, Some(_))) if *line > n_before => self.tally.before_it_was_confirmed += 1,
            _ => {}
        }
        is_torn
    }

    /// The log in the plainest way: how many requests are logged after a line, and the changes of which no end is known,
    /// with the last that is.
    fn read(&self, n_before: u64) -> (usize, BTreeMap<u64, Option<String>>) {
        let text = fs::read_to_string(self.dir().join(audit::FILE)).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let mut logged = 0;
        let mut open = BTreeMap::new();
        for line in whole.lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let number = entry["line"].as_u64().unwrap();
            match entry["event"].as_str().unwrap() {
                "sending" => {
                    open.insert(number, None);
                    if number > n_before {
                        logged += entry["requests"].as_array().unwrap().len();
                    }
                }
                "known" => {
                    let of = entry["of"].as_u64().unwrap();
                    match entry.text("stage").as_str() {
                        // There is one target: what is proven of it settles what came before.
                        "confirmed" => open.retain(|line, _| *line > of),
                        "not_applied" => _ = open.remove(&of),
                        stage => _ = open.insert(of, Some(stage.to_owned())),
                    }
                }
                other => assert_eq!(other, "repaired"),
            }
        }
        (logged, open)
    }

    /// Whatever is left, the next change is done, and what a kill has torn is repaired and told.
    async fn next_run_works(&mut self, is_torn: bool) {
        let n_before = self.n_lines();
        let more: &[&str] = match self.work {
            Work::Sleeper => &["--no-wait"],
            Work::Host | Work::Hash => &[],
        };
        let changed = |out: &str| !out.contains("nothing was sent");
        let mut ran = self.bench.run(&self.arguments(more)).await;
        if !changed(&ran.check(0).out) {
            // The killed one had done it. Then this one takes it back.
            self.is_to_do = !self.is_to_do;
            ran = self.bench.run(&self.arguments(more)).await;
        }
        assert!(changed(&ran.check(0).out), "{}", ran.out);
        let verdict = audit::verify(&self.dir()).unwrap();
        assert_eq!(verdict.faults, []);
        let mut new = verdict.entries.iter().filter(|entry| entry.line > n_before);
        let is_repaired = new.any(|entry| matches!(entry.event, LogEvent::Repaired { .. }));
        assert_eq!(is_repaired, is_torn);
        let names = fs::read_dir(self.dir()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: BTreeSet<_> = names.collect();
        let known = [audit::FILE, audit::HEAD, "log"].map(str::to_owned);
        assert_eq!(names, known.into());
    }

    fn arguments(&self, more: &[&'static str]) -> Vec<&'static str> {
        let change: &[&str] = match (self.work, self.is_to_do) {
            (Work::Hash, true) => &["ban", "add", MD5],
            (Work::Hash, false) => &["ban", "remove", MD5],
            (_, true) => &["sensor", "isolate", "3"],
            (_, false) => &["sensor", "unisolate", "3"],
        };
        [change, &["--reason", "x", "--yes"], more].concat()
    }

    fn dir(&self) -> PathBuf {
        self.bench.home.path().join("state/lampblack")
    }

    fn length(&self) -> u64 {
        let log = fs::metadata(self.dir().join(audit::FILE));
        log.map_or(0, |log| log.len())
    }

    fn n_lines(&self) -> u64 {
        audit::verify(&self.dir()).unwrap().log_head.lines
    }
}
