//! The events of the opened process, merged from its segments into one order as they arrive.

mod event_text;
mod row_ref;
mod segment;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::{Remote, RemoteState};
use crate::api::Error;
use crate::fetch::{self, Answer, EventsFetch, SegmentsFetch};
use crate::model::{Event, EventBatch, Kinds, Md5, ProcessId, Segment, Signature};
use crate::worker::{FetchPolicy, Ticket};
pub use row_ref::RowRef;
use row_ref::{merge_sorted, to_index};
use segment::SegmentSlot;

/// Limit on the memory for events of one process. A segment has up to 10,000 events, and some processes have hundreds
/// of segments.
const MAX_BYTES: usize = 64 << 20;

/// The events of one process over all loaded segments.
#[derive(Debug, Default)]
pub struct Timeline {
    process: Option<ProcessId>,
    /// The list of segments.
    pub(super) segments: Remote<SegmentsFetch>,
    /// Indexes stay valid, because rows refer to them.
    segment_slots: Vec<SegmentSlot>,
    rows: Vec<RowRef>,
    revision: u64,
}

/// A segment that is missing and not pending.
#[derive(Clone, Copy, Debug)]
pub struct TimelineGap<'a> {
    pub segment: Segment,
    /// Number of events by the server's count, if it sent one.
    pub n_events: Option<u64>,
    /// Why it is missing; `None` if it was cancelled or left out.
    pub error: Option<&'a Error>,
    /// Whether it was left out because of the memory limit.
    pub is_left_out: bool,
}

/// How much of the timeline is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineProgress {
    /// Loaded segments.
    pub n_loaded: usize,
    /// All segments; `None` until the list of segments was fetched.
    pub n_segments: Option<usize>,
    /// Records that could not be parsed.
    pub n_broken: usize,
    /// Segments left out because of the memory limit.
    pub n_left_out: usize,
}

impl Timeline {
    /// Returns an empty timeline. The segment `first`, if known, is fetched without waiting for the list of segments.
    pub(super) fn new(process: ProcessId, first: Option<Segment>, revision: u64) -> Self {
        let first = first.map(|segment| SegmentSlot::new(segment, None));
        Self { process: Some(process), segment_slots: first.into_iter().collect(), revision, ..Self::default() }
    }

    /// Returns the process of these events.
    pub fn process(&self) -> Option<ProcessId> {
        self.process
    }

    /// Returns a number that changes whenever the rows do.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns all rows, oldest first; those without a time are last.
    pub fn rows(&self) -> &[RowRef] {
        &self.rows
    }

    /// Returns the event of a row; `None` for a gap.
    pub fn event(&self, row: RowRef) -> Option<&Event> {
        self.segment_slot(row).event(to_index(row.event_index))
    }

    /// Returns the time of a row's event; for a gap, the time of its last event.
    pub fn event_time(&self, row: RowRef) -> Option<Timestamp> {
        if row.is_gap() { self.segment_slot(row).last_event_time() } else { self.event(row).and_then(|event| event.at) }
    }

    /// Returns the segment of a row.
    pub fn segment(&self, row: RowRef) -> Segment {
        self.segment_slot(row).segment
    }

    /// Returns the missing segment of a gap row; `None` if the row is an event.
    pub fn gap(&self, row: RowRef) -> Option<TimelineGap<'_>> {
        let slot = self.segment_slot(row);
        row.is_gap().then(|| TimelineGap {
            segment: slot.segment,
            n_events: slot.info.as_ref().and_then(|info| info.counts.total()),
            error: slot.events.error(),
            is_left_out: slot.is_left_out,
        })
    }

    /// Returns the kinds of a row's event; empty for a gap.
    pub fn kinds(&self, row: RowRef) -> Kinds {
        self.segment_slot(row).digest.kinds(to_index(row.event_index))
    }

    /// Returns whether any property of a row's event contains `word`, which must be lower case.
    pub fn contains_word(&self, row: RowRef, word: &str) -> bool {
        self.segment_slot(row).digest.contains_word(to_index(row.event_index), word)
    }

    /// Returns whether the property `name` of a row's event contains `word`; `None` if no event has such a property.
    pub fn property_contains(&self, row: RowRef, name: &str, word: &str) -> Option<bool> {
        let digest = &self.segment_slot(row).digest;
        digest.property_contains(to_index(row.event_index), name, word)
    }

    /// Returns the signature of the file `md5`, from the answers with the events.
    pub fn signature(&self, md5: Md5) -> Option<&Signature> {
        let mut batches = self.segment_slots.iter().filter_map(|slot| slot.events.latest());
        batches.find_map(|fetched| fetched.value.signatures.get(&md5))
    }

    /// Returns how much is loaded.
    pub fn progress(&self) -> TimelineProgress {
        let batches = || self.segment_slots.iter().filter_map(|slot| slot.events.latest());
        TimelineProgress {
            n_loaded: batches().count(),
            n_segments: self.segments.latest().map(|_| self.segment_slots.len()),
            n_broken: batches().map(|fetched| fetched.value.n_unreadable).sum(),
            n_left_out: self.segment_slots.iter().filter(|slot| slot.is_left_out).count(),
        }
    }

    /// Returns the time of the last list of segments.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.segments.latest().map(|fetched| fetched.as_of)
    }

    /// Returns the memory used in addition to the answers themselves, in bytes.
    pub fn heap_size(&self) -> usize {
        let digests: usize = self.segment_slots.iter().map(|slot| slot.digest.heap_size()).sum();
        digests + size_of::<RowRef>() * self.rows.capacity()
    }

    /// Returns the segments to fetch: up to the number allowed in flight, those nearest to `near` first.
    pub(super) fn missing_segments(&self, near: Option<Timestamp>) -> Vec<(EventsFetch, FetchPolicy)> {
        let Some(id) = self.process.filter(|_| !self.is_request_refused()) else {
            return Vec::new();
        };
        let mut missing: Vec<&SegmentSlot> = self.segment_slots.iter().filter(|slot| slot.needs_fetch).collect();
        missing.sort_by_key(|slot| {
            let distance = near.zip(slot.last_event_time());
            let distance = distance.map(|(near, last)| last.duration_since(near).abs());
            (distance, slot.segment)
        });
        let n_free = fetch::SEGMENTS_IN_FLIGHT.saturating_sub(self.n_pending());
        let fetch = |slot: &SegmentSlot| {
            let segment = slot.segment;
            let is_loaded = slot.events.latest().is_some();
            let policy = if is_loaded { FetchPolicy::NoCache } else { FetchPolicy::CacheFirst };
            (EventsFetch { id, segment }, policy)
        };
        missing.into_iter().take(n_free).map(fetch).collect()
    }

    /// Expects the answer to `ticket` for a segment.
    pub(super) fn set_pending(&mut self, ticket: Ticket, question: EventsFetch) {
        if let Some(index) = self.segment_index(question.segment) {
            let slot = &mut self.segment_slots[index];
            slot.needs_fetch = false;
            slot.events.set_pending(ticket, question);
            self.update_gap_row(index);
        }
    }

    /// Stores the list of segments if `ticket` is the expected one; returns whether it was.
    pub(super) fn resolve_segments(&mut self, ticket: Ticket, answer: &Answer) -> bool {
        let is_expected = self.segments.resolve(ticket, answer);
        let Some(infos) = self.segments.latest().filter(|_| is_expected).map(|fetched| fetched.value.clone()) else {
            return false;
        };
        let numbers = fetch::segments_to_fetch(&infos);
        if self.segment_slots.iter().any(|slot| !numbers.contains(&slot.segment)) {
            // Segments that the server no longer has are removed; the rows of the others get new indexes.
            self.segment_slots.retain(|slot| numbers.contains(&slot.segment));
            self.rows.clear();
            for index in 0..self.segment_slots.len() {
                self.merge_events(index);
                self.update_gap_row(index);
            }
        }
        for segment in numbers {
            let info = infos.iter().find(|info| info.segment == segment).cloned();
            match self.segment_index(segment) {
                Some(index) => self.segment_slots[index].set_info(info),
                None => self.segment_slots.push(SegmentSlot::new(segment, info)),
            }
        }
        // New segments are left out as well once the memory limit was reached.
        if let Some(index) = self.segment_slots.iter().position(|slot| slot.is_left_out) {
            self.leave_out(index);
        }
        self.revision += 1;
        true
    }

    /// Stores the events of a segment if `ticket` is the expected one; returns whether it was.
    pub(super) fn resolve_events(&mut self, segment: Segment, ticket: Ticket, answer: &Answer) -> bool {
        let (Some(index), Some(fetched)) = (self.segment_index(segment), answer.get::<EventBatch>()) else {
            return false;
        };
        let total: usize = self.segment_slots.iter().map(|slot| slot.weight).sum();
        let weight = fetched.value.heap_size();
        let slot = &mut self.segment_slots[index];
        let was_loaded = slot.events.latest().is_some();
        let exceeds_limit = !was_loaded && total > 0 && total + weight > MAX_BYTES;
        if exceeds_limit && slot.events.resolve_unchanged(ticket) {
            self.leave_out(index);
            return true;
        }
        if !slot.resolve(ticket, answer) {
            return false;
        }
        if was_loaded {
            self.rows.retain(|row| to_index(row.segment_index) != index);
        }
        self.merge_events(index);
        self.update_gap_row(index);
        true
    }

    /// Leaves out a segment that exceeds the memory limit, and those not requested yet.
    fn leave_out(&mut self, index: usize) {
        self.segment_slots[index].leave_out();
        for slot in &mut self.segment_slots {
            if slot.needs_fetch && !slot.events.has_answer() {
                slot.leave_out();
            }
        }
        for index in 0..self.segment_slots.len() {
            self.update_gap_row(index);
        }
    }

    /// Stores a failure if `ticket` is the expected one; returns whether it was.
    pub(super) fn reject(&mut self, segment: Segment, ticket: Ticket, error: Error) -> bool {
        let Some(index) = self.segment_index(segment) else {
            return false;
        };
        let is_expected = self.segment_slots[index].events.reject(ticket, error);
        if is_expected {
            self.update_gap_row(index);
        }
        is_expected
    }

    /// Cancels all pending segments until they are retried; returns them.
    pub(super) fn cancel_pending(&mut self) -> Vec<Segment> {
        let mut cancelled = Vec::new();
        for index in 0..self.segment_slots.len() {
            let slot = &mut self.segment_slots[index];
            slot.needs_fetch = false;
            if slot.events.is_pending() {
                cancelled.push(slot.segment);
                slot.events.cancel_pending();
            }
            self.update_gap_row(index);
        }
        cancelled
    }

    /// Requests failed and cancelled segments again.
    pub(super) fn clear_failures(&mut self) {
        for slot in &mut self.segment_slots {
            let is_missing = slot.is_missing() && !slot.is_left_out;
            slot.needs_fetch |= is_missing || slot.events.error().is_some();
        }
    }

    /// Returns the number of pending segments.
    pub(super) fn n_pending(&self) -> usize {
        let pending = self.segment_slots.iter().filter(|slot| slot.events.is_pending());
        pending.count()
    }

    /// Returns why a segment could not be fetched or refreshed.
    pub(super) fn error(&self) -> Option<&Error> {
        self.segment_slots.iter().find_map(|slot| slot.events.error())
    }

    /// Returns whether a loaded segment could not be refreshed.
    pub(super) fn is_stale(&self) -> bool {
        self.segment_slots.iter().any(|slot| slot.events.is_stale())
    }

    /// Returns whether a segment was refused for a reason that holds for all of them.
    fn is_request_refused(&self) -> bool {
        let is_refusal = |slot: &SegmentSlot| {
            let error = slot.events.error().filter(|_| !slot.needs_fetch);
            matches!(
                error.map(Error::underlying_error),
                Some(Error::Unauthorized | Error::Forbidden { .. } | Error::ProxyRefused { .. })
            )
        };
        self.segment_slots.iter().any(is_refusal)
    }

    fn segment_slot(&self, row: RowRef) -> &SegmentSlot {
        &self.segment_slots[to_index(row.segment_index)]
    }

    fn segment_index(&self, segment: Segment) -> Option<usize> {
        self.segment_slots.iter().position(|slot| slot.segment == segment)
    }

    /// Returns the sort key of a row. Simultaneous events are in the order of their segments.
    fn sort_key(&self, row: RowRef) -> (Timestamp, Segment, u32) {
        let at = self.event_time(row).unwrap_or(Timestamp::MAX);
        (at, self.segment(row), row.event_index)
    }

    /// Merges the events of a segment into the rows. Both are sorted, so only the range where they overlap is
    /// rewritten.
    fn merge_events(&mut self, segment_index: usize) {
        let n_rows = self.segment_slots[segment_index].n_events();
        let new: Vec<RowRef> = (0..n_rows).map(|row| RowRef::new(segment_index, row)).collect();
        self.revision += 1;
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return;
        };
        let (first, last) = (self.sort_key(*first), self.sort_key(*last));
        let start = self.rows.partition_point(|row| self.sort_key(*row) < first);
        let end = self.rows.partition_point(|row| self.sort_key(*row) <= last);
        let old = self.rows[start..end].to_vec();
        let merged = merge_sorted(&old, &new, |row| self.sort_key(row));
        self.rows.splice(start..end, merged);
    }

    /// Adds or removes the gap row of a segment, which exists exactly while the segment is missing.
    fn update_gap_row(&mut self, segment_index: usize) {
        let gap = RowRef::gap_of(segment_index);
        let position = self.rows.iter().position(|row| *row == gap);
        match (position, self.segment_slots[segment_index].is_missing()) {
            (Some(at), false) => {
                self.rows.remove(at);
            }
            (None, true) => {
                let key = self.sort_key(gap);
                let at = self.rows.partition_point(|row| self.sort_key(*row) < key);
                self.rows.insert(at, gap);
            }
            _ => return,
        }
        self.revision += 1;
    }
}
