//! The fields of alerts.

use super::{CellValue, Field, find};
use crate::model::{Alert, AlertSource};
use crate::query;
use crate::text::Untrusted;

/// The fields of alert rows.
pub const FIELDS: &[Field<Alert>] = &[
    Field::new("alert_severity", |alert| alert.severity.map(format_score).into()),
    Field::new("created_time", |alert| CellValue::time(alert.created)),
    Field::new("status", |alert| CellValue::Text(alert.status.server_word())),
    Field::new("hostname", |alert| (&alert.host).into()),
    Field::new("process_name", |alert| object_name(alert).map_or(CellValue::None, CellValue::Text)),
    Field::new("watchlist_name", |alert| source_name(alert).into()),
    Field::new("assigned_to", |alert| (&alert.assigned_to).into()),
    Field::new("ioc_value", |alert| (&indicator_text(alert)).into()),
    Field::new("username", |alert| (&alert.user).into()),
    Field::new("feed_name", |alert| match alert.source {
        AlertSource::Watchlist => CellValue::Word("watchlist"),
        AlertSource::Report(_) => (&alert.feed_name).into(),
    }),
    Field::new("group", |alert| (&alert.group).into()),
    Field::new("md5", |alert| CellValue::text_of(alert.md5)),
    Field::new("process_id", |alert| CellValue::text_of(alert.process)),
    Field::new("unique_id", |alert| CellValue::Text(alert.id.0.clone())),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Alert> {
    find(FIELDS, name)
}

/// Returns what raised `alert`: the name of a watchlist, the title of a report.
pub fn source_name(alert: &Alert) -> &Untrusted {
    alert.source_name.non_empty().unwrap_or(&alert.source_id)
}

/// Returns what `alert` is about: a process name, or the file name of a binary.
pub fn object_name(alert: &Alert) -> Option<Untrusted> {
    let file = || {
        let path = alert.observed_paths.first()?.raw();
        path.rsplit(['\\', '/']).next().map(Untrusted::from)
    };
    alert.process_name.non_empty().cloned().or_else(file)
}

/// Returns the matched indicator as a query.
pub fn indicator_text(alert: &Alert) -> Untrusted {
    let indicator = &alert.indicator;
    query::indicator_text(indicator.kind.raw(), indicator.value.raw()).into()
}

/// Rounds a score to an integer from 0 to 100, as the server's own console does.
pub fn format_score(severity: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    let score = severity.clamp(0.0, 100.0).round() as u64;
    score
}
