//! `watchlist`: searches that the server runs again and again.

mod action;
mod create;
mod show;

use super::{
    Caller, Exit, Failure,
    apply::{Meant, perform},
    binary, change, links, print_list, query_argument,
    resolve::{self, Kind, Numbered},
    search, time_args,
};
use crate::api::{Client, Error};
use crate::changes::{Deed, State, Watching};
use crate::cli::{self, Patience, Reading};
use crate::model::{StoredIndex, Watchlist, WatchlistId};
use crate::output::{Align, Cell, Column, Row};
use crate::query;
use crate::text::Untrusted;

/// The columns of watchlists.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Right),
    Column::new("name", Align::Left).least(20),
    Column::new("state", Align::Left),
    Column::new("searches", Align::Left).rank(3),
    Column::new("hits", Align::Right).rank(1),
    Column::new("last_hit", Align::Left).rank(2),
    Column::new("query", Align::Left).least(20),
];

/// What watchlists are called.
const KIND: Kind = Kind { one: "watchlist", several: "watchlists", list: Some("lampblack watchlist list") };

impl Numbered for Watchlist {
    fn number(&self) -> u64 {
        self.id.0
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs what does something to watchlists, or shows them.
pub(super) async fn run(command: cli::Watchlist, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let switch = |on| move |id| Watching::Switch { id, on };
    match command {
        cli::Watchlist::List { reading } => list(reading, caller).await,
        cli::Watchlist::Show { id, format } => show::show(&id, format, caller).await,
        cli::Watchlist::Create(args) => create::create(&args, caller).await,
        cli::Watchlist::Enable(args) => change(&args, switch(true), caller).await,
        cli::Watchlist::Disable(args) => change(&args, switch(false), caller).await,
        cli::Watchlist::Search { id, asking, count, reading } => {
            let how = show::Asked { asking, count, reading };
            show::search(&id, how, caller).await
        }
        cli::Watchlist::Delete(args) => change(&args, Watching::Delete, caller).await,
        cli::Watchlist::Action { id, action } => action::run(&id, action, caller).await,
    }
}

/// Runs `watchlist list`.
async fn list(reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.watchlists().await?;
    let names = print_list::Names { several: KIND.several, none: "there is no watchlist" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Does something to one that is there.
async fn change(
    args: &cli::One,
    watching: impl Fn(WatchlistId) -> Watching,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.reach()?;
    change::may_change(&access)?;
    let deeds = vec![meant(&args.id, watching, &client, caller).await?];
    let server = (&client, &access);
    // What the server holds is read back at once, and nobody else is waited for.
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// The watchlist that is meant: its number, or else its whole name.
async fn find(word: &str, client: &Client, caller: &mut Caller<'_>) -> Result<Watchlist, Failure> {
    let word = &links::watchlist(word, caller)?;
    if let Ok(number) = word.trim().parse() {
        match client.watchlist(WatchlistId(number)).await {
            // It may be a name.
            Err(Error::NotFound { .. }) => {}
            found => return Ok(found?),
        }
    }
    by_name(word, client, caller).await
}

/// The watchlist of this name.
async fn by_name(word: &str, client: &Client, caller: &mut Caller<'_>) -> Result<Watchlist, Failure> {
    resolve::find(word, client.watchlists().await?, KIND, caller)
}

/// What is to be done to the watchlist that is meant, with what was read of it if that was by its number.
async fn meant(
    word: &str,
    watching: impl Fn(WatchlistId) -> Watching,
    client: &Client,
    caller: &mut Caller<'_>,
) -> Result<Meant, Failure> {
    let word = &links::watchlist(word, caller)?;
    let deed = |number| Deed::Watch(watching(WatchlistId(number)));
    let is_there = |state: &State| matches!(state, State::Watchlist(found) if found.watchlist.is_some());
    if let Some(meant) = Meant::by_number(word, deed, is_there, client).await? {
        return Ok(meant);
    }
    let id = by_name(word, client, caller).await?.id;
    Ok(Deed::Watch(watching(id)).into())
}

/// Its query for people.
fn readable(watchlist: &Watchlist) -> Untrusted {
    query::stored(watchlist.search_query.raw()).into()
}

/// What it searches, in words.
fn searches(watchlist: &Watchlist) -> Untrusted {
    match &watchlist.index {
        StoredIndex::Events => "processes".into(),
        StoredIndex::Modules => "binaries".into(),
        StoredIndex::Other(word) => word.clone(),
    }
}

/// Whether it runs, in words.
fn state(is_enabled: Option<bool>) -> &'static str {
    match is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}

fn row(watchlist: &Watchlist) -> Row {
    Row {
        cells: vec![
            Cell::from(Some(watchlist.id)),
            Cell::of(&watchlist.name),
            Cell::from(Some(state(watchlist.is_enabled))),
            Cell::of(&searches(watchlist)),
            Cell::from(watchlist.total_hits),
            Cell::from(watchlist.last_hit.map(time_args::shown)),
            Cell::of(&readable(watchlist)),
        ],
        json: watchlist.document.json().to_owned(),
    }
}
