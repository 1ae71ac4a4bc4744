//! A window on a list of any length: which pages are here, which are on their way, which to ask for.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use crate::api::Error;
use crate::model::{Known, Process, Search, Span};
use crate::read::{Fetch, Rows};
use crate::worker::Ticket;

/// Rows asked for at once. The official client's page size, so every server is used to it.
const ROWS: u64 = 100;

/// Pages kept around the window on either side: scrolling back a little costs nothing, memory stays flat.
const KEPT: u64 = 3;

/// The result of a search, as far as it is here.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    search: Option<Arc<Search>>,
    /// Rows per page: what was asked for, or less when the server gives less.
    size: u64,
    total: Option<u64>,
    /// Where an answer ended before the total was reached: no row is there or beyond.
    end: u64,
    parts: BTreeMap<u64, Page>,
}

/// One page, by the position of its first row.
#[derive(Clone, Debug, Default)]
struct Page {
    pending: Option<Ticket>,
    held: Option<Known<Rows>>,
    error: Option<Error>,
}

/// What can be said of a row at a position.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// It is here.
    Here(&'a Arc<Process>),
    /// It is on its way, or will be asked for.
    Coming,
    /// The server sent something that could not be read.
    Broken,
    /// Its page could not be fetched.
    Failed,
    /// There is no such row.
    None,
}

impl Pages {
    /// Puts another question; nothing of the old answer stays. Returns the pages that were still awaited.
    pub fn ask(&mut self, search: Arc<Search>) -> Vec<u64> {
        let awaited = self.forget();
        *self = Self {
            search: Some(search),
            size: ROWS,
            total: None,
            end: u64::MAX,
            parts: BTreeMap::new(),
        };
        awaited
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
    pub fn row(&self, at: u64) -> Row<'_> {
        if self.total.is_some_and(|total| at >= total) || self.search.is_none() {
            return Row::None;
        }
        let start = self.start(at);
        match self.parts.get(&start) {
            Some(Page {
                held: Some(held), ..
            }) => {
                let offset = usize::try_from(at - start).unwrap_or(usize::MAX);
                match held.value.rows.get(offset) {
                    Some(row) => Row::Here(row),
                    None if offset < held.value.sent() => Row::Broken,
                    None => Row::None,
                }
            }
            Some(Page {
                error: Some(_),
                pending: None,
                ..
            }) => Row::Failed,
            _ => Row::Coming,
        }
    }

    /// What to fetch so that `window` can be shown, nearest first. Pages that failed are not asked again by themselves.
    pub fn wanted(&self, window: &Range<u64>) -> Vec<Fetch> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let last = self
            .total
            .map_or(window.start, |total| total.saturating_sub(1));
        let (first, end) = (self.start(window.start.min(last)), window.end.min(last + 1));
        let mut wanted = Vec::new();
        let mut start = first;
        while start < end || start == first {
            if self.parts.get(&start).is_none_or(|page| {
                page.held.is_none() && page.pending.is_none() && page.error.is_none()
            }) {
                wanted.push(Fetch::Page {
                    search: search.clone(),
                    span: Span {
                        start,
                        rows: self.size,
                    },
                });
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
        let (first, last) = (
            self.start(window.start),
            self.start(window.end.saturating_sub(1).max(window.start)),
        );
        // What is not on screen is asked for again when it is.
        self.parts.retain(|start, _| (first..=last).contains(start));
        (0..=(last - first) / self.size)
            .map(|n| first + n * self.size)
            .map(|start| Fetch::Page {
                search: search.clone(),
                span: Span {
                    start,
                    rows: self.size,
                },
            })
            .collect()
    }

    /// Lets go of pages far from `window`.
    pub fn trim(&mut self, window: &Range<u64>) {
        let margin = KEPT * self.size;
        let near =
            window.start.saturating_sub(margin + self.size)..window.end.saturating_add(margin);
        self.parts
            .retain(|start, page| page.pending.is_some() || near.contains(start));
    }

    /// Expects the answer to `ticket` for the page at `start`.
    pub fn expect(&mut self, start: u64, ticket: Ticket) {
        self.parts.entry(start).or_default().pending = Some(ticket);
    }

    /// Takes a page, if it answers the ticket expected.
    pub fn settle(&mut self, start: u64, ticket: Ticket, known: Known<Rows>) -> bool {
        let Some(page) = self
            .parts
            .get_mut(&start)
            .filter(|page| page.pending == Some(ticket))
        else {
            return false;
        };
        let sent = u64::try_from(known.value.sent()).unwrap_or(u64::MAX);
        let reached = start + sent;
        // The total is an estimate (reference 1.6); an early end is a fact. A short first page may only mean that the
        // server gives fewer rows at once.
        let is_end = sent == 0 || start > 0 && sent < self.size;
        if is_end {
            self.end = self.end.min(reached);
        } else if start == 0 || reached > self.end {
            // A new look, or rows where there were none before.
            self.end = u64::MAX;
        }
        self.total = Some(known.value.total.max(reached).min(self.end));
        *page = Page {
            held: Some(known),
            ..Page::default()
        };
        if start == 0 && sent > 0 && sent < self.size && self.total > Some(sent) {
            // The server gives fewer rows at once than were asked for: so be it.
            self.size = sent;
        }
        true
    }

    /// Takes a failure, if it answers the ticket expected.
    pub fn fail(&mut self, start: u64, ticket: Ticket, error: Error) -> bool {
        match self.parts.get_mut(&start) {
            Some(page) if page.pending == Some(ticket) => {
                page.pending = None;
                page.error = Some(error);
                true
            }
            _ => false,
        }
    }

    /// Expects nothing more. Returns the pages that were awaited.
    pub fn forget(&mut self) -> Vec<u64> {
        let awaited: Vec<_> = self
            .parts
            .iter()
            .filter(|(_, page)| page.pending.is_some())
            .map(|(at, _)| *at)
            .collect();
        for page in self.parts.values_mut() {
            page.pending = None;
        }
        self.parts
            .retain(|_, page| page.held.is_some() || page.error.is_some());
        awaited
    }

    /// Forgets that pages could not be fetched, so that they are asked for again.
    pub fn retry(&mut self) {
        for page in self.parts.values_mut() {
            page.error = None;
        }
    }

    /// Whether a page is on its way.
    pub fn is_pending(&self) -> bool {
        self.parts.values().any(|page| page.pending.is_some())
    }

    /// How many pages are on their way.
    pub fn n_pending(&self) -> usize {
        self.parts
            .values()
            .filter(|page| page.pending.is_some())
            .count()
    }

    /// Why a page could not be fetched.
    pub fn error(&self) -> Option<&Error> {
        self.parts.values().find_map(|page| page.error.as_ref())
    }

    /// The pages that are here.
    pub fn held(&self) -> impl Iterator<Item = &Known<Rows>> {
        self.parts.values().filter_map(|page| page.held.as_ref())
    }

    /// The position of the first row of the page that `at` lies on.
    fn start(&self, at: u64) -> u64 {
        at - at % self.size.max(1)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn asked() -> Pages {
        let mut pages = Pages::default();
        pages.ask(Arc::new(Search::default()));
        pages
    }

    fn starts(fetches: &[Fetch]) -> Vec<(u64, u64)> {
        fetches
            .iter()
            .map(|fetch| match fetch {
                Fetch::Page { span, .. } => (span.start, span.rows),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Answers the page at `start` with `sent` rows that could not be read, of `total`.
    fn answer(pages: &mut Pages, start: u64, sent: usize, total: u64) {
        let value = Rows {
            broken: sent,
            total,
            start,
            ..Rows::default()
        };
        pages.expect(start, Ticket(start));
        let known = Known {
            value: Arc::new(value),
            as_of: Timestamp::UNIX_EPOCH,
            from_cache: false,
        };
        assert!(pages.settle(start, Ticket(start), known));
    }

    #[test]
    fn a_new_question_asks_for_its_first_page() {
        assert_eq!(starts(&asked().wanted(&(0..30))), [(0, 100)]);
        assert!(Pages::default().wanted(&(0..30)).is_empty());
    }

    #[test]
    fn a_window_asks_for_exactly_the_pages_it_shows() {
        let mut pages = asked();
        answer(&mut pages, 0, 100, 1_000_000);
        assert_eq!(starts(&pages.wanted(&(90..130))), [(100, 100)]);
        assert_eq!(
            starts(&pages.wanted(&(999_970..1_000_000))),
            [(999_900, 100)]
        );
        assert!(pages.wanted(&(0..100)).is_empty());
        assert!(matches!(pages.row(100), Row::Coming));
        assert!(matches!(pages.row(99), Row::Broken));
        assert!(matches!(pages.row(1_000_000), Row::None));
    }

    #[test]
    fn far_pages_are_let_go() {
        let mut pages = asked();
        for start in (0..5_000).step_by(100) {
            answer(&mut pages, start, 100, 1_000_000);
            pages.trim(&(start..start + 40));
            assert!(pages.parts.len() <= 8, "{}", pages.parts.len());
        }
    }

    #[test]
    fn a_server_that_gives_fewer_rows_is_taken_at_its_word() {
        let mut pages = asked();
        answer(&mut pages, 0, 40, 200);
        assert_eq!(starts(&pages.wanted(&(30..60))), [(40, 40)]);
    }

    #[test]
    fn an_empty_page_corrects_the_total() {
        let mut pages = asked();
        answer(&mut pages, 0, 100, 500);
        answer(&mut pages, 100, 0, 500);
        assert_eq!(pages.total(), Some(100));
    }

    #[test]
    fn the_earliest_end_counts_whatever_order_the_pages_come_in() {
        let mut pages = asked();
        answer(&mut pages, 0, 5, 14);
        answer(&mut pages, 5, 0, 14);
        answer(&mut pages, 10, 0, 14);
        assert_eq!(pages.total(), Some(5));
        answer(&mut pages, 0, 5, 5);
        assert_eq!(pages.total(), Some(5));
    }

    #[test]
    fn a_short_page_is_the_last_one() {
        let mut pages = asked();
        answer(&mut pages, 0, 100, 500);
        answer(&mut pages, 100, 30, 500);
        assert_eq!(pages.total(), Some(130));
    }

    #[test]
    fn a_failed_page_is_not_asked_again_until_it_is_retried() {
        let mut pages = asked();
        pages.expect(0, Ticket(1));
        assert!(!pages.fail(0, Ticket(2), Error::Internal));
        assert!(pages.fail(0, Ticket(1), Error::Internal));
        assert!(pages.wanted(&(0..10)).is_empty());
        assert!(matches!(pages.row(0), Row::Failed));
        pages.retry();
        assert_eq!(starts(&pages.wanted(&(0..10))), [(0, 100)]);
    }

    #[test]
    fn a_refresh_keeps_what_is_shown_until_the_new_answer_is_here() {
        let mut pages = asked();
        answer(&mut pages, 0, 100, 300);
        answer(&mut pages, 200, 100, 300);
        assert_eq!(starts(&pages.refresh(&(0..30))), [(0, 100)]);
        pages.expect(0, Ticket(9));
        assert!(matches!(pages.row(5), Row::Broken));
        assert!(pages.fail(0, Ticket(9), Error::Internal));
        assert!(matches!(pages.row(5), Row::Broken));
        assert!(pages.error().is_some());
    }
}
