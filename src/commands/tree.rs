//! The `tree` command: the parent chain of processes, and their children.

use std::{collections::HashSet, sync::Arc};

use super::{CommandCx, Exit, Failure, completeness::describe_unreadable, join::Joins, process_args};
use crate::api;
use crate::cli;
use crate::fetch::{Fetcher, SummaryFetch};
use crate::model::{Lineage, Process, ProcessId, Summary, Top};
use crate::output::{self, Align, OutputCell, OutputColumn, OutputRow, TableWriter};
use crate::text;

/// The columns of a tree. A table shows relation and depth as lines.
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
pub(super) async fn tree(args: &cli::Tree, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let ids = process_args::resolve_processes(&args.processes, cx)?;
    let guides = if cx.config()?.ascii { Guides::ASCII } else { Guides::UNICODE };
    let mut fetcher = Fetcher::new(cx.client()?);
    let style = cx.table_style();
    let mut missing = Vec::new();
    let mut notes = Vec::new();
    let mut joins = Joins::new(&args.join);
    let columns = joins.columns(COLUMNS.to_vec());
    let mut table = TableWriter::new(cx.streams.out, args.format, columns, style);
    let mut result = Ok(());
    let mut is_first = true;
    for id in ids {
        let (summary, lineage) = match fetch_relatives(&mut fetcher, id, args).await {
            Ok(family) => family,
            Err(error @ api::Error::NotFound { .. }) => {
                missing.push((id, error));
                continue;
            }
            Err(error) => {
                result = Err(error);
                break;
            }
        };
        if !is_first {
            table.write_gap()?;
        }
        is_first = false;
        let ancestors = lineage.ancestors.iter().map(|process| &**process);
        let family = ancestors.chain([&summary.process]);
        joins.fetch(family, &mut fetcher).await;
        let descendants = match descendants(&mut fetcher, &summary, args).await {
            Ok(descendants) => descendants,
            Err(error) => {
                result = Err(error);
                Descendants::default()
            }
        };
        let family = descendants.rows.iter().map(|(process, ..)| process);
        joins.fetch(family, &mut fetcher).await;
        table.write_rows(&rows(&summary, &lineage, &descendants, &joins, guides))?;
        notes.extend(descendants.notes);
        if result.is_err() {
            break;
        }
        notes.extend(describe_chain_end(&lineage));
        notes.extend(describe_missing(&summary, args.children));
    }
    table.finish()?;
    joins.report_failures(cx);
    for note in notes {
        cx.note(&note);
    }
    result?;
    process_args::check_none_missing(missing)?;
    Ok(Exit::Done)
}

/// Fetches a process with its children and its ancestors.
async fn fetch_relatives(
    fetcher: &mut Fetcher,
    id: ProcessId,
    args: &cli::Tree,
) -> Result<(Arc<Summary>, Arc<Lineage>), api::Error> {
    let summary = children(fetcher, id, args.children).await?;
    let depth = args.depth.unwrap_or(usize::MAX);
    let lineage = fetcher.lineage(id, depth).await?.value;
    Ok((summary, lineage))
}

/// Fetches a process with up to `max` children, or with all of them.
async fn children(fetcher: &mut Fetcher, id: ProcessId, max: Option<u64>) -> Result<Arc<Summary>, api::Error> {
    /// Few processes have more children; if one does, more are requested.
    const DEFAULT_CHILDREN: u32 = 100;
    /// The maximum: a longer list is an error of the server.
    const MAX_CHILDREN: u32 = 100_000;
    let mut n_requested = match max {
        Some(n_requested) => u32::try_from(n_requested).unwrap_or(u32::MAX),
        None => DEFAULT_CHILDREN,
    };
    loop {
        let summary = fetcher.get(SummaryFetch { id, children: n_requested }).await?.value;
        let is_full = u32::try_from(summary.children.len()).is_ok_and(|found| found >= n_requested);
        if max.is_some() || !is_full || n_requested >= MAX_CHILDREN {
            return Ok(summary);
        }
        n_requested = n_requested.saturating_mul(10);
    }
}

/// The descendants of a process, in display order.
#[derive(Default)]
struct Descendants {
    /// Each process with its generation (1 for a child), and whether it is the last child of its parent.
    rows: Vec<(Process, usize, bool)>,
    notes: Vec<String>,
}

/// Fetches the descendants of a process, for the requested number of generations.
async fn descendants(fetcher: &mut Fetcher, summary: &Summary, args: &cli::Tree) -> Result<Descendants, api::Error> {
    let mut descendants = Descendants::default();
    let mut seen = HashSet::from([summary.process.id]);
    // A stack of the processes to visit.
    let mut stack = Vec::new();
    if args.descend > 0 {
        push_children(&mut stack, &summary.children, 1);
    }
    while let Some((process, generation, is_last)) = stack.pop() {
        let id = process.id;
        let is_new = seen.insert(id);
        // A child that the sensor's filtering hides has no document (reference 2.3).
        let has_document = is_new && !process.is_suppressed;
        descendants.rows.push((process, generation, is_last));
        if generation >= args.descend || !has_document {
            continue;
        }
        match children(fetcher, id, args.children).await {
            Ok(summary) => {
                push_children(&mut stack, &summary.children, generation + 1);
                descendants.notes.extend(describe_missing(&summary, args.children));
            }
            Err(api::Error::NotFound { .. }) => {
                descendants.notes.push(format!("the server has no record of {id}: its children are unknown"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(descendants)
}

/// Pushes the children of a process so that the first is popped first.
fn push_children(stack: &mut Vec<(Process, usize, bool)>, children: &[Process], generation: usize) {
    let n = children.len();
    let reversed = children.iter().enumerate().rev();
    stack.extend(reversed.map(|(index, child)| (child.clone(), generation, index + 1 == n)));
}

/// The characters of the tree lines.
#[derive(Clone, Copy)]
struct Guides {
    fork: &'static str,
    last: &'static str,
}

impl Guides {
    const ASCII: Self = Self { fork: "|-", last: "`-" };
    const UNICODE: Self = Self { fork: "├ ", last: "└ " };
}

/// Returns the rows: oldest ancestor first, then the marked process, then its descendants.
fn rows(
    summary: &Summary,
    lineage: &Lineage,
    descendants: &Descendants,
    joins: &Joins,
    guides: Guides,
) -> Vec<OutputRow> {
    // The marker replaces two spaces, so that the lines still connect.
    let indent = |level: usize| " ".repeat(2 + level.saturating_sub(1) * 2);
    let prefix = |level: usize, guide: &str| match level {
        0 => "  ".to_owned(),
        _ => indent(level) + guide,
    };
    let generations = lineage.ancestors.len();
    let mut rows: Vec<OutputRow> = lineage
        .ancestors
        .iter()
        .rev()
        .enumerate()
        .map(|(level, process)| row(process, "ancestor", generations - level, prefix(level, guides.last), joins))
        .collect();

    let own = prefix(generations, guides.last);
    let mut subject = row(&summary.process, "self", 0, format!("> {}", own.get(2..).unwrap_or_default()), joins);
    for cell in &mut subject.cells {
        cell.is_strong = true;
    }
    rows.push(subject);

    for (child, generation, is_last) in &descendants.rows {
        let guide = if *is_last { guides.last } else { guides.fork };
        let prefix = prefix(generations + generation, guide);
        rows.push(row(child, "child", *generation, prefix, joins));
    }
    rows
}

fn row(process: &Process, relation: &str, depth: usize, prefix: String, joins: &Joins) -> OutputRow {
    let mut name = OutputCell::from_untrusted(process.name.non_empty().unwrap_or(&process.path));
    name.prefix = prefix;
    let mut cells = vec![
        OutputCell::from_value(Some(relation)),
        OutputCell::from_value(Some(depth)),
        name,
        OutputCell::from_value(process.pid),
        OutputCell::from_untrusted(&process.user),
        OutputCell::from_value(process.started.map(output::format_time)),
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

/// Returns why the chain of ancestors ends early; `None` at its natural end.
fn describe_chain_end(lineage: &Lineage) -> Option<String> {
    let subject = lineage.subject.id;
    let reason = match &lineage.top {
        Top::Root => return None,
        Top::Unknown => "the parent of its oldest process is not recorded".to_owned(),
        Top::NotRecorded(parent) => format!("the record of {parent} is no longer on the server"),
        Top::Suppressed(parent) => format!("{parent} is suppressed by a sensor filter"),
        Top::Loop(parent) => format!("loop detected at {parent}"),
        // More ancestors exist, but were not requested.
        Top::Walking => format!("limit of {} ancestors", lineage.ancestors.len()),
        Top::TooDeep(limit) => format!("limit of {limit} ancestors"),
    };
    Some(format!("the chain of {subject} ends here: {reason}"))
}

/// Returns which children are not shown.
fn describe_missing(summary: &Summary, limit: Option<u64>) -> Option<String> {
    let id = summary.process.id;
    if summary.n_unreadable > 0 {
        return Some(format!("{id}: {}", describe_unreadable(summary.n_unreadable, "relatives")));
    }
    let shown = u64::try_from(summary.children.len()).unwrap_or(u64::MAX);
    (limit == Some(shown)).then(|| {
        let n = text::pluralize(shown, "child", "children");
        format!("limit of {n} of {id}; there may be more")
    })
}
