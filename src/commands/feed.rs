//! `feed`: where the server has its threat reports from.

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    change,
    details::{card, property},
    print_list,
    resolve::{self, Noun, Numbered},
};
use crate::api::{Client, Error};
use crate::changes::{Change, FeedChange, Snapshot};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::model::{Feed, FeedId, Search, Span};
use crate::output::{Align, Format, OutputCell, OutputColumn, OutputRow, TableWriter};
use crate::text::Untrusted;

/// The columns of feeds.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Right),
    OutputColumn::new("name", Align::Left).min_width(12),
    OutputColumn::new("title", Align::Left).min_width(16).rank(2),
    OutputColumn::new("state", Align::Left),
    OutputColumn::new("from", Align::Left).rank(3),
    OutputColumn::new("category", Align::Left).min_width(12).rank(4),
    OutputColumn::new("url", Align::Left).min_width(20).rank(1),
];

/// What feeds are called.
const KIND: Noun = Noun { singular: "feed", plural: "feeds", list: Some("lampblack feed list") };

impl Numbered for Feed {
    fn number(&self) -> u64 {
        self.id.0
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name, &self.display_name]
    }
}

/// Runs what does something to feeds, or shows them.
pub(super) async fn run(command: cli::Feed, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let switch = |on| move |id| FeedChange::Switch { id, is_enabled: on };
    match command {
        cli::Feed::List { reading } => list(reading, caller).await,
        cli::Feed::Show { id, format } => show(&id, format, caller).await,
        cli::Feed::Add { address, grounds } => add(&address, &grounds, caller).await,
        cli::Feed::Enable(args) => change(&args, switch(true), caller).await,
        cli::Feed::Disable(args) => change(&args, switch(false), caller).await,
        cli::Feed::Sync(args) => change(&args, FeedChange::Synchronize, caller).await,
        cli::Feed::Delete(args) => change(&args, FeedChange::Delete, caller).await,
    }
}

/// Runs `feed list`.
async fn list(reading: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.feeds().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "there is no feed" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Runs `feed show`.
async fn show(word: &str, format: Format, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let feed = resolve_feed(word, &client, caller).await?;
    if format != Format::Table {
        let look = caller.table_style();
        let mut sheet = TableWriter::new(caller.streams.out, format, COLUMNS, look);
        sheet.write_rows(&[row(&feed)])?;
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
            ("feed", property(Some(feed.id))),
            ("name", Some(feed.name.clone())),
            ("state", property(Some(describe_state(&feed)))),
            ("from", property(describe_source(&feed))),
            ("category", Some(feed.category.clone())),
            ("reports", property(reports)),
            ("url", Some(feed.url.clone())),
            ("provider", Some(feed.provider_url.clone())),
            ("summary", Some(feed.summary.clone())),
        ],
    );
    caller.streams.out.write_all(details.as_bytes())?;
    Ok(Exit::Done)
}

/// Runs `feed add`.
async fn add(address: &str, grounds: &cli::ChangeArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let address = address.trim();
    if address.is_empty() {
        return Err(Failure::usage("there is no address")
            .with_hint("say where the server finds the feed: https://, http:// or file://"));
    }
    if let Some((why, hint)) = FeedChange::invalid_url_reason(address) {
        return Err(Failure::usage(format!("{address:?} {why}")).with_hint(hint));
    }
    let (client, access) = caller.connect()?;
    let deeds = vec![Change::Feed(FeedChange::Add { url: address.to_owned(), is_enabled: true })];
    let server = (&client, &access);
    apply_changes(deeds, grounds, WaitLimit::None, server, caller).await
}

/// Does something to one that is there.
async fn change(
    args: &cli::IdArg,
    feeding: impl Fn(FeedId) -> FeedChange,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.connect()?;
    change::check_may_change(&access)?;
    let meant = plan_target(&args.id, feeding, &client, caller).await?;
    let (deeds, server) = (vec![meant], (&client, &access));
    apply_changes(deeds, &args.justification, WaitLimit::None, server, caller).await
}

/// The feed that is meant: its number, or else the whole of one of its names.
async fn resolve_feed(word: &str, client: &Client, caller: &mut CommandCx<'_>) -> Result<Feed, Failure> {
    if let Ok(number) = word.trim().parse() {
        match client.feed(FeedId(number)).await {
            // It may be a name.
            Err(Error::NotFound { .. }) => {}
            found => return Ok(found?),
        }
    }
    resolve::resolve(word, client.feeds().await?, KIND, caller)
}

/// What is to be done to the feed that is meant, with what was read of it if that was by its number.
async fn plan_target(
    word: &str,
    feeding: impl Fn(FeedId) -> FeedChange,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<PlannedTarget, Failure> {
    let deed = |number| Change::Feed(feeding(FeedId(number)));
    let is_there = |state: &Snapshot| matches!(state, Snapshot::Feed(found) if found.feed.is_some());
    if let Some(meant) = PlannedTarget::find_by_number(word, deed, is_there, client).await? {
        return Ok(meant);
    }
    let id = resolve::resolve(word, client.feeds().await?, KIND, caller)?.id;
    Ok(Change::Feed(feeding(id)).into())
}

/// Whether its reports are looked for, in words.
fn describe_state(feed: &Feed) -> &'static str {
    match feed.is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}

/// Who added it, in words.
fn describe_source(feed: &Feed) -> Option<&'static str> {
    feed.is_manual.map(|is| if is { "added here" } else { "vendor" })
}

fn row(feed: &Feed) -> OutputRow {
    OutputRow {
        cells: vec![
            OutputCell::from_value(Some(feed.id)),
            OutputCell::from_untrusted(&feed.name),
            OutputCell::from_untrusted(&feed.display_name),
            OutputCell::from_value(Some(describe_state(feed))),
            OutputCell::from_value(describe_source(feed)),
            OutputCell::from_untrusted(&feed.category),
            OutputCell::from_untrusted(&feed.url),
        ],
        json: feed.document.json().to_owned(),
    }
}
