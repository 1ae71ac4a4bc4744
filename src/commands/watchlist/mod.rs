//! `watchlist`: searches that the server runs again and again.

mod action;
mod create;
mod show;

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    binary, change, links, print_list, query_argument,
    resolve::{self, Noun, Numbered},
    search, time_args,
};
use crate::api::{Client, Error};
use crate::changes::{Change, Snapshot, WatchlistChange};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::model::{StoredIndex, Watchlist, WatchlistId};
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};
use crate::query;
use crate::text::Untrusted;

/// The columns of watchlists.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Right),
    OutputColumn::new("name", Align::Left).min_width(20),
    OutputColumn::new("state", Align::Left),
    OutputColumn::new("searches", Align::Left).rank(3),
    OutputColumn::new("hits", Align::Right).rank(1),
    OutputColumn::new("last_hit", Align::Left).rank(2),
    OutputColumn::new("query", Align::Left).min_width(20),
];

/// What watchlists are called.
const KIND: Noun = Noun { singular: "watchlist", plural: "watchlists", list: Some("lampblack watchlist list") };

impl Numbered for Watchlist {
    fn number(&self) -> u64 {
        self.id.0
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs what does something to watchlists, or shows them.
pub(super) async fn run(command: cli::Watchlist, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let switch = |on| move |id| WatchlistChange::Switch { id, is_enabled: on };
    match command {
        cli::Watchlist::List { reading } => list(reading, caller).await,
        cli::Watchlist::Show { id, format } => show::show(&id, format, caller).await,
        cli::Watchlist::Create(args) => create::create(&args, caller).await,
        cli::Watchlist::Enable(args) => change(&args, switch(true), caller).await,
        cli::Watchlist::Disable(args) => change(&args, switch(false), caller).await,
        cli::Watchlist::Search { id, asking, count, reading } => {
            let how = show::SearchOptions { asking, count, output: reading };
            show::search(&id, how, caller).await
        }
        cli::Watchlist::Delete(args) => change(&args, WatchlistChange::Delete, caller).await,
        cli::Watchlist::Action { id, action } => action::run(&id, action, caller).await,
    }
}

/// Runs `watchlist list`.
async fn list(reading: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.watchlists().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "there is no watchlist" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Does something to one that is there.
async fn change(
    args: &cli::IdArg,
    watching: impl Fn(WatchlistId) -> WatchlistChange,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.connect()?;
    change::check_may_change(&access)?;
    let deeds = vec![plan_target(&args.id, watching, &client, caller).await?];
    let server = (&client, &access);
    // What the server holds is read back at once, and nobody else is waited for.
    apply_changes(deeds, &args.justification, WaitLimit::None, server, caller).await
}

/// The watchlist that is meant: its number, or else its whole name.
async fn resolve_watchlist(word: &str, client: &Client, caller: &mut CommandCx<'_>) -> Result<Watchlist, Failure> {
    let word = &links::watchlist(word, caller)?;
    if let Ok(number) = word.trim().parse() {
        match client.watchlist(WatchlistId(number)).await {
            // It may be a name.
            Err(Error::NotFound { .. }) => {}
            found => return Ok(found?),
        }
    }
    find_by_name(word, client, caller).await
}

/// The watchlist of this name.
async fn find_by_name(word: &str, client: &Client, caller: &mut CommandCx<'_>) -> Result<Watchlist, Failure> {
    resolve::resolve(word, client.watchlists().await?, KIND, caller)
}

/// What is to be done to the watchlist that is meant, with what was read of it if that was by its number.
async fn plan_target(
    word: &str,
    watching: impl Fn(WatchlistId) -> WatchlistChange,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<PlannedTarget, Failure> {
    let word = &links::watchlist(word, caller)?;
    let deed = |number| Change::Watch(watching(WatchlistId(number)));
    let is_there = |state: &Snapshot| matches!(state, Snapshot::Watchlist(found) if found.watchlist.is_some());
    if let Some(meant) = PlannedTarget::find_by_number(word, deed, is_there, client).await? {
        return Ok(meant);
    }
    let id = find_by_name(word, client, caller).await?.id;
    Ok(Change::Watch(watching(id)).into())
}

/// Its query for people.
fn display_query(watchlist: &Watchlist) -> Untrusted {
    query::describe_stored(watchlist.search_query.raw()).into()
}

/// What it searches, in words.
fn describe_index(watchlist: &Watchlist) -> Untrusted {
    match &watchlist.index {
        StoredIndex::Events => "processes".into(),
        StoredIndex::Modules => "binaries".into(),
        StoredIndex::Other(word) => word.clone(),
    }
}

/// Whether it runs, in words.
fn describe_state(is_enabled: Option<bool>) -> &'static str {
    match is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}

fn row(watchlist: &Watchlist) -> OutputRow {
    OutputRow {
        cells: vec![
            OutputCell::from_value(Some(watchlist.id)),
            OutputCell::from_untrusted(&watchlist.name),
            OutputCell::from_value(Some(describe_state(watchlist.is_enabled))),
            OutputCell::from_untrusted(&describe_index(watchlist)),
            OutputCell::from_value(watchlist.total_hits),
            OutputCell::from_value(watchlist.last_hit.map(time_args::format_time)),
            OutputCell::from_untrusted(&display_query(watchlist)),
        ],
        json: watchlist.document.json().to_owned(),
    }
}
