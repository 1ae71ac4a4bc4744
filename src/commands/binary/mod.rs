//! The `binary` command: files by their hash.

mod details;
mod download;

use super::{CommandCx, Exit, Failure, page_summary, query_argument, search};
use crate::api;
use crate::cli::{BinarySearch, BinaryShow, OutputArgs};
use crate::columns::{binary, members};
use crate::fetch::{BinaryFetch, Fetcher, FileHeadFetch};
use crate::model::{Binary, Fetched, Md5, Search};
use crate::output::{Align, Format, OutputColumn, RowFormat};
use crate::query::Index;
use crate::text;

pub(super) use download::download;

/// The columns of binaries.
const FORMAT: RowFormat<Binary> = RowFormat {
    fields: binary::FIELDS,
    columns: &[
        OutputColumn::new("first_seen", Align::Left).of(binary::field("server_added_timestamp")),
        OutputColumn::new("name", Align::Left).min_width(12).of(binary::field("name")),
        OutputColumn::new("signature", Align::Left)
            .min_width(8)
            .of(binary::field("digsig_result"))
            .with_value(|binary| (&binary.signature.result).into()),
        OutputColumn::new("publisher", Align::Left).min_width(12).rank(2).of(binary::field("digsig_publisher")),
        OutputColumn::new("product", Align::Left).min_width(12).rank(4).of(binary::field("product_name")),
        OutputColumn::new("hosts", Align::Right).of(binary::field("host_count")),
        OutputColumn::new("size", Align::Right).rank(3).of(binary::field("orig_mod_len")),
        OutputColumn::new("stored", Align::Right).rank(5).of(binary::field("copied_mod_len")),
        OutputColumn::new("md5", Align::Left).of(binary::field("md5")),
        OutputColumn::new("path", Align::Left).min_width(20).keep_end().rank(1).of(binary::field("observed_filename")),
    ],
    members: members::BINARY,
    json: |binary| binary.document.json().into(),
};

/// Runs `binary search`.
pub(super) async fn search(args: &BinarySearch, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let search = Search {
        query: query_argument::read_query(Index::Binary, &args.query, args.query_args, cx)?,
        sort: args.sort.as_deref().map(|sort| search::parse_sort(Index::Binary, sort)).transpose()?,
        ..Search::default()
    };
    if args.count {
        let client = cx.client()?;
        page_summary::count::<Binary>(&search, &client, cx).await?;
        return Ok(Exit::Done);
    }
    print_binaries(search, args.output.clone(), cx).await
}

/// Prints the binaries that a search returns.
pub(super) async fn print_binaries(
    search: Search,
    output: OutputArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    page_summary::print("binary", search, &FORMAT, output, cx).await
}

/// Runs `binary show`.
pub(super) async fn show(args: &BinaryShow, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut fetcher = Fetcher::new(cx.client()?);
    if let Some(bytes) = args.head {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let head = fetcher.get(FileHeadFetch { md5: args.md5, bytes }).await.map_err(no_copy_failure)?;
        for line in text::dump(&head.value.bytes, 16) {
            writeln!(cx.streams.out, "{line}")?;
        }
        if head.value.is_whole {
            cx.note("the server has no more of it");
        }
        return Ok(Exit::Done);
    }
    let binary = fetch_binary(&mut fetcher, args.md5).await?;
    if args.format == Format::Table {
        let details = details::details(&binary);
        cx.streams.out.write_all(details.as_bytes())?;
        return Ok(Exit::Done);
    }
    let style = cx.table_style();
    FORMAT.write_one((&binary.value, binary.value.document.json()), args.format, style, cx.streams.out)?;
    Ok(Exit::Done)
}

/// Fetches the binary record of a file.
async fn fetch_binary(fetcher: &mut Fetcher, md5: Md5) -> Result<Fetched<Binary>, Failure> {
    fetcher.get(BinaryFetch(md5)).await.map_err(|error| match error {
        api::Error::NotFound { .. } => Failure::new(Exit::NoResults, format!("binary {md5} not found"))
            .with_hint("`lampblack binary search` shows the binaries"),
        error => error.into(),
    })
}

/// Returns the failure for a file of which the server has no copy.
fn no_copy_failure(error: api::Error) -> Failure {
    let is_missing = matches!(error, api::Error::NotFound { .. });
    let failure = Failure::from(error);
    if is_missing {
        failure.with_hint("no sensor has collected it yet; `lampblack binary show` shows the known details")
    } else {
        failure
    }
}
