//! The `alert` command: list alerts, set their status, assign and ignore them.

mod triage;

use super::{CommandCx, Exit, Failure, completeness::not_found, links, page_summary, query_argument, time_args};
use crate::cli::{self, OutputArgs, QueryArgs};
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search};
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};
use crate::query::{self, Index};
use crate::text::Untrusted;

use triage::{AlertChangeArg, change};

/// The columns of alerts. In a narrow terminal, those with a higher rank are hidden first.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("created", Align::Left),
    OutputColumn::new("severity", Align::Right),
    OutputColumn::new("status", Align::Left).rank(4),
    OutputColumn::new("host", Align::Left).min_width(12),
    OutputColumn::new("user", Align::Left).min_width(6).keep_end().rank(3),
    OutputColumn::new("process", Align::Left).min_width(12),
    OutputColumn::new("source", Align::Left).min_width(16),
    OutputColumn::new("feed", Align::Left).min_width(6).rank(6),
    OutputColumn::new("indicator", Align::Left).min_width(16).rank(5),
    OutputColumn::new("assigned_to", Align::Left).rank(8),
    OutputColumn::new("md5", Align::Left).rank(9),
    OutputColumn::new("process_id", Align::Left).rank(7),
    OutputColumn::new("id", Align::Left).rank(2),
];

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
    page_summary::print("alert", search, COLUMNS, output, row, cx).await
}

fn row(alert: &Alert) -> OutputRow {
    let name = alert.process_name.non_empty().or_else(|| alert.observed_paths.first());
    let indicator = &alert.indicator;
    let indicator = query::indicator_text(indicator.kind.raw(), indicator.value.raw());
    let indicator = Untrusted::from(indicator);
    let feed = match alert.source {
        AlertSource::Watchlist => OutputCell::from_value(Some("watchlist")),
        AlertSource::Report(_) => OutputCell::from_untrusted(&alert.feed_name),
    };
    OutputRow {
        cells: vec![
            OutputCell::from_value(alert.created.map(time_args::format_time)),
            OutputCell::from_value(alert.severity.map(|severity| format!("{severity:.1}"))),
            OutputCell::from_untrusted(&alert.status.server_word()),
            OutputCell::from_untrusted(&alert.host),
            OutputCell::from_untrusted(&alert.user),
            name.map(OutputCell::from_untrusted).unwrap_or_default(),
            OutputCell::from_untrusted(alert.source_name.non_empty().unwrap_or(&alert.source_id)),
            feed,
            OutputCell::from_untrusted(&indicator),
            OutputCell::from_untrusted(&alert.assigned_to),
            OutputCell::from_value(alert.md5),
            OutputCell::from_value(alert.process),
            OutputCell::from_untrusted(&alert.id.0),
        ],
        json: alert.document.json().to_owned(),
    }
}
