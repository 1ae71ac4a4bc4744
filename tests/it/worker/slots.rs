//! The newest request of a slot wins, and requests without a requester are cancelled.

use std::time::Duration;

use lampblack::api::{Client, Settings};
use lampblack::fetch::{Answer, Fetch, Fetcher, RequestId, ServerInfoFetch};
use lampblack::model::{Clock, Sensor, Timings};
use lampblack::sim::{Fault, Mode};
use lampblack::worker::{FetchPolicy, List, Slot, Ticket};

use crate::support::{held_server::HeldServer, now};
use crate::worker::bench::{Bench, seen, sensor, start, until};

/// A worker that asks a server in the hands of the test.
async fn by_hand() -> (HeldServer, Bench) {
    let desk = HeldServer::open().await;
    let mut settings = Settings::new(desk.url.parse().unwrap(), "0123".into());
    settings.clock = Clock::Fixed(now());
    settings.timings = Timings::for_tests();
    (desk, Bench::new(settings))
}

const SENSOR: &str = r#"{"id": 1, "computer_name": "ONE"}"#;

#[track_caller]
fn is_sensor(answer: &Answer, id: u64) {
    assert_eq!(answer.get::<Sensor>().unwrap().value.id.0, id);
}

#[tokio::test]
async fn the_newest_request_of_a_slot_wins() {
    let (sim, mut bench) = start(|settings| settings.connections = 1).await;
    sim.add_fault(Fault::new(Mode::Hang).for_target("/sensor/1").limit_times(1));
    bench.ask(sensor(1), FetchPolicy::CacheFirst);
    until(|| !sim.seen_requests().is_empty()).await;
    // There is one connection, and the request that hangs has it: only giving that up makes room.
    let newest = bench.ask(sensor(3), FetchPolicy::CacheFirst);
    let (ticket, result) = bench.answer().await;
    assert_eq!(ticket, newest);
    is_sensor(&result.unwrap(), 3);
    bench.until_calls(2).await;
    assert_eq!(bench.calls[0].error.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn a_superseded_request_closes_its_connection() {
    let (mut desk, mut bench) = by_hand().await;
    bench.ask(sensor(1), FetchPolicy::CacheFirst);
    let first = desk.next().await;
    bench.ask(sensor(3), FetchPolicy::CacheFirst);
    first.given_up().await;
}

#[tokio::test]
async fn a_canceled_request_closes_its_connection_and_is_not_answered() {
    let (mut desk, mut bench) = by_hand().await;
    bench.ask(sensor(1), FetchPolicy::CacheFirst);
    let first = desk.next().await;
    bench.cancel(Slot::Sensor);
    first.given_up().await;
    let next = bench.ask(sensor(1), FetchPolicy::CacheFirst);
    desk.next().await.answer(SENSOR).await;
    assert_eq!(bench.answer().await.0, next);
}

#[tokio::test]
async fn requests_of_other_slots_are_left_alone() {
    let (mut desk, mut bench) = by_hand().await;
    let page = bench.ask_for(Slot::Page(List::Processes, 0), sensor(1), FetchPolicy::CacheFirst);
    let first = desk.next().await;
    bench.ask(sensor(3), FetchPolicy::CacheFirst);
    let second = desk.next().await;
    bench.cancel(Slot::Sensor);
    second.given_up().await;
    first.answer(SENSOR).await;
    assert_eq!(bench.answer().await.0, page);
}

#[tokio::test]
async fn when_the_screen_goes_so_does_every_request() {
    let (mut desk, mut bench) = by_hand().await;
    bench.ask(sensor(1), FetchPolicy::CacheFirst);
    let first = desk.next().await;
    drop(bench);
    first.given_up().await;
}

#[tokio::test]
async fn equal_questions_in_flight_are_one_request_with_an_answer_for_each() {
    let (mut desk, mut bench) = by_hand().await;
    let asked: Vec<Ticket> = (0..3)
        .map(|slot| bench.ask_for(Slot::Page(List::Processes, slot), sensor(1), FetchPolicy::CacheFirst))
        .collect();
    desk.next().await.answer(SENSOR).await;
    let mut answered = Vec::new();
    for _ in &asked {
        let (ticket, result) = bench.answer().await;
        is_sensor(&result.unwrap(), 1);
        answered.push(ticket);
    }
    assert_eq!(answered, asked);
    assert!(desk.is_quiet());
}

#[tokio::test]
async fn a_request_with_several_waiters_given_up_when_the_last_one_leaves() {
    let (mut desk, mut bench) = by_hand().await;
    bench.ask_for(Slot::Page(List::Processes, 0), sensor(1), FetchPolicy::CacheFirst);
    let second = bench.ask_for(Slot::Page(List::Processes, 1), sensor(1), FetchPolicy::CacheFirst);
    let only = desk.next().await;
    bench.cancel(Slot::Page(List::Processes, 0));
    only.answer(SENSOR).await;
    assert_eq!(bench.answer().await.0, second);

    bench.ask_for(Slot::Page(List::Processes, 0), sensor(3), FetchPolicy::CacheFirst);
    bench.ask_for(Slot::Page(List::Processes, 1), sensor(3), FetchPolicy::CacheFirst);
    let only = desk.next().await;
    bench.cancel(Slot::Page(List::Processes, 0));
    bench.cancel(Slot::Page(List::Processes, 1));
    only.given_up().await;
    assert!(desk.is_quiet());
}

#[tokio::test]
async fn a_read_after_a_change_gets_no_answer_from_before_it() {
    let mut desk = HeldServer::open().await;
    let settings = Settings::new(desk.url.parse().unwrap(), "0123".into());
    let mut reader = Fetcher::new(Client::new(settings, None).unwrap());
    reader.request(RequestId(1), sensor(1));
    let before = desk.next().await;
    reader.invalidate();
    for (waiter, is_fresh) in [(2, true), (3, false)] {
        if is_fresh {
            reader.request_fresh(RequestId(waiter), sensor(1));
        } else {
            reader.request(RequestId(waiter), sensor(1));
        }
    }
    before.given_up().await;
    desk.next().await.answer(SENSOR).await;
    let mut answered = Vec::new();
    while let Some(outcome) = reader.next().await {
        is_sensor(&outcome.result.unwrap(), 1);
        answered.push(outcome.request_id.0);
    }
    assert_eq!(answered, [1, 2, 3]);
    assert!(desk.is_quiet() && reader.get_cached(&sensor(1)).is_some());
}

#[tokio::test]
async fn a_held_key_costs_one_request() {
    let (sim, mut bench) = start(|settings| settings.timings.debounce = Duration::from_millis(20)).await;
    let last = (1..=10).map(|id| bench.ask(sensor(id), FetchPolicy::Debounced)).last();
    let (ticket, result) = bench.answer().await;
    assert_eq!(Some(ticket), last);
    is_sensor(&result.unwrap(), 10);
    assert_eq!(seen(&sim), ["/api/v1/sensor/10"]);
}

#[tokio::test]
async fn what_is_known_need_not_rest() {
    // Longer than any test may take.
    let (sim, mut bench) = start(|settings| settings.timings.debounce = Duration::from_hours(1)).await;
    bench.get(sensor(1), FetchPolicy::CacheFirst).await.unwrap();
    bench.get(sensor(1), FetchPolicy::Debounced).await.unwrap();
    // What is not known rests; what is urgent does not wait behind it.
    bench.ask(sensor(3), FetchPolicy::Debounced);
    bench.get(Fetch::ServerInfo(ServerInfoFetch), FetchPolicy::CacheFirst).await.unwrap();
    assert_eq!(seen(&sim), ["/api/v1/sensor/1", "/api/info"]);
}

#[tokio::test]
async fn a_key_that_rests_can_be_given_up() {
    let (sim, mut bench) = start(|settings| settings.timings.debounce = Duration::from_millis(20)).await;
    bench.ask(sensor(1), FetchPolicy::Debounced);
    bench.cancel(Slot::Sensor);
    let next = bench.ask_for(Slot::SensorGroup, sensor(3), FetchPolicy::Debounced);
    assert_eq!(bench.answer().await.0, next);
    assert_eq!(seen(&sim), ["/api/v1/sensor/3"]);
}
