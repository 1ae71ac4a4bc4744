//! The `watchlist` command: saved searches that the server runs periodically.

mod action;
mod create;
mod show;

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    binary, change,
    details::describe_switch,
    links, print_list, query_argument,
    resolve::{self, Identified, ObjectKind},
    search,
};
use crate::api::{Client, Error};
use crate::changes::{Change, ChangeReading, WatchlistChange};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, members, watchlist};
use crate::model::{Watchlist, WatchlistId};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text::Untrusted;

/// The columns of watchlists.
const FORMAT: RowFormat<Watchlist> = RowFormat {
    fields: watchlist::FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(watchlist::field("id")),
        OutputColumn::new("name", Align::Left).min_width(20).of(watchlist::field("name")),
        OutputColumn::new("state", Align::Left)
            .of(watchlist::field("enabled"))
            .with_value(|watchlist| CellValue::Word(describe_switch(watchlist.is_enabled))),
        OutputColumn::new("searches", Align::Left).rank(3).of(watchlist::field("index_type")),
        OutputColumn::new("hits", Align::Right).rank(1).of(watchlist::field("total_hits")),
        OutputColumn::new("last_hit", Align::Left).rank(2).of(watchlist::field("last_hit")),
        OutputColumn::new("query", Align::Left).min_width(20).of(watchlist::field("search_query")),
    ],
    members: members::WATCHLIST,
    json: |watchlist| watchlist.document.json().into(),
};

/// The words for watchlists in messages.
const KIND: ObjectKind =
    ObjectKind { singular: "watchlist", plural: "watchlists", list: Some("lampblack watchlist list") };

impl Identified for Watchlist {
    fn id(&self) -> String {
        self.id.0.to_string()
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs `watchlist`.
pub(super) async fn run(command: cli::Watchlist, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let switch = |is_enabled| move |id| WatchlistChange::Switch { id, is_enabled };
    match command {
        cli::Watchlist::List { output } => list(output, cx).await,
        cli::Watchlist::Show { id, format } => show::show(&id, format, cx).await,
        cli::Watchlist::Create(args) => create::create(&args, cx).await,
        cli::Watchlist::Enable(args) => change(&args, switch(true), cx).await,
        cli::Watchlist::Disable(args) => change(&args, switch(false), cx).await,
        cli::Watchlist::Search { id, query_args, count, output } => {
            let options = show::SearchOptions { query_args, count, output };
            show::search(&id, options, cx).await
        }
        cli::Watchlist::Delete(args) => change(&args, WatchlistChange::Delete, cx).await,
        cli::Watchlist::Action { id, action } => action::run(&id, action, cx).await,
    }
}

/// Runs `watchlist list`.
async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.watchlists().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "no watchlists" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Applies a change to an existing watchlist.
async fn change(
    args: &cli::IdArg,
    watchlist_change: impl Fn(WatchlistId) -> WatchlistChange,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    let changes = vec![plan_target(&args.id, watchlist_change, &client, cx).await?];
    let server = (&client, &access);
    // The server's record is the result: it is read back at once, and no sensor has to check in.
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}

/// Finds a watchlist by its ID or its complete name.
async fn resolve_watchlist(word: &str, client: &Client, cx: &mut CommandCx<'_>) -> Result<Watchlist, Failure> {
    let word = &links::watchlist(word, cx)?;
    if let Ok(number) = word.trim().parse() {
        match client.watchlist(WatchlistId(number)).await {
            // The number may be a name.
            Err(Error::NotFound { .. }) => {}
            watchlist => return Ok(watchlist?),
        }
    }
    find_by_name(word, client, cx).await
}

/// Finds a watchlist by its complete name.
async fn find_by_name(word: &str, client: &Client, cx: &mut CommandCx<'_>) -> Result<Watchlist, Failure> {
    resolve::resolve(word, client.watchlists().await?, KIND, cx)
}

/// Returns the change of a watchlist, with its state if it was found by ID.
async fn plan_target(
    word: &str,
    watchlist_change: impl Fn(WatchlistId) -> WatchlistChange,
    client: &Client,
    cx: &mut CommandCx<'_>,
) -> Result<PlannedTarget, Failure> {
    let word = &links::watchlist(word, cx)?;
    let change = |number| Change::Watch(watchlist_change(WatchlistId(number)));
    let exists =
        |reading: &ChangeReading| matches!(reading, ChangeReading::Watch(reading) if reading.state.watchlist.is_some());
    if let Some(target) = PlannedTarget::find_by_number(word, change, exists, client).await? {
        return Ok(target);
    }
    let id = find_by_name(word, client, cx).await?.id;
    Ok(Change::Watch(watchlist_change(id)).into())
}
