//! `events`: what processes did, as one timeline.

use super::{Caller, Exit, Failure, completeness::unread, process_args};
use crate::api;
use crate::cli;
use crate::fetch::{self, Timeline};
use crate::model::{Event, EventKind, What, sort_by_time};
use crate::output::{self, Align, Cell, Column, Row, Sheet};

/// The columns of events.
const COLUMNS: &[Column] = &[
    Column::new("time", Align::Left),
    Column::new("kind", Align::Left),
    Column::new("action", Align::Left),
    Column::new("what", Align::Left).least(30),
    Column::new("md5", Align::Left).rank(2),
    Column::new("segment", Align::Right).rank(3),
    Column::new("process", Align::Left).rank(1),
];

/// Rows that are written at a time.
const CHUNK: usize = 1_000;

/// Runs `events`.
pub(super) async fn events(args: &cli::Events, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let ids = process_args::named(&args.processes, caller)?;
    let client = caller.client()?;
    let mut all = Timeline::default();
    let mut missing = Vec::new();
    let mut failure = None;
    for id in ids {
        match fetch::timeline(&client, id).await {
            Ok(timeline) => {
                for gap in &timeline.gaps {
                    let number = gap.segment;
                    let error = &gap.error;
                    caller.warn(&format!("segment {number} of {id} is left out: {error}"));
                }
                all.gaps.extend(timeline.gaps);
                all.events.extend(timeline.events);
                all.broken += timeline.broken;
            }
            Err(error @ api::Error::NotFound { .. }) => missing.push((id, error)),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    sort_by_time(&mut all.events);

    let limit = match args.reading.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let found = all.events.len();
    let shown = &all.events[..found.min(limit)];
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, args.reading.format, COLUMNS, look);
    for chunk in shown.chunks(CHUNK) {
        sheet.rows(&chunk.iter().map(row).collect::<Vec<_>>())?;
    }
    sheet.finish()?;
    tell(&all, shown.len(), failure.is_none(), caller);

    if let Some(error) = failure {
        return Err(error.into());
    }
    process_args::all_there(missing)?;
    if let Some(gap) = all.gaps.into_iter().next() {
        // What is there was told, but it is not the whole answer.
        return Err(gap.error.into());
    }
    Ok(if found == 0 { Exit::Nothing } else { Exit::Done })
}

/// What stands beside the rows.
fn tell(all: &Timeline, shown: usize, is_whole: bool, caller: &mut Caller<'_>) {
    let (found, broken) = (all.events.len(), all.broken);
    if broken > 0 {
        caller.warn(&unread(broken, "records"));
    }
    let n_timeless = all.events.iter().rev().take_while(|event| event.at.is_none()).count();
    if n_timeless > 0 {
        caller.warn(&format!("{n_timeless} events have no readable time and come last"));
    }
    if found == 0 && is_whole && broken == 0 && all.gaps.is_empty() {
        caller.note("no events");
    } else if shown < found {
        caller.note(&format!("{shown} events of {found}; --limit 0 gives all"));
    }
}

fn row(event: &Event) -> Row {
    let kind = kind(event);
    let at = event.at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    Row {
        cells: vec![
            Cell::from(at),
            Cell::of(&kind.as_str().into()),
            Cell::of(&action(event).into()),
            Cell::of(&event.object()),
            Cell::from(event.md5()),
            Cell::from(Some(event.segment)),
            Cell::from(Some(event.process)),
        ],
        json: output::headed(
            &event.document,
            &[
                ("kind", output::quoted(&kind)),
                ("time", event.at.map_or_else(|| "null".into(), |at| output::quoted(&at.to_string()))),
                ("process_id", output::quoted(&event.process.to_string())),
                ("segment_id", event.segment.to_string()),
            ],
        ),
    }
}

/// The name of its kind: the server's own for one that is not known here.
fn kind(event: &Event) -> String {
    match &event.what {
        What::Other { kind, .. } => kind.raw().to_owned(),
        what => EventKind::to_string(&what.kind()),
    }
}

/// What was done, with a word where it was done to the sensor, or where the path is not certain.
fn action(event: &Event) -> String {
    let action = event.action();
    match (event.is_tamper, event.is_doubtful) {
        (true, _) => format!("{action} (tamper)"),
        (false, true) => format!("{action} (path uncertain)"),
        (false, false) => action.to_owned(),
    }
}
