//! The fields of feeds.

use super::{CellValue, Field, find};
use crate::model::Feed;

/// The fields of feed rows.
pub const FIELDS: &[Field<Feed>] = &[
    Field::new("enabled", |feed| CellValue::on_off(feed.is_enabled)),
    Field::new("display_name", |feed| feed.title().into()),
    Field::new("manually_added", |feed| match feed.is_manual {
        Some(true) => CellValue::Word("local"),
        Some(false) => CellValue::Word("vendor"),
        None => CellValue::Unavailable,
    }),
    Field::new("id", |feed| CellValue::Number(feed.id.0)),
    Field::new("name", |feed| (&feed.name).into()),
    Field::new("category", |feed| (&feed.category).into()),
    Field::new("summary", |feed| (&feed.summary).into()),
    Field::new("feed_url", |feed| (&feed.url).into()),
    Field::new("provider_url", |feed| (&feed.provider_url).into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Feed> {
    find(FIELDS, name)
}
