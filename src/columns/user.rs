//! The fields of user accounts.

use super::{CellValue, Field, find};
use crate::model::User;
use crate::text::Untrusted;

/// The fields of user rows.
pub const FIELDS: &[Field<User>] = &[
    Field::new("username", |user| (&user.username).into()),
    Field::new("global_admin", |user| match user.is_admin {
        Some(true) => CellValue::Word("admin"),
        Some(false) => CellValue::None,
        None => CellValue::Unavailable,
    }),
    Field::new("name", |user| {
        let name = [user.first_name.raw(), user.last_name.raw()].join(" ");
        let name: Untrusted = name.trim().into();
        (&name).into()
    }),
    Field::new("teams", |user| CellValue::comma_list(user.teams.iter().map(|team| team.raw().to_owned()))),
    Field::new("email", |user| (&user.email).into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<User> {
    find(FIELDS, name)
}
