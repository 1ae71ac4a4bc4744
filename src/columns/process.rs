//! The fields of processes.

use super::{CellValue, Field, find};
use crate::model::Process;

/// The fields of process rows.
pub const FIELDS: &[Field<Process>] = &[
    Field::new("start", |process| CellValue::time(process.started)),
    Field::new("hostname", |process| (&process.host).into()),
    Field::new("parent_name", |process| (&process.parent_name).into()),
    Field::new("process_name", |process| (&process.name).into()),
    Field::new("process_pid", |process| process.pid.map_or(CellValue::Word("?"), |pid| CellValue::Number(pid.into()))),
    Field::new("username", |process| (&process.user).into()),
    Field::new("cmdline", |process| (&process.cmdline).into()),
    Field::new("last_update", |process| CellValue::time(process.last_update)),
    Field::new("group", |process| (&process.group).into()),
    Field::new("path", |process| (&process.path).into()),
    Field::new("process_md5", |process| CellValue::text_of(process.md5)),
    Field::new("hit", hit_sign),
    Field::new("id", |process| CellValue::text_of(Some(process.id))),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Process> {
    find(FIELDS, name)
}

/// Returns `!` for a process that a watchlist or a feed has matched.
pub fn hit_sign(process: &Process) -> CellValue {
    if process.watchlists.is_empty() && process.feeds.is_empty() { CellValue::None } else { CellValue::Word("!") }
}
