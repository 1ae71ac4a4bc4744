//! The fields of bans.

use super::{CellValue, Field, find};
use crate::model::Ban;

/// The fields of ban rows.
pub const FIELDS: &[Field<Ban>] = &[
    Field::new("enabled", |ban| match ban.is_enabled {
        Some(true) => CellValue::Word("ACTIVE"),
        Some(false) => CellValue::Word("REMOVED"),
        None => CellValue::Word("?"),
    }),
    Field::new("md5hash", |ban| CellValue::text_of(Some(ban.md5))),
    Field::new("timestamp", |ban| CellValue::time(ban.created)),
    Field::new("username", |ban| (&ban.username).into()),
    Field::new("block_count", |ban| ban.blocks.into()),
    Field::new("last_block_time", |ban| CellValue::time(ban.last_block)),
    Field::new("last_block_hostname", |ban| (&ban.last_host).into()),
    Field::new("text", |ban| (&ban.text).into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Ban> {
    find(FIELDS, name)
}
