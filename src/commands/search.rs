//! `search`: processes that match a query.

use std::pin::pin;

use futures::TryStreamExt;

use super::{
    Caller, Exit, Failure,
    join::Joins,
    page_summary::{self, Told},
    query_argument, time_args,
};
use crate::cli;
use crate::fetch::{self, Reader};
use crate::model::{Process, Search};
use crate::output::{self, Align, Cell, Column, Row, Sheet};
use crate::query::{self, Index};

/// The columns of processes, the first to stay first by rank.
const COLUMNS: &[Column] = &[
    Column::new("start", Align::Left),
    Column::new("host", Align::Left).least(12),
    Column::new("user", Align::Left).least(6).keeps_end().rank(3),
    Column::new("parent", Align::Left).least(12).rank(2),
    Column::new("process", Align::Left).least(12),
    Column::new("pid", Align::Right),
    Column::new("cmdline", Align::Left).least(20),
    Column::new("md5", Align::Left).rank(4),
    Column::new("id", Align::Left).rank(1),
];

/// Runs `search`.
pub(super) async fn search(args: &cli::Search, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let search = question(args, caller)?;
    let client = caller.client()?;
    if args.count {
        let count = page_summary::count::<Process>(&search, &client, caller).await?;
        if count > 0 && !args.segments {
            caller.note("the server counts segments, and a process can have several");
        }
        return Ok(Exit::Done);
    }

    let limit = (args.reading.limit > 0).then_some(args.reading.limit);
    let mut told = Told::of("process");
    let look = caller.look();
    let mut joins = Joins::new(&args.join);
    let mut sheet = Sheet::new(caller.streams.out, args.reading.format, joins.columns(COLUMNS), look);
    let mut reader = Reader::new(client.clone());
    let mut pages = pin!(fetch::pages::<Process>(&client, search, limit));
    let ended = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                told.add(&page);
                joins.fetch(&page.rows, &mut reader).await;
                let rows: Vec<Row> = page.rows.iter().map(|process| row(process, &joins)).collect();
                sheet.rows(&rows)?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What came before an error is still an answer, and its JSON must parse.
    sheet.finish()?;
    joins.tell(caller);
    ended?;
    if let Some((major, minor)) = client.release().filter(|release| *release < (6, 0))
        && !args.segments
    {
        caller.note(&format!("this server ({major}.{minor}) does not group: one row per segment of a process"));
    }
    Ok(told.tell(limit, caller))
}

/// Prints the processes that a search finds, as `search` does without options.
pub(super) async fn find(search: Search, reading: cli::Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let row = |process: &Process| row(process, &Joins::new(&[]));
    page_summary::print("process", search, COLUMNS, reading, row, caller).await
}

/// What is asked, from the command line and standard input.
fn question(args: &cli::Search, caller: &mut Caller<'_>) -> Result<Search, Failure> {
    let search = Search {
        query: query_argument::read(Index::Process, &args.query, args.asking, caller)?,
        sort: args.sort.as_deref().map(|sort| order(Index::Process, sort)).transpose()?,
        group_by: (!args.segments).then(|| args.group_by.clone()),
        ..Search::default()
    };
    time_args::bounded(search, &args.bounds, caller)
}

/// A field of an index and an order; ascending when none is given.
pub(super) fn order(index: Index, text: &str) -> Result<String, Failure> {
    /// What rows have and no query asks for.
    const ROWS: [&str; 5] = ["id", "parent_pid", "segment_id", "terminated", "unique_id"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let (field, order) = match words[..] {
        [field] => (field, "asc"),
        [field, order @ ("asc" | "desc")] => (field, order),
        _ => {
            return Err(Failure::usage(format!("--sort does not understand {text:?}"))
                .hint("write it as \"start asc\" or \"start desc\""));
        }
    };
    let is_row = index == Index::Process && ROWS.contains(&field);
    if query::field(index, field).is_none() && !is_row {
        let mut names: Vec<_> = query::fields(index).map(|field| field.name).collect();
        names.retain(|name| !name.contains('<'));
        names.extend(ROWS.into_iter().filter(|_| index == Index::Process));
        names.sort_unstable();
        names.dedup();
        let why = format!("{} have no field {field:?} to sort by", index.noun());
        return Err(Failure::usage(why).hint(format!("there are: {}", names.join(", "))));
    }
    Ok(format!("{field} {order}"))
}

fn row(process: &Process, joins: &Joins) -> Row {
    let mut cells = vec![
        Cell::from(process.started.map(time_args::shown)),
        Cell::of(&process.host),
        Cell::of(&process.user),
        Cell::of(&process.parent_name),
        Cell::of(&process.name),
        Cell::from(process.pid),
        Cell::of(&process.cmdline),
        Cell::from(process.md5),
        Cell::from(Some(process.id)),
    ];
    joins.extend(process, &mut cells);
    let joined = joins.members(process);
    Row {
        cells,
        json: if joined.is_empty() {
            process.document.json().to_owned()
        } else {
            output::extended(&process.document, &joined)
        },
    }
}
