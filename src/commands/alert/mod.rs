//! `alert`: what watchlists and feeds found worth a look.

mod triage;

use super::{Caller, Exit, Failure, completeness::missing, links, page_summary, query_argument, time_args};
use crate::cli::{self, Asking, Reading};
use crate::model::{Alert, AlertSource, OPEN_ALERTS, Search};
use crate::output::{Align, Cell, Column, Row};
use crate::query::{self, Index};
use crate::text::Untrusted;

use triage::{Wish, change};

/// The columns of alerts, the first to stay first by rank.
const COLUMNS: &[Column] = &[
    Column::new("created", Align::Left),
    Column::new("severity", Align::Right),
    Column::new("status", Align::Left).rank(4),
    Column::new("host", Align::Left).least(12),
    Column::new("user", Align::Left).least(6).keeps_end().rank(3),
    Column::new("process", Align::Left).least(12),
    Column::new("source", Align::Left).least(16),
    Column::new("feed", Align::Left).least(6).rank(6),
    Column::new("indicator", Align::Left).least(16).rank(5),
    Column::new("assigned_to", Align::Left).rank(8),
    Column::new("md5", Align::Left).rank(9),
    Column::new("process_id", Align::Left).rank(7),
    Column::new("id", Align::Left).rank(2),
];

/// Runs what lists alerts, or does something to them.
pub(super) async fn run(command: cli::Alert, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Alert::List { query, asking, reading } => list(query.as_deref(), asking, reading, caller).await,
        cli::Alert::Status { status, alerts } => change(Wish::Status(&status), &alerts, caller).await,
        cli::Alert::Assign { owner, alerts } => change(Wish::Owner(&owner), &alerts, caller).await,
        cli::Alert::Ignore(alerts) => change(Wish::Ignored, &alerts, caller).await,
    }
}

/// Runs `alert list`.
async fn list(asked: Option<&str>, asking: Asking, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let search = Search {
        query: query_argument::read(Index::Alert, asked.unwrap_or(OPEN_ALERTS), asking, caller)?,
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    page_summary::print("alert", search, COLUMNS, reading, row, caller).await
}

fn row(alert: &Alert) -> Row {
    let name = alert.process_name.non_empty().or_else(|| alert.observed_paths.first());
    let indicator = &alert.indicator;
    let indicator = query::indicated(indicator.kind.raw(), indicator.value.raw());
    let indicator = Untrusted::from(indicator);
    let feed = match alert.source {
        AlertSource::Watchlist => Cell::from(Some("watchlist")),
        AlertSource::Report(_) => Cell::of(&alert.feed_name),
    };
    Row {
        cells: vec![
            Cell::from(alert.created.map(time_args::shown)),
            Cell::from(alert.severity.map(|severity| format!("{severity:.1}"))),
            Cell::of(&alert.status.word()),
            Cell::of(&alert.host),
            Cell::of(&alert.user),
            name.map(Cell::of).unwrap_or_default(),
            Cell::of(alert.source_name.non_empty().unwrap_or(&alert.source_id)),
            feed,
            Cell::of(&indicator),
            Cell::of(&alert.assigned_to),
            Cell::from(alert.md5),
            Cell::from(alert.process),
            Cell::of(&alert.id.0),
        ],
        json: alert.document.json().to_owned(),
    }
}
