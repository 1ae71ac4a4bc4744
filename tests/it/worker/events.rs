//! Segments and their events through the reader: asked for once, and again when they may have grown.

use lampblack::api::Client;
use lampblack::fetch::{self, EventsFetch, Fetch, Fetcher, SegmentsFetch};
use lampblack::model::{EventBatch, EventKind, ProcessId, Search, Segment, Span};
use lampblack::sim::{self, Fault, Mode, Running};

use crate::support::console::{settings, small};
use crate::worker::bench::seen;

async fn start() -> (Running, Fetcher) {
    let sim = sim::start(small()).await.unwrap();
    let client = Client::new(settings(&sim), None).unwrap();
    (sim, Fetcher::new(client))
}

async fn process(reader: &Fetcher, query: &str) -> ProcessId {
    let search = Search { query: query.into(), ..Search::default() };
    let span = Span { start: 0, rows: 1 };
    reader.client().processes(&search, span).await.unwrap().rows[0].id
}

#[tokio::test]
async fn segments_and_events_are_asked_for_once() {
    let (sim, mut reader) = start().await;
    let id = process(&reader, "process_name:rundll32.exe cmdline:MiniDump").await;
    let segments = reader.get(SegmentsFetch(id)).await.unwrap();
    assert_eq!(segments.value.len(), 1);
    let segment = segments.value[0].segment;
    let events = reader.get(EventsFetch { id, segment }).await.unwrap();
    assert!(!events.from_cache);
    let crossed = events.value.rows.iter().filter(|event| event.kind() == EventKind::Crossproc);
    assert_eq!(crossed.count(), 2);
    let n_seen = seen(&sim).len();
    assert!(reader.get(SegmentsFetch(id)).await.unwrap().from_cache);
    assert!(reader.get(EventsFetch { id, segment }).await.unwrap().from_cache);
    assert_eq!(seen(&sim).len(), n_seen);
    let merged = reader.get(EventsFetch { id, segment: Segment::ALL }).await.unwrap();
    assert_eq!(merged.value.rows.len(), events.value.rows.len());
}

#[tokio::test]
async fn equal_questions_in_flight_are_one_request() {
    let (sim, mut reader) = start().await;
    let id = process(&reader, "process_name:svch0st.exe").await;
    let segments = reader.get(SegmentsFetch(id)).await.unwrap().value;
    sim.forget_requests();
    let fetch = Fetch::Events(EventsFetch { id, segment: segments[3].segment });
    for waiter in 0..3 {
        reader.request(fetch::RequestId(waiter), fetch.clone());
    }
    let mut lengths = Vec::new();
    while let Some(outcome) = reader.next().await {
        lengths.push(outcome.result.unwrap().get::<EventBatch>().unwrap().value.rows.len());
    }
    assert_eq!(lengths.len(), 3);
    assert!(lengths[0] > 300 && lengths.iter().all(|length| *length == lengths[0]));
    assert_eq!(seen(&sim).len(), 1);
}

#[tokio::test]
async fn a_timeline_has_its_segments_at_once_and_names_those_that_are_missing() {
    let (sim, reader) = start().await;
    let id = process(&reader, "process_name:svch0st.exe").await;
    let whole = fetch::timeline(reader.client(), id).await.unwrap();
    assert_eq!((whole.loaded, whole.gaps.len(), whole.n_unreadable), (7, 0, 0));
    assert!(whole.events.is_sorted_by_key(|event| event.at));
    assert!(!whole.signatures.is_empty());

    let gone = whole.events[0].segment;
    sim.add_fault(Fault { target: Some(format!("/{gone}/event")), ..Fault::new(Mode::BrokenJson) });
    let rest = fetch::timeline(reader.client(), id).await.unwrap();
    assert_eq!((rest.loaded, rest.gaps.len()), (6, 1));
    assert_eq!(rest.gaps[0].segment, gone);
    let kept: Vec<_> = whole.events.into_iter().filter(|event| event.segment != gone).collect();
    assert_eq!(rest.events, kept);

    sim.add_fault(Fault { target: Some("/event".into()), ..Fault::new(Mode::BrokenJson) });
    fetch::timeline(reader.client(), id).await.unwrap_err();
}
