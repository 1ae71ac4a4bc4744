//! Rows of several hosts as a table.

use super::reader::{HostAnswer, report_failures};
use crate::cli::OutputArgs;
use crate::commands::{CommandCx, Exit, Failure, completeness::describe_unreadable};
use crate::model::{Document, Sensor};
use crate::output::{
    OutputCell, OutputColumn, OutputRow, TableWriter, choose_cells, choose_columns, quote_json, with_leading_members,
};

/// The words for the rows in messages.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) columns: &'static [OutputColumn],
    pub(super) plural: &'static str,
    pub(super) empty_message: &'static str,
}

/// A row of a host, and its record.
pub(super) struct HostRow {
    pub(super) cells: Vec<OutputCell>,
    pub(super) document: Document,
}

/// Prints the rows of each host up to the limit, then the hosts that failed.
pub(super) fn print<T>(
    answers: &[HostAnswer<T>],
    words: Rows,
    output: &OutputArgs,
    rows: impl Fn(&T) -> (Vec<HostRow>, usize),
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let limit = match output.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let style = cx.table_style();
    let mut table =
        TableWriter::new(cx.streams.out, output.format, choose_columns(words.columns, &output.fields), style);
    let (mut n_rows, mut n_shown, mut n_unreadable, mut n_answers) = (0, 0, 0, 0);
    for answer in answers {
        let Ok(value) = &answer.outcome else { continue };
        let (rows, n_lost) = rows(value);
        n_answers += 1;
        n_rows += rows.len();
        n_unreadable += n_lost;
        let row = |row| choose_cells(output_row(&answer.sensor, row), words.columns, &output.fields);
        let rows: Vec<_> = rows.into_iter().take(limit - n_shown).map(row).collect();
        n_shown += rows.len();
        table.write_rows(&rows)?;
    }
    table.finish()?;
    if n_unreadable > 0 {
        cx.warn(&describe_unreadable(n_unreadable, words.plural));
    }
    if n_shown < n_rows {
        cx.note(&format!("{n_shown} of {n_rows} {}; --limit 0 shows all", words.plural));
    }
    let exit = report_failures(answers, cx);
    if exit == Exit::Done && n_answers > 0 && n_rows + n_unreadable == 0 {
        cx.note(words.empty_message);
        return Ok(Exit::NoResults);
    }
    Ok(exit)
}

/// Puts the host before a row and its record.
fn output_row(sensor: &Sensor, row: HostRow) -> OutputRow {
    let host = quote_json(sensor.computer_name.raw());
    let leading = [("hostname", host), ("sensor_id", sensor.id.to_string())];
    let mut cells = vec![OutputCell::from_untrusted(&sensor.computer_name)];
    cells.extend(row.cells);
    OutputRow { cells, json: with_leading_members(&row.document, &leading) }
}
