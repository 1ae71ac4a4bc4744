//! What a search has to say beside its rows.

use std::pin::pin;

use futures::TryStreamExt;

use super::{CommandCx, Exit, Failure, completeness::MissingParts};
use crate::api::Client;
use crate::cli::OutputArgs;
use crate::fetch::{self, Paged};
use crate::model::{Page, Search, Span};
use crate::output::{OutputColumn, OutputRow, TableWriter};

/// Prints what a search finds, page by page, and says what stands beside it; `noun` is what a row is.
pub(super) async fn print<T: Paged>(
    noun: &'static str,
    search: Search,
    columns: &'static [OutputColumn],
    reading: OutputArgs,
    row: fn(&T) -> OutputRow,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let limit = (reading.limit > 0).then_some(reading.limit);
    let mut told = PageSummary::new(noun);
    let look = caller.table_style();
    let mut sheet = TableWriter::new(caller.streams.out, reading.format, columns, look);
    let mut pages = pin!(fetch::pages::<T>(&client, search, limit));
    let ended = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                told.add(&page);
                let rows: Vec<OutputRow> = page.rows.iter().map(row).collect();
                sheet.write_rows(&rows)?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What came before an error is still an answer, and its JSON must parse.
    sheet.finish()?;
    ended?;
    Ok(told.report(limit, caller))
}

/// Prints how many rows a search finds, and nothing else.
pub(super) async fn count<T: Paged>(
    search: &Search,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<u64, Failure> {
    const NONE: Span = Span { start: 0, rows: 0 };
    let search = Search { sort: None, ..search.clone() };
    let page = T::page(client, &search, NONE).await?;
    writeln!(caller.streams.out, "{}", page.total)?;
    let gaps = MissingParts { hidden: page.hidden, is_incomplete: page.is_incomplete, ..MissingParts::default() };
    gaps.warn("rows", caller);
    Ok(page.total)
}

/// What stands beside the rows of a search.
#[derive(Default)]
pub(super) struct PageSummary {
    /// What a row is.
    row_name: &'static str,
    n_sent: u64,
    total: u64,
    missing: MissingParts,
}

impl PageSummary {
    /// Nothing yet of rows that are called `noun`.
    pub(super) fn new(noun: &'static str) -> Self {
        Self { row_name: noun, ..Self::default() }
    }

    /// Counts a page in.
    pub(super) fn add<T>(&mut self, page: &Page<T>) {
        self.n_sent += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.missing.n_unreadable += page.n_unreadable;
        self.missing.hidden = self.missing.hidden.max(page.hidden);
        self.missing.is_incomplete |= page.is_incomplete;
    }

    /// Says it all; the exit code says whether there was anything.
    pub(super) fn report(&self, limit: Option<u64>, caller: &mut CommandCx<'_>) -> Exit {
        self.missing.warn("rows", caller);
        if self.n_sent == 0 {
            caller.note(&format!("no {} matches", self.row_name));
            return Exit::NoResults;
        }
        if limit == Some(self.n_sent) && self.n_sent < self.total {
            caller.note(&format!(
                "{} {} of up to {}; --limit 0 gives all",
                self.n_sent,
                if self.n_sent == 1 { "row" } else { "rows" },
                self.total
            ));
        }
        Exit::Done
    }
}
