//! What the opened process did, as its segments come in: one order over all of them.

mod event_text;
mod row_ref;
mod segment;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::{Awaiting, Remote};
use crate::api::Error;
use crate::fetch::{self, Fetch};
use crate::model::{Event, EventBatch, Fetched, Kinds, Md5, ProcessId, Segment, SegmentInfo, Signature};
use crate::worker::{FetchPolicy, Ticket};
pub use row_ref::RowRef;
use row_ref::{merge_sorted, to_index};
use segment::SegmentSlot;

/// As many bytes of events are kept of one process. A segment has up to 10,000 events, and some processes have hundreds of
/// segments.
const BYTES: usize = 64 << 20;

/// The events of one process over all its segments, as far as they are here.
#[derive(Debug, Default)]
pub struct Timeline {
    process: Option<ProcessId>,
    /// Which segments there are.
    pub(super) segments: Remote<Vec<SegmentInfo>>,
    /// Each keeps its place, because rows name it.
    segment_parts: Vec<SegmentSlot>,
    rows: Vec<RowRef>,
    revision: u64,
}

/// A segment that is missing, and is not on its way.
#[derive(Clone, Copy, Debug)]
pub struct TimelineGap<'a> {
    /// Which one.
    pub segment: Segment,
    /// How many events the server says it has, if it does.
    pub n_events: Option<u64>,
    /// Why it is not here; it was given up where there is no error.
    pub error: Option<&'a Error>,
    /// Whether it is left out because the segments that are here take as much memory as they may.
    pub is_left_out: bool,
}

/// How much is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineProgress {
    /// Segments that are here.
    pub n_loaded: usize,
    /// Segments that there are; `None` until the server has said so.
    pub n_segments: Option<usize>,
    /// Records that could not be read.
    pub n_broken: usize,
    /// Segments that are left out, since the others take as much memory as they may.
    pub n_left_out: usize,
}

impl Timeline {
    /// Nothing is here yet of what a process did. A segment that is known already need not wait for the list of them.
    pub(super) fn new(process: ProcessId, first: Option<Segment>, edition: u64) -> Self {
        let first = first.map(|segment| SegmentSlot::new(segment, None));
        Self {
            process: Some(process),
            segment_parts: first.into_iter().collect(),
            revision: edition,
            ..Self::default()
        }
    }

    /// Whose events these are.
    pub fn process(&self) -> Option<ProcessId> {
        self.process
    }

    /// Changes whenever other rows are here.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Every row, the oldest first; those without a time come last.
    pub fn rows(&self) -> &[RowRef] {
        &self.rows
    }

    /// The event of a row, if it is one.
    pub fn event(&self, place: RowRef) -> Option<&Event> {
        self.segment_part(place).event(to_index(place.event_index))
    }

    /// When the event of a row happened; of a gap, when its last event did.
    pub fn event_time(&self, place: RowRef) -> Option<Timestamp> {
        if place.is_gap() {
            self.segment_part(place).last_event_time()
        } else {
            self.event(place).and_then(|event| event.at)
        }
    }

    /// The segment of a row.
    pub fn segment(&self, place: RowRef) -> Segment {
        self.segment_part(place).segment
    }

    /// What a row says of a segment that is missing, if it is such a row.
    pub fn gap(&self, place: RowRef) -> Option<TimelineGap<'_>> {
        let part = self.segment_part(place);
        place.is_gap().then(|| TimelineGap {
            segment: part.segment,
            n_events: part.info.as_ref().and_then(|info| info.counts.total()),
            error: part.events.error(),
            is_left_out: part.is_left_out,
        })
    }

    /// The kinds that a row counts as; none for a gap.
    pub fn kinds(&self, place: RowRef) -> Kinds {
        self.segment_part(place).digest.kinds(to_index(place.event_index))
    }

    /// Whether anything known of the event of a row has this word, which is in lower case.
    pub fn contains_word(&self, place: RowRef, word: &str) -> bool {
        self.segment_part(place).digest.contains_word(to_index(place.event_index), word)
    }

    /// Whether the fact of a name has this word; `None` where there is no such fact.
    pub fn fact_contains(&self, place: RowRef, name: &str, word: &str) -> Option<bool> {
        let digest = &self.segment_part(place).digest;
        digest.fact_contains(to_index(place.event_index), name, word)
    }

    /// What is known of the signature of a file that came with the events.
    pub fn signature(&self, md5: Md5) -> Option<&Signature> {
        let mut held = self.segment_parts.iter().filter_map(|part| part.events.latest());
        held.find_map(|known| known.value.signatures.get(&md5))
    }

    /// How much is here.
    pub fn progress(&self) -> TimelineProgress {
        let held = || self.segment_parts.iter().filter_map(|part| part.events.latest());
        TimelineProgress {
            n_loaded: held().count(),
            n_segments: self.segments.latest().map(|_| self.segment_parts.len()),
            n_broken: held().map(|known| known.value.n_unreadable).sum(),
            n_left_out: self.segment_parts.iter().filter(|part| part.is_left_out).count(),
        }
    }

    /// When the server last said which segments there are.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.segments.latest().map(|known| known.as_of)
    }

    /// What it weighs in memory beside the answers themselves, in bytes.
    pub fn heap_size(&self) -> usize {
        let digests: usize = self.segment_parts.iter().map(|part| part.digest.heap_size()).sum();
        digests + size_of::<RowRef>() * self.rows.capacity()
    }

    /// What to ask for: which segments there are, and as many of them as may be on their way at once, those nearest to
    /// `near` first.
    pub(super) fn missing_segments(&self, near: Option<Timestamp>) -> Vec<(Fetch, FetchPolicy)> {
        let Some(id) = self.process else {
            return Vec::new();
        };
        let mut wanted = Vec::new();
        if self.segments.last_question().is_none() {
            wanted.push((Fetch::Segments(id), FetchPolicy::CacheFirst));
        }
        if self.is_request_refused() {
            return wanted;
        }
        let mut parts: Vec<&SegmentSlot> = self.segment_parts.iter().filter(|part| part.needs_fetch).collect();
        parts.sort_by_key(|part| {
            let far = near.zip(part.last_event_time());
            let far = far.map(|(near, last)| last.duration_since(near).abs());
            (far, part.segment)
        });
        let n_free = fetch::SEGMENTS_IN_FLIGHT.saturating_sub(self.n_pending());
        let fetch = |part: &SegmentSlot| {
            let segment = part.segment;
            let is_known = part.events.latest().is_some();
            let urgency = if is_known { FetchPolicy::NoCache } else { FetchPolicy::CacheFirst };
            (Fetch::Events { id, segment }, urgency)
        };
        wanted.extend(parts.into_iter().take(n_free).map(fetch));
        wanted
    }

    /// Expects the answer to `ticket` for a segment.
    pub(super) fn set_pending(&mut self, segment: Segment, ticket: Ticket, fetch: Fetch) {
        if let Some(place) = self.segment_index(segment) {
            let part = &mut self.segment_parts[place];
            part.needs_fetch = false;
            part.events.set_pending(ticket, fetch);
            self.update_gap_row(place);
        }
    }

    /// Takes the list of segments, if it answers the ticket expected.
    pub(super) fn resolve_segments(&mut self, ticket: Ticket, known: Fetched<Vec<SegmentInfo>>) -> bool {
        let infos = known.value.clone();
        if !self.segments.resolve(ticket, known) {
            return false;
        }
        let numbers = fetch::segments_to_fetch(&infos);
        if self.segment_parts.iter().any(|part| !numbers.contains(&part.segment)) {
            // What the server no longer has is no longer shown; the rows that stay get their places anew.
            self.segment_parts.retain(|part| numbers.contains(&part.segment));
            self.rows.clear();
            for place in 0..self.segment_parts.len() {
                self.merge_events(place);
                self.update_gap_row(place);
            }
        }
        for segment in numbers {
            let info = infos.iter().find(|info| info.segment == segment).cloned();
            match self.segment_index(segment) {
                Some(place) => self.segment_parts[place].set_info(info),
                None => self.segment_parts.push(SegmentSlot::new(segment, info)),
            }
        }
        // What came to light since has no more room than what was known before.
        if let Some(place) = self.segment_parts.iter().position(|part| part.is_left_out) {
            self.leave_out(place);
        }
        self.revision += 1;
        true
    }

    /// Takes the events of a segment, if they answer the ticket expected.
    pub(super) fn resolve_events(&mut self, segment: Segment, ticket: Ticket, known: Fetched<EventBatch>) -> bool {
        let Some(place) = self.segment_index(segment) else {
            return false;
        };
        let held: usize = self.segment_parts.iter().map(|part| part.weight).sum();
        let weight = known.value.heap_size();
        let part = &mut self.segment_parts[place];
        let was_held = part.events.latest().is_some();
        let is_too_much = !was_held && held > 0 && held + weight > BYTES;
        if is_too_much && part.events.resolve_unchanged(ticket) {
            self.leave_out(place);
            return true;
        }
        if !part.resolve(ticket, known) {
            return false;
        }
        if was_held {
            self.rows.retain(|row| to_index(row.segment_index) != place);
        }
        self.merge_events(place);
        self.update_gap_row(place);
        true
    }

    /// Keeps nothing of a segment that would take too much memory, nor of those that have not been asked for yet.
    fn leave_out(&mut self, place: usize) {
        self.segment_parts[place].leave_out();
        for part in &mut self.segment_parts {
            if part.needs_fetch && !part.events.has_answer() {
                part.leave_out();
            }
        }
        for place in 0..self.segment_parts.len() {
            self.update_gap_row(place);
        }
    }

    /// Takes a failure, if it answers the ticket expected.
    pub(super) fn reject(&mut self, segment: Segment, ticket: Ticket, error: Error) -> bool {
        let Some(place) = self.segment_index(segment) else {
            return false;
        };
        let is_expected = self.segment_parts[place].events.reject(ticket, error);
        if is_expected {
            self.update_gap_row(place);
        }
        is_expected
    }

    /// Expects nothing more, until it is retried. Returns the segments that were awaited.
    pub(super) fn cancel_pending(&mut self) -> Vec<Segment> {
        let mut awaited = Vec::new();
        for place in 0..self.segment_parts.len() {
            let part = &mut self.segment_parts[place];
            part.needs_fetch = false;
            if part.events.is_pending() {
                awaited.push(part.segment);
                part.events.cancel_pending();
            }
            self.update_gap_row(place);
        }
        awaited
    }

    /// Wants what failed or was given up.
    pub(super) fn clear_failures(&mut self) {
        for part in &mut self.segment_parts {
            let is_missing = part.is_missing() && !part.is_left_out;
            part.needs_fetch |= is_missing || part.events.error().is_some();
        }
    }

    /// How many segments are on their way.
    pub(super) fn n_pending(&self) -> usize {
        let pending = self.segment_parts.iter().filter(|part| part.events.is_pending());
        pending.count()
    }

    /// Why a segment is not here, or not as it is now.
    pub(super) fn error(&self) -> Option<&Error> {
        self.segment_parts.iter().find_map(|part| part.events.error())
    }

    /// Whether a segment is here that could not be fetched again.
    pub(super) fn is_stale(&self) -> bool {
        let is_old = |part: &SegmentSlot| part.events.has_answer() && part.events.error().is_some();
        self.segment_parts.iter().any(is_old)
    }

    /// Whether the server said of a segment what it would say of all.
    fn is_request_refused(&self) -> bool {
        let is_refusal = |part: &SegmentSlot| {
            let error = part.events.error().filter(|_| !part.needs_fetch);
            matches!(
                error.map(Error::underlying_error),
                Some(Error::Unauthorized | Error::Forbidden { .. } | Error::ProxyRefused { .. })
            )
        };
        self.segment_parts.iter().any(is_refusal)
    }

    fn segment_part(&self, place: RowRef) -> &SegmentSlot {
        &self.segment_parts[to_index(place.segment_index)]
    }

    fn segment_index(&self, segment: Segment) -> Option<usize> {
        self.segment_parts.iter().position(|part| part.segment == segment)
    }

    /// What rows are ordered by. Events of the same time stay in the order of their segments.
    fn sort_key(&self, place: RowRef) -> (Timestamp, Segment, u32) {
        let at = self.event_time(place).unwrap_or(Timestamp::MAX);
        (at, self.segment(place), place.event_index)
    }

    /// Puts the events of a part among the others. Both are in order, so only the stretch that they share is touched.
    fn merge_events(&mut self, part: usize) {
        let n_rows = self.segment_parts[part].n_events();
        let new: Vec<RowRef> = (0..n_rows).map(|row| RowRef::new(part, row)).collect();
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

    /// Sees to it that there is a row for a segment exactly while it is missing.
    fn update_gap_row(&mut self, part: usize) {
        let gap = RowRef::gap_of(part);
        let found = self.rows.iter().position(|row| *row == gap);
        match (found, self.segment_parts[part].is_missing()) {
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
