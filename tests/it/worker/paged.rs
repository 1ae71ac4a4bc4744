//! All rows of a search: in order, without gap or duplicate, however the server pages them.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use lampblack::api::Client;
use lampblack::fetch::{expected_pages, pages};
use lampblack::model::{Binary, Process, Search, Span};
use lampblack::sim::{self, Fault, Mode, Options, Running};

use crate::support::console::{settings, small};

async fn start(options: Options) -> (Running, Client) {
    let sim = sim::start(options).await.unwrap();
    let client = Client::new(settings(&sim), None).unwrap();
    (sim, client)
}

fn search(query: &str) -> Search {
    Search { query: query.into(), sort: Some("start asc".into()), group_by: Some("id".into()), ..Search::default() }
}

/// The processes of all pages, and the size of each page.
async fn read(client: &Client, search: Search, limit: Option<u64>) -> (Vec<String>, Vec<usize>) {
    let pages: Vec<_> = pages::<Process>(client, search, limit).try_collect().await.unwrap();
    let sizes = pages.iter().map(|page| page.rows.len()).collect();
    let rows = pages.into_iter().flat_map(|page| page.rows);
    (rows.map(|row| row.id.to_string()).collect(), sizes)
}

/// What one large answer gives.
async fn whole(client: &Client, search: Search) -> Vec<String> {
    let span = Span { start: 0, rows: 1_000_000 };
    let page = client.processes(&search, span).await.unwrap();
    page.rows.iter().map(|row| row.id.to_string()).collect()
}

#[tokio::test]
async fn pages_come_in_order_without_gap_or_double() {
    let (_sim, client) = start(small()).await;
    let expected = whole(&client, search("")).await;
    let (found, sizes) = read(&client, search(""), None).await;
    assert!(found.len() > 3000 && found == expected);
    assert!(sizes.iter().all(|size| *size <= 1000) && sizes.len() > 3, "{sizes:?}");
}

#[tokio::test]
async fn a_server_that_gives_fewer_rows_than_asked_leaves_no_gap() {
    for max_rows in [7, 100, 999] {
        let query = search("process_name:svchost.exe");
        let (_sim, client) = start(small()).await;
        let expected = whole(&client, query.clone()).await;
        let options = Options { max_rows: Some(max_rows), ..small() };
        let (_sim, client) = start(options).await;
        let (found, _) = read(&client, query, None).await;
        assert_eq!(found, expected, "{max_rows}");
    }
}

#[tokio::test]
async fn a_limit_is_kept_to_the_row() {
    let (sim, client) = start(small()).await;
    let all = client.processes(&search(""), Span { start: 0, rows: 1001 }).await.unwrap();
    let expected: Vec<_> = all.rows.iter().map(|row| row.id.to_string()).collect();
    for limit in [0, 1, 1000, 1001] {
        sim.forget_requests();
        let (found, _) = read(&client, search(""), Some(limit)).await;
        let limit = usize::try_from(limit).unwrap();
        assert_eq!(found, expected[..limit], "{limit}");
        assert_eq!(sim.seen_requests().len(), limit.div_ceil(1000).max(1), "{limit}");
    }
}

#[tokio::test]
async fn a_total_that_promises_too_much_ends_with_the_last_row() {
    let (_sim, client) = start(small()).await;
    let span = Span { start: 0, rows: 10 };
    let query = search("process_name:svchost.exe");
    let first = client.processes(&query, span).await.unwrap();
    let (found, _) = read(&client, query, None).await;
    // Segments are counted and processes are given.
    assert!(first.total > u64::try_from(found.len()).unwrap());
    let mut once = found.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), found.len());
}

#[tokio::test]
async fn nothing_found_is_one_empty_page() {
    let (sim, client) = start(small()).await;
    let (found, sizes) = read(&client, search("process_name:nothing.exe"), None).await;
    assert_eq!((found.len(), sizes), (0, vec![0]));
    let pages = sim.seen_requests();
    let pages = pages.iter().filter(|seen| seen.target.starts_with("/api/v1/process?"));
    assert_eq!(pages.count(), 1);
}

#[tokio::test]
async fn what_came_before_a_failure_is_given_before_it() {
    let (sim, client) = start(small()).await;
    sim.add_fault(Fault::new(Mode::Internal).for_target("start=2000"));
    let mut pages = std::pin::pin!(pages::<Process>(&client, search(""), None));
    for start in [0, 1000] {
        let page = pages.try_next().await.unwrap().unwrap();
        assert_eq!(page.start, start);
    }
    let error = pages.try_next().await.unwrap_err();
    assert!(error.to_string().contains("500"), "{error}");
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_counted_and_leave_no_gap() {
    let (sim, client) = start(small()).await;
    sim.add_fault(Fault::new(Mode::WrongTypes));
    let pages: Vec<_> = pages::<Process>(&client, search(""), Some(2000)).try_collect().await.unwrap();
    let broken: usize = pages.iter().map(|page| page.n_unreadable).sum();
    let read: usize = pages.iter().map(|page| page.rows.len()).sum();
    assert_eq!((broken + read, pages.len()), (2000, 2));
    assert!(broken > 600, "{broken}");
}

#[tokio::test]
async fn several_pages_are_on_their_way_at_a_time_but_not_all() {
    let options = Options { max_rows: Some(10), ..small() };
    let (sim, client) = start(options).await;
    sim.add_fault(Fault::new(Mode::Hang).for_target("start=30"));
    let mut pages = std::pin::pin!(pages::<Process>(&client, search(""), None));
    for _ in 0..3 {
        pages.try_next().await.unwrap();
    }
    // The fourth page never comes. Those behind it are asked for, up to a bound, while it is awaited.
    let stuck = pages.try_next();
    let sent = || {
        let requests = sim.seen_requests();
        let pages = requests.iter().filter(|seen| seen.target.starts_with("/api/v1/process?"));
        pages.count()
    };
    let asked = crate::worker::bench::until(|| sent() >= 11);
    tokio::select! {
        _ = stuck => panic!("it hangs"),
        () = asked => {}
    }
    assert_eq!(sent(), 11);
}

#[tokio::test]
async fn binaries_are_paged_like_processes() {
    let few = Options { max_rows: Some(7), ..small() };
    let (_sim, client) = start(few).await;
    let query = Search { query: "os_type:windows".into(), ..Search::default() };
    let pages: Vec<_> = pages::<Binary>(&client, query, Some(40)).try_collect().await.unwrap();
    let rows = pages.iter().flat_map(|page| &page.rows);
    let hashes: BTreeSet<_> = rows.map(|binary| binary.md5).collect();
    assert_eq!(hashes.len(), 40);
    assert!(pages.len() > 4 && pages[0].total > 40);
}

#[tokio::test]
async fn a_front_end_that_gives_up_on_wide_pages_loses_nothing() {
    let (sim, client) = start(small()).await;
    let (expected, _) = read(&client, search(""), None).await;
    assert!(sim.seen_requests().iter().any(|seen| seen.target.contains("rows=1000")));
    // The first page, or one in the middle.
    for target in ["rows=1000&sort=start+asc&start=0$", "rows=1000&sort=start+asc&start=2000$"] {
        let (sim, client) = start(small()).await;
        sim.add_fault(Fault::new(Mode::GatewayTimeout).for_target(target));
        let (found, _) = read(&client, search(""), None).await;
        assert_eq!(found, expected, "{target}");
        let refused = sim.seen_requests().into_iter().filter(|seen| seen.target.contains(target.trim_end_matches('$')));
        assert!(refused.count() > 0, "{target} is not requested");
    }
}

#[tokio::test]
async fn a_user_who_expects_many_rows_does_not_wait_for_the_first_page_alone() {
    let (sim, client) = start(small()).await;
    let mut expected = whole(&client, search("")).await;
    expected.truncate(2500);
    sim.add_fault(Fault::new(Mode::Hang).for_target("start=0$"));
    let mut stuck = std::pin::pin!(expected_pages::<Process>(&client, search(""), 2500));
    sim.forget_requests();
    let all_sent = crate::worker::bench::until(|| sim.seen_requests().len() >= 3);
    tokio::select! {
        _ = stuck.try_next() => panic!("it hangs"),
        () = all_sent => {}
    }
    sim.clear_faults();
    sim.forget_requests();
    let pages: Vec<_> = expected_pages::<Process>(&client, search(""), 2500).try_collect().await.unwrap();
    let rows = pages.iter().flat_map(|page| &page.rows);
    assert_eq!(rows.map(|row| row.id.to_string()).collect::<Vec<_>>(), expected);
    assert_eq!(sim.seen_requests().len(), 3);
}
