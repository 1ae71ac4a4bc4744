//! The worker with the real client against the simulator: what is asked, what is not asked again, what is given up.

mod support;

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt;
use lampblack::api::{Client, Error};
use lampblack::model::{Clock, Pace, Search, SensorId, Span, Top};
use lampblack::read::{Answer, Fetch, Reader, Waiter, pages};
use lampblack::sim::{self, Fault, Mode, Options, Running};
use lampblack::worker::{self, Reply, Request, Slot, Ticket, Urgency, Worker};
use support::{
    console::{settings, small},
    now,
};
use tokio::{sync::mpsc, time};

async fn simulator() -> Running {
    sim::start(small()).await.unwrap()
}

fn client(sim: &Running, clock: Clock) -> Client {
    let mut settings = settings(sim);
    settings.clock = clock;
    Client::new(settings, None).unwrap()
}

fn reader(sim: &Running) -> Reader {
    Reader::new(client(sim, Clock::Fixed(now())))
}

/// A worker whose cursor must rest for as long as a user's.
fn spawn(sim: &Running, settle: Duration) -> Worker {
    let mut settings = settings(sim);
    settings.pace = Pace {
        settle,
        ..Pace::quick()
    };
    let (sender, calls) = mpsc::unbounded_channel();
    worker::spawn(
        Reader::new(Client::new(settings, Some(sender)).unwrap()),
        calls,
    )
}

fn ask(worker: &Worker, ticket: u64, sensor: u64, urgency: Urgency) {
    let fetch = Fetch::Sensor(SensorId(sensor));
    let request = Request::Fetch {
        ticket: Ticket(ticket),
        slot: Slot::Sensor,
        fetch,
        urgency,
    };
    worker.requests.send(request).unwrap();
}

/// The next answer, past calls and tallies.
async fn answer(worker: &mut Worker) -> (Ticket, Result<Answer, Error>) {
    let next = async {
        loop {
            if let Reply::Answer { ticket, result, .. } =
                worker.replies.recv().await.expect("a reply")
            {
                return (ticket, result);
            }
        }
    };
    time::timeout(Duration::from_mins(1), next)
        .await
        .expect("an answer in time")
}

fn asked(sim: &Running) -> Vec<String> {
    let asked = sim.requests().into_iter().map(|seen| seen.target).collect();
    sim.forget_requests();
    asked
}

#[tokio::test]
async fn the_newest_request_of_a_slot_wins_and_the_older_is_given_up() {
    let sim = simulator().await;
    sim.fault(Fault::new(Mode::Hang).at("^/api/v1/sensor/3"));
    let mut worker = spawn(&sim, Duration::ZERO);
    ask(&worker, 1, 3, Urgency::Now);
    ask(&worker, 2, 4, Urgency::Now);
    let (ticket, result) = answer(&mut worker).await;
    assert_eq!(ticket, Ticket(2));
    assert!(matches!(result, Ok(Answer::Sensor(known)) if known.value.id == SensorId(4)));
}

#[tokio::test]
async fn a_canceled_request_is_never_answered() {
    let sim = simulator().await;
    let mut worker = spawn(&sim, Duration::ZERO);
    ask(&worker, 1, 3, Urgency::Now);
    worker.requests.send(Request::Cancel(Slot::Sensor)).unwrap();
    ask(&worker, 2, 3, Urgency::Now);
    assert_eq!(answer(&mut worker).await.0, Ticket(2));
}

#[tokio::test]
async fn what_follows_the_cursor_is_asked_when_it_rests() {
    let sim = simulator().await;
    let mut worker = spawn(&sim, Duration::from_millis(30));
    for sensor in 1..=12 {
        ask(&worker, sensor, sensor, Urgency::Settled);
    }
    assert_eq!(answer(&mut worker).await.0, Ticket(12));
    assert_eq!(asked(&sim), ["/api/v1/sensor/12"]);
    // What is known need not rest.
    ask(&worker, 13, 12, Urgency::Settled);
    assert_eq!(answer(&mut worker).await.0, Ticket(13));
    assert_eq!(asked(&sim), Vec::<String>::new());
}

#[tokio::test]
async fn a_refresh_passes_the_cache_and_a_repeat_does_not() {
    let sim = simulator().await;
    let mut worker = spawn(&sim, Duration::ZERO);
    for (ticket, urgency, n_asked) in [
        (1, Urgency::Now, 1),
        (2, Urgency::Now, 0),
        (3, Urgency::Fresh, 1),
    ] {
        ask(&worker, ticket, 3, urgency);
        answer(&mut worker).await.1.unwrap();
        assert_eq!(asked(&sim).len(), n_asked, "{urgency:?}");
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let sim = simulator().await;
    let mut worker = spawn(&sim, Duration::ZERO);
    sim.fault(Fault::new(Mode::Internal).at("^/api/v1/sensor/3").times(1));
    ask(&worker, 1, 3, Urgency::Now);
    assert!(answer(&mut worker).await.1.is_err());
    ask(&worker, 2, 3, Urgency::Now);
    assert!(answer(&mut worker).await.1.is_ok());
}

#[tokio::test]
async fn the_worker_ends_with_the_screen() {
    let sim = simulator().await;
    let Worker {
        requests,
        mut replies,
    } = spawn(&sim, Duration::ZERO);
    drop(requests);
    let end = async { while replies.recv().await.is_some() {} };
    time::timeout(Duration::from_mins(1), end)
        .await
        .expect("the worker ends");
}

#[tokio::test]
async fn equal_questions_in_flight_are_one_request_with_several_waiters() {
    let sim = simulator().await;
    let mut reader = reader(&sim);
    for waiter in 1..=3 {
        reader.ask(Waiter(waiter), Fetch::Sensor(SensorId(3)), false);
    }
    // One leaves: the request goes on for the others.
    reader.leave(Waiter(1));
    let mut answered = Vec::new();
    while let Some(outcome) = reader.next().await {
        outcome.result.unwrap();
        answered.push(outcome.waiter);
    }
    answered.sort();
    assert_eq!(answered, [Waiter(2), Waiter(3)]);
    assert_eq!(asked(&sim).len(), 1);
}

#[tokio::test]
async fn a_question_that_everybody_left_is_given_up() {
    let sim = simulator().await;
    sim.fault(Fault::new(Mode::Hang).at("^/api/v1/sensor"));
    let mut reader = reader(&sim);
    reader.ask(Waiter(1), Fetch::Sensor(SensorId(3)), false);
    reader.leave(Waiter(1));
    let rest = time::timeout(Duration::from_mins(1), reader.next()).await;
    assert!(rest.expect("nothing is awaited any more").is_none());
}

#[tokio::test]
async fn the_second_chain_of_the_example_costs_nothing_and_both_end_at_the_root() {
    let sim = simulator().await;
    let mut reader = reader(&sim);
    let search = Search {
        query: r"process_name:net.exe cmdline:\\test\blah".into(),
        ..Search::default()
    };
    let search = Arc::new(Search {
        group_by: Some("id".into()),
        ..search
    });
    let page = Fetch::Page {
        search,
        span: Span { start: 0, rows: 10 },
    };
    let Answer::Page(page) = reader.get(page).await.unwrap() else {
        panic!("a page was asked for")
    };
    let [first, second] = &page.value.rows[..] else {
        panic!("the example has two processes")
    };
    asked(&sim);
    let chain = reader.lineage(first.id, usize::MAX).await.unwrap();
    assert_eq!(
        (chain.value.ancestors.len(), &chain.value.top),
        (8, &Top::Root)
    );
    // A summary brings the parent along: eight ancestors are four requests.
    assert_eq!(asked(&sim).len(), 4);
    let chain = reader.lineage(second.id, usize::MAX).await.unwrap();
    assert_eq!(
        (chain.value.ancestors.len(), &chain.value.top),
        (8, &Top::Root)
    );
    assert_eq!(asked(&sim), Vec::<String>::new());
}

#[tokio::test]
async fn a_chain_can_be_cut() {
    let sim = simulator().await;
    let mut reader = reader(&sim);
    let search = Search {
        query: r"cmdline:\\test\blah process_name:net.exe".into(),
        ..Search::default()
    };
    let rows: Vec<_> = pages(reader.client(), search, None)
        .try_collect()
        .await
        .unwrap();
    let process = &rows[0].rows[0];
    let chain = reader.lineage(process.id, 2).await.unwrap();
    assert_eq!(
        (chain.value.ancestors.len(), &chain.value.top),
        (2, &Top::TooDeep(2))
    );
}

#[tokio::test]
async fn pages_join_without_gap_or_double_whatever_the_server_gives_at_once() {
    let all = |sim: &Running, limit| {
        let client = client(sim, Clock::Fixed(now()));
        let search = Search {
            query: "process_name:svchost.exe".into(),
            ..Search::default()
        };
        async move {
            let pages: Vec<_> = pages(&client, search, limit).try_collect().await.unwrap();
            pages
                .into_iter()
                .flat_map(|page| page.rows)
                .map(|row| (row.id, row.segment))
                .collect::<Vec<_>>()
        }
    };
    let whole = all(&simulator().await, None).await;
    assert!(whole.len() > 50, "{}", whole.len());
    let few = sim::start(Options {
        max_rows: Some(7),
        ..small()
    })
    .await
    .unwrap();
    assert_eq!(all(&few, None).await, whole);
    assert_eq!(all(&few, Some(20)).await, whole[..20]);
    let mut distinct = whole.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), whole.len());
}
