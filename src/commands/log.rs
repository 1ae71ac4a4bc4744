//! `log`: what was changed on servers, and whether the record of it is whole.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{Caller, DEMO, Exit, Failure, time_args};
use crate::audit::{self, Entry, Event, LineReader, Outcome, Place, Scan};
use crate::output::{Align, Cell, Column, Format, Row, Sheet};

/// How many rows are written at a time.
const PAGE: usize = 500;

/// The columns of the log.
const COLUMNS: &[Column] = &[
    Column::new("line", Align::Right),
    Column::new("at", Align::Left),
    Column::new("who", Align::Left).least(8).rank(2),
    Column::new("deed", Align::Left),
    Column::new("target", Align::Left).least(12),
    Column::new("outcome", Align::Left),
    Column::new("reason", Align::Left).least(12),
    Column::new("ticket", Align::Left).rank(1),
    Column::new("server", Align::Left).rank(3),
];

/// Runs `log show`.
pub(super) fn show(limit: Option<usize>, format: Format, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let state = dir(caller)?.to_owned();
    let mut index = Index::read(&state)?;
    let is_whole = index.is_whole;
    let n = index.shown.len();
    let mut at = n - limit.map_or(n, |limit| limit.min(n));
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
    while at < n {
        let page = at..n.min(at + PAGE);
        let rows = if let Some(rows) = index.rows(page.clone()) {
            rows
        } else {
            // A program that has written a line since may have moved the others into an archive.
            index = Index::read(&state)?;
            let moved = "the action log was changed while it was read";
            index.rows(page.clone()).ok_or_else(|| Failure::new(Exit::Failed, moved).hint("start it again"))?
        };
        sheet.rows(&rows)?;
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
struct Index {
    files: Vec<PathBuf>,
    /// The lines that have a row, in their order.
    shown: Vec<(u64, Place)>,
    /// What became known of a deed: the line of the deed, and where that stands, in the order of the deeds.
    outcomes: Vec<(u64, Place)>,
    is_whole: bool,
}

impl Index {
    fn read(dir: &Path) -> Result<Self, Failure> {
        let (mut shown, mut outcomes) = (Vec::new(), Vec::new());
        // What cannot be read is told by `log verify`.
        let scan = Scan::read(dir, |line| match line.entry() {
            Ok(Entry { event: Event::Known(outcome), .. }) => outcomes.push((outcome.of, line.place)),
            Ok(entry) => shown.push((entry.line, line.place)),
            Err(_) => {}
        })?;
        outcomes.sort_by_key(|(of, _)| *of);
        Ok(Self { is_whole: scan.faults.is_empty(), files: scan.into_files(), shown, outcomes })
    }

    /// The rows of some lines; nothing if lines are no longer where they were.
    fn rows(&self, page: Range<usize>) -> Option<Vec<Row>> {
        let mut reader = LineReader::new(&self.files);
        let mut rows = Vec::new();
        for (number, place) in self.shown.get(page)? {
            let entry: Entry = serde_json::from_slice(&reader.line(*place).ok()?).ok()?;
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
pub(super) fn verify(caller: &mut Caller<'_>) -> Result<Exit, Failure> {
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

fn dir<'c>(caller: &'c Caller<'_>) -> Result<&'c Path, Failure> {
    caller
        .state_dir
        .as_deref()
        .ok_or_else(|| Failure::new(Exit::Failed, "there is nowhere that an action log could be"))
}

/// What became of a deed, from its line.
fn outcome(line: &[u8]) -> Option<Outcome> {
    match serde_json::from_slice(line).ok()? {
        Entry { event: Event::Known(outcome), .. } => Some(*outcome),
        _ => None,
    }
}

/// One deed, with what became of it; what is only said of another line has none of its own.
fn row(entry: &Entry, outcomes: &[Outcome]) -> Option<Row> {
    let (line, at) = (Some(entry.line), Some(time_args::shown(entry.at)));
    let json = json!({"outcomes": outcomes});
    let mut whole = serde_json::to_value(entry).ok()?;
    let cells = match &entry.event {
        Event::Sending(sending) => {
            if let (Some(whole), Some(more)) = (whole.as_object_mut(), json.as_object()) {
                whole.extend(more.clone());
            }
            let stage = outcomes.last().map(|outcome| outcome.stage.to_string());
            let who = sending.who.user.clone().or(sending.who.os_user.clone());
            vec![
                Cell::from(line),
                Cell::from(at),
                Cell::from(who),
                Cell::from(Some(&sending.deed)),
                Cell::from(Some(&sending.target.name)),
                // The program ended before it knew more.
                Cell::from(Some(stage.unwrap_or("unknown".into()))),
                Cell::from(sending.reason.as_ref()),
                Cell::from(sending.ticket.as_ref()),
                Cell::from(Some(&sending.server)),
            ]
        }
        Event::Repaired { bytes, .. } => aside(line, at, format!("repaired: {bytes} bytes of a torn line")),
        Event::Damaged { what } => aside(line, at, format!("DAMAGED: {what}")),
        Event::Known(_) => return None,
    };
    Some(Row { cells, json: whole.to_string() })
}

/// The cells of a line that is no deed.
fn aside(line: Option<u64>, at: Option<String>, what: String) -> Vec<Cell> {
    let mut cells = vec![Cell::from(line), Cell::from(at), Cell::default(), Cell::from(Some(what))];
    cells.resize(COLUMNS.len(), Cell::default());
    cells
}
