//! The fields of watchlists.

use super::{CellValue, Field, find};
use crate::model::{StoredIndex, WatchAction, Watchlist};
use crate::query;

/// The fields of watchlist rows.
pub const FIELDS: &[Field<Watchlist>] = &[
    Field::new("enabled", |watchlist| CellValue::on_off(watchlist.is_enabled)),
    Field::new("name", |watchlist| (&watchlist.name).into()),
    Field::new("total_hits", |watchlist| watchlist.total_hits.into()),
    Field::new("last_hit_count", |watchlist| watchlist.last_hits.into()),
    Field::new("last_hit", |watchlist| CellValue::time(watchlist.last_hit)),
    Field::new("index_type", |watchlist| match &watchlist.index {
        StoredIndex::Events => CellValue::Word("processes"),
        StoredIndex::Modules => CellValue::Word("binaries"),
        StoredIndex::Other(word) => word.into(),
    }),
    Field::new("search_query", describe_search),
    Field::new("readonly", |watchlist| match watchlist.is_readonly {
        Some(true) => CellValue::Word("read-only"),
        Some(false) => CellValue::None,
        None => CellValue::Unavailable,
    }),
    Field::new("id", |watchlist| CellValue::Number(watchlist.id.0)),
    Field::new("description", |watchlist| (&watchlist.description).into()),
    Field::new("date_added", |watchlist| CellValue::time(watchlist.added)),
    Field::new("search_timestamp", |watchlist| CellValue::time(watchlist.searched_until)),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Watchlist> {
    find(FIELDS, name)
}

/// The fields of the actions of a watchlist.
pub const ACTION_FIELDS: &[Field<WatchAction>] = &[
    Field::new("id", |action| CellValue::Number(action.id)),
    Field::new("action_type", |action| CellValue::text_of(Some(action.kind))),
    Field::new("email_recipients", |action| {
        let recipients: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
        CellValue::text_of(Some(recipients.join(" ")))
    }),
];

/// Returns the field of actions with this name.
pub const fn action_field(name: &str) -> &'static Field<WatchAction> {
    find(ACTION_FIELDS, name)
}

/// Returns the stored query of `watchlist` in readable form.
fn describe_search(watchlist: &Watchlist) -> CellValue {
    CellValue::Text(query::describe_stored(watchlist.search_query.raw()).as_str().into())
}
