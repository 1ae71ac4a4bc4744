//! Rows of several hosts as a table.

use super::reader::{HostAnswer, report_failures};
use crate::cli::OutputArgs;
use crate::commands::{CommandCx, Exit, Failure, completeness::describe_unreadable};
use crate::model::{Document, Sensor};
use crate::output::{
    AddedColumn, Align, ExtendedRow, OutputCell, OutputColumn, RowFormat, TableWriter, quote_json, with_leading_members,
};

/// How the rows are written, and the words for them in messages.
pub(super) struct Rows<R: 'static> {
    pub(super) format: RowFormat<R>,
    /// Which columns are hidden before that of the host in a narrow terminal.
    pub(super) host_rank: u8,
    pub(super) plural: &'static str,
    pub(super) empty_message: &'static str,
}

/// Prints the rows of each host up to the limit, then the hosts that failed.
pub(super) fn print<T, R>(
    answers: &[HostAnswer<T>],
    words: &Rows<R>,
    output: &OutputArgs,
    rows: impl Fn(&T) -> (Vec<R>, usize),
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let limit = match output.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let style = cx.table_style();
    let host = OutputColumn::new("host", Align::Left).min_width(10).rank(words.host_rank);
    let host = AddedColumn { name: "hostname", layout: host, before: 0 };
    let mut columns = words.format.choose_with(&[host], &output.fields)?;
    let mut table = TableWriter::new(cx.streams.out, output.format, columns.layout(), style);
    let (mut n_rows, mut n_shown, mut n_unreadable, mut n_answers) = (0, 0, 0, 0);
    for answer in answers {
        let Ok(value) = &answer.outcome else { continue };
        let (rows, n_lost) = rows(value);
        n_answers += 1;
        n_rows += rows.len();
        n_unreadable += n_lost;
        let rows: Vec<_> = rows.iter().take(limit - n_shown).collect();
        n_shown += rows.len();
        let rows = rows.into_iter().map(|row| with_host(&answer.sensor, row, (words.format.json)(row).into_owned()));
        table.write_rows(&columns.extended_rows(rows.collect())?)?;
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

/// Adds the host to a row and its record.
fn with_host<'r, R>(sensor: &Sensor, row: &'r R, record: String) -> ExtendedRow<'r, R> {
    let host = quote_json(sensor.computer_name.raw());
    let leading = [("hostname", host), ("sensor_id", sensor.id.to_string())];
    let added = vec![OutputCell::from_untrusted(&sensor.computer_name)];
    ExtendedRow { row, added, json: with_leading_members(&Document::new(record), &leading) }
}
