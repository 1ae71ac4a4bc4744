//! The list of banned hashes, active and removed.

use std::{ops::Range, sync::Arc};

use super::{ListView, RowField};
use crate::columns::ban;
use crate::keys::{Action, Scope};
use crate::model::Ban;
use crate::panes::{
    ActionResult,
    copy::{self, Clip},
    pivot::Observables,
    prompt::hashes::HashesPane,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session, slots};
use crate::widgets::TableColumn;

/// The list view of bans.
#[derive(Debug)]
pub struct Bans;

impl ListView for Bans {
    type Row = Ban;

    const SCOPE: Scope = Scope::Bans;
    const NAME: &'static str = "Bans";
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No hashes have been banned";
    const FIELDS: &'static [RowField<Ban>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;

    fn refresh(_: &Range<u64>, cx: &mut Cx<'_>) {
        cx.lists().refresh_or_load::<Ban>();
    }

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Ban>();
    }

    fn note(session: &Session) -> Option<String> {
        let info = session.values.latest(slots::SERVER_INFO);
        let is_off = info.and_then(|info| info.value.banning_enabled) == Some(false);
        is_off.then(|| "BANNING IS DISABLED ON THIS SERVER".into())
    }

    fn destination(row: &Ban) -> Option<Destination> {
        Some(Destination::Search(Index::Binary, format!("md5:{}", row.md5)))
    }

    fn observables(row: &Ban) -> Observables {
        Observables::of_hash(row.md5)
    }

    fn clip(row: &Ban, action: Action, _: &Session) -> Option<Clip> {
        copy::ban_clip(row, action)
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Ban>>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::open_if((action == Action::AddBans).then(HashesPane::default))
    }
}

const FIELDS: &[RowField<Ban>] = &[
    RowField::of(ban::field("enabled"), TableColumn::left_aligned("STATE", 7, 7, 1), |theme| theme.caution),
    RowField::of(ban::field("md5hash"), TableColumn::left_aligned("MD5", 32, 32, 0), |theme| theme.number),
    RowField::time_of(ban::field("timestamp"), "BANNED", 4),
    RowField::of(ban::field("username"), TableColumn::left_aligned("BY", 8, 14, 3), |theme| theme.text),
    RowField::of(ban::field("block_count"), TableColumn::right_aligned("BLOCKS", 6, 6, 2), |theme| theme.number),
    RowField::time_of(ban::field("last_block_time"), "LAST", 5),
    RowField::of(ban::field("last_block_hostname"), TableColumn::left_aligned("ON", 12, 16, 6), |theme| theme.text),
    RowField::of(ban::field("text"), TableColumn::left_aligned("NOTE", 30, TableColumn::FILL, 1), |theme| theme.text),
];
