//! The list of threat reports.

use std::sync::Arc;

use super::{CellValue, ListView, RowField};
use crate::keys::Scope;
use crate::model::Report;
use crate::panes::{ActionResult, PaneId, pivot::Observables};
use crate::query::{self, Index};
use crate::session::{Cx, Destination, report_alerts_query};
use crate::text::Untrusted;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of threat reports: those of a feed, or those that match a query.
#[derive(Debug)]
pub struct Reports;

impl ListView for Reports {
    type Row = Report;

    const PANE: PaneId = PaneId::Reports;
    const SCOPE: Scope = Scope::Reports;
    const NAME: &'static str = "Reports";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Reports, 0), Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "Select a feed, or type a query and press Enter";
    const EMPTY: &'static str = "No reports match, or the feed has none";
    const FIELDS: &'static [RowField<Report>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 5;
    const IS_TOTAL_EXACT: bool = true;

    fn on_select(row: Option<&Arc<Report>>, cx: &mut Cx<'_>) -> ActionResult {
        cx.select_report(row);
        ActionResult::Done
    }

    fn destination(row: &Report) -> Option<Destination> {
        Some(Destination::Search(Index::Alert, report_alerts_query(row)))
    }

    fn observables(row: &Report) -> Observables {
        Observables::of_report(row)
    }
}

/// Returns the indicators of `report` as query terms.
fn describe_indicators(report: &Report) -> Untrusted {
    let indicators = report.indicators.iter();
    let indicators: Vec<_> =
        indicators.map(|indicator| query::indicator_text(indicator.kind.raw(), indicator.value.raw())).collect();
    indicators.join(" ").into()
}

const FIELDS: &[RowField<Report>] = &[
    RowField::new(
        "score",
        TableColumn::right_aligned("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |report, _| match report.score {
            Some(score) => CellValue::Text(score.to_string().into()),
            None => CellValue::None,
        },
    ),
    RowField::new(
        "is_ignored",
        TableColumn::left_aligned("IGNORED", 7, 7, 2),
        |theme| theme.caution,
        |report, session| match session.is_ignored(report) {
            Some(true) => CellValue::Word("IGNORED"),
            Some(false) => CellValue::None,
            None => CellValue::Unavailable,
        },
    ),
    RowField::new(
        "title",
        TableColumn::left_aligned("TITLE", 30, TableColumn::FILL, 0),
        |theme| theme.accent,
        |report, _| (&report.title).into(),
    ),
    RowField::time("create_time", "CREATED", 3, |report, _| CellValue::time(report.created)),
    RowField::new(
        "feed_name",
        TableColumn::left_aligned("FEED", 8, 14, 4),
        |theme| theme.muted,
        |report, _| (&report.feed_name).into(),
    ),
    RowField::new(
        "report_id",
        TableColumn::left_aligned("REPORT", 8, 16, 5),
        |theme| theme.number,
        |report, _| (&report.id.id).into(),
    ),
    RowField::new(
        "tags",
        TableColumn::left_aligned("TAGS", 8, 20, 6),
        |theme| theme.text,
        |report, _| {
            let tags: Vec<_> = report.tags.iter().map(Untrusted::raw).collect();
            CellValue::Text(tags.join(" ").into())
        },
    ),
    RowField::new(
        "indicators",
        TableColumn::left_aligned("INDICATORS", 16, 40, 6),
        |theme| theme.text,
        |report, _| CellValue::Text(describe_indicators(report)),
    ),
    RowField::new(
        "link",
        TableColumn::left_aligned("LINK", 16, 40, 7),
        |theme| theme.text,
        |report, _| (&report.link).into(),
    ),
    RowField::new(
        "description",
        TableColumn::left_aligned("DESCRIPTION", 16, 40, 7),
        |theme| theme.text,
        |report, _| (&report.description).into(),
    ),
];
