//! The order of events whatever comes first, and what is said of segments that do not come.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Document, EventCounts, EventFacts, RegAction, Regmod, sort_by_time};

fn id() -> ProcessId {
    ProcessId::new(7, 4242, 1)
}

fn known<T>(value: T) -> Fetched<T> {
    Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }
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

/// A timeline, and the tickets of what it asked for.
struct TimelineHarness {
    timeline: Timeline,
    last: u64,
    asked: Vec<(Ticket, Fetch)>,
}

impl TimelineHarness {
    fn new(first: Option<u64>) -> Self {
        let timeline = Timeline::new(id(), first.map(Segment), 0);
        let (last, asked) = (0, Vec::new());
        Self { timeline, last, asked }
    }

    /// Asks for what is wanted, and says which segments these are.
    fn ask(&mut self, near: Option<i64>) -> Vec<u64> {
        let mut segments = Vec::new();
        for (fetch, _) in self.timeline.missing_segments(near.map(at)) {
            self.last += 1;
            let ticket = Ticket(self.last);
            if let Fetch::Events { segment, .. } = &fetch {
                segments.push(segment.0);
                self.timeline.set_pending(*segment, ticket, fetch.clone());
            } else {
                self.timeline.segments.set_pending(ticket, fetch.clone());
            }
            self.asked.push((ticket, fetch));
        }
        segments
    }

    fn ticket(&mut self, segment: u64) -> Ticket {
        let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Events { segment: it, .. } if it.0 == segment);
        let place = self.asked.iter().position(|(_, fetch)| is_it(fetch));
        self.asked.remove(place.unwrap()).0
    }

    fn list(&mut self, infos: Vec<SegmentInfo>) {
        let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Segments(_));
        let place = self.asked.iter().position(|(_, fetch)| is_it(fetch));
        let (ticket, _) = self.asked.remove(place.unwrap());
        assert!(self.timeline.resolve_segments(ticket, known(infos)));
    }

    fn refresh(&mut self, infos: Vec<SegmentInfo>) {
        self.last += 1;
        let ticket = Ticket(self.last);
        self.timeline.segments.set_pending(ticket, Fetch::Segments(id()));
        assert!(self.timeline.resolve_segments(ticket, known(infos)));
    }

    fn give(&mut self, segment: u64, seconds: &[Option<i64>]) {
        let ticket = self.ticket(segment);
        let events = known(events(segment, seconds));
        assert!(self.timeline.resolve_events(Segment(segment), ticket, events));
    }

    fn fail(&mut self, segment: u64) {
        let ticket = self.ticket(segment);
        assert!(self.timeline.reject(Segment(segment), ticket, Error::Internal));
    }

    /// Every row: segment and second, `gap` for a segment that is missing.
    fn rows(&self) -> Vec<String> {
        let timeline = &self.timeline;
        let row = |place: &RowRef| {
            let segment = timeline.segment(*place);
            match (timeline.gap(*place), timeline.event_time(*place)) {
                (Some(_), _) => format!("{segment} gap"),
                (None, Some(at)) => format!("{segment} {}", at.as_second()),
                (None, None) => format!("{segment} ?"),
            }
        };
        timeline.rows().iter().map(row).collect()
    }
}

/// Three segments that are listed; nothing else is here.
fn listed() -> TimelineHarness {
    let mut desk = TimelineHarness::new(None);
    desk.ask(None);
    desk.list(vec![info(1, 10, 2), info(2, 20, 2), info(3, 30, 2)]);
    desk
}

#[test]
fn segments_come_in_any_order_and_stand_in_order() {
    let mut desk = listed();
    assert_eq!(desk.ask(None), [1, 2, 3]);
    desk.give(3, &[Some(5), Some(30)]);
    desk.give(1, &[Some(1), Some(10), None]);
    desk.give(2, &[Some(10), Some(20)]);
    assert_eq!(desk.rows(), ["1 1", "3 5", "1 10", "2 10", "2 20", "3 30", "1 ?"]);
    let progress = desk.timeline.progress();
    assert_eq!((progress.n_loaded, progress.n_segments), (3, Some(3)));
}

#[test]
fn a_segment_that_is_known_already_waits_for_no_list() {
    let mut desk = TimelineHarness::new(Some(2));
    assert_eq!(desk.ask(None), [2]);
    desk.give(2, &[Some(20)]);
    assert_eq!(desk.rows(), ["2 20"]);
    assert_eq!(desk.timeline.progress().n_segments, None);
    desk.list(vec![info(1, 10, 1), info(2, 20, 1)]);
    assert_eq!(desk.ask(None), [1]);
}

#[test]
fn only_a_few_are_on_their_way_and_what_is_near_comes_first() {
    let mut desk = TimelineHarness::new(None);
    desk.ask(None);
    desk.list((1..=9).map(|n| info(n, 10 * i64::try_from(n).unwrap(), 1)).collect());
    assert_eq!(desk.ask(None), [1, 2, 3, 4]);
    assert_eq!(desk.ask(None), Vec::<u64>::new());
    desk.give(2, &[Some(20)]);
    assert_eq!(desk.ask(Some(85)), [8]);
}

#[test]
fn a_segment_that_fails_is_a_gap_where_its_events_would_be_until_it_comes() {
    let mut desk = listed();
    desk.ask(None);
    desk.give(1, &[Some(1), Some(10)]);
    desk.fail(2);
    desk.give(3, &[Some(30)]);
    assert_eq!(desk.rows(), ["1 1", "1 10", "2 gap", "3 30"]);
    let gap = desk.timeline.gap(desk.timeline.rows()[2]).unwrap();
    assert_eq!((gap.n_events, gap.error), (Some(2), Some(&Error::Internal)));
    // It does not come by itself.
    assert_eq!(desk.ask(None), Vec::<u64>::new());
    desk.timeline.clear_failures();
    assert_eq!(desk.ask(None), [2]);
    assert_eq!(desk.rows(), ["1 1", "1 10", "3 30"]);
    desk.give(2, &[Some(20)]);
    assert_eq!(desk.rows(), ["1 1", "1 10", "2 20", "3 30"]);
}

#[test]
fn what_is_given_up_is_a_gap_without_an_error() {
    let mut desk = listed();
    desk.ask(None);
    desk.give(1, &[Some(1)]);
    assert_eq!(desk.timeline.cancel_pending(), [Segment(2), Segment(3)]);
    assert_eq!(desk.rows(), ["1 1", "2 gap", "3 gap"]);
    assert!(desk.timeline.gap(desk.timeline.rows()[1]).unwrap().error.is_none());
    assert_eq!(desk.ask(None), Vec::<u64>::new());
}

#[test]
fn a_refusal_of_one_segment_is_one_of_all() {
    let mut desk = TimelineHarness::new(None);
    desk.ask(None);
    desk.list((1..=9).map(|n| info(n, 1, 1)).collect());
    desk.ask(None);
    let ticket = desk.ticket(1);
    desk.timeline.reject(Segment(1), ticket, Error::Unauthorized);
    assert_eq!(desk.ask(None), Vec::<u64>::new());
    desk.timeline.clear_failures();
    assert_eq!(desk.ask(None), [1]);
}

#[test]
fn a_refresh_asks_for_what_has_changed_and_drops_what_is_gone() {
    let mut desk = listed();
    desk.ask(None);
    for segment in 1..=3 {
        desk.give(segment, &[Some(i64::try_from(segment).unwrap())]);
    }
    desk.refresh(vec![info(2, 20, 2), info(3, 35, 3), info(4, 40, 1)]);
    assert_eq!(desk.rows(), ["2 2", "3 3"]);
    assert_eq!(desk.ask(None), [3, 4]);
    desk.give(3, &[Some(3), Some(35)]);
    desk.fail(4);
    assert_eq!(desk.rows(), ["2 2", "3 3", "3 35", "4 gap"]);
}

#[test]
fn a_server_that_names_no_segment_is_asked_for_all_at_once() {
    let mut desk = TimelineHarness::new(None);
    desk.ask(None);
    desk.list(Vec::new());
    assert_eq!(desk.ask(None), [Segment::ALL.0]);
}

proptest! {
    #[test]
    fn the_order_is_the_same_whatever_comes_first(
        segments in prop::collection::vec(prop::collection::vec(prop::option::of(0_i64..20), 0..12), 1..6),
        order in any::<prop::sample::Index>(),
    ) {
        let mut desk = TimelineHarness::new(None);
        desk.ask(None);
        desk.list((0..segments.len()).map(|n| info(n as u64 + 1, 1, 1)).collect());
        let turn = order.index(segments.len());
        let mut open: Vec<usize> = (0..segments.len()).collect();
        open.rotate_left(turn);
        while !open.is_empty() {
            desk.ask(None);
            let is_asked = |segment: u64| desk.asked.iter().any(|(_, fetch)| matches!(fetch, Fetch::Events { segment: it, .. } if it.0 == segment));
            let place = open.iter().position(|n| is_asked(*n as u64 + 1)).unwrap();
            let n = open.remove(place);
            desk.give(n as u64 + 1, &segments[n]);
        }
        let timeline = &desk.timeline;
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
        events.rows[0].document = Document::new("x".repeat(BYTES / 5));
        events
    };
    let mut desk = TimelineHarness::new(None);
    desk.ask(None);
    desk.list((1..=9).map(|segment| info(segment, 0, 7)).collect());
    let mut n_asked = 0;
    loop {
        let asked = desk.ask(None);
        if asked.is_empty() {
            break;
        }
        n_asked += asked.len();
        for segment in asked {
            let ticket = desk.ticket(segment);
            let events = known(heavy(segment));
            assert!(desk.timeline.resolve_events(Segment(segment), ticket, events));
        }
    }
    let progress = desk.timeline.progress();
    assert_eq!((progress.n_loaded, progress.n_left_out), (2, 7));
    assert!(n_asked <= 2 + fetch::SEGMENTS_IN_FLIGHT, "{n_asked}");
    let held: usize = desk.timeline.segment_parts.iter().map(|part| part.weight).sum();
    assert!(held <= BYTES);
    let gaps = desk.timeline.rows().iter();
    let gaps = gaps.filter_map(|row| desk.timeline.gap(*row));
    assert_eq!(gaps.filter(|gap| gap.is_left_out && gap.n_events == Some(7)).count(), 7);
    // They are not asked for again, which would find no more room.
    desk.timeline.clear_failures();
    assert!(desk.ask(None).is_empty());
    desk.refresh((1..=10).map(|segment| info(segment, 0, 7)).collect());
    assert!(desk.ask(None).is_empty());
    assert_eq!(desk.timeline.progress().n_left_out, 8);
}
