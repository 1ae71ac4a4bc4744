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
use crate::model::{Event, Events, Kinds, Known, Md5, ProcessId, Segment, SegmentInfo, Signature};
use crate::worker::{Ticket, Urgency};
pub use row_ref::Place;
use row_ref::{index, merged};
use segment::Part;

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
    parts: Vec<Part>,
    rows: Vec<Place>,
    edition: u64,
}

/// A segment that is missing, and is not on its way.
#[derive(Clone, Copy, Debug)]
pub struct Gap<'a> {
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
pub struct Progress {
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
        let first = first.map(|segment| Part::new(segment, None));
        Self { process: Some(process), parts: first.into_iter().collect(), edition, ..Self::default() }
    }

    /// Whose events these are.
    pub fn process(&self) -> Option<ProcessId> {
        self.process
    }

    /// Changes whenever other rows are here.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// Every row, the oldest first; those without a time come last.
    pub fn rows(&self) -> &[Place] {
        &self.rows
    }

    /// The event of a row, if it is one.
    pub fn event(&self, place: Place) -> Option<&Event> {
        self.part(place).event(index(place.row))
    }

    /// When the event of a row happened; of a gap, when its last event did.
    pub fn at(&self, place: Place) -> Option<Timestamp> {
        if place.is_gap() { self.part(place).last() } else { self.event(place).and_then(|event| event.at) }
    }

    /// The segment of a row.
    pub fn segment(&self, place: Place) -> Segment {
        self.part(place).segment
    }

    /// What a row says of a segment that is missing, if it is such a row.
    pub fn gap(&self, place: Place) -> Option<Gap<'_>> {
        let part = self.part(place);
        place.is_gap().then(|| Gap {
            segment: part.segment,
            n_events: part.info.as_ref().and_then(|info| info.counts.total()),
            error: part.events.error(),
            is_left_out: part.is_left_out,
        })
    }

    /// The kinds that a row counts as; none for a gap.
    pub fn kinds(&self, place: Place) -> Kinds {
        self.part(place).digest.kinds(index(place.row))
    }

    /// Whether anything known of the event of a row has this word, which is in lower case.
    pub fn has(&self, place: Place, word: &str) -> bool {
        self.part(place).digest.has(index(place.row), word)
    }

    /// Whether the fact of a name has this word; `None` where there is no such fact.
    pub fn has_in(&self, place: Place, name: &str, word: &str) -> Option<bool> {
        let digest = &self.part(place).digest;
        digest.has_in(index(place.row), name, word)
    }

    /// What is known of the signature of a file that came with the events.
    pub fn signature(&self, md5: Md5) -> Option<&Signature> {
        let mut held = self.parts.iter().filter_map(|part| part.events.current());
        held.find_map(|known| known.value.signatures.get(&md5))
    }

    /// How much is here.
    pub fn progress(&self) -> Progress {
        let held = || self.parts.iter().filter_map(|part| part.events.current());
        Progress {
            n_loaded: held().count(),
            n_segments: self.segments.current().map(|_| self.parts.len()),
            n_broken: held().map(|known| known.value.broken).sum(),
            n_left_out: self.parts.iter().filter(|part| part.is_left_out).count(),
        }
    }

    /// When the server last said which segments there are.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.segments.current().map(|known| known.as_of)
    }

    /// What it weighs in memory beside the answers themselves, in bytes.
    pub fn weight(&self) -> usize {
        let digests: usize = self.parts.iter().map(|part| part.digest.weight()).sum();
        digests + size_of::<Place>() * self.rows.capacity()
    }

    /// What to ask for: which segments there are, and as many of them as may be on their way at once, those nearest to
    /// `near` first.
    pub(super) fn wanted(&self, near: Option<Timestamp>) -> Vec<(Fetch, Urgency)> {
        let Some(id) = self.process else {
            return Vec::new();
        };
        let mut wanted = Vec::new();
        if self.segments.asked().is_none() {
            wanted.push((Fetch::Segments(id), Urgency::Now));
        }
        if self.is_refused() {
            return wanted;
        }
        let mut parts: Vec<&Part> = self.parts.iter().filter(|part| part.is_wanted).collect();
        parts.sort_by_key(|part| {
            let far = near.zip(part.last());
            let far = far.map(|(near, last)| last.duration_since(near).abs());
            (far, part.segment)
        });
        let n_free = fetch::AHEAD.saturating_sub(self.n_pending());
        let fetch = |part: &Part| {
            let segment = part.segment;
            let is_known = part.events.current().is_some();
            let urgency = if is_known { Urgency::Fresh } else { Urgency::Now };
            (Fetch::Events { id, segment }, urgency)
        };
        wanted.extend(parts.into_iter().take(n_free).map(fetch));
        wanted
    }

    /// Expects the answer to `ticket` for a segment.
    pub(super) fn expect(&mut self, segment: Segment, ticket: Ticket, fetch: Fetch) {
        if let Some(place) = self.place(segment) {
            let part = &mut self.parts[place];
            part.is_wanted = false;
            part.events.expect(ticket, fetch);
            self.mind_gap(place);
        }
    }

    /// Takes the list of segments, if it answers the ticket expected.
    pub(super) fn settle_segments(&mut self, ticket: Ticket, known: Known<Vec<SegmentInfo>>) -> bool {
        let infos = known.value.clone();
        if !self.segments.settle(ticket, known) {
            return false;
        }
        let numbers = fetch::numbers(&infos);
        if self.parts.iter().any(|part| !numbers.contains(&part.segment)) {
            // What the server no longer has is no longer shown; the rows that stay get their places anew.
            self.parts.retain(|part| numbers.contains(&part.segment));
            self.rows.clear();
            for place in 0..self.parts.len() {
                self.merge(place);
                self.mind_gap(place);
            }
        }
        for segment in numbers {
            let info = infos.iter().find(|info| info.segment == segment).cloned();
            match self.place(segment) {
                Some(place) => self.parts[place].inform(info),
                None => self.parts.push(Part::new(segment, info)),
            }
        }
        // What came to light since has no more room than what was known before.
        if let Some(place) = self.parts.iter().position(|part| part.is_left_out) {
            self.leave_out(place);
        }
        self.edition += 1;
        true
    }

    /// Takes the events of a segment, if they answer the ticket expected.
    pub(super) fn settle(&mut self, segment: Segment, ticket: Ticket, known: Known<Events>) -> bool {
        let Some(place) = self.place(segment) else {
            return false;
        };
        let held: usize = self.parts.iter().map(|part| part.weight).sum();
        let weight = known.value.weight();
        let part = &mut self.parts[place];
        let was_held = part.events.current().is_some();
        let is_too_much = !was_held && held > 0 && held + weight > BYTES;
        if is_too_much && part.events.keep(ticket) {
            self.leave_out(place);
            return true;
        }
        if !part.settle(ticket, known) {
            return false;
        }
        if was_held {
            self.rows.retain(|row| index(row.part) != place);
        }
        self.merge(place);
        self.mind_gap(place);
        true
    }

    /// Keeps nothing of a segment that would take too much memory, nor of those that have not been asked for yet.
    fn leave_out(&mut self, place: usize) {
        self.parts[place].leave_out();
        for part in &mut self.parts {
            if part.is_wanted && !part.events.is_held() {
                part.leave_out();
            }
        }
        for place in 0..self.parts.len() {
            self.mind_gap(place);
        }
    }

    /// Takes a failure, if it answers the ticket expected.
    pub(super) fn fail(&mut self, segment: Segment, ticket: Ticket, error: Error) -> bool {
        let Some(place) = self.place(segment) else {
            return false;
        };
        let is_expected = self.parts[place].events.fail(ticket, error);
        if is_expected {
            self.mind_gap(place);
        }
        is_expected
    }

    /// Expects nothing more, until it is retried. Returns the segments that were awaited.
    pub(super) fn forget(&mut self) -> Vec<Segment> {
        let mut awaited = Vec::new();
        for place in 0..self.parts.len() {
            let part = &mut self.parts[place];
            part.is_wanted = false;
            if part.events.is_pending() {
                awaited.push(part.segment);
                part.events.forget();
            }
            self.mind_gap(place);
        }
        awaited
    }

    /// Wants what failed or was given up.
    pub(super) fn retry(&mut self) {
        for part in &mut self.parts {
            let is_missing = part.is_missing() && !part.is_left_out;
            part.is_wanted |= is_missing || part.events.error().is_some();
        }
    }

    /// How many segments are on their way.
    pub(super) fn n_pending(&self) -> usize {
        let pending = self.parts.iter().filter(|part| part.events.is_pending());
        pending.count()
    }

    /// Why a segment is not here, or not as it is now.
    pub(super) fn error(&self) -> Option<&Error> {
        self.parts.iter().find_map(|part| part.events.error())
    }

    /// Whether a segment is here that could not be fetched again.
    pub(super) fn is_old(&self) -> bool {
        let is_old = |part: &Part| part.events.is_held() && part.events.error().is_some();
        self.parts.iter().any(is_old)
    }

    /// Whether the server said of a segment what it would say of all.
    fn is_refused(&self) -> bool {
        let is_refusal = |part: &Part| {
            let error = part.events.error().filter(|_| !part.is_wanted);
            matches!(
                error.map(Error::cause),
                Some(Error::Unauthorized | Error::Forbidden { .. } | Error::ProxyRefused { .. })
            )
        };
        self.parts.iter().any(is_refusal)
    }

    fn part(&self, place: Place) -> &Part {
        &self.parts[index(place.part)]
    }

    fn place(&self, segment: Segment) -> Option<usize> {
        self.parts.iter().position(|part| part.segment == segment)
    }

    /// What rows are ordered by. Events of the same time stay in the order of their segments.
    fn key(&self, place: Place) -> (Timestamp, Segment, u32) {
        let at = self.at(place).unwrap_or(Timestamp::MAX);
        (at, self.segment(place), place.row)
    }

    /// Puts the events of a part among the others. Both are in order, so only the stretch that they share is touched.
    fn merge(&mut self, part: usize) {
        let n_rows = self.parts[part].n_events();
        let new: Vec<Place> = (0..n_rows).map(|row| Place::new(part, row)).collect();
        self.edition += 1;
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return;
        };
        let (first, last) = (self.key(*first), self.key(*last));
        let start = self.rows.partition_point(|row| self.key(*row) < first);
        let end = self.rows.partition_point(|row| self.key(*row) <= last);
        let old = self.rows[start..end].to_vec();
        let merged = merged(&old, &new, |row| self.key(row));
        self.rows.splice(start..end, merged);
    }

    /// Sees to it that there is a row for a segment exactly while it is missing.
    fn mind_gap(&mut self, part: usize) {
        let gap = Place::gap(part);
        let found = self.rows.iter().position(|row| *row == gap);
        match (found, self.parts[part].is_missing()) {
            (Some(at), false) => {
                self.rows.remove(at);
            }
            (None, true) => {
                let key = self.key(gap);
                let at = self.rows.partition_point(|row| self.key(*row) < key);
                self.rows.insert(at, gap);
            }
            _ => return,
        }
        self.edition += 1;
    }
}
