//! The fields of sites.

use super::{CellValue, Field, find};
use crate::model::Site;

/// The fields of site rows.
pub const FIELDS: &[Field<Site>] =
    &[Field::new("name", |site| (&site.name).into()), Field::new("id", |site| CellValue::Number(site.id))];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Site> {
    find(FIELDS, name)
}
