//! `ban`: hashes that sensors stop from running.

use super::{
    Caller, Exit, Failure, listed,
    perform::perform,
    when,
    words::{self, words},
};
use crate::cli::{Hashes, Patience, Reading};
use crate::deeds::Deed;
use crate::model::{Ban, Md5};
use crate::output::{Align, Cell, Column, Row};

/// The columns of bans.
const COLUMNS: &[Column] = &[
    Column::new("md5", Align::Left),
    Column::new("state", Align::Left),
    Column::new("created", Align::Left).rank(2),
    Column::new("by", Align::Left).rank(1),
    Column::new("blocks", Align::Right),
    Column::new("last_block", Align::Left).rank(3),
    Column::new("last_host", Align::Left).rank(4),
    Column::new("text", Align::Left).least(12),
];

/// Runs `ban list`.
pub(super) async fn list(reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.bans().await?;
    let names = listed::Names {
        several: "bans",
        none: "nothing was ever banned",
    };
    listed::print(&page, names, COLUMNS, reading, row, caller)
}

/// The deed that bans a hash; the reason is what the ban says.
pub(super) fn banned(md5: Md5) -> Deed {
    Deed::Ban { md5, note: None }
}

/// Runs `ban add` and `ban remove`.
pub(super) async fn change(
    deed: impl Fn(Md5) -> Deed,
    args: &Hashes,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let words = words(&args.hashes, caller)?;
    let reading = words::Reading {
        noun: "MD5",
        advice: "an MD5 has 32 hex digits; servers ban by nothing else",
    };
    let hashes = reading.all(&words, |word| word.parse::<Md5>().ok(), caller)?;
    let (client, access) = caller.reach()?;
    let deeds = hashes.into_iter().map(deed).collect();
    // A ban is what the server holds; that is read back at once, and nobody else is waited for.
    let server = (&client, &access);
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

fn row(ban: &Ban) -> Row {
    let state = match ban.is_enabled {
        Some(true) => "banned",
        Some(false) => "lifted",
        None => "unknown",
    };
    Row {
        cells: vec![
            Cell::from(Some(ban.md5)),
            Cell::from(Some(state)),
            Cell::from(ban.created.map(when::shown)),
            Cell::of(&ban.username),
            Cell::from(ban.blocks),
            Cell::from(ban.last_block.map(when::shown)),
            Cell::of(&ban.last_host),
            Cell::of(&ban.text),
        ],
        json: ban.document.json().to_owned(),
    }
}
