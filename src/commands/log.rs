//! `log`: what was changed on servers, and whether the record of it is whole.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{CommandCx, DEMO, Exit, Failure, time_args};
use crate::audit::{self, LinePosition, LineReader, LogEntry, LogEvent, LoggedOutcome, Scan};
use crate::output::{Align, Format, OutputCell, OutputColumn, OutputRow, TableWriter};

/// How many rows are written at a time.
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
pub(super) fn show(limit: Option<usize>, format: Format, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let state = dir(caller)?.to_owned();
    let mut index = LogIndex::read(&state)?;
    let is_whole = index.is_whole;
    let n = index.shown.len();
    let mut at = n - limit.map_or(n, |limit| limit.min(n));
    let look = caller.table_style();
    let mut sheet = TableWriter::new(caller.streams.out, format, COLUMNS, look);
    while at < n {
        let page = at..n.min(at + PAGE);
        let rows = if let Some(rows) = index.rows(page.clone()) {
            rows
        } else {
            // A program that has written a line since may have moved the others into an archive.
            index = LogIndex::read(&state)?;
            let moved = "the action log was changed while it was read";
            index.rows(page.clone()).ok_or_else(|| Failure::new(Exit::Failed, moved).with_hint("start it again"))?
        };
        sheet.write_rows(&rows)?;
        at = page.end;
    }
    sheet.finish()?;
    if n == 0 {
        caller.note("nothing was changed yet");
        let demo = state.join(DEMO).join(audit::FILE);
        if fs::metadata(demo).is_ok_and(|log| log.len() > 0) {
            caller.note("what was changed in the demo has a log of its own: lampblack log show --demo");
        }
    }
    if !is_whole {
        caller.warn("the log is not whole; `lampblack log verify` says what is wrong");
    }
    Ok(Exit::Done)
}

/// Where the lines of the log are. The lines themselves are read when they are printed, page by page: a long log would
/// not fit into memory, and whoever reads it slowly must not keep its lock.
struct LogIndex {
    files: Vec<PathBuf>,
    /// The lines that have a row, in their order.
    shown: Vec<(u64, LinePosition)>,
    /// What became known of a deed: the line of the deed, and where that stands, in the order of the deeds.
    outcomes: Vec<(u64, LinePosition)>,
    is_whole: bool,
}

impl LogIndex {
    fn read(dir: &Path) -> Result<Self, Failure> {
        let (mut shown, mut outcomes) = (Vec::new(), Vec::new());
        // What cannot be read is told by `log verify`.
        let scan = Scan::read(dir, |line| match line.entry() {
            Ok(LogEntry { event: LogEvent::Known(outcome), .. }) => outcomes.push((outcome.of, line.position)),
            Ok(entry) => shown.push((entry.line, line.position)),
            Err(_) => {}
        })?;
        outcomes.sort_by_key(|(of, _)| *of);
        Ok(Self { is_whole: scan.faults.is_empty(), files: scan.into_files(), shown, outcomes })
    }

    /// The rows of some lines; nothing if lines are no longer where they were.
    fn rows(&self, page: Range<usize>) -> Option<Vec<OutputRow>> {
        let mut reader = LineReader::new(&self.files);
        let mut rows = Vec::new();
        for (number, place) in self.shown.get(page)? {
            let entry: LogEntry = serde_json::from_slice(&reader.line(*place).ok()?).ok()?;
            let start = self.outcomes.partition_point(|(of, _)| of < number);
            let known = self.outcomes[start..].iter();
            let known = known.take_while(|(of, _)| of == number);
            let mut outcomes = Vec::new();
            for (of, place) in known {
                let outcome = outcome(&reader.line(*place).ok()?)?;
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
pub(super) fn verify(caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let scan = audit::check(dir(caller)?)?;
    let head = &scan.head;
    if scan.faults.is_empty() {
        writeln!(
            caller.streams.out,
            "{} lines, each follows the one before it; the last one is {}",
            head.lines, head.last
        )?;
        return Ok(Exit::Done);
    }
    let found = scan.faults.iter();
    Err(Failure { exit: Exit::Failed, reports: found.map(|fault| (fault.to_string(), None)).collect() })
}

fn dir<'c>(caller: &'c CommandCx<'_>) -> Result<&'c Path, Failure> {
    caller
        .state_dir
        .as_deref()
        .ok_or_else(|| Failure::new(Exit::Failed, "there is nowhere that an action log could be"))
}

/// What became of a deed, from its line.
fn outcome(line: &[u8]) -> Option<LoggedOutcome> {
    match serde_json::from_slice(line).ok()? {
        LogEntry { event: LogEvent::Known(outcome), .. } => Some(*outcome),
        _ => None,
    }
}

/// One deed, with what became of it; what is only said of another line has none of its own.
fn row(entry: &LogEntry, outcomes: &[LoggedOutcome]) -> Option<OutputRow> {
    let (line, at) = (Some(entry.line), Some(time_args::format_time(entry.at)));
    let json = json!({"outcomes": outcomes});
    let mut whole = serde_json::to_value(entry).ok()?;
    let cells = match &entry.event {
        LogEvent::Sending(sending) => {
            if let (Some(whole), Some(more)) = (whole.as_object_mut(), json.as_object()) {
                // The file keeps the name that it has had from the beginning; readers know an entry as an action.
                if let Some(action) = whole.remove("deed") {
                    whole.insert("action".into(), action);
                }
                whole.extend(more.clone());
            }
            let stage = outcomes.last().map(|outcome| outcome.stage.to_string());
            let who = sending.who.user.clone().or(sending.who.os_user.clone());
            vec![
                OutputCell::from_value(line),
                OutputCell::from_value(at),
                OutputCell::from_value(who),
                OutputCell::from_value(Some(&sending.deed)),
                OutputCell::from_value(Some(&sending.target.name)),
                // The program ended before it knew more.
                OutputCell::from_value(Some(stage.unwrap_or("unknown".into()))),
                OutputCell::from_value(sending.reason.as_ref()),
                OutputCell::from_value(sending.ticket.as_ref()),
                OutputCell::from_value(Some(&sending.server)),
            ]
        }
        LogEvent::Repaired { bytes, .. } => note_cells(line, at, format!("repaired: {bytes} bytes of a torn line")),
        LogEvent::Damaged { what } => note_cells(line, at, format!("DAMAGED: {what}")),
        LogEvent::Known(_) => return None,
    };
    Some(OutputRow { cells, json: whole.to_string() })
}

/// The cells of a line that is no deed.
fn note_cells(line: Option<u64>, at: Option<String>, what: String) -> Vec<OutputCell> {
    let mut cells = vec![
        OutputCell::from_value(line),
        OutputCell::from_value(at),
        OutputCell::default(),
        OutputCell::from_value(Some(what)),
    ];
    cells.resize(COLUMNS.len(), OutputCell::default());
    cells
}
