//! The list of alerts raised by watchlists and feeds.

use std::sync::Arc;

use ratatui::text::Line;

use super::{CellValue, ListView, RowField, joins::JoinedFields, new_alerts};
use crate::keys::{Action, Scope};
use crate::model::{Alert, AlertSource, AlertStatus};
use crate::panes::{
    ActionResult, PaneId,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::query::{self, Index};
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;
use crate::theme::Theme;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of alerts.
#[derive(Debug)]
pub struct Alerts;

impl ListView for Alerts {
    type Row = Alert;

    const PANE: PaneId = PaneId::Alerts;
    const SCOPE: Scope = Scope::Alerts;
    const NAME: &'static str = "Alerts";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Alerts, 0), Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "No search yet. Press Enter in the query";
    const EMPTY: &'static str = "No alerts match. Closed alerts have a different status";
    const FIELDS: &'static [RowField<Alert>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 9;

    fn footer_line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
        new_alerts::new_alerts_line(session, theme)
    }

    fn on_select(row: Option<&Arc<Alert>>, cx: &mut Cx<'_>) -> ActionResult {
        cx.select_alert(row);
        ActionResult::Done
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

/// Returns what raised `alert`: the name of a watchlist, the title of a report.
pub(in crate::panes) fn source_name(alert: &Alert) -> &Untrusted {
    alert.source_name.non_empty().unwrap_or(&alert.source_id)
}

/// Returns what `alert` is about: a process name, or the file name of a binary.
pub(in crate::panes) fn object_name(alert: &Alert) -> Option<Untrusted> {
    let file = || {
        let path = alert.observed_paths.first()?.raw();
        path.rsplit(['\\', '/']).next().map(Untrusted::from)
    };
    alert.process_name.non_empty().cloned().or_else(file)
}

/// Returns the matched indicator as a query.
pub(in crate::panes) fn indicator_text(alert: &Alert) -> Untrusted {
    let indicator = &alert.indicator;
    query::indicator_text(indicator.kind.raw(), indicator.value.raw()).into()
}

/// Rounds a score to an integer from 0 to 100, as the server's own console does.
pub(in crate::panes) fn format_score(severity: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    let score = severity.clamp(0.0, 100.0).round() as u64;
    score
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
    RowField::new(
        "alert_severity",
        TableColumn::right_aligned("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |alert, _| alert.severity.map(format_score).into(),
    ),
    RowField::time("created_time", "CREATED", 3, |alert, _| CellValue::time(alert.created)),
    RowField::new(
        "status",
        TableColumn::left_aligned("STATUS", 10, 14, 7),
        |theme| theme.muted,
        |alert, _| CellValue::Text(alert.status.server_word()),
    ),
    RowField::new(
        "hostname",
        TableColumn::left_aligned("HOST", 11, 16, 2),
        |theme| theme.text,
        |alert, _| (&alert.host).into(),
    ),
    RowField::new(
        "process_name",
        TableColumn::left_aligned("PROCESS", 14, 18, 1),
        |theme| theme.accent,
        |alert, _| object_name(alert).map_or(CellValue::None, CellValue::Text),
    ),
    RowField::new(
        "watchlist_name",
        TableColumn::left_aligned("SOURCE", 18, 34, 1),
        |theme| theme.text,
        |alert, _| source_name(alert).into(),
    ),
    RowField::new(
        "assigned_to",
        TableColumn::left_aligned("ASSIGNED", 8, 10, 8),
        |theme| theme.muted,
        |alert, _| (&alert.assigned_to).into(),
    ),
    RowField::new(
        "ioc_value",
        TableColumn::left_aligned("MATCHED ON", 16, TableColumn::FILL, 4),
        |theme| theme.text,
        |alert, _| (&indicator_text(alert)).into(),
    ),
    RowField::new(
        "username",
        TableColumn::left_aligned("USER", 10, 14, 6),
        |theme| theme.text,
        |alert, _| (&alert.user).into(),
    ),
    RowField::new(
        "feed_name",
        TableColumn::left_aligned("FEED", 8, 14, 6),
        |theme| theme.text,
        |alert, _| match alert.source {
            AlertSource::Watchlist => CellValue::Word("watchlist"),
            AlertSource::Report(_) => (&alert.feed_name).into(),
        },
    ),
    RowField::new(
        "group",
        TableColumn::left_aligned("GROUP", 10, 16, 7),
        |theme| theme.text,
        |alert, _| (&alert.group).into(),
    ),
    RowField::new(
        "md5",
        TableColumn::left_aligned("MD5", 12, 32, 7),
        |theme| theme.number,
        |alert, _| {
            let md5 = alert.md5.map(|md5| md5.to_string().into());
            md5.map_or(CellValue::None, CellValue::Text)
        },
    ),
    JoinedFields::SIGNATURE,
    JoinedFields::PUBLISHER,
    JoinedFields::HOSTS,
    JoinedFields::STATUS,
    JoinedFields::ISOLATION,
    RowField::new(
        "unique_id",
        TableColumn::left_aligned("ID", 12, 36, 9),
        |theme| theme.number,
        |alert, _| CellValue::Text(alert.id.0.clone()),
    ),
];
