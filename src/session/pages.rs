//! A window on a list of any length: which pages are loaded, which are pending, which to fetch.

mod page;
#[cfg(test)]
mod tests;

use std::{any::Any, collections::BTreeMap, fmt::Debug, ops::Range, sync::Arc};

use jiff::Timestamp;

use super::{ListRow, SortOrder};
use crate::api::Error;
use crate::fetch::{Answer, Fetch};
use crate::model::{Fetched, Page, Search, Span};
use crate::worker::Ticket;
use page::PageSlot;

/// Pages retained on either side of the window: scrolling back a little needs no request, and memory stays bounded.
const MARGIN_PAGES: u64 = 3;

/// Beyond this many bytes of rows, only the pages of the window are retained: an attacker can make rows megabytes long.
const MAX_BYTES: usize = 64 << 20;

/// The loaded part of a search's result.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    search: Option<Arc<Search>>,
    /// Rows per page: the requested number, or less if the server sends fewer.
    size: u64,
    total: Option<u64>,
    /// Number of rows known to exist: up to the end of the last page with any.
    min_rows: u64,
    /// Position at which an answer ended before the total: no row exists there or beyond.
    end: u64,
    /// Whether the first page was short for an unknown reason: it is either the whole result, or the most that the
    /// server sends at once. Requesting the next page decides.
    is_unclear: bool,
    slots: BTreeMap<u64, PageSlot<T>>,
    /// Incremented whenever the loaded rows change, so that derived data can be recomputed.
    revision: u64,
}

/// The state of the row at a position.
#[derive(Clone, Copy, Debug)]
pub enum RowState<'a, T> {
    Loaded(&'a Arc<T>),
    /// The page is being fetched, or will be.
    Pending,
    /// The server sent a record that could not be parsed.
    Unreadable,
    /// The page could not be fetched, or was cancelled.
    Failed,
    /// The list has no such row.
    Absent,
}

/// The loading state of a list, independent of its row type.
pub trait PagesState: Any + Debug + Send + Sync {
    /// Returns the current search.
    fn search(&self) -> Option<&Arc<Search>>;
    /// Starts another search without any rows of the previous one; returns the starts of the pages that were pending.
    fn set_search(&mut self, search: Arc<Search>) -> Vec<u64>;
    /// Expects the answer to `ticket` for the page at `start`.
    fn set_pending(&mut self, start: u64, ticket: Ticket);
    /// Stores a page if `ticket` is the expected one; returns whether it was.
    fn resolve(&mut self, start: u64, ticket: Ticket, answer: &Answer) -> bool;
    /// Stores a failure if `ticket` is the expected one; returns whether it was.
    fn reject(&mut self, start: u64, ticket: Ticket, error: Error) -> bool;
    /// Cancels every pending page until it is retried; returns their starts.
    fn cancel_pending(&mut self) -> Vec<u64>;
    /// Clears failed and cancelled pages, so that they are requested again.
    fn clear_failures(&mut self);
    /// Returns the requests that refresh the loaded rows; none if the list was never requested.
    fn refetch_loaded(&mut self) -> Vec<(u64, Fetch)>;
    /// Returns the orders in which the list can be sorted, the default first; empty if there is only one.
    fn sort_orders(&self) -> &'static [SortOrder];
    /// Returns the number of pending pages.
    fn n_pending(&self) -> usize;
    /// Returns why a page could not be fetched.
    fn error(&self) -> Option<&Error>;
    /// Returns whether a loaded page could not be refreshed.
    fn is_stale(&self) -> bool;
    /// Returns whether any page is pending.
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
    /// Starts another search without any rows of the previous one; returns the starts of the pages that were pending.
    pub fn set_search(&mut self, search: Arc<Search>) -> Vec<u64> {
        let pending = self.cancel_pending();
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
        pending
    }

    /// Sets the rows of a list that needs no request; `rows` is all of it.
    pub fn set_rows(&mut self, rows: Vec<Arc<T>>, as_of: Timestamp) {
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let fetched = Fetched { value: Arc::new(Page::from(rows)), as_of, from_cache: true };
        self.search.get_or_insert_default();
        (self.size, self.total) = (T::SOURCE.page_rows(), Some(total));
        (self.min_rows, self.end) = (total, total);
        let page = PageSlot { answer: Some(fetched), ..PageSlot::default() };
        self.slots = BTreeMap::from([(0, page)]);
        self.revision += 1;
    }

    /// Returns the current search.
    pub fn search(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    /// Returns the number of rows by the server's last answer.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns the row at a position.
    pub fn row(&self, at: u64) -> RowState<'_, T> {
        if self.total.is_some_and(|total| at >= total) || self.search.is_none() {
            return RowState::Absent;
        }
        let start = self.page_start(at);
        match self.slots.get(&start) {
            Some(PageSlot { answer: Some(fetched), .. }) => {
                let offset = usize::try_from(at - start).unwrap_or(usize::MAX);
                match fetched.value.rows.get(offset) {
                    Some(row) => RowState::Loaded(row),
                    None if offset < fetched.value.n_sent() => RowState::Unreadable,
                    None => RowState::Absent,
                }
            }
            Some(page) if page.pending.is_none() && page.needs_retry() => RowState::Failed,
            _ => RowState::Pending,
        }
    }

    /// Returns the loaded rows with their positions.
    pub fn loaded_rows(&self) -> impl Iterator<Item = (u64, &Arc<T>)> {
        let parts = self.slots.iter().filter_map(|(start, page)| {
            let rows = &page.answer.as_ref()?.value.rows;
            Some((*start..).zip(rows))
        });
        parts.flatten()
    }

    /// Returns a number that changes whenever the loaded rows do.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the position nearest to `at` of a loaded row with this `id`.
    pub fn nearest_position(&self, id: &T::Id, at: u64) -> Option<u64> {
        let matches = self.loaded_rows().filter(|(_, row)| row.id() == *id);
        matches.map(|(position, _)| position).min_by_key(|position| position.abs_diff(at))
    }

    /// Returns the requests needed to show `window`, with the starts of their pages. Failed and cancelled pages are not
    /// requested again automatically.
    pub fn missing_pages(&self, window: &Range<u64>) -> Vec<(u64, Fetch)> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let last = self.total.map_or(window.start, |total| total.saturating_sub(1));
        let (first, end) = if self.is_unclear {
            (0, window.end.min(self.size + 1))
        } else {
            (self.page_start(window.start.min(last)), window.end.min(last + 1))
        };
        let mut requests = Vec::new();
        let mut start = first;
        while start < end || start == first {
            if self.slots.get(&start).is_none_or(PageSlot::needs_fetch) {
                requests.extend(T::SOURCE.fetch(search.clone(), self.page_span(start)).map(|fetch| (start, fetch)));
            }
            start += self.size;
        }
        requests
    }

    /// Returns the requests that refresh `window`; pages outside it are refreshed when they are shown.
    pub fn refetch_pages(&mut self, window: &Range<u64>) -> Vec<(u64, Fetch)> {
        let Some(search) = self.search.clone() else {
            return Vec::new();
        };
        if self.is_unclear {
            (self.is_unclear, self.size) = (false, self.requested_size());
            self.slots.retain(|start, _| *start == 0);
        }
        let end = window.end.min(self.total.unwrap_or(window.end));
        let (first, last) = (self.page_start(window.start), self.page_start(end.saturating_sub(1).max(window.start)));
        // Pages outside the window are retained until then, since the server may not answer.
        let is_far = |start: &u64| !(first..=last).contains(start);
        self.slots.retain(|start, page| !is_far(start) || page.pending.is_some() || page.answer.is_some());
        for (start, page) in &mut self.slots {
            page.is_invalidated |= is_far(start);
        }
        self.revision += 1;
        (0..=(last - first) / self.size)
            .map(|n| first + n * self.size)
            .filter_map(|start| Some((start, T::SOURCE.fetch(search.clone(), self.page_span(start))?)))
            .collect()
    }

    /// Removes pages far from `window`. Returns those still pending, to be cancelled: requests for near pages would
    /// queue behind them.
    pub fn evict_far(&mut self, window: &Range<u64>) -> Vec<u64> {
        let is_heavy = self.weight() > MAX_BYTES;
        let margin = if is_heavy { 0 } else { MARGIN_PAGES * self.size };
        let rows_before = (margin + self.size).saturating_sub(u64::from(is_heavy));
        let near = window.start.saturating_sub(rows_before)..window.end.saturating_add(margin);
        let far = self.slots.extract_if(.., |start, _| !near.contains(start));
        let mut cancelled = Vec::new();
        for (start, page) in far {
            self.revision += u64::from(page.answer.is_some());
            cancelled.extend(page.pending.map(|_| start));
        }
        cancelled
    }

    /// Estimates the memory of the loaded rows in bytes: nearly every text is stored twice, in the row and in its
    /// record.
    fn weight(&self) -> usize {
        self.loaded_rows().map(|(_, row)| 2 * row.document().len()).sum()
    }

    /// Stores an awaited page.
    fn store_page(&mut self, start: u64, fetched: Fetched<Page<Arc<T>>>) {
        let sent = u64::try_from(fetched.value.n_sent()).unwrap_or(u64::MAX);
        let reached = start + sent;
        // A short first page may only mean that the server sends fewer rows at once.
        let is_end = sent == 0 || start > 0 && sent < self.size;
        if start == 0 && !is_end || sent > 0 && reached > self.end {
            // A refresh from the start, or rows where there were none before.
            (self.min_rows, self.end) = (0, u64::MAX);
        }
        if sent > 0 {
            self.min_rows = self.min_rows.max(reached);
        }
        if is_end {
            self.end = self.end.min(reached);
        }
        let total = self.estimated_total(fetched.value.total);
        self.total = Some(total);
        self.slots.retain(|start, page| !page.is_invalidated || *start < total);
        let page = PageSlot { answer: Some(fetched), ..PageSlot::default() };
        self.slots.insert(start, page);
        self.revision += 1;
        if start == 0 && sent > 0 && sent < self.size && self.total > Some(sent) {
            self.size = sent;
            self.is_unclear = true;
        } else if self.is_unclear && start == self.size {
            self.is_unclear = false;
            if sent == 0 {
                // The first page was the whole result, not the most that the server sends at once.
                self.slots.remove(&start);
                self.size = self.requested_size();
            }
        }
    }

    /// Returns the number of rows to request at once.
    fn requested_size(&self) -> u64 {
        self.search.as_ref().map_or(T::SOURCE.page_rows(), |search| T::page_rows(search))
    }

    /// Returns the number of rows, given the server's estimate `total`. It may be far too high (it counts segments
    /// where rows are processes: API reference 2.2), whereas an early end is certain: the middle between the last row
    /// seen and that end is the best guess, and leads to the last row in few steps.
    fn estimated_total(&self, total: u64) -> u64 {
        if self.end == u64::MAX {
            return total.max(self.min_rows);
        }
        let gap = self.end.saturating_sub(self.min_rows);
        let half = (gap / 2 / self.size * self.size).max(self.size);
        self.end.min(self.min_rows + half.min(gap))
    }

    /// Returns whether there may be fewer rows than [`Pages::total`] returns.
    pub fn is_estimate(&self) -> bool {
        self.total.is_some_and(|total| self.min_rows < total)
    }

    /// Returns the loaded pages.
    pub fn loaded_pages(&self) -> impl Iterator<Item = &Fetched<Page<Arc<T>>>> {
        self.slots.values().filter_map(|page| page.answer.as_ref())
    }

    /// Returns the position of the first row of the page that contains `at`.
    fn page_start(&self, at: u64) -> u64 {
        at - at % self.size.max(1)
    }

    /// Returns the rows of the page at `start`.
    fn page_span(&self, start: u64) -> Span {
        Span { start, rows: self.size }
    }
}

impl<T: ListRow> PagesState for Pages<T> {
    fn search(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    fn set_search(&mut self, search: Arc<Search>) -> Vec<u64> {
        Self::set_search(self, search)
    }

    fn set_pending(&mut self, start: u64, ticket: Ticket) {
        let page = self.slots.entry(start).or_default();
        page.pending = Some(ticket);
        page.is_cancelled = false;
    }

    fn resolve(&mut self, start: u64, ticket: Ticket, answer: &Answer) -> bool {
        let is_awaited = self.slots.get(&start).is_some_and(|page| page.pending == Some(ticket));
        let Some(fetched) = answer.get().filter(|_| is_awaited) else {
            return false;
        };
        self.store_page(start, fetched);
        true
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
        let pending = self.slots.iter().filter(|(_, page)| page.pending.is_some());
        let pending = pending.map(|(at, _)| *at).collect();
        for page in self.slots.values_mut() {
            page.is_cancelled |= page.pending.take().is_some();
        }
        pending
    }

    fn clear_failures(&mut self) {
        for page in self.slots.values_mut() {
            page.error = None;
            page.is_cancelled = false;
        }
    }

    fn refetch_loaded(&mut self) -> Vec<(u64, Fetch)> {
        let positions = || self.loaded_rows().map(|(at, _)| at);
        let span = positions().min().unwrap_or(0)..positions().max().unwrap_or(0) + 1;
        self.refetch_pages(&span)
    }

    fn sort_orders(&self) -> &'static [SortOrder] {
        T::SORT_ORDERS
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
