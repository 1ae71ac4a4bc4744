//! `binary`: files by their hash.

mod details;
mod download;

use super::{Caller, Exit, Failure, page_summary, query_argument, search, time_args};
use crate::api;
use crate::cli::{BinarySearch, BinaryShow, Reading};
use crate::fetch::Reader;
use crate::model::{Binary, Known, Md5, Search};
use crate::output::{Align, Cell, Column, Format, Row, Sheet};
use crate::query::Index;
use crate::text;

pub(super) use download::download;

/// The columns of binaries.
const COLUMNS: &[Column] = &[
    Column::new("first_seen", Align::Left),
    Column::new("name", Align::Left).least(12),
    Column::new("signature", Align::Left).least(8),
    Column::new("publisher", Align::Left).least(12).rank(2),
    Column::new("product", Align::Left).least(12).rank(4),
    Column::new("hosts", Align::Right),
    Column::new("size", Align::Right).rank(3),
    Column::new("stored", Align::Right).rank(5),
    Column::new("md5", Align::Left),
    Column::new("path", Align::Left).least(20).keeps_end().rank(1),
];

/// Runs `binary search`.
pub(super) async fn search(args: &BinarySearch, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let search = Search {
        query: query_argument::read(Index::Binary, &args.query, args.asking, caller)?,
        sort: args.sort.as_deref().map(|sort| search::order(Index::Binary, sort)).transpose()?,
        ..Search::default()
    };
    if args.count {
        let client = caller.client()?;
        page_summary::count::<Binary>(&search, &client, caller).await?;
        return Ok(Exit::Done);
    }
    find(search, args.reading, caller).await
}

/// Prints what a search finds.
pub(super) async fn find(search: Search, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    page_summary::print("binary", search, COLUMNS, reading, row, caller).await
}

/// Runs `binary show`.
pub(super) async fn show(args: &BinaryShow, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let mut reader = Reader::new(caller.client()?);
    if let Some(bytes) = args.head {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let head = reader.head(args.md5, bytes).await.map_err(uncollected)?;
        for line in text::dump(&head.value.bytes, 16) {
            writeln!(caller.streams.out, "{line}")?;
        }
        if head.value.is_whole {
            caller.note("that is all the server has of it");
        }
        return Ok(Exit::Done);
    }
    let known = found(&mut reader, args.md5).await?;
    if args.format == Format::Table {
        let details = details::details(&known);
        caller.streams.out.write_all(details.as_bytes())?;
        return Ok(Exit::Done);
    }
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, args.format, COLUMNS, look);
    sheet.rows(&[row(&known.value)])?;
    sheet.finish()?;
    Ok(Exit::Done)
}

/// What the server knows of a file.
async fn found(reader: &mut Reader, md5: Md5) -> Result<Known<Binary>, Failure> {
    reader.binary(md5).await.map_err(|error| match error {
        api::Error::NotFound { .. } => Failure::new(Exit::Nothing, format!("there is no binary {md5}"))
            .hint("`lampblack binary search` finds those there are"),
        error => error.into(),
    })
}

/// Why there is no copy of a file.
fn uncollected(error: api::Error) -> Failure {
    let is_missing = matches!(error, api::Error::NotFound { .. });
    let failure = Failure::from(error);
    if is_missing {
        failure.hint("it was not collected, or not from any host yet; `lampblack binary show` says what is known")
    } else {
        failure
    }
}

fn row(binary: &Binary) -> Row {
    let path = binary.observed_paths.first().cloned().unwrap_or_default();
    Row {
        cells: vec![
            Cell::from(binary.first_seen.map(time_args::shown)),
            Cell::of(&binary.name()),
            Cell::of(&binary.signature.result),
            Cell::of(&binary.signature.publisher),
            Cell::of(&binary.version.product),
            Cell::from(binary.hosts),
            Cell::from(binary.size),
            Cell::from(binary.stored_size),
            Cell::from(Some(binary.md5)),
            Cell::of(&path),
        ],
        json: binary.document.json().to_owned(),
    }
}
