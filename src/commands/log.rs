//! The `log` command: shows and verifies the audit log.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{CommandCx, DEMO, Exit, Failure};
use crate::audit::{self, LinePosition, LineReader, LogEntry, LogEvent, LoggedOutcome, Scan};
use crate::output::{self, Align, Format, OutputCell, OutputColumn, OutputRow, TableWriter};
use crate::text;

/// The number of rows per write.
const PAGE: usize = 500;

/// The columns of the log.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("line", Align::Right),
    OutputColumn::new("at", Align::Left),
    OutputColumn::new("who", Align::Left).min_width(8).rank(2),
    OutputColumn::new("action", Align::Left),
    OutputColumn::new("target", Align::Left).min_width(12),
    OutputColumn::new("outcome", Align::Left),
    OutputColumn::new("reason", Align::Left).min_width(12),
    OutputColumn::new("ticket", Align::Left).rank(1),
    OutputColumn::new("server", Align::Left).rank(3),
];

/// Runs `log show`.
pub(super) fn show(limit: Option<usize>, format: Format, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let log_dir = dir(cx)?.to_owned();
    let mut index = LogIndex::read(&log_dir)?;
    let is_intact = index.is_intact;
    let n = index.shown.len();
    let mut start = n - limit.map_or(n, |limit| limit.min(n));
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, format, COLUMNS, style);
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
        table.write_rows(&rows)?;
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
    fn rows(&self, page: Range<usize>) -> Option<Vec<OutputRow>> {
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
            rows.extend(row(&entry, &outcomes));
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

/// Returns the row of an entry with its outcomes; `None` for an entry that belongs to the row of another one.
fn row(entry: &LogEntry, outcomes: &[LoggedOutcome]) -> Option<OutputRow> {
    let (line, at) = (Some(entry.line), Some(output::format_time(entry.at)));
    let json = json!({"outcomes": outcomes});
    let mut record = serde_json::to_value(entry).ok()?;
    let cells = match &entry.event {
        LogEvent::Sending(submitted) => {
            if let (Some(record), Some(members)) = (record.as_object_mut(), json.as_object()) {
                // The file uses the original name; the output calls it an action.
                if let Some(action) = record.remove("deed") {
                    record.insert("action".into(), action);
                }
                record.extend(members.clone());
            }
            let stage = outcomes.last().map(|outcome| outcome.stage.to_string());
            let who = submitted.who.user.clone().or(submitted.who.os_user.clone());
            vec![
                OutputCell::from_value(line),
                OutputCell::from_value(at),
                OutputCell::from_value(who),
                OutputCell::from_value(Some(&submitted.verb)),
                OutputCell::from_value(Some(&submitted.target.name)),
                // The program ended before it logged an outcome.
                OutputCell::from_value(Some(stage.unwrap_or("unknown".into()))),
                OutputCell::from_value(submitted.reason.as_ref()),
                OutputCell::from_value(submitted.ticket.as_ref()),
                OutputCell::from_value(Some(&submitted.server)),
            ]
        }
        LogEvent::Repaired { bytes, .. } => {
            note_cells(line, at, format!("repaired: {bytes} bytes of an incomplete line removed"))
        }
        LogEvent::Damaged { what } => note_cells(line, at, format!("DAMAGED: {what}")),
        LogEvent::Known(_) => return None,
    };
    Some(OutputRow { cells, json: record.to_string() })
}

/// Returns the cells of a log entry that is no change.
fn note_cells(line: Option<u64>, at: Option<String>, text: String) -> Vec<OutputCell> {
    let mut cells = vec![
        OutputCell::from_value(line),
        OutputCell::from_value(at),
        OutputCell::default(),
        OutputCell::from_value(Some(text)),
    ];
    cells.resize(COLUMNS.len(), OutputCell::default());
    cells
}
