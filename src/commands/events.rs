//! The `events` command: the events of processes as one timeline.

use super::{CommandCx, Exit, Failure, completeness::describe_unreadable, process_args};
use crate::api;
use crate::cli;
use crate::columns::{CellValue, event};
use crate::fetch::{self, TimelineWalk};
use crate::model::{Event, sort_by_time};
use crate::output::{self, Align, OutputColumn, RowFormat, TableWriter};

/// The columns of events.
const FORMAT: RowFormat<Event> = RowFormat {
    fields: event::FIELDS,
    columns: &[
        OutputColumn::new("time", Align::Left)
            .of(event::field("time"))
            .with_value(|event| CellValue::text_of(event.at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")))),
        OutputColumn::new("kind", Align::Left).of(event::field("kind")),
        OutputColumn::new("action", Align::Left).of(event::field("action")),
        OutputColumn::new("what", Align::Left).min_width(30).of(event::field("what")),
        OutputColumn::new("md5", Align::Left).rank(2).of(event::field("md5")),
        OutputColumn::new("segment", Align::Right).rank(3).of(event::field("segment_id")),
        OutputColumn::new("process", Align::Left).rank(1).of(event::field("process_id")),
    ],
    members: "",
    json: |event| json(event).into(),
};

/// The number of rows per write.
const CHUNK: usize = 1_000;

/// Runs `events`.
pub(super) async fn events(args: &cli::Events, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let ids = process_args::resolve_processes(&args.processes, cx)?;
    let mut columns = FORMAT.choose(&args.output.fields)?;
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
    // Events of one kind have members that others lack.
    columns.check(shown)?;
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, args.output.format, columns.layout(), style);
    for chunk in shown.chunks(CHUNK) {
        table.write_rows(&columns.rows(chunk)?)?;
    }
    table.finish()?;
    report_gaps(&all, shown.len(), failure.as_ref(), cx);

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
fn report_gaps(timeline: &TimelineWalk, n_shown: usize, failure: Option<&api::Error>, cx: &mut CommandCx<'_>) {
    let (n_events, n_unreadable) = (timeline.events.len(), timeline.n_unreadable);
    if n_unreadable > 0 {
        cx.warn(&describe_unreadable(n_unreadable, "records"));
    }
    let n_timeless = timeline.events.iter().rev().take_while(|event| event.at.is_none()).count();
    if n_timeless > 0 {
        cx.warn(&format!("{n_timeless} events have no readable time and are listed last"));
    }
    if n_events == 0 && failure.is_none() && n_unreadable == 0 && timeline.gaps.is_empty() {
        cx.note("no events");
    } else if n_shown < n_events {
        cx.note(&format!("{n_shown} of {n_events} events; --limit 0 shows all"));
    }
}

/// Returns the record of `event` with its kind, time and process before its own members.
fn json(event: &Event) -> String {
    let kind = event::field("kind").text(event);
    output::with_leading_members(
        &event.document,
        &[
            ("kind", output::quote_json(kind.raw())),
            ("time", event.at.map_or_else(|| "null".into(), |at| output::quote_json(&at.to_string()))),
            ("process_id", output::quote_json(&event.process.to_string())),
            ("segment_id", event.segment.to_string()),
        ],
    )
}
