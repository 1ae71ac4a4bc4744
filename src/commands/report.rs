//! The `report` command: threat reports of feeds.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    args::{self, read_args},
    links, page_summary, query_argument, select,
};
use crate::api::Client;
use crate::changes::{Change, ChangeReading, ReportChange};
use crate::cli::{self, Reports, WaitLimit};
use crate::columns::{members, report};
use crate::model::{Report, ReportId, Search};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::query::Index;
use crate::text;

/// The columns of threat reports.
const FORMAT: RowFormat<Report> = RowFormat {
    fields: report::FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Left).of(report::field("report")),
        OutputColumn::new("score", Align::Right).of(report::field("score")),
        OutputColumn::new("state", Align::Left).of(report::field("is_ignored")),
        OutputColumn::new("feed", Align::Left).min_width(8).rank(2).of(report::field("feed_name")),
        OutputColumn::new("created", Align::Left).rank(1).of(report::field("create_time")),
        OutputColumn::new("title", Align::Left).min_width(20).of(report::field("title")),
        OutputColumn::new("link", Align::Left).min_width(20).rank(3).of(report::field("link")),
    ],
    members: members::REPORT,
    json: |report| report.document.json().into(),
};

/// Runs `report`.
pub(super) async fn run(command: cli::Report, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Report::List { query, query_args, count, output } => {
            let query = query.as_deref().unwrap_or_default();
            let search = by_severity(query_argument::read_query(Index::Report, query, query_args, cx)?);
            if count {
                let client = cx.client()?;
                page_summary::count::<Report>(&search, &client, cx).await?;
                return Ok(Exit::Done);
            }
            page_summary::print("report", search, &FORMAT, output, cx).await
        }
        cli::Report::Ignore(args) => apply(|report| ReportChange { report, is_ignored: true }, &args, cx).await,
        cli::Report::Restore(args) => apply(|report| ReportChange { report, is_ignored: false }, &args, cx).await,
    }
}

/// Returns a search in the order of the server's web console.
fn by_severity(query: String) -> Search {
    Search { query, sort: Some("severity_score desc".into()), ..Search::default() }
}

/// Runs `report ignore` and `report restore`.
async fn apply(change: fn(ReportId) -> ReportChange, args: &Reports, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let selection = match &args.matching {
        Some(query) => Err(select::selecting_query(Index::Report, query, args.query_args, cx)?),
        None => Ok(parse_ids(&args.ids, cx)?),
    };
    let (client, access) = cx.connect()?;
    let change = |report| Change::Ignore(change(report));
    let changes: Vec<PlannedTarget> = match selection {
        Ok(ids) => with_current_state(ids.into_iter().map(change).collect(), &client).await?,
        Err(query) => {
            let id = |report: &Report| report.id.clone();
            match select::select("report", by_severity(query), id, &client, cx).await? {
                Some(ids) => ids.into_iter().map(|id| change(id).into()).collect(),
                None => return Ok(Exit::NoResults),
            }
        }
    };
    let server = (&client, &access);
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}

/// Parses the report IDs of the command line, without duplicates.
fn parse_ids(ids: &[String], cx: &mut CommandCx<'_>) -> Result<Vec<ReportId>, Failure> {
    let parser = args::ArgParser {
        noun: "report ID",
        advice: "a report ID is feed ID, colon, report ID, e.g. 12:CI-118; `lampblack report list` shows them",
    };
    let words = links::reports(read_args(ids, cx)?, cx)?;
    parser.parse_all(&words, ReportId::parse, cx)
}

/// Reads the report of each change from the server; fails if one is missing.
async fn with_current_state(changes: Vec<Change>, client: &Client) -> Result<Vec<PlannedTarget>, Failure> {
    /// The number of concurrent requests.
    const MAX_CONCURRENT: usize = 8;
    let readings: Vec<_> = stream::iter(changes)
        .map(|change| async move { change.read(client).await })
        .buffered(MAX_CONCURRENT)
        .try_collect()
        .await?;
    let mut missing = Vec::new();
    for reading in &readings {
        if let ChangeReading::Ignore(reading) = reading
            && reading.state.report.is_none()
        {
            let id = text::make_visible(&reading.change.report.raw().into());
            missing.push(format!("report {id} not found"));
        }
    }
    select::check_none_missing(missing, "`lampblack report list`")?;
    Ok(readings.into_iter().map(PlannedTarget::Read).collect())
}
