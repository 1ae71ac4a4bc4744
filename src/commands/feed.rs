//! The `feed` command: sources of threat reports.

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    change,
    details::{card, describe_switch, property},
    print_list,
    resolve::{self, Identified, ObjectKind},
};
use crate::api::{Client, Error};
use crate::changes::{Change, ChangeReading, FeedChange};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, feed, members};
use crate::model::{Feed, FeedId, Search, Span};
use crate::output::{Align, Format, OutputColumn, RowFormat};
use crate::text::Untrusted;

/// The columns of feeds.
const FORMAT: RowFormat<Feed> = RowFormat {
    fields: feed::FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(feed::field("id")),
        OutputColumn::new("name", Align::Left).min_width(12).of(feed::field("name")),
        OutputColumn::new("title", Align::Left)
            .min_width(16)
            .rank(2)
            .of(feed::field("display_name"))
            .with_value(|feed| (&feed.display_name).into()),
        OutputColumn::new("state", Align::Left)
            .of(feed::field("enabled"))
            .with_value(|feed| CellValue::Word(describe_switch(feed.is_enabled))),
        OutputColumn::new("from", Align::Left)
            .rank(3)
            .of(feed::field("manually_added"))
            .with_value(|feed| CellValue::text_of(describe_source(feed))),
        OutputColumn::new("category", Align::Left).min_width(12).rank(4).of(feed::field("category")),
        OutputColumn::new("url", Align::Left).min_width(20).rank(1).of(feed::field("feed_url")),
    ],
    members: members::FEED,
    json: |feed| feed.document.json().into(),
};

/// The words for feeds in messages.
const KIND: ObjectKind = ObjectKind { singular: "feed", plural: "feeds", list: Some("lampblack feed list") };

impl Identified for Feed {
    fn id(&self) -> String {
        self.id.0.to_string()
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name, &self.display_name]
    }
}

/// Runs `feed`.
pub(super) async fn run(command: cli::Feed, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let switch = |is_enabled| move |id| FeedChange::Switch { id, is_enabled };
    match command {
        cli::Feed::List { output } => list(output, cx).await,
        cli::Feed::Show { id, format } => show(&id, format, cx).await,
        cli::Feed::Add { address, justification } => add(&address, &justification, cx).await,
        cli::Feed::Enable(args) => change(&args, switch(true), cx).await,
        cli::Feed::Disable(args) => change(&args, switch(false), cx).await,
        cli::Feed::Sync(args) => change(&args, FeedChange::Synchronize, cx).await,
        cli::Feed::Delete(args) => change(&args, FeedChange::Delete, cx).await,
    }
}

/// Runs `feed list`.
async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.feeds().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "no feeds" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Runs `feed show`.
async fn show(word: &str, format: Format, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let feed = resolve_feed(word, &client, cx).await?;
    if format != Format::Table {
        let style = cx.table_style();
        FORMAT.write_one((&feed, feed.document.json()), format, style, cx.streams.out)?;
        return Ok(Exit::Done);
    }
    let search = Search { query: format!("feed_id:{}", feed.id), ..Search::default() };
    // The feed is the result; a failed count does not suppress it.
    let reports = match client.reports(&search, Span { start: 0, rows: 0 }).await {
        Ok(page) => Some(page.total),
        Err(error) => {
            cx.warn(&format!("report count: {error}"));
            None
        }
    };
    let details = card(
        feed.title(),
        &[
            ("feed", property(Some(feed.id))),
            ("name", Some(feed.name.clone())),
            ("state", property(Some(describe_switch(feed.is_enabled)))),
            ("from", property(describe_source(&feed))),
            ("category", Some(feed.category.clone())),
            ("reports", property(reports)),
            ("url", Some(feed.url.clone())),
            ("provider", Some(feed.provider_url.clone())),
            ("summary", Some(feed.summary.clone())),
        ],
    );
    cx.streams.out.write_all(details.as_bytes())?;
    Ok(Exit::Done)
}

/// Runs `feed add`.
async fn add(url: &str, justification: &cli::ChangeArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let url = url.trim();
    if url.is_empty() {
        return Err(Failure::usage("no URL given").with_hint("give the feed URL: https://, http:// or file://"));
    }
    if let Some((why, hint)) = FeedChange::invalid_url_reason(url) {
        return Err(Failure::usage(format!("{url:?} {why}")).with_hint(hint));
    }
    let (client, access) = cx.connect()?;
    let changes = vec![Change::Feed(FeedChange::Add { url: url.to_owned(), is_enabled: true })];
    let server = (&client, &access);
    apply_changes(changes, justification, WaitLimit::None, server, cx).await
}

/// Applies a change to an existing feed.
async fn change(
    args: &cli::IdArg,
    feed_change: impl Fn(FeedId) -> FeedChange,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    let target = plan_target(&args.id, feed_change, &client, cx).await?;
    let (changes, server) = (vec![target], (&client, &access));
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}

/// Finds a feed by its ID or by one of its complete names.
async fn resolve_feed(word: &str, client: &Client, cx: &mut CommandCx<'_>) -> Result<Feed, Failure> {
    if let Ok(number) = word.trim().parse() {
        match client.feed(FeedId(number)).await {
            // The number may be a name.
            Err(Error::NotFound { .. }) => {}
            feed => return Ok(feed?),
        }
    }
    resolve::resolve(word, client.feeds().await?, KIND, cx)
}

/// Returns the change of a feed, with its state if it was found by ID.
async fn plan_target(
    word: &str,
    feed_change: impl Fn(FeedId) -> FeedChange,
    client: &Client,
    cx: &mut CommandCx<'_>,
) -> Result<PlannedTarget, Failure> {
    let change = |number| Change::Feed(feed_change(FeedId(number)));
    let exists =
        |reading: &ChangeReading| matches!(reading, ChangeReading::Feed(reading) if reading.state.feed.is_some());
    if let Some(target) = PlannedTarget::find_by_number(word, change, exists, client).await? {
        return Ok(target);
    }
    let id = resolve::resolve(word, client.feeds().await?, KIND, cx)?.id;
    Ok(Change::Feed(feed_change(id)).into())
}

/// Returns who added a feed, in words.
fn describe_source(feed: &Feed) -> Option<&'static str> {
    feed.is_manual.map(|is| if is { "local" } else { "vendor" })
}
