//! `tree`: the parent chain of processes, and their children.

use std::{collections::HashSet, sync::Arc};

use super::{CommandCx, Exit, Failure, completeness::describe_unreadable, join::Joins, process_args, time_args};
use crate::api;
use crate::cli;
use crate::fetch::Fetcher;
use crate::model::{Lineage, Process, ProcessId, Summary, Top};
use crate::output::{self, Align, OutputCell, OutputColumn, OutputRow, TableWriter};
use crate::text;

/// The columns of a tree. A table draws relation and depth as lines.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("relation", Align::Left).csv_only(),
    OutputColumn::new("depth", Align::Right).csv_only(),
    OutputColumn::new("process", Align::Left).min_width(30),
    OutputColumn::new("pid", Align::Right),
    OutputColumn::new("user", Align::Left).min_width(6).keep_end().rank(2),
    OutputColumn::new("start", Align::Left),
    OutputColumn::new("cmdline", Align::Left).min_width(16),
    OutputColumn::new("md5", Align::Left).rank(3),
    OutputColumn::new("id", Align::Left).rank(1),
];

/// Runs `tree`.
pub(super) async fn tree(args: &cli::Tree, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let ids = process_args::resolve_processes(&args.processes, caller)?;
    let is_ascii = caller.config()?.ascii;
    let mut reader = Fetcher::new(caller.client()?);
    let look = caller.table_style();
    let mut missing = Vec::new();
    let mut notes = Vec::new();
    let mut joins = Joins::new(&args.join);
    let columns = joins.columns(COLUMNS);
    let mut sheet = TableWriter::new(caller.streams.out, args.format, columns, look);
    let mut ended = Ok(());
    let mut is_first = true;
    for id in ids {
        let (summary, lineage) = match fetch_relatives(&mut reader, id, args).await {
            Ok(family) => family,
            Err(error @ api::Error::NotFound { .. }) => {
                missing.push((id, error));
                continue;
            }
            Err(error) => {
                ended = Err(error);
                break;
            }
        };
        if !is_first {
            sheet.write_gap()?;
        }
        is_first = false;
        let ancestors = lineage.ancestors.iter().map(|process| &**process);
        let family = ancestors.chain([&summary.process]);
        joins.fetch(family, &mut reader).await;
        let descendants = match descendants(&mut reader, &summary, args).await {
            Ok(descendants) => descendants,
            Err(error) => {
                ended = Err(error);
                Descendants::default()
            }
        };
        let family = descendants.rows.iter().map(|(process, ..)| process);
        joins.fetch(family, &mut reader).await;
        sheet.write_rows(&rows(&summary, &lineage, &descendants, &joins, Guides::new(is_ascii)))?;
        notes.extend(descendants.notes);
        if ended.is_err() {
            break;
        }
        notes.extend(describe_chain_end(&lineage));
        notes.extend(describe_missing(&summary, args.children));
    }
    sheet.finish()?;
    joins.report_failures(caller);
    for note in notes {
        caller.note(&note);
    }
    ended?;
    process_args::check_none_missing(missing)?;
    Ok(Exit::Done)
}

/// A process with its children and its ancestors.
async fn fetch_relatives(
    reader: &mut Fetcher,
    id: ProcessId,
    args: &cli::Tree,
) -> Result<(Arc<Summary>, Arc<Lineage>), api::Error> {
    let summary = children(reader, id, args.children).await?;
    let depth = args.depth.unwrap_or(usize::MAX);
    let lineage = reader.lineage(id, depth).await?.value;
    Ok((summary, lineage))
}

/// A process with so many of its children, or all of them.
async fn children(reader: &mut Fetcher, id: ProcessId, most: Option<u64>) -> Result<Arc<Summary>, api::Error> {
    /// Rarely does a process have more children; if it does, more are asked for.
    const FIRST: u32 = 100;
    /// More than this is a broken server's answer.
    const MOST: u32 = 100_000;
    let mut wanted = match most {
        Some(wanted) => u32::try_from(wanted).unwrap_or(u32::MAX),
        None => FIRST,
    };
    loop {
        let summary = reader.summary(id, wanted).await?.value;
        let is_full = u32::try_from(summary.children.len()).is_ok_and(|found| found >= wanted);
        if most.is_some() || !is_full || wanted >= MOST {
            return Ok(summary);
        }
        wanted = wanted.saturating_mul(10);
    }
}

/// Whose ancestor a process is, in the order in which they are shown.
#[derive(Default)]
struct Descendants {
    /// Each with its generation, 1 for a child, and whether it is the last child of its parent.
    rows: Vec<(Process, usize, bool)>,
    notes: Vec<String>,
}

/// The children of a process, their children, and so on for as many generations as are wanted.
async fn descendants(reader: &mut Fetcher, summary: &Summary, args: &cli::Tree) -> Result<Descendants, api::Error> {
    let mut found = Descendants::default();
    let mut seen = HashSet::from([summary.process.id]);
    // What is still to be shown, the next one last.
    let mut open = Vec::new();
    if args.descend > 0 {
        push_children(&mut open, &summary.children, 1);
    }
    while let Some((process, generation, is_last)) = open.pop() {
        let id = process.id;
        let is_new = seen.insert(id);
        // A child that the sensor's filtering hides has no document of its own (reference 2.3).
        let has_document = is_new && !process.is_suppressed;
        found.rows.push((process, generation, is_last));
        if generation >= args.descend || !has_document {
            continue;
        }
        match children(reader, id, args.children).await {
            Ok(summary) => {
                push_children(&mut open, &summary.children, generation + 1);
                found.notes.extend(describe_missing(&summary, args.children));
            }
            Err(api::Error::NotFound { .. }) => {
                found.notes.push(format!("the server has no document of {id}, so its children are not known"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Adds the children of a process so that the first comes out first.
fn push_children(open: &mut Vec<(Process, usize, bool)>, children: &[Process], generation: usize) {
    let n = children.len();
    let each = children.iter().enumerate().rev();
    open.extend(each.map(|(at, child)| (child.clone(), generation, at + 1 == n)));
}

/// The lines of the drawing.
#[derive(Clone, Copy)]
struct Guides {
    fork: &'static str,
    last: &'static str,
}

impl Guides {
    fn new(is_ascii: bool) -> Self {
        if is_ascii { Self { fork: "|-", last: "`-" } } else { Self { fork: "├ ", last: "└ " } }
    }
}

/// The oldest ancestor first, the process itself marked, its children last.
fn rows(
    summary: &Summary,
    lineage: &Lineage,
    descendants: &Descendants,
    joins: &Joins,
    guides: Guides,
) -> Vec<OutputRow> {
    // What marks the process takes the room of two blanks, so that the lines still meet.
    let indent = |level: usize| " ".repeat(2 + level.saturating_sub(1) * 2);
    let lead = |level: usize, guide: &str| match level {
        0 => "  ".to_owned(),
        _ => indent(level) + guide,
    };
    let generations = lineage.ancestors.len();
    let mut rows: Vec<OutputRow> = lineage
        .ancestors
        .iter()
        .rev()
        .enumerate()
        .map(|(level, process)| row(process, "ancestor", generations - level, lead(level, guides.last), joins))
        .collect();

    let own = lead(generations, guides.last);
    let mut subject = row(&summary.process, "self", 0, format!("> {}", own.get(2..).unwrap_or_default()), joins);
    for cell in &mut subject.cells {
        cell.is_strong = true;
    }
    rows.push(subject);

    for (child, generation, is_last) in &descendants.rows {
        let guide = if *is_last { guides.last } else { guides.fork };
        let lead = lead(generations + generation, guide);
        rows.push(row(child, "child", *generation, lead, joins));
    }
    rows
}

fn row(process: &Process, relation: &str, depth: usize, lead: String, joins: &Joins) -> OutputRow {
    let mut name = OutputCell::from_untrusted(process.name.non_empty().unwrap_or(&process.path));
    name.prefix = lead;
    let mut cells = vec![
        OutputCell::from_value(Some(relation)),
        OutputCell::from_value(Some(depth)),
        name,
        OutputCell::from_value(process.pid),
        OutputCell::from_untrusted(&process.user),
        OutputCell::from_value(process.started.map(time_args::format_time)),
        OutputCell::from_untrusted(&process.cmdline),
        OutputCell::from_value(process.md5),
        OutputCell::from_value(Some(process.id)),
    ];
    joins.extend(process, &mut cells);
    let mut added = joins.json_members(process);
    added.push(("relation", format!("{relation:?}")));
    added.push(("depth", depth.to_string()));
    OutputRow { cells, json: output::with_members(&process.document, &added) }
}

/// Why the chain goes no further, unless it is the natural end.
fn describe_chain_end(lineage: &Lineage) -> Option<String> {
    let subject = lineage.subject.id;
    let reason = match &lineage.top {
        Top::Root => return None,
        Top::Unknown => "its oldest process has a parent that the sensor did not see".to_owned(),
        Top::NotRecorded(parent) => format!("the server has no document of {parent}"),
        Top::Suppressed(parent) => format!("the sensor's filtering hides {parent}"),
        Top::Loop(parent) => format!("{parent} is in it already"),
        // More are known to be there, but were not asked for.
        Top::Walking => format!("{} ancestors were wanted at most", lineage.ancestors.len()),
        Top::TooDeep(limit) => format!("{limit} ancestors were wanted at most"),
    };
    Some(format!("the chain of {subject} ends here: {reason}"))
}

/// What of the children is not shown.
fn describe_missing(summary: &Summary, wanted: Option<u64>) -> Option<String> {
    let id = summary.process.id;
    if summary.n_unreadable > 0 {
        return Some(format!("{id}: {}", describe_unreadable(summary.n_unreadable, "relatives")));
    }
    let shown = u64::try_from(summary.children.len()).unwrap_or(u64::MAX);
    (wanted == Some(shown)).then(|| {
        let n = text::pluralize(shown, "child", "children");
        format!("no more than {n} of {id} wanted; there may be more")
    })
}
