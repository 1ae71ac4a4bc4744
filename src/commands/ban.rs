//! `ban`: hashes that sensors stop from running.

use std::io::Read;

use super::{Caller, Exit, Failure, perform::perform, when};
use crate::cli::{Hashes, Patience, Reading};
use crate::deeds::Deed;
use crate::model::{Ban, Md5};
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
    let hashes = hashes(&words, caller)?;
    let (client, access) = caller.reach()?;
    let deeds = hashes.into_iter().map(deed).collect();
    // A ban is what the server holds; that is read back at once, and nobody else is waited for.
    let server = (&client, &access);
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// What is given on the command line, and on standard input where it says so.
fn words(given: &[String], caller: &mut Caller<'_>) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    for word in given {
        if word != "-" {
            words.push(word.clone());
            continue;
        }
        let mut text = String::new();
        let input = &mut caller.streams.input;
        input
            .read_to_string(&mut text)
            .map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
        let lines = text.lines().map(str::trim);
        words.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(words)
}

/// The hashes that are meant, each once. Every word that is none is answered, and then nothing is done.
fn hashes(words: &[String], caller: &mut Caller<'_>) -> Result<Vec<Md5>, Failure> {
    let mut hashes = Vec::new();
    let mut junk = Vec::new();
    for word in words {
        match word.parse::<Md5>() {
            Ok(md5) if hashes.contains(&md5) => caller.note(&format!("{md5} is named twice")),
            Ok(md5) => hashes.push(md5),
            Err(()) => junk.push((format!("{word:?} is no MD5"), None)),
        }
    }
    if let Some((_, hint)) = junk.last_mut() {
        let advice = "an MD5 has 32 hex digits; servers ban by nothing else. Nothing was sent";
        *hint = Some(advice.to_owned());
        return Err(Failure {
            exit: Exit::Usage,
            reports: junk,
        });
    }
    if hashes.is_empty() {
        return Err(Failure::usage("there is no hash").hint("give MD5 hashes, one a line"));
    }
    Ok(hashes)
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
