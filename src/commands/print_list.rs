//! Lists that the server gives whole.

use super::{Caller, Exit, Failure, completeness::Gaps};
use crate::cli::Reading;
use crate::model::Page;
use crate::output::{Column, Row, Sheet};

/// What is said beside a list.
#[derive(Clone, Copy)]
pub(super) struct Names {
    /// What several rows are called.
    pub(super) several: &'static str,
    /// What is said when there is none.
    pub(super) none: &'static str,
}

/// Prints as much of a list as is wanted, and says what stands beside it.
pub(super) fn print<T>(
    page: &Page<T>,
    names: Names,
    columns: &'static [Column],
    reading: Reading,
    row: impl Fn(&T) -> Row,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let limit = match reading.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let rows: Vec<Row> = page.rows.iter().take(limit).map(row).collect();
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, reading.format, columns, look);
    sheet.rows(&rows)?;
    sheet.finish()?;
    let gaps = Gaps { broken: page.broken, ..Gaps::default() };
    gaps.tell(names.several, caller);
    if page.rows.len() > rows.len() {
        caller.note(&format!("{} of {} {}; --limit 0 gives all", rows.len(), page.rows.len(), names.several));
    }
    if page.sent() == 0 {
        caller.note(names.none);
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}
