//! Streams all rows of a search in order, with several pages in flight and bounded memory.

use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};

use crate::api::{Client, Error};
use crate::model::{Alert, Binary, Page, Process, Report, Search, Sensor, SensorFilter, Span};

/// Rows per request: the most that the server's own console requests (API reference 1.6).
const PAGE_ROWS: u64 = 1000;

/// Rows per request after the front end gave up on a wider one.
const NARROW_PAGE_ROWS: u64 = 100;

/// Pages in flight: enough to hide the latency, few enough not to occupy the server.
const PAGES_IN_FLIGHT: usize = 4;

/// A row type whose search results are fetched page by page.
pub trait Paged: Send + Sized + 'static {
    /// Fetches the rows of `span`.
    fn page(client: &Client, search: &Search, span: Span) -> impl Future<Output = Result<Page<Self>, Error>> + Send;
}

impl Paged for Process {
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.processes(search, span).await
    }
}

impl Paged for Alert {
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.alerts(search, span).await
    }
}

impl Paged for Sensor {
    /// The query of a sensor search is a filter; only its server-side part is evaluated here.
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.sensors(&SensorFilter::parse_canonical(&search.query), span).await
    }
}

impl Paged for Binary {
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.binaries(search, span).await
    }
}

impl Paged for Report {
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.reports(search, span).await
    }
}

/// Streams the pages of a search in order, up to `limit` rows (all of them if absent). If the server sends fewer rows
/// than requested, the pages still join without gaps or duplicates.
pub fn pages<T: Paged>(
    client: &Client,
    search: Search,
    limit: Option<u64>,
) -> impl Stream<Item = Result<Page<T>, Error>> + use<T> {
    let client = client.clone();
    let search = Arc::new(search);
    let limit = limit.unwrap_or(u64::MAX);
    stream::once(async move {
        let rows = limit.min(PAGE_ROWS);
        let first = fetch_narrowing(&client, &search, Span { start: 0, rows }).await?;
        Ok::<_, Error>((client, search, first))
    })
    .map_ok(move |(client, search, first)| {
        let sent = n_sent(&first);
        let end = first.total.min(limit);
        let spans = stream::iter(spans(sent, sent, end));
        let further = spans
            .map(move |span| fetch_complete(client.clone(), search.clone(), span))
            .buffered(PAGES_IN_FLIGHT)
            // An empty page before the end: the total was an estimate.
            .try_take_while(|page| future::ready(Ok(page.n_sent() > 0)));
        stream::once(future::ready(Ok(first))).chain(further)
    })
    .try_flatten()
}

/// Splits `start..end` into spans of `step` rows.
fn spans(start: u64, step: u64, end: u64) -> impl Iterator<Item = Span> {
    let starts = (1..).map_while(move |n: u64| (step > 0).then(|| start.saturating_add(step.saturating_mul(n - 1))));
    starts.take_while(move |start| *start < end).map(move |start| Span { start, rows: step.min(end - start) })
}

/// Fetches a span, requesting again the rows that a short answer left out.
async fn fetch_complete<T: Paged>(client: Client, search: Arc<Search>, span: Span) -> Result<Page<T>, Error> {
    let mut page = fetch_narrowing(&client, &search, span).await?;
    let step = n_sent(&page);
    loop {
        let rows = span.rows.saturating_sub(n_sent(&page));
        let start = span.start + n_sent(&page);
        if rows == 0 || n_sent(&page) == 0 || start >= page.total {
            return Ok(page);
        }
        // What was too much before is too much again.
        let more = T::page(&client, &search, Span { start, rows: rows.min(step) }).await?;
        if n_sent(&more) == 0 {
            return Ok(page);
        }
        page.n_unreadable += more.n_unreadable;
        page.rows.extend(more.rows);
    }
}

/// Fetches a span, or its beginning if the front end gives up on all of it (504).
async fn fetch_narrowing<T: Paged>(client: &Client, search: &Search, span: Span) -> Result<Page<T>, Error> {
    match T::page(client, search, span).await {
        Err(Error::Refused { status: 504, .. }) if span.rows > NARROW_PAGE_ROWS => {
            T::page(client, search, Span { rows: NARROW_PAGE_ROWS, ..span }).await
        }
        other => other,
    }
}

fn n_sent<T>(page: &Page<T>) -> u64 {
    u64::try_from(page.n_sent()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_join_without_gaps_or_overlaps() {
        let of = |start, step, end| spans(start, step, end).map(|span| (span.start, span.rows)).collect::<Vec<_>>();
        assert_eq!(of(10, 10, 35), [(10, 10), (20, 10), (30, 5)]);
        assert_eq!(of(10, 10, 10), []);
        assert_eq!(of(0, 0, 10), []);
    }
}
