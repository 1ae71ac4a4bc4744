//! Rows of several hosts as a table.

use std::borrow::Cow;

use super::reader::{HostAnswer, LoggedSession, Reader, ReadingEnd, report_failures};
use crate::cli::OutputArgs;
use crate::commands::{
    CommandCx, Exit, Failure,
    completeness::describe_unreadable,
    context::{Streams, overwrite_line},
};
use crate::live_response::Error;
use crate::model::{Document, Sensor};
use crate::output::{
    AddedColumn, Align, ExtendedRow, OutputCell, OutputColumn, RowColumns, RowFormat, TableWriter, quote_json,
    with_leading_members,
};

/// How the rows are written, and the words for them in messages.
pub(super) struct Rows<R: 'static> {
    pub(super) format: RowFormat<R>,
    /// Which columns are hidden before that of the host in a narrow terminal.
    pub(super) host_rank: u8,
    pub(super) plural: &'static str,
    pub(super) empty_message: &'static str,
}

/// Reads on all hosts, and prints the rows of each as they come, up to the limit; then reports the hosts that failed.
pub(super) async fn read_and_print<T, R>(
    (reader, sensors): (&Reader, Vec<Sensor>),
    read: impl AsyncFn(&mut LoggedSession) -> Result<T, Error>,
    (words, output): (&Rows<R>, &OutputArgs),
    rows: impl Fn(&T) -> (Vec<R>, usize),
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let mut n_waiting = sensors.len();
    let host = OutputColumn::new("host", Align::Left).min_width(10).rank(words.host_rank);
    let host = AddedColumn { name: "hostname", layout: host, before: 0 };
    let columns = words.format.choose_with(&[host], &output.fields)?;
    let style = cx.table_style();
    cx.progress(&describe_wait(n_waiting));
    let Streams { out, notes, shows_progress, .. } = &mut cx.streams;
    let writer = TableWriter::new(&mut **out, output.format, columns.layout(), style);
    let mut printed = PrintedRows::new(columns, writer, words.format.json, output.limit);
    let mut failures = Vec::new();
    let on_answer = |HostAnswer { sensor, outcome }: HostAnswer<T>| {
        n_waiting -= 1;
        if *shows_progress {
            overwrite_line(&mut **notes, "");
        }
        match outcome {
            Ok(value) => printed.write(&sensor, &rows(&value))?,
            Err(error) => failures.push(error),
        }
        if *shows_progress && n_waiting > 0 {
            overwrite_line(&mut **notes, &describe_wait(n_waiting));
        }
        Ok(())
    };
    let end = reader.read(sensors, read, on_answer).await?;
    let PrintedRows { n_rows, n_shown, n_unreadable, n_answers, writer, .. } = printed;
    writer.finish()?;
    if end == ReadingEnd::Stopped {
        cx.warn("stopped; the sessions that were opened here are closed");
    }
    if n_unreadable > 0 {
        cx.warn(&describe_unreadable(n_unreadable, words.plural));
    }
    if n_shown < n_rows {
        cx.note(&format!("{n_shown} of {n_rows} {}; --limit 0 shows all", words.plural));
    }
    let exit = report_failures(failures, cx);
    if exit == Exit::Done && n_answers > 0 && n_rows + n_unreadable == 0 {
        cx.note(words.empty_message);
        return Ok(Exit::NoResults);
    }
    Ok(exit)
}

fn describe_wait(n_hosts: usize) -> String {
    match n_hosts {
        1 => "waiting for the host; ^c cancels".to_owned(),
        _ => format!("waiting for {n_hosts} hosts; ^c cancels"),
    }
}

/// The rows that were written, and how many were not.
struct PrintedRows<'a, R: 'static> {
    columns: RowColumns<R>,
    writer: TableWriter<'a>,
    json: fn(&R) -> Cow<'_, str>,
    limit: usize,
    n_rows: usize,
    n_shown: usize,
    n_unreadable: usize,
    n_answers: usize,
}

impl<'a, R> PrintedRows<'a, R> {
    fn new(columns: RowColumns<R>, writer: TableWriter<'a>, json: fn(&R) -> Cow<'_, str>, limit: u64) -> Self {
        let limit = match limit {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        };
        Self { columns, writer, json, limit, n_rows: 0, n_shown: 0, n_unreadable: 0, n_answers: 0 }
    }

    /// Writes the rows of a host, with the number of those that cannot be read.
    fn write(&mut self, sensor: &Sensor, (rows, n_unreadable): &(Vec<R>, usize)) -> Result<(), Failure> {
        self.n_answers += 1;
        self.n_rows += rows.len();
        self.n_unreadable += n_unreadable;
        let shown = rows.iter().take(self.limit - self.n_shown);
        let shown: Vec<_> = shown.map(|row| with_host(sensor, row, (self.json)(row).into_owned())).collect();
        self.n_shown += shown.len();
        self.writer.write_rows(&self.columns.extended_rows(shown)?)?;
        Ok(())
    }
}

/// Adds the host to a row and its record.
fn with_host<'r, R>(sensor: &Sensor, row: &'r R, record: String) -> ExtendedRow<'r, R> {
    let host = quote_json(sensor.computer_name.raw());
    let leading = [("hostname", host), ("sensor_id", sensor.id.to_string())];
    let added = vec![OutputCell::from_untrusted(&sensor.computer_name)];
    ExtendedRow { row, added, json: with_leading_members(&Document::new(record), &leading).into() }
}
