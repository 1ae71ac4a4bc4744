//! The `search` command: processes that match a query.

use super::{CommandCx, Exit, Failure, join::Joins, page_reader::PageReader, page_summary, query_argument, time_args};
use crate::cli;
use crate::columns::{members, process};
use crate::fetch::Fetcher;
use crate::model::{Process, ProcessDocument, Search};
use crate::output::{Align, OutputColumn, RowFormat, TableWriter};
use crate::query::{self, Index};

/// The columns of processes. In a narrow terminal, those with a higher rank are hidden first.
const FORMAT: RowFormat<Process> = RowFormat {
    fields: process::FIELDS,
    columns: &[
        OutputColumn::new("start", Align::Left).of(process::field("start")),
        OutputColumn::new("host", Align::Left).min_width(12).of(process::field("hostname")),
        OutputColumn::new("user", Align::Left).min_width(6).keep_end().rank(3).of(process::field("username")),
        OutputColumn::new("parent", Align::Left).min_width(12).rank(2).of(process::field("parent_name")),
        OutputColumn::new("process", Align::Left).min_width(12).of(process::field("process_name")),
        OutputColumn::new("pid", Align::Right)
            .of(process::field("process_pid"))
            .with_value(|process| process.pid.into()),
        OutputColumn::new("cmdline", Align::Left).min_width(20).of(process::field("cmdline")),
        OutputColumn::new("md5", Align::Left).rank(4).of(process::field("process_md5")),
        OutputColumn::new("id", Align::Left).rank(1).of(process::field("id")),
    ],
    members: members::PROCESS,
    json: |process| process.document.json().into(),
};

/// Runs `search`.
pub(super) async fn search(args: &cli::Search, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let search = search_from_args(args, cx)?;
    let mut joins = Joins::new(&args.join);
    let columns = FORMAT.choose_with(&joins.columns(FORMAT.columns.len()), &args.output.fields)?;
    let mut columns = columns.only_for(args.output.format);
    let client = cx.client()?;
    if args.count {
        let count = page_summary::count::<Process>(&search, &client, cx).await?;
        if count > 0 && !args.segments {
            cx.note("counts segments (a process may have several)");
        }
        return Ok(Exit::Done);
    }

    let limit = (args.output.limit > 0).then_some(args.output.limit);
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, args.output.format, columns.layout(), style);
    let needs_records_only = args.output.format.is_json() && args.output.fields.is_empty() && joins.is_empty();
    let mut outcome = if needs_records_only {
        let mut pages = PageReader::<ProcessDocument>::new("process", &client, search, limit);
        while let Some(page) = pages.next().await {
            table.write_documents(page.rows.iter().map(|process| &process.document))?;
        }
        pages.into_outcome()
    } else {
        let mut fetcher = Fetcher::new(client.clone());
        let mut pages = PageReader::<Process>::new("process", &client, search, limit);
        while let Some(page) = pages.next().await {
            joins.fetch(&page.rows, &mut fetcher).await;
            let rows = page.rows.iter().map(|process| joins.extend(process)).collect();
            table.write_rows(&columns.extended_rows(rows)?)?;
        }
        pages.into_outcome()
    };
    table.finish()?;
    joins.report_failures(cx);
    outcome.check_complete(cx)?;
    if let Some((major, minor)) = client.release().filter(|release| *release < (6, 0))
        && !args.segments
    {
        cx.note(&format!("this server ({major}.{minor}) cannot group: one row per process segment"));
    }
    Ok(outcome.report(cx))
}

/// Prints the processes of a search, as the `search` command does without options.
pub(super) async fn print_processes(
    search: Search,
    output: cli::OutputArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    page_summary::print("process", search, &FORMAT, output, cx).await
}

/// Returns the search from the command line and standard input.
fn search_from_args(args: &cli::Search, cx: &mut CommandCx<'_>) -> Result<Search, Failure> {
    let search = Search {
        query: query_argument::read_query(Index::Process, &args.query, args.query_args, cx)?,
        sort: args.sort.as_deref().map(|sort| parse_sort(Index::Process, sort)).transpose()?,
        group_by: (!args.segments).then(|| args.group_by.clone()),
        ..Search::default()
    };
    time_args::bind_to_bounds(search, &args.bounds, cx)
}

/// Parses a field of an index and an order, ascending by default.
pub(super) fn parse_sort(index: Index, text: &str) -> Result<String, Failure> {
    /// Fields that rows have but queries cannot use.
    const ROWS: [&str; 5] = ["id", "parent_pid", "segment_id", "terminated", "unique_id"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let (field, order) = match words[..] {
        [field] => (field, "asc"),
        [field, order @ ("asc" | "desc")] => (field, order),
        _ => {
            return Err(Failure::usage(format!("--sort: {text:?} is not valid"))
                .with_hint("write it as \"start asc\" or \"start desc\""));
        }
    };
    let is_row_field = index == Index::Process && ROWS.contains(&field);
    if query::find_field(index, field).is_none() && !is_row_field {
        let mut names: Vec<_> = query::fields(index).map(|field| field.name).collect();
        names.retain(|name| !name.contains('<'));
        names.extend(ROWS.into_iter().filter(|_| index == Index::Process));
        names.sort_unstable();
        names.dedup();
        let why = format!("{} cannot be sorted by {field:?}", index.plural());
        return Err(Failure::usage(why).with_hint(format!("fields: {}", names.join(", "))));
    }
    Ok(format!("{field} {order}"))
}
