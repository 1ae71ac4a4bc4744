//! Reading many pages from a server that does what it should not: grows, shrinks, estimates, and leaves things out.

use std::{cell::RefCell, collections::BTreeSet};

use futures_util::TryStreamExt;
use lampblack::api::{Client, Error, Settings};
use lampblack::fetch::{Paged, expected_pages, pages};
use lampblack::model::{Page, Search, Span};

type Answer = Result<Page<Row>, Error>;

thread_local! {
    static SERVER: RefCell<Box<dyn FnMut(Span) -> Answer>> = RefCell::new(Box::new(|_| panic!("no server")));
    static SPANS: RefCell<Vec<Span>> = const { RefCell::new(Vec::new()) };
}

/// A row that is its number.
#[derive(Clone, Debug, PartialEq)]
struct Row(u64);

impl Paged for Row {
    type Key = u64;

    async fn page(_: &Client, _: &Search, span: Span) -> Answer {
        SPANS.with_borrow_mut(|spans| spans.push(span));
        SERVER.with_borrow_mut(|server| server(span))
    }

    fn key(&self, _: &Search) -> Option<u64> {
        Some(self.0)
    }
}

/// The span of a list of rows, of which the server claims to have `total`.
fn cut(rows: &[u64], span: Span, total: u64) -> Page<Row> {
    let size = |number| usize::try_from(number).unwrap();
    let rows = rows.iter().skip(size(span.start)).take(size(span.rows)).copied().map(Row).collect();
    Page { rows, total, start: span.start, ..Page::default() }
}

fn serve(server: impl FnMut(Span) -> Answer + 'static) {
    SPANS.with_borrow_mut(Vec::clear);
    SERVER.set(Box::new(server));
}

fn n_requests() -> usize {
    SPANS.with_borrow(Vec::len)
}

fn client() -> Client {
    Client::new(Settings::new("http://127.0.0.1:9".parse().unwrap(), "token".to_owned().into()), None).unwrap()
}

async fn read(limit: Option<u64>) -> Vec<Page<Row>> {
    pages::<Row>(&client(), Search::default(), limit).try_collect().await.unwrap()
}

fn ids(pages: &[Page<Row>]) -> Vec<u64> {
    pages.iter().flat_map(|page| &page.rows).map(|row| row.0).collect()
}

#[tokio::test]
async fn every_size_of_a_result_is_read_to_its_last_row() {
    for total in [0, 1, 999, 1000, 1001, 2000, 2500, 12_345] {
        for limit in [None, Some(0), Some(1), Some(1000), Some(1001), Some(50_000)] {
            serve(move |span| Ok(cut(&(0..total).collect::<Vec<_>>(), span, total)));
            let expected: Vec<_> = (0..total.min(limit.unwrap_or(u64::MAX))).collect();
            assert_eq!(ids(&read(limit).await), expected, "{total} rows, limit {limit:?}");
            let needed = usize::try_from(total.min(limit.unwrap_or(u64::MAX))).unwrap().div_ceil(1000).max(1);
            assert_eq!(n_requests(), needed, "{total} rows, limit {limit:?}");
        }
    }
}

#[tokio::test]
async fn a_wrong_guess_costs_a_few_requests_and_no_row() {
    for (total, limit, most) in [(0, 9000, 4), (1, 9000, 4), (1000, 1001, 2), (5000, 5000, 5), (1500, 9000, 5)] {
        serve(move |span| Ok(cut(&(0..total).collect::<Vec<_>>(), span, total)));
        let pages: Vec<_> = expected_pages::<Row>(&client(), Search::default(), limit).try_collect().await.unwrap();
        assert_eq!(ids(&pages), (0..total).collect::<Vec<_>>(), "{total}");
        assert!(n_requests() <= most, "{total} rows of expected {limit}: {} requests", n_requests());
    }
}

#[tokio::test]
async fn a_guess_is_right_although_the_server_sends_fewer_rows_than_requested() {
    for most in [1, 99, 700] {
        serve(move |span| {
            let span = Span { rows: span.rows.min(most), ..span };
            Ok(cut(&(0..2100).collect::<Vec<_>>(), span, 2100))
        });
        let pages: Vec<_> = expected_pages::<Row>(&client(), Search::default(), 5000).try_collect().await.unwrap();
        assert_eq!(ids(&pages), (0..2100).collect::<Vec<_>>(), "{most}");
    }
}

#[tokio::test]
async fn what_a_part_of_a_page_says_is_missing_is_missing_from_the_page() {
    let mut n = 0;
    serve(move |span| {
        n += 1;
        let rows = if n == 1 { span.rows } else { span.rows.min(400) };
        let page = cut(&(0..2000).collect::<Vec<_>>(), Span { rows, ..span }, 2000);
        // The third answer is the second part of the second page.
        Ok(Page { is_incomplete: n == 3, hidden: if n == 3 { 7 } else { 0 }, ..page })
    });
    let pages = read(None).await;
    assert_eq!(ids(&pages), (0..2000).collect::<Vec<_>>());
    let missing: Vec<_> = pages.iter().map(|page| (page.is_incomplete, page.hidden)).collect();
    assert_eq!(missing, [(false, 0), (true, 7)]);
}

#[tokio::test]
async fn rows_that_cannot_be_read_count_in_any_page_and_move_no_other() {
    for broken_page in [0, 1, 2] {
        serve(move |span| {
            let page = cut(&(0..2500).collect::<Vec<_>>(), span, 2500);
            let (rows, broken): (Vec<_>, Vec<_>) =
                page.rows.into_iter().partition(|row| row.0 / 1000 != broken_page || row.0 % 5 > 0);
            Ok(Page { rows, n_unreadable: broken.len(), ..Page { total: 2500, start: span.start, ..Page::default() } })
        });
        let pages = read(None).await;
        let broken: usize = pages.iter().map(|page| page.n_unreadable).sum();
        let found: BTreeSet<_> = ids(&pages).into_iter().collect();
        assert_eq!(found.len() + broken, 2500, "{broken_page}");
        assert!(broken >= 100);
    }
}

#[tokio::test]
async fn rows_that_arrive_while_the_result_is_read_hide_and_repeat_no_other() {
    let mut n = 0;
    serve(move |span| {
        n += 1;
        // Each time, three more are before all others.
        let new = 3 * (n - 1);
        let rows: Vec<u64> = (0..new).map(|at| 1_000_000 + new - at).chain(0..4500).collect();
        Ok(cut(&rows, span, 4500 + new))
    });
    let found = ids(&read(None).await);
    let old: Vec<_> = found.into_iter().filter(|id| *id < 4500).collect();
    assert_eq!(old, (0..4500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_result_that_shrinks_half_way_is_read_to_its_new_end() {
    let mut n = 0;
    serve(move |span| {
        n += 1;
        let total = if n <= 2 { 30_000 } else { 2500 };
        Ok(cut(&(0..total).collect::<Vec<_>>(), span, total))
    });
    assert_eq!(ids(&read(None).await), (0..2500).collect::<Vec<_>>());
    assert!(n_requests() <= 12, "{}", n_requests());
}

#[tokio::test]
async fn a_total_that_is_estimated_too_high_ends_with_the_last_row() {
    serve(|span| Ok(cut(&(0..3300).collect::<Vec<_>>(), span, 90_000)));
    assert_eq!(ids(&read(None).await), (0..3300).collect::<Vec<_>>());
    assert!(n_requests() <= 16, "{}", n_requests());
}

#[tokio::test]
async fn a_front_end_that_gives_up_on_wide_pages_is_asked_for_narrow_ones() {
    serve(|span| {
        if span.rows > 100 {
            return Err(Error::Refused { endpoint: "GET /".into(), status: 504, message: String::new() });
        }
        Ok(cut(&(0..3300).collect::<Vec<_>>(), span, 3300))
    });
    assert_eq!(ids(&read(None).await), (0..3300).collect::<Vec<_>>());
    assert!(n_requests() <= 34 + 1, "{}", n_requests());
    let pages: Vec<_> = expected_pages::<Row>(&client(), Search::default(), 3300).try_collect().await.unwrap();
    assert_eq!(ids(&pages), (0..3300).collect::<Vec<_>>());
}
