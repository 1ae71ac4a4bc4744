//! The order of events for any order in which segments arrive, and the gaps of missing segments.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::fetch::{Fetch, HeapSize};
use crate::model::{Document, EventCounts, EventFacts, Fetched, RegAction, Regmod, SegmentInfo, sort_by_time};

fn id() -> ProcessId {
    ProcessId::new(7, 4242, 1)
}

fn known<T: HeapSize>(value: T) -> Answer {
    Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }.into()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn event(segment: u64, second: Option<i64>) -> Event {
    let path = format!("segment {segment}").into();
    let action = RegAction::CreatedKey;
    Event {
        at: second.map(at),
        process: id(),
        segment: Segment(segment),
        what: EventFacts::Regmod(Regmod { action, path }),
        is_tamper: false,
        is_ambiguous: false,
        document: Document::default(),
    }
}

fn events(segment: u64, seconds: &[Option<i64>]) -> EventBatch {
    let mut rows: Vec<_> = seconds.iter().map(|at| event(segment, *at)).collect();
    sort_by_time(&mut rows);
    EventBatch { rows, ..EventBatch::default() }
}

fn info(segment: u64, last: i64, n: u64) -> SegmentInfo {
    SegmentInfo {
        process: None,
        segment: Segment(segment),
        last_update: Some(at(last)),
        last_server_update: None,
        counts: EventCounts { regmod: Some(n), ..EventCounts::default() },
    }
}

/// A timeline and its pending requests.
struct TimelineHarness {
    timeline: Timeline,
    last: u64,
    pending: Vec<(Ticket, Fetch)>,
}

impl TimelineHarness {
    fn new(first: Option<u64>) -> Self {
        let timeline = Timeline::new(id(), first.map(Segment), 0);
        let (last, pending) = (0, Vec::new());
        Self { timeline, last, pending }
    }

    /// Requests the missing segments, and returns them.
    fn ask(&mut self, near: Option<i64>) -> Vec<u64> {
        let mut segments = Vec::new();
        if self.timeline.segments.last_question().is_none() {
            self.last += 1;
            self.timeline.segments.set_pending(Ticket(self.last), SegmentsFetch(id()));
            self.pending.push((Ticket(self.last), SegmentsFetch(id()).into()));
        }
        for (fetch, _) in self.timeline.missing_segments(near.map(at)) {
            self.last += 1;
            segments.push(fetch.segment.0);
            self.timeline.set_pending(Ticket(self.last), fetch);
            self.pending.push((Ticket(self.last), fetch.into()));
        }
        segments
    }

    fn ticket(&mut self, segment: u64) -> Ticket {
        let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Events(EventsFetch { segment: it, .. }) if it.0 == segment);
        let place = self.pending.iter().position(|(_, fetch)| is_it(fetch));
        self.pending.remove(place.unwrap()).0
    }

    fn list(&mut self, infos: Vec<SegmentInfo>) {
        let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Segments(_));
        let place = self.pending.iter().position(|(_, fetch)| is_it(fetch));
        let (ticket, _) = self.pending.remove(place.unwrap());
        assert!(self.timeline.resolve_segments(ticket, &known(infos)));
    }

    fn refresh(&mut self, infos: Vec<SegmentInfo>) {
        self.last += 1;
        let ticket = Ticket(self.last);
        self.timeline.segments.set_pending(ticket, SegmentsFetch(id()));
        assert!(self.timeline.resolve_segments(ticket, &known(infos)));
    }

    fn give(&mut self, segment: u64, seconds: &[Option<i64>]) {
        let ticket = self.ticket(segment);
        let events = known(events(segment, seconds));
        assert!(self.timeline.resolve_events(Segment(segment), ticket, &events));
    }

    fn fail(&mut self, segment: u64) {
        let ticket = self.ticket(segment);
        assert!(self.timeline.reject(Segment(segment), ticket, Error::Internal));
    }

    /// Every row: segment and second, or `gap` for a missing segment.
    fn rows(&self) -> Vec<String> {
        let timeline = &self.timeline;
        let row = |row_ref: &RowRef| {
            let segment = timeline.segment(*row_ref);
            match (timeline.gap(*row_ref), timeline.event_time(*row_ref)) {
                (Some(_), _) => format!("{segment} gap"),
                (None, Some(at)) => format!("{segment} {}", at.as_second()),
                (None, None) => format!("{segment} ?"),
            }
        };
        timeline.rows().iter().map(row).collect()
    }
}

/// A timeline with a list of three segments, none of them fetched.
fn harness_with_list() -> TimelineHarness {
    let mut harness = TimelineHarness::new(None);
    harness.ask(None);
    harness.list(vec![info(1, 10, 2), info(2, 20, 2), info(3, 30, 2)]);
    harness
}

#[test]
fn events_are_ordered_for_any_order_of_arrival() {
    let mut harness = harness_with_list();
    assert_eq!(harness.ask(None), [1, 2, 3]);
    harness.give(3, &[Some(5), Some(30)]);
    harness.give(1, &[Some(1), Some(10), None]);
    harness.give(2, &[Some(10), Some(20)]);
    assert_eq!(harness.rows(), ["1 1", "3 5", "1 10", "2 10", "2 20", "3 30", "1 ?"]);
    let progress = harness.timeline.progress();
    assert_eq!((progress.n_loaded, progress.n_segments), (3, Some(3)));
}

#[test]
fn a_known_segment_is_fetched_without_waiting_for_the_list() {
    let mut harness = TimelineHarness::new(Some(2));
    assert_eq!(harness.ask(None), [2]);
    harness.give(2, &[Some(20)]);
    assert_eq!(harness.rows(), ["2 20"]);
    assert_eq!(harness.timeline.progress().n_segments, None);
    harness.list(vec![info(1, 10, 1), info(2, 20, 1)]);
    assert_eq!(harness.ask(None), [1]);
}

#[test]
fn few_segments_are_in_flight_and_the_nearest_is_fetched_first() {
    let mut harness = TimelineHarness::new(None);
    harness.ask(None);
    harness.list((1..=9).map(|n| info(n, 10 * i64::try_from(n).unwrap(), 1)).collect());
    assert_eq!(harness.ask(None), [1, 2, 3, 4]);
    assert_eq!(harness.ask(None), Vec::<u64>::new());
    harness.give(2, &[Some(20)]);
    assert_eq!(harness.ask(Some(85)), [8]);
}

#[test]
fn a_failed_segment_is_a_gap_in_the_place_of_its_events() {
    let mut harness = harness_with_list();
    harness.ask(None);
    harness.give(1, &[Some(1), Some(10)]);
    harness.fail(2);
    harness.give(3, &[Some(30)]);
    assert_eq!(harness.rows(), ["1 1", "1 10", "2 gap", "3 30"]);
    let gap = harness.timeline.gap(harness.timeline.rows()[2]).unwrap();
    assert_eq!((gap.n_events, gap.error), (Some(2), Some(&Error::Internal)));
    // A failed segment is not retried automatically.
    assert_eq!(harness.ask(None), Vec::<u64>::new());
    harness.timeline.clear_failures();
    assert_eq!(harness.ask(None), [2]);
    assert_eq!(harness.rows(), ["1 1", "1 10", "3 30"]);
    harness.give(2, &[Some(20)]);
    assert_eq!(harness.rows(), ["1 1", "1 10", "2 20", "3 30"]);
}

#[test]
fn a_cancelled_segment_is_a_gap_without_an_error() {
    let mut harness = harness_with_list();
    harness.ask(None);
    harness.give(1, &[Some(1)]);
    assert_eq!(harness.timeline.cancel_pending(), [Segment(2), Segment(3)]);
    assert_eq!(harness.rows(), ["1 1", "2 gap", "3 gap"]);
    assert!(harness.timeline.gap(harness.timeline.rows()[1]).unwrap().error.is_none());
    assert_eq!(harness.ask(None), Vec::<u64>::new());
}

#[test]
fn a_refused_segment_stops_requests_for_the_others() {
    let mut harness = TimelineHarness::new(None);
    harness.ask(None);
    harness.list((1..=9).map(|n| info(n, 1, 1)).collect());
    harness.ask(None);
    let ticket = harness.ticket(1);
    harness.timeline.reject(Segment(1), ticket, Error::Unauthorized);
    assert_eq!(harness.ask(None), Vec::<u64>::new());
    harness.timeline.clear_failures();
    assert_eq!(harness.ask(None), [1]);
}

#[test]
fn a_refresh_fetches_changed_segments_and_removes_missing_ones() {
    let mut harness = harness_with_list();
    harness.ask(None);
    for segment in 1..=3 {
        harness.give(segment, &[Some(i64::try_from(segment).unwrap())]);
    }
    harness.refresh(vec![info(2, 20, 2), info(3, 35, 3), info(4, 40, 1)]);
    assert_eq!(harness.rows(), ["2 2", "3 3"]);
    assert_eq!(harness.ask(None), [3, 4]);
    harness.give(3, &[Some(3), Some(35)]);
    harness.fail(4);
    assert_eq!(harness.rows(), ["2 2", "3 3", "3 35", "4 gap"]);
}

#[test]
fn all_events_are_fetched_at_once_if_the_server_lists_no_segment() {
    let mut harness = TimelineHarness::new(None);
    harness.ask(None);
    harness.list(Vec::new());
    assert_eq!(harness.ask(None), [Segment::ALL.0]);
}

proptest! {
    #[test]
    fn the_order_is_the_same_whatever_comes_first(
        segments in prop::collection::vec(prop::collection::vec(prop::option::of(0_i64..20), 0..12), 1..6),
        order in any::<prop::sample::Index>(),
    ) {
        let mut harness = TimelineHarness::new(None);
        harness.ask(None);
        harness.list((0..segments.len()).map(|n| info(n as u64 + 1, 1, 1)).collect());
        let turn = order.index(segments.len());
        let mut open: Vec<usize> = (0..segments.len()).collect();
        open.rotate_left(turn);
        while !open.is_empty() {
            harness.ask(None);
            let is_asked = |segment: u64| harness.pending.iter().any(|(_, fetch)| matches!(fetch, Fetch::Events(EventsFetch { segment: it, .. }) if it.0 == segment));
            let place = open.iter().position(|n| is_asked(*n as u64 + 1)).unwrap();
            let n = open.remove(place);
            harness.give(n as u64 + 1, &segments[n]);
        }
        let timeline = &harness.timeline;
        let mut expected: Vec<_> = segments.iter().zip(1..).flat_map(|(seconds, n)| events(n, seconds).rows).collect();
        sort_by_time(&mut expected);
        let got: Vec<_> = timeline.rows().iter().map(|place| timeline.event(*place).unwrap().clone()).collect();
        prop_assert_eq!(got, expected);
    }
}

#[test]
fn beyond_the_memory_of_one_process_segments_are_left_out_and_are_gaps_that_say_so() {
    let heavy = |segment: u64| {
        let mut events = events(segment, &[Some(i64::try_from(segment).unwrap())]);
        events.rows[0].document = Document::new("x".repeat(MAX_BYTES / 5));
        events
    };
    let mut harness = TimelineHarness::new(None);
    harness.ask(None);
    harness.list((1..=9).map(|segment| info(segment, 0, 7)).collect());
    let mut n_asked = 0;
    loop {
        let pending = harness.ask(None);
        if pending.is_empty() {
            break;
        }
        n_asked += pending.len();
        for segment in pending {
            let ticket = harness.ticket(segment);
            let events = known(heavy(segment));
            assert!(harness.timeline.resolve_events(Segment(segment), ticket, &events));
        }
    }
    let progress = harness.timeline.progress();
    assert_eq!((progress.n_loaded, progress.n_left_out), (2, 7));
    assert!(n_asked <= 2 + fetch::SEGMENTS_IN_FLIGHT, "{n_asked}");
    let total: usize = harness.timeline.segment_slots.iter().map(|part| part.weight).sum();
    assert!(total <= MAX_BYTES);
    let gaps = harness.timeline.rows().iter();
    let gaps = gaps.filter_map(|row| harness.timeline.gap(*row));
    assert_eq!(gaps.filter(|gap| gap.is_left_out && gap.n_events == Some(7)).count(), 7);
    // They are not requested again, since they would exceed the limit again.
    harness.timeline.clear_failures();
    assert!(harness.ask(None).is_empty());
    harness.refresh((1..=10).map(|segment| info(segment, 0, 7)).collect());
    assert!(harness.ask(None).is_empty());
    assert_eq!(harness.timeline.progress().n_left_out, 8);
}
