//! Search results on the command line: rows, warnings and exit code.

use super::{CommandCx, Exit, Failure, completeness::MissingParts, page_reader::PageReader};
use crate::api::Client;
use crate::cli::OutputArgs;
use crate::fetch::Paged;
use crate::model::{Page, Search, Span};
use crate::output::{RowFormat, TableWriter};

/// Prints the rows of a search page by page, then its warnings; `noun` is the name of a row.
pub(super) async fn print<T: Paged>(
    noun: &'static str,
    search: Search,
    format: &RowFormat<T>,
    output: OutputArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let mut columns = format.choose(&output.fields)?.only_for(output.format);
    let client = cx.client()?;
    let limit = (output.limit > 0).then_some(output.limit);
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, output.format, columns.layout(), style);
    let mut pages = PageReader::<T>::new(noun, &client, search, limit);
    while let Some(page) = pages.next().await {
        table.write_rows(&columns.rows(&page.rows)?)?;
    }
    table.finish()?;
    let mut outcome = pages.into_outcome();
    outcome.check_complete(cx)?;
    Ok(outcome.report(cx))
}

/// Prints only the number of rows that a search finds.
pub(super) async fn count<T: Paged>(search: &Search, client: &Client, cx: &mut CommandCx<'_>) -> Result<u64, Failure> {
    const NONE: Span = Span { start: 0, rows: 0 };
    let search = Search { sort: None, ..search.clone() };
    let page = T::page(client, &search, NONE).await?;
    writeln!(cx.streams.out, "{}", page.total)?;
    let missing = MissingParts { hidden: page.hidden, is_incomplete: page.is_incomplete, ..MissingParts::default() };
    missing.warn("rows", cx);
    Ok(page.total)
}

/// The totals of a search and what is missing from it.
#[derive(Default)]
pub(super) struct PageSummary {
    /// The name of a row.
    row_name: &'static str,
    n_sent: u64,
    total: u64,
    missing: MissingParts,
}

impl PageSummary {
    /// Creates an empty summary of rows that are called `noun`.
    pub(super) fn new(noun: &'static str) -> Self {
        Self { row_name: noun, ..Self::default() }
    }

    /// Adds a page to the totals.
    pub(super) fn add<T>(&mut self, page: &Page<T>) {
        self.n_sent += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.missing.n_unreadable += page.n_unreadable;
        self.missing.hidden = self.missing.hidden.max(page.hidden);
        self.missing.is_incomplete |= page.is_incomplete;
    }

    /// Returns the number of rows that were read.
    pub(super) fn n_read(&self) -> u64 {
        self.n_sent.saturating_sub(u64::try_from(self.missing.n_unreadable).unwrap_or(u64::MAX))
    }

    /// Returns the server's estimate of all rows.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Warns of the parts that are missing.
    pub(super) fn warn(&self, cx: &mut CommandCx<'_>) {
        self.missing.warn("rows", cx);
    }

    /// Writes the warnings and totals; the exit code tells whether there were rows.
    pub(super) fn report(&self, limit: Option<u64>, cx: &mut CommandCx<'_>) -> Exit {
        self.warn(cx);
        if self.n_sent == 0 {
            cx.note(&format!("no {} matches", self.row_name));
            return Exit::NoResults;
        }
        if limit == Some(self.n_sent) && self.n_sent < self.total {
            cx.note(&format!(
                "{} {} of up to {}; --limit 0 shows all",
                self.n_sent,
                if self.n_sent == 1 { "row" } else { "rows" },
                self.total
            ));
        }
        Exit::Done
    }
}
