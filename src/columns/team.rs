//! The fields of teams.

use super::{CellValue, Field, find};
use crate::model::Team;

/// The fields of team rows.
pub const FIELDS: &[Field<Team>] = &[
    Field::new("name", |team| (&team.name).into()),
    Field::new("group_access", |team| {
        let access = team.access.iter();
        CellValue::comma_list(access.map(|access| format!("{}: {}", access.group.raw(), access.category.raw())))
    }),
    Field::new("id", |team| CellValue::Number(team.id)),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Team> {
    find(FIELDS, name)
}
