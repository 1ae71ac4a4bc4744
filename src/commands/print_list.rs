//! Lists that the server returns in one response.

use super::{CommandCx, Exit, Failure, completeness::MissingParts};
use crate::cli::OutputArgs;
use crate::model::Page;
use crate::output::{RowFormat, TableWriter};

/// The words for the rows in messages.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub(super) plural: &'static str,
    pub(super) empty_message: &'static str,
}

/// Prints a list up to its limit, then its warnings.
pub(super) fn print<T>(
    page: &Page<T>,
    names: Names,
    format: &RowFormat<T>,
    output: &OutputArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let limit = match output.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let mut columns = format.choose(&output.fields)?;
    let rows = columns.rows(page.rows.iter().take(limit))?;
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, output.format, columns.layout(), style);
    table.write_rows(&rows)?;
    table.finish()?;
    let missing = MissingParts { n_unreadable: page.n_unreadable, ..MissingParts::default() };
    missing.warn(names.plural, cx);
    if page.rows.len() > rows.len() {
        cx.note(&format!("{} of {} {}; --limit 0 shows all", rows.len(), page.rows.len(), names.plural));
    }
    if page.n_sent() == 0 {
        cx.note(names.empty_message);
        return Ok(Exit::NoResults);
    }
    Ok(Exit::Done)
}
