//! The `log` command: shows and verifies the audit log.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{CommandCx, DEMO, Exit, Failure};
use crate::audit::{self, LinePosition, LineReader, LogEntry, LogEvent, LoggedOutcome, Scan, Submitted};
use crate::cli::FormatArgs;
use crate::columns::{CellValue, Field, find};
use crate::output::{Align, OutputColumn, RowFormat, TableWriter};
use crate::text;

/// The number of rows per write.
const PAGE: usize = 500;

/// The fields of log rows.
const FIELDS: &[Field<LogRow>] = &[
    Field::new("line", |row| CellValue::Number(row.entry.line)),
    Field::new("at", |row| CellValue::Time(row.entry.at)),
    Field::new("who", |row| {
        row.of_change(|change| CellValue::text_of(change.who.user.as_ref().or(change.who.os_user.as_ref())))
    }),
    Field::new("action", LogRow::action),
    Field::new("target", |row| row.of_change(|change| CellValue::text_of(Some(&change.target.name)))),
    Field::new("outcome", |row| {
        row.of_change(|_| match row.outcomes.last() {
            Some(outcome) => CellValue::text_of(Some(&outcome.stage)),
            // The program ended before it logged an outcome.
            None => CellValue::Word("unknown"),
        })
    }),
    Field::new("reason", |row| row.of_change(|change| CellValue::text_of(change.reason.as_ref()))),
    Field::new("ticket", |row| row.of_change(|change| CellValue::text_of(change.ticket.as_ref()))),
    Field::new("server", |row| row.of_change(|change| CellValue::text_of(Some(&change.server)))),
];

/// The columns of the log.
const FORMAT: RowFormat<LogRow> = RowFormat {
    fields: FIELDS,
    columns: &[
        OutputColumn::new("line", Align::Right).of(find(FIELDS, "line")),
        OutputColumn::new("at", Align::Left).of(find(FIELDS, "at")),
        OutputColumn::new("who", Align::Left).min_width(8).rank(2).of(find(FIELDS, "who")),
        OutputColumn::new("action", Align::Left).of(find(FIELDS, "action")),
        OutputColumn::new("target", Align::Left).min_width(12).of(find(FIELDS, "target")),
        OutputColumn::new("outcome", Align::Left).of(find(FIELDS, "outcome")),
        OutputColumn::new("reason", Align::Left).min_width(12).of(find(FIELDS, "reason")),
        OutputColumn::new("ticket", Align::Left).rank(1).of(find(FIELDS, "ticket")),
        OutputColumn::new("server", Align::Left).rank(3).of(find(FIELDS, "server")),
    ],
    members: "",
    json: |row| row.json().into(),
};

/// An entry of the log with its outcomes.
struct LogRow {
    entry: LogEntry,
    outcomes: Vec<LoggedOutcome>,
}

/// Runs `log show`.
pub(super) fn show(limit: Option<usize>, output: &FormatArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut columns = FORMAT.choose(&output.fields)?;
    let log_dir = dir(cx)?.to_owned();
    let mut index = LogIndex::read(&log_dir)?;
    let is_intact = index.is_intact;
    let n = index.shown.len();
    let mut start = n - limit.map_or(n, |limit| limit.min(n));
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, output.format, columns.layout(), style);
    while start < n {
        let page = start..n.min(start + PAGE);
        let rows = if let Some(rows) = index.rows(page.clone()) {
            rows
        } else {
            // Another program has written to the log since, and may have archived older lines.
            index = LogIndex::read(&log_dir)?;
            let why = "the action log changed while it was read";
            index
                .rows(page.clone())
                .ok_or_else(|| Failure::new(Exit::Failed, why).with_hint("run the command again"))?
        };
        table.write_rows(&columns.rows(&rows)?)?;
        start = page.end;
    }
    table.finish()?;
    if n == 0 {
        cx.note("no actions yet");
        let demo = log_dir.join(DEMO).join(audit::FILE);
        if fs::metadata(demo).is_ok_and(|log| log.len() > 0) {
            cx.note("the demo has a separate log: lampblack log show --demo");
        }
    }
    if !is_intact {
        cx.warn("the log is damaged; `lampblack log verify` shows where");
    }
    Ok(Exit::Done)
}

/// The positions of the log's lines. The lines are read when they are printed, page by page: a long log would not fit
/// into memory, and a slow reader must not hold its lock.
struct LogIndex {
    files: Vec<PathBuf>,
    /// The lines that have a row, in log order.
    shown: Vec<(u64, LinePosition)>,
    /// The outcomes: the line of the change and the position of the outcome, ordered by change.
    outcomes: Vec<(u64, LinePosition)>,
    is_intact: bool,
}

impl LogIndex {
    fn read(dir: &Path) -> Result<Self, Failure> {
        let (mut shown, mut outcomes) = (Vec::new(), Vec::new());
        // Unreadable lines are reported by `log verify`.
        let scan = Scan::read(dir, |line| match line.entry() {
            Ok(LogEntry { event: LogEvent::Known(outcome), .. }) => outcomes.push((outcome.of, line.position)),
            Ok(entry) => shown.push((entry.line, line.position)),
            Err(_) => {}
        })?;
        outcomes.sort_by_key(|(of, _)| *of);
        Ok(Self { is_intact: scan.faults.is_empty(), files: scan.into_files(), shown, outcomes })
    }

    /// Returns the rows of some lines; `None` if the log has changed in the meantime.
    fn rows(&self, page: Range<usize>) -> Option<Vec<LogRow>> {
        let mut reader = LineReader::new(&self.files);
        let mut rows = Vec::new();
        for (number, position) in self.shown.get(page)? {
            let entry: LogEntry = serde_json::from_slice(&reader.line(*position).ok()?).ok()?;
            let first = self.outcomes.partition_point(|(of, _)| of < number);
            let outcome_lines = self.outcomes[first..].iter().take_while(|(of, _)| of == number);
            let mut outcomes = Vec::new();
            for (of, position) in outcome_lines {
                let outcome = outcome(&reader.line(*position).ok()?)?;
                if outcome.of != *of {
                    return None;
                }
                outcomes.push(outcome);
            }
            if entry.line != *number {
                return None;
            }
            // An outcome belongs to the row of its change.
            if !matches!(entry.event, LogEvent::Known(_)) {
                rows.push(LogRow { entry, outcomes });
            }
        }
        Some(rows)
    }
}

/// Runs `log verify`.
pub(super) fn verify(cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let scan = audit::check(dir(cx)?)?;
    let head = &scan.head;
    if scan.faults.is_empty() {
        writeln!(
            cx.streams.out,
            "Audit log intact: {}, last {}",
            text::pluralize(head.lines, "entry", "entries"),
            head.last
        )?;
        return Ok(Exit::Done);
    }
    let faults = scan.faults.iter();
    Err(Failure { exit: Exit::Failed, reports: faults.map(|fault| (fault.to_string(), None)).collect() })
}

fn dir<'c>(cx: &'c CommandCx<'_>) -> Result<&'c Path, Failure> {
    cx.state_dir.as_deref().ok_or_else(|| Failure::new(Exit::Failed, "no directory for the action log"))
}

/// Parses the outcome of a change from its line.
fn outcome(line: &[u8]) -> Option<LoggedOutcome> {
    match serde_json::from_slice(line).ok()? {
        LogEntry { event: LogEvent::Known(outcome), .. } => Some(*outcome),
        _ => None,
    }
}

impl LogRow {
    /// Returns a value of the change; none for a note of the log.
    fn of_change(&self, value: impl FnOnce(&Submitted) -> CellValue) -> CellValue {
        match &self.entry.event {
            LogEvent::Sending(submitted) => value(submitted),
            LogEvent::Repaired { .. } | LogEvent::Damaged { .. } | LogEvent::Known(_) => CellValue::None,
        }
    }

    /// Returns the verb of the change, or the note of the log.
    fn action(&self) -> CellValue {
        let text = match &self.entry.event {
            LogEvent::Sending(submitted) => submitted.verb.clone(),
            LogEvent::Repaired { bytes, .. } => format!("repaired: {bytes} bytes of an incomplete line removed"),
            LogEvent::Damaged { what } => format!("DAMAGED: {what}"),
            LogEvent::Known(_) => return CellValue::None,
        };
        CellValue::Text(text.into())
    }

    /// Returns the entry as JSON, with the outcomes of its change.
    fn json(&self) -> String {
        let mut record = serde_json::to_value(&self.entry).unwrap_or_default();
        if let (LogEvent::Sending(_), Value::Object(members)) = (&self.entry.event, &mut record) {
            // The file uses the original name; the output calls it an action.
            if let Some(action) = members.remove("deed") {
                members.insert("action".into(), action);
            }
            members.insert("outcomes".into(), json!(self.outcomes));
        }
        record.to_string()
    }
}
