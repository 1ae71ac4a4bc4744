//! The binaries found: what they are, who signed them, and how many hosts have them.

use std::sync::Arc;

use super::{Field, Kind, Value, joins::verdict};
use crate::keys::{Action, Scope};
use crate::model::Binary;
use crate::panes::{
    Pane, PaneId,
    copy::{self, Copied},
    details::binary,
    pivot::Clues,
};
use crate::session::{Cx, Lead, Session};
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The files of a binary search.
#[derive(Debug)]
pub struct Binaries;

impl Kind for Binaries {
    type Row = Binary;

    const PANE: PaneId = PaneId::Binaries;
    const SCOPE: Scope = Scope::Binaries;
    const NAME: &'static str = "Binaries";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Binaries, 0), Slot::Info];
    const UNASKED: &'static str = "No search yet. Type a query and press Enter";
    const EMPTY: &'static str = "No binaries match. Try fewer terms or a wildcard";
    const FIELDS: &'static [Field<Binary>] = FIELDS;
    const SHOWN: usize = 8;

    fn rest(row: Option<&Arc<Binary>>, cx: &mut Cx<'_>) {
        cx.weigh(row);
    }

    fn lead(row: &Binary) -> Option<Lead> {
        Some(binary::processes(row))
    }

    fn clues(row: &Binary) -> Clues {
        Clues::of_binary(row)
    }

    fn copied(row: &Binary, action: Action, _: &Session) -> Option<Copied> {
        copy::binary(row, action)
    }

    fn popup(action: Action, chosen: impl FnOnce() -> Vec<Arc<Binary>>, session: &Session) -> Option<Box<dyn Pane>> {
        binary::popup(action, chosen, session)
    }
}

const FIELDS: &[Field<Binary>] = &[
    Field::new("digsig_result", Column::left("SIGNED", 8, 14, 2), |theme| theme.text, |binary, _| verdict(binary)),
    Field::time("server_added_timestamp", "FIRST", 4, |binary, _| Value::time(binary.first_seen)),
    Field::new("name", Column::left("NAME", 12, 20, 0), |theme| theme.accent, |binary, _| (&binary.name()).into()),
    Field::new(
        "digsig_publisher",
        Column::left("PUBLISHER", 12, 24, 3),
        |theme| theme.text,
        |binary, _| (&binary.signature.publisher).into(),
    ),
    Field::new("host_count", Column::right("HOSTS", 5, 6, 1), |theme| theme.number, |binary, _| binary.hosts.into()),
    Field::new("orig_mod_len", Column::right("SIZE", 8, 11, 6), |theme| theme.number, |binary, _| binary.size.into()),
    Field::new(
        "md5",
        Column::left("MD5", 12, 32, 7),
        |theme| theme.number,
        |binary, _| Value::Text(binary.md5.to_string().into()),
    ),
    Field::new(
        "observed_filename",
        Column::left("PATH", 16, Column::REST, 5),
        |theme| theme.text,
        |binary, _| {
            let path = binary.observed_paths.first();
            path.map_or(Value::None, Value::from)
        },
    ),
    Field::new(
        "product_name",
        Column::left("PRODUCT", 12, 24, 7),
        |theme| theme.text,
        |binary, _| (&binary.version.product).into(),
    ),
    Field::new(
        "file_version",
        Column::left("VERSION", 8, 16, 7),
        |theme| theme.text,
        |binary, _| (&binary.version.file_version).into(),
    ),
    Field::new(
        "copied_mod_len",
        Column::right("COLLECTED", 9, 11, 8),
        |theme| theme.number,
        |binary, _| binary.stored_size.into(),
    ),
    Field::time("last_seen", "LAST", 5, |binary, _| Value::time(binary.last_seen)),
    Field::new("os_type", Column::left("OS", 6, 10, 8), |theme| theme.muted, |binary, _| (&binary.os).into()),
];
