//! Lists that the server gives whole.

use super::{CommandCx, Exit, Failure, completeness::MissingParts};
use crate::cli::OutputArgs;
use crate::model::Page;
use crate::output::{OutputColumn, OutputRow, TableWriter};

/// What is said beside a list.
#[derive(Clone, Copy)]
pub(super) struct Names {
    /// What several rows are called.
    pub(super) plural: &'static str,
    /// What is said when there is none.
    pub(super) empty_message: &'static str,
}

/// Prints as much of a list as is wanted, and says what stands beside it.
pub(super) fn print<T>(
    page: &Page<T>,
    names: Names,
    columns: &'static [OutputColumn],
    reading: OutputArgs,
    row: impl Fn(&T) -> OutputRow,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let limit = match reading.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let rows: Vec<OutputRow> = page.rows.iter().take(limit).map(row).collect();
    let look = caller.table_style();
    let mut sheet = TableWriter::new(caller.streams.out, reading.format, columns, look);
    sheet.write_rows(&rows)?;
    sheet.finish()?;
    let gaps = MissingParts { n_unreadable: page.n_unreadable, ..MissingParts::default() };
    gaps.warn(names.plural, caller);
    if page.rows.len() > rows.len() {
        caller.note(&format!("{} of {} {}; --limit 0 gives all", rows.len(), page.rows.len(), names.plural));
    }
    if page.n_sent() == 0 {
        caller.note(names.empty_message);
        return Ok(Exit::NoResults);
    }
    Ok(Exit::Done)
}
