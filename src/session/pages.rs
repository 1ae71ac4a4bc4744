//! A window on a list of any length: which pages are here, which are on their way, which to ask for.

mod page;

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use jiff::Timestamp;

use super::ListRow;
use crate::api::Error;
use crate::fetch::Fetch;
use crate::model::{Fetched, Page, Search, Span};
use crate::worker::Ticket;
use page::PageSlot;

/// Pages kept around the window on either side: scrolling back a little costs nothing, memory stays flat.
const MAX_KEPT_PAGES: u64 = 3;

/// Beyond so many bytes of rows, only the pages of the window are kept: rows of megabytes are an attacker's.
const BYTES: usize = 64 << 20;

/// The result of a search, as far as it is here.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    search: Option<Arc<Search>>,
    /// Rows per page: what was asked for, or less when the server gives less.
    size: u64,
    total: Option<u64>,
    /// Rows that are known to be there: the end of the last page with any.
    min_rows: u64,
    /// Where an answer ended before the total was reached: no row is there or beyond.
    end: u64,
    /// Whether the first page was short and nobody knows why: it may be all there is, or all that the server gives at
    /// once. One look at what comes next tells.
    is_unclear: bool,
    slots: BTreeMap<u64, PageSlot<T>>,
    /// Counts whatever changes the rows that are here, so that what is made of them can be made anew.
    revision: u64,
}

/// What can be said of a row at a position.
#[derive(Clone, Copy, Debug)]
pub enum RowState<'a, T> {
    /// It is here.
    Loaded(&'a Arc<T>),
    /// It is on its way, or will be asked for.
    Pending,
    /// The server sent something that could not be read.
    Unreadable,
    /// Its page could not be fetched, or was given up.
    Failed,
    /// There is no such row.
    Absent,
}

/// What can be said of a list whatever its rows.
pub trait Awaited {
    /// Expects the answer to `ticket` for the page at `start`.
    fn set_pending(&mut self, start: u64, ticket: Ticket);
    /// Takes a failure, if it answers the ticket expected.
    fn reject(&mut self, start: u64, ticket: Ticket, error: Error) -> bool;
    /// Expects nothing more, until it is retried. Returns the pages that were awaited.
    fn cancel_pending(&mut self) -> Vec<u64>;
    /// Forgets that pages could not be fetched or were given up, so that they are asked for again.
    fn clear_failures(&mut self);
    /// How many pages are on their way.
    fn n_pending(&self) -> usize;
    /// Why a page could not be fetched.
    fn error(&self) -> Option<&Error>;
    /// Whether a page is here that could not be fetched again.
    fn is_stale(&self) -> bool;
    /// Whether a page is on its way.
    fn is_pending(&self) -> bool {
        self.n_pending() > 0
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self {
            search: None,
            size: 0,
            total: None,
            min_rows: 0,
            end: 0,
            is_unclear: false,
            slots: BTreeMap::new(),
            revision: 0,
        }
    }
}

impl<T: ListRow> Pages<T> {
    /// Puts another question; nothing of the old answer stays. Returns the pages that were still awaited.
    pub fn set_search(&mut self, search: Arc<Search>) -> Vec<u64> {
        let awaited = self.cancel_pending();
        *self = Self {
            size: T::page_rows(&search),
            search: Some(search),
            total: None,
            min_rows: 0,
            end: u64::MAX,
            is_unclear: false,
            slots: BTreeMap::new(),
            revision: self.revision + 1,
        };
        awaited
    }

    /// Takes rows that nobody has to be asked for: these are all there are.
    pub fn set_rows(&mut self, rows: Vec<Arc<T>>, as_of: Timestamp) {
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let known = Fetched { value: Arc::new(Page::from(rows)), as_of, from_cache: true };
        self.search.get_or_insert_default();
        (self.size, self.total) = (T::PAGE_ROWS, Some(total));
        (self.min_rows, self.end) = (total, total);
        let part = PageSlot { answer: Some(known), ..PageSlot::default() };
        self.slots = BTreeMap::from([(0, part)]);
        self.revision += 1;
    }

    /// The question.
    pub fn search(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    /// How many rows the result has, by the server's last word.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The row at a position.
    pub fn row(&self, at: u64) -> RowState<'_, T> {
        if self.total.is_some_and(|total| at >= total) || self.search.is_none() {
            return RowState::Absent;
        }
        let start = self.page_start(at);
        match self.slots.get(&start) {
            Some(PageSlot { answer: Some(held), .. }) => {
                let offset = usize::try_from(at - start).unwrap_or(usize::MAX);
                match held.value.rows.get(offset) {
                    Some(row) => RowState::Loaded(row),
                    None if offset < held.value.n_sent() => RowState::Unreadable,
                    None => RowState::Absent,
                }
            }
            Some(page) if page.pending.is_none() && page.needs_retry() => RowState::Failed,
            _ => RowState::Pending,
        }
    }

    /// The rows that are here, with their positions.
    pub fn loaded_rows(&self) -> impl Iterator<Item = (u64, &Arc<T>)> {
        let parts = self.slots.iter().filter_map(|(start, page)| {
            let rows = &page.answer.as_ref()?.value.rows;
            Some((*start..).zip(rows))
        });
        parts.flatten()
    }

    /// Changes whenever other rows are here.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The position of the row of this name that is nearest to `at`, among those that are here.
    pub fn nearest_position(&self, id: &T::Id, at: u64) -> Option<u64> {
        let found = self.loaded_rows().filter(|(_, row)| row.id() == *id);
        found.map(|(place, _)| place).min_by_key(|place| place.abs_diff(at))
    }

    /// What to fetch so that `window` can be shown, nearest first. Pages that failed or were given up are not asked again
    /// by themselves.
    pub fn missing_pages(&self, window: &Range<u64>) -> Vec<Fetch> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let last = self.total.map_or(window.start, |total| total.saturating_sub(1));
        let (first, end) = if self.is_unclear {
            (0, window.end.min(self.size + 1))
        } else {
            (self.page_start(window.start.min(last)), window.end.min(last + 1))
        };
        let mut wanted = Vec::new();
        let mut start = first;
        while start < end || start == first {
            if self.slots.get(&start).is_none_or(PageSlot::needs_fetch) {
                wanted.extend(T::page_fetch(search.clone(), self.page_span(start)));
            }
            start += self.size;
        }
        wanted
    }

    /// What to fetch to show `window` as it is on the server now.
    pub fn refetch_pages(&mut self, window: &Range<u64>) -> Vec<Fetch> {
        let Some(search) = self.search.clone() else {
            return Vec::new();
        };
        if self.is_unclear {
            (self.is_unclear, self.size) = (false, self.requested_size());
            self.slots.retain(|start, _| *start == 0);
        }
        let end = window.end.min(self.total.unwrap_or(window.end));
        let (first, last) = (self.page_start(window.start), self.page_start(end.saturating_sub(1).max(window.start)));
        // What is not on screen is asked for again when it is, unless it is on its way already. Until then it stays: the
        // server may not answer.
        let is_far = |start: &u64| !(first..=last).contains(start);
        self.slots.retain(|start, page| !is_far(start) || page.pending.is_some() || page.answer.is_some());
        for (start, page) in &mut self.slots {
            page.is_invalidated |= is_far(start);
        }
        self.revision += 1;
        (0..=(last - first) / self.size)
            .map(|n| first + n * self.size)
            .filter_map(|start| T::page_fetch(search.clone(), self.page_span(start)))
            .collect()
    }

    /// Lets go of pages far from `window`. Returns those that were still awaited: behind them, the near ones would wait.
    pub fn evict_far(&mut self, window: &Range<u64>) -> Vec<u64> {
        let is_heavy = self.weight() > BYTES;
        let margin = if is_heavy { 0 } else { MAX_KEPT_PAGES * self.size };
        let before = (margin + self.size).saturating_sub(u64::from(is_heavy));
        let near = window.start.saturating_sub(before)..window.end.saturating_add(margin);
        let far = self.slots.extract_if(.., |start, _| !near.contains(start));
        let mut awaited = Vec::new();
        for (start, page) in far {
            self.revision += u64::from(page.answer.is_some());
            awaited.extend(page.pending.map(|_| start));
        }
        awaited
    }

    /// What the rows that are here weigh in memory, in bytes, by estimate: nearly all of their texts are there twice.
    fn weight(&self) -> usize {
        self.loaded_rows().map(|(_, row)| 2 * row.document().len()).sum()
    }

    /// Takes a page, if it answers the ticket expected.
    pub fn resolve(&mut self, start: u64, ticket: Ticket, known: Fetched<Page<Arc<T>>>) -> bool {
        let is_awaited = self.slots.get(&start).is_some_and(|page| page.pending == Some(ticket));
        if !is_awaited {
            return false;
        }
        let sent = u64::try_from(known.value.n_sent()).unwrap_or(u64::MAX);
        let reached = start + sent;
        // A short first page may only mean that the server gives fewer rows at once.
        let is_end = sent == 0 || start > 0 && sent < self.size;
        if start == 0 && !is_end || sent > 0 && reached > self.end {
            // A new look, or rows where there were none before.
            (self.min_rows, self.end) = (0, u64::MAX);
        }
        if sent > 0 {
            self.min_rows = self.min_rows.max(reached);
        }
        if is_end {
            self.end = self.end.min(reached);
        }
        let total = self.estimated_total(known.value.total);
        self.total = Some(total);
        self.slots.retain(|start, page| !page.is_invalidated || *start < total);
        let page = PageSlot { answer: Some(known), ..PageSlot::default() };
        self.slots.insert(start, page);
        self.revision += 1;
        if start == 0 && sent > 0 && sent < self.size && self.total > Some(sent) {
            self.size = sent;
            self.is_unclear = true;
        } else if self.is_unclear && start == self.size {
            self.is_unclear = false;
            if sent == 0 {
                // The first page was all there is, not all that the server gives at once.
                self.slots.remove(&start);
                self.size = self.requested_size();
            }
        }
        true
    }

    /// Rows asked for at once.
    fn requested_size(&self) -> u64 {
        self.search.as_ref().map_or(T::PAGE_ROWS, |search| T::page_rows(search))
    }

    /// How many rows there are, when the server estimates `total`. Its estimate may be far too high (it counts segments
    /// where rows are processes: reference 2.2), and an early end is a fact: between the last row seen and that end
    /// the middle is the best guess, and leads to the last row in few steps.
    fn estimated_total(&self, total: u64) -> u64 {
        if self.end == u64::MAX {
            return total.max(self.min_rows);
        }
        let gap = self.end.saturating_sub(self.min_rows);
        let half = (gap / 2 / self.size * self.size).max(self.size);
        self.end.min(self.min_rows + half.min(gap))
    }

    /// Whether there may be fewer rows than [`Pages::total`] says.
    pub fn is_estimate(&self) -> bool {
        self.total.is_some_and(|total| self.min_rows < total)
    }

    /// The pages that are here.
    pub fn loaded_pages(&self) -> impl Iterator<Item = &Fetched<Page<Arc<T>>>> {
        self.slots.values().filter_map(|page| page.answer.as_ref())
    }

    /// The position of the first row of the page that `at` lies on.
    fn page_start(&self, at: u64) -> u64 {
        at - at % self.size.max(1)
    }

    /// The page that begins there.
    fn page_span(&self, start: u64) -> Span {
        Span { start, rows: self.size }
    }
}

impl<T> Awaited for Pages<T> {
    fn set_pending(&mut self, start: u64, ticket: Ticket) {
        let page = self.slots.entry(start).or_default();
        page.pending = Some(ticket);
        page.is_cancelled = false;
    }

    fn reject(&mut self, start: u64, ticket: Ticket, error: Error) -> bool {
        match self.slots.get_mut(&start) {
            Some(page) if page.pending == Some(ticket) => {
                page.pending = None;
                page.error = Some(error);
                true
            }
            _ => false,
        }
    }

    fn cancel_pending(&mut self) -> Vec<u64> {
        let awaited = self.slots.iter().filter(|(_, page)| page.pending.is_some());
        let awaited = awaited.map(|(at, _)| *at).collect();
        for page in self.slots.values_mut() {
            page.is_cancelled |= page.pending.take().is_some();
        }
        awaited
    }

    fn clear_failures(&mut self) {
        for page in self.slots.values_mut() {
            page.error = None;
            page.is_cancelled = false;
        }
    }

    fn n_pending(&self) -> usize {
        let pending = self.slots.values().filter(|page| page.pending.is_some());
        pending.count()
    }

    fn error(&self) -> Option<&Error> {
        self.slots.values().find_map(|page| page.error.as_ref())
    }

    fn is_stale(&self) -> bool {
        let mut pages = self.slots.values();
        pages.any(|page| page.answer.is_some() && page.error.is_some())
    }
}
