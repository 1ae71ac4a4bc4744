//! Streams all rows of a search in order, with several pages in flight and bounded memory.
//!
//! The result may change while it is read. After its first page the search of processes is pinned to the time of the
//! server at that moment: what arrives later is no part of it, so that no row changes its place. Where that is not
//! possible, the rows of a page that repeat those of the page before are left out, and reading goes on to the end that
//! the last answer tells.

use std::{collections::HashSet, hash::Hash, sync::Arc};

use futures_util::{Stream, StreamExt, future::BoxFuture, stream, stream::FuturesOrdered};
use jiff::{Timestamp, ToSpan};

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

    /// Whether a search can be bound to a time by the server's clock.
    const CAN_PIN: bool = false;

    /// Fetches the rows of `span`.
    fn page(client: &Client, search: &Search, span: Span) -> impl Future<Output = Result<Page<Self>, Error>> + Send;

    /// Returns what identifies the row in the result of `search`; `None` if nothing does.
    fn key(&self, search: &Search) -> Option<Self::Key>;
}

impl Paged for Process {
    type Key = (ProcessId, u64);

    const CAN_PIN: bool = true;

    async fn page(client: &Client, search: &Search, span: Span) -> Result<Page<Self>, Error> {
        client.processes(search, span).await
    }

    fn key(&self, search: &Search) -> Option<Self::Key> {
        process_key(self.id, self.segment, search)
    }
}

impl Paged for ProcessDocument {
    type Key = (ProcessId, u64);

    const CAN_PIN: bool = true;

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
    /// The search as it is requested now.
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
    pin: SearchPin,
    /// The rows of the last page.
    last_keys: HashSet<T::Key>,
}

/// Whether the search is bound to the time of the first answer.
enum SearchPin {
    No,
    /// It is, and no answer has shown yet that it finds as many rows as without.
    Unproven {
        search: Arc<Search>,
        total: u64,
    },
    Proven,
}

/// The answer to the request for a span.
struct SpanAnswer<T> {
    page: Page<T>,
    span: Span,
    search: Arc<Search>,
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
            pin: SearchPin::No,
            last_keys: HashSet::new(),
        }
    }

    /// Returns the next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        loop {
            self.request_ahead();
            let Some(answer) = self.in_flight.next().await else {
                return Ok(None);
            };
            let answer = answer?;
            if self.withdraw_pin(&answer) {
                continue;
            }
            let is_first = self.end.is_none();
            let n = n_sent(&answer.page);
            if n == 0 && !is_first {
                // The total was an estimate.
                return Ok(None);
            }
            let end = answer.page.total.min(self.limit);
            self.end = self.end.max(Some(end));
            // What was too much before is too much again.
            self.step = answer.step.min(self.step);
            if is_first {
                self.begin(&answer);
            }
            return Ok(Some(self.without_repeated(answer.page)));
        }
    }

    /// Requests as many pages as may be in flight.
    fn request_ahead(&mut self) {
        match self.end {
            None if self.requested == 0 => {
                for _ in 0..=self.guessed {
                    self.request(self.limit);
                }
            }
            None => {}
            Some(end) => {
                while self.step > 0 && self.requested < end && self.in_flight.len() < self.client.connections() {
                    self.request(end);
                }
            }
        }
    }

    /// Requests the next page of the rows before `end`.
    fn request(&mut self, end: u64) {
        let span = Span { start: self.requested, rows: self.step.min(end.saturating_sub(self.requested)) };
        self.requested += span.rows;
        let (client, search) = (self.client.clone(), Arc::clone(&self.search));
        // How many rows the server sends at a time is told by the first page, unless others are requested beside it.
        let is_alone = self.end.is_none() && self.guessed == 0;
        self.in_flight.push_back(Box::pin(async move {
            if !is_alone {
                return fetch_complete(&client, search, span).await;
            }
            let page = fetch_narrowing::<T>(&client, &search, span).await?;
            let step = n_sent(&page);
            Ok(SpanAnswer { page, span, search, step })
        }));
    }

    /// Takes up what the first page tells: where the others begin, and when the result was as it shows it.
    fn begin(&mut self, first: &SpanAnswer<T>) {
        let end = self.end.unwrap_or_default();
        if self.guessed == 0 {
            self.requested = n_sent(&first.page);
        } else if end <= first.span.rows {
            // The guess was wrong.
            self.in_flight.clear();
            self.requested = end;
        }
        let is_current = self.client.release().is_some_and(|release| release >= (6, 0));
        let can_pin = T::CAN_PIN && is_current && self.search.max_last_server_update.is_none();
        if can_pin && let Some(at) = first.page.server_time.and_then(next_second) {
            self.search = Arc::new(Search { max_last_server_update: Some(at), ..(*first.search).clone() });
            self.pin = SearchPin::Unproven { search: Arc::clone(&first.search), total: first.page.total };
        }
    }

    /// Goes back to the search without a bound if it finds fewer rows with one: some have no time, or a wrong one. Returns
    /// whether the span is requested again.
    fn withdraw_pin(&mut self, answer: &SpanAnswer<T>) -> bool {
        let is_pinned = Arc::ptr_eq(&answer.search, &self.search);
        let SearchPin::Unproven { search, total } = &self.pin else {
            return false;
        };
        if !is_pinned {
            return false;
        }
        if answer.page.total >= *total {
            self.pin = SearchPin::Proven;
            return false;
        }
        self.search = Arc::clone(search);
        self.pin = SearchPin::No;
        self.in_flight.clear();
        self.requested = answer.span.start;
        true
    }

    /// Removes the rows that the page before had as well: others have moved them there.
    fn without_repeated(&mut self, mut page: Page<T>) -> Page<T> {
        let keys = page.rows.iter().filter_map(|row| row.key(&self.search)).collect();
        let last = std::mem::replace(&mut self.last_keys, keys);
        page.rows.retain(|row| row.key(&self.search).is_none_or(|key| !last.contains(&key)));
        page
    }
}

/// Returns the end of the second of `at`, which is the precision of a server's `Date`.
fn next_second(at: Timestamp) -> Option<Timestamp> {
    at.checked_add(1.second()).ok()
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
    Ok(SpanAnswer { page, span, search, step })
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
