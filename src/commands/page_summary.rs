//! Search results on the command line: rows, warnings and exit code.

use super::{CommandCx, Exit, Failure, completeness::MissingParts, page_reader::PageReader};
use crate::api::Client;
use crate::cli::OutputArgs;
use crate::fetch::Paged;
use crate::model::{Search, Span};
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
