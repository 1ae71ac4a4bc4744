//! The list of threat reports.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::columns::{CellValue, report};
use crate::keys::Scope;
use crate::model::Report;
use crate::panes::{AfterInput, pivot::Observables};
use crate::query::Index;
use crate::session::{Cx, Destination, report_alerts_query};
use crate::widgets::TableColumn;

/// The list view of threat reports: those of a feed, or those that match a query.
#[derive(Debug)]
pub struct Reports;

impl ListView for Reports {
    type Row = Report;

    const SCOPE: Scope = Scope::Reports;
    const NAME: &'static str = "Reports";
    const NOT_REQUESTED: &'static str = "Select a feed, or type a query and press Enter";
    const EMPTY: &'static str = "No reports match, or the feed has none";
    const FIELDS: &'static [RowField<Report>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 5;
    const IS_TOTAL_EXACT: bool = true;

    fn on_select(row: Option<&Arc<Report>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.details().select_report(row);
        AfterInput::Nothing
    }

    fn destination(row: &Report) -> Option<Destination> {
        Some(Destination::Search(Index::Alert, report_alerts_query(row)))
    }

    fn observables(row: &Report) -> Observables {
        Observables::of_report(row)
    }
}

const FIELDS: &[RowField<Report>] = &[
    RowField::of(report::field("score"), TableColumn::right_aligned("SCORE", 7, 7, 0), |theme| theme.caution),
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
    RowField::of(report::field("title"), TableColumn::left_aligned("TITLE", 30, TableColumn::FILL, 0), |theme| {
        theme.accent
    }),
    RowField::time_of(report::field("create_time"), "CREATED", 3),
    RowField::of(report::field("feed_name"), TableColumn::left_aligned("FEED", 8, 14, 4), |theme| theme.muted),
    RowField::of(report::field("report_id"), TableColumn::left_aligned("REPORT", 8, 16, 5), |theme| theme.number),
    RowField::of(report::field("tags"), TableColumn::left_aligned("TAGS", 8, 20, 6), |theme| theme.text),
    RowField::of(report::field("indicators"), TableColumn::left_aligned("INDICATORS", 16, 40, 6), |theme| theme.text),
    RowField::of(report::field("link"), TableColumn::left_aligned("LINK", 16, 40, 7), |theme| theme.text),
    RowField::of(report::field("description"), TableColumn::left_aligned("DESCRIPTION", 16, 40, 7), |theme| theme.text),
];
