//! Which pages are requested, and how the end of a result is found.

use jiff::Timestamp;

use super::*;
use crate::fetch::{ProcessesFetch, Rows};
use crate::model::Process;

fn searched_pages() -> Pages<Process> {
    let mut pages = Pages::<Process>::default();
    pages.set_search(Arc::new(Search::default()));
    pages
}

fn starts(fetches: &[(u64, Fetch)]) -> Vec<(u64, u64)> {
    fetches
        .iter()
        .map(|(_, fetch)| match fetch {
            Fetch::Processes(ProcessesFetch { span, .. }) => (span.start, span.rows),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// Answers the page at `start` with `sent` unreadable rows of `total`.
fn answer(pages: &mut Pages<Process>, start: u64, sent: usize, total: u64) {
    let value = Rows { n_unreadable: sent, total, start, ..Rows::default() };
    pages.set_pending(start, Ticket(start));
    let fetched = Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false };
    assert!(pages.resolve(start, Ticket(start), &fetched.into()));
}

#[test]
fn a_new_search_requests_its_first_page() {
    assert_eq!(starts(&searched_pages().missing_pages(&(0..30))), [(0, 100)]);
    assert!(Pages::<Process>::default().missing_pages(&(0..30)).is_empty());
}

#[test]
fn a_window_requests_exactly_the_pages_it_shows() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 1_000_000);
    assert_eq!(starts(&pages.missing_pages(&(90..130))), [(100, 100)]);
    assert_eq!(starts(&pages.missing_pages(&(999_970..1_000_000))), [(999_900, 100)]);
    assert!(pages.missing_pages(&(0..100)).is_empty());
    assert!(matches!(pages.row(100), RowState::Pending));
    assert!(matches!(pages.row(99), RowState::Unreadable));
    assert!(matches!(pages.row(1_000_000), RowState::Absent));
}

#[test]
fn far_pages_are_removed() {
    let mut pages = searched_pages();
    for start in (0..5_000).step_by(100) {
        answer(&mut pages, start, 100, 1_000_000);
        pages.evict_far(&(start..start + 40));
        assert!(pages.slots.len() <= 8, "{}", pages.slots.len());
    }
}

#[test]
fn pending_far_pages_are_cancelled() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 1_000_000);
    for start in [100, 200, 5_000] {
        pages.set_pending(start, Ticket(start));
    }
    assert_eq!(pages.evict_far(&(5_000..5_040)), [100, 200]);
    assert_eq!(pages.n_pending(), 1);
}

#[test]
fn the_page_size_of_the_server_is_used_if_it_is_smaller() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 40, 200);
    assert_eq!(starts(&pages.missing_pages(&(30..60))), [(40, 40)]);
}

#[test]
fn after_a_short_first_page_the_next_page_decides_whether_it_was_all() {
    // One process in seven segments: the server counts segments and sends processes (API reference 2.2).
    let mut pages = searched_pages();
    answer(&mut pages, 0, 1, 7);
    assert_eq!(starts(&pages.missing_pages(&(0..60))), [(1, 1)]);
    assert!(pages.is_estimate());
    answer(&mut pages, 1, 0, 7);
    assert_eq!((pages.total(), pages.is_estimate()), (Some(1), false));
    assert!(pages.missing_pages(&(0..60)).is_empty());
    assert_eq!(starts(&pages.refetch_pages(&(0..60))), [(0, 100)]);
}

#[test]
fn an_empty_page_corrects_the_total() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 500);
    answer(&mut pages, 100, 0, 500);
    assert_eq!(pages.total(), Some(100));
}

#[test]
fn the_earliest_end_counts_for_any_order_of_the_pages() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 5, 14);
    answer(&mut pages, 5, 0, 14);
    answer(&mut pages, 10, 0, 14);
    assert_eq!((pages.total(), pages.is_estimate()), (Some(5), false));
    answer(&mut pages, 0, 5, 5);
    assert_eq!(pages.total(), Some(5));
}

#[test]
fn an_estimate_that_is_far_too_high_is_corrected_in_few_steps() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 1_000_000);
    assert!(pages.is_estimate());
    let mut n_requests = 0;
    while pages.is_estimate() {
        let last = pages.total().unwrap() - 1;
        let [(start, _)] = starts(&pages.missing_pages(&(last..last + 1)))[..] else {
            panic!("the last page is requested")
        };
        let sent = 312_345_u64.saturating_sub(start).min(100);
        answer(&mut pages, start, usize::try_from(sent).unwrap(), 1_000_000);
        n_requests += 1;
        assert!(n_requests <= 20, "{:?}", pages.total());
    }
    assert_eq!(pages.total(), Some(312_345));
}

#[test]
fn a_short_page_is_the_last_one() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 500);
    answer(&mut pages, 100, 30, 500);
    assert_eq!(pages.total(), Some(130));
}

#[test]
fn a_failed_page_is_not_requested_again_until_it_is_retried() {
    let mut pages = searched_pages();
    pages.set_pending(0, Ticket(1));
    assert!(!pages.reject(0, Ticket(2), Error::Internal));
    assert!(pages.reject(0, Ticket(1), Error::Internal));
    assert!(pages.missing_pages(&(0..10)).is_empty());
    assert!(matches!(pages.row(0), RowState::Failed));
    pages.clear_failures();
    assert_eq!(starts(&pages.missing_pages(&(0..10))), [(0, 100)]);
}

#[test]
fn a_cancelled_page_is_not_requested_again_until_it_is_retried() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    pages.set_pending(0, Ticket(1));
    pages.set_pending(100, Ticket(2));
    assert_eq!(pages.cancel_pending(), [0, 100]);
    assert!(!pages.is_pending());
    assert!(pages.missing_pages(&(0..150)).is_empty());
    assert!(matches!(pages.row(99), RowState::Unreadable));
    assert!(matches!(pages.row(100), RowState::Failed));
    pages.clear_failures();
    assert_eq!(starts(&pages.missing_pages(&(0..150))), [(100, 100)]);
}

#[test]
fn a_refresh_retains_the_shown_rows_until_the_new_answer_arrives() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    answer(&mut pages, 200, 100, 300);
    assert_eq!(starts(&pages.refetch_pages(&(0..30))), [(0, 100)]);
    pages.set_pending(0, Ticket(9));
    assert!(matches!(pages.row(5), RowState::Unreadable));
    assert!(pages.reject(0, Ticket(9), Error::Internal));
    assert!(matches!(pages.row(5), RowState::Unreadable));
    assert!(pages.error().is_some());
}

#[test]
fn a_refresh_leaves_pending_pages_pending() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    pages.set_pending(200, Ticket(9));
    assert_eq!(starts(&pages.refetch_pages(&(0..30))), [(0, 100)]);
    assert_eq!(pages.n_pending(), 1);
}
