//! The fields of threat reports.

use super::{CellValue, Field, find};
use crate::model::Report;
use crate::query;
use crate::text::Untrusted;

/// The fields of report rows.
pub const FIELDS: &[Field<Report>] = &[
    Field::new("score", |report| CellValue::text_of(report.score)),
    Field::new("title", |report| (&report.title).into()),
    Field::new("create_time", |report| CellValue::time(report.created)),
    Field::new("feed_name", |report| (&report.feed_name).into()),
    Field::new("is_ignored", |report| match report.is_ignored {
        Some(true) => CellValue::Word("ignored"),
        Some(false) => CellValue::Word("active"),
        None => CellValue::Word("unknown"),
    }),
    // The server's `id` is unique within a feed only.
    Field::new("report", |report| CellValue::text_of(Some(report.id.raw()))),
    Field::new("report_id", |report| (&report.id.id).into()),
    Field::new("tags", |report| {
        let tags: Vec<_> = report.tags.iter().map(Untrusted::raw).collect();
        CellValue::Text(tags.join(" ").into())
    }),
    Field::new("indicators", |report| CellValue::Text(describe_indicators(report))),
    Field::new("link", |report| (&report.link).into()),
    Field::new("description", |report| (&report.description).into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Report> {
    find(FIELDS, name)
}

/// Returns the indicators of `report` as query terms.
fn describe_indicators(report: &Report) -> Untrusted {
    let indicators = report.indicators.iter();
    let indicators: Vec<_> =
        indicators.map(|indicator| query::indicator_text(indicator.kind.raw(), indicator.value.raw())).collect();
    indicators.join(" ").into()
}
