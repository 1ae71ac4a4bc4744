//! The `events` command: the events of processes as one timeline.

use super::{CommandCx, Exit, Failure, completeness::describe_unreadable, process_args};
use crate::api;
use crate::cli;
use crate::fetch::{self, TimelineWalk};
use crate::model::{Event, EventFacts, EventKind, sort_by_time};
use crate::output::{self, Align, OutputCell, OutputColumn, OutputRow, TableWriter};

/// The columns of events.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("time", Align::Left),
    OutputColumn::new("kind", Align::Left),
    OutputColumn::new("action", Align::Left),
    OutputColumn::new("what", Align::Left).min_width(30),
    OutputColumn::new("md5", Align::Left).rank(2),
    OutputColumn::new("segment", Align::Right).rank(3),
    OutputColumn::new("process", Align::Left).rank(1),
];

/// The number of rows per write.
const CHUNK: usize = 1_000;

/// Runs `events`.
pub(super) async fn events(args: &cli::Events, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let ids = process_args::resolve_processes(&args.processes, cx)?;
    let client = cx.client()?;
    let mut all = TimelineWalk::default();
    let mut missing = Vec::new();
    let mut failure = None;
    for id in ids {
        match fetch::timeline(&client, id).await {
            Ok(timeline) => {
                for gap in &timeline.gaps {
                    let number = gap.segment;
                    let error = &gap.error;
                    cx.warn(&format!("segment {number} of {id} is skipped: {error}"));
                }
                all.gaps.extend(timeline.gaps);
                all.events.extend(timeline.events);
                all.n_unreadable += timeline.n_unreadable;
            }
            Err(error @ api::Error::NotFound { .. }) => missing.push((id, error)),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    sort_by_time(&mut all.events);

    let limit = match args.output.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let n_events = all.events.len();
    let shown = &all.events[..n_events.min(limit)];
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, args.output.format, COLUMNS, style);
    for chunk in shown.chunks(CHUNK) {
        table.write_rows(&chunk.iter().map(row).collect::<Vec<_>>())?;
    }
    table.finish()?;
    report_gaps(&all, shown.len(), failure.is_none(), cx);

    if let Some(error) = failure {
        return Err(error.into());
    }
    process_args::check_none_missing(missing)?;
    if let Some(gap) = all.gaps.into_iter().next() {
        // The events were printed, but they are incomplete.
        return Err(gap.error.into());
    }
    Ok(if n_events == 0 { Exit::NoResults } else { Exit::Done })
}

/// Reports what is missing, and how many events were printed.
fn report_gaps(timeline: &TimelineWalk, n_shown: usize, is_complete: bool, cx: &mut CommandCx<'_>) {
    let (n_events, n_unreadable) = (timeline.events.len(), timeline.n_unreadable);
    if n_unreadable > 0 {
        cx.warn(&describe_unreadable(n_unreadable, "records"));
    }
    let n_timeless = timeline.events.iter().rev().take_while(|event| event.at.is_none()).count();
    if n_timeless > 0 {
        cx.warn(&format!("{n_timeless} events have no readable time and are listed last"));
    }
    if n_events == 0 && is_complete && n_unreadable == 0 && timeline.gaps.is_empty() {
        cx.note("no events");
    } else if n_shown < n_events {
        cx.note(&format!("{n_shown} of {n_events} events; --limit 0 shows all"));
    }
}

fn row(event: &Event) -> OutputRow {
    let kind = kind_name(event);
    let at = event.at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    OutputRow {
        cells: vec![
            OutputCell::from_value(at),
            OutputCell::from_untrusted(&kind.as_str().into()),
            OutputCell::from_untrusted(&describe_action(event).into()),
            OutputCell::from_untrusted(&event.object()),
            OutputCell::from_value(event.md5()),
            OutputCell::from_value(Some(event.segment)),
            OutputCell::from_value(Some(event.process)),
        ],
        json: output::with_leading_members(
            &event.document,
            &[
                ("kind", output::quote_json(&kind)),
                ("time", event.at.map_or_else(|| "null".into(), |at| output::quote_json(&at.to_string()))),
                ("process_id", output::quote_json(&event.process.to_string())),
                ("segment_id", event.segment.to_string()),
            ],
        ),
    }
}

/// Returns the kind of an event; for an unknown kind, the server's name.
fn kind_name(event: &Event) -> String {
    match &event.what {
        EventFacts::Other { kind, .. } => kind.raw().to_owned(),
        what => EventKind::to_string(&what.kind()),
    }
}

/// Returns the action of an event, marked if it was tampering or if its path is uncertain.
fn describe_action(event: &Event) -> String {
    let action = event.action();
    match (event.is_tamper, event.is_ambiguous) {
        (true, _) => format!("{action} (tamper)"),
        (false, true) => format!("{action} (path uncertain)"),
        (false, false) => action.to_owned(),
    }
}
