//! `report`: what feeds say is worth an alert.

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    args::{self, read_args},
    links, page_summary, query_argument, select, time_args,
};
use crate::api::{Client, Error};
use crate::changes::{Change, ReportChange, Snapshot};
use crate::cli::{self, Reports, WaitLimit};
use crate::model::{Report, ReportId, Search};
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};
use crate::query::Index;
use crate::text;

/// The columns of threat reports.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Left),
    OutputColumn::new("score", Align::Right),
    OutputColumn::new("state", Align::Left),
    OutputColumn::new("feed", Align::Left).min_width(8).rank(2),
    OutputColumn::new("created", Align::Left).rank(1),
    OutputColumn::new("title", Align::Left).min_width(20),
    OutputColumn::new("link", Align::Left).min_width(20).rank(3),
];

/// Runs what does something to threat reports, or shows them.
pub(super) async fn run(command: cli::Report, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Report::List { query, asking, count, reading } => {
            let query = query.as_deref().unwrap_or_default();
            let search = by_severity(query_argument::read_query(Index::Report, query, asking, caller)?);
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
fn by_severity(query: String) -> Search {
    Search { query, sort: Some("severity_score desc".into()), ..Search::default() }
}

/// Runs `report ignore` and `report restore`.
async fn change(on: bool, args: &Reports, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let named = match &args.matching {
        Some(query) => Err(select::selecting_query(Index::Report, query, args.asking, caller)?),
        None => Ok(parse_ids(&args.ids, caller)?),
    };
    let (client, access) = caller.connect()?;
    let deed = |report| Change::Ignore(ReportChange { report, is_ignored: on });
    let deeds: Vec<PlannedTarget> = match named {
        Ok(ids) => with_current_state(ids.into_iter().map(deed).collect(), &client).await?,
        Err(query) => {
            let id = |report: &Report| report.id.clone();
            match select::select("report", by_severity(query), id, &client, caller).await? {
                Some(ids) => ids.into_iter().map(|id| deed(id).into()).collect(),
                None => return Ok(Exit::NoResults),
            }
        }
    };
    let server = (&client, &access);
    apply_changes(deeds, &args.justification, WaitLimit::None, server, caller).await
}

/// The ids that were given, each once.
fn parse_ids(ids: &[String], caller: &mut CommandCx<'_>) -> Result<Vec<ReportId>, Failure> {
    let reading = args::ArgParser {
        noun: "id of a report",
        advice: "an id is the number of a feed, a colon, and the feed's own id, as 12:CI-118; `lampblack report list` prints them",
    };
    let words = links::reports(read_args(ids, caller)?, caller)?;
    reading.parse_all(&words, ReportId::parse, caller)
}

/// The same deeds with what the server has of their reports, if it has them all.
async fn with_current_state(deeds: Vec<Change>, client: &Client) -> Result<Vec<PlannedTarget>, Failure> {
    /// As many are asked for at a time.
    const AHEAD: usize = 8;
    let read = stream::iter(deeds).map(|deed| async move {
        let state = Snapshot::read(&deed, client).await?;
        Ok::<_, Error>((deed, state))
    });
    let read: Vec<_> = read.buffered(AHEAD).try_collect().await?;
    let (mut missing, mut meant) = (Vec::new(), Vec::new());
    for (deed, state) in read {
        if matches!(&state, Snapshot::Report(now) if now.report.is_none()) {
            let id = text::make_visible(&deed.target().id().into());
            missing.push(format!("there is no report {id}"));
        }
        let state = Some(state);
        meant.push(PlannedTarget { change: deed, state });
    }
    select::check_none_missing(missing, "`lampblack report list`")?;
    Ok(meant)
}

fn row(report: &Report) -> OutputRow {
    let state = match report.is_ignored {
        Some(true) => "ignored",
        Some(false) => "active",
        None => "unknown",
    };
    OutputRow {
        cells: vec![
            OutputCell::from_untrusted(&report.id.raw().into()),
            OutputCell::from_value(report.score),
            OutputCell::from_value(Some(state)),
            OutputCell::from_untrusted(&report.feed_name),
            OutputCell::from_value(report.created.map(time_args::format_time)),
            OutputCell::from_untrusted(&report.title),
            OutputCell::from_untrusted(&report.link),
        ],
        json: report.document.json().to_owned(),
    }
}
