//! `ban`: hashes that sensors stop from running.

use super::{
    Caller, Exit, Failure,
    apply::{Meant, perform},
    args, change, print_list, time_args,
};
use crate::api::Client;
use crate::changes::{self, Deed, Estate};
use crate::cli::{Hashes, Patience, Reading};
use crate::config::Access;
use crate::model::{Ban, HashList, Link, Md5};
use crate::output::{Align, Cell, Column, Row};
use crate::text;

/// What a hash to be banned looks like.
const ADVICE: &str = "an MD5 has 32 hex digits; servers ban by nothing else";

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
    let names = print_list::Names { several: "bans", none: "nothing was ever banned" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
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
    let hashes = hashes(args, caller)?;
    let (client, access) = caller.reach()?;
    let meant = meant(hashes, deed, (&client, &access), caller).await?;
    // A ban is what the server holds; that is read back at once, and nobody else is waited for.
    let server = (&client, &access);
    perform(meant, &args.grounds, Patience::None, server, caller).await
}

/// The hashes that are named, each once. What is named as a word must be one; of a list, the rest is left out.
fn hashes(args: &Hashes, caller: &mut Caller<'_>) -> Result<Vec<Md5>, Failure> {
    let is_list = |word: &&String| *word == "-";
    let named = args.hashes.iter().filter(|word| !is_list(word));
    let mut words: Vec<String> = named.cloned().collect();
    if args.hashes.iter().any(|word| is_list(&word)) {
        let list = HashList::read(&args::input(caller)?);
        let rest = rest(&list);
        if let Some(rest) = &rest
            && (args.strict || list.md5s.is_empty() && words.is_empty())
        {
            let none = if list.md5s.is_empty() { "there is no MD5: " } else { "" };
            return Err(Failure::usage(format!("{none}{rest}")).hint(format!("{ADVICE}. Nothing was sent")));
        }
        if let Some(rest) = rest {
            caller.warn(&format!("left out: {rest}"));
        }
        if list.twice > 0 {
            caller.note(&format!("{} named twice", text::counted(list.twice, "hash is", "hashes are")));
        }
        words.extend(list.md5s.iter().map(ToString::to_string));
    }
    let reading = args::Reading { noun: "MD5", advice: ADVICE };
    reading.all(&words, Link::md5, caller)
}

/// What of a list is no MD5, in words; none if all of it is.
fn rest(list: &HashList) -> Option<String> {
    /// As many are named.
    const NAMED: usize = 5;
    /// Cells of a word.
    const WIDE: usize = 40;
    let n = list.others.len();
    let named = list.others.iter().take(NAMED);
    let named: Vec<_> = named.map(|word| format!("{:?}", text::fit(&word.as_str().into(), WIDE))).collect();
    let words = match (n, n.saturating_sub(NAMED)) {
        (0, _) => None,
        (n, 0) => Some(format!("{} no MD5: {}", text::counted(n, "word is", "words are"), named.join(", "))),
        (n, more) => Some(format!("{n} words are no MD5: {} and {more} more", named.join(", "))),
    };
    let sha256s = (list.sha256s > 0).then(|| {
        let n = text::counted(list.sha256s, "SHA-256", "SHA-256");
        format!("{n}, by which no server bans")
    });
    let both: Vec<_> = words.into_iter().chain(sha256s).collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// What is meant for each hash. Of many, the bans are read as one list.
async fn meant(
    hashes: Vec<Md5>,
    deed: impl Fn(Md5) -> Deed,
    (client, access): (&Client, &Access),
    caller: &mut Caller<'_>,
) -> Result<Vec<Meant>, Failure> {
    let deeds: Vec<_> = hashes.into_iter().map(deed).collect();
    let Some(cost) = changes::cost_of_many(&deeds) else {
        return Ok(deeds.into_iter().map(Meant::from).collect());
    };
    caller.note(&cost);
    let estate = Estate::new(client.clone(), change::guard(access));
    let states = changes::read_many(&deeds, &estate).await?;
    let meant = deeds.into_iter().zip(states);
    Ok(meant.map(|(deed, state)| Meant { deed, state }).collect())
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
            Cell::from(ban.created.map(time_args::shown)),
            Cell::of(&ban.username),
            Cell::from(ban.blocks),
            Cell::from(ban.last_block.map(time_args::shown)),
            Cell::of(&ban.last_host),
            Cell::of(&ban.text),
        ],
        json: ban.document.json().to_owned(),
    }
}
