//! The `alert` command: list alerts, set their status, assign and ignore them.

mod triage;

use super::{CommandCx, Exit, Failure, completeness::not_found, links, page_summary, query_argument};
use crate::cli::{self, OutputArgs, QueryArgs};
use crate::columns::{CellValue, alert, members};
use crate::model::{Alert, OPEN_ALERTS, Search};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::query::Index;

use triage::{AlertChangeArg, change};

/// The columns of alerts. In a narrow terminal, those with a higher rank are hidden first.
const FORMAT: RowFormat<Alert> = RowFormat {
    fields: alert::FIELDS,
    columns: &[
        OutputColumn::new("created", Align::Left).of(alert::field("created_time")),
        OutputColumn::new("severity", Align::Right)
            .of(alert::field("alert_severity"))
            .with_value(|alert| CellValue::text_of(alert.severity.map(|severity| format!("{severity:.1}")))),
        OutputColumn::new("status", Align::Left).rank(4).of(alert::field("status")),
        OutputColumn::new("host", Align::Left).min_width(12).of(alert::field("hostname")),
        OutputColumn::new("user", Align::Left).min_width(6).keep_end().rank(3).of(alert::field("username")),
        OutputColumn::new("process", Align::Left).min_width(12).of(alert::field("process_name")).with_value(|alert| {
            let name = alert.process_name.non_empty().or_else(|| alert.observed_paths.first());
            name.map_or(CellValue::None, CellValue::from)
        }),
        OutputColumn::new("source", Align::Left).min_width(16).of(alert::field("watchlist_name")),
        OutputColumn::new("feed", Align::Left).min_width(6).rank(6).of(alert::field("feed_name")),
        OutputColumn::new("indicator", Align::Left).min_width(16).rank(5).of(alert::field("ioc_value")),
        OutputColumn::new("assigned_to", Align::Left).rank(8).of(alert::field("assigned_to")),
        OutputColumn::new("md5", Align::Left).rank(9).of(alert::field("md5")),
        OutputColumn::new("process_id", Align::Left).rank(7).of(alert::field("process_id")),
        OutputColumn::new("id", Align::Left).rank(2).of(alert::field("unique_id")),
    ],
    members: members::ALERT,
    json: |alert| alert.document.json().into(),
};

/// Runs `alert`.
pub(super) async fn run(command: cli::Alert, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Alert::List { query, query_args, output } => list(query.as_deref(), query_args, output, cx).await,
        cli::Alert::Status { status, alerts } => change(AlertChangeArg::Status(&status), &alerts, cx).await,
        cli::Alert::Assign { owner, alerts } => change(AlertChangeArg::Owner(&owner), &alerts, cx).await,
        cli::Alert::Ignore(alerts) => change(AlertChangeArg::Ignored, &alerts, cx).await,
    }
}

/// Runs `alert list`.
async fn list(
    query: Option<&str>,
    query_args: QueryArgs,
    output: OutputArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let search = Search {
        query: query_argument::read_query(Index::Alert, query.unwrap_or(OPEN_ALERTS), query_args, cx)?,
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    page_summary::print("alert", search, &FORMAT, output, cx).await
}
