//! All rows of a search in order, several pages in flight, memory bounded by what is in flight.

use std::sync::Arc;

use futures::{Stream, StreamExt, TryStreamExt, future, stream};

use crate::api::{Client, Error};
use crate::model::{Alert, Binary, Page, Process, Report, Search, Sensor, SensorFilter, Span};

/// Rows asked for at once: what the server's own console asks for at most (reference 1.6).
const ROWS: u64 = 1000;

/// Pages in flight: enough to hide the way to the server, few enough to leave it to others.
const PAGES_IN_FLIGHT: usize = 4;

/// What a search finds, a page at a time.
pub trait Paged: Send + Sized + 'static {
    /// Asks for some rows.
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
    /// Sensors are not found by a query, but by a filter: what of it the server looks for.
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

/// The pages of a search in order, up to `limit` rows (all of them when absent). Servers may answer fewer rows than
/// were asked for: the pages still join without gap or double.
pub fn pages<T: Paged>(
    client: &Client,
    search: Search,
    limit: Option<u64>,
) -> impl Stream<Item = Result<Page<T>, Error>> + use<T> {
    let client = client.clone();
    let search = Arc::new(search);
    let limit = limit.unwrap_or(u64::MAX);
    stream::once(async move {
        let rows = limit.min(ROWS);
        let first = T::page(&client, &search, Span { start: 0, rows }).await?;
        Ok((client, search, first))
    })
    .map_ok(move |(client, search, first)| {
        let sent = n_sent(&first);
        let end = first.total.min(limit);
        let spans = stream::iter(spans(sent, sent, end));
        let rest = spans
            .map(move |span| fetch_complete(client.clone(), search.clone(), span))
            .buffered(PAGES_IN_FLIGHT)
            // An empty page before the end: the total was an estimate.
            .try_take_while(|page| future::ready(Ok(page.n_sent() > 0)));
        stream::once(future::ready(Ok(first))).chain(rest)
    })
    .try_flatten()
}

/// The spans from `start` to `end`, `step` rows each.
fn spans(start: u64, step: u64, end: u64) -> impl Iterator<Item = Span> {
    let starts = (1..).map_while(move |n: u64| (step > 0).then(|| start.saturating_add(step.saturating_mul(n - 1))));
    starts.take_while(move |start| *start < end).map(move |start| Span { start, rows: step.min(end - start) })
}

/// One span, asked again for what a short answer left out.
async fn fetch_complete<T: Paged>(client: Client, search: Arc<Search>, span: Span) -> Result<Page<T>, Error> {
    let mut page = T::page(&client, &search, span).await?;
    loop {
        let rows = span.rows.saturating_sub(n_sent(&page));
        let start = span.start + n_sent(&page);
        if rows == 0 || n_sent(&page) == 0 || start >= page.total {
            return Ok(page);
        }
        let more = T::page(&client, &search, Span { start, rows }).await?;
        if n_sent(&more) == 0 {
            return Ok(page);
        }
        page.n_unreadable += more.n_unreadable;
        page.rows.extend(more.rows);
    }
}

fn n_sent<T>(page: &Page<T>) -> u64 {
    u64::try_from(page.n_sent()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_join_without_gap_or_double() {
        let of = |start, step, end| spans(start, step, end).map(|span| (span.start, span.rows)).collect::<Vec<_>>();
        assert_eq!(of(10, 10, 35), [(10, 10), (20, 10), (30, 5)]);
        assert_eq!(of(10, 10, 10), []);
        assert_eq!(of(0, 0, 10), []);
    }
}
