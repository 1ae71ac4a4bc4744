//! The banned hashes: those in force and those that were lifted.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::model::Ban;
use crate::panes::{
    Pane, PaneId,
    copy::{self, Copied},
    pivot::Clues,
    prompt::hashes::HashesPane,
};
use crate::query::Index;
use crate::session::{Cx, Lead, Session};
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The bans of the server.
#[derive(Debug)]
pub struct Bans;

impl Kind for Bans {
    type Row = Ban;

    const PANE: PaneId = PaneId::Bans;
    const SCOPE: Scope = Scope::Bans;
    const NAME: &'static str = "Bans";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Bans, 0), Slot::Info];
    const UNASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No hashes have been banned";
    const FIELDS: &'static [Field<Ban>] = FIELDS;
    const SHOWN: usize = 8;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Ban>();
    }

    fn note(session: &Session) -> Option<String> {
        let info = session.info.current();
        let is_off = info.and_then(|known| known.value.banning_enabled) == Some(false);
        is_off.then(|| "BANNING IS DISABLED ON THIS SERVER".into())
    }

    fn lead(row: &Ban) -> Option<Lead> {
        Some(Lead::Search(Index::Binary, format!("md5:{}", row.md5)))
    }

    fn clues(row: &Ban) -> Clues {
        Clues::of_hash(row.md5)
    }

    fn copied(row: &Ban, action: Action, _: &Session) -> Option<Copied> {
        copy::ban(row, action)
    }

    fn popup(action: Action, _: impl FnOnce() -> Vec<Arc<Ban>>, _: &Session) -> Option<Box<dyn Pane>> {
        (action == Action::AddBans).then(|| Box::new(HashesPane::default()) as Box<dyn Pane>)
    }
}

const FIELDS: &[Field<Ban>] = &[
    Field::new(
        "enabled",
        Column::left("STATE", 7, 7, 1),
        |theme| theme.caution,
        |ban, _| match ban.is_enabled {
            Some(true) => Value::Word("ACTIVE"),
            Some(false) => Value::Word("REMOVED"),
            None => Value::Word("?"),
        },
    ),
    Field::new(
        "md5hash",
        Column::left("MD5", 32, 32, 0),
        |theme| theme.number,
        |ban, _| Value::Text(ban.md5.to_string().into()),
    ),
    Field::time("timestamp", "BANNED", 4, |ban, _| Value::time(ban.created)),
    Field::new("username", Column::left("BY", 8, 14, 3), |theme| theme.text, |ban, _| (&ban.username).into()),
    Field::new("block_count", Column::right("BLOCKS", 6, 6, 2), |theme| theme.number, |ban, _| ban.blocks.into()),
    Field::time("last_block_time", "LAST", 5, |ban, _| Value::time(ban.last_block)),
    Field::new(
        "last_block_hostname",
        Column::left("ON", 12, 16, 6),
        |theme| theme.text,
        |ban, _| (&ban.last_host).into(),
    ),
    Field::new("text", Column::left("NOTE", 30, Column::REST, 1), |theme| theme.text, |ban, _| (&ban.text).into()),
];
