//! A window on a list of any length: which pages are here, which are on their way, which to ask for.

mod page;

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use jiff::Timestamp;

use super::Listed;
use crate::api::Error;
use crate::fetch::Fetch;
use crate::model::{Known, Page, Search, Span};
use crate::worker::Ticket;
use page::Part;

/// Pages kept around the window on either side: scrolling back a little costs nothing, memory stays flat.
const KEPT: u64 = 3;

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
    floor: u64,
    /// Where an answer ended before the total was reached: no row is there or beyond.
    end: u64,
    /// Whether the first page was short and nobody knows why: it may be all there is, or all that the server gives at
    /// once. One look at what comes next tells.
    is_unclear: bool,
    parts: BTreeMap<u64, Part<T>>,
    /// Counts whatever changes the rows that are here, so that what is made of them can be made anew.
    edition: u64,
}

/// What can be said of a row at a position.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a, T> {
    /// It is here.
    Here(&'a Arc<T>),
    /// It is on its way, or will be asked for.
    Coming,
    /// The server sent something that could not be read.
    Broken,
    /// Its page could not be fetched, or was given up.
    Failed,
    /// There is no such row.
    None,
}

/// What can be said of a list whatever its rows.
pub trait Awaited {
    /// Expects the answer to `ticket` for the page at `start`.
    fn expect(&mut self, start: u64, ticket: Ticket);
    /// Takes a failure, if it answers the ticket expected.
    fn fail(&mut self, start: u64, ticket: Ticket, error: Error) -> bool;
    /// Expects nothing more, until it is retried. Returns the pages that were awaited.
    fn forget(&mut self) -> Vec<u64>;
    /// Forgets that pages could not be fetched or were given up, so that they are asked for again.
    fn retry(&mut self);
    /// How many pages are on their way.
    fn n_pending(&self) -> usize;
    /// Why a page could not be fetched.
    fn error(&self) -> Option<&Error>;
    /// Whether a page is here that could not be fetched again.
    fn is_old(&self) -> bool;
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
            floor: 0,
            end: 0,
            is_unclear: false,
            parts: BTreeMap::new(),
            edition: 0,
        }
    }
}

impl<T: Listed> Pages<T> {
    /// Puts another question; nothing of the old answer stays. Returns the pages that were still awaited.
    pub fn ask(&mut self, search: Arc<Search>) -> Vec<u64> {
        let awaited = self.forget();
        *self = Self {
            size: T::rows(&search),
            search: Some(search),
            total: None,
            floor: 0,
            end: u64::MAX,
            is_unclear: false,
            parts: BTreeMap::new(),
            edition: self.edition + 1,
        };
        awaited
    }

    /// Takes rows that nobody has to be asked for: these are all there are.
    pub fn hold(&mut self, rows: Vec<Arc<T>>, as_of: Timestamp) {
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let known = Known { value: Arc::new(Page::from(rows)), as_of, from_cache: true };
        self.search.get_or_insert_default();
        (self.size, self.total) = (T::ROWS, Some(total));
        (self.floor, self.end) = (total, total);
        let part = Part { held: Some(known), ..Part::default() };
        self.parts = BTreeMap::from([(0, part)]);
        self.edition += 1;
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
    pub fn row(&self, at: u64) -> Row<'_, T> {
        if self.total.is_some_and(|total| at >= total) || self.search.is_none() {
            return Row::None;
        }
        let start = self.start(at);
        match self.parts.get(&start) {
            Some(Part { held: Some(held), .. }) => {
                let offset = usize::try_from(at - start).unwrap_or(usize::MAX);
                match held.value.rows.get(offset) {
                    Some(row) => Row::Here(row),
                    None if offset < held.value.sent() => Row::Broken,
                    None => Row::None,
                }
            }
            Some(page) if page.pending.is_none() && page.is_to_be_retried() => Row::Failed,
            _ => Row::Coming,
        }
    }

    /// The rows that are here, with their positions.
    pub fn here(&self) -> impl Iterator<Item = (u64, &Arc<T>)> {
        let parts = self.parts.iter().filter_map(|(start, page)| {
            let rows = &page.held.as_ref()?.value.rows;
            Some((*start..).zip(rows))
        });
        parts.flatten()
    }

    /// Changes whenever other rows are here.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// The position of the row of this name that is nearest to `at`, among those that are here.
    pub fn near(&self, id: &T::Id, at: u64) -> Option<u64> {
        let found = self.here().filter(|(_, row)| row.id() == *id);
        found.map(|(place, _)| place).min_by_key(|place| place.abs_diff(at))
    }

    /// What to fetch so that `window` can be shown, nearest first. Pages that failed or were given up are not asked again
    /// by themselves.
    pub fn wanted(&self, window: &Range<u64>) -> Vec<Fetch> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let last = self.total.map_or(window.start, |total| total.saturating_sub(1));
        let (first, end) = if self.is_unclear {
            (0, window.end.min(self.size + 1))
        } else {
            (self.start(window.start.min(last)), window.end.min(last + 1))
        };
        let mut wanted = Vec::new();
        let mut start = first;
        while start < end || start == first {
            if self.parts.get(&start).is_none_or(Part::is_wanted) {
                wanted.extend(T::fetch(search.clone(), self.span(start)));
            }
            start += self.size;
        }
        wanted
    }

    /// What to fetch to show `window` as it is on the server now.
    pub fn refresh(&mut self, window: &Range<u64>) -> Vec<Fetch> {
        let Some(search) = self.search.clone() else {
            return Vec::new();
        };
        if self.is_unclear {
            (self.is_unclear, self.size) = (false, self.full());
            self.parts.retain(|start, _| *start == 0);
        }
        let end = window.end.min(self.total.unwrap_or(window.end));
        let (first, last) = (self.start(window.start), self.start(end.saturating_sub(1).max(window.start)));
        // What is not on screen is asked for again when it is, unless it is on its way already. Until then it stays: the
        // server may not answer.
        let is_far = |start: &u64| !(first..=last).contains(start);
        self.parts.retain(|start, page| !is_far(start) || page.pending.is_some() || page.held.is_some());
        for (start, page) in &mut self.parts {
            page.is_outdated |= is_far(start);
        }
        self.edition += 1;
        (0..=(last - first) / self.size)
            .map(|n| first + n * self.size)
            .filter_map(|start| T::fetch(search.clone(), self.span(start)))
            .collect()
    }

    /// Lets go of pages far from `window`. Returns those that were still awaited: behind them, the near ones would wait.
    pub fn trim(&mut self, window: &Range<u64>) -> Vec<u64> {
        let is_heavy = self.weight() > BYTES;
        let margin = if is_heavy { 0 } else { KEPT * self.size };
        let before = (margin + self.size).saturating_sub(u64::from(is_heavy));
        let near = window.start.saturating_sub(before)..window.end.saturating_add(margin);
        let far = self.parts.extract_if(.., |start, _| !near.contains(start));
        let mut awaited = Vec::new();
        for (start, page) in far {
            self.edition += u64::from(page.held.is_some());
            awaited.extend(page.pending.map(|_| start));
        }
        awaited
    }

    /// What the rows that are here weigh in memory, in bytes, by estimate: nearly all of their texts are there twice.
    fn weight(&self) -> usize {
        self.here().map(|(_, row)| 2 * row.document().len()).sum()
    }

    /// Takes a page, if it answers the ticket expected.
    pub fn settle(&mut self, start: u64, ticket: Ticket, known: Known<Page<Arc<T>>>) -> bool {
        let is_awaited = self.parts.get(&start).is_some_and(|page| page.pending == Some(ticket));
        if !is_awaited {
            return false;
        }
        let sent = u64::try_from(known.value.sent()).unwrap_or(u64::MAX);
        let reached = start + sent;
        // A short first page may only mean that the server gives fewer rows at once.
        let is_end = sent == 0 || start > 0 && sent < self.size;
        if start == 0 && !is_end || sent > 0 && reached > self.end {
            // A new look, or rows where there were none before.
            (self.floor, self.end) = (0, u64::MAX);
        }
        if sent > 0 {
            self.floor = self.floor.max(reached);
        }
        if is_end {
            self.end = self.end.min(reached);
        }
        let total = self.guess(known.value.total);
        self.total = Some(total);
        self.parts.retain(|start, page| !page.is_outdated || *start < total);
        let page = Part { held: Some(known), ..Part::default() };
        self.parts.insert(start, page);
        self.edition += 1;
        if start == 0 && sent > 0 && sent < self.size && self.total > Some(sent) {
            self.size = sent;
            self.is_unclear = true;
        } else if self.is_unclear && start == self.size {
            self.is_unclear = false;
            if sent == 0 {
                // The first page was all there is, not all that the server gives at once.
                self.parts.remove(&start);
                self.size = self.full();
            }
        }
        true
    }

    /// Rows asked for at once.
    fn full(&self) -> u64 {
        self.search.as_ref().map_or(T::ROWS, |search| T::rows(search))
    }

    /// How many rows there are, when the server estimates `total`. Its estimate may be far too high (it counts segments
    /// where rows are processes: reference 2.2), and an early end is a fact: between the last row seen and that end
    /// the middle is the best guess, and leads to the last row in few steps.
    fn guess(&self, total: u64) -> u64 {
        if self.end == u64::MAX {
            return total.max(self.floor);
        }
        let gap = self.end.saturating_sub(self.floor);
        let half = (gap / 2 / self.size * self.size).max(self.size);
        self.end.min(self.floor + half.min(gap))
    }

    /// Whether there may be fewer rows than [`Pages::total`] says.
    pub fn is_estimate(&self) -> bool {
        self.total.is_some_and(|total| self.floor < total)
    }

    /// The pages that are here.
    pub fn held(&self) -> impl Iterator<Item = &Known<Page<Arc<T>>>> {
        self.parts.values().filter_map(|page| page.held.as_ref())
    }

    /// The position of the first row of the page that `at` lies on.
    fn start(&self, at: u64) -> u64 {
        at - at % self.size.max(1)
    }

    /// The page that begins there.
    fn span(&self, start: u64) -> Span {
        Span { start, rows: self.size }
    }
}

impl<T> Awaited for Pages<T> {
    fn expect(&mut self, start: u64, ticket: Ticket) {
        let page = self.parts.entry(start).or_default();
        page.pending = Some(ticket);
        page.is_given_up = false;
    }

    fn fail(&mut self, start: u64, ticket: Ticket, error: Error) -> bool {
        match self.parts.get_mut(&start) {
            Some(page) if page.pending == Some(ticket) => {
                page.pending = None;
                page.error = Some(error);
                true
            }
            _ => false,
        }
    }

    fn forget(&mut self) -> Vec<u64> {
        let awaited = self.parts.iter().filter(|(_, page)| page.pending.is_some());
        let awaited = awaited.map(|(at, _)| *at).collect();
        for page in self.parts.values_mut() {
            page.is_given_up |= page.pending.take().is_some();
        }
        awaited
    }

    fn retry(&mut self) {
        for page in self.parts.values_mut() {
            page.error = None;
            page.is_given_up = false;
        }
    }

    fn n_pending(&self) -> usize {
        let pending = self.parts.values().filter(|page| page.pending.is_some());
        pending.count()
    }

    fn error(&self) -> Option<&Error> {
        self.parts.values().find_map(|page| page.error.as_ref())
    }

    fn is_old(&self) -> bool {
        let mut pages = self.parts.values();
        pages.any(|page| page.held.is_some() && page.error.is_some())
    }
}
