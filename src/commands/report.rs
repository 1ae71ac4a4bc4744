//! `report`: what feeds say is worth an alert.

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    Caller, Exit, Failure, chosen,
    perform::perform,
    problem, search, told, when,
    words::{self, words},
};
use crate::api::{Client, Error};
use crate::cli::{self, Patience, Reading, Reports};
use crate::deeds::{Deed, Ignoring};
use crate::model::{Report, ReportId, Search};
use crate::output::{Align, Cell, Column, Row};
use crate::query::Index;
use crate::text;

/// The columns of threat reports.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Left),
    Column::new("score", Align::Right),
    Column::new("state", Align::Left),
    Column::new("feed", Align::Left).least(8).rank(2),
    Column::new("created", Align::Left).rank(1),
    Column::new("title", Align::Left).least(20),
    Column::new("link", Align::Left).least(20).rank(3),
];

/// Runs what does something to threat reports, or shows them.
pub(super) async fn run(command: cli::Report, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Report::List { query, reading } => list(&query, reading, caller).await,
        cli::Report::Ignore(args) => change(true, &args, caller).await,
        cli::Report::Restore(args) => change(false, &args, caller).await,
    }
}

/// Runs `report list`.
async fn list(asked: &str, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let search = worst_first(search::query(asked, caller)?);
    problem::check(Index::Report, &search.query, caller)?;
    told::print("report", search, COLUMNS, reading, row, caller).await
}

/// The order of the server's own console.
fn worst_first(query: String) -> Search {
    Search {
        query,
        sort: Some("severity_score desc".into()),
        ..Search::default()
    }
}

/// Runs `report ignore` and `report restore`.
async fn change(on: bool, args: &Reports, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let named = match &args.matching {
        Some(query) => Err(chosen::question(Index::Report, query, caller)?),
        None => Ok(given(&args.ids, caller)?),
    };
    let (client, access) = caller.reach()?;
    let ids = match named {
        Ok(ids) => there(ids, &client).await?,
        Err(query) => {
            let id = |report: &Report| report.id.clone();
            match chosen::found("report", worst_first(query), id, &client, caller).await? {
                Some(ids) => ids,
                None => return Ok(Exit::Nothing),
            }
        }
    };
    let deed = |report| Deed::Ignore(Ignoring { report, on });
    let (deeds, server) = (ids.into_iter().map(deed).collect(), (&client, &access));
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// The ids that were given, each once.
fn given(ids: &[String], caller: &mut Caller<'_>) -> Result<Vec<ReportId>, Failure> {
    let reading = words::Reading {
        noun: "id of a report",
        advice: "an id is the number of a feed, a colon, and the feed's own id, as 12:CI-118; `lampblack report list` prints them",
    };
    let words = words(ids, caller)?;
    reading.all(&words, ReportId::parse, caller)
}

/// The same ids, if the server has all of these reports.
async fn there(ids: Vec<ReportId>, client: &Client) -> Result<Vec<ReportId>, Failure> {
    /// As many are asked for at a time.
    const AHEAD: usize = 8;
    let missing = stream::iter(&ids).map(|id| async move {
        match client.report(id).await {
            Ok(_) => Ok(None),
            Err(Error::NotFound { .. }) => Ok(Some(id)),
            Err(error) => Err(error),
        }
    });
    let missing: Vec<_> = missing.buffered(AHEAD).try_collect().await?;
    let missing = missing.into_iter().flatten();
    let reports =
        missing.map(|id| format!("there is no report {}", text::visible(&id.raw().into())));
    chosen::all_there(reports.collect(), "`lampblack report list`")?;
    Ok(ids)
}

fn row(report: &Report) -> Row {
    let state = match report.is_ignored {
        Some(true) => "ignored",
        Some(false) => "active",
        None => "unknown",
    };
    Row {
        cells: vec![
            Cell::of(&report.id.raw().into()),
            Cell::from(report.score),
            Cell::from(Some(state)),
            Cell::of(&report.feed_name),
            Cell::from(report.created.map(when::shown)),
            Cell::of(&report.title),
            Cell::of(&report.link),
        ],
        json: report.document.json().to_owned(),
    }
}
