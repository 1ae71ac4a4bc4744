//! `log`: what was changed on servers, and whether the record of it is whole.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::json;

use super::{Caller, DEMO, Exit, Failure, when};
use crate::output::{Align, Cell, Column, Format, Row, Sheet};
use crate::record::actions::{self, Entry, Event, Outcome, Scan};

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
pub(super) fn show(format: Format, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    // As they are on the disk, they take the least memory. Nothing is printed yet: whoever reads it page by page must not
    // keep the lock of the log.
    let mut shown: Vec<Box<[u8]>> = Vec::new();
    let mut outcomes: BTreeMap<u64, Vec<Box<[u8]>>> = BTreeMap::new();
    let scan = Scan::read(dir(caller)?, |line| match line.entry() {
        Ok(Entry {
            event: Event::Known(outcome),
            ..
        }) => {
            let known = outcomes.entry(outcome.of).or_default();
            known.push(line.bytes.into());
        }
        Ok(_) => shown.push(line.bytes.into()),
        Err(_) => {}
    })?;
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
    for page in shown.chunks(PAGE) {
        let entries = page
            .iter()
            .filter_map(|line| serde_json::from_slice(line).ok());
        let rows: Vec<Row> = entries
            .filter_map(|entry: Entry| {
                let known = outcomes.remove(&entry.line).unwrap_or_default();
                let known = known.iter().filter_map(|line| outcome(line));
                row(&entry, &known.collect::<Vec<_>>())
            })
            .collect();
        sheet.rows(&rows)?;
    }
    sheet.finish()?;
    if shown.is_empty() {
        caller.note("nothing was changed yet");
        let demo = dir(caller)?.join(DEMO).join(actions::FILE);
        if fs::metadata(demo).is_ok_and(|log| log.len() > 0) {
            caller.note(
                "what was changed in the demo has a log of its own: lampblack log show --demo",
            );
        }
    }
    if !scan.faults.is_empty() {
        caller.warn("the log is not whole; `lampblack log verify` says what is wrong");
    }
    Ok(Exit::Done)
}

/// Runs `log verify`.
pub(super) fn verify(caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let scan = actions::check(dir(caller)?)?;
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
    Err(Failure {
        exit: Exit::Failed,
        reports: found.map(|fault| (fault.to_string(), None)).collect(),
    })
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
        Entry {
            event: Event::Known(outcome),
            ..
        } => Some(*outcome),
        _ => None,
    }
}

/// One deed, with what became of it; what is only said of another line has none of its own.
fn row(entry: &Entry, outcomes: &[Outcome]) -> Option<Row> {
    let (line, at) = (Some(entry.line), Some(when::shown(entry.at)));
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
        Event::Repaired { bytes, .. } => {
            aside(line, at, format!("repaired: {bytes} bytes of a torn line"))
        }
        Event::Damaged { what } => aside(line, at, format!("DAMAGED: {what}")),
        Event::Known(_) => return None,
    };
    Some(Row {
        cells,
        json: whole.to_string(),
    })
}

/// The cells of a line that is no deed.
fn aside(line: Option<u64>, at: Option<String>, what: String) -> Vec<Cell> {
    let mut cells = vec![
        Cell::from(line),
        Cell::from(at),
        Cell::default(),
        Cell::from(Some(what)),
    ];
    cells.resize(COLUMNS.len(), Cell::default());
    cells
}
