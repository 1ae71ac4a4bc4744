//! The `watchlist show` and `watchlist search` commands.

use super::super::{
    details::{card, describe_switch, flag, property},
    page_summary, query_error,
};
use super::{CommandCx, Exit, FORMAT, Failure, binary, resolve_watchlist, search};
use crate::cli::{OutputArgs, QueryArgs};
use crate::columns::watchlist::field;
use crate::model::{Binary, Process, Search, StoredIndex, WatchAction, Watchlist};
use crate::output::{self, Format};
use crate::query::{self, Index, StoredQuery};
use crate::text;

/// Runs `watchlist show`.
pub(super) async fn show(word: &str, format: Format, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let watchlist = resolve_watchlist(word, &client, cx).await?;
    // The watchlist is the result; a failed request for its actions does not suppress it.
    let actions = match client.watch_actions(watchlist.id).await {
        Ok(page) => Some(page.rows),
        Err(error) => {
            cx.warn(&format!("actions: {error}"));
            None
        }
    };
    if format == Format::Table {
        let details = details(&watchlist, actions.as_deref());
        cx.streams.out.write_all(details.as_bytes())?;
        return Ok(Exit::Done);
    }
    let json = actions.map_or_else(
        || "null".to_owned(),
        |actions| {
            let documents: Vec<_> = actions.iter().map(|one| one.document.json()).collect();
            format!("[{}]", documents.join(","))
        },
    );
    let json = output::with_members(&watchlist.document, &[("actions", json)]);
    let style = cx.table_style();
    FORMAT.write_one((&watchlist, &json), format, style, cx.streams.out)?;
    Ok(Exit::Done)
}

/// The options of `watchlist search`.
pub(super) struct SearchOptions {
    pub(super) query_args: QueryArgs,
    pub(super) count: bool,
    pub(super) output: OutputArgs,
}

/// Runs `watchlist search`.
pub(super) async fn search(word: &str, options: SearchOptions, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let watchlist = resolve_watchlist(word, &client, cx).await?;
    let index = match &watchlist.index {
        StoredIndex::Events => Index::Process,
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Other(word) => {
            let why = format!("its search type {word:?} is neither processes nor binaries");
            return Err(Failure::new(Exit::Failed, why));
        }
    };
    let stored = StoredQuery::parse(watchlist.search_query.raw());
    if let Some(why) = stored.malformed_reason() {
        let why = format!("its stored query is malformed: {why}");
        if !options.query_args.as_typed {
            return Err(Failure::usage(why).with_hint(
                "`lampblack watchlist show` shows the query; nothing was searched, --as-typed runs it anyway",
            ));
        }
        cx.warn(&why);
    }
    let query = query::one_line(&stored.combined_query());
    query_error::check(index, &query, options.query_args, cx)?;
    let search = Search { query, ..Search::default() };
    match index {
        Index::Binary if options.count => _ = page_summary::count::<Binary>(&search, &client, cx).await?,
        _ if options.count => _ = page_summary::count::<Process>(&search, &client, cx).await?,
        Index::Binary => return binary::print_binaries(search, options.output, cx).await,
        _ => {
            let group_by = Some("id".into());
            return search::print_processes(Search { group_by, ..search }, options.output, cx).await;
        }
    }
    Ok(Exit::Done)
}

/// Describes the facet filters of a stored query.
fn describe_filters(stored: &StoredQuery) -> String {
    stored
        .facet_filters()
        .into_iter()
        .map(|(field, values)| {
            let values = values.iter().map(|value| format!("{value:?}"));
            format!("{field} is {}", values.collect::<Vec<_>>().join(" or "))
        })
        .collect::<Vec<_>>()
        .join(" and ")
}

/// Returns the properties of a watchlist, one per line.
fn details(watchlist: &Watchlist, actions: Option<&[WatchAction]>) -> String {
    let stored = StoredQuery::parse(watchlist.search_query.raw());
    let filters = describe_filters(&stored);
    let searched_until = watchlist.searched_until.filter(|at| at.as_second() > 0);
    let action_text = actions.map(|actions| {
        let descriptions: Vec<_> = actions.iter().map(describe_action).collect();
        if descriptions.is_empty() { "none (tags only)".to_owned() } else { descriptions.join(", ") }
    });
    card(
        &watchlist.name,
        &[
            ("watchlist", property(Some(watchlist.id))),
            ("description", Some(watchlist.description.clone())),
            ("state", property(Some(describe_switch(watchlist.is_enabled)))),
            ("read-only", property(flag(watchlist.is_readonly))),
            ("searches", Some(field("index_type").text(watchlist))),
            ("query", Some(field("search_query").text(watchlist))),
            ("malformed", property(stored.malformed_reason())),
            ("filters", property(Some(filters))),
            ("actions", property(action_text)),
            ("created", property(watchlist.added.map(output::format_time))),
            ("last searched", property(searched_until.map(output::format_time))),
            ("last hit", property(watchlist.last_hit.map(output::format_time))),
            ("last run", property(watchlist.last_hits.map(describe_hits))),
            ("total hits", property(watchlist.total_hits.map(describe_hits))),
        ],
    )
}

fn describe_hits(n: u64) -> String {
    text::pluralize(n, "hit", "hits")
}

/// Describes an action, with its ID.
pub(super) fn describe_action(action: &WatchAction) -> String {
    let recipients: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
    let recipients = match &recipients[..] {
        [] => String::new(),
        users => format!(" to users {}", users.join(", ")),
    };
    format!("{}{recipients} (action {})", action.kind, action.id)
}
