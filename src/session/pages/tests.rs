//! Which pages are requested, and how the end of a result is found.

use jiff::Timestamp;

use super::*;
use crate::model::Process;
use crate::fetch::Rows;

fn searched_pages() -> Pages<Process> {
    let mut pages = Pages::<Process>::default();
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

/// Answers the page at `start` with `sent` unreadable rows of `total`.
fn answer(pages: &mut Pages<Process>, start: u64, sent: usize, total: u64) {
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
    assert_eq!(starts(&searched_pages().wanted(&(0..30))), [(0, 100)]);
    assert!(Pages::<Process>::default().wanted(&(0..30)).is_empty());
}

#[test]
fn a_window_asks_for_exactly_the_pages_it_shows() {
    let mut pages = searched_pages();
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
    let mut pages = searched_pages();
    for start in (0..5_000).step_by(100) {
        answer(&mut pages, start, 100, 1_000_000);
        pages.trim(&(start..start + 40));
        assert!(pages.parts.len() <= 8, "{}", pages.parts.len());
    }
}

#[test]
fn far_pages_are_not_awaited_any_more() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 1_000_000);
    for start in [100, 200, 5_000] {
        pages.expect(start, Ticket(start));
    }
    assert_eq!(pages.trim(&(5_000..5_040)), [100, 200]);
    assert_eq!(pages.n_pending(), 1);
}

#[test]
fn a_server_that_gives_fewer_rows_is_taken_at_its_word() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 40, 200);
    assert_eq!(starts(&pages.wanted(&(30..60))), [(40, 40)]);
}

#[test]
fn a_short_first_page_is_followed_by_one_look_at_what_comes_next() {
    // One process in seven segments: the server counts segments and sends processes (API reference 2.2).
    let mut pages = searched_pages();
    answer(&mut pages, 0, 1, 7);
    assert_eq!(starts(&pages.wanted(&(0..60))), [(1, 1)]);
    assert!(pages.is_estimate());
    answer(&mut pages, 1, 0, 7);
    assert_eq!((pages.total(), pages.is_estimate()), (Some(1), false));
    assert!(pages.wanted(&(0..60)).is_empty());
    assert_eq!(starts(&pages.refresh(&(0..60))), [(0, 100)]);
}

#[test]
fn an_empty_page_corrects_the_total() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 500);
    answer(&mut pages, 100, 0, 500);
    assert_eq!(pages.total(), Some(100));
}

#[test]
fn the_earliest_end_counts_whatever_order_the_pages_come_in() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 5, 14);
    answer(&mut pages, 5, 0, 14);
    answer(&mut pages, 10, 0, 14);
    assert_eq!((pages.total(), pages.is_estimate()), (Some(5), false));
    answer(&mut pages, 0, 5, 5);
    assert_eq!(pages.total(), Some(5));
}

#[test]
fn an_estimate_that_is_far_too_high_is_found_out_in_few_steps() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 1_000_000);
    assert!(pages.is_estimate());
    let mut n_asked = 0;
    while pages.is_estimate() {
        let last = pages.total().unwrap() - 1;
        let [(start, _)] = starts(&pages.wanted(&(last..last + 1)))[..] else {
            panic!("the last page is asked for")
        };
        let sent = 312_345_u64.saturating_sub(start).min(100);
        answer(&mut pages, start, usize::try_from(sent).unwrap(), 1_000_000);
        n_asked += 1;
        assert!(n_asked <= 20, "{:?}", pages.total());
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
fn a_failed_page_is_not_asked_again_until_it_is_retried() {
    let mut pages = searched_pages();
    pages.expect(0, Ticket(1));
    assert!(!pages.fail(0, Ticket(2), Error::Internal));
    assert!(pages.fail(0, Ticket(1), Error::Internal));
    assert!(pages.wanted(&(0..10)).is_empty());
    assert!(matches!(pages.row(0), Row::Failed));
    pages.retry();
    assert_eq!(starts(&pages.wanted(&(0..10))), [(0, 100)]);
}

#[test]
fn a_page_that_was_given_up_is_not_asked_again_until_it_is_retried() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    pages.expect(0, Ticket(1));
    pages.expect(100, Ticket(2));
    assert_eq!(pages.forget(), [0, 100]);
    assert!(!pages.is_pending());
    assert!(pages.wanted(&(0..150)).is_empty());
    assert!(matches!(pages.row(99), Row::Broken));
    assert!(matches!(pages.row(100), Row::Failed));
    pages.retry();
    assert_eq!(starts(&pages.wanted(&(0..150))), [(100, 100)]);
}

#[test]
fn a_refresh_keeps_what_is_shown_until_the_new_answer_is_here() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    answer(&mut pages, 200, 100, 300);
    assert_eq!(starts(&pages.refresh(&(0..30))), [(0, 100)]);
    pages.expect(0, Ticket(9));
    assert!(matches!(pages.row(5), Row::Broken));
    assert!(pages.fail(0, Ticket(9), Error::Internal));
    assert!(matches!(pages.row(5), Row::Broken));
    assert!(pages.error().is_some());
}

#[test]
fn a_refresh_forgets_nothing_that_is_on_its_way() {
    let mut pages = searched_pages();
    answer(&mut pages, 0, 100, 300);
    pages.expect(200, Ticket(9));
    assert_eq!(starts(&pages.refresh(&(0..30))), [(0, 100)]);
    assert_eq!(pages.n_pending(), 1);
}
