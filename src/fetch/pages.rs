//! Streams all rows of a search in order, with several pages in flight and bounded memory.
//!
//! The result may change while it is read. Where new rows have moved others from one page to the next, those that the
//! page before had as well are left out, and the last page goes to the end of the result as it is by then.

use std::{collections::HashSet, hash::Hash, sync::Arc};

use futures_util::{Stream, StreamExt, future::BoxFuture, stream, stream::FuturesOrdered};

use crate::api::{Client, Error};
use crate::model::{
    Alert, AlertId, Binary, Md5, Page, Process, ProcessDocument, ProcessId, Report, ReportId, Search, Sensor,
    SensorFilter, SensorId, Span,
};

/// Rows per request: the most that the server's own console requests (API reference 1.6).
const PAGE_ROWS: u64 = 1000;

/// Rows per request after the front end gave up on a wider one.
const NARROW_PAGE_ROWS: u64 = 100;

/// Pages that are requested beside the first because of a guess: all of them are for nothing if the guess is wrong.
const GUESSED_PAGES: u64 = 3;

/// A row type whose search results are fetched page by page.
pub trait Paged: Send + Sized + 'static {
    /// Identifies a row of a result.
    type Key: Eq + Hash + Send;

    /// Fetches the rows of `span`.
    fn page(client: &Client, search: &Search, span: Span) -> impl Future<Output = Result<Page<Self>, Error>> + Send;

    /// Returns what identifies the row in the result of `search`; `None` if nothing does.
    fn key(&self, search: &Search) -> Option<Self::Key>;
}

impl Paged for Process {
    type Key = (ProcessId, u64);

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.processes(search, span).await
    }

    fn key(&self, search: &Search) -> Option<Self::Key> {
        process_key(self.id, self.segment, search)
    }
}

impl Paged for ProcessDocument {
    type Key = (ProcessId, u64);

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.process_documents(search, span).await
    }

    fn key(&self, search: &Search) -> Option<Self::Key> {
        process_key(self.id, self.segment, search)
    }
}

impl Paged for Alert {
    type Key = AlertId;

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.alerts(search, span).await
    }

    fn key(&self, _: &Search) -> Option<AlertId> {
        Some(self.id.clone())
    }
}

impl Paged for Sensor {
    type Key = SensorId;

    /// The query of a sensor search is a filter; only its server-side part is evaluated here.
    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.sensors(&SensorFilter::parse_canonical(&search.query), span).await
    }

    fn key(&self, _: &Search) -> Option<SensorId> {
        Some(self.id)
    }
}

impl Paged for Binary {
    type Key = Md5;

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.binaries(search, span).await
    }

    fn key(&self, _: &Search) -> Option<Md5> {
        Some(self.md5)
    }
}

impl Paged for Report {
    type Key = ReportId;

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.reports(search, span).await
    }

    fn key(&self, _: &Search) -> Option<ReportId> {
        Some(self.id.clone())
    }
}

/// Returns the key of a process, or of its segment where processes are not grouped.
fn process_key(id: ProcessId, segment: Option<u64>, search: &Search) -> Option<(ProcessId, u64)> {
    if search.group_by.as_deref() == Some("id") { Some((id, 0)) } else { segment.map(|segment| (id, segment)) }
}

/// Streams the pages of a search in order, up to `limit` rows (all of them if absent). If the server sends fewer rows
/// than requested, the pages still join without gaps or duplicates.
pub fn pages<T: Paged>(
    client: &Client,
    search: Search,
    limit: Option<u64>,
) -> impl Stream<Item = Result<Page<T>, Error>> + use<T> {
    stream_pages(BulkReader::new(client.clone(), search, limit.unwrap_or(u64::MAX), 0))
}

/// Streams the pages of a search like [`pages`], for a user who expects about `limit` rows: a few more pages are
/// requested beside the first, although it is not known yet whether there are that many.
pub fn expected_pages<T: Paged>(
    client: &Client,
    search: Search,
    limit: u64,
) -> impl Stream<Item = Result<Page<T>, Error>> + use<T> {
    let guessed = limit.div_ceil(PAGE_ROWS).saturating_sub(1).min(GUESSED_PAGES);
    stream_pages(BulkReader::new(client.clone(), search, limit, guessed))
}

fn stream_pages<T: Paged>(reader: BulkReader<T>) -> impl Stream<Item = Result<Page<T>, Error>> + use<T> {
    stream::try_unfold(reader, |mut reader| async move { Ok(reader.next().await?.map(|page| (page, reader))) })
}

/// The state of reading a result.
struct BulkReader<T: Paged> {
    client: Client,
    search: Arc<Search>,
    limit: u64,
    /// The number of pages that are requested beside the first.
    guessed: u64,
    /// The rows of a page.
    step: u64,
    /// The position of the next request.
    requested: u64,
    /// The position after the last row, as far as answers have told it; `None` before the first.
    end: Option<u64>,
    in_flight: FuturesOrdered<BoxFuture<'static, Result<SpanAnswer<T>, Error>>>,
    /// The rows of the last page.
    last_keys: HashSet<T::Key>,
}

/// The answer to the request for a span.
struct SpanAnswer<T> {
    page: Page<T>,
    span: Span,
    /// The number of rows that the server sends at a time.
    step: u64,
}

impl<T: Paged> BulkReader<T> {
    fn new(client: Client, search: Search, limit: u64, guessed: u64) -> Self {
        Self {
            client,
            search: Arc::new(search),
            limit,
            guessed,
            step: limit.min(PAGE_ROWS),
            requested: 0,
            end: None,
            in_flight: FuturesOrdered::new(),
            last_keys: HashSet::new(),
        }
    }

    /// Returns the next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        self.request_ahead();
        let Some(answer) = self.in_flight.next().await else {
            return Ok(None);
        };
        let answer = answer?;
        let is_first = self.end.is_none();
        let n = n_sent(&answer.page);
        if n == 0 && !is_first {
            // The total was an estimate.
            return Ok(None);
        }
        // A short page goes to the end of the result. What arrives after it is not waited for.
        if is_first || n >= answer.span.rows {
            self.end = self.end.max(Some(answer.page.total.min(self.limit)));
        }
        // What was too much before is too much again.
        self.step = answer.step.min(self.step);
        if is_first {
            self.begin(&answer);
        }
        Ok(Some(self.without_repeated(answer.page)))
    }

    /// Requests pages until all connections are in use.
    fn request_ahead(&mut self) {
        match self.end {
            None if self.requested == 0 => {
                for _ in 0..=self.guessed {
                    self.request();
                }
            }
            None => {}
            Some(end) => {
                while self.step > 0 && self.requested < end && self.in_flight.len() < self.client.connections() {
                    self.request();
                }
            }
        }
    }

    /// Requests the next page. It is as wide as the others, although there may be fewer rows, because more may arrive.
    fn request(&mut self) {
        let span = Span { start: self.requested, rows: self.step.min(self.limit.saturating_sub(self.requested)) };
        self.requested += span.rows;
        let (client, search) = (self.client.clone(), Arc::clone(&self.search));
        // The first page shows how many rows the server sends at a time, unless others are requested with it.
        let is_alone = self.end.is_none() && self.guessed == 0;
        self.in_flight.push_back(Box::pin(async move {
            if !is_alone {
                return fetch_complete(&client, search, span).await;
            }
            let page = fetch_narrowing::<T>(&client, &search, span).await?;
            let step = n_sent(&page);
            Ok(SpanAnswer { page, span, step })
        }));
    }

    /// Takes up what the first page tells: where the others begin.
    fn begin(&mut self, first: &SpanAnswer<T>) {
        let end = self.end.unwrap_or_default();
        if self.guessed == 0 {
            self.requested = n_sent(&first.page);
        } else if end <= first.span.rows {
            // The guess was wrong.
            self.in_flight.clear();
            self.requested = end;
        }
    }

    /// Removes the rows that the page before had as well: others have moved them there.
    fn without_repeated(&mut self, mut page: Page<T>) -> Page<T> {
        let keys = page.rows.iter().filter_map(|row| row.key(&self.search)).collect();
        let last = std::mem::replace(&mut self.last_keys, keys);
        page.rows.retain(|row| row.key(&self.search).is_none_or(|key| !last.contains(&key)));
        page
    }
}

/// Fetches a span, requesting again the rows that a short answer left out.
async fn fetch_complete<T: Paged>(client: &Client, search: Arc<Search>, span: Span) -> Result<SpanAnswer<T>, Error> {
    let mut page = fetch_narrowing::<T>(client, &search, span).await?;
    let step = n_sent(&page);
    loop {
        let rows = span.rows.saturating_sub(n_sent(&page));
        let start = span.start + n_sent(&page);
        if rows == 0 || n_sent(&page) == 0 || start >= page.total {
            break;
        }
        // What was too much before is too much again.
        let more = fetch_narrowing::<T>(client, &search, Span { start, rows: rows.min(step) }).await?;
        if n_sent(&more) == 0 {
            break;
        }
        page.append(more);
    }
    // The last page is short because there are no more rows.
    let step = if step < span.rows && step < n_sent(&page) { step } else { span.rows.max(step) };
    Ok(SpanAnswer { page, span, step })
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
