//! The list of alerts raised by watchlists and feeds.

use std::{ops::Range, sync::Arc};

use ratatui::text::Line;

use super::{ListView, RowField, joins::JoinedFields, new_alerts};
use crate::columns::{CellValue, alert};
use crate::keys::{Action, Scope};
use crate::model::{Alert, AlertStatus};
use crate::panes::{
    AfterInput,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::theme::Theme;
use crate::widgets::TableColumn;

/// The list view of alerts.
#[derive(Debug)]
pub struct Alerts;

impl ListView for Alerts {
    type Row = Alert;

    const SCOPE: Scope = Scope::Alerts;
    const NAME: &'static str = "Alerts";
    const NOT_REQUESTED: &'static str = "No search yet. Press Enter in the query";
    const EMPTY: &'static str = "No alerts match. Closed alerts have a different status";
    const FIELDS: &'static [RowField<Alert>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 9;

    fn footer_line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
        new_alerts::new_alerts_line(session, theme)
    }

    fn refresh(window: &Range<u64>, cx: &mut Cx<'_>) {
        cx.alerts().clear_new_alerts();
        cx.lists().refresh_window::<Alert>(window);
        cx.alerts().mark_digest_stale();
    }

    fn on_select(row: Option<&Arc<Alert>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.process().select_alert(row);
        AfterInput::Nothing
    }

    fn destination(row: &Alert) -> Option<Destination> {
        let binary = || {
            let md5 = row.md5?;
            Some(Destination::Search(Index::Binary, format!("md5:{md5}")))
        };
        row.process.map(Destination::Process).or_else(binary)
    }

    fn observables(row: &Alert) -> Observables {
        Observables::of_alert(row)
    }

    fn clip(row: &Alert, action: Action, _: &Session) -> Option<Clip> {
        copy::alert_clip(row, action)
    }
}

/// Returns the alert status as one letter (`M` in progress and assigned to this user); none for an unresolved alert.
fn status_letter(alert: &Alert, session: &Session) -> CellValue {
    let me = session.connection.info.user.as_deref();
    let is_mine = || me.is_some_and(|me| alert.assigned_to.eq_ignore_case(me));
    match alert.status {
        AlertStatus::Unresolved => CellValue::None,
        AlertStatus::InProgress if is_mine() => CellValue::Word("M"),
        AlertStatus::InProgress => CellValue::Word("P"),
        AlertStatus::Resolved => CellValue::Word("R"),
        AlertStatus::FalsePositive => CellValue::Word("F"),
        AlertStatus::Other(_) => CellValue::Word("?"),
    }
}

const FIELDS: &[RowField<Alert>] = &[
    RowField::new("flag", TableColumn::left_aligned("ST", 2, 2, 2), |theme| theme.caution, status_letter),
    RowField::of(alert::field("alert_severity"), TableColumn::right_aligned("SCORE", 7, 7, 0), |theme| theme.caution),
    RowField::time_of(alert::field("created_time"), "CREATED", 3),
    RowField::of(alert::field("status"), TableColumn::left_aligned("STATUS", 10, 14, 7), |theme| theme.muted),
    RowField::of(alert::field("hostname"), TableColumn::left_aligned("HOST", 11, 16, 2), |theme| theme.text),
    RowField::of(alert::field("process_name"), TableColumn::left_aligned("PROCESS", 14, 18, 1), |theme| theme.accent),
    RowField::of(alert::field("watchlist_name"), TableColumn::left_aligned("SOURCE", 18, 34, 1), |theme| theme.text),
    RowField::of(alert::field("assigned_to"), TableColumn::left_aligned("ASSIGNED", 8, 10, 8), |theme| theme.muted),
    RowField::of(
        alert::field("ioc_value"),
        TableColumn::left_aligned("MATCHED ON", 16, TableColumn::FILL, 4),
        |theme| theme.text,
    ),
    RowField::of(alert::field("username"), TableColumn::left_aligned("USER", 10, 14, 6), |theme| theme.text),
    RowField::of(alert::field("feed_name"), TableColumn::left_aligned("FEED", 8, 14, 6), |theme| theme.text),
    RowField::of(alert::field("group"), TableColumn::left_aligned("GROUP", 10, 16, 7), |theme| theme.text),
    RowField::of(alert::field("md5"), TableColumn::left_aligned("MD5", 12, 32, 7), |theme| theme.number),
    JoinedFields::SIGNATURE,
    JoinedFields::PUBLISHER,
    JoinedFields::HOSTS,
    JoinedFields::STATUS,
    JoinedFields::ISOLATION,
    RowField::of(alert::field("unique_id"), TableColumn::left_aligned("ID", 12, 36, 9), |theme| theme.number),
];
