//! The fields of Live Response sessions.

use super::{CellValue, Field, find};
use crate::model::LiveSession;

/// The fields of session rows.
pub const FIELDS: &[Field<LiveSession>] = &[
    Field::new("id", |session| CellValue::text_of(Some(session.id))),
    Field::new("hostname", |session| (&session.host).into()),
    Field::new("sensor_id", |session| CellValue::text_of(session.sensor)),
    Field::new("status", |session| (&session.status.label()).into()),
    Field::new("create_time", |session| CellValue::time(session.created)),
    Field::new("address", |session| CellValue::text_of(session.address)),
    Field::new("storage_size", |session| CellValue::text_of(session.storage_size)),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<LiveSession> {
    find(FIELDS, name)
}
