//! `report`: what feeds say is worth an alert.

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    Caller, Exit, Failure,
    apply::{Meant, perform},
    args::{self, words},
    links, page_summary, query_argument, select, time_args,
};
use crate::api::{Client, Error};
use crate::changes::{Deed, Ignoring, State};
use crate::cli::{self, Patience, Reports};
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
        cli::Report::List { query, asking, count, reading } => {
            let query = query.as_deref().unwrap_or_default();
            let search = worst_first(query_argument::read(Index::Report, query, asking, caller)?);
            if count {
                let client = caller.client()?;
                page_summary::count::<Report>(&search, &client, caller).await?;
                return Ok(Exit::Done);
            }
            page_summary::print("report", search, COLUMNS, reading, row, caller).await
        }
        cli::Report::Ignore(args) => change(true, &args, caller).await,
        cli::Report::Restore(args) => change(false, &args, caller).await,
    }
}

/// The order of the server's own console.
fn worst_first(query: String) -> Search {
    Search { query, sort: Some("severity_score desc".into()), ..Search::default() }
}

/// Runs `report ignore` and `report restore`.
async fn change(on: bool, args: &Reports, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let named = match &args.matching {
        Some(query) => Err(select::question(Index::Report, query, args.asking, caller)?),
        None => Ok(given(&args.ids, caller)?),
    };
    let (client, access) = caller.reach()?;
    let deed = |report| Deed::Ignore(Ignoring { report, on });
    let deeds: Vec<Meant> = match named {
        Ok(ids) => there(ids.into_iter().map(deed).collect(), &client).await?,
        Err(query) => {
            let id = |report: &Report| report.id.clone();
            match select::found("report", worst_first(query), id, &client, caller).await? {
                Some(ids) => ids.into_iter().map(|id| deed(id).into()).collect(),
                None => return Ok(Exit::Nothing),
            }
        }
    };
    let server = (&client, &access);
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// The ids that were given, each once.
fn given(ids: &[String], caller: &mut Caller<'_>) -> Result<Vec<ReportId>, Failure> {
    let reading = args::Reading {
        noun: "id of a report",
        advice: "an id is the number of a feed, a colon, and the feed's own id, as 12:CI-118; `lampblack report list` prints them",
    };
    let words = links::reports(words(ids, caller)?, caller)?;
    reading.all(&words, ReportId::parse, caller)
}

/// The same deeds with what the server has of their reports, if it has them all.
async fn there(deeds: Vec<Deed>, client: &Client) -> Result<Vec<Meant>, Failure> {
    /// As many are asked for at a time.
    const AHEAD: usize = 8;
    let read = stream::iter(deeds).map(|deed| async move {
        let state = State::read(&deed, client).await?;
        Ok::<_, Error>((deed, state))
    });
    let read: Vec<_> = read.buffered(AHEAD).try_collect().await?;
    let (mut missing, mut meant) = (Vec::new(), Vec::new());
    for (deed, state) in read {
        if matches!(&state, State::Report(now) if now.report.is_none()) {
            let id = text::visible(&deed.target().id().into());
            missing.push(format!("there is no report {id}"));
        }
        let state = Some(state);
        meant.push(Meant { deed, state });
    }
    select::all_there(missing, "`lampblack report list`")?;
    Ok(meant)
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
            Cell::from(report.created.map(time_args::shown)),
            Cell::of(&report.title),
            Cell::of(&report.link),
        ],
        json: report.document.json().to_owned(),
    }
}
