//! `feed`: where the server has its threat reports from.

use super::{
    Caller, Exit, Failure,
    apply::{Meant, perform},
    change,
    details::{card, said},
    print_list,
    resolve::{self, Kind, Numbered},
};
use crate::api::{Client, Error};
use crate::changes::{Deed, Feeding, State};
use crate::cli::{self, Patience, Reading};
use crate::model::{Feed, FeedId, Search, Span};
use crate::output::{Align, Cell, Column, Format, Row, Sheet};
use crate::text::Untrusted;

/// The columns of feeds.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Right),
    Column::new("name", Align::Left).least(12),
    Column::new("title", Align::Left).least(16).rank(2),
    Column::new("state", Align::Left),
    Column::new("from", Align::Left).rank(3),
    Column::new("category", Align::Left).least(12).rank(4),
    Column::new("url", Align::Left).least(20).rank(1),
];

/// What feeds are called.
const KIND: Kind = Kind { one: "feed", several: "feeds", list: Some("lampblack feed list") };

impl Numbered for Feed {
    fn number(&self) -> u64 {
        self.id.0
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name, &self.display_name]
    }
}

/// Runs what does something to feeds, or shows them.
pub(super) async fn run(command: cli::Feed, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let switch = |on| move |id| Feeding::Switch { id, on };
    match command {
        cli::Feed::List { reading } => list(reading, caller).await,
        cli::Feed::Show { id, format } => show(&id, format, caller).await,
        cli::Feed::Add { address, grounds } => add(&address, &grounds, caller).await,
        cli::Feed::Enable(args) => change(&args, switch(true), caller).await,
        cli::Feed::Disable(args) => change(&args, switch(false), caller).await,
        cli::Feed::Sync(args) => change(&args, Feeding::Synchronize, caller).await,
        cli::Feed::Delete(args) => change(&args, Feeding::Delete, caller).await,
    }
}

/// Runs `feed list`.
async fn list(reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.feeds().await?;
    let names = print_list::Names { several: KIND.several, none: "there is no feed" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Runs `feed show`.
async fn show(word: &str, format: Format, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let feed = find(word, &client, caller).await?;
    if format != Format::Table {
        let look = caller.look();
        let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
        sheet.rows(&[row(&feed)])?;
        sheet.finish()?;
        return Ok(Exit::Done);
    }
    let search = Search { query: format!("feed_id:{}", feed.id), ..Search::default() };
    // The feed is the answer; a number that cannot be had does not take it away.
    let reports = match client.reports(&search, Span { start: 0, rows: 0 }).await {
        Ok(page) => Some(page.total),
        Err(error) => {
            caller.warn(&format!("how many reports it has: {error}"));
            None
        }
    };
    let details = card(
        feed.title(),
        &[
            ("feed", said(Some(feed.id))),
            ("name", Some(feed.name.clone())),
            ("state", said(Some(state(&feed)))),
            ("from", said(source(&feed))),
            ("category", Some(feed.category.clone())),
            ("reports", said(reports)),
            ("url", Some(feed.url.clone())),
            ("provider", Some(feed.provider_url.clone())),
            ("summary", Some(feed.summary.clone())),
        ],
    );
    caller.streams.out.write_all(details.as_bytes())?;
    Ok(Exit::Done)
}

/// Runs `feed add`.
async fn add(address: &str, grounds: &cli::Grounds, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let address = address.trim();
    if address.is_empty() {
        return Err(Failure::usage("there is no address")
            .hint("say where the server finds the feed: https://, http:// or file://"));
    }
    if let Some((why, hint)) = Feeding::no_address(address) {
        return Err(Failure::usage(format!("{address:?} {why}")).hint(hint));
    }
    let (client, access) = caller.reach()?;
    let deeds = vec![Deed::Feed(Feeding::Add { url: address.to_owned(), is_enabled: true })];
    let server = (&client, &access);
    perform(deeds, grounds, Patience::None, server, caller).await
}

/// Does something to one that is there.
async fn change(
    args: &cli::One,
    feeding: impl Fn(FeedId) -> Feeding,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.reach()?;
    change::may_change(&access)?;
    let meant = meant(&args.id, feeding, &client, caller).await?;
    let (deeds, server) = (vec![meant], (&client, &access));
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// The feed that is meant: its number, or else the whole of one of its names.
async fn find(word: &str, client: &Client, caller: &mut Caller<'_>) -> Result<Feed, Failure> {
    if let Ok(number) = word.trim().parse() {
        match client.feed(FeedId(number)).await {
            // It may be a name.
            Err(Error::NotFound { .. }) => {}
            found => return Ok(found?),
        }
    }
    resolve::find(word, client.feeds().await?, KIND, caller)
}

/// What is to be done to the feed that is meant, with what was read of it if that was by its number.
async fn meant(
    word: &str,
    feeding: impl Fn(FeedId) -> Feeding,
    client: &Client,
    caller: &mut Caller<'_>,
) -> Result<Meant, Failure> {
    let deed = |number| Deed::Feed(feeding(FeedId(number)));
    let is_there = |state: &State| matches!(state, State::Feed(found) if found.feed.is_some());
    if let Some(meant) = Meant::by_number(word, deed, is_there, client).await? {
        return Ok(meant);
    }
    let id = resolve::find(word, client.feeds().await?, KIND, caller)?.id;
    Ok(Deed::Feed(feeding(id)).into())
}

/// Whether its reports are looked for, in words.
fn state(feed: &Feed) -> &'static str {
    match feed.is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}

/// Who added it, in words.
fn source(feed: &Feed) -> Option<&'static str> {
    feed.is_manual.map(|is| if is { "added here" } else { "vendor" })
}

fn row(feed: &Feed) -> Row {
    Row {
        cells: vec![
            Cell::from(Some(feed.id)),
            Cell::of(&feed.name),
            Cell::of(&feed.display_name),
            Cell::from(Some(state(feed))),
            Cell::from(source(feed)),
            Cell::of(&feed.category),
            Cell::of(&feed.url),
        ],
        json: feed.document.json().to_owned(),
    }
}
