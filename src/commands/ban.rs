//! `ban`: hashes that sensors stop from running.

use super::{Caller, Exit, Failure, when};
use crate::cli::Reading;
use crate::model::Ban;
use crate::output::{Align, Cell, Column, Row, Sheet};

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
    let client = caller.client()?;
    let page = client.bans().await?;
    let limit = match reading.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let rows: Vec<Row> = page.rows.iter().take(limit).map(row).collect();
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, reading.format, COLUMNS, look);
    sheet.rows(&rows)?;
    sheet.finish()?;
    if page.broken > 0 {
        caller.warn(&format!(
            "{} bans could not be read and are left out",
            page.broken
        ));
    }
    if page.rows.len() > rows.len() {
        caller.note(&format!(
            "{} of {} bans; --limit 0 gives all",
            rows.len(),
            page.rows.len()
        ));
    }
    if page.rows.is_empty() {
        caller.note("nothing was ever banned");
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
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
