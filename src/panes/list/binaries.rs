//! The binaries found: what they are, who signed them, and how many hosts have them.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::model::Binary;
use crate::panes::{
    PaneId,
    pivot::Clues,
    yank::{self, Copied},
};
use crate::query::Index;
use crate::session::{Cx, Lead};
use crate::widgets::Column;
use crate::worker::Slot;

/// The files of a binary search.
#[derive(Debug)]
pub struct Binaries;

impl Kind for Binaries {
    type Row = Binary;

    const PANE: PaneId = PaneId::Binaries;
    const SCOPE: Scope = Scope::Binaries;
    const NAME: &'static str = "Binaries";
    const SLOTS: &'static [Slot] = &[Slot::Page(Index::Binary, 0), Slot::Info];
    const UNASKED: &'static str = "nothing has been asked yet: write a query above and press enter";
    const EMPTY: &'static str = "no binary matches; fewer terms or a wildcard may";
    const FIELDS: &'static [Field<Binary>] = FIELDS;
    const SHOWN: usize = 6;

    fn rest(_: Option<&Arc<Binary>>, _: &mut Cx<'_>) {}

    fn lead(row: &Binary) -> Option<Lead> {
        Some(Lead::Search(Index::Process, format!("md5:{}", row.md5)))
    }

    fn clues(row: &Binary) -> Clues {
        Clues::of_binary(row)
    }

    fn copied(row: &Binary, action: Action) -> Option<Copied> {
        yank::binary(row, action)
    }

    fn act(_: Action, _: &mut Cx<'_>) -> bool {
        false
    }
}

const FIELDS: &[Field<Binary>] = &[
    Field::new(
        "digsig_result",
        Column::left("SIGNATURE", 8, 12, 2),
        |theme| theme.text,
        |binary, _| (&binary.signature.result).into(),
    ),
    Field::time("server_added_timestamp", "ADDED", 3, |binary, _| {
        Value::time(binary.first_seen)
    }),
    Field::new(
        "host_count",
        Column::right("HOSTS", 5, 6, 1),
        |theme| theme.number,
        |binary, _| binary.hosts.into(),
    ),
    Field::new(
        "orig_mod_len",
        Column::right("BYTES", 8, 11, 6),
        |theme| theme.number,
        |binary, _| binary.size.into(),
    ),
    Field::new(
        "md5",
        Column::left("MD5", 12, 32, 5),
        |theme| theme.number,
        |binary, _| Value::Text(binary.md5.to_string().into()),
    ),
    Field::new(
        "observed_filename",
        Column::left("SEEN AS", 16, Column::REST, 0),
        |theme| theme.accent,
        |binary, _| {
            binary
                .observed_paths
                .first()
                .map_or(Value::None, Value::from)
        },
    ),
    Field::new(
        "digsig_publisher",
        Column::left("PUBLISHER", 12, 24, 4),
        |theme| theme.text,
        |binary, _| (&binary.signature.publisher).into(),
    ),
    Field::new(
        "original_filename",
        Column::left("ORIGINAL NAME", 12, 20, 7),
        |theme| theme.text,
        |binary, _| (&binary.version.original_filename).into(),
    ),
];
