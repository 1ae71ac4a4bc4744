//! The `feed` command: sources of threat reports.

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    change,
    details::{card, property},
    print_list,
    resolve::{self, Numbered, ObjectKind},
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

/// The words for feeds in messages.
const KIND: ObjectKind = ObjectKind { singular: "feed", plural: "feeds", list: Some("lampblack feed list") };

impl Numbered for Feed {
    fn number(&self) -> u64 {
        self.id.0
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name, &self.display_name]
    }
}

/// Runs `feed`.
pub(super) async fn run(command: cli::Feed, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let switch = |is_enabled| move |id| FeedChange::Switch { id, is_enabled };
    match command {
        cli::Feed::List { output } => list(output, caller).await,
        cli::Feed::Show { id, format } => show(&id, format, caller).await,
        cli::Feed::Add { address, justification } => add(&address, &justification, caller).await,
        cli::Feed::Enable(args) => change(&args, switch(true), caller).await,
        cli::Feed::Disable(args) => change(&args, switch(false), caller).await,
        cli::Feed::Sync(args) => change(&args, FeedChange::Synchronize, caller).await,
        cli::Feed::Delete(args) => change(&args, FeedChange::Delete, caller).await,
    }
}

/// Runs `feed list`.
async fn list(output: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.feeds().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "there is no feed" };
    print_list::print(&page, names, COLUMNS, output, row, caller)
}

/// Runs `feed show`.
async fn show(word: &str, format: Format, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let feed = resolve_feed(word, &client, caller).await?;
    if format != Format::Table {
        let style = caller.table_style();
        let mut table = TableWriter::new(caller.streams.out, format, COLUMNS, style);
        table.write_rows(&[row(&feed)])?;
        table.finish()?;
        return Ok(Exit::Done);
    }
    let search = Search { query: format!("feed_id:{}", feed.id), ..Search::default() };
    // The feed is the result; a failed count does not suppress it.
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
async fn add(url: &str, justification: &cli::ChangeArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let url = url.trim();
    if url.is_empty() {
        return Err(Failure::usage("there is no address")
            .with_hint("say where the server finds the feed: https://, http:// or file://"));
    }
    if let Some((why, hint)) = FeedChange::invalid_url_reason(url) {
        return Err(Failure::usage(format!("{url:?} {why}")).with_hint(hint));
    }
    let (client, access) = caller.connect()?;
    let changes = vec![Change::Feed(FeedChange::Add { url: url.to_owned(), is_enabled: true })];
    let server = (&client, &access);
    apply_changes(changes, justification, WaitLimit::None, server, caller).await
}

/// Applies a change to an existing feed.
async fn change(
    args: &cli::IdArg,
    feed_change: impl Fn(FeedId) -> FeedChange,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = caller.connect()?;
    change::check_may_change(&access)?;
    let target = plan_target(&args.id, feed_change, &client, caller).await?;
    let (changes, server) = (vec![target], (&client, &access));
    apply_changes(changes, &args.justification, WaitLimit::None, server, caller).await
}

/// Finds a feed by its ID or by one of its complete names.
async fn resolve_feed(word: &str, client: &Client, caller: &mut CommandCx<'_>) -> Result<Feed, Failure> {
    if let Ok(number) = word.trim().parse() {
        match client.feed(FeedId(number)).await {
            // The number may be a name.
            Err(Error::NotFound { .. }) => {}
            feed => return Ok(feed?),
        }
    }
    resolve::resolve(word, client.feeds().await?, KIND, caller)
}

/// Returns the change of a feed, with its state if it was found by ID.
async fn plan_target(
    word: &str,
    feed_change: impl Fn(FeedId) -> FeedChange,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<PlannedTarget, Failure> {
    let change = |number| Change::Feed(feed_change(FeedId(number)));
    let exists = |state: &Snapshot| matches!(state, Snapshot::Feed(snapshot) if snapshot.feed.is_some());
    if let Some(target) = PlannedTarget::find_by_number(word, change, exists, client).await? {
        return Ok(target);
    }
    let id = resolve::resolve(word, client.feeds().await?, KIND, caller)?.id;
    Ok(Change::Feed(feed_change(id)).into())
}

/// Returns the state of a feed in words.
fn describe_state(feed: &Feed) -> &'static str {
    match feed.is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}

/// Returns who added a feed, in words.
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
