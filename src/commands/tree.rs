//! The `tree` command: the parent chain of processes, and their children.

use std::{collections::HashSet, sync::Arc};

use super::{CommandCx, Exit, Failure, completeness::describe_unreadable, join::Joins, process_args};
use crate::api;
use crate::cli;
use crate::columns::{members, process};
use crate::fetch::{DocumentSource, Fetcher, SummaryFetch};
use crate::model::{Document, Lineage, Process, ProcessId, Summary, Top};
use crate::output::{
    self, AddedColumn, Align, ColumnError, Format, OutputCell, OutputColumn, OutputRow, RowColumns, RowFormat,
    TableWriter,
};
use crate::text;

/// The relation of the process that the tree is about.
const SUBJECT: &str = "self";

/// The field whose column has the lines of the tree.
const NAME: &str = "process_name";

/// The columns of a tree.
const FORMAT: RowFormat<Process> = RowFormat {
    fields: process::FIELDS,
    columns: &[
        OutputColumn::new("process", Align::Left)
            .min_width(30)
            .of(process::field(NAME))
            .with_value(|process| process.name.non_empty().unwrap_or(&process.path).into()),
        OutputColumn::new("pid", Align::Right)
            .of(process::field("process_pid"))
            .with_value(|process| process.pid.into()),
        OutputColumn::new("user", Align::Left).min_width(6).keep_end().rank(2).of(process::field("username")),
        OutputColumn::new("start", Align::Left).of(process::field("start")),
        OutputColumn::new("cmdline", Align::Left).min_width(16).of(process::field("cmdline")),
        OutputColumn::new("md5", Align::Left).rank(3).of(process::field("process_md5")),
        OutputColumn::new("id", Align::Left).rank(1).of(process::field("id")),
    ],
    members: members::PROCESS,
    json: |process| process.document.json().into(),
};

/// Returns the columns that a tree adds to those of its processes. A table shows relation and depth as lines.
fn added_columns(joins: &Joins) -> Vec<AddedColumn> {
    let column = |name, align| AddedColumn { name, layout: OutputColumn::new(name, align).csv_only(), before: 0 };
    let mut columns = vec![column("relation", Align::Left), column("depth", Align::Right)];
    columns.extend(joins.columns(FORMAT.columns.len()));
    columns
}

/// Runs `tree`.
pub(super) async fn tree(args: &cli::Tree, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let ids = process_args::resolve_processes(&args.processes, cx)?;
    let guides = if cx.config()?.ascii { Guides::ASCII } else { Guides::UNICODE };
    let mut joins = Joins::new(&args.join);
    let mut columns = FORMAT.choose_with(&added_columns(&joins), &args.output.fields)?;
    let mut fetcher = Fetcher::new(cx.client()?);
    let style = cx.table_style();
    let mut missing = Vec::new();
    let mut notes = Vec::new();
    let mut table = TableWriter::new(cx.streams.out, args.output.format, columns.layout(), style);
    let mut result = Ok(());
    let mut is_first = true;
    let source = document_source(&args.output);
    for ids in ids.chunks(n_trees_at_once(args.descend)) {
        let mut families = Vec::new();
        load_families(&mut fetcher, ids, args, source).await;
        result = fetch_families(&mut fetcher, ids, args, &mut families, &mut missing).await;
        joins.fetch(families.iter().flat_map(Family::processes), &mut fetcher).await;
        for family in families {
            if !is_first {
                table.write_gap()?;
            }
            is_first = false;
            let rows = tree_rows(&family, guides);
            table.write_rows(&output_rows(&rows, &joins, &mut columns)?)?;
            notes.extend(family.notes);
        }
        if result.is_err() {
            break;
        }
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

/// Returns how many trees are looked up together, before they are written: no more than the cache has room for.
const fn n_trees_at_once(generations: usize) -> usize {
    match generations {
        0 => 400,
        1 => 100,
        _ => 25,
    }
}

/// Returns where the documents come from: the columns of a tree are in the rows of searches too, other members are not.
fn document_source(output: &cli::FormatArgs) -> DocumentSource {
    match output.format {
        Format::Table | Format::Csv if output.fields.is_empty() => DocumentSource::Searches,
        _ => DocumentSource::Summaries,
    }
}

/// A process with its relatives.
struct Family {
    lineage: Arc<Lineage>,
    /// The descendants in display order, each with its generation (1 for a child), and whether it is the last child of
    /// its parent.
    descendants: Vec<(Process, usize, bool)>,
    notes: Vec<String>,
}

impl Family {
    /// Returns all of its processes.
    fn processes(&self) -> impl Iterator<Item = &Process> {
        let elders = self.lineage.ancestors.iter().chain([&self.lineage.subject]);
        elders.map(|process| &**process).chain(self.descendants.iter().map(|(process, ..)| process))
    }
}

/// Loads processes and their nearest relatives into the cache, side by side.
async fn load_families(fetcher: &mut Fetcher, ids: &[ProcessId], args: &cli::Tree, source: DocumentSource) {
    if args.descend > 0 {
        fetcher.load_summaries(ids.iter().copied(), first_children(args.children)).await;
    }
    fetcher.load_lineages(ids, args.depth.unwrap_or(usize::MAX), source).await;
}

/// Fetches processes with their relatives, up to the first error. Those that the server does not have are added to
/// `missing`.
async fn fetch_families(
    fetcher: &mut Fetcher,
    ids: &[ProcessId],
    args: &cli::Tree,
    families: &mut Vec<Family>,
    missing: &mut Vec<(ProcessId, api::Error)>,
) -> Result<(), api::Error> {
    for &id in ids {
        if fetcher.is_absent(id) {
            missing.push((id, no_process(id)));
            continue;
        }
        match fetch_family(fetcher, id, args).await {
            Ok((family, result)) => {
                families.push(family);
                result?;
            }
            Err(error @ api::Error::NotFound { .. }) => missing.push((id, error)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fetches a process with its relatives. An error among the descendants leaves them out.
async fn fetch_family(
    fetcher: &mut Fetcher,
    id: ProcessId,
    args: &cli::Tree,
) -> Result<(Family, Result<(), api::Error>), api::Error> {
    let summary = match args.descend {
        0 => None,
        _ => Some(children(fetcher, id, args.children).await?),
    };
    let lineage = fetcher.lineage(id, args.depth.unwrap_or(usize::MAX)).await?.value;
    let mut family = Family { lineage, descendants: Vec::new(), notes: Vec::new() };
    let mut result = Ok(());
    if let Some(summary) = &summary {
        result = fetch_descendants(fetcher, summary, args, &mut family).await;
    }
    if result.is_ok() {
        family.notes.extend(describe_chain_end(&family.lineage));
        family.notes.extend(summary.and_then(|summary| describe_missing(&summary, args.children)));
    } else {
        family.descendants.clear();
        family.notes.clear();
    }
    Ok((family, result))
}

/// Returns the error for a process that the server does not have.
fn no_process(id: ProcessId) -> api::Error {
    api::Error::NotFound { what: format!("process {id}") }
}

/// Returns how many children are requested first.
fn first_children(max: Option<u64>) -> u32 {
    /// Few processes have more children; if one does, more are requested.
    const DEFAULT_CHILDREN: u32 = 100;
    max.map_or(DEFAULT_CHILDREN, |max| u32::try_from(max).unwrap_or(u32::MAX))
}

/// Fetches a process with up to `max` children, or with all of them.
async fn children(fetcher: &mut Fetcher, id: ProcessId, max: Option<u64>) -> Result<Arc<Summary>, api::Error> {
    /// The maximum: a longer list is an error of the server.
    const MAX_CHILDREN: u32 = 100_000;
    let mut n_requested = first_children(max);
    loop {
        let summary = fetcher.get(SummaryFetch { id, children: n_requested }).await?.value;
        let is_full = u32::try_from(summary.children.len()).is_ok_and(|found| found >= n_requested);
        if max.is_some() || !is_full || n_requested >= MAX_CHILDREN {
            return Ok(summary);
        }
        n_requested = n_requested.saturating_mul(10);
    }
}

/// Fetches the descendants of a process, for the requested number of generations, and adds them to its family.
async fn fetch_descendants(
    fetcher: &mut Fetcher,
    summary: &Summary,
    args: &cli::Tree,
    family: &mut Family,
) -> Result<(), api::Error> {
    /// Summaries that are loaded side by side: no more than the cache has room for, however many children there are.
    const MAX_AT_ONCE: usize = 24;
    let mut seen = HashSet::from([summary.process.id]);
    let mut loaded = HashSet::new();
    // A stack of the processes to visit.
    let mut stack = Vec::new();
    push_children(&mut stack, &summary.children, 1);
    while let Some((process, generation, is_last)) = stack.pop() {
        let id = process.id;
        let is_new = seen.insert(id);
        // A child that the sensor's filtering hides has no document (reference 2.3).
        let needs_children = |process: &Process, generation| generation < args.descend && !process.is_suppressed;
        let has_children = is_new && needs_children(&process, generation);
        family.descendants.push((process, generation, is_last));
        if !has_children {
            continue;
        }
        if loaded.insert(id) {
            let next = stack.iter().rev().filter(|(process, generation, _)| needs_children(process, *generation));
            let next = next.map(|(process, ..)| process.id).filter(|id| !seen.contains(id) && !loaded.contains(id));
            let ids: Vec<_> = [id].into_iter().chain(next).take(MAX_AT_ONCE).collect();
            loaded.extend(&ids);
            fetcher.load_summaries(ids, first_children(args.children)).await;
        }
        let summary =
            if fetcher.is_absent(id) { Err(no_process(id)) } else { children(fetcher, id, args.children).await };
        match summary {
            Ok(summary) => {
                push_children(&mut stack, &summary.children, generation + 1);
                family.notes.extend(describe_missing(&summary, args.children));
            }
            Err(api::Error::NotFound { .. }) => {
                family.notes.push(format!("the server has no record of {id}: its children are unknown"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
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

/// A process of the tree, and its position there.
struct TreeLine<'t> {
    process: &'t Process,
    relation: &'static str,
    /// Generations between it and the process that the tree is about.
    depth: usize,
    /// The lines of the tree before its name.
    prefix: String,
}

/// Returns the rows: oldest ancestor first, then the marked process, then its descendants.
fn tree_rows(family: &Family, guides: Guides) -> Vec<TreeLine<'_>> {
    let lineage = &family.lineage;
    // The marker replaces two spaces, so that the lines still connect.
    let indent = |level: usize| " ".repeat(2 + level.saturating_sub(1) * 2);
    let prefix = |level: usize, guide: &str| match level {
        0 => "  ".to_owned(),
        _ => indent(level) + guide,
    };
    let generations = lineage.ancestors.len();
    let mut rows: Vec<_> = lineage
        .ancestors
        .iter()
        .rev()
        .enumerate()
        .map(|(level, process)| TreeLine {
            process,
            relation: "ancestor",
            depth: generations - level,
            prefix: prefix(level, guides.last),
        })
        .collect();

    let own = prefix(generations, guides.last);
    let prefix_of_subject = format!("> {}", own.get(2..).unwrap_or_default());
    rows.push(TreeLine { process: &lineage.subject, relation: SUBJECT, depth: 0, prefix: prefix_of_subject });

    for (process, generation, is_last) in &family.descendants {
        let guide = if *is_last { guides.last } else { guides.fork };
        let prefix = prefix(generations + generation, guide);
        rows.push(TreeLine { process, relation: "child", depth: *generation, prefix });
    }
    rows
}

/// Returns what each format needs of the rows.
fn output_rows(
    rows: &[TreeLine<'_>],
    joins: &Joins,
    columns: &mut RowColumns<Process>,
) -> Result<Vec<OutputRow>, ColumnError> {
    let extended = rows.iter().map(|TreeLine { process, relation, depth, .. }| {
        let mut row = joins.extend(process);
        row.added.splice(0..0, [OutputCell::from_value(Some(relation)), OutputCell::from_value(Some(depth))]);
        let place = [("relation", format!("{relation:?}")), ("depth", depth.to_string())];
        row.json = output::with_members(&Document::new(row.json), &place).into();
        row
    });
    let mut output_rows = columns.extended_rows(extended.collect())?;
    for (row, output_row) in rows.iter().zip(&mut output_rows) {
        if let Some(at) = columns.position(NAME) {
            output_row.cells[at].prefix.clone_from(&row.prefix);
        }
        for cell in output_row.cells.iter_mut().filter(|_| row.relation == SUBJECT) {
            cell.is_strong = true;
        }
    }
    Ok(output_rows)
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
